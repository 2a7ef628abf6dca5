export const bags = [
  {
    sku: 'BG-401', name: 'Roll-top backpack', brand: 'Trailmark', price: 9500, rating: 4.8, ratings: 702,
    colors: { Moss: '#5f6b46', Navy: '#2c3d5c', Rust: '#a5532f' }, sizes: ['18 L', '24 L'],
    summary: 'Waxed canvas that shrugs off rain, with a sleeve for a 15-inch laptop.',
    facts: ['Padded back and straps', 'Bottle pockets on both sides', 'Repairable buckles'],
  },
  {
    sku: 'BG-402', name: 'Canvas tote', brand: 'Fernhill', price: 3200, rating: 4.2, ratings: 351,
    colors: { Natural: '#dccfb4', Black: '#34332f' },
    summary: 'A sturdy market bag with long handles and one pocket for keys.',
    facts: ['16 oz organic cotton', 'Carries 40 lb', 'Machine wash cold'],
  },
  {
    sku: 'BG-403', name: 'Weekend duffel', brand: 'Norrow', price: 11800, was: 13900, rating: 4.6, ratings: 215,
    colors: { Tan: '#b07c4a', Navy: '#31405a' },
    summary: 'Two nights away, a separate place for shoes, and a strap that does not slip.',
    facts: ['Fits under most seats', 'Leather handles', 'Water-resistant base'],
  },
  {
    sku: 'BG-404', name: 'Cabin suitcase', brand: 'Trailmark', price: 15900, rating: 4.5, ratings: 588,
    colors: { Silver: '#b6bcc2', Forest: '#3d5a4a' },
    summary: 'A hard shell with quiet wheels, sized for the overhead bin.',
    facts: ['22 x 14 x 9 in', 'Combination lock', 'Removable lining'],
  },
  {
    sku: 'BG-405', name: 'Sling bag', brand: 'Trailmark', price: 4800, rating: 4.0, ratings: 129,
    colors: { Charcoal: '#46494d', Mustard: '#c9942f' },
    summary: 'Phone, wallet, small camera: everything in reach while you ride.',
    facts: ['3 L', 'Left or right shoulder', 'Hidden back pocket'],
  },
];

export const lighting = [
  {
    sku: 'LT-201', name: 'Arm desk lamp', brand: 'Halden', price: 7900, rating: 4.6, ratings: 224,
    colors: { Sage: '#84a08a', Black: '#2d2f31', Brick: '#a94b35' },
    summary: 'Two sprung arms and a wide steel shade put the light exactly on the page.',
    facts: ['Reaches 26 in', 'Warm white bulb included', 'Switch on the shade'],
  },
  {
    sku: 'LT-202', name: 'Dome pendant', brand: 'Halden', price: 9800, rating: 4.4, ratings: 83,
    colors: { Brass: '#b78d43', White: '#ece8e0' },
    summary: 'A spun metal dome that throws a calm pool of light over a table.',
    facts: ['14 in across', '5 ft fabric cord, cut to length', 'White inside for a brighter table'],
  },
  {
    sku: 'LT-203', name: 'Tripod floor lamp', brand: 'Norrow', price: 14900, rating: 4.2, ratings: 61,
    colors: { Linen: '#e6dbc4', Charcoal: '#4b4d50' },
    summary: 'Three solid ash legs under a linen drum shade, for the corner with the chair.',
    facts: ['58 in tall', 'Foot switch', 'Legs fold for moving'],
  },
  {
    sku: 'LT-204', name: 'Camping lantern', brand: 'Trailmark', price: 4200, rating: 4.7, ratings: 539,
    colors: { Yellow: '#d9a521', Olive: '#66703f' },
    summary: 'Forty hours of light from one charge, and a hook for the tent ridge.',
    facts: ['Dims to a night light', 'Splash proof', 'Charges a phone in a pinch'],
  },
  {
    sku: 'LT-205', name: 'Mushroom table lamp', brand: 'Norrow', price: 6800, was: 8200, rating: 4.8, ratings: 190,
    colors: { Cream: '#eadfc9', Coral: '#d9775c' },
    summary: 'A soft glowing cap on a ceramic stem. Touch the base to dim it.',
    facts: ['12 in tall', 'Three brightness steps', 'Cordless, 20 hours a charge'],
  },
];

export const living = [
  {
    sku: 'LV-501', name: 'Wall clock', brand: 'Norrow', price: 5600, rating: 4.4, ratings: 176,
    colors: { Oak: '#c69c68', Black: '#2f3032' },
    summary: 'A silent sweep, a wooden rim, and numbers you can read from the hall.',
    facts: ['12 in across', 'One AA battery, not included', 'No ticking'],
  },
  {
    sku: 'LV-502', name: 'Ribbed vase', brand: 'Fernhill', price: 3600, rating: 4.6, ratings: 233,
    colors: { Terracotta: '#bd6d48', White: '#eae4d8', Blue: '#4f749b' },
    summary: 'Turned by hand with deep ribs that catch the afternoon light.',
    facts: ['10 in tall', 'Watertight', 'Felt base'],
  },
  {
    sku: 'LV-503', name: 'Linen cushion', brand: 'Halden', price: 2900, rating: 4.3, ratings: 418,
    colors: { Rust: '#ae5a38', Sage: '#8fa58c', Navy: '#344662' }, sizes: ['18 in', '22 in'],
    summary: 'Washed linen with a feather filling and a zip that stays out of sight.',
    facts: ['Cover comes off to wash', 'Filling included', 'Softens with every wash'],
  },
  {
    sku: 'LV-504', name: 'Potted fern', brand: 'Greenroom', price: 4400, rating: 4.1, ratings: 92,
    colors: { White: '#eceae4', Terracotta: '#b9683f' },
    summary: 'A full, easy fern in a glazed pot. It asks for shade and a weekly drink.',
    facts: ['About 16 in tall', 'Pot with saucer', 'Care card in the box'],
  },
  {
    sku: 'LV-505', name: 'Lounge chair', brand: 'Norrow', price: 32000, was: 38000, rating: 4.9, ratings: 118,
    colors: { Moss: '#6a7650', Clay: '#b4694c' },
    summary: 'A deep seat on oak legs, made for one person and a long book.',
    facts: ['Solid oak frame', 'Wool blend cover', 'Arrives assembled'],
  },
];

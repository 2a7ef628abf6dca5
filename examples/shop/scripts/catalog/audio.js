export const audio = [
  {
    sku: 'AU-301', name: 'Over-ear headphones', brand: 'Pallas', price: 18900, was: 22900, rating: 4.6, ratings: 1204,
    colors: { Graphite: '#3d4045', Sand: '#cbb595' },
    summary: 'Quiet when you need it, with cushions that stay cool through a working day.',
    facts: ['Noise cancelling, three levels', '38 hours of play', 'Folds flat, case included'],
  },
  {
    sku: 'AU-302', name: 'Portable speaker', brand: 'Pallas', price: 8900, rating: 4.4, ratings: 655,
    colors: { Teal: '#2c7a7b', Black: '#2e3033', Red: '#b2362f' },
    summary: 'Big sound from a bottle-sized case that floats, face up, in a pool.',
    facts: ['Waterproof', '14 hours of play', 'Pairs with a second one for stereo'],
  },
  {
    sku: 'AU-303', name: 'Wireless earbuds', brand: 'Merlin Sound', price: 9900, rating: 4.1, ratings: 478,
    colors: { White: '#efede8', Black: '#303236' },
    summary: 'Light buds with a pebble case that slips into a coin pocket.',
    facts: ['Three tip sizes', '6 hours, 24 with the case', 'Find-my-bud chime'],
  },
  {
    sku: 'AU-304', name: 'Belt turntable', brand: 'Merlin Sound', price: 24900, rating: 4.7, ratings: 142,
    colors: { Walnut: '#704a31', Black: '#2b2c2e' },
    summary: 'A heavy platter, a straight arm and a preamp you can switch off later.',
    facts: ['33 and 45 rpm', 'Ready-mounted cartridge', 'Dust cover included'],
  },
  {
    sku: 'AU-305', name: 'Kitchen radio', brand: 'Pallas', price: 7400, rating: 4.5, ratings: 267,
    colors: { Mint: '#9cc5b1', Cream: '#e9dcc0' },
    summary: 'One knob to tune, one for volume, and six buttons for the stations you love.',
    facts: ['FM and digital', 'Runs on mains or batteries', 'Wipe-clean front'],
  },
];

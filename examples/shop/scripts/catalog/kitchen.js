export const kitchen = [
  {
    sku: 'KT-101', name: 'Stoneware mug', brand: 'Fernhill', price: 1800, rating: 4.7, ratings: 312,
    colors: { Oat: '#d8c6a6', Forest: '#44664f', Ink: '#33415a' }, sizes: ['8 oz', '12 oz'],
    summary: 'A hand-thrown mug with a reactive glaze and a handle that fits three fingers.',
    facts: ['Stoneware, lead-free glaze', 'Dishwasher and microwave safe', 'Made in small batches, so rims vary a little'],
  },
  {
    sku: 'KT-102', name: 'Gooseneck kettle', brand: 'Copperline', price: 6400, rating: 4.5, ratings: 148,
    colors: { 'Matte black': '#33363a', Copper: '#b8693f' },
    summary: 'A slow, even pour for coffee and tea, with a thermometer built into the lid.',
    facts: ['1 quart', 'Works on gas, electric and induction', 'Stainless steel inside'],
  },
  {
    sku: 'KT-103', name: 'Cast iron skillet', brand: 'Ironvale', price: 4500, rating: 4.9, ratings: 871,
    colors: { Iron: '#35373a' }, sizes: ['8 in', '10 in', '12 in'],
    summary: 'Pre-seasoned, heavy where it matters, and ready for the oven or a camp fire.',
    facts: ['Two pouring lips', 'Seasoned with flaxseed oil', 'Hand wash, dry at once'],
  },
  {
    sku: 'KT-104', name: 'Enamel casserole', brand: 'Ironvale', price: 12000, was: 15000, rating: 4.8, ratings: 406,
    colors: { Tomato: '#b93a2b', Ocean: '#2f6382', Mustard: '#cf9a2c' }, sizes: ['3 qt', '5 qt'],
    summary: 'Enamelled cast iron with a tight lid that returns the steam to the pot.',
    facts: ['Oven safe to 480 °F', 'Light enamel inside, so you see the browning', 'Lifetime guarantee'],
  },
  {
    sku: 'KT-105', name: 'Chopping board', brand: 'Fernhill', price: 3800, rating: 4.3, ratings: 97,
    colors: { Walnut: '#6d4630', Maple: '#d0a673' },
    summary: 'Long-grain hardwood with a juice groove and a cut-out handle to carry it by.',
    facts: ['16 x 10 in', 'Oiled with beeswax', 'Wipe clean, never soak'],
  },
];

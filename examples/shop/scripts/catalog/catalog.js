import { audio } from './audio.js';
import { bags } from './bags.js';
import { kitchen } from './kitchen.js';
import { lighting } from './lighting.js';
import { living } from './living.js';

export const categories = [
  { key: 'kitchen', label: 'Kitchen', products: kitchen },
  { key: 'lighting', label: 'Lighting', products: lighting },
  { key: 'audio', label: 'Audio', products: audio },
  { key: 'bags', label: 'Bags', products: bags },
  { key: 'living', label: 'Living', products: living },
];

/** Every product, with its category; prices are in cents. */
export const products = categories.flatMap(({ key, products: list }) =>
  list.map((product) => ({ ...product, category: key })),
);

export const brands = [...new Set(products.map((product) => product.brand))].sort();

export const findProduct = (sku) => products.find((product) => product.sku === sku);

export const categoryLabel = (key) => categories.find((category) => category.key === key)?.label ?? '';

export const productHref = (product) => `product.html?sku=${product.sku}`;

const fileWord = (text) => text.toLowerCase().replaceAll(' ', '-');

/** Picture of a product in one of its colors; the first color when none is given. */
export const pictureOf = (product, color = Object.keys(product.colors)[0]) =>
  `pictures/${fileWord(product.sku)}-${fileWord(color)}.webp`;

export const detailPictureOf = (product) => `pictures/${fileWord(product.sku)}-detail.webp`;

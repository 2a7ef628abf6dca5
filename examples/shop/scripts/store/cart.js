import { findProduct } from '../catalog/catalog.js';
import { saved } from './saved.js';

export const largestQuantity = 10;

const storage = saved(localStorage, 'shop.cart', []);

const isSame = (first, second) =>
  first.sku === second.sku && first.color === second.color && first.size === second.size;

/** The lines of the cart with their product; a line of a product that is no longer sold is left out. */
export function cartLines() {
  return storage
    .read()
    .map((line) => ({ ...line, product: findProduct(line.sku) }))
    .filter((line) => line.product);
}

export const cartCount = () => cartLines().reduce((count, line) => count + line.quantity, 0);

function save(lines) {
  storage.write(lines.map(({ sku, color, size, quantity }) => ({ sku, color, size, quantity })));
  document.dispatchEvent(new Event('cart-changed'));
}

export function addToCart(product, { color = Object.keys(product.colors)[0], size, quantity = 1 } = {}) {
  const added = { sku: product.sku, color, size, quantity };
  const lines = cartLines();
  const present = lines.find((line) => isSame(line, added));
  if (present) present.quantity = Math.min(largestQuantity, present.quantity + quantity);
  save(present ? lines : [...lines, added]);
}

export const setQuantity = (changed, quantity) =>
  save(cartLines().map((line) => (isSame(line, changed) ? { ...line, quantity } : line)));

export const removeFromCart = (removed) => save(cartLines().filter((line) => !isSame(line, removed)));

export const clearCart = () => save([]);

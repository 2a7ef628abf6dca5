import { hash } from '../theme.js';
import { cartLines, clearCart } from './cart.js';
import { saved } from './saved.js';

/** Dates are fixed, so that a page looks the same in every recording. */
export const deliveryOptions = {
  standard: { label: 'Standard delivery', arrives: 'Thursday, October 9', price: 600, freeFrom: 7500 },
  express: { label: 'Express delivery', arrives: 'Tuesday, October 7', price: 1400, freeFrom: Infinity },
};

const taxPerCent = 8;

export function totals(lines, deliveryKey = 'standard') {
  const subtotal = lines.reduce((sum, line) => sum + line.product.price * line.quantity, 0);
  const option = deliveryOptions[deliveryKey];
  const delivery = subtotal >= option.freeFrom ? 0 : option.price;
  const tax = Math.round((subtotal * taxPerCent) / 100);
  return { subtotal, delivery, tax, total: subtotal + delivery + tax };
}

const addressStorage = saved(sessionStorage, 'shop.address', undefined);
const orderStorage = saved(sessionStorage, 'shop.order', undefined);

export const savedAddress = () => addressStorage.read();
export const saveAddress = (address) => addressStorage.write(address);
export const placedOrder = () => orderStorage.read();

/** The same cart and address always give the same number, so a recording can be repeated. */
function orderNumber(lines, address) {
  // The order of the fields in the form differs between the builds.
  const fields = Object.entries(address).sort();
  const text = JSON.stringify([lines.map(({ sku, color, size, quantity }) => [sku, color, size, quantity]), fields]);
  return `AF-${String(Number.parseInt(hash(text), 36) % 1_000_000).padStart(6, '0')}`;
}

export function placeOrder(card) {
  const lines = cartLines();
  const address = savedAddress();
  orderStorage.write({ number: orderNumber(lines, address), lines, address, card });
  clearCart();
}

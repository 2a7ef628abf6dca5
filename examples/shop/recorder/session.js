/**
 * The session, step by step: what this person does, and why.
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./hands.js').Hands} Hands
 */
import { person } from './person-data.js';

export const goal = 'Buy the coral mushroom table lamp by Norrow and two 12 oz stoneware mugs in forest green for standard delivery';

/** Arrives by the link of a letter, which carries the address it was sent to. @param {Page} page @param {Hands} hands @param {string} shop */
async function signIn(page, hands, shop) {
  await hands.goTo(`${shop}/index.html?utm_source=letter&email=${encodeURIComponent(person.email)}`, { intent: 'open the shop' });
  await hands.click(page.getByRole('button', { name: 'Sign in' }), { intent: 'sign in' });
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await hands.type(dialog.getByLabel('E-mail'), person.email, { intent: 'sign in' });
  await hands.type(dialog.getByLabel('Password'), person.password, { intent: 'sign in' });
  await hands.click(dialog.getByRole('button', { name: 'Sign in' }), { intent: 'sign in' });
  await hands.hover(page.getByTestId('account-chip'), { intent: 'check the account', rationale: 'I want to be sure that this is my own account.' });
}

/** @param {Page} page @param {Hands} hands */
async function findLamp(page, hands) {
  const box = page.getByRole('searchbox', { name: 'Search products' });
  await hands.type(box, 'lamp', { intent: 'search' });
  await hands.key('Enter', box, { intent: 'search', leadsTo: /search\.html\?q=lamp$/ });
  await hands.click(page.locator('label', { hasText: 'Lighting' }), { intent: 'filter by category' });
  await hands.select(page.getByLabel('Sort by'), 'Price: low to high', 1, { intent: 'sort by price' });
  await hands.scroll({ x: 800, y: 560 }, 90, { intent: 'look through the results' });
  await hands.click(page.getByRole('button', { name: 'Quick view: Mushroom table lamp' }), { intent: 'inspect the lamp', leadsTo: /view=LT-205/ });
  const dialog = page.getByRole('dialog', { name: 'Mushroom table lamp' });
  await hands.click(dialog.getByTitle('Coral'), { intent: 'choose the color' });
  await hands.click(dialog.getByRole('button', { name: 'Add to cart' }), { intent: 'add to cart' });
}

/** @param {Page} page @param {Hands} hands */
async function findMug(page, hands) {
  const categories = page.getByRole('navigation', { name: 'Categories' });
  await hands.click(categories.getByRole('link', { name: 'Kitchen' }), { intent: 'browse the kitchen', leadsTo: /category=kitchen/ });
}

/** @param {Page} page @param {Hands} hands */
async function chooseMug(page, hands) {
  await hands.click(page.getByTestId('product-KT-101').getByRole('link', { name: 'Stoneware mug' }), { intent: 'inspect the mug', leadsTo: /sku=KT-101/ });
  await hands.click(page.getByTitle('Ink'), { intent: 'choose the color' });
  await hands.click(page.getByTitle('Forest'), { intent: 'correct the color', rationale: 'Ink is blue. The list says forest green.' });
  await hands.click(page.locator('label', { hasText: '12 oz' }), { intent: 'choose the size' });
  await hands.click(page.getByRole('button', { name: 'Increase quantity' }), { intent: 'two mugs' });
  await hands.click(page.getByTestId('add-to-cart'), { intent: 'add to cart' });
}

/** Nothing outside reaches into the closed root, so this goes by place, as a person does. @param {Page} page @param {Hands} hands */
async function subscribe(page, hands) {
  await hands.scroll({ x: 640, y: 600 }, 4000, { intent: 'look at the end of the page' });
  const place = await page.locator('newsletter-box').boundingBox();
  if (!place) throw new Error('the newsletter is not shown');
  const y = place.y + place.height - 52;
  await hands.type({ x: Math.round(place.x + 70), y: Math.round(y) }, person.newsletter, { intent: 'subscribe to the newsletter' });
  await hands.click({ x: Math.round(place.x + place.width - 40), y: Math.round(y) }, { intent: 'subscribe to the newsletter' });
  await hands.goBack(new URL('search.html?category=kitchen', page.url()).href, { intent: 'go back to the list', leadsTo: /category=kitchen/ });
}

/** @param {Page} page @param {Hands} hands */
async function fillAddress(page, hands) {
  await hands.click(page.getByRole('link', { name: 'Cart, 3 items' }), { intent: 'see the cart', leadsTo: /cart\.html/ });
  await hands.click(page.getByTestId('checkout'), { intent: 'check out', leadsTo: /address\.html/ });
  const intent = 'give the address';
  await hands.type(page.getByLabel('Phone'), person.phone, { intent });
  await hands.type(page.getByLabel('Full name'), person.name, { intent });
  await hands.type(page.getByLabel('Street address'), person.street, { intent });
  await hands.scroll({ x: 1010, y: 600 }, 640, { intent });
  await hands.type(page.getByLabel('City'), person.city, { intent });
  await hands.type(page.getByLabel('Postal code'), person.postalCode, { intent });
  await hands.type(page.getByLabel('Note for the courier'), person.note, { intent });
  await hands.click(page.getByTestId('to-payment'), { intent: 'go on to payment', leadsTo: /payment\.html/ });
}

/** @param {Page} page @param {Hands} hands */
async function pay(page, hands) {
  const card = page.frameLocator('iframe[title="Card details"]');
  const intent = 'pay';
  await hands.scroll({ x: 440, y: 200 }, 360, { intent });
  await hands.type(card.getByLabel('Card number'), person.card.number, { intent });
  await hands.type(card.getByLabel('Expiry date'), person.card.expiry, { intent });
  await hands.type(card.getByLabel('Security code'), person.card.code, { intent });
  await hands.type(card.getByLabel('Name on card'), person.card.name, { intent });
  await hands.click(page.locator('label', { hasText: 'I accept the terms of sale' }), { intent: 'accept the terms' });
  await hands.click(page.getByTestId('place-order'), { intent: 'place the order', leadsTo: /confirmation\.html/ });
  await hands.hover(page.getByTestId('order-number'), { intent: 'read the order number' });
}

/** `compare` leaves the shop for a while. @param {Page} page @param {Hands} hands @param {string} shop @param {() => Promise<void>} compare */
export async function shopping(page, hands, shop, compare) {
  await signIn(page, hands, shop);
  await findLamp(page, hands);
  await findMug(page, hands);
  await compare();
  await chooseMug(page, hands);
  await subscribe(page, hands);
  await fillAddress(page, hands);
  await pay(page, hands);
}

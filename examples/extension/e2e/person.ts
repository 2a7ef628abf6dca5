import type { Locator, Page } from 'playwright-core';
import type { InteractionData } from '../src/protocol.ts';
import { click, pause } from './harness.ts';

/** One thing the scripted person did, as the recording must tell it. */
export interface Done {
  type: string;
  /** What was acted on, as the script names it; for people who read a failure. */
  what: string;
}

export const planted = {
  email: 'jane.quillfeather@example.com', phone: '+1 212 555 0136', name: 'Jane Quillfeather', street: '12 Harbor Road', city: 'Wexcombe', postalCode: '04101',
  password: 'correct-horse-77', card: '4242 4242 4242 4242', code: '917', expiry: '04 / 28', note: 'gate code 5521 zebra',
};

/** Actions that follow from what a person did; they are recorded too, and are no actions of the person. */
const consequences = new Set(['navigation', 'tabSwitch']);

export const doneByPerson = (recorded: InteractionData[]): InteractionData[] => recorded.filter(({ type }) => !consequences.has(type));

/** How many actions are recorded at their place. The first difference is printed: it says more than two long lists. */
export function countMatched(done: Done[], recorded: InteractionData[]): number {
  const told = recorded.map(({ type, element }) => `${type} ${element?.name ?? element?.tag}`);
  const at = done.findIndex(({ type }, index) => recorded[index]?.type !== type);
  if (at >= 0 || recorded.length !== done.length) console.log(`first difference at ${at}:`, done.slice(Math.max(0, at - 2), at + 4), told.slice(Math.max(0, at - 2), at + 4));
  return done.filter(({ type }, index) => recorded[index]?.type === type).length;
}

/** Buys, browses and changes their mind, with a real pointer and real keys. */
export class Person {
  readonly done: Done[] = [];

  constructor(readonly page: Page, private readonly betweenMs: number) {}

  async #did(type: string, what: string): Promise<void> {
    this.done.push({ type, what });
    await pause(this.betweenMs);
  }

  async click(target: Locator, what: string): Promise<void> {
    await target.waitFor();
    await target.scrollIntoViewIfNeeded();
    const box = (await target.boundingBox())!;
    await click(this.page, box.x + box.width / 2, box.y + box.height / 2, 40);
    await this.#did('click', what);
  }

  async clickAt(x: number, y: number, what: string): Promise<void> {
    await click(this.page, x, y, 40);
    await this.#did('click', what);
  }

  /** Clicks into a field, types, and goes on; the text is one action, however many keys it took. */
  async type(target: Locator, text: string, what: string): Promise<void> {
    await this.click(target, what);
    await this.write(text, what);
  }

  async write(text: string, what: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 8 });
    await this.#did('input', what);
  }

  async key(key: string, what: string, type = 'key'): Promise<void> {
    await this.page.keyboard.press(key);
    await this.#did(type, what);
  }

  async scroll(dy: number): Promise<void> {
    await this.page.mouse.move(640, 400);
    await this.page.mouse.wheel(0, dy);
    await pause(380);
    await this.#did('scroll', `${dy} pixels`);
  }

  async choose(target: Locator, what: string): Promise<void> {
    await target.focus();
    await this.page.keyboard.press('ArrowDown');
    await this.#did('select', what);
  }
}

/** About a hundred actions over the whole shop, from the first look to the order. */
export async function shopAround(person: Person): Promise<void> {
  const { page } = person;
  await signIn(person);
  await browse(person);
  await fillCart(person);
  await order(person);
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
}

async function signIn(person: Person): Promise<void> {
  const { page } = person;
  await person.click(page.getByRole('button', { name: 'Sign in' }), 'open sign in');
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await person.type(dialog.getByLabel('E-mail'), planted.email, 'sign in: e-mail');
  await person.type(dialog.getByLabel('Password'), 'short', 'sign in: short password');
  await person.click(dialog.getByRole('button', { name: 'Sign in' }), 'sign in, refused');
  await person.type(dialog.getByLabel('Password'), planted.password, 'sign in: password');
  await person.click(dialog.getByRole('button', { name: 'Sign in' }), 'sign in');
  await page.getByTestId('account-chip').waitFor();
}

async function browse(person: Person): Promise<void> {
  const { page } = person;
  for (const amount of [500, 400, -300, -300]) await person.scroll(amount);
  await person.type(page.getByRole('searchbox', { name: 'Search products' }), 'lamp', 'search');
  await person.key('Enter', 'search', 'submit');
  await page.getByRole('heading', { name: 'Results for “lamp”' }).waitFor();
  await person.click(page.getByText('Norrow', { exact: true }).first(), 'brand filter');
  await person.choose(page.getByLabel('Sort by'), 'sorting');
  await person.click(page.getByRole('button', { name: 'Quick view: Mushroom table lamp' }), 'quick view');
  const dialog = page.getByRole('dialog', { name: 'Mushroom table lamp' });
  await person.click(dialog.getByTitle('Coral'), 'color');
  await person.click(dialog.getByRole('button', { name: 'Increase quantity' }), 'more of it');
  await person.click(dialog.getByRole('button', { name: 'Decrease quantity' }), 'less of it');
  await person.click(dialog.getByRole('button', { name: 'Add to cart' }), 'add the lamp');
  for (const category of ['Kitchen', 'Lighting', 'Living', 'Audio', 'Bags']) {
    await person.click(page.getByRole('navigation', { name: 'Categories' }).getByRole('link', { name: category }), `category ${category}`);
    await page.getByRole('link', { name: category, exact: true, includeHidden: false }).first().waitFor();
    await page.waitForLoadState();
    await person.scroll(300);
    await person.click(page.getByRole('button', { name: /^Quick view/ }).first(), `quick view in ${category}`);
    await person.key('Escape', 'close the quick view');
    await person.click(page.getByText('Any', { exact: true }), 'any rating');
  }
}

async function fillCart(person: Person): Promise<void> {
  const { page } = person;
  await person.click(page.getByRole('navigation', { name: 'Categories' }).getByRole('link', { name: 'Kitchen' }), 'kitchen again');
  await page.waitForLoadState();
  await person.click(page.getByTestId('product-KT-101').getByRole('link', { name: 'Stoneware mug' }), 'the mug');
  await page.getByTestId('add-to-cart').waitFor();
  await person.click(page.getByTestId('add-to-cart'), 'add without a size');
  await person.click(page.getByText('12 oz'), 'size');
  await person.click(page.getByTitle('Forest'), 'color of the mug');
  for (let count = 0; count < 6; count += 1) await person.click(page.getByRole('button', { name: 'Increase quantity' }), 'more mugs');
  for (let count = 0; count < 5; count += 1) await person.click(page.getByRole('button', { name: 'Decrease quantity' }), 'fewer mugs');
  await person.click(page.getByTestId('add-to-cart'), 'add the mugs');
  await subscribe(person);
  await person.click(page.getByRole('link', { name: /^Cart/ }), 'cart');
  const lines = page.locator('[data-testid^="cart-line-"]');
  await lines.first().waitFor();
  await person.click(lines.nth(1).getByRole('button', { name: 'Increase quantity' }), 'one more mug');
  for (let count = 0; count < 4; count += 1) await person.key('Tab', 'through the cart');
}

/** The newsletter stands in a closed root: nothing outside reaches in, so this goes by place, as people do. */
async function subscribe(person: Person): Promise<void> {
  const host = person.page.locator('newsletter-box');
  await host.scrollIntoViewIfNeeded();
  await pause(100);
  const { x, y, width, height } = (await host.boundingBox())!;
  await person.clickAt(x + 60, y + height - 52, 'newsletter field, closed root');
  await person.write(planted.email, 'newsletter address, closed root');
  await person.clickAt(x + width - 40, y + height - 52, 'newsletter button, closed root');
}

async function order(person: Person): Promise<void> {
  const { page } = person;
  await person.click(page.getByTestId('checkout'), 'to checkout');
  await page.getByTestId('to-payment').waitFor();
  await person.click(page.getByTestId('to-payment'), 'too early');
  await person.type(page.getByLabel('Note for the courier'), planted.note, 'note');
  await person.type(page.getByLabel('Phone'), planted.phone, 'phone');
  await person.type(page.getByLabel('Full name'), planted.name, 'name');
  await person.type(page.getByLabel('Street address'), planted.street, 'street');
  await person.type(page.getByLabel('City'), planted.city, 'city');
  await person.type(page.getByLabel('Postal code'), planted.postalCode, 'postal code');
  await person.click(page.getByText('Express delivery'), 'express');
  await person.click(page.getByTestId('to-payment'), 'to payment');
  const frame = page.frameLocator('iframe[title="Card details"]');
  await person.click(page.getByText('I accept the terms of sale'), 'terms');
  await person.type(frame.getByLabel('Card number'), planted.card, 'card number, in the frame');
  await person.type(frame.getByLabel('Expiry date'), planted.expiry, 'expiry, in the frame');
  await person.type(frame.getByLabel('Security code'), planted.code, 'security code, in the frame');
  await person.type(frame.getByLabel('Name on card'), planted.name, 'name on card, in the frame');
  await person.click(page.getByTestId('place-order'), 'place the order');
}

/** Buys two products on both builds in real Chromium and checks the cart, the total and the confirmation. */
import assert from 'node:assert/strict';
import { openBrowser } from './browser.js';
import { serveShop } from './static-server.js';

const card = { number: '4242 4242 4242 4242', expiry: '04 / 28', code: '123', name: 'Jane Doe' };
const person = { email: 'jane.doe@example.com', phone: '+1 212 555 0136', name: 'Jane Doe', street: '12 Harbor Road', city: 'Portland', postalCode: '04101' };

async function signIn(page) {
  await page.getByRole('button', { name: 'Sign in' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.getByLabel('E-mail').fill(person.email);
  await dialog.getByLabel('Password').fill('short');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.getByText('at least eight characters').waitFor();
  await dialog.getByLabel('Password').fill('correct horse');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  assert.equal(await page.getByTestId('account-chip').textContent(), 'Hi, Jane');
}

/** The single-page route: no load happens while filters and the quick view change the address. */
async function addByQuickView(page) {
  await page.getByRole('searchbox', { name: 'Search products' }).fill('lamp');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.getByRole('heading', { name: 'Results for “lamp”' }).waitFor();
  await page.evaluate(() => { window.sameDocument = true; });
  await page.getByLabel('Norrow').check();
  await page.getByLabel('Sort by').selectOption('Price: low to high');
  assert.equal(await page.getByTestId('result-count').textContent(), '2 products');
  await page.getByRole('button', { name: 'Quick view: Mushroom table lamp' }).click();
  assert.match(page.url(), /search\.html\?q=lamp&brand=Norrow&sort=price-up&view=LT-205$/);
  const dialog = page.getByRole('dialog', { name: 'Mushroom table lamp' });
  await dialog.getByTitle('Coral').click();
  await dialog.getByRole('button', { name: 'Add to cart' }).click();
  await page.waitForURL((address) => !address.searchParams.has('view'));
  await page.goBack();
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  assert.equal(await page.evaluate(() => window.sameDocument), true);
}

async function addFromProductPage(page) {
  await page.getByRole('link', { name: 'Kitchen' }).first().click();
  await page.getByTestId('product-KT-101').getByRole('link', { name: 'Stoneware mug' }).click();
  await page.getByTestId('add-to-cart').click();
  await page.getByText('Choose a size.').waitFor();
  await page.getByText('12 oz').click();
  await page.getByTitle('Forest').click();
  await page.getByRole('button', { name: 'Increase quantity' }).click();
  await page.getByTestId('add-to-cart').click();
  await page.getByText('2 × Stoneware mug added to your cart.').waitFor();
  const data = JSON.parse(await page.locator('script[type="application/ld+json"]').textContent());
  assert.deepEqual([data['@type'], data.offers.price], ['Product', '18.00']);
  assert.equal(await page.locator('meta[property="product:price:amount"]').getAttribute('content'), '18.00');
}

/** Nothing outside reaches into the closed root, so this goes by place, as a person does. */
async function subscribe(page) {
  const host = page.locator('newsletter-box');
  await host.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await host.boundingBox();
  assert.equal(await host.evaluate((element) => element.shadowRoot), null);
  assert.notEqual(await page.locator('quantity-stepper').first().evaluate((element) => element.shadowRoot), null);
  await page.mouse.click(x + 60, y + height - 52);
  await page.keyboard.type(person.email);
  await page.mouse.click(x + width - 40, y + height - 52);
  assert.equal(await host.getAttribute('data-state'), 'subscribed');
}

async function checkCart(page) {
  await page.getByRole('link', { name: 'Cart, 3 items' }).click();
  const lines = page.locator('[data-testid^="cart-line-"]');
  await lines.first().waitFor();
  assert.deepEqual(await lines.evaluateAll((all) => all.map((line) => line.dataset.testid)), ['cart-line-LT-205', 'cart-line-KT-101']);
  assert.match(await lines.nth(1).textContent(), /Stoneware mug.*Forest · 12 oz.*\$18\.00 each.*\$36\.00/);
  assert.equal(await page.getByTestId('order-total').textContent(), '$112.32');
  await lines.nth(1).getByRole('button', { name: 'Increase quantity' }).click();
  assert.equal(await page.getByTestId('order-total').textContent(), '$131.76');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.getByTestId('order-total').textContent(), '$112.32', 'the stepper kept the focus');
}

async function fillAddress(page) {
  await page.getByTestId('checkout').click();
  await page.getByTestId('to-payment').click();
  await page.getByText('Enter the street and the number.').waitFor();
  await page.getByLabel('E-mail').first().fill(person.email);
  await page.getByLabel('Phone').fill(person.phone);
  await page.getByLabel('Full name').fill(person.name);
  await page.getByLabel('Street address').fill(person.street);
  await page.getByLabel('City').fill(person.city);
  await page.getByLabel('Postal code').fill(person.postalCode);
  await page.getByLabel('Express delivery').check();
  assert.equal(await page.getByTestId('order-total').textContent(), '$126.32');
  await page.getByTestId('to-payment').click();
}

async function pay(page) {
  const frame = page.frameLocator('iframe[title="Card details"]');
  await page.getByLabel('I accept the terms of sale').check();
  await frame.getByLabel('Card number').fill('4242 4242 4242 4241');
  await page.getByTestId('place-order').click();
  await frame.getByText('Check the card number.').waitFor();
  await frame.getByLabel('Card number').fill(card.number);
  await frame.getByLabel('Expiry date').fill(card.expiry);
  await frame.getByLabel('Security code').fill(card.code);
  await frame.getByLabel('Name on card').fill(card.name);
  await page.getByTestId('place-order').click();
  await page.getByRole('heading', { name: 'Thank you, Jane Doe' }).waitFor();
}

async function buy(browser, shop, payment, build) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${shop}/index.html?build=${build}&payment-origin=${payment}`);
  await signIn(page);
  await addByQuickView(page);
  await addFromProductPage(page);
  await subscribe(page);
  await checkCart(page);
  await fillAddress(page);
  await pay(page);
  const shown = await page.getByRole('main').innerText();
  assert.match(shown, /Visa ending in 4242/);
  assert.equal(await page.getByTestId('order-total').textContent(), '$126.32');
  assert.equal(await page.getByTestId('cart-count').textContent(), '0');
  assert.deepEqual(faults, []);
  const facts = {
    orderNumber: await page.getByTestId('order-number').textContent(),
    words: shown.split(/\s+/).sort().join(' '),
    classes: await page.evaluate(() => [...document.querySelectorAll('main [class]')].flatMap((element) => [...element.classList])),
    elements: await page.evaluate(() => document.querySelectorAll('main *').length),
  };
  await context.close();
  return facts;
}

const browser = await openBrowser();
if (browser) {
  const [shop, payment] = [await serveShop(), await serveShop()];
  try {
    const a = await buy(browser, shop.origin, shop.origin, 'a');
    const b = await buy(browser, shop.origin, payment.origin, 'b');
    assert.equal(a.orderNumber, b.orderNumber, 'the order number follows from the cart and the address');
    assert.equal(a.words, b.words, 'both builds show the same words');
    assert.deepEqual(a.classes.filter((name) => b.classes.includes(name)), [], 'no class name is in both builds');
    assert.ok(b.elements > a.elements, 'build B has more wrappers');
    console.log('ok: a purchase on build A (payment frame of the same origin) and on build B (of another origin)');
  } finally {
    await browser.close();
    shop.close();
    payment.close();
  }
} else {
  console.log('SKIPPED: the shop smoke test, because no Chromium was found (set CHROMIUM to its path)');
}

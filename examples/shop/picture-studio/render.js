/**
 * Draws every product in every color, and one close-up each, into `pictures/` as WebP.
 * Run `npm run pictures` after changing a drawing or the catalog; the results are committed so that the shop needs no build.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { detailPictureOf, pictureOf, products } from '../scripts/catalog/catalog.js';
import { openBrowser } from '../test/browser.js';
import { audio } from './audio.js';
import { bags } from './bags.js';
import { studio } from './brush.js';
import { kitchen } from './kitchen.js';
import { lighting } from './lighting.js';
import { living } from './living.js';

const drawings = { ...kitchen, ...lighting, ...audio, ...bags, ...living };
const tints = { kitchen: '#dfd2bf', lighting: '#b9b3a8', audio: '#c8d0d3', bags: '#d6d3c4', living: '#dccdc0' };
const shopFolder = new URL('../', import.meta.url);

function picturesOf(product) {
  const { draw, detail } = drawings[product.sku];
  const tint = tints[product.category];
  const fronts = Object.entries(product.colors).map(([color, hex]) => [pictureOf(product, color), studio(draw(hex), tint)]);
  const [firstHex] = Object.values(product.colors);
  return [...fronts, [detailPictureOf(product), studio(draw(firstHex), tint, detail)]];
}

async function toWebp(page, svg) {
  const address = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.76);
  }, svg);
  return Buffer.from(address.split(',')[1], 'base64');
}

const browser = await openBrowser();
if (!browser) throw new Error('Chromium is needed to render the pictures.');
const page = await browser.newPage();
await mkdir(new URL('pictures/', shopFolder), { recursive: true });
let total = 0;
for (const product of products) {
  for (const [path, svg] of picturesOf(product)) {
    const bytes = await toWebp(page, svg);
    total += bytes.length;
    await writeFile(new URL(path, shopFolder), bytes);
  }
}
await browser.close();
console.log(`pictures rendered, ${Math.round(total / 1024)} kB in all`);

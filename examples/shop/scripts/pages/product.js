import { categoryLabel, detailPictureOf, findProduct, pictureOf, products } from '../catalog/catalog.js';
import { reviewsOf } from '../catalog/reviews.js';
import { announce } from '../components/announcer.js';
import { missing } from '../components/checkout-steps.js';
import { colorChoice, sizeChoice } from '../components/options.js';
import { price } from '../components/price.js';
import { productGrid } from '../components/product-card.js';
import '../components/quantity-stepper.js';
import { stars } from '../components/stars.js';
import { h, icon } from '../dom.js';
import { showPage } from '../layout.js';
import { addToCart, largestQuantity } from '../store/cart.js';
import { elementId, ordered } from '../theme.js';
import { addProductData } from './product-data.js';

const longDate = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });

function gallery(product) {
  const large = h('img', { class: 'gallery-large', src: pictureOf(product), alt: product.name, width: '560', height: '560' });
  const views = [
    ...Object.keys(product.colors).map((color) => [pictureOf(product, color), `${product.name} in ${color}`]),
    [detailPictureOf(product), `${product.name}, close up`],
  ];
  const thumbnails = views.map(([source, label]) => h('button', {
    class: 'thumbnail', type: 'button', 'aria-label': `Show picture: ${label}`, on: { click: () => choose(source, label) },
  }, h('img', { src: source, alt: '', width: '84', height: '84' })));
  function choose(source, label) {
    large.src = source;
    large.alt = label;
    views.forEach(([each], at) => thumbnails[at].setAttribute('aria-pressed', each === source));
  }
  choose(...views[0]);
  return {
    element: h('section', { class: 'gallery', 'aria-label': 'Pictures' }, ordered([1, 0], large, h('div', { class: 'thumbnails' }, thumbnails))),
    showColor: (color) => choose(pictureOf(product, color), `${product.name} in ${color}`),
  };
}

function buyBox(product, onColor) {
  const color = colorChoice(product, onColor);
  const size = product.sizes && sizeChoice(product);
  const quantity = h('quantity-stepper', { value: '1', max: largestQuantity, label: 'Quantity', 'data-testid': 'quantity' });
  const add = (event) => {
    event.preventDefault();
    if (size && !size.isValid()) return;
    addToCart(product, { color: color.value(), size: size?.value(), quantity: quantity.value });
    announce(`${quantity.value} × ${product.name} added to your cart.`);
  };
  return h('form', { class: 'stack', on: { submit: add } }, color.element, size?.element,
    h('div', { class: 'buy-row' }, ordered([1, 0], quantity,
      h('button', { class: 'button button-wide', 'data-testid': 'add-to-cart' }, 'Add to cart'))));
}

const facts = (product) => h('div', { class: 'facts' },
  h('details', { class: 'fact', open: true }, h('summary', { class: 'fact-title' }, 'Details'),
    h('ul', { class: 'fact-list' }, product.facts.map((fact) => h('li', {}, fact)), h('li', {}, `Item number ${product.sku}`))),
  h('details', { class: 'fact' }, h('summary', { class: 'fact-title' }, 'Delivery and returns'),
    h('p', { class: 'quiet' }, 'Standard delivery arrives by Thursday, October 9. Send it back within 30 days, free of charge.')));

const reviewList = (reviews, product) => h('section', { class: 'section', id: 'reviews' },
  h('h2', { class: 'section-title' }, 'Reviews'),
  h('div', { class: 'reviews' }, ordered([1, 0],
    h('div', { class: 'review-sum' }, h('p', { class: 'review-number' }, String(product.rating)), stars(product.rating), h('p', { class: 'quiet' }, `${product.ratings} ratings`)),
    h('ul', { class: 'review-list', role: 'list' }, reviews.map((review) => h('li', { class: 'review' },
      stars(review.rating), h('h3', { class: 'review-title' }, review.title), h('p', {}, review.text),
      h('p', { class: 'quiet' }, `${review.author}, `, h('time', { datetime: review.date }, longDate.format(new Date(review.date))))))))));

function productPage(product) {
  const reviews = reviewsOf(product);
  const pictures = gallery(product);
  addProductData(product, reviews);
  const text = h('section', { class: 'product-text' },
    h('p', { class: 'card-brand' }, product.brand),
    h('h1', { class: 'product-title' }, product.name),
    ordered([1, 0, 2],
      h('a', { class: 'rating-link', href: `#${elementId('reviews')}` }, stars(product.rating), `${product.rating} (${product.ratings} ratings)`),
      price(product),
      h('p', {}, product.summary)),
    buyBox(product, pictures.showColor),
    h('ul', { class: 'assurances', role: 'list' }, h('li', {}, icon('check'), 'In stock, ready to send'),
      h('li', {}, icon('truck'), 'Arrives by Thursday, October 9'), h('li', {}, icon('back'), '30 days to return')),
    facts(product));
  const related = products.filter((each) => each.category === product.category && each !== product).slice(0, 4);
  return [
    h('nav', { class: 'trail', 'aria-label': 'Breadcrumb' }, h('a', { href: 'index.html' }, 'Home'), ' / ',
      h('a', { href: `search.html?category=${product.category}` }, categoryLabel(product.category)), ' / ', h('span', { 'aria-current': 'page' }, product.name)),
    h('div', { class: 'product' }, ordered([1, 0], pictures.element, text)),
    ordered([1, 0], reviewList(reviews, product),
      h('section', { class: 'section' }, h('h2', { class: 'section-title' }, 'Goes well with it'), productGrid(related))),
  ].flat();
}

const product = findProduct(new URLSearchParams(location.search).get('sku'));
await showPage(product?.name ?? 'Not found', product
  ? productPage(product)
  : missing('We do not sell this', 'The product may be gone, or the address may be misspelled.', 'search.html', 'See all products'));

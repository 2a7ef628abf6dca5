import { pictureOf, productHref } from '../catalog/catalog.js';
import { h } from '../dom.js';
import { plainPrice } from '../store/money.js';

/** What search engines and social networks read from a product page: JSON-LD and OpenGraph. */
export function addProductData(product, reviews) {
  const address = new URL(productHref(product), location.href).href;
  const image = new URL(pictureOf(product), location.href).href;
  const data = {
    '@context': 'https://schema.org',
    '@type': 'Product',
    sku: product.sku,
    name: product.name,
    description: product.summary,
    image,
    brand: { '@type': 'Brand', name: product.brand },
    offers: { '@type': 'Offer', url: address, price: plainPrice(product.price), priceCurrency: 'USD', availability: 'https://schema.org/InStock' },
    aggregateRating: { '@type': 'AggregateRating', ratingValue: product.rating, reviewCount: product.ratings },
    review: reviews.map(({ author, rating, date, text }) => ({
      '@type': 'Review', author: { '@type': 'Person', name: author }, datePublished: date, reviewBody: text,
      reviewRating: { '@type': 'Rating', ratingValue: rating },
    })),
  };
  const graph = {
    'og:type': 'product', 'og:title': product.name, 'og:description': product.summary, 'og:image': image, 'og:url': address,
    'product:price:amount': plainPrice(product.price), 'product:price:currency': 'USD',
  };
  document.head.append(
    h('script', { type: 'application/ld+json' }, JSON.stringify(data)),
    ...Object.entries(graph).map(([property, content]) => h('meta', { property, content })),
  );
}

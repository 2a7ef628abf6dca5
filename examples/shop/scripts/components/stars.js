import { h } from '../dom.js';

/** Rating as filled stars, with the number for those who do not see them. */
export function stars(rating) {
  const filled = h('span', { class: 'stars-filled', 'aria-hidden': 'true' }, '★★★★★');
  filled.style.width = `${(rating / 5) * 100}%`;
  return h('span', { class: 'stars', role: 'img', 'aria-label': `Rated ${rating} out of 5` },
    h('span', { class: 'stars-empty', 'aria-hidden': 'true' }, '★★★★★'), filled);
}

/**
 * How this visit shows the shop. A choice in the address (`?build=b`, `?payment-origin=http://127.0.0.1:8001`) is
 * remembered for the site, so that links and recorded addresses stay the same in every setting.
 */
function remembered(name, usual) {
  const key = `shop.${name}`;
  const chosen = new URLSearchParams(location.search).get(name);
  try {
    if (chosen !== null) localStorage.setItem(key, chosen);
    return localStorage.getItem(key) ?? usual;
  } catch {
    // Browsers deny storage to the frame of another site; its address says all it needs.
    return chosen ?? usual;
  }
}

export const build = remembered('build', 'a') === 'b' ? 'b' : 'a';

/** Where the card form is served from: another origin makes the payment frame a cross-origin one. */
export const paymentOrigin = remembered('payment-origin', location.origin);

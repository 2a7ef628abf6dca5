const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

/** Amounts are whole cents everywhere; this is the only place that makes text of them. */
export const money = (cents) => dollars.format(cents / 100);

/** For machine-readable prices, such as `64.00`. */
export const plainPrice = (cents) => (cents / 100).toFixed(2);

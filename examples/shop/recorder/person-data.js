/**
 * The invented person. Everything is from ranges that are reserved for examples: example.com addresses, 555-01xx
 * telephone numbers, the card numbers of test systems, the IBAN of the standard's own example, an address of 192.0.2.0/24.
 */
export const person = {
  email: 'jane.doe@example.com',
  password: 'wren-Lantern-58',
  phone: '+1 212 555 0136',
  name: 'Jane Doe',
  street: '12 Harbor Road',
  city: 'Portland',
  postalCode: '04101',
  newsletter: 'jane.reads@example.com',
  note: 'Gate phone 212-555-0199. Deposit card 5555 5555 5555 4444, refund to GB82 WEST 1234 5698 7654 32, door camera 192.0.2.44',
  card: { number: '4242 4242 4242 4242', expiry: '04 / 28', code: '7391', name: 'Jane Doe' },
};

/**
 * Values to look for, as they appear. `foundBy` says how a masker can know: by a `pattern`, by the `field` it was typed
 * into, or because it was `known` from such a field before.
 */
export const planted = [
  { value: person.email, kind: 'email', foundBy: 'pattern' },
  { value: encodeURIComponent(person.email), kind: 'email', foundBy: 'pattern' },
  { value: person.newsletter, kind: 'email', foundBy: 'pattern' },
  { value: person.phone, kind: 'phone', foundBy: 'pattern' },
  { value: '212-555-0199', kind: 'phone', foundBy: 'pattern' },
  { value: person.card.number, kind: 'card', foundBy: 'pattern' },
  { value: '5555 5555 5555 4444', kind: 'card', foundBy: 'pattern' },
  { value: 'GB82 WEST 1234 5698 7654 32', kind: 'iban', foundBy: 'pattern' },
  { value: '192.0.2.44', kind: 'ip', foundBy: 'pattern' },
  { value: person.name, kind: 'name', foundBy: 'field' },
  { value: person.street, kind: 'address', foundBy: 'field' },
  { value: person.card.expiry, kind: 'card-expiry', foundBy: 'field' },
  { value: 'Hi, Jane', kind: 'name', foundBy: 'known' },
];

export const dropped = [person.password, person.card.code];

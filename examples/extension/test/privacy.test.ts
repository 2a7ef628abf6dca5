import { describe, expect, test } from 'vitest';
import { maskUrl } from '../src/privacy/address.ts';
import { detect, maskText } from '../src/privacy/detect.ts';
import { PersonalDictionary } from '../src/privacy/dictionary.ts';
import { classify } from '../src/privacy/cues.ts';
import { type FieldCues, fieldRule, maskValue, shapeOf } from '../src/privacy/fields.ts';
import shared from '../../../codesight-core/tests/data/privacy/fields.json' with { type: 'json' };

const dictionary = () => new PersonalDictionary('salt', []);
const typesIn = (text: string) => detect(text).map(({ type }) => type);
const cues = (said: Partial<FieldCues>): FieldCues => ({ type: 'text', autocomplete: '', name: '', id: '', label: '', placeholder: '', aria: '', role: '', ...said });
const field = (said: Partial<FieldCues>) => fieldRule(cues(said));

describe('personal text', () => {
  test.each([
    ['Write to jane.doe@example.com today', ['EMAIL']], ['jane%40example.com', ['EMAIL']], ['card 4242 4242 4242 4242', ['CARD']], ['5555555555554444', ['CARD']],
    ['call +1 212 555 0136', ['PHONE']], ['(212) 555-0136', ['PHONE']], ['DE89 3704 0044 0532 0130 00', ['ACCOUNT']], ['ssn 078-05-1120', ['ACCOUNT']],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef', ['SECRET']],
  ])('%s', (text, types) => expect(typesIn(text)).toEqual(types));

  test.each([
    'iPhone 14 13 12 11', 'sizes 30 32 34 36 38', '175-180 76-80', 'OfficeJet Pro 8216 8218', '1999 1998 1997 1996', 'item 1234567890123', '$1,299.00', 'Celeron 2.16 GHz', 'order 8824-7719', 'UTC -03 -0300', '4242424242424241',
  ])('shops write digits that are nobody’s: %s', (text) => expect(typesIn(text)).toEqual([]));

  test('a value that was typed is found again, in other cases and within other words', () => {
    const known = dictionary();
    known.learn('Jane Quillfeather', 'NAME');
    known.learn('12 Harbor Road', 'ADDRESS');
    expect(maskText('Hi, JANE! To 12 Harbor road, Harbor View', known)).toMatch(/^Hi, <NAME_[A-Z2-7]{4}>! To <ADDRESS_[A-Z2-7]{4}>, Harbor View$/);
  });

  test('the names in an e-mail address are recognised in a greeting; an address of an office names nobody', () => {
    const known = dictionary();
    known.learn('jane.quillfeather@example.com', 'EMAIL');
    known.learn('orders@example.com', 'EMAIL');
    expect(maskText('Hi, Jane! Orders of Mrs Quillfeather', known)).toMatch(/^Hi, <EMAIL_[A-Z2-7]{4}>! Orders of Mrs <EMAIL_[A-Z2-7]{4}>$/);
  });

  test('the same value has the same placeholder in every page of a session, and another in the next session', () => {
    const [one, same, other] = [dictionary(), dictionary(), new PersonalDictionary('other', [])];
    expect(one.placeholder('a@b.example', 'EMAIL')).toBe(same.placeholder('A@B.example', 'EMAIL'));
    expect(one.placeholder('a@b.example', 'EMAIL')).not.toBe(other.placeholder('a@b.example', 'EMAIL'));
  });

  test('cards and secrets have no digest that could be tried against', () => {
    const known = dictionary();
    expect(known.learn('4242 4242 4242 4242', 'CARD')).toEqual([]);
    expect(known.placeholder('4242 4242 4242 4242', 'CARD')).toBe('<CARD>');
    expect(maskText('your card 4242424242424242', known)).toBe('your card <CARD>');
  });

  test('digests teach another page without telling it the value', () => {
    const digests = dictionary().learn('Wexcombe', 'ADDRESS');
    expect(JSON.stringify(digests).toLowerCase()).not.toContain('wexcombe');
    expect(maskText('Delivery to Wexcombe', new PersonalDictionary('salt', digests))).toMatch(/^Delivery to <ADDRESS_/);
  });

  test('a placeholder stays as it is when it is masked again', () => {
    const known = dictionary();
    const once = maskText('jane@example.com', known);
    expect(maskText(once, known)).toBe(once);
  });
});

describe('field policy', () => {
  test.each([
    [{ type: 'password' }, 'drop'], [{ autocomplete: 'cc-csc' }, 'drop'], [{ autocomplete: 'one-time-code' }, 'drop'], [{ name: 'securityCode' }, 'drop'], [{ name: 'CVV' }, 'drop'],
    [{ name: 'otp_input' }, 'drop'], [{ type: 'hidden' }, 'drop'], [{ type: 'email' }, 'pseudonymise'], [{ autocomplete: 'shipping street-address' }, 'pseudonymise'], [{ name: 'cardNumber' }, 'pseudonymise'],
    [{ name: 'field-fullName', label: 'Full name' }, 'pseudonymise'], [{ type: 'search' }, 'keep'], [{ name: 'q' }, 'keep'], [{ type: 'number', name: 'quantity' }, 'keep'], [{ type: 'checkbox' }, 'keep'], [{ type: 'select-one' }, 'keep'], [{ type: 'time' }, 'keep'],
    [{ name: 'courierNote', label: 'Note for the courier' }, 'shape'], [{}, 'shape'],
  ] as [Partial<FieldCues>, string][])('%o is %s', (cues, policy) => expect(field(cues).policy).toBe(policy));

  test.each(shared)('the server and the recorder take $cues for $kind', ({ cues: said, kind, policy }) => {
    expect(classify(cues(said))).toMatchObject({ kind, policy });
  });

  test('what the goal says word for word is kept in a field of which nothing is known, and in no other', () => {
    const known = new PersonalDictionary('salt', [], 'Enter "Chas Low" twice and write to jane@example.com');
    expect(maskValue('Chas Low', field({}), known)).toBe('Chas Low');
    expect(maskValue('Chas', field({}), known)).toBe('Chas');
    expect(maskValue('Cha', field({}), known)).toBe('Xxx');
    expect(maskValue(' ', field({}), known)).toBe(' ');
    expect(maskValue('jane@example.com', field({}), known)).toMatch(/^<EMAIL_/);
    expect(maskValue('Chas Low', field({ name: 'fullName' }), known)).toMatch(/^<NAME_/);
    expect(maskValue('Chas Low', field({ type: 'password' }), known)).toBeNull();
  });

  test('a shape tells how a value is built and hides how long it is', () => {
    expect(shapeOf('gate code 5521 zebra')).toBe('xxx xxx 999 xxx');
    expect(shapeOf('AB-12')).toBe('XX-99');
  });
});

describe('addresses', () => {
  test.each([
    ['https://shop.example/search?q=mug&utm_id=77', 'https://shop.example/search?q=mug&utm_id=*'],
    ['https://shop.example/reset?token=abc123#section', 'https://shop.example/reset?token=*#section'],
    ['https://shop.example/?q=jane@example.com', 'https://shop.example/?q=*'],
    ['https://shop.example/u/jane%40example.com/orders', 'https://shop.example/u/*/orders'],
    ['https://shop.example/s/9f8e7d6c5b4a3f2e1d0c9b8a', 'https://shop.example/s/*'],
    ['https://user:secret@shop.example/', 'https://shop.example/'],
    ['data:text/html,secret', 'data:*'], ['not an address', ''],
  ])('%s', (address, masked) => expect(maskUrl(address)).toBe(masked));
});

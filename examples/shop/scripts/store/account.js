import { saved } from './saved.js';

const storage = saved(sessionStorage, 'shop.account', undefined);

export const account = () => storage.read();

/** No password is kept or checked: the name on the chip is taken from the address, as `jane.doe@…` gives `Jane`. */
export function signIn(email) {
  const first = email.split(/[@._+-]/)[0];
  storage.write({ email, name: first.charAt(0).toUpperCase() + first.slice(1) });
}

export const signOut = () => storage.clear();

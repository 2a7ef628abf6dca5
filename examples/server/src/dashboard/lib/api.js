// Talking to the server. Who is signed in is in a cookie that no script can read; what changes something shows, beside it, a token
// that the server told this page.

/** A refusal of the server, by its stable code. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} detail */
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** Called when nobody is signed in any more. Set by the page that asks people to. */
export const onUnauthenticated = { call: () => {} };

let csrfToken = '';

/**
 * @param {import('./types.js').Me | undefined} me
 * @returns {import('./types.js').Me | undefined}
 */
function known(me) {
  csrfToken = me?.csrfToken ?? '';
  return me;
}

export const account = {
  /** Who is signed in, if anybody is, and whether there is a provider to sign in at. */
  look: async () => {
    const { me, provider } = await api.json('/v1/sign-in');
    return { me: known(me), provider };
  },
  /** Exchanges a key for the cookie. @param {string} key */
  signIn: async (key) => known(await api.send('POST', '/v1/sign-in', { key })),
  signOut: async () => {
    await api.send('POST', '/v1/sign-out');
    known(undefined);
  },
};

/**
 * @param {string} path
 * @param {RequestInit & {json?: unknown}} [options]
 * @returns {Promise<Response>}
 */
async function request(path, { json, ...options } = {}) {
  const headers = new Headers(options.headers);
  if (csrfToken) headers.set('x-csrf-token', csrfToken);
  if (json !== undefined) headers.set('content-type', 'application/json');
  const body = json === undefined ? options.body : JSON.stringify(json);
  const response = await fetch(path, { ...options, headers, body }).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'unreachable', 'The server cannot be reached.');
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401 && path !== '/v1/sign-in') onUnauthenticated.call();
  throw new Problem(response.status, problem.code ?? 'unknown', problem.detail ?? `The server answered ${response.status}.`);
}

export const api = {
  request,
  /** @param {string} path @param {AbortSignal} [signal] @returns {Promise<any>} */
  json: async (path, signal) => (await request(path, { signal })).json(),
  /** @param {string} method @param {string} path @param {unknown} [json] @returns {Promise<any>} */
  send: async (method, path, json) => {
    const response = await request(path, { method, json });
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  },
  /** @param {string} path @param {AbortSignal} [signal] */
  blob: async (path, signal) => (await request(path, { signal })).blob(),
  /** @param {string} path @param {string} name */
  download: async (path, name) => saveBlob(await api.blob(path), name),
  /**
   * Calls `receive` for every live update until the signal aborts or the server ends the stream.
   * @param {string} path @param {(update: any) => void} receive @param {AbortSignal} signal
   */
  follow: async (path, receive, signal) => {
    const response = await request(path, { signal });
    if (!response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = event.split('\n').find((line) => line.startsWith('data:'));
        if (data) receive(JSON.parse(data.slice(5)));
      }
    }
  },
};

/** @param {Blob} blob @param {string} name */
export function saveBlob(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

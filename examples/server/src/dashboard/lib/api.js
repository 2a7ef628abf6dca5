// Talking to the server. The token lives in this tab only and travels in a header, never in an address.

const KEY = 'codesight.token';

/** A refusal of the server, by its stable code. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} detail */
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export const token = {
  get: () => sessionStorage.getItem(KEY),
  /** @param {string} value */
  set: (value) => sessionStorage.setItem(KEY, value),
  clear: () => sessionStorage.removeItem(KEY),
};

/** Called when the server does not know the token. Set by the page that asks for one. */
export const onUnauthenticated = { call: () => {} };

/**
 * @param {string} path
 * @param {RequestInit & {json?: unknown}} [options]
 * @returns {Promise<Response>}
 */
async function request(path, { json, ...options } = {}) {
  const headers = new Headers(options.headers);
  const known = token.get();
  if (known) headers.set('authorization', `Bearer ${known}`);
  if (json !== undefined) headers.set('content-type', 'application/json');
  const body = json === undefined ? options.body : JSON.stringify(json);
  const response = await fetch(path, { ...options, headers, body }).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'unreachable', 'The server cannot be reached.');
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) onUnauthenticated.call();
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

// Talking to the server. The token lives in this tab only and travels in a header, never in an address.

const KEY = 'codesight.token';

export class Unauthenticated extends Error {}

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: (value) => sessionStorage.setItem(KEY, value),
  clear: () => sessionStorage.removeItem(KEY),
};

/** @param {string} path @param {AbortSignal} [signal] */
async function request(path, signal) {
  const response = await fetch(path, { headers: { authorization: `Bearer ${token.get() ?? ''}` }, signal });
  if (response.status === 401) throw new Unauthenticated();
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? `The server answered ${response.status}.`);
  }
  return response;
}

export const api = {
  json: async (path) => (await request(path)).json(),
  /** An address for an image that needs the token; revoke it when done. */
  image: async (path) => URL.createObjectURL(await (await request(path)).blob()),
  download: async (path, name) => {
    const address = await api.image(path);
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  },
  /** Calls `receive` for every live update until the signal aborts. */
  follow: async (path, receive, signal) => {
    const response = await request(path, signal);
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

/** The least server that the shop needs: files of its folder, nothing else. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const folder = new URL('../', import.meta.url);
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.webp': 'image/webp' };

/** Serves the shop on a free port of this machine and gives its origin; `close` stops it. */
export async function serveShop() {
  const server = createServer(async (request, response) => {
    try {
      // Parsing as an address takes away every `..`, so no path leaves the folder.
      const { pathname } = new URL(request.url ?? '/', 'http://shop.invalid');
      const path = pathname === '/' ? '/index.html' : pathname;
      const body = await readFile(new URL(`.${path}`, folder));
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

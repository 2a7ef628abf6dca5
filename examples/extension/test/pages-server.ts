import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const fixtures = new URL('./pages/', import.meta.url);
const types: { [extension: string]: string } = { '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png', '.pdf': 'application/pdf' };

/** Serves the fixture pages, or those of another folder, on a free port of this machine. */
export async function servePages(folder = fixtures): Promise<{ origin: string; close(): void }> {
  const server = createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url ?? '/', 'http://pages.invalid');
      const body = await readFile(new URL(`.${pathname}`, folder));
      const headers = pathname.startsWith('/strict') ? { 'content-security-policy': "default-src 'self'; script-src 'self'; connect-src 'none'; frame-ancestors 'none'" } : {};
      response.writeHead(200, { 'content-type': types[extname(pathname)] ?? 'text/html', ...headers }).end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>Missing</title><h1>Missing</h1>');
    }
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { origin: `http://127.0.0.1:${(server.address() as { port: number }).port}`, close: () => server.close() };
}

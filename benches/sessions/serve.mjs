// A file server for the pages: the market beside this file, the fixture shop, and the photographs.
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".jpg": "image/jpeg",
  ".png": "image/png",
};

export async function serve({ photos, names, here }) {
  const roots = { market: path.join(here, "market"), shop: path.join(here, "../../examples/shop"), photos };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/photos.json") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(names));
      return;
    }
    const [, root, ...rest] = pathname.split("/");
    const file = path.join(roots[root] || "", ...rest.map(decodeURIComponent)) || "";
    if (!roots[root] || !file.startsWith(roots[root])) {
      response.writeHead(404).end();
      return;
    }
    const target = pathname.endsWith("/") ? path.join(file, "index.html") : file;
    response.setHeader("content-type", TYPES[path.extname(target)] || "application/octet-stream");
    createReadStream(target).on("error", () => response.writeHead(404).end()).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

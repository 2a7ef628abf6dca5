// What happens in each kind of session.

// A dense marketplace: menus, typing into the search, filters, a gallery, the cart, a form.
async function market(session, address, query) {
  await session.page.goto(`${address}/market/index.html?${query}`);
  await session.page.waitForSelector("body.ready");
  await session.page.waitForTimeout(400);
  await session.hover("#menu-1", { burst: 2 });
  await session.hover("#menu-3");
  await session.click("#search");
  await session.type("#search", "lamp");
  await session.click("#submit", { burst: 3 });
  await session.scroll(420);
  await session.click("#filter-2", { burst: 2 });
  await session.click("#filter-5", { burst: 2 });
  await session.scroll(650);
  await session.scroll(-1200);
  await session.choose("#sort", "price");
  await session.click("#card-2 .picture", { burst: 2 });
  await session.hover("#thumb-2");
  await session.hover("#thumb-4");
  await session.hover("#thumb-1");
  await session.click("#option-3");
  await session.click("#more");
  await session.click("#add", { burst: 2 });
  await session.scroll(500);
  await session.click("#tab-2");
  await session.scroll(-600);
  await session.click("#cart", { burst: 2 });
  await session.click("#plus-1");
  await session.click("#checkout");
  await session.type("#name", "Robin Sample");
  await session.type("#street", "1 Example Road");
  await session.type("#city", "Sampletown");
  await session.click("#pay", { burst: 3 });
}

// The fixture shop: search, filter, a product, the cart.
async function storefront(session, address) {
  await session.page.goto(`${address}/shop/index.html`);
  await session.page.waitForLoadState("networkidle");
  await session.scroll(600);
  await session.scroll(700);
  await session.page.goto(`${address}/shop/search.html`);
  await session.page.waitForLoadState("networkidle");
  await session.scroll(500, { burst: 2 });
  await session.scroll(-500);
  await session.click("main input[type=checkbox] >> nth=1", { burst: 2 });
  await session.click("main input[type=checkbox] >> nth=1");
  await session.page.goto(`${address}/shop/product.html?sku=KT-101`);
  await session.page.waitForLoadState("networkidle");
  await session.scroll(400);
  await session.scroll(-400);
  await session.hover("main button >> nth=0");
  await session.hover("main button >> nth=2");
  await session.click("main button:has-text('Add to cart')", { burst: 3 });
  await session.page.goto(`${address}/shop/cart.html`);
  await session.page.waitForLoadState("networkidle");
  await session.scroll(300);
  await session.scroll(-300);
  await session.hover("main a >> nth=0");
}

// A fashion-like page of large photographs.
async function photos(session, address) {
  await session.page.goto(`${address}/market/photos.html`);
  await session.page.waitForSelector("body.ready");
  await session.page.waitForTimeout(500);
  await session.scroll(560, { burst: 1 });
  await session.scroll(560);
  await session.hover("#look-3");
  await session.click("#look-3", { burst: 1 });
  await session.click("#next", { burst: 1 });
  await session.click("#next", { burst: 1 });
  await session.click("#next", { burst: 1 });
  await session.click("#size-2");
  await session.click("#add", { burst: 2 });
  await session.click("#close", { burst: 2 });
  await session.scroll(700, { burst: 1 });
  await session.scroll(700);
  await session.scroll(-400);
}

// Eight steps of the market on a screen of double density.
async function density(session, address) {
  await session.page.goto(`${address}/market/index.html?`);
  await session.page.waitForSelector("body.ready");
  await session.page.waitForTimeout(400);
  await session.hover("#menu-1");
  await session.click("#search");
  await session.type("#search", "lamp");
  await session.click("#submit");
  await session.scroll(420);
  await session.click("#filter-2");
  await session.click("#card-2 .picture");
  await session.click("#add");
}

export const KINDS = {
  market: { play: (session, address) => market(session, address, "") },
  storefront: { play: storefront },
  photos: { play: photos },
  density: { scale: 2, play: density },
  // The market with a countdown that ticks and an advertisement that changes.
  live: { play: (session, address) => market(session, address, "live") },
};

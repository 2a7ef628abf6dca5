// A marketplace whose 184 products follow from their numbers.
const photos = await (await fetch("/photos.json")).json();
const live = new URLSearchParams(location.search).has("live");
const byId = (id) => document.getElementById(id);
const pick = (list, number) => list[((number % list.length) + list.length) % list.length];
const MAKERS = ["Nordlicht", "Ambrose", "Kettle & Co", "Orbit", "Holm", "Fennel", "Tansy", "Brightside", "Umber", "Loom"];
const THINGS = ["desk lamp", "floor lamp", "wall clock", "picture frame", "linen throw", "storage basket", "plant pot", "tea towel", "wool rug", "bookend"];
const FEATURES = ["with dimmer", "set of 2", "hand finished", "for small rooms", "solid oak", "washable", "matte black", "extra long", "with warm light", "recycled glass"];
const WORDS = "the light is warm and even it took ten minutes to put together and the base does not wobble would buy again for the hall although the cable could be longer colour as in the picture arrived well packed".split(" ");

const products = Array.from({ length: 184 }, (_, id) => {
  const mixed = (id * 2654435761) >>> 0;
  return {
    id,
    name: `${pick(MAKERS, mixed >> 3)} ${pick(THINGS, id + (mixed >> 7))} ${pick(FEATURES, mixed >> 11)}, ${pick(FEATURES, mixed >> 15)}, model ${1000 + (mixed % 9000)}`,
    price: 900 + (mixed % 19000),
    was: mixed % 3 ? 0 : 900 + (mixed % 19000) + 1500,
    stars: 3 + (mixed % 20) / 10,
    votes: 3 + (mixed % 4871),
    photo: pick(photos, mixed >> 5),
    // A part of the photograph, so that no two products look alike.
    x: (mixed >> 9) % 100,
    y: (mixed >> 13) % 100,
  };
});

const money = (cents) => `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
const sentence = (seed, length) =>
  Array.from({ length }, (_, at) => pick(WORDS, seed * 7 + at * at * 3 + at)).join(" ") + ".";
const make = (tag, fields = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), fields);
  node.append(...children);
  return node;
};
const picture = (product, className) => {
  const image = make("img", { className, src: `/photos/${product.photo}`, alt: product.name });
  image.style.objectPosition = `${product.x}% ${product.y}%`;
  return image;
};

let cart = [];

function card(product, at) {
  const image = picture(product, "picture");
  image.addEventListener("click", () => showProduct(product));
  const stars = make("div", { className: "stars" }, "★".repeat(Math.round(product.stars)), make("small", {}, ` ${product.votes} ratings`));
  const price = make("div", { className: "price" }, money(product.price));
  if (product.was) price.append(" ", make("s", {}, money(product.was)), " ", make("span", { className: "badge" }, "Deal"));
  const ship = make("div", { className: "ship" }, "Delivery ", make("b", {}, pick(["tomorrow", "Friday", "Monday"], product.id)), ", ", `${product.votes % 17} left in stock`);
  return make("div", { className: "card", id: `card-${at}` }, image, make("div", { className: "name" }, product.name), stars, price, ship);
}

function showList(list, title) {
  const aside = make("aside");
  let number = 0;
  for (const [heading, labels] of [["Brand", MAKERS], ["Kind", THINGS], ["Rating", ["4 stars and more", "3 stars and more"]]]) {
    aside.append(make("h3", {}, heading));
    for (const label of labels) {
      const box = make("input", { type: "checkbox", id: `filter-${(number += 1)}` });
      const mine = number;
      box.addEventListener("change", () => grid.replaceChildren(...list.filter((product) => !box.checked || (product.id + mine) % 3).map(card)));
      aside.append(make("label", {}, box, ` ${label}`));
    }
  }
  if (live) aside.append(make("div", { className: "ad", id: "ad" }));
  const sort = make("select", { id: "sort" }, make("option", { value: "best" }, "Best match"), make("option", { value: "price" }, "Price: low to high"));
  sort.addEventListener("change", () => grid.replaceChildren(...[...list].sort((a, b) => a.price - b.price).map(card)));
  const grid = make("div", { className: "grid" }, ...list.map(card));
  const bar = make("div", { className: "bar" }, make("span", {}, `${list.length} results for `, make("b", {}, title)), sort);
  byId("main").className = "";
  byId("main").replaceChildren(aside, make("div", {}, bar, grid));
  scrollTo(0, 0);
}

function showProduct(product) {
  const large = picture(product, "large");
  const shots = [0, 1, 2, 3, 4].map((turn) => ({ ...product, photo: pick(photos, photos.indexOf(product.photo) + turn * (turn > 2)), x: (product.x + turn * 23) % 100 }));
  const thumbs = make("div", { className: "thumbs" }, ...shots.map((shot, at) => {
    const image = picture(shot, at ? "" : "on");
    image.id = `thumb-${at}`;
    image.addEventListener("mouseenter", () => {
      thumbs.querySelector(".on").className = "";
      image.className = "on";
      large.src = image.src;
      large.style.objectPosition = image.style.objectPosition;
    });
    return image;
  }));
  const options = make("p", { className: "options" }, ...["Sand", "Graphite", "Moss", "Brick"].map((name, at) => {
    const button = make("button", { id: `option-${at}` }, name);
    button.addEventListener("click", () => {
      options.querySelector(".on")?.classList.remove("on");
      button.classList.add("on");
    });
    return button;
  }));
  const more = make("button", { id: "more" }, "Read more");
  const about = make("p", {}, sentence(product.id, 60));
  more.addEventListener("click", () => about.append(` ${sentence(product.id + 1, 90)}`));
  const add = make("button", { id: "add" }, "Add to cart");
  add.addEventListener("click", () => {
    cart.push(product);
    byId("count").textContent = cart.length;
    const toast = make("div", { className: "toast" }, make("b", {}, "Added to cart"), make("p", {}, product.name));
    document.body.append(toast);
    setTimeout(() => toast.remove(), 500);
  });
  const box = make("div", { className: "box" }, make("div", { className: "price" }, money(product.price)), make("p", { className: "ship" }, "Delivery ", make("b", {}, "tomorrow"), " if ordered within 3 h"), add);
  const facts = make("div", {}, make("h2", {}, product.name), make("div", { className: "stars" }, "★★★★☆"), options, make("ul", {}, ...[1, 2, 3, 4, 5].map((at) => make("li", {}, sentence(product.id + at, 14)))), about, more);
  const text = make("div", { className: "text" }, ...reviews(product, 0));
  const tabs = make("div", { className: "tabs" }, ...["Reviews", "Questions", "Technical details"].map((name, at) => {
    const button = make("button", { id: `tab-${at}`, className: at ? "" : "on" }, name);
    button.addEventListener("click", () => {
      tabs.querySelector(".on").className = "";
      button.className = "on";
      text.replaceChildren(...reviews(product, at));
    });
    return button;
  }));
  byId("main").className = "wide";
  byId("main").replaceChildren(make("div", { className: "product" }, thumbs, large, facts, box), tabs, text);
  scrollTo(0, 0);
}

const reviews = (product, offset) =>
  Array.from({ length: 9 }, (_, at) => make("div", { className: "review" }, make("b", {}, "★".repeat(2 + ((product.id + at) % 4))), ` ${sentence(product.id + at * 5 + offset * 31, 6)}`, make("p", {}, sentence(at * 11 + offset * 7, 42))));

function showCart() {
  const lines = cart.length ? cart : [products[7]];
  const rows = [...lines, products[11], products[42]].map((product, at) => {
    const amount = make("b", {}, "1");
    const plus = make("button", { id: `plus-${at + 1}` }, "+");
    plus.addEventListener("click", () => (amount.textContent = Number(amount.textContent) + 1));
    return make("div", { className: "line" }, picture(product), make("div", {}, product.name), make("div", {}, "Quantity ", amount, " ", plus), money(product.price));
  });
  const checkout = make("button", { id: "checkout" }, "Proceed to checkout");
  checkout.addEventListener("click", showForm);
  byId("main").className = "wide";
  byId("main").replaceChildren(make("h2", {}, "Cart"), ...rows, checkout);
  scrollTo(0, 0);
}

function showForm() {
  const field = (id, label) => make("label", {}, label, make("input", { id }));
  const pay = make("button", { id: "pay" }, "Place your order");
  pay.addEventListener("click", () => byId("main").replaceChildren(make("div", { className: "text" }, make("h1", {}, "Thank you. Your order is on its way."), make("p", {}, sentence(3, 30)))));
  byId("main").replaceChildren(make("div", { className: "fields" }, make("h2", {}, "Where shall we send it?"), field("name", "Full name"), field("street", "Street"), field("city", "City"), field("code", "Postal code"), pay));
}

byId("menus").append(...["All", "Lighting", "Kitchen", "Living", "Bags", "Audio", "Garden", "Deals"].map((name, at) => {
  const panel = make("div", { className: "panel" }, ...Array.from({ length: 24 }, (_, link) => make("a", {}, pick(THINGS, link + at * 3) + " " + pick(FEATURES, link * 3 + at))));
  return make("div", { id: `menu-${at}` }, name, panel);
}));
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = byId("search").value;
  showList(products.filter((product) => product.name.includes(words)).concat(products.slice(0, 20)), words);
});
byId("cart").addEventListener("click", showCart);
showList(products.slice(0, 60), "everything");

if (live) {
  let ticks = 4242;
  const tick = () => {
    ticks -= 1;
    byId("live").hidden = false;
    byId("countdown").textContent = [ticks / 3600, (ticks / 60) % 60, ticks % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  };
  let turn = 0;
  const turnAdvertisement = () => {
    turn += 1;
    const ad = byId("ad");
    if (!ad) return;
    ad.textContent = pick(["Half price until Sunday", "New: the oak collection", "Free delivery over $35"], turn);
    ad.style.background = `url(/photos/${pick(photos, turn)}) ${(turn * 37) % 100}% 50% / 900px`;
  };
  tick();
  turnAdvertisement();
  setInterval(tick, 1000);
  setInterval(turnAdvertisement, 3000);
}
await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
document.body.classList.add("ready");

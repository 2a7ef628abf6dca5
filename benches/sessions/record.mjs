// Records the five sessions: real pages, rendered by Chromium, driven by a script, captured as PNG exactly as the
// browser encodes them. The pages have no clock and no chance of their own, so every run records the same sessions.
//
//   node record.mjs FOLDER PHOTOS [KIND…]
//
// PHOTOS is a folder of photographs; ../src/bin/archive.rs takes those of Debian's mate-backgrounds. FOLDER gets
// KIND/000001.png, … and KIND/session.json.
import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { KINDS } from "./kinds.mjs";
import { serve } from "./serve.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const [folder, photos, ...chosen] = process.argv.slice(2);
if (!photos) {
  console.error("usage: node record.mjs FOLDER PHOTOS [KIND...]");
  process.exit(2);
}

// One run of a session: every interaction is a frame before, a few during the change, and one when all is quiet.
class Session {
  constructor(page, folder) {
    this.page = page;
    this.folder = folder;
    this.frames = [];
    this.interactions = [];
  }

  async frame(relation) {
    // A blinking caret would make every run another session.
    const png = await this.page.screenshot({ type: "png", caret: "hide" });
    const name = String(this.frames.length + 1).padStart(6, "0") + ".png";
    await writeFile(path.join(this.folder, name), png);
    const hash = createHash("sha256").update(png).digest("hex");
    this.frames.push({ name, relation, hash, width: png.readUInt32BE(16), height: png.readUInt32BE(20) });
    return this.frames.length - 1;
  }

  async step(kind, target, act, { burst = 0 } = {}) {
    const frames = [await this.frame("before")];
    const facts = await this.page.evaluate(describePage, target);
    await act(this.page);
    for (let number = 0; number < burst; number += 1) {
      await this.page.waitForTimeout(200);
      frames.push(await this.frame("burst"));
    }
    await this.page.waitForTimeout(700);
    frames.push(await this.frame("after"));
    this.interactions.push({ kind, target, frames, facts });
  }

  // The mouse rests on the target before the frame is taken, as it does when a person is about to click.
  async click(target, options) {
    await this.page.locator(target).first().hover();
    await this.step("click", target, () => this.page.locator(target).first().click(), options);
  }

  async hover(target, options) {
    await this.step("hover", target, () => this.page.locator(target).first().hover(), options);
  }

  async type(target, text, options) {
    await this.page.locator(target).first().hover();
    await this.step("type", target, () => this.page.locator(target).first().pressSequentially(text), options);
  }

  async scroll(pixels, options) {
    await this.step("scroll", "body", () => this.page.mouse.wheel(0, pixels), options);
  }

  async choose(target, value, options) {
    await this.step("select", target, () => this.page.locator(target).first().selectOption(value), options);
  }
}

// What a recorder says about the page beside the frames: the elements near the target and how it is structured.
function describePage(target) {
  const box = (node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return { x, y, width, height };
  };
  const label = (node) => ({
    tag: node.tagName.toLowerCase(),
    text: (node.innerText || node.value || "").slice(0, 80),
    classes: [...node.classList],
    box: box(node),
  });
  const found = target && document.querySelector(target.split(" >> ")[0].replace(/:has-text\(.*?\)|:visible/g, "") || "body");
  const ancestors = [];
  for (let node = found; node && node !== document.documentElement; node = node.parentElement) {
    ancestors.push({ tag: node.tagName.toLowerCase(), id: node.id, classes: [...node.classList] });
  }
  return {
    url: location.pathname + location.search,
    title: document.title,
    scroll: { x: scrollX, y: scrollY },
    element: found ? label(found) : null,
    ancestors,
    nearby: [...document.querySelectorAll("a, button, input, select")].slice(0, 40).map(label),
    headings: [...document.querySelectorAll("h1, h2, h3")].slice(0, 30).map((node) => node.innerText),
  };
}

const server = await serve({ photos: path.resolve(photos), names: (await readdir(photos)).sort(), here });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--hide-scrollbars=false", "--disable-gpu", "--font-render-hinting=none"],
});
try {
  for (const [kind, { scale = 1, play }] of Object.entries(KINDS)) {
    if (chosen.length && !chosen.includes(kind)) continue;
    const target = path.join(folder, kind);
    await mkdir(target, { recursive: true });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: scale });
    const page = await context.newPage();
    const session = new Session(page, target);
    await play(session, server.address);
    const { frames, interactions } = session;
    await writeFile(path.join(target, "session.json"), JSON.stringify({ kind, scale, frames, interactions }));
    console.log(`${kind}: ${frames.length} frames, ${interactions.length} interactions`);
    await context.close();
  }
} finally {
  await browser.close();
  server.close();
}

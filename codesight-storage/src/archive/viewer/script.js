"use strict";
// Everything that came from a recorded page is set as text or as a number, never as markup.
const byId = (id) => document.getElementById(id);
const data = (name) => JSON.parse(byId("data-" + name).textContent);
const facts = data("facts");
const frames = new Map(data("frames").frames.map((frame) => [frame.hash, frame]));
const steps = data("steps");
const started = steps.length ? steps[0].at : 0;
let chosen = 0;
let chosenFrame = 0;

const make = (tag, text, className) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
};
const mark = (tag, className, attributes) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  node.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  byId("marks").append(node);
};
const clock = (millis) => {
  const seconds = Math.max(0, millis) / 1000;
  return Math.floor(seconds / 60) + ":" + (seconds % 60).toFixed(1).padStart(4, "0");
};
const describe = (step) => [step.kind, step.target || step.title || ""].join(" ").trim();

const isStored = (file) => /^screenshots\/(patches\/)?[0-9]{6,}\.webp$/.test(file);

// The rectangles of stored images that make a frame; a whole frame is one of them.
const piecesOf = (frame) =>
  frame.pieces || [{ file: frame.file, width: frame.width, height: frame.height }];

// Images are decoded once and kept while neighbouring steps may need them.
const loaded = new Map();
const KEPT = 60;
function load(file) {
  if (!loaded.has(file)) {
    const image = new Image();
    image.src = file;
    loaded.set(file, image.decode().then(() => image));
    if (loaded.size > KEPT) loaded.delete(loaded.keys().next().value);
  }
  return loaded.get(file);
}

let drawing = 0;
async function drawFrame(canvas, frame) {
  const mine = ++drawing;
  const pieces = piecesOf(frame);
  const files = [...new Set(pieces.map((piece) => piece.file))];
  let images;
  try {
    images = new Map(await Promise.all(files.map(async (file) => [file, await load(file)])));
  } catch {
    if (mine === drawing) showNothing("An image of this frame is missing: unzip the archive and open index.html there.");
    return;
  }
  // Somebody went on while the images were loaded.
  if (mine !== drawing) return;
  canvas.width = frame.width;
  canvas.height = frame.height;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  for (const { file, width, height, x = 0, y = 0, fromX = 0, fromY = 0 } of pieces) {
    context.drawImage(images.get(file), fromX, fromY, width, height, x, y, width, height);
  }
}

function showNothing(reason) {
  byId("nothing").textContent = reason;
  byId("nothing").hidden = false;
  byId("frame").hidden = true;
  byId("marks").style.display = "none";
}

function showFrame(step, shot) {
  const canvas = byId("frame");
  const marks = byId("marks");
  marks.replaceChildren();
  const stored = shot && frames.get(shot.hash);
  if (!stored || !piecesOf(stored).every((piece) => isStored(piece.file))) {
    drawing += 1;
    showNothing("No frame was kept for this step.");
    return;
  }
  byId("nothing").hidden = true;
  canvas.hidden = false;
  marks.style.display = "";
  // The sides at once, so that nothing moves when the pixels arrive.
  canvas.width = stored.width;
  canvas.height = stored.height;
  canvas.setAttribute("aria-label", "Frame " + shot.relation + " step " + (chosen + 1) + ": " + describe(step));
  void drawFrame(canvas, stored);
  // Marks are placed in CSS pixels of the recorded viewport; the drawing scales them with the image.
  const { width, height } = shot.viewport;
  if (!(width > 0 && height > 0)) return;
  marks.setAttribute("viewBox", "0 0 " + width + " " + height);
  marks.setAttribute("preserveAspectRatio", "none");
  if (shot.relation !== "before" && step.frames.some((other) => other.relation === "before")) return;
  if (step.box) mark("rect", "element", { x: step.box.x, y: step.box.y, width: step.box.width, height: step.box.height });
  const line = (points) => {
    const path = points.map((point) => point.x + "," + point.y).join(" ");
    mark("polyline", "halo", { points: path });
    mark("polyline", "trace", { points: path });
  };
  if (step.path && step.path.length > 1) line(step.path);
  const at = step.point || { x: width / 2, y: height / 2 };
  if (step.scroll) {
    const length = Math.hypot(step.scroll.x, step.scroll.y) || 1;
    const reach = Math.min(width, height) / 5;
    const tip = { x: at.x + (step.scroll.x / length) * reach, y: at.y + (step.scroll.y / length) * reach };
    line([at, tip]);
    mark("circle", "dot", { cx: tip.x, cy: tip.y, r: 6 });
  } else if (step.point) {
    mark("circle", "halo", { cx: at.x, cy: at.y, r: 14 });
    mark("circle", "trace", { cx: at.x, cy: at.y, r: 14 });
    mark("circle", "dot", { cx: at.x, cy: at.y, r: 4 });
  }
}

function showDetails(step, shot) {
  const rows = [
    ["Action", step.kind],
    ["Target", step.target],
    ["Text", step.text],
    ["Keys", step.keys && step.keys.join(" + ")],
    ["Scrolled", step.scroll && step.scroll.x + ", " + step.scroll.y + " px"],
    ["At", step.point && Math.round(step.point.x) + ", " + Math.round(step.point.y) + " px"],
    ["Selector", step.selector],
    ["Page", step.title],
    ["Address", step.url],
    ["Frame", shot && shot.relation + ", " + Math.round(shot.lagMs) + " ms from the action"],
  ];
  byId("details").replaceChildren(
    ...rows.filter((row) => row[1]).flatMap((row) => [make("dt", row[0]), make("dd", String(row[1]))]),
  );
}

function show(index, frame) {
  const step = steps[index];
  byId("previous").disabled = index <= 0;
  byId("next").disabled = index >= steps.length - 1;
  byId("position").textContent = steps.length ? index + 1 + " of " + steps.length : "no steps";
  if (!step) {
    showFrame({ frames: [] }, undefined);
    return;
  }
  chosen = index;
  const before = step.frames.findIndex((shot) => shot.relation === "before");
  chosenFrame = frame === undefined ? Math.max(0, before) : frame;
  byId("relations").replaceChildren(
    ...step.frames.map((shot, place) => {
      const tab = make("button", shot.relation);
      tab.type = "button";
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-selected", String(place === chosenFrame));
      tab.addEventListener("click", () => show(index, place));
      return tab;
    }),
  );
  showFrame(step, step.frames[chosenFrame]);
  showDetails(step, step.frames[chosenFrame]);
  for (const current of document.querySelectorAll("#steps [aria-current]")) current.removeAttribute("aria-current");
  const button = byId("steps").children[index].firstChild;
  button.setAttribute("aria-current", "step");
  button.scrollIntoView({ block: "nearest" });
}

const withFindings = new Set(facts.findings.map((finding) => finding.place.seq));
byId("session").textContent = facts.session;
byId("facts").textContent =
  facts.tenant + " \u00b7 archived " + new Date(facts.createdAt).toISOString() + " \u00b7 quality " + Math.round(facts.score);
byId("steps").append(
  ...steps.map((step, index) => {
    const item = make("li", undefined, withFindings.has(step.seq) ? "marked" : "");
    const button = make("button");
    button.type = "button";
    button.append(
      make("span", String(step.seq === null ? index + 1 : step.seq), "number"),
      make("span", describe(step), "what"),
      make("span", clock(step.at - started), "time"),
    );
    button.addEventListener("click", () => show(index));
    item.append(button);
    return item;
  }),
);
byId("findings").append(
  ...facts.findings.map((finding) => {
    const item = make("li");
    item.append(make("span", finding.rule, "rule " + finding.severity), " ", finding.message);
    const index = steps.findIndex((step) => step.seq === finding.place.seq);
    if (index >= 0) {
      const link = make("button", "step " + finding.place.seq);
      link.type = "button";
      link.addEventListener("click", () => show(index));
      item.append(" ", link);
    }
    return item;
  }),
);
if (!facts.findings.length) byId("findings").append(make("li", "None."));
byId("previous").addEventListener("click", () => show(chosen - 1));
byId("next").addEventListener("click", () => show(chosen + 1));
document.addEventListener("keydown", (event) => {
  const move = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  const target = event.key === "Home" ? 0 : event.key === "End" ? steps.length - 1 : chosen + move;
  if (steps[target] && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    show(target);
  }
});
show(0);

// The part of the picture that is seen: its size, what the pane is moved to, and the overview.

import { byId, drawn } from "./text.js";

export const READABLE = 1.2; // the scale at which a card's letters have 12 pixels
const TIGHT = 1.1; // and 11, where that makes the whole picture fit
const LARGEST = 1.8; // of a picture that has room to spare
const STEP = 1.25;
const EDGE = 8; // pixels between a card and the pane's edge

const pane = byId("pictures");
const overview = byId("overview");
let picture = null;
let scale = 1;
let placed = 0; // the pane's width when the picture was placed; 0 in a frame that is out of sight

// The scale at which a picture of such a size fits the pane.
export function fitting([width, height]) {
  const margin = 2 * EDGE;
  return Math.min((pane.clientWidth - margin) / width, (pane.clientHeight - margin) / height);
}

// Show a picture: whole where its letters are readable then, else at readable size.
export function placePicture(shown) {
  picture = shown;
  placed = pane.clientWidth;
  drawOverview();
  const whole = fitting(shown.size);
  setScale(Math.min(LARGEST, whole >= TIGHT ? whole : READABLE));
}

function setScale(to) {
  scale = to;
  const [width, height] = picture.size;
  picture.whole.style.width = `${width * scale}px`;
  picture.whole.style.height = `${height * scale}px`;
  overview.hidden = width * scale <= pane.clientWidth && height * scale <= pane.clientHeight;
  moveOverview();
}

// Larger or smaller; what is at the point (in the window, the pane's middle if none is given) stays there.
function zoom(factor, at) {
  const outer = pane.getBoundingClientRect();
  const [x, y] = at ?? [outer.left + outer.width / 2, outer.top + outer.height / 2];
  const before = picture.whole.getBoundingClientRect();
  const [u, v] = [(x - before.left) / before.width, (y - before.top) / before.height];
  const least = Math.min(fitting(picture.size), READABLE) * 0.8;
  setScale(Math.min(4, Math.max(least, scale * factor)));
  const after = picture.whole.getBoundingClientRect();
  pane.scrollBy(after.left + u * after.width - x, after.top + v * after.height - y);
  moveOverview();
}

export function fit() {
  setScale(Math.min(LARGEST, fitting(picture.size)));
}

// Move the pane so that elements are in it: all together where they fit, else the first.
export function bringIn(...elements) {
  if (!elements.length) return;
  const outer = pane.getBoundingClientRect();
  const boxes = elements.map((one) => one.getBoundingClientRect());
  const around = union(boxes);
  const fits = around.right - around.left < outer.width - 2 * EDGE && around.bottom - around.top < outer.height - 2 * EDGE;
  const box = fits ? around : boxes[0];
  const inside = box.left >= outer.left + EDGE && box.right <= outer.right - EDGE &&
    box.top >= outer.top + EDGE && box.bottom <= outer.bottom - EDGE;
  if (!inside) {
    pane.scrollBy((box.left + box.right - outer.left - outer.right) / 2, (box.top + box.bottom - outer.top - outer.bottom) / 2);
  }
  moveOverview();
}

const union = (boxes) => ({
  left: Math.min(...boxes.map(({ left }) => left)), right: Math.max(...boxes.map(({ right }) => right)),
  top: Math.min(...boxes.map(({ top }) => top)), bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
});

// The current step's card, and the one that receives something; before the first step what it
// begins with, on the left, and the output where there is room for both.
export function followStep() {
  const { whole } = picture;
  const found = [".current", ".receiving"].map((kind) => whole.querySelector(kind)).filter(Boolean);
  const left = (card) => card.getBoundingClientRect().left;
  const ends = [...whole.querySelectorAll(".given, .root")].sort((a, b) => left(a) - left(b));
  bringIn(...(found.length ? found : ends));
}

// The overview: every card as a block, the pane's part as a frame.

let frame = null;

function drawOverview() {
  const [width, height] = picture.size;
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}` });
  const cards = drawn("g", { transform: picture.shift });
  for (const { box, group } of picture.outlines()) {
    cards.append(drawn("rect", { x: box.x, y: box.y, width: box.width, height: box.height, "data-of": group.id }));
  }
  frame = drawn("rect", { class: "frame" });
  svg.append(cards, frame);
  overview.replaceChildren(svg);
}

function moveOverview() {
  if (overview.hidden) return;
  const { left, top } = picture.whole.getBoundingClientRect();
  const outer = pane.getBoundingClientRect();
  const place = {
    x: Math.max(0, (outer.left - left) / scale), y: Math.max(0, (outer.top - top) / scale),
    width: Math.min(picture.size[0], outer.width / scale), height: Math.min(picture.size[1], outer.height / scale),
  };
  for (const [name, value] of Object.entries(place)) frame.setAttribute(name, value);
  const current = picture.whole.querySelector(".current");
  overview.querySelector(".here")?.classList.remove("here");
  if (!current) return;
  overview.querySelector(`[data-of="${current.id}"]`)?.classList.add("here");
  overview.classList.remove("left"); // it makes way for the current card
  const [card, own] = [current.getBoundingClientRect(), overview.getBoundingClientRect()];
  overview.classList.toggle("left", card.right > own.left && card.bottom > own.top);
}

function centreAt(event) {
  const { left, top, width, height } = overview.firstChild.getBoundingClientRect();
  const [u, v] = [(event.clientX - left) / width, (event.clientY - top) / height];
  pane.scrollTo(u * picture.size[0] * scale - pane.clientWidth / 2, v * picture.size[1] * scale - pane.clientHeight / 2);
}

overview.addEventListener("pointerdown", (event) => {
  overview.setPointerCapture(event.pointerId);
  centreAt(event);
});
overview.addEventListener("pointermove", (event) => {
  if (event.buttons) centreAt(event);
});
pane.addEventListener("scroll", moveOverview);

// Wheel, pinch, and a mouse that drags; one finger moves the pane by itself.

pane.addEventListener("wheel", (event) => {
  event.preventDefault();
  if (event.shiftKey) pane.scrollBy(event.deltaY, event.deltaX);
  else zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), [event.clientX, event.clientY]);
}, { passive: false });

let spread = 0;
const apart = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
const middle = ([a, b]) => [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2];
pane.addEventListener("touchstart", ({ touches }) => (spread = touches.length === 2 ? apart(touches) : 0));
pane.addEventListener("touchmove", (event) => {
  if (!spread || event.touches.length !== 2) return;
  event.preventDefault();
  zoom(apart(event.touches) / spread, middle(event.touches));
  spread = apart(event.touches);
}, { passive: false });

let held = null;
pane.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button !== 0) return;
  held = { x: event.clientX, y: event.clientY, moved: false };
});
addEventListener("pointermove", (event) => {
  if (!held || !event.buttons) return;
  const [dx, dy] = [held.x - event.clientX, held.y - event.clientY];
  if (!held.moved && Math.hypot(dx, dy) < 4) return;
  Object.assign(held, { x: event.clientX, y: event.clientY, moved: true });
  pane.classList.add("dragged");
  pane.scrollBy(dx, dy);
});
addEventListener("pointerup", () => {
  pane.classList.remove("dragged");
  setTimeout(() => (held = null)); // the click comes before
});
pane.addEventListener("click", (event) => {
  if (held?.moved) event.stopPropagation();
}, { capture: true });

// Let go of what the mouse holds: something else is dragged.
export const letGo = () => (held = null);

new ResizeObserver(() => {
  if (!picture || placed === pane.clientWidth) return;
  const before = placed;
  placePicture(picture);
  if (!before) followStep();
}).observe(pane);

byId("larger").addEventListener("click", () => zoom(STEP));
byId("smaller").addEventListener("click", () => zoom(1 / STEP));
byId("fit").addEventListener("click", fit);

// The plane of the two inputs: what is computed at every place, the boundary, and the examples.
//
// `PLANE.outputs` is straight-line text that the compiler made of the graph when the page was written.

import { boundary } from "./contour.js";
import { forwardOf } from "./engine.js";
import { nodes, operations, page } from "./state.js";
import { byId, drawn, element } from "./text.js";

const CELLS = 60; // on each side
const GRASP = 12; // pixels around an example in which a click takes it

export const plane = page.plane ?? null;
const svg = byId("plane-points");
const bounds = plane && boundsOf(plane.examples);
const rows = plane && gridOf(bounds);
let before = null; // the numbers of the leaves for which the plane is drawn, and the theme

// A square around the examples, with some room.
function boundsOf(examples) {
  const middle = (k) => (Math.min(...examples.map((e) => e[k])) + Math.max(...examples.map((e) => e[k]))) / 2;
  const half = (k) => (Math.max(...examples.map((e) => e[k])) - Math.min(...examples.map((e) => e[k]))) / 2;
  const reach = (Math.max(half(0), half(1)) || 1) * 1.25;
  return { left: middle(0) - reach, low: middle(1) - reach, size: 2 * reach };
}

// The places in the middle of each cell, from the top row to the bottom one.
function gridOf({ left, low, size }) {
  const at = (k) => ((k + 0.5) / CELLS) * size;
  return Array.from({ length: CELLS * CELLS }, (_, k) => [left + at(k % CELLS), low + at(CELLS - 1 - Math.floor(k / CELLS))]);
}

// The output at each row of inputs, for given numbers of all leaves; NaN where it cannot be computed.
function outputsAt(some, leaves) {
  const constant = nodes.every((node, i) => node.kind !== "constant" || node.operation || Object.is(leaves[i], node.data));
  const given = plane.leaves.map((i) => leaves[i]);
  if (!constant) return some.map((row) => interpreted(row, leaves)); // the text has constants in it
  try {
    return PLANE.outputs(some, given).map(([y]) => y);
  } catch {
    return some.map((row) => {
      try {
        return PLANE.outputs([row], given)[0][0];
      } catch {
        return NaN;
      }
    });
  }
}

function interpreted(row, leaves) {
  const data = [...leaves];
  plane.inputs.forEach((i, k) => (data[i] = row[k]));
  try {
    for (let i = 0; i <= plane.output; i++) if (nodes[i].operation) data[i] = forwardOf(nodes, operations, data, i);
  } catch {
    return NaN;
  }
  return data[plane.output];
}

// Draw what there is to be seen for the numbers of a run.
export function showPlane(result, step) {
  if (!plane) return;
  const leaves = [...result.leaves];
  for (const [i, { at, after }] of result.moved ?? []) if (at <= step) leaves[i] = after;
  const own = plane.inputs;
  const key = [document.documentElement.dataset.theme, ...leaves.map((x, i) => (own.includes(i) || i === plane.target ? 0 : x))];
  if (!before || key.some((x, i) => !Object.is(x, before[i]))) {
    before = key;
    const grid = outputsAt(rows, leaves);
    paint(grid);
    byId("plane-boundary").setAttribute("d", boundary(grid, CELLS, plane.level));
    judge(leaves);
  }
  mark(leaves);
}

export function redrawn() {
  before = null;
}

// A colour on either side of the level, the paler the nearer.
function paint(grid) {
  const canvas = byId("plane-field");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(CELLS, CELLS);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => [1, 3, 5].map((k) => parseInt(style.getPropertyValue(name).trim().slice(k, k + 2), 16));
  const [below, middle, above] = [colour("--accent"), colour("--background"), colour("--blue")];
  grid.forEach((y, k) => {
    const t = Math.max(-1, Math.min(1, (y - plane.level) / plane.reach));
    const side = t < 0 ? below : above;
    const share = Number.isNaN(t) ? 0 : 0.1 + 0.6 * Math.abs(t);
    for (let c = 0; c < 3; c++) image.data[4 * k + c] = middle[c] + share * (side[c] - middle[c]);
    image.data[4 * k + 3] = Number.isNaN(t) ? 0 : 255;
  });
  context.putImageData(image, 0, 0);
}

const placeOn = (x, y) => [((x - bounds.left) / bounds.size) * 100, 100 - ((y - bounds.low) / bounds.size) * 100];
const labels = plane ? [...new Set(plane.examples.map(([, , label]) => label))].sort((a, b) => a - b) : [];
const between = (labels[0] + labels.at(-1)) / 2;
const isHigh = (label) => label > between || (labels.length === 1 && label > plane.level);

// The examples: circles for the higher label, squares for the lower.
function drawExamples() {
  const r = plane.examples.length > 40 ? 1.9 : 3;
  for (const [x, y, label] of plane.examples) {
    const [u, v] = placeOn(x, y);
    svg.append(isHigh(label)
      ? drawn("circle", { class: "example high", cx: u, cy: v, r })
      : drawn("rect", { class: "example low", x: u - 0.9 * r, y: v - 0.9 * r, width: 1.8 * r, height: 1.8 * r }));
  }
  svg.append(drawn("circle", { class: "here", r: 2.1 * r }));
}

// Which label has which sign, where there are two.
export function legend() {
  if (labels.length !== 2) return [];
  const sign = (label) => element("span", { className: isHigh(label) ? "high" : "low", textContent: isHigh(label) ? " ●" : " ■" });
  return labels.toReversed().flatMap((label) => [sign(label), ` ${label}`]);
}

// How many examples are on their side of the boundary; a hidden neuron's is no label's.
function judge(leaves) {
  if (labels.length !== 2 || !plane.judged) return;
  const found = outputsAt(plane.examples.map(([x, y]) => [x, y]), leaves);
  const wrong = plane.examples.map(([, , label], k) => (found[k] > plane.level) !== isHigh(label));
  [...svg.querySelectorAll(".example")].forEach((one, k) => one.classList.toggle("wrong", wrong[k]));
  const right = wrong.filter((is) => !is).length;
  byId("plane-score").textContent = word("so many correct", { right, total: wrong.length });
}

// The plane as it stands now, for paper; null where there is none.
export function copiedPlane() {
  if (!plane) return null;
  const copy = byId("field").cloneNode(true);
  for (const part of [copy, ...copy.querySelectorAll("[id], [role]")]) {
    for (const name of ["id", "role"]) part.removeAttribute(name);
  }
  const canvas = copy.querySelector("canvas"); // the copy of a canvas is empty
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(byId("plane-field"), 0, 0);
  return copy;
}

// Which example the inputs are now; -1 for none.
export function exampleNow(leaves) {
  const [i, j] = plane.inputs;
  return plane.examples.findIndex(([x, y]) => x === leaves[i] && y === leaves[j]);
}

function mark(leaves) {
  const [u, v] = placeOn(...plane.inputs.map((i) => leaves[i]));
  const here = svg.querySelector(".here");
  here.setAttribute("cx", Math.max(0, Math.min(100, u)));
  here.setAttribute("cy", Math.max(0, Math.min(100, v)));
  const now = exampleNow(leaves);
  const count = plane.examples.length;
  byId("example").textContent = `${now < 0 ? "–" : now + 1} / ${count}`;
  const told = { count, now: now + 1, label: plane.examples[now]?.[2] };
  svg.setAttribute("aria-label", `${word(now < 0 ? "examples, none" : "examples, one", told)} ${byId("plane-score").textContent}`.trim());
}

// What was clicked: the numbers of the example there, else those of the place.
export function numbersAt(event) {
  const { left, top, width, height } = svg.getBoundingClientRect();
  const [u, v] = [(event.clientX - left) / width, 1 - (event.clientY - top) / height];
  const distance = plane.examples.map(([x, y]) => {
    const [a, b] = placeOn(x, y);
    return Math.hypot(a / 100 - u, (100 - b) / 100 - v) * width;
  });
  const nearest = distance.indexOf(Math.min(...distance));
  if (event.type === "pointerdown" && distance[nearest] <= GRASP) return plane.examples[nearest];
  const round = (x) => Number((Math.max(0, Math.min(1, x[0])) * bounds.size + x[1]).toPrecision(4));
  return [round([u, bounds.left]), round([v, bounds.low])];
}

if (plane) drawExamples();

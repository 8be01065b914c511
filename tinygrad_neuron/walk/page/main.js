// The page: its state (leaves, step, what is chosen) and what the controls do to it.

import { run } from "./engine.js";
import { showCurve } from "./curve.js";
import { makeFilmstrip } from "./filmstrip.js";
import { findFlags, showFlags } from "./flags.js";
import { Leaves, leafTitle } from "./leaves.js";
import { described, showPanel } from "./panel.js";
import { findPaths, showPaths } from "./paths.js";
import { Picture } from "./picture.js";
import { Prediction } from "./predict.js";
import { byId, element, namesOf, written } from "./text.js";
import { showVerify } from "./verify.js";

const page = JSON.parse(byId("graph-data").textContent);
const { nodes, operations, limits } = page;
for (const node of nodes) node.data = { nan: NaN, inf: Infinity, "-inf": -Infinity }[node.data] ?? node.data;
const names = namesOf(nodes, operations);
const start = nodes.map((node) => node.data);
let values = [...start];
let result = run(nodes, operations, values);
let old = null; // what is shown as ghosts while a number moves
let step = 0;
let chosen = nodes.findIndex((node) => !node.operation && node.kind !== "constant");
if (chosen < 0) chosen = 0;
let timer = null;
let selected = null; // a node whose curve is shown in the place of the current one

const pictures = page.levels.map(
  (level) => new Picture(document.querySelector(`svg[data-level="${level.name}"]`), level, names));
let picture = pictures[0];

const leaves = new Leaves(byId("leaf-list"), nodes, names,
  (i, x) => {
    old ??= result;
    values[i] = x;
    recompute();
  },
  () => {
    old = null;
    picture.ghosts(null, result);
  });
const prediction = new Prediction(byId("prediction"), (text = "") => {
  prediction.close(text);
  go(step + 1, true);
});

function recompute() {
  result = run(nodes, operations, values);
  if (prediction.step) prediction.close();
  step = Math.min(step, result.steps.length);
  byId("reset").disabled = values.every((x, i) => Object.is(x, start[i]));
  render();
}

// The step in the picture alone, without the panel.
function show(at) {
  picture.show(nodes, result, at, names);
  const flags = findFlags(nodes, operations, limits, result, names, at);
  picture.flags(flags);
  return flags;
}

function render() {
  const flags = show(step);
  picture.ghosts(old, result);
  showFlags(byId("flags"), flags, names);
  const text = described(nodes, operations, result, names, step);
  showPanel(nodes, text);
  byId("announcement").textContent = text.sentence;
  const problem = byId("problem");
  problem.hidden = result.error === null;
  problem.textContent = result.error ? `${result.error.name}: ${result.error.text}` : "";
  const scrubber = byId("scrubber");
  scrubber.max = String(result.steps.length);
  scrubber.value = String(step);
  scrubber.setAttribute("aria-valuetext", text.title);
  byId("where").textContent = `${step} / ${result.steps.length}`;
  for (const id of ["first", "back"]) byId(id).disabled = step === 0;
  for (const id of ["next", "last"]) byId(id).disabled = step === result.steps.length;
  showCurve(byId("curve"), nodes, operations, result, names, selected ?? text.node ?? -1);
  inspect();
}

function inspect() {
  leaves.show(chosen, values);
  const open = byId("inspect").open;
  const found = open ? findPaths(nodes, result.local, chosen) : null;
  picture.onPath(found?.between ?? new Set(), found?.edges ?? new Set());
  if (!open) return;
  byId("leaf").value = String(chosen);
  showVerify(byId("verify"), nodes, operations, values, names, result, chosen);
  showPaths(byId("paths"), nodes, names, found, chosen);
}

function go(to, revealed = false) {
  const target = Math.max(0, Math.min(to, result.steps.length));
  const coming = result.steps[step];
  const forwards = target === step + 1;
  if (forwards && !revealed && byId("predicting").checked && coming.phase === "backward") {
    pause();
    if (prediction.step !== coming) ask(coming);
    return;
  }
  if (prediction.step) prediction.close();
  step = target;
  selected = null;
  remember();
  render();
  picture.reveal(byId("pictures"));
}

function ask(coming) {
  const { operation, operands } = nodes[coming.node];
  const others = result.local[coming.node].filter((_, position) => position !== coming.position);
  const formula = written(operation, operands.map((operand) => names[operand]));
  const label = nodes[coming.node].label;
  prediction.ask(coming, names, others, label ? `${label} = ${formula}` : formula);
  byId("prediction").querySelector("button").focus();
  byId("announcement").textContent = byId("prediction").querySelector("p").textContent;
}

// The step in the address, so that it can be linked to. A frame without an address has none.
function remember() {
  try {
    history.replaceState(null, "", `#step=${step}`);
  } catch {
    // in a notebook's frame
  }
}

function linked() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  if (found) {
    step = Math.min(Number(found[1]), result.steps.length);
    if (prediction.step) prediction.close();
    selected = null;
  }
  render();
  picture.reveal(byId("pictures"));
}

function pause() {
  clearInterval(timer);
  timer = null;
  byId("play").setAttribute("aria-pressed", "false");
  byId("play").textContent = "▶ Play";
}

function play() {
  if (timer !== null) return pause();
  if (step === result.steps.length) go(0);
  timer = setInterval(() => {
    go(step + 1);
    if (step === result.steps.length) pause();
  }, Number(byId("speed").value));
  byId("play").setAttribute("aria-pressed", "true");
  byId("play").textContent = "⏸ Pause";
}

function choose(i) {
  if (nodes[i].operation) selected = i;
  else {
    chosen = i;
    byId("inspect").open = true;
  }
  render();
}

// Controls

const moves = { first: () => go(0), back: () => go(step - 1), next: () => go(step + 1), last: () => go(Infinity) };
for (const [id, move] of Object.entries(moves)) {
  byId(id).addEventListener("click", () => {
    pause();
    move();
  });
}
byId("play").addEventListener("click", play);
byId("speed").addEventListener("change", () => {
  if (timer === null) return;
  pause();
  play();
});
byId("scrubber").addEventListener("input", (event) => {
  pause();
  const to = Number(event.target.value);
  go(to, true);
});
byId("reset").addEventListener("click", () => {
  values = [...start];
  old = null;
  recompute();
  leaves.set(values);
});
byId("predicting").addEventListener("change", () => {
  if (prediction.step) prediction.close();
});
byId("inspect").addEventListener("toggle", inspect);
byId("leaf").append(...leaves.all.map((i) => element("option", { value: String(i), textContent: leafTitle(nodes, names, i) })));
byId("leaf").addEventListener("change", (event) => choose(Number(event.target.value)));

// Whether a control needs the key itself: a slider the arrows, a button the space bar.
function hasItsOwn({ tagName, type }, space) {
  if (["BUTTON", "SUMMARY"].includes(tagName) || type === "checkbox") return space;
  if (type === "range") return !space;
  return ["INPUT", "SELECT"].includes(tagName);
}

const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in KEYS)) return;
  if (hasItsOwn(event.target, event.key === " ")) return;
  event.preventDefault();
  byId(KEYS[event.key]).click();
});

// In the picture Tab reaches one node; up and down go on to the others, Enter chooses.
byId("pictures").addEventListener("keydown", (event) => {
  const at = picture.list.findIndex(({ group }) => group === event.target);
  if (at < 0) return;
  const further = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (further) {
    event.preventDefault();
    const next = picture.list[(at + further + picture.list.length) % picture.list.length];
    event.target.setAttribute("tabindex", "-1");
    next.group.setAttribute("tabindex", "0");
    next.group.focus();
  } else if (event.key === "Enter") {
    pressed(picture.list[at]);
  }
});
byId("pictures").addEventListener("click", (event) => {
  const group = event.target.closest("g.node");
  const card = picture.list.find((one) => one.group === group);
  if (card) pressed(card);
});

function pressed(card) {
  if (card.folded) level(pictures[pictures.indexOf(picture) - 1] ?? picture);
  else choose(card.node);
}

function level(to) {
  picture = to;
  for (const { svg } of pictures) svg.toggleAttribute("hidden", svg !== picture.svg);
  byId("level").value = picture.level.name;
  byId("folded").textContent = picture.level.text;
  byId("folded").hidden = !picture.level.text;
  render();
}

const TITLES = { scalar: "numbers", neuron: "neurons", layer: "layers", network: "network" };
byId("level").append(...pictures.map(({ level: { name } }) => element("option", { value: name, textContent: TITLES[name] })));
byId("level-choice").hidden = pictures.length < 2;
byId("level").addEventListener("change", (event) =>
  level(pictures.find((one) => one.level.name === event.target.value)));

const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const nameTheme = () => (byId("theme").textContent = isDark() ? "Light" : "Dark");
byId("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
dark.addEventListener("change", nameTheme);
// A page around this one, a book's say, tells which theme it has.
addEventListener("message", ({ data }) => {
  if (data?.theme !== "light" && data?.theme !== "dark") return;
  document.documentElement.dataset.theme = data.theme;
  nameTheme();
});
nameTheme();

addEventListener("hashchange", linked);
addEventListener("beforeprint", () => {
  makeFilmstrip(byId("filmstrip"), show, () => picture.svg, nodes, operations, result, names);
  render();
});
addEventListener("afterprint", () => byId("filmstrip").replaceChildren());

level(picture);
linked();

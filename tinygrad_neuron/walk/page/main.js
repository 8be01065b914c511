// The page: its state (leaves, step, what is folded, what is chosen) and what the controls do to it.

import { showCurve } from "./curve.js";
import { makeFilmstrip } from "./filmstrip.js";
import { findFlags, showFlags } from "./flags.js";
import { Leaves } from "./leaves.js";
import { showOrigin } from "./origin.js";
import { described, localNames, showPanel } from "./panel.js";
import { findPaths, showPaths } from "./paths.js";
import { Picture } from "./picture.js";
import { Prediction } from "./predict.js";
import { byId, element, namesOf, number, operandNames, setDigits, written } from "./text.js";
import { countOf, located, passes } from "./training.js";
import { showVerify } from "./verify.js";
import { unpacked, Views } from "./views.js";

const page = JSON.parse(byId("graph-data").textContent);
const { nodes, operations, scopes, training } = page;
const special = (x) => ({ nan: NaN, inf: Infinity, "-inf": -Infinity })[x] ?? x;
for (const node of nodes) node.data = special(node.data);
if (training) {
  training.rates = training.rates.map(special);
  for (const given of training.given) for (const i of Object.keys(given)) given[i] = special(given[i]);
}
setDigits(page.digits);
const names = namesOf(nodes, operations);
const remembered = new Map(); // scope -> the names of all nodes beside those in it
const beside = (scope) => {
  if (!remembered.has(scope)) remembered.set(scope, localNames(names, scopes, scope));
  return remembered.get(scope);
};
const start = nodes.map((node) => node.data);
let values = [...start];
let rates = training?.rates;
let runs = passes(nodes, operations, values, training, rates);
let old = null; // the runs that are shown as ghosts while a number moves
let step = 0;
let chosen = 0; // a leaf
let timer = null;
let selected = null; // a node that was asked about: where it comes from, and its curve

// What is folded

const views = new Views(scopes, page.views);
const pictures = new Map(); // the number of a view -> its picture
const packed = byId("packed-pictures").textContent;
const others = unpacked(packed).catch(() => null); // a browser from before 2023 cannot
let at = 0; // the number of the view
let opened = -1; // the scope that was opened last, where its path is shown
const pictureOf = (i, svg, view) =>
  new Picture(svg, view, nodes, names, scopes, (scope) => views.open(page.views[i].folded, scope) !== null);
pictures.set(0, pictureOf(0, document.querySelector("svg.graph"), page.view));
let picture = pictures.get(0);
byId("pictures").replaceChildren(picture.whole);

async function view(i, open = -1) {
  at = i;
  opened = open;
  if (!pictures.has(i)) {
    const all = await others;
    if (all === null) {
      [at] = [...pictures].find(([, one]) => one === picture);
      byId("folded").textContent = "This browser is too old to unpack the other pictures.";
      byId("folded").hidden = false;
      return;
    }
    const svg = new DOMParser().parseFromString(all[i - 1].svg, "image/svg+xml").documentElement;
    pictures.set(i, pictureOf(i, document.importNode(svg, true), all[i - 1]));
  }
  if (at !== i) return; // another one was asked for in the meantime
  picture = pictures.get(i);
  byId("pictures").replaceChildren(picture.whole);
  byId("pictures").scrollTo(0, 0);
  remember();
  nameView();
  render();
  picture.reveal(byId("pictures"), picture.list.find((one) => one.box === open && open >= 0)?.group);
}

// The text below the picture, the choice of a level, and the way to the opened scope.
function nameView() {
  const { level } = page.views[at];
  byId("folded").textContent = `${picture.view.text} · ⊞ opens, ⊟ folds`;
  byId("folded").hidden = !picture.view.text;
  byId("by-hand").hidden = Boolean(level);
  byId("level").value = level || "by hand";
  const path = views.path(opened);
  byId("crumbs").hidden = path.length === 0;
  byId("crumbs").replaceChildren(...(path.length ? [-1, ...path] : []).map((scope, k) => {
    const crumb = element("button", { type: "button", textContent: scope < 0 ? "all folded" : scopes[scope].name });
    if (k === path.length) crumb.setAttribute("aria-current", "true");
    crumb.addEventListener("click", () => openOnly(scope));
    return element("li", {}, crumb);
  }));
}

const announce = (text) => (byId("announcement").textContent = text);

async function openOnly(scope) {
  const to = views.onlyOpen(scope);
  if (to !== null) await view(to, scope);
}

// Show what is in a folded scope, or fold an open one; the keyboard stays at it.
async function unfold(scope) {
  const to = views.open(page.views[at].folded, scope);
  if (to === null) return;
  const held = byId("pictures").contains(document.activeElement);
  await view(to, scope);
  const box = picture.list.find((one) => one.box === scope);
  if (held) focus(box);
  announce(`${scopes[scope].path} is open. ${picture.view.text}`);
}

async function fold(scope) {
  const to = scope < 0 ? null : views.fold(page.views[at].folded, scope);
  if (to === null) return;
  const held = byId("pictures").contains(document.activeElement);
  await view(to, scopes[scope].around);
  const card = picture.list.find((one) => one.scope === scope);
  if (card) picture.reveal(byId("pictures"), card.group);
  if (held) focus(card);
  announce(`${scopes[scope].path} is folded. ${picture.view.text}`);
}

function focus(one) {
  const to = one ?? picture.list[0];
  for (const { group } of picture.list) group.setAttribute("tabindex", group === to.group ? "0" : "-1");
  to.group.focus();
}

const TITLES = { scalar: "numbers", neuron: "neurons", layer: "layers", network: "network" };
byId("level").append(
  ...Object.entries(TITLES).filter(([level]) => page.views.some((one) => one.level === level))
    .map(([value, textContent]) => element("option", { value, textContent })),
  element("option", { value: "by hand", id: "by-hand", textContent: "opened by hand", hidden: true }));
byId("level-choice").hidden = page.views.filter(({ level }) => level).length < 2;
byId("level").addEventListener("change", (event) => {
  const to = page.views.findIndex(({ level }) => level === event.target.value);
  if (to >= 0) view(to);
});

// Leaves

const plain = nodes.map((node, i) => i).filter((i) => !nodes[i].operation);
const rank = (i) => ["input", "parameter", "output", "constant"].indexOf(nodes[i].kind);
const place = (i) => (nodes[i].scope === undefined ? "" : scopes[nodes[i].scope].path);
plain.sort((i, j) => rank(i) - rank(j) || place(i).localeCompare(place(j), "en", { numeric: true }) || i - j);
chosen = plain[0];
const titles = new Map(plain.map((i) => [i, leafName(i)]));
const counts = new Map();
for (const title of titles.values()) counts.set(title, (counts.get(title) ?? 0) + 1);
for (const [i, title] of titles) if (counts.get(title) > 1) titles.set(i, `${title} (node ${i})`);

function leafName(i) {
  return nodes[i].kind === "constant" && !nodes[i].label ? `${names[i]} (constant)` : names[i];
}

function changeable() {
  const all = plain.map((i) => {
    const span = Math.max(2, 2 * Math.abs(start[i]));
    const fixed = training !== undefined && i in training.given[0];
    const notes = [
      nodes[i].kind === "constant" && "constant: no gradient",
      training?.parameters.includes(i) && "where the training starts",
      fixed && "another one in each iteration",
    ];
    return {
      key: i, name: titles.get(i), short: nodes[i].label || titles.get(i), scope: nodes[i].scope ?? -1,
      value: start[i], low: start[i] - span, high: start[i] + span, fixed,
      constant: nodes[i].kind === "constant", note: notes.filter(Boolean).join("; "),
    };
  });
  if (training && training.rates.every((rate) => rate === training.rates[0])) {
    const [rate] = training.rates;
    all.unshift({
      key: "rate", name: "learning rate", short: "learning rate", scope: -1, value: rate, low: 0,
      high: 4 * rate || 1, note: "a change runs the training again",
    });
  }
  return all;
}

const leaves = new Leaves(byId("leaf-list"), changeable(), scopes,
  (key, x) => {
    old ??= runs;
    if (key === "rate") rates = rates.map(() => x);
    else values[key] = x;
    recompute();
  },
  () => {
    old = null;
    picture.ghosts(null, runs[0], 0);
  });
const prediction = new Prediction(byId("prediction"), (text = "") => {
  prediction.close(text);
  go(step + 1, true);
});

function recompute() {
  runs = passes(nodes, operations, values, training, rates);
  if (prediction.step) prediction.close();
  step = Math.min(step, countOf(runs));
  byId("reset").disabled = values.every((x, i) => Object.is(x, start[i])) && rates?.[0] === training?.rates[0];
  render();
}

// Showing

// A step in the picture alone, without the panel.
function show(to) {
  const { result, at: within } = located(runs, to);
  picture.show(nodes, result, within, names);
  const flags = findFlags(nodes, operations, page.flags, result, names, within);
  picture.flags(flags);
  return flags;
}

const textOf = (to) => {
  const { result, at: within } = located(runs, to);
  const scope = nodes[result.steps[within - 1]?.node]?.scope;
  return described(nodes, operations, result, beside(scope), within, { step: to, of: countOf(runs), iterations: runs.length });
};

function render() {
  const flags = show(step);
  const { result, at: within } = located(runs, step);
  picture.ghosts(old?.[result.iteration] ?? null, result, within);
  showFlags(byId("flags"), flags, names, page.flags.help);
  const text = textOf(step);
  showPanel(nodes, text, scopes);
  announce(text.sentence);
  const { error } = runs.at(-1);
  const problem = byId("problem");
  problem.hidden = error === null;
  problem.textContent = error ? `${error.name}: ${error.text}` : "";
  const count = countOf(runs);
  const scrubber = byId("scrubber");
  scrubber.max = String(count);
  scrubber.value = String(step);
  scrubber.setAttribute("aria-valuetext", text.title);
  byId("where").textContent = `${step} / ${count}`;
  for (const id of ["first", "back"]) byId(id).disabled = step === 0;
  for (const id of ["next", "last"]) byId(id).disabled = step === count;
  const hasCurve = selected !== null && nodes[selected].operation;
  const drawn = hasCurve ? selected : text.node ?? -1;
  showCurve(byId("curve"), nodes, operations, result, beside(nodes[drawn]?.scope), drawn);
  picture.asked(selected);
  showOrigin(nodes, scopes, result, names, selected, within);
  if (training) showIterations(result.iteration);
  inspect();
}

// The output at each iteration, as buttons that lead there.
function showIterations(current) {
  byId("iterations").hidden = false;
  byId("iterations").querySelector("ol").replaceChildren(...runs.map((result, k) => {
    const button = element("button", { type: "button", textContent: `${k + 1}: ${number(result.data.at(-1))}` });
    button.setAttribute("aria-label", `Iteration ${k + 1}: ${names.at(-1)} is ${number(result.data.at(-1))}`);
    if (k === current) button.setAttribute("aria-current", "step");
    button.addEventListener("click", () => {
      pause();
      go(k ? result.first + 1 : 0, true);
      byId("iterations").querySelectorAll("button")[k].focus();
    });
    return element("li", {}, button);
  }));
}

function inspect() {
  const { result } = located(runs, step);
  const open = byId("inspect").open;
  const found = open ? findPaths(nodes, result.local, chosen) : null;
  picture.onPath(found?.between ?? new Set(), found?.edges ?? new Set());
  if (!open) return;
  byId("leaf").value = String(chosen);
  showVerify(byId("verify"), nodes, operations, result.leaves, names, result, chosen);
  showPaths(byId("paths"), nodes, names, found, chosen);
}

// Stepping

function go(to, revealed = false) {
  const target = Math.max(0, Math.min(to, countOf(runs)));
  const forwards = target === step + 1;
  if (forwards && !revealed && byId("predicting").checked) {
    const { result, at: within } = located(runs, target);
    const coming = result.steps[within - 1];
    if (coming.phase === "backward") {
      pause();
      if (prediction.step !== coming) ask(coming, result);
      return;
    }
  }
  if (prediction.step) prediction.close();
  step = target;
  selected = null;
  remember();
  render();
  picture.reveal(byId("pictures"));
}

function ask(coming, result) {
  const { operation } = nodes[coming.node];
  const rest = result.local[coming.node].filter((_, position) => position !== coming.position);
  const near = beside(nodes[coming.node].scope);
  const formula = written(operation, operandNames(nodes, near, coming.node));
  const label = nodes[coming.node].label;
  prediction.ask(coming, near, rest, label ? `${label} = ${formula}` : formula);
  byId("prediction").querySelector("button").focus();
  announce(byId("prediction").querySelector("p").textContent);
}

// The step and what is folded in the address, so that they can be linked to. A frame without an
// address has none. It is written once things are at rest: browsers refuse to do so too often.
let resting = null;
function remember() {
  clearTimeout(resting);
  const before = location.hash;
  resting = setTimeout(() => {
    if (location.hash !== before) return; // another one was asked for since
    const folded = at === 0 ? "" : `&folded=${page.views[at].folded.join()}`;
    try {
      history.replaceState(null, "", `#step=${step}${folded}`);
    } catch {
      // in a notebook's frame
    }
  }, 100);
}

function linked() {
  clearTimeout(resting);
  const found = /^#step=(\d+)(?:&folded=([\d,]*))?$/.exec(location.hash);
  if (found) {
    step = Math.min(Number(found[1]), countOf(runs));
    if (prediction.step) prediction.close();
    selected = null;
    const to = found[2] === undefined ? 0 : views.find(found[2].split(",").filter(Boolean).map(Number));
    if (to !== null && to !== at) view(to);
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
  if (step === countOf(runs)) go(0);
  timer = setInterval(() => {
    go(step + 1);
    if (step === countOf(runs)) pause();
  }, Number(byId("speed").value));
  byId("play").setAttribute("aria-pressed", "true");
  byId("play").textContent = "⏸ Pause";
}

function choose(i) {
  selected = i;
  if (!nodes[i].operation) {
    chosen = i;
    byId("inspect").open = true;
    leaves.reveal(i);
  }
  render();
  byId("origin").scrollIntoView({ block: "nearest" });
  announce(`${byId("origin-title").textContent}: ${byId("origin-rows").innerText}`);
}

function unchoose() {
  selected = null;
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
  go(Number(event.target.value), true);
});
byId("origin-close").addEventListener("click", unchoose);
byId("reset").addEventListener("click", () => {
  values = [...start];
  rates = training?.rates;
  old = null;
  recompute();
  leaves.set([...values.entries(), ["rate", rates?.[0]]]);
});
byId("predicting").addEventListener("change", () => {
  if (prediction.step) prediction.close();
});
byId("inspect").addEventListener("toggle", inspect);
byId("leaf").append(...plain.map((i) => element("option", { value: String(i), textContent: titles.get(i) })));
byId("leaf").addEventListener("change", (event) => {
  chosen = Number(event.target.value);
  leaves.reveal(chosen);
  inspect();
});

// Whether a control needs the key itself: a slider the arrows, a button the space bar.
function hasItsOwn({ tagName, type }, space) {
  if (["BUTTON", "SUMMARY"].includes(tagName) || type === "checkbox") return space;
  if (type === "range") return !space;
  return ["INPUT", "SELECT"].includes(tagName);
}

const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" };
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && selected !== null) unchoose();
  if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in KEYS)) return;
  if (hasItsOwn(event.target, event.key === " ")) return;
  event.preventDefault();
  byId(KEYS[event.key]).click();
});

// In the picture Tab reaches one card; up and down go on to the others, Enter chooses a card, opens
// a folded one or folds an open box, and Backspace folds what a card is in.
byId("pictures").addEventListener("keydown", (event) => {
  const place = picture.list.findIndex(({ group }) => group === event.target);
  if (place < 0) return;
  const further = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (further) {
    event.preventDefault();
    focus(picture.list[(place + further + picture.list.length) % picture.list.length]);
    picture.reveal(byId("pictures"), document.activeElement);
  } else if (event.key === "Enter") {
    pressed(picture.list[place]);
  } else if (event.key === "Backspace") {
    fold(picture.list[place].around);
  }
});
byId("pictures").addEventListener("click", (event) => {
  const group = event.target.closest("g.node, g.title");
  const one = picture.list.find((card) => card.group === group);
  if (one) pressed(one);
});

function pressed(one) {
  if (one.box !== undefined) fold(one.box);
  else if (one.opens) unfold(one.scope);
  else if (!one.folded) choose(one.node);
  else announce(`${one.name}. They are equal, and too many to be shown one by one.`);
}

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
  makeFilmstrip(byId("filmstrip"), countOf(runs), show, textOf, () => picture.whole);
  render();
});
addEventListener("afterprint", () => byId("filmstrip").replaceChildren());

nameView();
linked();

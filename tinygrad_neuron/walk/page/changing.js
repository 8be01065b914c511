// What can be changed: leaves, and the optimiser of a training; and what follows from a change.

import { remember } from "./address.js";
import { Leaves } from "./leaves.js";
import { inspect, render } from "./showing.js";
import { names, nodes, page, runAgain, scopes, start, state, training } from "./state.js";
import { closePrediction } from "./stepping.js";
import { byId, element, number } from "./text.js";
import { countOf } from "./training.js";

const plain = nodes.map((node, i) => i).filter((i) => !nodes[i].operation);
const rank = (i) => ["input", "parameter", "output", "constant"].indexOf(nodes[i].kind);
const place = (i) => (nodes[i].scope === undefined ? "" : scopes[nodes[i].scope].path);
plain.sort((i, j) => rank(i) - rank(j) || place(i).localeCompare(place(j), "en", { numeric: true }) || i - j);
state.chosen = plain[0];
const titles = new Map(plain.map((i) => [i, leafName(i)]));
const counts = new Map();
for (const title of titles.values()) counts.set(title, (counts.get(title) ?? 0) + 1);
for (const [i, title] of titles) if (counts.get(title) > 1) titles.set(i, `${title} (node ${i})`);

function leafName(i) {
  return nodes[i].kind === "constant" && !nodes[i].label ? `${names[i]} (${word("constant")})` : names[i];
}

const MOST = Number.MAX_VALUE / 4; // a slider's ends, and how far apart they are, are finite
function changeable() {
  const all = plain.map((i) => {
    const finite = Number.isFinite(start[i]);
    const [middle, span] = finite ? [start[i], Math.max(2, 2 * Math.abs(start[i]))] : [0, 2];
    const written = Boolean(training?.batch) && nodes[i].kind === "constant";
    const fixed = written || (training !== undefined && i in training.given[0]);
    const notes = [
      nodes[i].kind === "constant" && word("note constant"),
      !finite && word("note start", { value: number(start[i]) }),
      training?.parameters.includes(i) && word("note training"),
      written && word("note part"),
      fixed && !written && word("note each"),
    ];
    return {
      key: i, name: titles.get(i), short: nodes[i].label || titles.get(i), scope: nodes[i].scope ?? -1,
      value: start[i], low: Math.max(middle - span, -MOST), high: Math.min(middle + span, MOST), fixed,
      constant: nodes[i].kind === "constant", input: nodes[i].kind === "input", note: notes.filter(Boolean).join("; "),
    };
  });
  return all;
}

const optimiser = () => training.optimisers[training.chosen];
const isSchedule = ({ rates }) => rates.some((rate) => rate !== rates[0]);
const highest = ({ rates }) => 4 * rates[0] || 1;

// What a training is run with, beside the optimiser.
function settings() {
  if (!training) return [];
  const rate = {
    key: "rate", name: "learning rate", short: word("learning rate"), scope: -1, value: state.rates[0], low: 0,
    high: highest(optimiser()), note: isSchedule(optimiser()) ? word("note schedule") : "",
  };
  if (!training.batch) return [rate];
  return [rate, {
    key: "batch", name: "batch size", short: word("batch size"), scope: -1, value: training.batch, low: 1,
    high: page.plane.examples.length, whole: true, note: "",
  }];
}

const startBatch = training?.batch;
const batchOf = (x) => Math.max(1, Math.min(page.plane.examples.length, Math.round(x)));
const shown = () => [["rate", state.rates?.[0]], ["batch", training?.batch]];

const release = () => {
  state.old = null;
  state.picture.ghosts(null, state.runs[0], 0);
};
export const leaves = new Leaves(byId("leaf-list"), changeable(), scopes, (key, x) => {
  state.old ??= state.runs;
  state.values[key] = x;
  recompute();
}, release);
let trainingRows = null; // the settings of a training

function showSettings() {
  trainingRows = new Leaves(byId("settings"), settings(), [], (key, x) => {
    state.old ??= state.runs;
    if (key === "rate") state.rates = state.rates.map(() => x);
    else {
      training.batch = batchOf(x);
      if (training.batch !== x) trainingRows.set(shown());
    }
    recompute();
  }, release);
  byId("optimiser").value = String(training.chosen);
}

// Another optimiser begins with its own learning rate.
function chooseOptimiser(k) {
  training.chosen = k;
  state.rates = optimiser().rates;
  showSettings();
}

if (training) {
  byId("training").hidden = false;
  byId("optimiser").append(...training.optimisers.map(({ name }, k) => element("option", { value: String(k), textContent: name })));
  byId("optimiser").addEventListener("change", (event) => {
    chooseOptimiser(Number(event.target.value));
    recompute();
  });
  showSettings();
}

function recompute() {
  runAgain();
  closePrediction();
  state.step = Math.min(state.wanted, countOf(state.runs));
  byId("reset").disabled = !state.changed().length;
  remember();
  render();
}

// Several numbers that are moved at once.
export function moveTogether(pairs) {
  state.old ??= state.runs;
  for (const [key, x] of pairs) state.values[key] = x;
  leaves.set(state.values.entries());
  recompute();
}

// The numbers that an address asks for; all others are those at the start.
export function takeNumbers(asked) {
  const before = JSON.stringify(state.changed());
  state.values = start.map((x, i) => (leaves.find(i) ? asked[titles.get(i)] ?? x : x));
  if (training) {
    chooseOptimiser(training.optimisers[asked.optimiser] ? asked.optimiser : 0);
    const rate = asked["learning rate"];
    if (rate !== undefined) state.rates = state.rates.map(() => rate);
    if (training.batch) training.batch = batchOf(asked["batch size"] ?? startBatch);
  }
  if (JSON.stringify(state.changed()) === before) return;
  recompute();
  setAll();
}

function setAll() {
  leaves.set(state.values.entries());
  trainingRows?.set(shown());
}

// What is not as at the start, by name.
state.changed = () => {
  const found = plain.filter((i) => !Object.is(state.values[i], start[i])).map((i) => [titles.get(i), state.values[i]]);
  if (!training) return found;
  if (training.chosen) found.push(["optimiser", training.chosen]);
  if (state.rates !== optimiser().rates) found.push(["learning rate", state.rates[0]]);
  if (training.batch !== startBatch) found.push(["batch size", training.batch]);
  return found;
};

byId("reset").addEventListener("click", () => {
  state.values = [...start];
  if (training) {
    training.batch = startBatch;
    chooseOptimiser(0);
  }
  state.old = null;
  recompute();
  setAll();
});

// The leaf whose gradient is verified.
byId("leaf").append(...plain.map((i) => element("option", { value: String(i), textContent: titles.get(i) })));
byId("leaf").addEventListener("change", (event) => {
  state.chosen = Number(event.target.value);
  leaves.reveal(state.chosen);
  inspect();
});

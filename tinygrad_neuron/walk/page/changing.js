// The leaves that can be changed, with the learning rate, and what follows from a change.

import { remember } from "./address.js";
import { Leaves } from "./leaves.js";
import { inspect, render } from "./showing.js";
import { names, nodes, page, runAgain, scopes, start, state, training } from "./state.js";
import { closePrediction } from "./stepping.js";
import { byId, element } from "./text.js";
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
  return nodes[i].kind === "constant" && !nodes[i].label ? `${names[i]} (constant)` : names[i];
}

function changeable() {
  const all = plain.map((i) => {
    const span = Math.max(2, 2 * Math.abs(start[i]));
    const written = Boolean(training?.batch) && nodes[i].kind === "constant";
    const fixed = written || (training !== undefined && i in training.given[0]);
    const notes = [
      nodes[i].kind === "constant" && "constant: no gradient",
      training?.parameters.includes(i) && "where the training starts",
      written && "a part of the loss that is trained",
      fixed && !written && "another one in each iteration",
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
  if (training?.batch) {
    all.unshift({
      key: "batch", name: "batch size", short: "batch size", scope: -1, value: training.batch, low: 1,
      high: page.plane.examples.length, whole: true, note: "examples in each iteration",
    });
  }
  return all;
}

const startBatch = training?.batch;
const batchOf = (x) => Math.max(1, Math.min(page.plane.examples.length, Math.round(x)));
const shown = () => [...state.values.entries(), ["rate", state.rates?.[0]], ["batch", training?.batch]];

export const leaves = new Leaves(byId("leaf-list"), changeable(), scopes,
  (key, x) => {
    state.old ??= state.runs;
    if (key === "rate") state.rates = state.rates.map(() => x);
    else if (key === "batch") {
      training.batch = batchOf(x);
      if (training.batch !== x) leaves.set(shown());
    }
    else state.values[key] = x;
    recompute();
  },
  () => {
    state.old = null;
    state.picture.ghosts(null, state.runs[0], 0);
  });

function recompute() {
  runAgain();
  closePrediction();
  state.step = Math.min(state.wanted, countOf(state.runs));
  const untouched = state.values.every((x, i) => Object.is(x, start[i]));
  byId("reset").disabled = untouched && state.rates?.[0] === training?.rates[0] && training?.batch === startBatch;
  remember();
  render();
}

// Several numbers that are moved at once.
export function moveTogether(pairs) {
  state.old ??= state.runs;
  for (const [key, x] of pairs) state.values[key] = x;
  leaves.set(shown());
  recompute();
}

// The numbers that an address asks for; all others are those at the start.
export function takeNumbers(asked) {
  const before = [...state.values, state.rates?.[0], training?.batch];
  state.values = start.map((x, i) => (leaves.find(i) ? asked[titles.get(i)] ?? x : x));
  if (training) state.rates = training.rates.map((rate) => asked["learning rate"] ?? rate);
  if (training?.batch) training.batch = batchOf(asked["batch size"] ?? startBatch);
  const all = [...state.values, state.rates?.[0], training?.batch];
  if (all.every((x, i) => Object.is(x, before[i]))) return;
  recompute();
  leaves.set(shown());
}

// What is not as at the start, by name.
state.changed = () => {
  const found = plain.filter((i) => !Object.is(state.values[i], start[i])).map((i) => [titles.get(i), state.values[i]]);
  if (training && state.rates[0] !== training.rates[0]) found.push(["learning rate", state.rates[0]]);
  if (training?.batch !== startBatch) found.push(["batch size", training.batch]);
  return found;
};

byId("reset").addEventListener("click", () => {
  state.values = [...start];
  state.rates = training?.rates;
  if (training) training.batch = startBatch;
  state.old = null;
  recompute();
  leaves.set(shown());
});

// The leaf whose gradient is verified.
byId("leaf").append(...plain.map((i) => element("option", { value: String(i), textContent: titles.get(i) })));
byId("leaf").addEventListener("change", (event) => {
  state.chosen = Number(event.target.value);
  leaves.reveal(state.chosen);
  inspect();
});

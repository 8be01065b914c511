// What the page is about, which stays, and the state it is in, which the controls change.

import { byId, namesOf, setDigits } from "./text.js";
import { located, passes } from "./training.js";
import { localNames } from "./panel.js";

export const page = JSON.parse(byId("graph-data").textContent);
export const { nodes, operations, scopes, training } = page;

const special = (x) => ({ nan: NaN, inf: Infinity, "-inf": -Infinity })[x] ?? x;
for (const node of nodes) node.data = special(node.data);
nodes.order = page.order; // in which the forward pass is told
if (training) {
  training.chosen = 0; // the optimiser that was given
  for (const one of training.optimisers) {
    one.rates = one.rates.map(special);
    for (const [name, x] of Object.entries(one.numbers)) one.numbers[name] = Array.isArray(x) ? x.map(special) : special(x);
  }
  for (const given of training.given) for (const i of Object.keys(given)) given[i] = special(given[i]);
}
setDigits(page.digits);
byId("plane").hidden = !page.plane;
byId("course").hidden = !training;
byId("beside").hidden = !page.plane && !training; // before the pane is measured
export const names = namesOf(nodes, scopes);
export const start = nodes.map((node) => node.data);

export const state = {
  values: [...start],
  rates: training?.optimisers[0].rates,
  runs: passes(nodes, operations, start, training, training?.optimisers[0].rates, page.plane),
  old: null, // the runs that are shown as ghosts while a number moves
  step: 0,
  took: 1, // how many steps the last one was, where they are taken several at once
  stride: {}, // the size of the steps that are taken, and how many of them there are
  wanted: 0, // the step to return to, where an error left fewer of them for a while
  chosen: 0, // a leaf
  selected: null, // a node that was asked about: where it comes from, and its curve
  view: 0, // the number of the picture
  opening: 0, // that of the picture with which the page opens
  picture: null,
  changed: () => [], // names and numbers of leaves that are not as at the start
  opened: -1, // the scope that was opened last, where its path is shown
};

export function runAgain() {
  state.runs = passes(nodes, operations, state.values, training, state.rates, page.plane);
}

// The run that a step belongs to, and the step's number in it.
export const placeOf = (step) => located(state.runs, step);

const remembered = new Map(); // scope -> the names of all nodes beside those in it
export function beside(scope) {
  if (!remembered.has(scope)) remembered.set(scope, localNames(names, scopes, scope));
  return remembered.get(scope);
}

export const announce = (text) => (byId("announcement").textContent = text);

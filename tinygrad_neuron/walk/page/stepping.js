// From step to step: the transport, playing, and the question before a step where one is asked for.

import { remember } from "./address.js";
import { BY } from "./panel.js";
import { Code } from "./code.js";
import { iterationAt } from "./loss.js";
import { marked } from "./naming.js";
import { Prediction } from "./predict.js";
import { fade, inspect, render } from "./showing.js";
import { announce, beside, nodes, placeOf, scopes, state } from "./state.js";
import { endsOf, sizesOf, usualOf } from "./strides.js";
import { onTab } from "./tabs.js";
import { byId, element, inBrackets, number, operandNames, written } from "./text.js";
import { countOf } from "./training.js";
import { followStep } from "./viewport.js";

const prediction = new Prediction(byId("prediction"), (text = "") => {
  const next = state.step + 1;
  prediction.close(text, next === countOf(state.runs));
  go(next, true);
});

export function closePrediction() {
  if (prediction.step) prediction.close();
}

// Go to a step; the next one is asked about first, unless it is `revealed`.
export function go(to, revealed = false) {
  const target = Math.max(0, Math.min(to, countOf(state.runs)));
  const forwards = target === state.step + 1 && byId("size").value === "contribution";
  if (forwards && !revealed && byId("predicting").checked) {
    const { result, at: within } = placeOf(target);
    const coming = result.steps[within - 1];
    if (coming.phase === "backward" || (coming.phase === "forward" && coming.value !== null)) {
      pause();
      if (prediction.step !== coming) ask(coming, result);
      return;
    }
  }
  closePrediction();
  state.took = byId("size").value === "contribution" ? 1 : target - state.step;
  state.step = state.wanted = target;
  state.selected = null;
  remember();
  render();
  followStep();
  code.show(nodeAt(state.step));
}

function ask(coming, result) {
  const { operation, operands } = nodes[coming.node];
  const near = beside(nodes[coming.node].scope).map(marked);
  const formula = `${near[coming.node]} = ${written(operation, operandNames(nodes, near, coming.node))}`;
  if (coming.phase === "forward") {
    const numbers = operands.map((k) => result.data[k]);
    const shown = numbers.map((x) => (operation in OPERATORS ? inBrackets(number(x)) : number(x)));
    prediction.askValue(coming, near, operation, numbers, `${formula} = ${written(operation, shown)}`);
  } else {
    const rest = result.local[coming.node].filter((_, position) => position !== coming.position);
    prediction.ask(coming, near, rest, formula);
  }
  byId("prediction").querySelector("button, input").focus();
  announce(byId("prediction").querySelector("p").textContent);
}

// A line of the program leads to the step of the last node that it made: the next one from here.
const code = new Code(byId("code"), nodes, (made) => {
  const { result } = placeOf(state.step);
  const of = result.steps.map(({ node }, k) => (made.includes(node) ? result.first + k + 1 : 0)).filter(Boolean);
  const to = of.find((step) => step > state.step) ?? of[0];
  if (to) go(to, true);
  byId("code").querySelector("[aria-current]")?.focus();
});
onTab((name) => {
  if (name === "code") code.show(nodeAt(state.step));
  inspect();
  fade();
});
const nodeAt = (step) => placeOf(step).result.steps[placeOf(step).at - 1]?.node;

let timer = null;

function pause() {
  clearInterval(timer);
  timer = null;
  byId("play").setAttribute("aria-pressed", "false");
  byId("play").textContent = word("play");
}

function play() {
  if (timer !== null) return pause();
  if (state.step === countOf(state.runs)) go(0);
  timer = setInterval(() => {
    onwards();
    if (state.step === countOf(state.runs)) pause();
  }, Number(byId("speed").value) / (byId("size").value === "iteration" ? 5 : 1));
  byId("play").setAttribute("aria-pressed", "true");
  byId("play").textContent = word("pause");
}

// Steps of the chosen size.
let ends = { runs: null, size: "", all: [] };
function chosenEnds() {
  const size = byId("size").value;
  if (ends.runs !== state.runs || ends.size !== size) {
    ends = { runs: state.runs, size, all: endsOf(nodes, scopes, state.runs, size) };
  }
  return ends.all;
}
const onwards = () => go(chosenEnds().find((end) => end > state.step) ?? Infinity);
const backwards = () => go(chosenEnds().findLast((end) => end < state.step) ?? 0);
const nearest = (step) => chosenEnds().find((end) => end >= step) ?? step;

const moves = {
  first: () => go(0), back: backwards, next: onwards, last: () => go(Infinity),
};
for (const [id, move] of Object.entries(moves)) {
  byId(id).addEventListener("click", () => {
    pause();
    move();
  });
}
const sizes = sizesOf(nodes, scopes, state.runs);
byId("size").append(...Object.keys(sizes).map((value) => element("option", { value, textContent: word(BY[value]) })));
byId("size-choice").hidden = byId("size").options.length < 2;
byId("size").value = usualOf(sizes);
const tellSize = () => {
  const size = byId("size").value;
  state.stride = {
    size,
    get at() { // how many steps of this size are done
      return size === "contribution" ? state.step : chosenEnds().filter((end) => end > 0 && end <= state.step).length;
    },
    get strides() {
      return chosenEnds().length - 1;
    },
  };
};
byId("size").addEventListener("change", () => {
  tellSize();
  render();
});
tellSize();
byId("play").addEventListener("click", play);
byId("speed").addEventListener("change", () => {
  if (timer === null) return;
  pause();
  play();
});
byId("scrubber").addEventListener("input", (event) => {
  pause();
  go(nearest(Number(event.target.value)), true);
});
byId("predicting").addEventListener("change", () => {
  closePrediction();
  if (byId("predicting").checked) byId("size").value = "contribution"; // one is asked about at a time
  render();
});
// The curve of the loss is a scrubber too.
for (const kind of ["pointerdown", "pointermove"]) {
  byId("loss").addEventListener(kind, (event) => {
    if (!event.buttons) return;
    const { runs } = state;
    const k = iterationAt(byId("loss").firstChild, event.clientX, runs.length);
    if (placeOf(state.step).result.iteration !== k || state.step === 0) toIteration(k); // not again and again
  });
}
byId("iteration").addEventListener("input", (event) => toIteration(Number(event.target.value) - 1));

// Where one steps by iterations, it is shown as it ends, else as it begins.
function toIteration(k) {
  pause();
  const { first } = state.runs[k];
  go(byId("size").value === "iteration" ? state.runs[k + 1]?.first ?? countOf(state.runs) : first + 1, true);
}

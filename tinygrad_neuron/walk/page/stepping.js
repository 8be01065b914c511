// From step to step: the transport, playing, and the question before a step where one is asked for.

import { remember } from "./address.js";
import { Prediction } from "./predict.js";
import { render } from "./showing.js";
import { announce, beside, nodes, placeOf, state } from "./state.js";
import { byId, operandNames, written } from "./text.js";
import { countOf } from "./training.js";

const prediction = new Prediction(byId("prediction"), (text = "") => {
  prediction.close(text);
  go(state.step + 1, true);
});

export function closePrediction() {
  if (prediction.step) prediction.close();
}

// Go to a step; the next one is asked about first, unless it is `revealed`.
export function go(to, revealed = false) {
  const target = Math.max(0, Math.min(to, countOf(state.runs)));
  const forwards = target === state.step + 1;
  if (forwards && !revealed && byId("predicting").checked) {
    const { result, at: within } = placeOf(target);
    const coming = result.steps[within - 1];
    if (coming.phase === "backward") {
      pause();
      if (prediction.step !== coming) ask(coming, result);
      return;
    }
  }
  closePrediction();
  state.step = target;
  state.selected = null;
  remember();
  render();
  state.picture.reveal(byId("pictures"));
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

let timer = null;

function pause() {
  clearInterval(timer);
  timer = null;
  byId("play").setAttribute("aria-pressed", "false");
  byId("play").textContent = "▶ Play";
}

function play() {
  if (timer !== null) return pause();
  if (state.step === countOf(state.runs)) go(0);
  timer = setInterval(() => {
    go(state.step + 1);
    if (state.step === countOf(state.runs)) pause();
  }, Number(byId("speed").value));
  byId("play").setAttribute("aria-pressed", "true");
  byId("play").textContent = "⏸ Pause";
}

const moves = {
  first: () => go(0), back: () => go(state.step - 1), next: () => go(state.step + 1), last: () => go(Infinity),
};
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
byId("predicting").addEventListener("change", closePrediction);
byId("iterations").addEventListener("click", (event) => {
  const buttons = [...byId("iterations").querySelectorAll("button")];
  const k = buttons.indexOf(event.target);
  if (k < 0) return;
  pause();
  go(k ? state.runs[k].first + 1 : 0, true);
  byId("iterations").querySelectorAll("button")[k].focus(); // they were made anew
});

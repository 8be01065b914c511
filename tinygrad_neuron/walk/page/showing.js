// What stands on the page after a step: the picture, the panel, and what was asked for beside them.

import { showCurve } from "./curve.js";
import { findFlags, showFlags } from "./flags.js";
import { showOrigin } from "./origin.js";
import { described, showPanel } from "./panel.js";
import { findPaths, showPaths } from "./paths.js";
import { announce, beside, names, nodes, operations, page, placeOf, scopes, state, training } from "./state.js";
import { byId, element, number } from "./text.js";
import { countOf } from "./training.js";
import { showVerify } from "./verify.js";

// A step in the picture alone, without the panel.
export function show(to) {
  const { result, at: within } = placeOf(to);
  state.picture.show(nodes, result, within, names);
  const flags = findFlags(nodes, operations, page.flags, result, names, within);
  state.picture.flags(flags);
  return flags;
}

export function textOf(to) {
  const { result, at: within } = placeOf(to);
  const scope = nodes[result.steps[within - 1]?.node]?.scope;
  const where = { step: to, of: countOf(state.runs), iterations: state.runs.length };
  return described(nodes, operations, result, beside(scope), within, where);
}

export function render() {
  const { step, runs, selected } = state;
  const flags = show(step);
  const { result, at: within } = placeOf(step);
  state.picture.ghosts(state.old?.[result.iteration] ?? null, result, within);
  showFlags(byId("flags"), flags, names, page.flags.help);
  const text = textOf(step);
  showPanel(nodes, text, scopes);
  announce(text.sentence);
  const { error } = runs.at(-1);
  const problem = byId("problem");
  problem.hidden = error === null;
  problem.textContent = error ? `${error.name}: ${error.text}` : "";
  showTransport(step, countOf(runs), text.title);
  const hasCurve = selected !== null && nodes[selected].operation;
  const drawn = hasCurve ? selected : text.node ?? -1;
  showCurve(byId("curve"), nodes, operations, result, beside(nodes[drawn]?.scope), drawn);
  state.picture.asked(selected);
  showOrigin(nodes, scopes, result, names, selected, within);
  if (training) showIterations(result.iteration);
  inspect();
}

// Where in the row of all steps this is.
function showTransport(step, count, title) {
  const scrubber = byId("scrubber");
  scrubber.max = String(count);
  scrubber.value = String(step);
  scrubber.setAttribute("aria-valuetext", title);
  byId("where").textContent = `${step} / ${count}`;
  for (const id of ["first", "back"]) byId(id).disabled = step === 0;
  for (const id of ["next", "last"]) byId(id).disabled = step === count;
}

// The output at each iteration, as buttons that lead there.
function showIterations(current) {
  byId("iterations").hidden = false;
  byId("iterations").querySelector("ol").replaceChildren(...state.runs.map((result, k) => {
    const button = element("button", { type: "button", textContent: `${k + 1}: ${number(result.data.at(-1))}` });
    button.setAttribute("aria-label", `Iteration ${k + 1}: ${names.at(-1)} is ${number(result.data.at(-1))}`);
    if (k === current) button.setAttribute("aria-current", "step");
    return element("li", {}, button);
  }));
}

// The chosen leaf: its gradient verified, and the paths to it.
export function inspect() {
  const { chosen, picture } = state;
  const { result } = placeOf(state.step);
  const open = byId("inspect").open;
  const found = open ? findPaths(nodes, result.local, chosen) : null;
  picture.onPath(found?.between ?? new Set(), found?.edges ?? new Set());
  if (!open) return;
  byId("leaf").value = String(chosen);
  showVerify(byId("verify"), nodes, operations, result.leaves, names, result, chosen);
  showPaths(byId("paths"), nodes, names, found, chosen);
}

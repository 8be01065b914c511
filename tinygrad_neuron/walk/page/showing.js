// What stands on the page after a step: the picture, the panel, and what was asked for beside them.

import { showCurve } from "./curve.js";
import { findFlags, showFlags } from "./flags.js";
import { showOrigin } from "./origin.js";
import { chain, wholeFormula } from "./formula.js";
import { lossCurve } from "./loss.js";
import { marked, spoken } from "./naming.js";
import { BY, described, showPanel } from "./panel.js";
import { findPaths, showPaths } from "./paths.js";
import { showPlane } from "./plane.js";
import { announce, beside, names, nodes, operations, page, placeOf, scopes, state, training } from "./state.js";
import { together } from "./strides.js";
import { openTab } from "./tabs.js";
import { byId, element, number } from "./text.js";
import { countOf } from "./training.js";
import { showVerify } from "./verify.js";

// A step in the picture alone, without the panel.
// Whether what a node hands on is asked about later, so that nothing may say it before.
function isSecret(result, i, within) {
  if (!byId("predicting").checked || !nodes[i]?.operation) return false;
  const own = result.steps.findLastIndex(({ phase, node }) => phase === "backward" && node === i);
  return own >= within;
}

export function show(to) {
  const { result, at: within } = placeOf(to);
  state.picture.show(result, within, byId("predicting").checked);
  const flags = findFlags(nodes, operations, page.flags, result, names, within);
  for (const i of flags.keys()) if (isSecret(result, i, within)) flags.delete(i);
  state.picture.flags(flags);
  showPlane(result, within);
  return flags;
}

const outermost = (scope) => (scope === undefined || scopes[scope].around < 0 ? scope : outermost(scopes[scope].around));
const network = scopes[outermost(nodes.at(-1).scope)]?.name;
const whole = wholeFormula(nodes, names, nodes.length - 1);

// The formula that stands on top at a step: that of the whole, or as far as the chain rule has come.
function topOf(to) {
  const { result, at: within } = placeOf(to);
  const output = nodes.length - 1;
  const near = beside(nodes[result.steps[within - 1]?.node]?.scope);
  if (to === 0 || !whole) return chain(nodes, names, result, within, near);
  return chain(nodes, names, result, within, near) ?? `${marked(names[output], output)} = ${whole}`;
}

export function textOf(to) {
  const { result, at: within } = placeOf(to);
  const scope = nodes[result.steps[within - 1]?.node]?.scope;
  const where = { step: to, of: countOf(state.runs), iterations: state.runs.length, whole, network, plane: page.plane, ...state.stride };
  return described(nodes, operations, result, beside(scope).map(marked), within, where);
}

export function render() {
  const { step, runs, selected } = state;
  const flags = show(step);
  const { result, at: within } = placeOf(step);
  state.picture.ghosts(state.old?.[result.iteration] ?? null, result, within);
  showFlags(byId("flags"), flags, names, page.flags.help);
  const text = textOf(step);
  if (state.took > 1) tellAll(text, result.steps.slice(Math.max(0, within - state.took), within), result);
  showPanel(nodes, text, scopes, topOf(step));
  announce(spoken(text.sentence));
  const { error } = runs.at(-1);
  const problem = byId("problem");
  problem.textContent = error ? `${error.name}: ${error.text}` : notFinite(flags);
  problem.hidden = !problem.textContent;
  showTransport(step, countOf(runs), text.title);
  const hasCurve = selected !== null && nodes[selected].operation;
  const drawn = hasCurve ? selected : text.node ?? -1;
  showCurve(byId("curve"), nodes, operations, result, beside(nodes[drawn]?.scope), drawn, isSecret(result, drawn, within));
  state.picture.asked(selected);
  showOrigin(nodes, operations, scopes, result, names, selected, within);
  if (training) showIterations(result, within);
  inspect();
  fade();
}

// Where the first NaN, or else the first infinity, comes from; empty where all is finite.
function notFinite(flags) {
  for (const name of ["nan", "infinity"]) {
    for (const [i, all] of flags) {
      const flag = all.find((one) => one.name === name);
      if (flag) return word("flag at", { flag: flag.text, name: names[i], reason: flag.reason, help: page.flags.help[name] });
    }
  }
  return "";
}

const PHASES = { forward: "forward", seed: "seed phase", backward: "backward", update: "update" };

// A step of a larger size: first what all of it did, then the last of it.
function tellAll(text, steps, result) {
  const { size, at, strides } = state.stride;
  const all = together(nodes, scopes, steps);
  const loss = training && size === "iteration" ? `${word("loss is", { loss: lossName(), value: number(state.runs.losses[result.iteration]) })} ` : "";
  const place = word(size === "iteration" ? "at iteration" : "at stride", { at, strides, by: word(BY[size]) });
  text.title = `${place} · ${word(PHASES[steps.at(-1).phase])}`;
  text.sentence = `${loss}${all}. ${word("the last")} ${text.sentence}`;
}

// What goes on below its edge looks so.
export function fade() {
  for (const id of ["now", "panels"]) {
    const { scrollHeight, scrollTop, clientHeight } = byId(id);
    byId(id).classList.toggle("more", scrollHeight - scrollTop - clientHeight > 8);
  }
}
for (const id of ["now", "panels"]) byId(id).addEventListener("scroll", fade);

// Where in the row of all steps this is.
function showTransport(step, count, title) {
  const scrubber = byId("scrubber");
  scrubber.max = String(count);
  scrubber.value = String(step);
  scrubber.setAttribute("aria-valuetext", title);
  const { at = step, strides = count } = state.stride;
  byId("where").textContent = `${at} / ${strides}`;
  byId("where").style.minWidth = `${2 * String(strides).length + 2}ch`; // nothing moves while it grows
  for (const id of ["first", "back"]) byId(id).disabled = step === 0;
  for (const id of ["next", "last"]) byId(id).disabled = step === count;
}

// What goes down: the graph's own output, or its mean over the batch, where the graph has one example.
const lossName = () => (word(training.batch ? "batch loss" : "loss"));

// The loss at each iteration: a curve along which one can go, with the mouse or with the slider below.
function showIterations(result, within) {
  const { losses } = state.runs;
  const name = lossName();
  byId("loss").replaceChildren(lossCurve(losses, result.iteration, name));
  const own = training.batch && result.computedAt.at(-1) <= within ? word("of this example", { value: number(result.data.at(-1)) }) : "";
  const told = `${word("iteration with loss", { at: result.iteration + 1, of: losses.length, loss: name, value: number(losses[result.iteration]) })}${own}`;
  const slider = byId("iteration");
  slider.max = String(losses.length);
  slider.value = String(result.iteration + 1);
  slider.setAttribute("aria-valuetext", word("iteration and loss", { at: result.iteration + 1, loss: name, value: number(losses[result.iteration]) }));
  byId("loss-now").textContent = told;
}

// The chosen leaf: its gradient verified, and the paths to it.
export function inspect() {
  const { chosen, picture } = state;
  const { result, at: within } = placeOf(state.step);
  const open = openTab();
  const asked = byId("predicting").checked && result.arrivals[chosen].some(([at]) => at > within);
  if (asked && (open === "verify" || open === "paths")) {
    const text = word("is predicted", { name: names[chosen] });
    byId(open).replaceChildren(element("p", { className: "remark", textContent: text }));
    picture.onPath(new Set(), new Set());
    byId("leaf").value = String(chosen);
    return;
  }
  const found = open === "paths" ? findPaths(nodes, result.local, chosen) : null;
  picture.onPath(found?.between ?? new Set(), found?.edges ?? new Set());
  byId("leaf").value = String(chosen);
  if (open === "verify") showVerify(byId("verify"), nodes, operations, result.leaves, names, result, chosen);
  if (found) showPaths(byId("paths"), nodes, names, found, chosen);
}

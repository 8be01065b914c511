// The playground: what is chosen trains in a worker, by the package itself, and every frame is drawn
// here. Python starts with the first press, not before.
import { Controls } from "./playground_controls.js";
import { Curve } from "./playground_curve.js";
import { Leaving } from "./playground_leaving.js";
import { link } from "./links.js";
import { keep } from "./offline.js";
import { Network } from "./playground_network.js";
import { byId, forgetColours, percent, shown } from "./playground_parts.js";
import { Plane } from "./playground_plane.js";
import { Python } from "./python.js";
import { themes } from "./themes.js";

const FRAME = 0.06; // seconds between two pictures
const STEPS = { slow: 1, normal: 5, fast: null }; // between two pictures; as many as there is time for
const CELLS = { running: 33, resting: 61 }; // places a side of the plane at which neurons are asked
const opening = await (await fetch("playground.json")).json();
const python = new Python();
const call = (name, given = {}) => python.call(`tinygrad_neuron.laboratory.playing:${name}`, given);

let running = false; // whether it trains
let started = false; // whether there is Python
let ready = false; // whether Python has the configuration that is chosen
let latest = { frame: null, planes: null }; // what is shown
let pointed = [-1, ""]; // the neuron that is pointed at
let example = 0;
let beginning = null; // the turn that Python is given, and the promise of it
let cameBack = null; // what was kept when the page was left, until Python has it
let turn = 0; // counts configurations: what comes late from an earlier one is dropped

const plane = new Plane((k) => (example = k));
const curve = new Curve(lookAt);
const network = new Network({
  resized: (layers) => controls.set("layers", layers),
  pointed: (unit, name) => {
    pointed = [unit, name];
    if (latest.planes) plane.show(latest.planes, network.units, ...pointed);
  },
  opened: walkThrough,
});
const controls = new Controls(opening, changed);
const leaving = new Leaving({
  isTraining: () => running,
  async state() {
    if (!ready) return null;
    const mine = turn;
    const state = await call("state");
    return mine === turn ? { state, moments: curve.moments } : null;
  },
  pause,
});

// What there is before anything runs.
function open() {
  turn++;
  ready = false;
  cameBack = null;
  latest = { frame: null, planes: null };
  curve.begin();
  network.build(controls.chosen.layers, controls.chosen.activation);
  const given = opening.sets[controls.chosen.data];
  plane.begin(given);
  byId("points").classList.toggle("vague", !controls.isDefault(["data", "layers", "activation", "init", "optimiser", "lr", "batch", "penalty", "strength"]));
  if (controls.isDefault()) show(opening.frame, Float32Array.from(opening.planes));
  else tellCounts(null);
}

async function changed() {
  const went = running;
  pause();
  byId("problem").hidden = true;
  open();
  leaving.forget();
  if (!started && !went) return;
  await begin();
  if (went && !running) train();
}

// Python has what is chosen; who asks meanwhile waits for the same.
async function begin() {
  if (beginning?.turn !== turn) beginning = { turn, done: setUp() };
  const mine = beginning;
  const well = await mine.done;
  if (!well && beginning === mine) beginning = null;
  return well && mine.turn === turn;
}

async function setUp() {
  const mine = turn;
  byId("starting").hidden = started;
  try {
    await python.start(({ share, text }) => {
      byId("progress").value = share;
      byId("phase").textContent = text;
    });
    started = true;
    keep();
    const made = cameBack
      ? await call("come_back", { state: cameBack.state })
      : await call("begin", controls.chosen);
    if (mine !== turn) return false;
    plane.begin(made);
    if (cameBack) curve.begin(cameBack.moments, cameBack.state.stride);
    cameBack = null;
    byId("points").classList.remove("vague");
    ready = true;
    await look(call("train", { steps: 0 }));
    return mine === turn;
  } catch (error) {
    if (mine === turn) fail(error);
    return false;
  } finally {
    byId("starting").hidden = true;
  }
}

// Shows what a request for a frame gives, with the planes of the same moment.
async function look(asked, cells = CELLS.resting) {
  const mine = turn;
  const [frame, planes] = await Promise.all([asked, call("planes", { cells })]);
  if (mine !== turn) return null;
  show(frame, planes);
  return frame;
}

async function train() {
  running = true;
  tellRunning();
  const mine = turn;
  try {
    if (!(await begin())) return;
    let [since, before] = [performance.now(), latest.frame.step];
    while (running && mine === turn) {
      const steps = STEPS[controls.speed];
      const next = new Promise((later) => setTimeout(later, steps ? 1000 * FRAME : 0));
      const frame = await look(call("train", steps ? { steps } : { seconds: FRAME }), CELLS.running);
      await next;
      if (!frame || frame.stopped) {
        if (frame) tell(frame.stopped);
        break;
      }
      const passed = performance.now() - since;
      if (passed > 800) {
        byId("speed").textContent = String(Math.round((1000 * (frame.step - before)) / passed));
        [since, before] = [performance.now(), frame.step];
      }
    }
    if (mine === turn) await look(call("train", { steps: 0 })); // once more, finely
  } catch (error) {
    if (mine === turn) fail(error);
  } finally {
    if (mine === turn) pause();
  }
}

function pause() {
  if (!running) return;
  running = false;
  byId("speed").textContent = "\u2013";
  tellRunning();
  say();
  leaving.keep();
}

async function step() {
  pause();
  try {
    if (!(await begin())) return;
    const frame = await look(call("train", { steps: 1 }));
    if (frame?.stopped) tell(frame.stopped);
    say();
    leaving.keep();
  } catch (error) {
    fail(error);
  }
}

async function lookAt(step) {
  pause();
  if (!ready) return;
  await look(step === null ? call("train", { steps: 0 }) : call("look", { step })).catch(fail);
}

function show(frame, planes) {
  latest = { frame, planes };
  network.show(frame, planes);
  plane.show(planes, network.units, ...pointed);
  const last = curve.moments.at(-1)?.step ?? -1;
  if (frame.step > last) curve.add(frame);
  curve.mark(frame.step);
  tellCounts(frame);
  window.playground.pictures++;
}

// One that is not a finite number comes as null.
const loss = (frame, k) => (frame.losses[k] === null ? "not finite" : shown(frame.losses[k], frame.losses[k] < 100 ? 4 : 0));

function tellCounts(frame) {
  const { batch } = controls.chosen;
  const count = plane.examples[0].length;
  byId("count").textContent = frame ? frame.step.toLocaleString("en") : "0";
  byId("epoch").textContent = frame ? shown((frame.step * (batch && batch < count ? batch : count)) / count, 1) : "0.0";
  ["train", "test"].forEach((name, k) => {
    byId(`loss-${name}`).textContent = frame ? loss(frame, k) : "\u2013";
    byId(`right-${name}`).textContent = frame ? percent(frame.right[k]) : "\u2013";
  });
  plane.told(frame
    ? `The plane of the inputs at step ${frame.step}: ${percent(frame.right[1])} of the test examples are on their side of the boundary.`
    : "The plane of the inputs, with the examples.");
}

function tellRunning() {
  byId("train").textContent = running ? "\u275a\u275a Pause" : "\u25b6 Train";
}

function say() {
  const { frame } = latest;
  if (!frame) return;
  byId("said").textContent = `Step ${frame.step}: loss ${loss(frame, 0)} in training, ${loss(frame, 1)} in the test; ${percent(frame.right[1])} right in the test.`;
}

function tell(text) {
  byId("problem").textContent = text;
  byId("problem").hidden = false;
}

function fail(error) {
  running = false;
  tellRunning();
  tell(String(error.message ?? error).trim().split("\n").at(-1));
}

// A neuron's own numbers, in a walkthrough.
async function walkThrough(layer, neuron, name) {
  pause();
  const dialog = byId("walk");
  const title = () => `${name}, example ${example + 1}, after ${latest.frame?.step ?? 0} steps`;
  byId("walk-title").textContent = title();
  const place = byId("walk-page");
  place.setAttribute("aria-busy", "true");
  place.textContent = "Starting Python\u2026";
  dialog.showModal();
  try {
    if (!(await begin())) return dialog.close();
    place.textContent = "Drawing\u2026";
    const page = await call("walkthrough", { layer, neuron, example, title: title() });
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts allow-modals");
    frame.title = title();
    frame.srcdoc = page;
    place.replaceChildren(frame);
  } catch (error) {
    dialog.close();
    fail(error);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

async function showCode() {
  pause();
  byId("text").textContent = started ? "" : "# Python starts\u2026";
  byId("program").showModal();
  if (!(await begin())) return byId("program").close();
  const text = await call("program");
  byId("text").textContent = text;
  byId("open").href = `index.html${await link(text)}`;
}

function recolour() {
  forgetColours();
  network.redraw();
  if (latest.frame) show(latest.frame, latest.planes);
}

byId("train").addEventListener("click", () => (running ? pause() : train()));
byId("step").addEventListener("click", step);
byId("reset").addEventListener("click", () => {
  running = false;
  tellRunning();
  changed();
});
byId("code").addEventListener("click", showCode);
byId("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(byId("text").textContent);
  byId("copy").textContent = "Copied";
  setTimeout(() => (byId("copy").textContent = "Copy"), 1500);
});
for (const name of ["walk", "program"]) {
  byId(`${name}-close`).addEventListener("click", () => byId(name).close());
}
addEventListener("message", ({ data, source }) => {
  const isWalk = source && source === byId("walk-page").firstElementChild?.contentWindow;
  if (isWalk && data?.escape) byId("walk").close(); // as Escape does on the page itself
});
byId("walk").addEventListener("close", () => byId("walk-page").replaceChildren());
byId("controls").addEventListener("submit", (event) => event.preventDefault());
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea, button, a, [tabindex]")) return;
  const does = { " ": () => (running ? pause() : train()), s: step, r: () => byId("reset").click() }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});
window.playground = { call, pictures: 0 }; // for tests and measurements
open();
cameBack = leaving.kept();
if (cameBack) begin();
themes(byId("theme"), recolour);

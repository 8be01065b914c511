// The choices: their controls, the configuration that they make, and both in the address.
import { byId, drawn, made } from "./playground_parts.js";

const TITLES = {
  moons: "Moons", circles: "Circles", noisy_xor: "XOR", gaussians: "Gaussians", spirals: "Spirals",
  none: "none", l1: "L1", l2: "L2", momentum: "momentum", leaky_relu: "leaky relu",
  small_normal: "small normal", uniform: "uniform, \u00b11", xavier_uniform: "Xavier uniform",
  xavier_normal: "Xavier normal", he_uniform: "He uniform", he_normal: "He normal", zeros: "all 0",
};
const title = (name) => TITLES[name] ?? name;
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const STRENGTHS = [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3];
const SAMPLES = [50, 100, 200, 400];
const BATCHES = [1, 5, 10, 20, 50, 0];
export const MOST = { layers: 4, neurons: 8 };

export class Controls {
  // `opening` has the choices and the defaults; `changed` is called when something was chosen.
  constructor(opening, changed) {
    this.opening = opening;
    this.defaults = opening.sets.moons.chosen;
    this.chosen = { ...this.defaults, ...this.#read() };
    this.changed = changed;
    byId("pace").addEventListener("change", () => this.#write());
    this.#build();
    addEventListener("hashchange", () => {
      const before = JSON.stringify(this.chosen);
      this.chosen = { ...this.defaults, ...this.#read() };
      if (JSON.stringify(this.chosen) === before) return;
      this.#build();
      changed();
    });
  }

  // "slow", "normal" or "fast": it changes nothing but how often one looks.
  get speed() {
    return byId("pace").value;
  }

  // Whether everything but some choices is as it comes.
  isDefault(except = []) {
    return Object.keys(this.defaults).every(
      (name) => except.includes(name) || String(this.chosen[name]) === String(this.defaults[name]));
  }

  set(name, value) {
    this.chosen = { ...this.chosen, [name]: value };
    this.#write();
    this.#dim();
    this.changed();
  }

  // The choices that are not as they come, into the address.
  #write() {
    const address = new URLSearchParams();
    for (const [key, one] of Object.entries(this.chosen)) {
      if (String(one) !== String(this.defaults[key])) address.set(key, String(one));
    }
    if (this.speed !== "normal") address.set("speed", this.speed);
    const text = String(address).replaceAll("%2C", ",");
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  // What the address says, as far as it can be chosen.
  #read() {
    const found = {};
    const address = new URLSearchParams(location.hash.slice(1));
    const speed = address.get("speed");
    byId("pace").value = ["slow", "fast"].includes(speed) ? speed : "normal";
    for (const [name, text] of address) {
      const value = this.#allowed(name, text);
      if (value !== undefined) found[name] = value;
    }
    return found;
  }

  #allowed(name, text) {
    const known = this.opening.choices[name];
    if (known) return known.includes(text) ? text : undefined;
    if (name === "layers") {
      const sizes = text === "" ? [] : text.split(",").map(Number);
      const fit = sizes.length <= MOST.layers && sizes.every((n) => Number.isInteger(n) && n >= 1 && n <= MOST.neurons);
      return fit ? sizes : undefined;
    }
    const x = Number(text);
    const within = {
      samples: [4, 400], noise: [0, 1], test: [0.05, 0.95], lr: [1e-9, 1e3], batch: [0, 400],
      strength: [0, 10], seed: [0, 1e9],
    }[name];
    if (!within || text === "" || !(x >= within[0] && x <= within[1])) return undefined;
    return ["samples", "batch", "seed"].includes(name) && !Number.isInteger(x) ? undefined : x;
  }

  #build() {
    const { choices } = this.opening;
    byId("controls").replaceChildren(
      group("Data", title(this.chosen.data), this.#sets(),
        this.#slider("noise", "Noise", 0, 0.5, 0.05, (x) => x.toFixed(2)),
        this.#select("samples", "Examples", SAMPLES),
        this.#slider("test", "For the test", 0.1, 0.9, 0.1, (x) => `${Math.round(100 * x)} %`)),
      group("Neurons", "",
        this.#select("activation", "Activation", choices.activation),
        this.#select("init", "First weights", choices.init)),
      group("Training", "",
        this.#select("optimiser", "Optimiser", choices.optimiser),
        this.#select("lr", "Learning rate", RATES),
        this.#select("batch", "Batch", BATCHES, (n) => (n ? String(n) : "all examples")),
        this.#select("penalty", "Regularisation", choices.penalty),
        this.#select("strength", "Strength", STRENGTHS),
        this.#seed()));
    this.#dim();
  }

  // The strength means nothing without a penalty.
  #dim() {
    byId("control-strength").disabled = this.chosen.penalty === "none";
  }

  #sets() {
    const choice = made("div", { class: "sets", role: "radiogroup", "aria-label": "Data set" });
    for (const name of this.opening.choices.data) {
      const input = made("input", { type: "radio", name: "data", value: name, class: "quiet" });
      input.checked = name === this.chosen.data;
      input.addEventListener("change", () => {
        byId("controls").querySelector(".chosen").textContent = title(name);
        this.set("data", name);
      });
      choice.append(made("label", { title: title(name) }, input, thumbnail(this.opening.sets[name]), made("span", {}, title(name))));
    }
    return choice;
  }

  #select(name, label, values, told = (value) => title(String(value))) {
    const chosen = this.chosen[name];
    const all = values.includes(chosen) ? values : [...values, chosen];
    const select = made("select", { id: `control-${name}` },
      ...all.map((value) => made("option", { value }, told(value))));
    select.value = String(chosen);
    select.addEventListener("change", () =>
      this.set(name, typeof all[0] === "number" ? Number(select.value) : select.value));
    return row(name, label, select);
  }

  #slider(name, label, min, max, step, told) {
    const value = this.chosen[name];
    const input = made("input", { id: `control-${name}`, type: "range", min, max, step, value });
    const output = made("output", { for: `control-${name}` }, told(value));
    input.addEventListener("input", () => (output.textContent = told(Number(input.value))));
    input.addEventListener("change", () => this.set(name, Number(input.value)));
    const made_ = row(name, label, input, output);
    made_.classList.add("sliding");
    return made_;
  }

  #seed() {
    const input = made("input", { id: "control-seed", type: "number", min: 0, step: 1, value: this.chosen.seed });
    input.addEventListener("change", () => {
      const seed = Math.max(0, Math.min(1e9, Math.trunc(Number(input.value) || 0)));
      input.value = seed;
      this.set("seed", seed);
    });
    const next = made("button", { type: "button", title: "The next seed", "aria-label": "The next seed" }, "+1");
    next.addEventListener("click", () => {
      input.value = this.chosen.seed + 1;
      this.set("seed", this.chosen.seed + 1);
    });
    return row("seed", "Seed", input, next);
  }
}

function group(name, chosen, ...rows) {
  return made("fieldset", {}, made("legend", {}, made("span", {}, name), made("span", { class: "chosen" }, chosen)), ...rows);
}

function row(name, label, ...inside) {
  return made("div", { class: "row" }, made("label", { for: `control-${name}` }, label), ...inside);
}

// A data set in small.
function thumbnail({ examples, plane }) {
  const svg = drawn("svg", { viewBox: "0 0 40 40", "aria-hidden": "true" });
  for (const [x0, x1, target] of examples[0]) {
    const [x, y] = [(40 * (x0 - plane.left)) / plane.size, 40 - (40 * (x1 - plane.low)) / plane.size];
    svg.append(drawn("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 1.3, class: target ? "high" : "low" }));
  }
  return svg;
}

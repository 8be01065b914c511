// The network: a small picture of what every neuron gives, and the weights as lines between them.
import { answers, byId, drawn, made, paint, responseOf, scaled, shown } from "./playground_parts.js";
import { MOST } from "./playground_controls.js";

const WIDEST = 6; // pixels of the largest weight
const SIGNS = { dead: "\u00d8", saturated: "\u25ac" };

const WHY = {
  dead: ". Dead: flat for every example to train on, it passes no gradient.",
  saturated: ". Saturated: nearly flat for nine of ten examples to train on.",
};

export class Network {
  // `resized(layers)` is called with other numbers of neurons, `pointed(unit)` with the place of the
  // neuron that is pointed at among all, or -1, and `opened(layer, neuron)` with one that is pressed.
  constructor({ resized, pointed, opened }) {
    Object.assign(this, { resized, pointed, opened });
    byId("fewer").addEventListener("click", () => resized(this.layers.slice(0, -1)));
    byId("more").addEventListener("click", () => resized([...this.layers, this.layers.at(-1) ?? 4]));
    new ResizeObserver(() => this.#place()).observe(byId("graph"));
  }

  // Columns for the inputs, each hidden layer, and the output.
  build(layers, activation) {
    this.layers = [...layers];
    this.activation = activation;
    this.frame = null;
    const sizes = [2, ...layers, 1];
    this.units = sizes.slice(1).reduce((a, b) => a + b, 0);
    this.cells = sizes.map((size, column) =>
      Array.from({ length: size }, (_, k) => this.#cell(column, k, sizes.length)));
    byId("columns").replaceChildren(...this.cells.map((cells, column) =>
      made("div", { class: "column" }, this.#head(column, sizes), made("div", { class: "cells" }, ...cells))));
    byId("depth").textContent = `${layers.length} hidden layer${layers.length === 1 ? "" : "s"}`;
    byId("fewer").disabled = layers.length === 0;
    byId("more").disabled = layers.length === MOST.layers;
    this.edges = [];
    sizes.slice(1).forEach((size, layer) => {
      for (let k = 0; k < size; k++) {
        for (let j = 0; j < sizes[layer]; j++) {
          const path = drawn("path", { class: "edge" });
          path.addEventListener("pointerenter", () => this.#tellWeight(layer, k, j));
          path.addEventListener("pointerleave", () => this.#tell(""));
          this.edges.push({ layer, k, j, path });
        }
      }
    });
    byId("edges").replaceChildren(...this.edges.map(({ path }) => path));
    this.#paintInputs();
    this.#tell("");
    this.#place();
  }

  show(frame, planes) {
    this.frame = frame;
    let unit = 0;
    let hidden = 0;
    frame.weights.forEach((neurons, layer) => neurons.forEach((_, k) => {
      const cell = this.cells[layer + 1][k];
      const numbers = responseOf(planes, unit++, this.units);
      paint(cell.querySelector("canvas"), layer === this.layers.length ? answers(numbers) : scaled(numbers));
      if (layer === this.layers.length) return;
      const condition = frame.conditions[hidden++] ?? "";
      if (cell.dataset.condition === condition) return;
      cell.dataset.condition = condition;
      cell.querySelector(".sign").textContent = SIGNS[condition] ?? "";
      cell.setAttribute("aria-label", `${this.#name(layer, k)}${condition ? `, ${condition}` : ""}`);
    }));
    const largest = Math.max(1, ...frame.weights.flat().flatMap((weights) => weights.slice(0, -1).map(Math.abs)));
    for (const { layer, k, j, path } of this.edges) {
      const w = frame.weights[layer][k][j];
      path.setAttribute("class", w < 0 ? "edge negative" : "edge positive");
      path.setAttribute("stroke-width", (0.4 + (WIDEST * Math.abs(w)) / largest).toFixed(2));
    }
    if (this.told) this.#tell(this.told());
  }

  // Colours have changed.
  redraw() {
    this.#paintInputs();
  }

  #name(layer, k) {
    return layer === this.layers.length ? "Output" : `Hidden ${layer + 1}, neuron ${k + 1}`;
  }

  #cell(column, k, columns) {
    const canvas = made("canvas", { "aria-hidden": "true" });
    if (column === 0) return made("div", { class: "cell input", title: `x${k}` }, canvas, made("span", {}, `x${k}`));
    const layer = column - 1;
    const cell = made("button", { type: "button", class: "cell", "aria-label": this.#name(layer, k), "aria-describedby": "told" },
      canvas, made("span", { class: "sign", "aria-hidden": "true" }));
    if (column === columns - 1) cell.classList.add("last");
    const unit = this.layers.slice(0, layer).reduce((a, b) => a + b, 0) + k;
    const point = () => {
      this.pointed(unit, this.#name(layer, k));
      this.told = () => this.#formula(layer, k);
      this.#tell(this.told());
    };
    const leave = () => {
      this.pointed(-1);
      this.told = null;
      this.#tell("");
    };
    cell.addEventListener("pointerenter", point);
    cell.addEventListener("pointerleave", leave);
    cell.addEventListener("focus", point);
    cell.addEventListener("blur", leave);
    cell.addEventListener("click", () => this.opened(layer, k, this.#name(layer, k)));
    return cell;
  }

  #head(column, sizes) {
    if (column === 0) return made("div", { class: "head" }, made("span", {}, "Inputs"));
    if (column === sizes.length - 1) return made("div", { class: "head" }, made("span", {}, "Output"));
    const layer = column - 1;
    const change = (by, text, label) => {
      const button = made("button", { type: "button", "aria-label": label }, text);
      button.disabled = this.layers[layer] + by < 1 || this.layers[layer] + by > MOST.neurons;
      button.addEventListener("click", () => {
        this.resized(this.layers.map((size, k) => (k === layer ? size + by : size)));
        byId("columns").children[column]?.querySelectorAll(".head button")[by < 0 ? 0 : 1]?.focus();
      });
      return button;
    };
    return made("div", { class: "head" }, made("span", {}, `Hidden ${column}`),
      made("div", { class: "size", role: "group", "aria-label": `Neurons of hidden layer ${column}` },
        change(-1, "\u2212", `One neuron less in hidden layer ${column}`),
        made("span", {}, String(this.layers[layer])),
        change(1, "+", `One neuron more in hidden layer ${column}`)));
  }

  #paintInputs() {
    const cells = 16;
    const at = (k) => (2 * (k + 0.5)) / cells - 1;
    const grid = (place) => Float32Array.from({ length: cells * cells }, (_, k) => place(k % cells, Math.floor(k / cells)));
    paint(this.cells[0][0].querySelector("canvas"), grid((column) => at(column)));
    paint(this.cells[0][1].querySelector("canvas"), grid((_, row) => -at(row)));
  }

  // Where everything goes: cells as large as there is room, and the lines between them.
  #place() {
    if (!this.cells) return;
    const graph = byId("graph");
    const most = Math.max(...this.cells.map((cells) => cells.length));
    const head = byId("columns").querySelector(".size")?.closest(".head").offsetHeight ?? 30;
    const high = graph.classList.contains("free") ? Infinity : (graph.clientHeight - head - 12) / most - 7;
    const wide = graph.clientWidth / (this.cells.length * 1.75);
    graph.style.setProperty("--cell", `${Math.max(18, Math.min(92, high, wide)).toFixed(1)}px`);
    const around = graph.getBoundingClientRect();
    byId("edges").setAttribute("viewBox", `0 0 ${around.width} ${around.height}`);
    const boxes = this.cells.map((cells) => cells.map((cell) => cell.querySelector("canvas").getBoundingClientRect()));
    for (const { layer, k, j, path } of this.edges) {
      const [from, to] = [boxes[layer][j], boxes[layer + 1][k]];
      const [x, y] = [from.right - around.left, (from.top + from.bottom) / 2 - around.top];
      const [u, v] = [to.left - around.left, (to.top + to.bottom) / 2 - around.top];
      const middle = (x + u) / 2;
      path.setAttribute("d", `M${x} ${y}C${middle} ${y} ${middle} ${v} ${u} ${v}`);
    }
  }

  #tell(text) {
    byId("told").textContent = text || "Point at a neuron to see what it computes; press it to step through its numbers.";
  }

  #tellWeight(layer, k, j) {
    if (!this.frame) return;
    const from = layer === 0 ? `x${j}` : this.#name(layer - 1, j);
    this.#tell(`The weight from ${from} to ${this.#name(layer, k)}: ${shown(this.frame.weights[layer][k][j], 3)}`);
  }

  // What a neuron computes, in numbers.
  #formula(layer, k) {
    if (!this.frame) return `${this.#name(layer, k)}: its numbers are there once Python has started.`;
    const weights = this.frame.weights[layer][k];
    const name = layer === 0 ? "x" : "h";
    const terms = weights.map((w, j) => {
      const size = shown(Math.abs(w));
      const sign = w < 0 ? (j ? " \u2212 " : "\u2212") : j ? " + " : "";
      return j === weights.length - 1 ? `${sign}${size}` : `${sign}${size}\u00a0${name}${layer ? j + 1 : j}`;
    });
    const output = layer === this.layers.length;
    const activation = output ? "sigmoid" : this.activation;
    const why = WHY[this.cells[layer + 1][k].dataset.condition] ?? "";
    return `${this.#name(layer, k)} = ${activation}(${terms.join("")})${why}`;
  }
}

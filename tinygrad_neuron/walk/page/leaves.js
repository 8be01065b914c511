// Sliders and number fields on leaves: every change runs both passes again at the current step.

import { element, number, parseNumber } from "./text.js";

const SHOWN = 16; // more leaves than this: only the chosen one has its controls

export class Leaves {
  // `change(i, x)` is called while a number moves, `release()` when it is let go.
  constructor(box, nodes, names, change, release) {
    Object.assign(this, { box, nodes, names, change, release });
    this.all = nodes.map((node, i) => i).filter((i) => !nodes[i].operation);
    this.all.sort((i, j) => rank(nodes[i]) - rank(nodes[j]) || i - j);
    this.rows = new Map();
    this.start = nodes.map((node) => node.data);
  }

  show(chosen, values) {
    const shown = this.all.length <= SHOWN ? this.all : [chosen];
    if (shown.length !== this.rows.size || shown.some((i) => !this.rows.has(i))) {
      this.rows.clear();
      this.box.replaceChildren(...shown.map((i) => this.row(i, values[i])));
      if (this.all.length > SHOWN) {
        this.box.append(element("p", {
          className: "remark",
          textContent: `One of ${this.all.length} leaves: choose another below, or in the picture.`,
        }));
      }
    }
  }

  row(i, value) {
    const start = this.start[i];
    const span = Math.max(2, 2 * Math.abs(start));
    const name = this.names[i];
    const kind = this.nodes[i].kind;
    const field = element("input", {
      type: "text", inputMode: "decimal", autocomplete: "off", value: String(value),
      "aria-label": `${name}, a number`,
    });
    const slider = element("input", {
      type: "range", min: String(start - span), max: String(start + span), step: "any",
      "aria-label": `${name}, slider`,
    });
    slider.value = String(value);
    const refusal = element("span", { className: "refusal", role: "alert" });
    const row = element("div", { className: "leaf" },
      element("span", { className: name.length > 8 ? "name long" : "name", textContent: name, title: this.nodes[i].label || name }),
      slider, field, refusal);
    if (kind === "constant") row.append(element("span", { className: "remark", textContent: "constant: no gradient" }));
    slider.addEventListener("input", () => {
      const x = Number(Number(slider.value).toPrecision(4));
      field.value = String(x);
      refuse("");
      this.change(i, x);
    });
    slider.addEventListener("change", () => this.release());
    slider.addEventListener("pointerup", () => this.release());
    const refuse = (text) => {
      refusal.textContent = text;
      field.setAttribute("aria-invalid", String(text !== ""));
    };
    const typed = () => {
      const x = parseNumber(field.value);
      if (x === null) {
        refuse(`“${field.value.slice(0, 20)}” is not a number; write it like -0.5 or 1e-3`);
        return;
      }
      refuse("");
      slider.value = String(x);
      this.change(i, x);
    };
    field.addEventListener("change", typed);
    field.addEventListener("blur", () => this.release());
    this.rows.set(i, { slider, field, refuse });
    return row;
  }

  set(values) {
    for (const [i, { slider, field, refuse }] of this.rows) {
      slider.value = String(values[i]);
      field.value = String(values[i]);
      refuse("");
    }
  }
}

const rank = (node) => ["input", "parameter", "output", "constant"].indexOf(node.kind);

export const leafTitle = (nodes, names, i) =>
  nodes[i].kind === "constant" ? `${names[i]} (constant ${number(nodes[i].data)})` : names[i];

// Sliders and number fields: every change runs the passes again at the current step.

import { element, number, parseNumber } from "./text.js";

const TOGETHER = 16; // more than this are sorted by scope, behind a search field; constants sooner
const FOUND = 8;
const FEW = 4;

const short = (x) => (Number.isFinite(x) ? String(Number(x.toPrecision(6))) : number(x));

export class Leaves {
  // `all`: what can be changed, each with a `key`, its `name` (unlike all others), its `short` one,
  // the scope it is in (-1: none), `value`, `low`, `high`, and a `note` or empty; `whole` ones are
  // whole numbers; `fixed` ones have no controls, `constant` ones no gradient; an `input` is no
  // parameter. `change(key, x)` is called while a number moves, `release()` when it is let go.
  constructor(box, all, scopes, change, release) {
    Object.assign(this, { box, all, scopes, change, release });
    this.rows = new Map();
    this.values = new Map(all.map(({ key, value }) => [key, value]));
    const constants = all.filter(({ constant }) => constant);
    this.many = all.length - constants.length > TOGETHER;
    if (!this.many) {
      const apart = constants.length < all.length ? constants : [];
      const rows = (some) => some.map((leaf) => this.row(leaf, leaf.name));
      this.groups = box;
      box.replaceChildren(...rows(all.filter((leaf) => !apart.includes(leaf))));
      if (apart.length) box.append(this.group(word("constants"), apart.length, "constants", () => rows(apart)));
      return;
    }
    this.search = element("input", { type: "search", autocomplete: "off", id: "leaf-search" });
    this.search.addEventListener("input", () => this.showFound());
    this.found = element("div", { id: "leaf-found", hidden: true });
    this.count = element("p", { className: "remark", role: "status" });
    this.groups = element("div", { id: "leaf-groups" }, ...this.grouped(-1));
    box.replaceChildren(
      element("label", { className: "search" }, `${word("find one", { count: all.length })} `, this.search),
      this.count, this.found, this.groups);
  }

  // The leaves of a scope, then the scopes in it; rows are made when they are unfolded.
  grouped(scope) {
    const own = this.all.filter((leaf) => leaf.scope === scope);
    const inner = this.scopes.map((_, i) => i).filter((i) => this.scopes[i].around === scope && this.size(i));
    const groups = inner.map((i) => this.group(this.scopes[i].name, this.size(i), i, () => this.grouped(i)));
    const rows = () => own.map((leaf) => this.row(leaf, leaf.short));
    if (scope >= 0) return [...rows(), ...groups];
    if (!own.length) return groups;
    const given = own.every(({ input, constant }) => input || constant) ? word("inputs") : word("no module");
    const apart = this.group(given, own.length, -1, rows);
    apart.open = own.length <= FEW; // as a network's inputs
    apart.fill();
    return [apart, ...groups];
  }

  size(scope) {
    const own = this.all.filter((leaf) => leaf.scope === scope).length;
    return this.scopes.reduce((sum, { around }, i) => (around === scope ? sum + this.size(i) : sum), own);
  }

  group(name, size, scope, content) {
    const box = element("details", { className: "group" }, element("summary", { textContent: `${name} (${size})` }));
    box.dataset.scope = String(scope);
    const fill = () => {
      if (box.open && box.children.length === 1) box.append(...content());
    };
    box.addEventListener("toggle", fill);
    box.fill = fill;
    return box;
  }

  showFound() {
    const wanted = this.search.value.trim().toLowerCase();
    const found = wanted ? this.all.filter(({ name }) => name.toLowerCase().includes(wanted)) : [];
    this.found.hidden = !wanted;
    this.groups.hidden = Boolean(wanted);
    this.found.replaceChildren(...found.slice(0, FOUND).map((leaf) => this.row(leaf, leaf.name)));
    const counted = { count: found.length, all: this.all.length, shown: FOUND };
    this.count.textContent = wanted ? word(found.length > FOUND ? "first matches" : "matches", counted) : "";
  }

  // Show the controls of a leaf that was chosen elsewhere.
  reveal(key) {
    const leaf = this.all.find((one) => one.key === key);
    if (!leaf) return;
    if (this.many) {
      this.search.value = "";
      this.showFound();
    }
    const around = (scope) => (scope < 0 ? [] : [...around(this.scopes[scope].around), scope]);
    const path = leaf.scope < 0 ? [-1] : around(leaf.scope);
    for (const scope of this.many ? path : leaf.constant ? ["constants"] : []) {
      const group = this.groups.querySelector(`details[data-scope="${scope}"]`);
      if (group) group.open = true;
      group?.fill();
    }
    this.rows.get(key)?.box.scrollIntoView({ block: "nearest" });
  }

  row(leaf, name) {
    const { key, low, high, note, fixed, whole } = leaf;
    const value = this.values.get(key);
    const field = element("input", {
      type: "text", inputMode: "decimal", autocomplete: "off", value: short(value), disabled: Boolean(fixed),
      "aria-label": word("a number of", { name: leaf.name }),
    });
    const slider = element("input", {
      type: "range", min: String(low), max: String(high), step: whole ? "1" : "any", disabled: Boolean(fixed),
      "aria-label": word("slider of", { name: leaf.name }),
    });
    slider.value = String(value); // in the middle, where it is none
    const refusal = element("span", { className: "refusal", role: "alert" });
    const box = element("div", { className: "leaf" },
      element("span", { className: name.length > 8 ? "name long" : "name", textContent: name, title: leaf.name }),
      slider, field, refusal);
    if (note) box.append(element("span", { className: "remark", textContent: note }));
    const refuse = (text) => {
      refusal.textContent = text;
      field.setAttribute("aria-invalid", String(text !== ""));
    };
    const changed = (x) => {
      refuse("");
      this.values.set(key, x);
      this.change(key, x);
    };
    slider.addEventListener("input", () => {
      const x = Number(Number(slider.value).toPrecision(4));
      field.value = String(x);
      changed(x);
    });
    // Of the keyboard every press is a change: the old numbers stay until it goes elsewhere.
    slider.addEventListener("keydown", () => (this.keyed = true));
    slider.addEventListener("pointerdown", () => (this.keyed = false));
    slider.addEventListener("change", () => this.keyed || this.release());
    slider.addEventListener("pointerup", () => this.release());
    slider.addEventListener("blur", () => this.release());
    field.addEventListener("change", () => {
      const x = parseNumber(field.value);
      if (x === null) {
        refuse(word("is no number", { given: field.value.slice(0, 20) }));
        return;
      }
      slider.value = String(x);
      changed(x);
    });
    field.addEventListener("blur", () => this.release());
    this.rows.set(key, { box, slider, field, refuse });
    return box;
  }

  // What can be changed under a key; nothing where it is fixed.
  find(key) {
    return this.all.find((leaf) => leaf.key === key && !leaf.fixed);
  }

  // A number that is moved elsewhere, on its card.
  move(key, value) {
    const x = Number(value.toPrecision(4));
    const row = this.rows.get(key);
    if (row) {
      row.slider.value = row.field.value = String(x);
      row.refuse("");
    }
    this.values.set(key, x);
    this.change(key, x);
  }

  // Other numbers, as after a reset.
  set(values) {
    this.values = new Map(values);
    for (const [key, { slider, field, refuse }] of this.rows) {
      slider.value = String(this.values.get(key));
      field.value = short(this.values.get(key));
      refuse("");
    }
  }
}

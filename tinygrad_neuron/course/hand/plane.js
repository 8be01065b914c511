// A square of the plane as SVG, with things in it that can be dragged, also with the arrow keys.
const SIZE = 340; // of the drawing, in its own units

function drawn(name, attributes = {}, ...inside) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

function made(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

// A number as one reads it: at most three digits behind the point, and a true minus.
const shown = (x) => {
  const rounded = Math.abs(x) < 0.001 ? Number(x.toPrecision(1)) : Number(x.toFixed(3));
  return (rounded || 0).toString().replace("-", "\u2212");
};
const signed = (x) => `${x < 0 ? "\u2212" : "+"} ${shown(Math.abs(x))}`;
const bracketed = (x) => (x < 0 ? `(${shown(x)})` : shown(x));

class Plane {
  // `low` and `high` are the ends of both axes, or pairs of them.
  constructor(low, high, names, label) {
    [this.low, this.high] = [low, high].map((end) => (Array.isArray(end) ? end : [end, end]));
    this.svg = drawn("svg", { viewBox: `-44 -6 ${SIZE + 52} ${SIZE + 38}`, role: "group", "aria-label": label });
    this.back = drawn("g"); // is cut off at the edge
    this.front = drawn("g");
    const inner = drawn("svg", { x: 0, y: 0, width: SIZE, height: SIZE }, this.back);
    this.svg.append(inner, this.axes(names), this.front);
  }

  x(value) { return ((value - this.low[0]) / (this.high[0] - this.low[0])) * SIZE; }
  y(value) { return SIZE - ((value - this.low[1]) / (this.high[1] - this.low[1])) * SIZE; }

  axes([across, up]) {
    const group = drawn("g", { class: "axes", "aria-hidden": "true" });
    group.append(drawn("rect", { x: 0, y: 0, width: SIZE, height: SIZE, class: "edge" }));
    for (const k of [0, 1]) {
      const span = this.high[k] - this.low[k];
      const step = [0.25, 0.5, 1, 2, 5, 10].find((one) => span / one <= 6) ?? 20;
      for (let at = Math.ceil(this.low[k] / step) * step; at <= this.high[k] + 1e-9; at += step) {
        const text = shown(at);
        group.append(k === 0
          ? drawn("text", { x: this.x(at), y: SIZE + 15, "text-anchor": "middle" }, text)
          : drawn("text", { x: -5, y: this.y(at) + 4, "text-anchor": "end" }, text));
      }
    }
    group.append(
      drawn("text", { x: SIZE, y: SIZE + 30, "text-anchor": "end", class: "name" }, across),
      drawn("text", { x: 4, y: 14, class: "name" }, up));
    return group;
  }

  // The place of a pointer, kept inside.
  place(event) {
    const matrix = this.svg.getScreenCTM().inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return this.inside([
      this.low[0] + (x / SIZE) * (this.high[0] - this.low[0]),
      this.low[1] + (1 - y / SIZE) * (this.high[1] - this.low[1])]);
  }

  inside(place) {
    return place.map((at, k) => Number(Math.max(this.low[k], Math.min(this.high[k], at)).toFixed(2)));
  }

  // Let an element be dragged: `moved(place)` is called with where it is to be, `where()` says where
  // it is, `told()` what a screen reader says.
  drag(element, name, where, moved, told) {
    element.classList.add("handle");
    const attributes = { tabindex: 0, role: "slider", "aria-label": name, "aria-valuemin": this.low[0], "aria-valuemax": this.high[0] };
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    const tell = () => {
      element.setAttribute("aria-valuenow", where()[0].toFixed(2));
      element.setAttribute("aria-valuetext", told());
    };
    const move = (place) => {
      moved(this.inside(place));
      tell();
    };
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      event.preventDefault();
      element.focus({ preventScroll: true });
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) move(this.place(event));
    });
    element.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const step = (this.high[0] - this.low[0]) / (event.shiftKey ? 10 : 50);
      move(where().map((at, k) => at + step * by[k]));
    });
    tell();
    return tell;
  }
}

// A circle for the higher target, a square for the lower: shape, not colour alone.
function pointShape(target, r = 7) {
  return target > 0
    ? drawn("circle", { r, class: "point high" })
    : drawn("rect", { x: -0.9 * r, y: -0.9 * r, width: 1.8 * r, height: 1.8 * r, class: "point low" });
}

// The plane of the inputs: what the output, or the neuron that is pointed at, gives there, where it
// is 0, and the examples.
import { boundary } from "./contour.js";
import { answers, byId, drawn, paint, responseOf, scaled, shown } from "./playground_parts.js";

export class Plane {
  // `chosen` is called with the example that is to be walked through.
  constructor(chosen) {
    this.chosen = chosen;
    this.at = 0;
    byId("example-back").addEventListener("click", () => this.#choose(this.at - 1));
    byId("example-next").addEventListener("click", () => this.#choose(this.at + 1));
    byId("marks").addEventListener("click", (event) => this.#nearest(event));
  }

  // Other examples: those to train on filled, those to test on as outlines.
  begin({ examples, plane }) {
    this.examples = examples;
    this.plane = plane;
    this.planes = null;
    const short = (x) => String(Number(x.toFixed(2))).replace("-", "\u2212");
    byId("axis-low").textContent = `${short(plane.left)}, ${short(plane.low)}`;
    byId("axis-across").textContent = `x0 \u2192 ${short(plane.left + plane.size)}`;
    byId("axis-up").textContent = `x1 \u2191 ${short(plane.low + plane.size)}`;
    const points = byId("points");
    points.replaceChildren();
    examples.forEach((part, tested) => part.forEach(([x0, x1, target]) => {
      const [x, y] = this.#placed(x0, x1);
      const shape = target
        ? drawn("circle", { cx: x, cy: y, r: 1.25 })
        : drawn("rect", { x: x - 1.1, y: y - 1.1, width: 2.2, height: 2.2 });
      shape.setAttribute("class", `${target ? "high" : "low"}${tested ? " tested" : ""}`);
      points.append(shape);
    }));
    byId("boundary").setAttribute("d", "");
    const canvas = byId("field");
    canvas.width = canvas.width; // empties it
    this.#choose(0);
  }

  // Shows the output, or with a unit that of a neuron.
  show(planes, units, unit = -1, name = "") {
    Object.assign(this, { planes, units });
    const at = unit < 0 ? units - 1 : unit;
    const numbers = responseOf(planes, at, units);
    paint(byId("field"), at === units - 1 ? answers(numbers) : scaled(numbers));
    byId("boundary").setAttribute("d", numbers.some((y) => y < 0) ? boundary(numbers, Math.round(Math.sqrt(numbers.length)), 0) : "");
    byId("output-title").textContent = unit < 0 ? "Output" : name;
  }

  told(text) {
    byId("plane-told").textContent = text;
  }

  #placed(x0, x1) {
    const { left, low, size } = this.plane;
    return [(100 * (x0 - left)) / size, 100 - (100 * (x1 - low)) / size].map((at) => Number(at.toFixed(2)));
  }

  #choose(k) {
    const train = this.examples[0];
    this.at = (k + train.length) % train.length;
    const [x0, x1, target] = train[this.at];
    const [x, y] = this.#placed(x0, x1);
    const here = byId("here");
    here.setAttribute("cx", x);
    here.setAttribute("cy", y);
    here.removeAttribute("hidden");
    byId("example").textContent = `Example ${this.at + 1}: (${shown(x0)}, ${shown(x1)}) is ${target}`;
    this.chosen(this.at);
  }

  #nearest(event) {
    const box = byId("marks").getBoundingClientRect();
    const [x, y] = [(100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height];
    const far = this.examples[0].map(([x0, x1]) => {
      const [u, v] = this.#placed(x0, x1);
      return (u - x) ** 2 + (v - y) ** 2;
    });
    this.#choose(far.indexOf(Math.min(...far)));
  }
}

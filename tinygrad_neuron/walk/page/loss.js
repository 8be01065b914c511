// The output at each iteration of a training, as a curve along which one can drag.

import { drawn, number } from "./text.js";

const LENGTH = 300;
const RISE = 90;
const MARGIN = 10;

const across = (k, count) => MARGIN + (count > 1 ? (k / (count - 1)) * (LENGTH - 2 * MARGIN) : 0);

// `current` is the number of the iteration that is shown.
export function lossCurve(values, current, name) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(...finite, 1e-12)];
  const up = (y) => RISE - MARGIN - ((y - low) / (high - low)) * (RISE - 2 * MARGIN);
  const svg = drawn("svg", { viewBox: `0 0 ${LENGTH} ${RISE}`, class: "curve loss", role: "img" });
  svg.setAttribute("aria-label", word("loss from to", { loss: name, first: number(values[0]), last: number(values.at(-1)), count: values.length }));
  const points = values.map((y, k) => [across(k, values.length), Number.isFinite(y) ? up(y) : MARGIN]);
  svg.append(
    drawn("line", { class: "axis", x1: 0, x2: LENGTH, y1: up(0), y2: up(0) }),
    drawn("polyline", { class: "function", points: points.map((point) => point.join()).join(" ") }),
    drawn("line", { class: "axis", x1: points[current][0], x2: points[current][0], y1: 0, y2: RISE }),
    drawn("circle", { class: "point", cx: points[current][0], cy: points[current][1], r: 4.5 }));
  return svg;
}

// The iteration at a place on the curve, in pixels of the window.
export function iterationAt(svg, x, count) {
  const { left, width } = svg.getBoundingClientRect();
  const share = (((x - left) / width) * LENGTH - MARGIN) / (LENGTH - 2 * MARGIN);
  return Math.max(0, Math.min(count - 1, Math.round(share * (count - 1))));
}

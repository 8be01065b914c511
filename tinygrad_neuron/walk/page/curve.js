// The curve of a function of one number, with its tangent at the current point.

import { EngineError } from "../../calculus/arithmetic.js";
import { drawn, element, number } from "./text.js";

const WIDTH = 300;
const HEIGHT = 150;
const SAMPLES = 160;

// `secret`: the slope is asked about later.
export function showCurve(place, nodes, operations, result, names, i, secret) {
  const node = nodes[i];
  const facts = node?.operation ? operations[node.operation] : null;
  const single = facts && !facts.variadic && (facts.operands.length === 1 || facts.activation);
  if (!single || result.data[i] === null || node.operation === "negate") {
    place.replaceChildren(element("p", { className: "remark", textContent: word("no curve") }));
    return;
  }
  const others = node.operands.slice(1).map((operand) => result.data[operand]);
  const operation = OPERATIONS[node.operation];
  const value = (x) => guarded(() => operation.forward(x, ...others));
  const x = result.data[node.operands[0]];
  const y = result.data[i];
  const slope = guarded(() => operation.partials[0](x, ...others, y));
  const reach = Math.max(3, 1.3 * Math.abs(x));
  const points = [];
  for (let k = 0; k <= SAMPLES; k++) {
    const at = -reach + (2 * reach * k) / SAMPLES;
    points.push([at, value(at)]);
  }
  const inside = points.map(([, v]) => v).filter((v) => v !== null && Number.isFinite(v));
  const scale = Math.max(1, 4 * Math.abs(y));
  const low = Math.max(Math.min(...inside, y, 0), -scale);
  const high = Math.min(Math.max(...inside, y, 0), scale);
  const margin = 0.12 * (high - low || 1);
  const px = (at) => ((at + reach) / (2 * reach)) * WIDTH;
  const py = (v) => HEIGHT - ((v - low + margin) / (high - low + 2 * margin)) * HEIGHT;
  let path = "";
  let pen = "M";
  for (const [at, v] of points) {
    const out = v === null || !Number.isFinite(v) || Math.abs(py(v)) > 10 * HEIGHT;
    if (!out) path += `${pen}${px(at).toFixed(1)},${py(v).toFixed(1)}`;
    pen = out ? "M" : "L";
  }
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curve", role: "img" });
  const input = names[node.operands[0]];
  const text = `${node.operation} at ${input} = ${number(x)}: ${number(y)}${secret ? "" : `, slope ${number(slope)}`}`;
  svg.setAttribute("aria-label", text);
  svg.append(
    drawn("line", { class: "axis", x1: 0, x2: WIDTH, y1: py(0), y2: py(0) }),
    drawn("line", { class: "axis", x1: px(0), x2: px(0), y1: 0, y2: HEIGHT }),
    drawn("path", { class: "function", d: path }));
  const tangent = !secret && slope !== null && Number.isFinite(slope);
  if (tangent) {
    svg.append(drawn("line", {
      class: "tangent",
      x1: px(-reach), y1: py(y + slope * (-reach - x)), x2: px(reach), y2: py(y + slope * (reach - x)),
    }));
  }
  svg.append(drawn("circle", { class: "point", cx: px(x), cy: py(y), r: 4.5 }));
  const caption = element("figcaption", { textContent: `${text}.${tangent ? ` ${word("tangent")}` : ""}` });
  place.replaceChildren(element("figure", {}, svg, caption));
}

function guarded(compute) {
  try {
    return compute();
  } catch (failure) {
    if (failure instanceof EngineError) return null;
    throw failure;
  }
}

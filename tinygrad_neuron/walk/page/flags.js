// What goes wrong in backpropagation: dead, saturated, vanishing, exploding.

import { gradientAt } from "./picture.js";
import { chips, marked } from "./naming.js";
import { nameTab } from "./tabs.js";
import { element, number } from "./text.js";

const factors = new WeakMap(); // of each run, since they do not change from step to step

// The flags of what is computed after so many steps: node -> list of flags.
// `facts`: the limits and the sign of each flag, and what helps, as the engine has them.
export function findFlags(nodes, operations, { limits, signs }, result, names, step) {
  const found = new Map();
  const add = (i, name, reason) => {
    const flag = { name, text: `${signs[name]} ${name}`, reason };
    found.set(i, [...(found.get(i) ?? []), flag]);
  };
  if (!factors.has(result)) factors.set(result, strongestFactors(nodes, result));
  const factor = factors.get(result);
  nodes.forEach((node, i) => {
    if (node.operation && result.computedAt[i] <= step && node.kind !== "constant") {
      if (operations[node.operation].flat) {
        let [size, at] = [-1, 0];
        result.local[i].forEach((slope, position) => {
          if (Math.abs(slope) > size) [size, at] = [Math.abs(slope), node.operands[position]];
        });
        const where = `its local derivative for ${names[at]} = ${number(result.data[at])}`;
        if (size === 0) add(i, "dead", `${node.operation} passes no gradient on: ${where} is 0`);
        else if (size > 0 && size < limits.saturated) {
          add(i, "saturated", `${node.operation} is nearly flat: ${where} is only ${number(size)}`);
        }
      }
    }
    const gradient = gradientAt(result, i, step);
    if (gradient === null || gradient === 0) return;
    const size = Math.abs(gradient);
    const because = (rank, way) =>
      way && way[0] !== 1 ? `; the ${rank} factor on the way is ${number(way[0])}, of ${names[way[1]]}` : "";
    const reason = `the gradient is ${number(gradient)} of the output's`;
    if (size < limits.vanishing) add(i, "vanishing", reason + because("smallest", factor[i]?.[1]));
    else if (!(size <= limits.exploding)) add(i, "exploding", reason + because("largest", factor[i]?.[2]));
  });
  return found;
}

// Per node: the largest contribution, and the smallest and largest factor on the way it came.
function strongestFactors(nodes, result) {
  const root = nodes.length - 1;
  const ways = new Array(nodes.length);
  ways[root] = [Infinity, [1, root], [1, root]];
  for (let i = root; i >= 0; i--) {
    if (!ways[i]) continue;
    result.local[i].forEach((slope, position) => {
      const operand = nodes[i].operands[position];
      const size = Math.abs(result.gradients[i] * slope);
      if (ways[operand] && !(size > ways[operand][0])) return;
      const step = [Math.abs(slope), i];
      ways[operand] = [size, step[0] < ways[i][1][0] ? step : ways[i][1], step[0] > ways[i][2][0] ? step : ways[i][2]];
    });
  }
  return ways;
}

export function showFlags(section, found, names, help) {
  const items = [...found].flatMap(([i, flags]) => flags.map((flag) => [i, flag]));
  nameTab("flags", items.length ? `Flags ${items.length}` : "Flags");
  const shown = items.slice(0, 6).map(([i, flag]) =>
    element("li", {}, element("b", {}, `${flag.text}: `, ...chips(marked(names[i], i))), `. ${flag.reason}. `,
      element("span", { className: "remark", textContent: help[flag.name] })));
  if (items.length > 6) shown.push(element("li", { textContent: `and ${items.length - 6} more` }));
  if (!items.length) shown.push(element("li", { className: "remark", textContent: "Nothing is dead, saturated, vanishing or exploding so far." }));
  section.querySelector("ul").replaceChildren(...shown);
}

// What goes wrong: the first NaN and infinity, dead, saturated, vanishing, exploding; and what only looks
// like it, inactive or saturated for one example.

import { gradientAt } from "./picture.js";
import { chips, marked } from "./naming.js";
import { nameTab } from "./tabs.js";
import { element, number } from "./text.js";

const factors = new WeakMap(); // of each run, since they do not change from step to step

// The flags of what is computed after so many steps: node -> list of flags.
// `facts`: the limits, the sign and the name of each flag, and what helps, as the engine has them.
export function findFlags(nodes, operations, { limits, signs, called }, result, names, step) {
  const found = new Map();
  const add = (i, name, reason, alarm = true) => {
    const flag = { name, text: `${signs[name]} ${called[name] ?? name}`, reason, alarm };
    found.set(i, [...(found.get(i) ?? []), flag]);
  };
  if (!factors.has(result)) factors.set(result, strongestFactors(nodes, result));
  const factor = factors.get(result);
  addNotFinite(nodes, result, names, step, add);
  addFlat(nodes, operations, limits, result, names, step, add);
  nodes.forEach((node, i) => {
    const gradient = gradientAt(result, i, step);
    if (gradient === null || gradient === 0) return;
    const size = Math.abs(gradient);
    const because = (rank, way) =>
      way && way[0] !== 1 ? word(rank, { value: number(way[0]), name: names[way[1]] }) : "";
    const reason = word("gradient share", { value: number(gradient) });
    if (size < limits.vanishing) add(i, "vanishing", reason + because("smallest factor", factor[i]?.[1]));
    else if (!(size <= limits.exploding)) add(i, "exploding", reason + because("largest factor", factor[i]?.[2]));
  });
  return found;
}

// The first NaN and the first infinity on the way from the leaves; an infinite constant is meant.
function addNotFinite(nodes, result, names, step, add) {
  for (const [name, is] of [["nan", Number.isNaN], ["infinity", (x) => x === Infinity || x === -Infinity]]) {
    const begun = nodes.flatMap((node, i) =>
      is(result.data[i]) && (!node.operation || result.computedAt[i] <= step) &&
      !(name === "infinity" && node.kind === "constant") &&
      !(node.operands ?? []).some((operand) => is(result.data[operand])) ? [i] : []);
    if (!begun.length) continue;
    const [first] = begun;
    const [{ operation, operands = [] }, held] = [nodes[first], number(result.data[first])];
    const of = operands.slice(0, 4).map((i) => `${names[i]} = ${number(result.data[i])}`).join(", ");
    const rest = operands.length > 4 ? ", …" : "";
    const others = begun.length - 1;
    const more = others ? word(others === 1 ? "one elsewhere" : "more elsewhere", { others }) : "";
    add(first, name, (operation ? word("operation is", { operation, of: of + rest, held }) : word("given as", { name: names[first], held })) + more);
  }
}

// What is flat: of each unit the nodes together, one for each example.
function addFlat(nodes, operations, limits, result, names, step, add) {
  const units = new Map();
  nodes.forEach((node, i) => {
    if (node.unit === undefined || result.computedAt[i] > step || node.kind === "constant") return;
    let [size, at] = [-1, 0];
    result.local[i].forEach((slope, position) => {
      if (Math.abs(slope) > size) [size, at] = [Math.abs(slope), node.operands[position]];
    });
    const nothing = size === 0 && operations[node.operation].parts;
    const flat = size >= 0 && size < limits.saturated;
    units.set(node.unit, [...(units.get(node.unit) ?? []), { i, size, at, nothing, flat }]);
  });
  for (const unit of units.values()) {
    const every = unit.length > 1 && unit.every(({ flat }) => flat);
    const dead = every && unit.every(({ nothing }) => nothing);
    for (const { i, size, at, nothing } of unit.filter(({ flat }) => flat)) {
      const where = word("local for", { name: names[at], value: number(result.data[at]) });
      const each = every ? word("flat for each", { count: unit.length }) : "";
      const { operation } = nodes[i];
      if (nothing) add(i, dead ? "dead" : "inactive", word("passes none", { operation, where, each }), dead);
      else add(i, "saturated", word("nearly flat", { operation, where, size: number(size), each }), every);
    }
  }
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
  nameTab("flags", items.length ? `${word("flags tab")} ${items.length}` : word("flags tab"));
  const shown = items.slice(0, 6).map(([i, flag]) =>
    element("li", {}, element("b", { className: flag.alarm ? "" : "harmless" }, `${flag.text}: `, ...chips(marked(names[i], i))), `. ${flag.reason}. `,
      element("span", { className: "remark", textContent: help[flag.name] })));
  if (items.length > 6) shown.push(element("li", { textContent: word("and so many more", { count: items.length - 6 }) }));
  if (!items.length) shown.push(element("li", { className: "remark", textContent: word("no flags") }));
  section.querySelector("ul").replaceChildren(...shown);
}

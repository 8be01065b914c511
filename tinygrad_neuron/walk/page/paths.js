// Every route from the output to one node, each with its product, and their sum.

import { equation } from "./honest.js";
import { chips, marked } from "./naming.js";
import { element, inBrackets, number } from "./text.js";

const LISTED = 8;
const MANY = 1e15;

export function findPaths(nodes, local, target) {
  const root = nodes.length - 1;
  const counts = new Array(nodes.length).fill(0);
  counts[target] = 1;
  for (let i = target + 1; i <= root; i++) {
    local[i].forEach((slope, position) => (counts[i] += counts[nodes[i].operands[position]]));
    counts[i] = Math.min(counts[i], MANY);
  }
  const sums = new Array(nodes.length).fill(0);
  sums[root] = 1;
  const edges = new Set();
  for (let i = root; i > target; i--) {
    if (!counts[i]) continue;
    local[i].forEach((slope, position) => {
      const operand = nodes[i].operands[position];
      if (!counts[operand]) return;
      sums[operand] += sums[i] * slope;
      edges.add(`${i}-${position}`);
    });
  }
  const listed = [];
  const stack = counts[root] ? [[root, [root], []]] : [];
  while (stack.length && listed.length < LISTED) {
    const [i, route, factors] = stack.pop();
    if (i === target) {
      listed.push({ route, factors, product: factors.reduce((p, f) => p * f, 1) });
      continue;
    }
    const further = [];
    local[i].forEach((slope, position) => {
      const operand = nodes[i].operands[position];
      if (counts[operand]) further.push([operand, [...route, operand], [...factors, slope]]);
    });
    stack.push(...further.reverse());
  }
  const between = new Set(counts.flatMap((count, i) => (count && counts[root] ? [i] : [])));
  return { count: counts[root], sum: counts[root] ? sums[target] : 0, listed, between, edges };
}

export function showPaths(box, nodes, names, found, target) {
  const many = found.count >= MANY ? word("too many paths") : String(found.count);
  const title = word(found.count === 1 ? "one path" : "several paths", { many, from: names.at(-1), to: names[target] });
  const items = found.listed.map(({ route, factors, product }) =>
    element("li", {},
      element("span", { className: "route" }, ...chips(shortened(route.map((i) => marked(names[i], i))).join(" ← "))),
      element("span", { className: "product", textContent: factors.length
        ? equation((texts) => shortened(texts.map((text, k) => (k ? inBrackets(text) : text))).join(" × "),
          (values) => values.reduce((so, x) => so * x, 1), factors, product) : "1" })));
  if (found.count > found.listed.length) {
    items.push(element("li", { textContent: word("and so many more", { count: number(found.count - found.listed.length) }) }));
  }
  box.replaceChildren(
    element("h3", { textContent: title }),
    element("ul", { className: "routes" }, ...items),
    element("p", {}, `${word("sum of paths")} `, element("b", { id: "path-sum", textContent: number(found.sum, 6) })));
}

function shortened(items) {
  return items.length <= 8 ? items : [...items.slice(0, 4), word("and more", { count: items.length - 8 }), ...items.slice(-4)];
}

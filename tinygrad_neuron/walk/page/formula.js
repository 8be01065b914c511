// The formula of the whole, and the product of local derivatives that a step has reached.

import { marked, markedWhole, unmarked } from "./naming.js";
import { asOne } from "./text.js";

const LONGEST = 64; // characters of a formula in one line
const LOOSEST = 0;
const ATOM = 100;

// An operation written out in its operands: everything down to the leaves, or, where that is too
// long, only what has no name of its own; at last only the operation.
export function wholeFormula(nodes, names, i) {
  if (!nodes[i].operation) return null;
  const all = () => true;
  const nameless = (k) => !nodes[k].label;
  for (const opens of [all, nameless, () => false]) {
    const text = expanded(nodes, names, i, opens, { left: 40 })?.[0];
    if (text && unmarked(text).length <= LONGEST) return text;
  }
  return null;
}

// A text with how tightly it holds together; null where there are too many operations in it.
function expanded(nodes, names, i, opens, budget, top = true) {
  const { operation, operands } = nodes[i];
  if (!operation || (!top && !opens(i))) return [marked(names[i], i), ATOM];
  if (budget.left-- <= 0 || operands.length > 6) return null;
  const inner = operands.map((k) => expanded(nodes, names, k, opens, budget, false));
  if (inner.includes(null)) return null;
  const operator = OPERATORS[operation];
  if (!operator) return [markedWhole(`${operation}(${inner.map(([text]) => text).join(", ")})`, i), ATOM];
  const { sign, before, tightness, needs } = operator;
  const parts = inner.map(([text, holds], k) => {
    const loose = holds < needs[k > 0 || before ? 1 : 0] || (k > 0 && /^[-−]/.test(unmarked(text)));
    return loose ? `(${text})` : text;
  });
  return [markedWhole(before ? sign + parts[0] : parts.join(` ${sign} `) || "0", i), tightness ?? LOOSEST];
}

// The chain rule as far as a step has come: the factors on the way to its target, the last one the
// step's own, in `near` names, at its beginning what has arrived in several ways.
export function chain(nodes, names, result, step, near) {
  const current = result.steps[step - 1];
  const root = nodes.length - 1;
  const derivative = (of, by, called = names) => `∂${asOne(marked(called[of], of))}/∂${asOne(marked(called[by], by))}`;
  if (current?.phase !== "backward") return null;
  const factors = [derivative(current.node, current.target, near)];
  let at = current.node;
  while (at !== root && factors.length < 5) {
    const ways = result.arrivals[at].length;
    if (ways !== 1) break;
    const { node } = result.steps[result.arrivals[at][0][0] - 1];
    factors.unshift(derivative(node, at));
    at = node;
  }
  if (at !== root) factors.unshift(derivative(root, at));
  return factors.length > 1 ? [derivative(root, current.target), ...factors] : factors;
}

// Verify: nudge a leaf, run forwards again, and compare with what the backward pass says.

import { EngineError } from "../../calculus/arithmetic.js";
import { outputAt } from "./engine.js";
import { element, inBrackets, number } from "./text.js";

export function difference(nodes, operations, leaves, i) {
  const h = 1e-6 * Math.max(1, Math.abs(leaves[i]));
  const at = (x) => outputAt(nodes, operations, leaves.map((old, k) => (k === i ? x : old)));
  const [up, down] = [leaves[i] + h, leaves[i] - h];
  const [above, below] = [at(up), at(down)];
  return { h, above, below, quotient: (above - below) / (up - down) };
}

export function showVerify(box, nodes, operations, leaves, names, result, i) {
  if (nodes[i].kind === "constant") {
    box.replaceChildren(element("p", { textContent: word("constant no gradient", { name: names[i] }) }));
    return;
  }
  const gradient = result.gradients[i];
  let found;
  try {
    found = difference(nodes, operations, leaves, i);
  } catch (failure) {
    if (!(failure instanceof EngineError)) throw failure;
    box.replaceChildren(element("p", { textContent: word("leaves domain", { name: names[i], error: failure.message }) }));
    return;
  }
  const close = gradient !== null &&
    Math.abs(found.quotient - gradient) <= 1e-4 * Math.max(1, Math.abs(gradient));
  const verdict = gradient === null ? word("no gradient here")
    : close ? word("agree")
    : word("differ");
  const h = number(found.h, 2);
  box.replaceChildren(
    element("h3", { textContent: word("nudge", { name: names[i], h }) }),
    element("dl", {},
      element("dt", { textContent: word("difference") }),
      element("dd", { textContent: `(${number(found.above, 9)} − ${inBrackets(number(found.below, 9))}) / ${number(2 * found.h, 2)} = ` },
        element("b", { id: "quotient", textContent: number(found.quotient, 6) })),
      element("dt", { textContent: word("gradient row") }),
      element("dd", {}, element("b", { id: "gradient", textContent: number(gradient, 6) }))),
    element("p", { className: close ? "good" : "", textContent: verdict }));
}

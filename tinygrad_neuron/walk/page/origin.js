// Where the numbers of a node come from: its formula, and every contribution that has arrived.

import { chips, marked } from "./naming.js";
import { equation, nodeEquation, product } from "./honest.js";
import { byId, element, inBrackets, number, operandNames, written } from "./text.js";
import { dataAt, gradientAt } from "./picture.js";

export function showOrigin(nodes, operations, scopes, result, names, i, step) {
  const box = byId("origin");
  box.hidden = i === null;
  if (i === null) return;
  const node = nodes[i];
  const shown = names.map(marked);
  const rows = [[word("data row"), valueText(nodes, operations, result, shown, i, step)]];
  if (node.kind === "constant") rows.push([word("gradient row"), word("none constant")]);
  else rows.push(...gradientRows(nodes, result, shown, i, step));
  if (node.line) rows.push([word("your code"), node.line]);
  if (node.scope !== undefined) rows.push([word("in row"), scopes[node.scope].path]);
  byId("origin-title").replaceChildren(...chips(word("where from", { name: marked(names[i], i) })));
  byId("origin-rows").replaceChildren(...rows.flatMap(([name, value]) => [
    element("dt", {}, ...chips(name)), element("dd", {}, ...chips(value)),
  ]));
}

function valueText(nodes, operations, result, names, i, step) {
  const moved = result.moved?.get(i);
  if (moved && moved.at <= step) return word("since update", { value: number(moved.after) });
  const { operation } = nodes[i];
  if (!operation) return word("was given", { value: number(result.data[i]) });
  const formula = written(operation, operandNames(nodes, names, i));
  const known = dataAt(result, i, step);
  return known === null ? `${formula} (${word("not yet")})` : `${formula} = ${nodeEquation(nodes, operations, result.data, i)}`;
}

function gradientRows(nodes, result, names, i, step) {
  const total = gradientAt(result, i, step);
  if (total === null) return [[word("gradient row"), word("not yet")]];
  if (i === nodes.length - 1) return [[word("gradient row"), word("for itself")]];
  const arrived = result.steps.slice(0, step).filter(({ phase, target }) => phase === "backward" && target === i);
  const rows = arrived.map(({ node, incoming, local, contribution }) =>
    [word("from node", { name: names[node] }), product(incoming, local, contribution)]);
  if (arrived.length < 2) return [...rows, [word("gradient row"), number(total)]];
  const sum = equation((texts) => texts.map((text, k) => (k ? inBrackets(text) : text)).join(" + "),
    (values) => values.reduce((so, x) => so + x), arrived.map(({ contribution }) => contribution), total);
  return [...rows, [word("gradient row"), sum]];
}

// The panel: what happens in the current step, in words and in numbers.

import { chips, unmarked } from "./naming.js";
import { equation, nodeEquation, partialEquation, product, total } from "./honest.js";
import { asOne, byId, element, filledIn, inBrackets, meaningOf, number, operandNames, written } from "./text.js";

// What each node is called beside those of a scope: without the scope in its name.
export function localNames(names, scopes, scope) {
  const prefix = scope === undefined ? "" : `${scopes[scope].path}.`;
  return prefix ? names.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)) : names;
}

// One sentence, a heading and the rows of arithmetic for what stands after `step` steps.
// `where`: the step in the row of all, of how many, and the number of iterations.
export function described(nodes, operations, result, names, step, where) {
  const current = result.steps[step - 1];
  if (!current) {
    const count = result.steps.filter(({ phase }) => phase === "forward").length;
    return {
      title: word("before first"),
      sentence: where.of === 0
        ? word("only a constant")
        : count === 0 ? word("only given", { name: names.at(-1) })
        : `${question(nodes, result, names, where)} ${howFar(count, where)}${where.plane ? ` ${word("click plane")}` : ""}`,
      rows: [],
    };
  }
  const { node, phase } = current;
  const iteration = where.iterations > 1 ? ` · ${word("iteration of", { at: result.iteration + 1, of: where.iterations })}` : "";
  const place = `${word("step of", { at: where.step, of: where.of })}${iteration}`;
  const name = names[node];
  if (phase === "update") {
    const { before, after, gradient, batch, plain } = current;
    const stays = Object.is(before, after) || before === after;
    const told = { name, before: number(before), after: number(after), gradient: number(gradient ?? 0) };
    return {
      title: `${place} · ${word("update")}`,
      sentence: stays
        ? word(batch ? "stays in batch" : "stays", told)
        : word(!plain ? "moves" : batch ? "moves with batch" : "moves against", told),
      rows: [...(batch ? [[word("gradient row"), word("mean of batch", { value: number(gradient) })]] : []), ...ruleRows(name, current)],
      node,
    };
  }
  if (phase === "seed") {
    return {
      title: `${place} · ${word("backward begins")}`,
      sentence: word("seed", { name }),
      rows: [[word("gradient row"), `∂${asOne(name)}/∂${asOne(name)} = 1`]],
      node,
    };
  }
  const { operation } = nodes[node];
  const formula = written(operation, operandNames(nodes, names, node));
  const rows = [[word("formula row"), same(name, formula) ? formula : `${name} = ${formula}`]];
  const failed = result.data[node] === null;
  const numbers = failed ? "" : nodeEquation(nodes, operations, result.data, node);
  if (!failed) rows.push([word("numbers row"), numbers]);
  const facts = operations[operation];
  if (phase === "forward") {
    const hidden = facts.forward.includes("if ") || facts.activation;
    const own = facts.forward.startsWith(`${operation}(`); // a function by its name alone
    if (hidden && !own) {
      const meaning = filledIn(facts.forward, meaningOf(nodes, operations, node), (k) => asOne(names[k]));
      rows.splice(1, 0, [word("meaning row"), `${formula} = ${meaning}`]);
    }
    const sentence = failed
      ? word("not computed", { name })
      : same(name, formula) ? word("is computed", { name, numbers })
      : word("is computed as", { name, formula, numbers });
    return { title: `${place} · ${word("forward")}`, sentence, rows, node };
  }
  const { incoming, local, contribution, before, after, target, position } = current;
  const to = names[target];
  const steps = partialEquation(nodes, operations, names, result.data, node, position, local)
    .filter((text, k, all) => text !== all[k - 1]);
  rows.push([word("local row"), `∂${asOne(name)}/∂${asOne(to)} = ${steps.join(" = ")}`]);
  for (const [name, meaning] of Object.entries(facts.totals)) rows.push([word("where row"), `${name} = ${meaning}`]);
  const arrives = product(incoming, local, contribution);
  rows.push([word("incoming row"), arrives]);
  rows.push([word("gradient of row", { name: to }), total(before ?? 0, contribution, after)]);
  const arrival = { to, name, arrives, size: number(Math.abs(local)), before: number(before), after: number(after) };
  const added = before === null ? word("first to arrive") : word("with what it had", arrival);
  return {
    title: `${place} · ${word("backward")}`,
    sentence: word("if it grows", { ...arrival, reaction: reaction(local), added }),
    rows,
    node,
  };
}

// What the optimiser's rule does, assignment by assignment, in names and in numbers.
function ruleRows(name, { given, before, after, gradient, rate, rule, plain }) {
  if (plain) {
    return [
      [word("formula row"), word("plain rule", { name })],
      [word("numbers row"), equation((texts) => `${texts[0]} − ${texts[1]} × ${inBrackets(texts[2])}`,
        ([a, b, c]) => a - b * c, [before, rate, gradient ?? 0], after)],
    ];
  }
  const values = { ...given };
  return rule.flatMap(([target, expression, compute]) => {
    const used = Object.keys(values).filter((one) => new RegExp(`\\b${one}\\b`).test(expression));
    const meant = Object.fromEntries(used.map((one, k) => [one, k]));
    const result = compute(values);
    const numbers = equation((texts) => filledIn(expression, meant, (k) => inBrackets(texts[k])),
      (found) => compute({ ...values, ...Object.fromEntries(used.map((one, k) => [one, found[k]])) }),
      used.map((one) => values[one]), result);
    values[target] = result;
    return [[target, expression], ["", numbers]];
  });
}

// How the sizes of steps are called: alone, and after "one step is".
export const NAMED = { contribution: "a contribution", node: "a node", layer: "a layer", iteration: "an iteration" };
export const BY = { contribution: "by contribution", node: "by node", layer: "by layer", iteration: "by iteration" };

// What is asked: the output, by its formula; of a network that is seen layer by layer, what it gives.
function question(nodes, result, names, { size, whole, plane, iterations, network }) {
  if (!plane || size === "contribution" || iterations > 1) return `${names.at(-1)} = ${whole ? `${whole} = ` : ""}?`;
  const given = plane.inputs.map((i) => `${names[i]} = ${number(result.data[i])}`);
  return word("what does it give", { network: network ?? word("it"), given: given.join(` ${word("and")} `) });
}

// What to press, how many steps there are, and of which size.
function howFar(count, { size, strides }) {
  if (!size || size === "contribution") {
    return word(count === 1 ? "press for one" : "press for several", { count });
  }
  const by = word(BY[size]);
  return word(size === "iteration" ? "press for iterations" : "press for larger", { strides, size: word(NAMED[size]), by });
}

// Whether a name is the formula itself, as the neuron's `w0*x0` is.
const same = (name, formula) =>
  unmarked(name).replaceAll(" ", "") === unmarked(formula).replaceAll(" ", "").replaceAll("×", "*");

function reaction(local) {
  if (local === 0) return word("does not change");
  if (Number.isNaN(local)) return word("changes by nan");
  const size = Math.abs(local);
  if (size === 1) return word(local > 0 ? "grows as much" : "falls as much");
  return word(local > 0 ? "grows times" : "falls times", { size: number(size) });
}

// `whole`: the formula on top, in which the current node is lit, or the factors of the chain rule.
export function showPanel(nodes, text, scopes, whole) {
  byId("now-title").textContent = text.title;
  byId("sentence").replaceChildren(...chips(text.sentence));
  showWhole(text, whole);
  const rows = [...text.rows];
  const node = nodes[text.node];
  if (node?.scope !== undefined) rows.push([word("in row"), scopes[node.scope].path]);
  byId("arithmetic").replaceChildren(
    ...rows.flatMap(([name, value]) => [
      element("dt", {}, ...chips(name)),
      element("dd", {}, ...chips(value)),
    ]));
}

function showWhole(text, whole) {
  const box = byId("whole");
  if (Array.isArray(whole)) {
    const parts = whole.flatMap((factor, k) => {
      const one = element("span", { className: k === whole.length - 1 ? "factor at-work" : "factor" }, ...chips(factor));
      return k ? [k === 1 ? " = " : " × ", one] : [one];
    });
    box.replaceChildren(...parts);
  } else {
    box.replaceChildren(...chips(whole ?? ""));
    if (text.node !== undefined) box.querySelector(`[data-node="${text.node}"]`)?.classList.add("at-work");
  }
  box.querySelector(".at-work")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

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
      title: "Before the first step",
      sentence: where.of === 0
        ? "A constant: nothing is computed, and no gradient goes back."
        : count === 0 ? `${names.at(-1)} is given: nothing is computed. Press → for its own gradient.`
        : `${question(nodes, result, names, where)} ${howFar(count, where)}${where.plane ? " Click in the plane for another example." : ""}`,
      rows: [],
    };
  }
  const { node, phase } = current;
  const iteration = where.iterations > 1 ? ` · iteration ${result.iteration + 1} of ${where.iterations}` : "";
  const place = `Step ${where.step} of ${where.of}${iteration}`;
  const name = names[node];
  if (phase === "update") {
    const { before, after, gradient, batch, plain } = current;
    const stays = Object.is(before, after) || before === after;
    const against = plain ? `moves against ${batch ? "the mean gradient of the batch" : "its gradient"}` : "moves";
    const own = batch ? "its mean gradient over the batch" : "its gradient";
    return {
      title: `${place} · update`,
      sentence: stays
        ? `${name} stays at ${number(after)}: ${own} is ${number(gradient ?? 0)}.`
        : `${name} ${against}${plain ? "," : ""} from ${number(before)} to ${number(after)}.`,
      rows: [...(batch ? [["gradient", `${number(gradient)}, the mean over the batch`]] : []), ...ruleRows(name, current)],
      node,
    };
  }
  if (phase === "seed") {
    return {
      title: `${place} · the backward pass begins`,
      sentence: `The derivative of ${name} with respect to itself is 1: from here it goes back.`,
      rows: [["gradient", `∂${asOne(name)}/∂${asOne(name)} = 1`]],
      node,
    };
  }
  const { operation } = nodes[node];
  const formula = written(operation, operandNames(nodes, names, node));
  const rows = [["formula", same(name, formula) ? formula : `${name} = ${formula}`]];
  const failed = result.data[node] === null;
  const numbers = failed ? "" : nodeEquation(nodes, operations, result.data, node);
  if (!failed) rows.push(["numbers", numbers]);
  const facts = operations[operation];
  if (phase === "forward") {
    const hidden = facts.forward.includes("if ") || facts.activation;
    const own = facts.forward.startsWith(`${operation}(`); // a function by its name alone
    if (hidden && !own) {
      const meaning = filledIn(facts.forward, meaningOf(nodes, operations, node), (k) => asOne(names[k]));
      rows.splice(1, 0, ["meaning", `${formula} = ${meaning}`]);
    }
    const sentence = failed
      ? `${name} could not be computed.`
      : `${name} is computed${same(name, formula) ? "" : ` as ${formula}`}: ${numbers}.`;
    return { title: `${place} · forward`, sentence, rows, node };
  }
  const { incoming, local, contribution, before, after, target, position } = current;
  const to = names[target];
  const steps = partialEquation(nodes, operations, names, result.data, node, position, local)
    .filter((text, k, all) => text !== all[k - 1]);
  rows.push(["local derivative", `∂${asOne(name)}/∂${asOne(to)} = ${steps.join(" = ")}`]);
  for (const [name, meaning] of Object.entries(facts.totals)) rows.push(["where", `${name} = ${meaning}`]);
  const arrives = product(incoming, local, contribution);
  rows.push(["incoming × local", arrives]);
  rows.push([`gradient of ${to}`, total(before ?? 0, contribution, after)]);
  const added = before === null
    ? ", the first to arrive" : `; with the ${number(before)} it had, ${number(after)}`;
  return {
    title: `${place} · backward`,
    sentence: `If ${to} grows a little, ${name} ${reaction(local)}, so ${to} receives ${arrives}${added}.`,
    rows,
    node,
  };
}

// What the optimiser's rule does, assignment by assignment, in names and in numbers.
function ruleRows(name, { given, before, after, gradient, rate, rule, plain }) {
  if (plain) {
    return [
      ["formula", `${name} − learning rate × gradient`],
      ["numbers", equation((texts) => `${texts[0]} − ${texts[1]} × ${inBrackets(texts[2])}`,
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

// What is asked: the output, by its formula; of a network that is seen layer by layer, what it gives.
function question(nodes, result, names, { size, whole, plane, iterations, network }) {
  if (!plane || size === "contribution" || iterations > 1) return `${names.at(-1)} = ${whole ? `${whole} = ` : ""}?`;
  const given = plane.inputs.map((i) => `${names[i]} = ${number(result.data[i])}`);
  return `What does ${network ?? "it"} give for ${given.join(" and ")}?`;
}

// What to press, how many steps there are, and of which size.
function howFar(count, { size, strides }) {
  if (!size || size === "contribution") {
    return `Press → to compute it: ${count} step${count === 1 ? "" : "s"} forward, then one for each contribution to a gradient.`;
  }
  const what = size === "iteration"
    ? `for the first of ${strides} iterations of training: forward, back, then every parameter moves`
    : `to compute it ${size} by ${size}, forward and then back, in ${strides} steps`;
  return `Press → ${what}. For smaller steps choose another size than “by ${size}”, below.`;
}

// Whether a name is the formula itself, as the neuron's `w0*x0` is.
const same = (name, formula) =>
  unmarked(name).replaceAll(" ", "") === unmarked(formula).replaceAll(" ", "").replaceAll("×", "*");

function reaction(local) {
  if (local === 0) return "does not change";
  if (Number.isNaN(local)) return "changes by what is not a number";
  const verb = local > 0 ? "grows" : "falls";
  const size = Math.abs(local);
  return size === 1 ? `${verb} just as much` : `${verb} ${number(size)} times as much`;
}

// `whole`: the formula on top, in which the current node is lit, or the factors of the chain rule.
export function showPanel(nodes, text, scopes, whole) {
  byId("now-title").textContent = text.title;
  byId("sentence").replaceChildren(...chips(text.sentence));
  showWhole(text, whole);
  const rows = [...text.rows];
  const node = nodes[text.node];
  if (node?.scope !== undefined) rows.push(["in", scopes[node.scope].path]);
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

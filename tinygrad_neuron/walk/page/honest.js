// Arithmetic in printed digits that is true: `=` where the printed numbers give the printed result.

import { EngineError } from "../../calculus/arithmetic.js";
import { forwardOf, partialsOf } from "./engine.js";
import { asOne, filledIn, inBrackets, number, partialOf, written } from "./text.js";

const MORE = 11; // digits beyond the usual ones, at most
const NEAR = 0.001; // a result that is off by less is called approximate, beyond it more digits are shown

const read = (text) => ({ inf: Infinity, "-inf": -Infinity })[text] ?? Number(text);

// `write` of the numbers as texts, then `=` and the result; where `compute` of the numbers as
// printed is not the result as printed, with more digits if it is far from it (as after a
// cancellation), else with `≈`.
export function equation(write, compute, values, result) {
  for (let digits = 4; digits <= 4 + MORE; digits++) {
    const texts = values.map((x) => number(x, digits));
    const found = guardedly(() => compute(texts.map(read)));
    if (number(found, digits) === number(result, digits)) return `${write(texts)} = ${number(result, digits)}`;
    if (Math.abs(found - result) <= NEAR * Math.abs(result)) return `${write(texts)} ≈ ${number(result)}`;
  }
  return `${write(values.map((x) => number(x)))} ≈ ${number(result)}`;
}

function guardedly(compute) {
  try {
    return compute();
  } catch (failure) {
    if (failure instanceof EngineError) return NaN;
    throw failure;
  }
}

export const product = (incoming, local, contribution) => equation(
  (texts) => `${texts[0]} × ${inBrackets(texts[1])}`, ([a, b]) => a * b, [incoming, local], contribution);

export const total = (before, contribution, after) => equation(
  (texts) => `${texts[0]} + ${inBrackets(texts[1])}`, ([a, b]) => a + b, [before, contribution], after);

// How a node is computed, in numbers.
export function nodeEquation(nodes, operations, data, i) {
  const { operation, operands } = nodes[i];
  const plain = operation in OPERATORS;
  const adds = plain && ["+", "−"].includes(OPERATORS[operation].sign) && !OPERATORS[operation].before;
  const at = (values) => Object.assign([], Object.fromEntries(operands.map((k, j) => [k, values[j]])));
  return equation(
    (texts) => written(operation, plain ? texts.map((text, k) => (adds && !k ? text : inBrackets(text))) : texts),
    (values) => forwardOf(nodes, operations, at(values), i),
    operands.map((k) => data[k]), data[i]);
}

// The expression of a local derivative in names, and in numbers with what it is; only its number
// where there is nothing to compute.
export function partialEquation(nodes, operations, names, data, i, position, slope) {
  const [expression, meant] = partialOf(nodes, operations, data, i, position);
  if (expression in meant) return [names[meant[expression]], number(slope)];
  const inNames = filledIn(expression, meant, (k) => inBrackets(asOne(names[k])));
  if (!/[A-Za-z_]\w*(?!\w|\()/.test(expression)) return [inNames, number(slope)];
  const used = [...new Set(Object.values(meant))];
  const at = (values) => Object.assign([...data], Object.fromEntries(used.map((k, j) => [k, values[j]])));
  const numbers = equation(
    (texts) => filledIn(expression, meant, (k) => inBrackets(texts[used.indexOf(k)])),
    (values) => {
      for (const [place, found] of partialsOf(nodes, operations, at(values), i)) if (place === position) return found;
      return NaN;
    },
    used.map((k) => data[k]), slope);
  return [inNames, numbers];
}

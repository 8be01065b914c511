// The passes one after the other: one run of a plain graph, or one for each iteration of a training.

import { EngineError } from "../../calculus/arithmetic.js";
import { run } from "./engine.js";

// The runs for given leaves and learning rates. Each has its number, its place in the row of all
// steps (`first` steps come before it), and in a training the steps that move the parameters; all
// together have `losses`, one for each iteration.
//
// `training`: `parameters`, which leaves move; `optimisers`, each with the `numbers` of its rule in
// `RULES` and a `state`, of which the `chosen` one moves them; `given`, per iteration the leaves that
// come with it, such as another example; `batch`, how many of the `examples` an iteration takes,
// where its gradients are those of `BATCH`, text of the compiler.
export function passes(nodes, operations, leaves, training, rates, examples) {
  if (!training) return [{ ...run(nodes, operations, leaves), iteration: 0, first: 0 }];
  return training.batch
    ? onBatches(nodes, operations, leaves, training, rates, examples)
    : onGraph(nodes, operations, leaves, training, rates);
}

function onGraph(nodes, operations, leaves, training, rates) {
  const runs = [];
  let state = stateOf(training);
  let current = leaves;
  let first = 0;
  for (const [iteration, given] of training.given.entries()) {
    current = current.map((x, i) => given[i] ?? x);
    const result = { ...run(nodes, operations, current), iteration, first };
    runs.push(result);
    if (result.error) break;
    const moves = moved(training, current, training.parameters.map((i) => result.gradients[i] ?? 0), state, iteration, rates);
    addMoves(result, moves, training, result.gradients);
    ({ leaves: current, state } = after(training, current, moves));
    first += result.steps.length;
  }
  runs.losses = runs.map(({ data }) => data.at(-1) ?? NaN);
  return runs;
}

// Where the examples are trained on in batches, the numbers of all iterations are found first; what
// an iteration does with the one example that is shown is computed when somebody looks at it.
function onBatches(nodes, operations, leaves, training, rates, { examples, inputs, target }) {
  const [courses, losses] = [[], []];
  let state = stateOf(training);
  let current = leaves;
  let problem = null;
  const size = Math.min(training.batch, examples.length);
  const width = inputs.length + (target === null ? 0 : 1);
  for (let k = 0; k < rates.length && !problem; k++) {
    const rows = Array.from({ length: size }, (_, j) => examples[(k * size + j) % examples.length].slice(0, width));
    const course = { leaves: current, moves: null };
    courses.push(course);
    try {
      const found = BATCH.gradients(rows, training.leaves.map((i) => current[i]), [1 / size]);
      losses.push(found.total / size);
      const gradients = new Map(training.leaves.map((i, j) => [i, found.leaves[j]]));
      course.moves = moved(training, current, training.parameters.map((i) => gradients.get(i) ?? 0), state, k, rates);
      ({ leaves: current, state } = after(training, current, course.moves));
    } catch (failure) {
      if (!(failure instanceof EngineError)) throw failure;
      losses.push(NaN);
      problem = { name: failure.name, text: word("for an example", { error: failure.message }), node: nodes.length - 1 };
    }
  }
  const made = (k, first) => {
    const result = { ...run(nodes, operations, courses[k].leaves), iteration: k, first };
    if (!result.error && courses[k].moves) addMoves(result, courses[k].moves, training, null);
    if (k === courses.length - 1 && problem) result.error ??= problem;
    return result;
  };
  const runs = [made(0, 0)];
  const count = runs[0].steps.length;
  const alike = !runs[0].error && neverFails(nodes, operations);
  for (let k = 1; k < courses.length && !runs.at(-1).error; k++) {
    const first = alike ? k * count : runs.at(-1).first + runs.at(-1).steps.length;
    const last = k === courses.length - 1;
    runs.push(alike && !last ? whenAsked(() => made(k, first), k, first) : made(k, first));
  }
  runs.losses = losses.slice(0, runs.length);
  runs.alike = alike && runs.at(-1).steps.length === count;
  return runs;
}

// Whether every run has the same steps: no operation can fail or choose.
const neverFails = (nodes, operations) => nodes.every(({ operation, operands }) => {
  if (!operation) return true;
  const { domain, chosen } = operations[operation];
  if (chosen) return false;
  const second = nodes[operands[1]];
  if (operation === "divide") return second.kind === "constant" && Number.isFinite(second.data) && second.data !== 0;
  if (operation !== "constant_power") return !domain;
  return second.kind === "constant" && Number.isInteger(second.data) && second.data > 0;
});

const PARTS = ["leaves", "data", "local", "arrivals", "steps", "computedAt", "gradients", "moved"];

function whenAsked(make, iteration, first) {
  let found = null;
  const lazy = { iteration, first, error: null };
  for (const part of PARTS) Object.defineProperty(lazy, part, { get: () => (found ??= make())[part] });
  return lazy;
}

// What the optimiser has for each parameter before the first iteration.
const stateOf = ({ parameters, optimisers, chosen }) => parameters.map((_, j) =>
  Object.fromEntries(Object.entries(optimisers[chosen].state).map(([name, all]) => [name, all[j]])));

// Per parameter the numbers that its rule starts from, and those after it.
function moved({ parameters, optimisers, chosen }, leaves, gradients, before, iteration, rates) {
  const { numbers, state } = optimisers[chosen];
  const same = Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, Array.isArray(x) ? x[iteration] : x]));
  same.lr = rates[iteration];
  return parameters.map((i, j) => {
    const given = { ...same, ...before[j], p: leaves[i], g: gradients[j] };
    const values = { ...given };
    for (const [name, , compute] of RULES[chosen]) values[name] = compute(values);
    return { given, p: values.p, state: Object.fromEntries(Object.keys(state).map((name) => [name, values[name]])) };
  });
}

function after({ parameters }, leaves, moves) {
  const next = [...leaves];
  parameters.forEach((i, j) => (next[i] = moves[j].p));
  return { leaves: next, state: moves.map(({ state }) => state) };
}

// The steps that move the parameters; `gradients`, where they are those of the graph that is shown.
function addMoves(result, moves, { parameters, optimisers, chosen }, gradients) {
  result.moved = new Map();
  const { plain } = optimisers[chosen];
  parameters.forEach((node, j) => {
    const { given, p } = moves[j];
    const gradient = gradients ? gradients[node] : given.g;
    result.steps.push({
      phase: "update", node, before: given.p, after: p, gradient, rate: given.lr, given, batch: !gradients,
      rule: RULES[chosen], plain,
    });
    result.moved.set(node, { at: result.steps.length, after: p });
  });
}

// The run that a step belongs to, and the step's number in it.
export function located(runs, step) {
  const result = runs.findLast(({ first }) => first < step) ?? runs[0];
  return { result, at: step - result.first };
}

export const countOf = (runs) => runs.at(-1).first + runs.at(-1).steps.length;

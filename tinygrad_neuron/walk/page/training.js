// The passes one after the other: one run of a plain graph, or one for each iteration of a training.

import { run } from "./engine.js";

// The runs for given leaves and learning rates. Each has its number, its place in the row of all
// steps (`first` steps come before it), and in a training the steps that move the parameters.
//
// `training`: `parameters`, which leaves move; `given`, per iteration the leaves that come with it,
// such as another example. Everything else starts from `leaves`.
export function passes(nodes, operations, leaves, training, rates) {
  if (!training) return [{ ...run(nodes, operations, leaves), iteration: 0, first: 0 }];
  const runs = [];
  let current = leaves;
  let first = 0;
  for (const [iteration, given] of training.given.entries()) {
    current = current.map((x, i) => given[i] ?? x);
    const result = run(nodes, operations, current);
    runs.push({ ...result, iteration, first });
    if (result.error) break;
    current = update(runs.at(-1), current, training.parameters, rates[iteration]);
    first += result.steps.length;
  }
  return runs;
}

// Plain gradient descent: each parameter moves by the learning rate times its gradient.
function update(result, leaves, parameters, rate) {
  const moved = [...leaves];
  result.moved = new Map();
  for (const node of parameters) {
    const before = leaves[node];
    const gradient = result.gradients[node];
    const after = before - rate * (gradient ?? 0); // what nothing arrives at stays
    moved[node] = after;
    result.steps.push({ phase: "update", node, before, after, gradient, rate });
    result.moved.set(node, { at: result.steps.length, after });
  }
  return moved;
}

// The run that a step belongs to, and the step's number in it.
export function located(runs, step) {
  const result = runs.findLast(({ first }) => first < step) ?? runs[0];
  return { result, at: step - result.first };
}

export const countOf = (runs) => runs.at(-1).first + runs.at(-1).steps.length;

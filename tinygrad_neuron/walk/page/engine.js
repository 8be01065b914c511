// Both passes over the graph, in the engine's order: a loop of the page's own, which a test holds to
// `passes.contributions`.

import { EngineError } from "../../calculus/arithmetic.js";

// Data, local derivatives and contributions for given leaves.
//
// `data[i]` is null where an operation failed or was not reached; `arrivals[i]` holds, for each
// contribution to node i, the step at which it arrives and the gradient after it.
export function run(nodes, operations, leaves) {
  const data = new Array(nodes.length).fill(null);
  const local = nodes.map(() => []);
  const arrivals = nodes.map(() => []);
  const steps = [];
  const computedAt = new Array(nodes.length).fill(0);
  let error = null;
  nodes.forEach((node, i) => {
    if (!node.operation) {
      data[i] = leaves[i];
      return;
    }
    if (error === null) {
      try {
        data[i] = forwardOf(nodes, operations, data, i);
      } catch (failure) {
        error = explained(nodes, operations, data, i, failure, false);
      }
    }
  });
  for (const i of nodes.order ?? nodes.keys()) {
    if (!nodes[i].operation || nodes[i].kind === "constant") continue;
    steps.push({ phase: "forward", node: i, value: data[i] });
    computedAt[i] = steps.length;
  }
  const root = nodes.length - 1;
  const gradients = new Array(nodes.length).fill(null);
  if (error === null && nodes[root].kind !== "constant") {
    gradients[root] = 1;
    steps.push({ phase: "seed", node: root, after: 1 });
    arrivals[root].push([steps.length, 1]);
    for (let i = root; i >= 0 && error === null; i--) {
      if (!nodes[i].operation || nodes[i].kind === "constant") continue;
      const incoming = gradients[i];
      if (incoming === null) {
        // Nothing arrived, as where `select` chose another: nothing goes on. What the picture and
        // the flags show of such a node is its local derivatives, where it has any.
        local[i] = localOf(nodes, operations, data, i);
        continue;
      }
      try {
        for (const [position, slope] of partialsOf(nodes, operations, data, i)) {
          const target = nodes[i].operands[position];
          const before = gradients[target];
          const contribution = incoming * slope;
          // A leaf's total starts from 0, an inner node's from its first addend.
          const start = before ?? (nodes[target].operation ? null : 0);
          const after = start === null ? contribution : start + contribution;
          local[i][position] = slope;
          gradients[target] = after;
          steps.push({
            phase: "backward", node: i, position, target, incoming, local: slope, contribution,
            before, after,
          });
          arrivals[target].push([steps.length, after]);
        }
      } catch (failure) {
        error = explained(nodes, operations, data, i, failure, true);
      }
    }
  }
  return { leaves, data, local, arrivals, steps, computedAt, gradients, error };
}

function argumentsOf(nodes, operations, data, i) {
  const values = nodes[i].operands.map((operand) => data[operand]);
  const { variadic, chosen } = operations[nodes[i].operation];
  if (!variadic) return values;
  return chosen ? [values.slice(0, -1), values.at(-1)] : [values];
}

export function forwardOf(nodes, operations, data, i) {
  const operation = OPERATIONS[nodes[i].operation];
  return operation.forward(...argumentsOf(nodes, operations, data, i));
}

// Pairs of a position and the local derivative there, for the operands that get a gradient.
export function* partialsOf(nodes, operations, data, i) {
  const { operands, operation } = nodes[i];
  const { variadic, chosen } = operations[operation];
  const { partials } = OPERATIONS[operation];
  const values = argumentsOf(nodes, operations, data, i);
  const gets = (position) => nodes[operands[position]].kind !== "constant";
  if (!variadic) {
    for (const position of operands.keys()) {
      if (gets(position)) yield [position, partials[position](...values, data[i])];
    }
    return;
  }
  const one = partials(values[0], data[i]);
  const positions = chosen ? [Math.trunc(values[1])] : operands.keys();
  for (const position of positions) {
    if (gets(position)) yield [position, one(values[0][position])];
  }
}

// The local derivatives of a node by position; none where one does not exist.
function localOf(nodes, operations, data, i) {
  const found = [];
  try {
    for (const [position, slope] of partialsOf(nodes, operations, data, i)) found[position] = slope;
  } catch (failure) {
    if (!(failure instanceof EngineError)) throw failure;
    return [];
  }
  return found;
}

// The output alone, for finite differences.
export function outputAt(nodes, operations, leaves) {
  const data = new Array(nodes.length);
  nodes.forEach((node, i) => {
    data[i] = node.operation ? forwardOf(nodes, operations, data, i) : leaves[i];
  });
  return data.at(-1);
}

// The engine's words for an error: which operation, on which labelled values.
function explained(nodes, operations, data, i, failure, derivative) {
  if (!(failure instanceof EngineError)) throw failure;
  const { operation, operands } = nodes[i];
  const shown = operands.map((operand) => {
    const { label } = nodes[operand];
    return pythonNumber(data[operand]) + (label ? ` ('${label}')` : "");
  });
  if (shown.length > 5) shown.splice(2, shown.length - 4, `${shown.length - 4} more`);
  const { domain } = operations[operation];
  const text =
    `${derivative ? "derivative of " : ""}${operation} of ${shown.join(" and ") || "nothing"}: ` +
    failure.message + (domain ? `; it needs ${domain}` : "");
  return { name: failure.name, text, node: i };
}

// A number as Python writes it: 1.0, 1e-05, 1e+16.
function pythonNumber(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Object.is(x, -0)) return "-0.0";
  const [digits, exponent] = x.toExponential().split("e");
  const power = Number(exponent);
  if (x === 0 || (power >= -4 && power < 16)) {
    let text = String(x);
    if (text.includes("e")) text = x.toFixed(Math.max(0, digits.replace(/\D/g, "").length - 1 - power));
    return /[.]/.test(text) ? text : text + ".0";
  }
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

// Steps of four sizes: a contribution, a node, a layer, an iteration of training.
//
// A larger step ends with the last of the contributions that belong to it.

const SIZES = ["contribution", "node", "layer", "iteration"];

// Which larger step each step belongs to: what it has in common with those beside it.
function togetherAt(nodes, scopes, size, iteration, { phase, node }) {
  const way = phase === "seed" ? "backward" : phase;
  if (size === "iteration") return String(iteration);
  if (way === "update") return `${iteration} update`;
  if (size === "node") return `${iteration} ${way} ${node}`;
  return `${iteration} ${way} ${layerOf(nodes, scopes, node)}`;
}

// The layer of a node: the scope right below the outermost one, or the outermost where there is
// none; what is in no scope is together too. In a graph without scopes: how deep a node is.
function layerOf(nodes, scopes, node) {
  if (!scopes.length) return depthsOf(nodes)[node];
  const path = [];
  for (let at = nodes[node].scope ?? -1; at >= 0; at = scopes[at].around) path.unshift(at);
  const layer = path[1] ?? path[0];
  return layer === undefined ? "none" : scopes[layer].path;
}

const depths = new WeakMap();
function depthsOf(nodes) {
  if (!depths.has(nodes)) {
    const found = [];
    for (const { operands = [] } of nodes) found.push(operands.reduce((most, i) => Math.max(most, found[i] + 1), 0));
    depths.set(nodes, found);
  }
  return depths.get(nodes);
}

// The steps at which a larger step ends, from 0 to the last: where the last of what is together
// stands, since the engine's order goes to and fro between layers.
export function endsOf(nodes, scopes, runs, size) {
  const last = new Map();
  let count = 0;
  if (runs.alike && runs.length > 1) { // the steps of one iteration, again and again
    const one = endsOf(nodes, scopes, [runs[0]], size).slice(1);
    return [0, ...runs.flatMap(({ first }) => one.map((end) => first + end))];
  }
  for (const { steps, iteration } of runs) {
    for (const step of steps) {
      count += 1;
      last.set(size === "contribution" ? count : togetherAt(nodes, scopes, size, iteration, step), count);
    }
  }
  return [0, ...[...last.values()].sort((a, b) => a - b)];
}

// What a step of a larger size did, in words: how many numbers, contributions and parameters, and in
// which layer, where it is one.
export function together(nodes, scopes, steps) {
  const of = (phase) => steps.filter((step) => step.phase === phase);
  const [computed, back, moved] = ["forward", "backward", "update"].map((phase) => of(phase).length);
  const some = (count, one, several) => (count ? [word(count === 1 ? one : several, { count })] : []);
  const parts = [
    ...some(computed, "one computed", "several computed"),
    ...some(back, "one back", "several back"),
    ...some(moved, "one moved", "several moved"),
  ];
  const layers = new Set(steps.map(({ node }) => (scopes.length ? layerOf(nodes, scopes, node) : "none")));
  const [layer] = layers;
  const told = parts.join(", ");
  return layers.size === 1 && layer !== "none" ? word("in layer", { layer, told }) : told;
}

// Which sizes differ here, and how many steps there are of each.
export function sizesOf(nodes, scopes, runs) {
  const counts = SIZES.map((size) => endsOf(nodes, scopes, runs, size).length - 1);
  const differ = SIZES.filter((size, k) => k === 0 || (counts[k] < counts[k - 1] && (counts[k] > 1 || runs.length > 1)));
  return Object.fromEntries(differ.map((size) => [size, counts[SIZES.indexOf(size)]]));
}

// The size that a page opens with: contributions where they are few, else what gives about a dozen.
const FEW_STEPS = 200;
const DOZEN = 12;
export function usualOf(sizes) {
  if (sizes.contribution <= FEW_STEPS) return "contribution";
  const far = (size) => Math.abs(Math.log(sizes[size] / DOZEN));
  return Object.keys(sizes).reduce((best, size) => (far(size) < far(best) ? size : best));
}

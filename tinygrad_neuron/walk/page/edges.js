// The edges of the picture: what passes along each, as text, as width and as sign.

import { drawn, number } from "./text.js";

const WIDEST = 4.5; // points
const [HEIGHT_OF_LINE, LETTER] = [11.5, 5.6]; // the height of a line, and the width of a letter, about
const FAR = 120; // how far beside its edge the current label may stand
const LABELLED = 40; // of more edges only the current one has a label

// When each edge passes its contribution on: "consumer-position" -> the number of the step before.
const passings = new WeakMap();
function passingOf(result) {
  if (!passings.has(result)) {
    passings.set(result, new Map(result.steps.flatMap(({ phase, node, position }, k) =>
      (phase === "backward" ? [[`${node}-${position}`, k]] : []))));
  }
  return passings.get(result);
}

const largest = new WeakMap(); // the largest weight and contribution, against which widths are measured
function largestOf(nodes, result) {
  if (!largest.has(result)) {
    const weights = nodes.filter(({ kind }) => kind === "parameter").map((node) => result.data[nodes.indexOf(node)]);
    const passed = result.steps.filter(({ phase }) => phase === "backward").map(({ contribution }) => contribution);
    const size = (all) => all.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
    largest.set(result, { weight: size(weights), contribution: size(passed) });
  }
  return largest.get(result);
}

// A number in as little room as an edge has.
const LONGEST_TEXT = 7;
const brief = (x, most = LONGEST_TEXT) =>
  [4, 3, 2].map((digits) => number(x, digits)).find((text) => text.length <= most) ?? number(x, 2);

// The contribution, with the sign that says whether the numbers above it give it.
function resultOf({ incoming, local, contribution }) {
  const gives = brief(Number(brief(incoming)) * Number(brief(local))) === brief(contribution);
  return `${gives ? "=" : "≈"} ${brief(contribution)}`;
}

// A point on the Bézier curves of a path, computed here: the browser would lay out the page to know.
function onCurves(text, share) {
  const numbers = text.match(/-?[\d.]+/g).map(Number);
  const count = (numbers.length - 2) / 6;
  const k = Math.min(count - 1, Math.floor(share * count));
  const t = share * count - k;
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  const [x, y] = [0, 1].map((c) => weights.reduce((sum, w, j) => sum + w * numbers[6 * k + 2 * j + c], 0));
  return { x, y };
}

export class Edges {
  // `members(id)`: the nodes in the card of that id; `outlines()`: the boxes of the cards.
  constructor(svg, nodes, members, outlines) {
    this.nodes = nodes;
    this.outlines = outlines;
    this.all = new Map(); // "consumer-position", or "-tail-head" of what is folded -> edge
    for (const group of svg.querySelectorAll("g.edge")) {
      const key = group.id.slice(1);
      const [, tail, head] = /^-(.+)-(.+)$/.exec(key) ?? [];
      const keys = tail === undefined ? [key] : this.between(members(tail), members(head));
      this.all.set(key, {
        group, keys, folded: tail !== undefined,
        incoming: group.querySelector('[data-shows="incoming"]'),
        local: group.querySelector('[data-shows="local"]'),
        result: group.querySelector('[data-shows="result"]'),
        sum: group.querySelector('[data-shows="sum"]'),
        over: null, // a label of its own, where the picture has no room for one
      });
    }
  }

  // The edges of the graph that a folded one stands for.
  between(tail, head) {
    const from = new Set(tail);
    return head.flatMap((consumer) => (this.nodes[consumer].operands ?? []).flatMap((operand, position) =>
      (from.has(operand) ? [`${consumer}-${position}`] : [])));
  }

  // The consumer and the operand of an edge.
  ends(key) {
    const [consumer, position] = key.split("-").map(Number);
    return [consumer, this.nodes[consumer].operands[position]];
  }

  // As they stand after `step` steps. Only what changed is touched. In a question (`asked`, the
  // number of the step that is asked about) no edge answers it.
  show(result, step, asked) {
    const passing = passingOf(result);
    const most = largestOf(this.nodes, result);
    for (const edge of this.all.values()) {
      const { group, keys } = edge;
      const found = keys.map((key) => passing.get(key)).filter((k) => k < step);
      const active = found.includes(step - 1);
      const passed = found.map((k) => result.steps[k]);
      const sum = passed.length ? passed.reduce((total, { contribution }) => total + contribution, 0) : null;
      const [node, position] = keys.length === 1 ? keys[0].split("-").map(Number) : [-1, 0];
      const known = node >= 0 && result.computedAt[node] <= step && !(asked && sum === null);
      const slope = known ? result.local[node]?.[position] : undefined;
      const weight = sum === null && known ? this.weight(result, node, position) : null;
      const state = `${slope} ${sum} ${active} ${weight} ${passed.length}`;
      if (state === edge.state) continue;
      edge.state = state;
      group.classList.toggle("zero", slope === 0);
      group.classList.toggle("passed", passed.length > 0);
      group.classList.toggle("active", active);
      this.width(group, sum ?? weight, sum === null ? most.weight : most.contribution);
      const current = active ? result.steps[step - 1] : passed.at(-1);
      if (edge.incoming) {
        setText(edge.incoming, current ? brief(current.incoming) : "");
        setText(edge.local, slope === undefined ? "" : `× ${brief(slope)}`);
        setText(edge.result, current ? resultOf(current) : "");
      } else if (edge.sum) {
        setText(edge.sum, sum === null ? "" : `Σ ${brief(sum, 6)}`);
      } else {
        this.over(edge, this.told(edge, passed, sum, active && current));
      }
    }
  }

  // The label of an edge without room for one: of the current one in full, of a folded one the sum.
  told({ keys, folded }, passed, sum, current) {
    if (current && keys.length === 1) {
      return [brief(current.incoming), `× ${brief(current.local)}`, resultOf(current)];
    }
    if (!folded || sum === null || (!current && this.all.size > LABELLED)) return [];
    return [`${keys.length > 1 ? "Σ " : ""}${number(sum, 3)}`];
  }

  over(edge, lines) {
    edge.over?.remove();
    edge.over = null;
    if (!lines.length) return;
    const place = this.placeOf(edge, lines);
    if (!place) return;
    const { x, y } = place;
    edge.over = drawn("text", { class: "over", x, "text-anchor": "middle" });
    lines.forEach((line, k) =>
      edge.over.append(drawn("tspan", { x, y: y + 3.5 + HEIGHT_OF_LINE * (k - (lines.length - 1) / 2) }, line)));
    edge.group.append(edge.over);
    if (lines.length > 1) edge.group.parentNode.append(edge.group); // nothing covers it
  }

  // Where a label stands: on its edge as near as can be to the middle, over no card. The current
  // one may stand beside its edge; another one is left out where there is no room.
  placeOf(edge, lines) {
    const width = LETTER * Math.max(...lines.map((line) => line.length)) + 4;
    const height = HEIGHT_OF_LINE * lines.length;
    edge.places ??= {};
    const key = `${lines.length} ${Math.ceil(width / 12)}`; // it does not jump with each digit
    if (key in edge.places) return edge.places[key];
    this.boxes ??= this.outlines();
    const free = ({ x, y }) => this.boxes.every((box) =>
      x + width / 2 <= box.x || x - width / 2 >= box.x + box.width ||
      y + height / 2 <= box.y || y - height / 2 >= box.y + box.height);
    const curves = edge.group.querySelector("path").getAttribute("d");
    const along = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8].map((share) => onCurves(curves, share));
    let found = along.find(free) ?? null;
    if (!found && lines.length > 1) {
      for (let by = 8; by <= FAR && !found; by += 8) {
        found = along.flatMap(({ x, y }) => [{ x, y: y - by }, { x, y: y + by }]).find(free) ?? null;
      }
      found ??= along[0];
    }
    return (edge.places[key] = found && { x: found.x, y: found.y });
  }

  // The weight with which an operand is multiplied; null where it is none.
  weight(result, node, position) {
    const { operation, operands } = this.nodes[node];
    const other = operation === "multiply" && operands[1 - position];
    return other !== false && this.nodes[other].kind === "parameter" ? result.data[other] : null;
  }

  // Wide for what is large, dashed for what is negative. The sum of a folded edge may be larger
  // than the largest contribution.
  width(group, x, most) {
    const path = group.querySelector("path");
    const share = x && Number.isFinite(x) && most ? Math.min(1, Math.abs(x) / most) : 0;
    group.classList.toggle("negative", x < 0);
    group.classList.toggle("positive", x > 0);
    if (share) path.style.strokeWidth = (0.8 + (WIDEST - 0.8) * Math.sqrt(share)).toFixed(2);
    else path.style.removeProperty("stroke-width");
  }

  onPath(keys) {
    for (const edge of this.all.values()) edge.group.classList.toggle("on-path", edge.keys.some((key) => keys.has(key)));
  }
}

export function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

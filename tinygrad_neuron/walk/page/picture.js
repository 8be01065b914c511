// The picture: numbers set into the SVG that Graphviz drew, and what is marked in it.

import { drawn, number } from "./text.js";

const setText = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
};

// A number as it is read, and in full as an attribute; "not yet" where it is not computed.
function setNumber(element, x) {
  if (!element) return;
  element.dataset.value = x === null ? "" : String(x);
  element.classList.toggle("unknown", x === null);
  setText(element, number(x));
}

export class Picture {
  // `level`: its name, what it says of folding, and the members of each folded node.
  constructor(svg, level, names) {
    this.svg = svg;
    this.level = level;
    this.cards = new Map(); // node -> the card it stands in
    this.edges = new Map(); // "consumer-position" -> edge
    const prefix = level.name === "scalar" ? "" : `${level.name}-`;
    this.list = [];
    for (const group of svg.querySelectorAll("g.node")) {
      const id = group.id.slice(prefix.length);
      const members = level.groups[id] ?? [Number(id.slice(1))];
      const shape = group.querySelector("polygon, path, ellipse, rect");
      const card = {
        group, members, node: members.at(-1), folded: id in level.groups,
        data: group.querySelector('[data-shows="data"]'),
        grad: group.querySelector('[data-shows="grad"]'),
        shape, ghost: null, flag: null,
      };
      group.setAttribute("role", "button");
      group.setAttribute("tabindex", "-1");
      group.setAttribute("aria-label", names[card.node]);
      this.list.push(card);
      for (const member of members) this.cards.set(member, card);
    }
    this.list[0]?.group.setAttribute("tabindex", "0");
    for (const group of svg.querySelectorAll("g.edge")) {
      const key = group.id.slice(prefix.length).slice(1);
      this.edges.set(key, {
        group,
        product: group.querySelector('[data-shows="product"]'),
        result: group.querySelector('[data-shows="result"]'),
      });
    }
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    svg.style.setProperty("--natural-width", `${width * 1.35}px`);
    svg.style.aspectRatio = `${width} / ${height}`;
  }

  // Everything as it stands after `step` steps. Only what changed since then is touched.
  show(nodes, result, step, names) {
    const current = result.steps[step - 1];
    const target = current?.phase === "backward" ? current.target : -1;
    for (const card of this.list) {
      const i = card.node;
      const data = result.computedAt[i] <= step ? result.data[i] : null;
      const gradient = gradientAt(result, i, step);
      const isCurrent = current !== undefined && this.cards.get(current.node) === card;
      const receives = target >= 0 && this.cards.get(target) === card;
      const state = `${data} ${gradient} ${isCurrent} ${receives}`;
      if (state === card.state) continue;
      card.state = state;
      setNumber(card.data, data);
      setNumber(card.grad, gradient);
      card.group.classList.toggle("current", isCurrent);
      card.group.classList.toggle("receiving", receives);
      const told = nodes[i].kind === "constant" ? "constant" : `gradient ${number(gradient)}`;
      card.group.setAttribute("aria-label", card.data
        ? `${names[i]}: data ${number(data)}, ${told}`
        : `${card.members.length} nodes folded`);
    }
    const arrived = new Map();
    for (let k = 0; k < Math.min(step, result.steps.length); k++) {
      const { phase, node, position } = result.steps[k];
      if (phase === "backward") arrived.set(`${node}-${position}`, k);
    }
    for (const [key, edge] of this.edges) {
      const { group, product, result: sum } = edge;
      const k = arrived.get(key);
      const [node, position] = key.split("-").map(Number);
      const slope = result.computedAt[node] <= step ? result.local[node]?.[position] : undefined;
      const passed = k === undefined ? null : result.steps[k];
      const state = `${slope} ${passed?.incoming} ${k === step - 1}`;
      if (state === edge.state) continue;
      edge.state = state;
      group.classList.toggle("zero", slope === 0);
      group.classList.toggle("passed", passed !== null);
      group.classList.toggle("active", k === step - 1);
      const local = slope === undefined ? "" : `× ${number(slope)}`;
      setText(product, passed ? `${number(passed.incoming, 3)} × ${number(slope, 3)}` : local);
      setText(sum, passed ? `= ${number(passed.contribution)}` : "");
    }
  }

  // The old numbers, small, above the cards; `old` is null to take them away.
  ghosts(old, result) {
    for (const card of this.list) {
      const changed = old !== null && !Object.is(old.data[card.node], result.data[card.node]);
      const text = changed ? `was ${number(old.data[card.node])}` : "";
      this.above(card, "ghost", text);
    }
  }

  flags(found) {
    for (const card of this.list) {
      const names = new Set(card.members.flatMap((i) => (found.get(i) ?? []).map((flag) => flag.text)));
      this.above(card, "flag", [...names].join(" "));
      card.group.classList.toggle("flagged", names.size > 0);
    }
  }

  // A small text above a card: a ghost at its left end, a flag at its right end or over the ghost.
  above(card, what, text) {
    if (!text) {
      card[what]?.remove();
      card[what] = null;
      return;
    }
    if (!card[what]) {
      const box = card.shape.getBBox();
      const flag = what === "flag";
      card[what] = drawn("text", {
        class: what,
        x: box.x + 3,
        y: flag ? box.y + box.height + 8 : box.y - 2.5,
      });
      card.group.append(card[what]);
    }
    setText(card[what], text);
  }

  // Scroll to the current node, where the picture is wider than the screen.
  reveal(box) {
    const current = this.svg.querySelector(".receiving") ?? this.svg.querySelector(".current");
    if (!current) return;
    const [inner, outer] = [current.getBoundingClientRect(), box.getBoundingClientRect()];
    const margin = Math.min(90, outer.width / 6);
    if (inner.left < outer.left + margin) box.scrollLeft += inner.left - outer.left - margin;
    if (inner.right > outer.right - margin) box.scrollLeft += inner.right - outer.right + margin;
    if (inner.top < outer.top) box.scrollTop += inner.top - outer.top - 20;
    if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + 20;
  }

  onPath(between, edges) {
    for (const card of this.list) {
      card.group.classList.toggle("on-path", card.members.some((i) => between.has(i)));
    }
    for (const [key, edge] of this.edges) edge.group.classList.toggle("on-path", edges.has(key));
  }
}

// The gradient of a node after so many steps; null where nothing has arrived yet.
export function gradientAt(result, i, step) {
  let found = null;
  for (const [at, after] of result.arrivals[i]) {
    if (at > step) break;
    found = after;
  }
  return found;
}

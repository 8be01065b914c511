// The picture: numbers set into the SVG that Graphviz drew, and what is marked in it.

import { Edges, setText } from "./edges.js";
import { drawn, element, number } from "./text.js";

const SHEET = 100; // cards and edges on one sheet: the browser paints again only the sheets that change

// A number as it is read, and in full as an attribute; "not yet" where it is not computed. Of what
// is folded there may be several: then the smallest and the largest.
function setNumbers(element, numbers, room) {
  if (!element) return;
  const known = numbers.filter((x) => x !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const one = known.length && (Object.is(low, high) || low === high);
  element.dataset.value = one ? String(known[0]) : known.length ? `${low} ${high}` : "";
  element.classList.toggle("unknown", known.length === 0);
  const text = one ? number(known[0]) : "";
  const long = text.length > (text.includes("e") ? room - 2 : room); // an e is wider than a sign
  setText(element, one ? (long ? number(known[0], 3) : text) : known.length ? `${number(low, 3)} … ${number(high, 3)}` : number(null));
}

// A large picture as several, exactly above each other.
function sheets(svg) {
  const inner = svg.querySelector("g");
  const parts = [...inner.children].filter((part) => part.matches(".node, .edge"));
  const all = [svg];
  for (let k = SHEET; k < parts.length; k += SHEET) {
    const sheet = svg.cloneNode(false);
    const group = inner.cloneNode(false);
    group.append(...parts.slice(k, k + SHEET));
    sheet.append(group);
    all.push(sheet);
  }
  return all;
}

export class Picture {
  // `view`: what it says of folding, what each folded card holds, and the scope of each box;
  // `scopes`: all scopes; `opens(scope)` says whether a folded one can be opened.
  constructor(svg, view, nodes, names, scopes, opens) {
    Object.assign(this, { view, names, scopes, room: view.room });
    this.cards = new Map(); // node -> the card it stands in
    this.list = []; // cards and boxes, as the keyboard goes through them
    for (const group of svg.querySelectorAll("g.node")) {
      const folded = view.groups[group.id];
      const members = folded?.members ?? [Number(group.id.slice(1))];
      const shows = folded ? folded.exits : members;
      const card = {
        group, members, shows, node: shows.at(-1), folded: Boolean(folded),
        scope: folded?.scope ?? -1, // the one that is folded here
        around: folded && folded.scope >= 0 ? scopes[folded.scope].around : nodes[members[0]].scope ?? -1,
        data: group.querySelector('[data-shows="data"]'),
        grad: group.querySelector('[data-shows="grad"]'),
        shape: group.querySelector("polygon, path, ellipse, rect"),
        constant: shows.every((i) => nodes[i].kind === "constant"),
        name: folded ? `${scopes[folded.scope]?.path ?? group.querySelector("text").textContent}, ${word("nodes folded", { count: members.length })}` : names[members[0]],
        ghost: null, flag: null,
      };
      group.classList.toggle("given", !folded && !nodes[members[0]].operation);
      card.opens = card.scope >= 0 && opens(card.scope);
      if (card.opens) {
        const title = group.querySelector("text");
        title.textContent = `⊞ ${title.textContent}`;
        if (title.getAttribute("text-anchor") === "start") title.setAttribute("x", title.getAttribute("x") - 4);
      }
      this.list.push(card);
      for (const member of members) this.cards.set(member, card);
    }
    for (const group of svg.querySelectorAll("g.cluster")) {
      const scope = view.boxes[group.id];
      if (scope !== undefined) this.box(group, scope, scopes);
    }
    for (const { group } of this.list) {
      group.setAttribute("role", "button");
      group.setAttribute("tabindex", "-1");
    }
    this.list.find(({ members }) => members)?.group.setAttribute("tabindex", "0");
    this.cards.get(nodes.length - 1).group.classList.add("root");
    const inCard = new Map(this.list.filter(({ members }) => members).map(({ group, members }) => [group.id, members]));
    this.edges = new Edges(svg, nodes, (id) => inCard.get(id) ?? [], () => this.outlines().map(({ box }) => box));
    this.shift = svg.querySelector("g").getAttribute("transform");
    this.whole = element("div", { className: "picture" }, ...sheets(svg));
    this.size = svg.getAttribute("viewBox").split(" ").slice(2).map(Number);
    this.whole.style.setProperty("--shape", this.size.join(" / "));
  }

  // The box of an open scope: its title folds it. It comes before the first card in it.
  box(group, scope, scopes) {
    const title = drawn("g", { class: "title" });
    const texts = [...group.querySelectorAll("text")];
    for (const text of texts) text.setAttribute("x", Number(text.getAttribute("x")) + 11);
    const x = Math.min(...texts.map((text) => Number(text.getAttribute("x")))) - 11;
    title.append(drawn("text", { x, y: texts[0]?.getAttribute("y") ?? 0, class: "sign" }, "⊟"), ...texts);
    title.setAttribute("aria-label", word("open to fold", { scope: scopes[scope].path }));
    group.append(title);
    const within = (i) => i >= 0 && (i === scope || within(scopes[i].around));
    const first = this.list.findIndex((card) => card.members && within(card.around));
    this.list.splice(first < 0 ? this.list.length : first, 0, { group: title, box: scope, around: scope });
  }

  // Everything as it stands after `step` steps. Only what changed since then is touched.
  show(result, step, asked = false) {
    const current = result.steps[step - 1];
    const target = current?.phase === "backward" ? current.target : -1;
    for (const card of this.list) {
      if (!card.members) continue;
      const data = card.shows.map((i) => dataAt(result, i, step));
      const gradient = card.shows.map((i) => gradientAt(result, i, step));
      const isCurrent = current !== undefined && this.cards.get(current.node) === card;
      const receives = target >= 0 && this.cards.get(target) === card;
      const failed = Boolean(result.error) && card.members.includes(result.error.node);
      const state = `${data} ${gradient} ${isCurrent} ${receives} ${failed}`;
      if (state === card.state) continue;
      card.state = state;
      setNumbers(card.data, data, card.constant && !card.folded ? this.room - 2 : this.room);
      setNumbers(card.grad, gradient, this.room);
      card.group.classList.toggle("current", isCurrent);
      card.group.classList.toggle("receiving", receives);
      card.group.classList.toggle("failed", failed);
      const numbers = { name: card.name, data: card.data?.textContent, gradient: card.grad?.textContent };
      card.group.setAttribute("aria-label", word(card.constant ? "card constant" : "card", numbers));
    }
    this.edges.show(result, step, asked);
  }

  // The old numbers, small, above the cards; `old` is null to take them away.
  ghosts(old, result, step) {
    for (const card of this.list) {
      if (!card.members) continue;
      const was = (at) => {
        if (!old) return null;
        const before = at(old, card.node, step);
        return before === null || Object.is(before, at(result, card.node, step)) ? null : number(before);
      };
      const [data, grad] = [was(dataAt), was(gradientAt)];
      const told = data && grad ? "was both" : data ? "was data" : grad ? "was grad" : null;
      this.above(card, "ghost", told ? word(told, { data, grad }) : "");
    }
  }

  flags(found) {
    for (const card of this.list) {
      if (!card.members) continue;
      const counts = new Map();
      let wrong = false;
      for (const i of card.members) {
        for (const { text, alarm } of found.get(i) ?? []) {
          counts.set(text, (counts.get(text) ?? 0) + 1);
          wrong ||= alarm;
        }
      }
      const texts = [...counts].map(([text, count]) => (card.folded ? `${text} (${count})` : text));
      this.above(card, "flag", texts.join(" "));
      card.flag?.classList.toggle("harmless", !wrong);
      card.group.classList.toggle("flagged", wrong);
    }
  }

  // A small text at a card: a ghost above it, a flag below.
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
        y: flag ? box.y + box.height + 9.5 : box.y - 2.5,
      });
      card.group.append(card[what]);
    }
    setText(card[what], text);
  }

  // Whether a card or box stands in the box of a scope.
  isIn(one, scope) {
    for (let at = one.around; at >= 0; at = this.scopes[at].around) if (at === scope) return true;
    return false;
  }

  // Where each card stands, in the picture's own units.
  outlines() {
    return this.list.filter(({ members }) => members).map(({ group, shape }) => ({ group, box: shape.getBBox() }));
  }

  // Light a node's card and the edges at it.
  point(node) {
    this.cards.get(node)?.group.classList.add("pointed");
    for (const { group, keys } of this.edges.all.values()) {
      const at = (key) => this.edges.ends(key).includes(node);
      if (keys.some(at)) group.classList.add("pointed");
    }
  }

  // Mark the card that was asked about; null for none.
  asked(node) {
    for (const card of this.list) card.group.classList.toggle("asked", card.node === node && !card.folded);
  }

  onPath(between, edges) {
    for (const card of this.list) {
      if (card.members) card.group.classList.toggle("on-path", card.members.some((i) => between.has(i)));
    }
    this.edges.onPath(edges);
  }
}

// The number of a node after so many steps; null where it is not computed yet.
export function dataAt(result, i, step) {
  const moved = result.moved?.get(i);
  if (moved && moved.at <= step) return moved.after;
  return result.computedAt[i] <= step ? result.data[i] : null;
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

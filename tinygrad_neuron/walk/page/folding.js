// What is folded: the picture that shows it, the choice of a level, and the way to an opened scope.

import { remember } from "./address.js";
import { Picture } from "./picture.js";
import { render } from "./showing.js";
import { announce, names, nodes, page, scopes, state } from "./state.js";
import { byId, element } from "./text.js";
import { bringIn, fitting, followStep, placePicture, READABLE } from "./viewport.js";
import { unpacked, Views } from "./views.js";

export const views = new Views(scopes, page.views);
const pictures = new Map(); // the number of a view -> its picture
const packed = byId("packed-pictures").textContent;
const others = unpacked(packed).catch(() => null); // a browser from before 2023 cannot
const pictureOf = (i, svg, view) =>
  new Picture(svg, view, nodes, names, scopes, (scope) => views.open(page.views[i].folded, scope) !== null);
pictures.set(0, pictureOf(0, document.querySelector("svg.graph"), page.view));
state.picture = pictures.get(0);
byId("pictures").replaceChildren(state.picture.whole);

// The picture that the page opens with: the most detailed level whose letters can be read when all
// of it fits, else the least detailed one. Where all that is computed is one card there, so that no
// step would move anything, it is the next level, if a few moves of the view show it.
const LEVELS = ["scalar", "neuron", "layer", "network"];
const NEARLY = READABLE / 3;
const levels = LEVELS.map((name) => page.views.findIndex(({ level }) => level === name)).filter((i) => i >= 0);
const liesIn = (scope, around) => scope !== undefined && scope >= 0 && (scope === around || liesIn(scopes[scope].around, around));
const isOneCard = ({ folded }) => folded.length === 1 &&
  nodes.every(({ operation, scope }) => !operation || liesIn(scope, folded[0]));
export const opening = openingOf(levels.find((i) => fitting(page.views[i].size) >= READABLE) ?? levels.at(-1) ?? 0);

function openingOf(fits) {
  const finer = levels[levels.indexOf(fits) - 1];
  if (finer === undefined || !isOneCard(page.views[fits])) return fits;
  return fitting(page.views[finer].size) >= NEARLY ? finer : fits;
}
state.opening = opening;

export async function view(i, open = -1) {
  state.view = i;
  state.opened = open;
  if (!pictures.has(i)) {
    const all = await others;
    if (all === null) {
      [state.view] = [...pictures].find(([, one]) => one === state.picture);
      byId("folded").textContent = word("too old");
      byId("folded").hidden = false;
      return;
    }
    const svg = new DOMParser().parseFromString(all[i - 1].svg, "image/svg+xml").documentElement;
    pictures.set(i, pictureOf(i, document.importNode(svg, true), all[i - 1]));
  }
  if (state.view !== i) return; // another one was asked for in the meantime
  state.picture = pictures.get(i);
  byId("pictures").replaceChildren(state.picture.whole);
  placePicture(state.picture);
  remember();
  nameView();
  render();
  const inside = open < 0 ? [] : state.picture.list.filter((one) => one.box === open || state.picture.isIn(one, open));
  if (inside.length) bringIn(...inside.map(({ group }) => group));
  else followStep();
}

// The text below the picture, the choice of a level, and the way to the opened scope.
export function nameView() {
  const { level } = page.views[state.view];
  const { text } = state.picture.view;
  byId("folded").textContent = `${text} · ${word("opens and folds")}`;
  byId("folded").title = text;
  byId("folded").hidden = !text;
  byId("by-hand").hidden = Boolean(level);
  byId("level").value = level || "by hand";
  const path = views.path(state.opened);
  byId("crumbs").hidden = path.length === 0;
  byId("crumbs").replaceChildren(...(path.length ? [-1, ...path] : []).map((scope, k) => {
    const crumb = element("button", { type: "button", textContent: scope < 0 ? word("all folded") : scopes[scope].name });
    if (k === path.length) crumb.setAttribute("aria-current", "true");
    crumb.addEventListener("click", () => openOnly(scope));
    return element("li", {}, crumb);
  }));
}

async function openOnly(scope) {
  const to = views.onlyOpen(scope);
  if (to !== null) await view(to, scope);
}

// Show what is in a folded scope, or fold an open one; the keyboard stays at it.
export async function unfold(scope) {
  const to = views.open(page.views[state.view].folded, scope);
  if (to === null) return;
  cameFrom.set(scope, { before: state.view, after: to });
  const held = byId("pictures").contains(document.activeElement);
  await view(to, scope);
  if (held) focus(state.picture.list.find((one) => one.box === scope));
  announce(`${word("is open", { scope: scopes[scope].path })} ${state.picture.view.text}`);
}

// Folding brings back the picture in which the scope was opened, where nothing else was done since.
const cameFrom = new Map();
export async function fold(scope) {
  const { before, after } = cameFrom.get(scope) ?? {};
  const back = after === state.view ? before : undefined;
  const to = scope < 0 ? null : back ?? views.fold(page.views[state.view].folded, scope);
  if (to === null) return;
  const held = byId("pictures").contains(document.activeElement);
  await view(to, scopes[scope].around);
  const card = state.picture.list.find((one) => one.scope === scope);
  if (card) bringIn(card.group);
  if (held) focus(card);
  announce(`${word("is folded", { scope: scopes[scope].path })} ${state.picture.view.text}`);
}

// The keyboard's place in the picture: a card or a box, the first one where there is no such.
export function focus(one) {
  const { list } = state.picture;
  const to = one ?? list[0];
  for (const { group } of list) group.setAttribute("tabindex", group === to.group ? "0" : "-1");
  to.group.focus();
}

const TITLES = { scalar: word("level numbers"), neuron: word("level neurons"), layer: word("level layers"), network: word("level network") };
byId("level").append(
  ...Object.entries(TITLES).filter(([level]) => page.views.some((one) => one.level === level))
    .map(([value, textContent]) => element("option", { value, textContent })),
  element("option", { value: "by hand", id: "by-hand", textContent: word("by hand"), hidden: true }));
byId("level-choice").hidden = page.views.filter(({ level }) => level).length < 2;
byId("level").addEventListener("change", (event) => {
  const to = page.views.findIndex(({ level }) => level === event.target.value);
  if (to >= 0) view(to);
});

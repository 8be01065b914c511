// A card of the picture that was pressed: it is opened, folded, or asked where it comes from.

import { leaves } from "./changing.js";
import { fold, unfold } from "./folding.js";
import { render } from "./showing.js";
import { announce, nodes, state } from "./state.js";
import { byId } from "./text.js";

function choose(i) {
  state.selected = i;
  if (!nodes[i].operation) {
    state.chosen = i;
    byId("inspect").open = true;
    leaves.reveal(i);
  }
  render();
  byId("origin").scrollIntoView({ block: "nearest" });
  announce(`${byId("origin-title").textContent}: ${byId("origin-rows").innerText}`);
}

export function unchoose() {
  state.selected = null;
  render();
}

export function pressed(one) {
  if (one.box !== undefined) fold(one.box);
  else if (one.opens) unfold(one.scope);
  else if (!one.folded) choose(one.node);
  else announce(`${one.name}. They are equal, and too many to be shown one by one.`);
}

byId("origin-close").addEventListener("click", unchoose);
byId("pictures").addEventListener("click", (event) => {
  const group = event.target.closest("g.node, g.title");
  const one = state.picture.list.find((card) => card.group === group);
  if (one) pressed(one);
});

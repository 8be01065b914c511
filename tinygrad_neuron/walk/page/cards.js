// A card of the picture that was pressed: it is opened, folded, or asked where it comes from.

import { leaves } from "./changing.js";
import { fold, unfold } from "./folding.js";
import { render } from "./showing.js";
import { announce, nodes, state } from "./state.js";
import { showTab } from "./tabs.js";
import { byId } from "./text.js";
import { bringIn } from "./viewport.js";

function choose(i) {
  state.selected = i;
  if (!nodes[i].operation) {
    state.chosen = i;
    showTab("numbers");
    leaves.reveal(i);
  }
  render();
  byId("now").scrollTo(0, 0);
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
  else announce(word("equal ones", { name: one.name }));
}

// A name leads to its card, or to the one that it is folded in.
document.addEventListener("click", ({ target }) => {
  const chip = target.closest?.(".chip");
  if (!chip || chip.closest("button")) return;
  const node = Number(chip.dataset.node);
  bringIn(state.picture.cards.get(node).group);
  state.selected = node;
  render();
});

byId("origin-close").addEventListener("click", unchoose);
byId("pictures").addEventListener("click", (event) => {
  const group = event.target.closest("g.node, g.title");
  const one = state.picture.list.find((card) => card.group === group);
  if (one) pressed(one);
});

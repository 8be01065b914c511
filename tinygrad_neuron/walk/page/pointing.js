// Linked views: what is pointed at, a name, a card or a line, is lit in all of them.

import { nodes, state } from "./state.js";

function light(node) {
  for (const one of document.querySelectorAll(".pointed")) one.classList.remove("pointed");
  if (node === null) return;
  for (const chip of document.querySelectorAll(`.chip[data-node="${node}"]`)) chip.classList.add("pointed");
  state.picture.point(node);
  const { line } = nodes[node];
  if (line) document.querySelector(`#code [data-line="${CSS.escape(line)}"]`)?.classList.add("pointed");
}

function pointedAt(target) {
  const chip = target.closest?.(".chip");
  if (chip) return Number(chip.dataset.node);
  const group = target.closest?.("g.node");
  return group ? state.picture.list.find((card) => card.group === group)?.node ?? null : null;
}

let lit = null;
addEventListener("pointerover", ({ target }) => {
  const node = pointedAt(target);
  if (node !== lit) light(node);
  lit = node;
});

// A number is changed by dragging its card sideways, as with its slider.

import { leaves } from "./changing.js";
import { state } from "./state.js";
import { byId } from "./text.js";
import { letGo } from "./viewport.js";

const SWEEP = 240; // pixels from the lowest number of a slider to its highest
let drag = null;

byId("pictures").addEventListener("pointerdown", (event) => {
  const group = event.target.closest("g.given");
  const card = group && state.picture.list.find((one) => one.group === group);
  const leaf = card && leaves.find(card.node);
  if (!leaf || event.button !== 0) return;
  letGo();
  drag = { leaf, from: event.clientX, value: leaves.values.get(leaf.key), moved: false };
});
byId("pictures").addEventListener("touchmove", (event) => {
  if (drag && event.touches.length === 1) event.preventDefault(); // the finger moves the number, not the pane
}, { passive: false });
addEventListener("pointermove", (event) => {
  if (!drag || !event.buttons) return;
  const distance = event.clientX - drag.from;
  if (!drag.moved && Math.abs(distance) < 4) return;
  drag.moved = true;
  leaves.move(drag.leaf.key, drag.value + (distance * (drag.leaf.high - drag.leaf.low)) / SWEEP);
});
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    if (drag?.moved) leaves.release();
    setTimeout(() => (drag = null)); // the click comes before
  });
}
byId("pictures").addEventListener("click", (event) => {
  if (drag?.moved) event.stopPropagation();
}, { capture: true });

// Another example: a click in the plane, a drag through it, or the buttons below it.

import { leaves, moveTogether } from "./changing.js";
import { exampleNow, legend, numbersAt, plane, redrawn } from "./plane.js";
import { names, placeOf, state } from "./state.js";
import { byId } from "./text.js";
import { render } from "./showing.js";

function take(numbers) {
  const pairs = plane.inputs.map((i, k) => [i, numbers[k]]);
  if (plane.target !== null && numbers.length > 2) pairs.push([plane.target, numbers[2]]);
  moveTogether(pairs.filter(([i]) => leaves.find(i)));
}

function other(by) {
  const count = plane.examples.length;
  const now = exampleNow(placeOf(state.step).result.leaves);
  take(plane.examples[now < 0 ? 0 : (now + by + count) % count]);
  leaves.release();
}

if (plane) {
  const svg = byId("plane-points");
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    take(numbersAt(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (event.buttons) take(numbersAt(event));
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => leaves.release());
  byId("example-back").addEventListener("click", () => other(-1));
  byId("example-next").addEventListener("click", () => other(1));
  const [across, up] = plane.inputs.map((i) => names[i]);
  byId("plane-axes").append(`${across} → ${up} ↑`, ...legend());
  const again = () => {
    redrawn();
    render();
  };
  byId("theme").addEventListener("click", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  addEventListener("message", () => setTimeout(again));
}

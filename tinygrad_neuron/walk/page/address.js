// The step, what is folded and what was changed in the address, so that they can be linked to.

import { page, state } from "./state.js";
import { parseNumber } from "./text.js";

// A frame without an address has none. It is written once things are at rest: browsers refuse to do
// so too often.
let resting = null;
export function remember() {
  clearTimeout(resting);
  const before = location.hash;
  resting = setTimeout(() => {
    if (location.hash !== before) return; // another one was asked for since
    const folded = state.view === state.opening ? "" : `&folded=${page.views[state.view].folded.join()}`;
    const numbers = state.changed().map(([name, x]) => `&${encodeURIComponent(name)}=${x}`).join("");
    try {
      history.replaceState(null, "", `#step=${state.step}${folded}${numbers}`);
    } catch {
      // in a notebook's frame
    }
  }, 100);
}

// The step in the address, the scopes that are folded there (null where it says nothing of them),
// and numbers by their names; null where there is no step.
export function linked() {
  clearTimeout(resting);
  const asked = new URLSearchParams(location.hash.slice(1));
  const step = asked.get("step");
  if (!/^\d+$/.test(step ?? "")) return null;
  const folded = asked.get("folded")?.split(",").filter(Boolean).map(Number) ?? null;
  const others = [...asked].filter(([name]) => name !== "step" && name !== "folded");
  const numbers = Object.fromEntries(others.map(([name, text]) => [name, parseNumber(text)]).filter(([, x]) => x !== null));
  return { step: Number(step), folded, numbers };
}

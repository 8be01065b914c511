// The step and what is folded in the address, so that they can be linked to.

import { page, state } from "./state.js";

// A frame without an address has none. It is written once things are at rest: browsers refuse to do
// so too often.
let resting = null;
export function remember() {
  clearTimeout(resting);
  const before = location.hash;
  resting = setTimeout(() => {
    if (location.hash !== before) return; // another one was asked for since
    const folded = state.view === 0 ? "" : `&folded=${page.views[state.view].folded.join()}`;
    try {
      history.replaceState(null, "", `#step=${state.step}${folded}`);
    } catch {
      // in a notebook's frame
    }
  }, 100);
}

// The step in the address and the scopes that are folded there (null where it says nothing of
// them); null where there is no step.
export function linked() {
  clearTimeout(resting);
  const found = /^#step=(\d+)(?:&folded=([\d,]*))?$/.exec(location.hash);
  if (!found) return null;
  const folded = found[2] === undefined ? null : found[2].split(",").filter(Boolean).map(Number);
  return { step: Number(found[1]), folded };
}

// The keyboard: keys of the whole page, and those in the picture.

import { pressed, unchoose } from "./cards.js";
import { focus, fold } from "./folding.js";
import { state } from "./state.js";
import { byId } from "./text.js";
import { bringIn } from "./viewport.js";

// Each key presses the button with this id.
const KEYS = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play",
  "+": "larger", "=": "larger", "-": "smaller", 0: "fit", "?": "help" };

// Whether a control needs the key itself: a slider the arrows, a button the space bar.
function hasItsOwn({ tagName, type }, space) {
  if (["BUTTON", "SUMMARY"].includes(tagName) || type === "checkbox") return space;
  if (type === "range") return !space;
  return ["INPUT", "SELECT"].includes(tagName);
}

document.addEventListener("keydown", (event) => {
  if (byId("keys").open) return;
  if (event.key === "Escape") {
    if (state.selected !== null) unchoose();
    else if (parent !== window) parent.postMessage({ escape: true }, "*"); // to the page around
  }
  if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in KEYS)) return;
  if (hasItsOwn(event.target, event.key === " ")) return;
  event.preventDefault();
  byId(KEYS[event.key]).click();
});

byId("help").addEventListener("click", () => byId("keys").showModal());

// In the picture Tab reaches one card; up and down go on to the others, Enter chooses a card, opens
// a folded one or folds an open box, and Backspace folds what a card is in.
byId("pictures").addEventListener("keydown", (event) => {
  const { list } = state.picture;
  const place = list.findIndex(({ group }) => group === event.target);
  if (place < 0) return;
  const further = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (further) {
    event.preventDefault();
    focus(list[(place + further + list.length) % list.length]);
    bringIn(document.activeElement);
  } else if (event.key === "Enter") {
    pressed(list[place]);
  } else if (event.key === "Backspace") {
    fold(list[place].around);
  }
});

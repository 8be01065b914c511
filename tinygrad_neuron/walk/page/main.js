// The page begins: the step in the address is shown, and every address after it; paper has them all.

import { linked } from "./address.js";
import { takeNumbers } from "./changing.js";
import { makeFilmstrip } from "./filmstrip.js";
import { nameView, opening, view, views } from "./folding.js";
import { copiedPlane } from "./plane.js";
import { render, show, textOf } from "./showing.js";
import { state } from "./state.js";
import { closePrediction } from "./stepping.js";
import { byId } from "./text.js";
import { countOf } from "./training.js";
import { followStep, placePicture } from "./viewport.js";

function follow() {
  const link = linked();
  if (link) {
    state.wanted = link.step;
    takeNumbers(link.numbers);
    state.step = Math.min(link.step, countOf(state.runs));
    closePrediction();
    state.selected = null;
  }
  const folded = link?.folded ?? null;
  const to = folded === null ? opening : views.find(folded);
  if (to !== null && to !== state.view) view(to);
  render();
  followStep();
}

addEventListener("hashchange", follow);
addEventListener("beforeprint", () => {
  makeFilmstrip(byId("filmstrip"), countOf(state.runs), show, textOf, () => state.picture.whole, copiedPlane);
  render();
});
addEventListener("afterprint", () => byId("filmstrip").replaceChildren());

placePicture(state.picture);
nameView();
follow();

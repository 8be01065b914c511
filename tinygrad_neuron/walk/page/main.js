// The page begins: the step in the address is shown, and every address after it; paper has them all.

import { linked } from "./address.js";
import { makeFilmstrip } from "./filmstrip.js";
import { nameView, view, views } from "./folding.js";
import { render, show, textOf } from "./showing.js";
import { state } from "./state.js";
import { closePrediction } from "./stepping.js";
import { byId } from "./text.js";
import { countOf } from "./training.js";

function follow() {
  const link = linked();
  if (link) {
    state.step = Math.min(link.step, countOf(state.runs));
    closePrediction();
    state.selected = null;
    const to = link.folded === null ? 0 : views.find(link.folded);
    if (to !== null && to !== state.view) view(to);
  }
  render();
  state.picture.reveal(byId("pictures"));
}

addEventListener("hashchange", follow);
addEventListener("beforeprint", () => {
  makeFilmstrip(byId("filmstrip"), countOf(state.runs), show, textOf, () => state.picture.whole);
  render();
});
addEventListener("afterprint", () => byId("filmstrip").replaceChildren());

nameView();
follow();

// On paper: one frame per step, with the picture as it stands there.

import { chips } from "./naming.js";
import { element } from "./text.js";

const WITH_PICTURE = 60; // beyond so many steps the frames are words only
const WIDE = 400; // a picture of more points has the whole width of the paper
const ACROSS = 1000; // and one of so many the paper's length

export function makeFilmstrip(box, count, show, textOf, picture) {
  const frames = [];
  for (let step = 0; step <= count; step++) {
    const text = textOf(step);
    const frame = element("figure", {}, element("figcaption", {},
      element("b", { textContent: text.title }), " ", ...chips(text.sentence)));
    if (count <= WITH_PICTURE) {
      show(step);
      const copy = picture().cloneNode(true);
      for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
      for (const part of copy.querySelectorAll("[role]")) part.removeAttribute("role");
      for (const part of copy.querySelectorAll("[tabindex]")) part.removeAttribute("tabindex");
      frame.prepend(copy);
    }
    frames.push(frame);
  }
  const width = Number(picture().querySelector("svg").getAttribute("viewBox").split(" ")[2]);
  const pictured = count <= WITH_PICTURE;
  document.body.classList.toggle("wide", pictured && width > WIDE);
  document.body.classList.toggle("across", pictured && width > ACROSS);
  box.replaceChildren(...frames);
}

// On paper: one frame per step, with the picture as it stands there.

import { element } from "./text.js";
import { described } from "./panel.js";

const WITH_PICTURE = 48; // beyond so many steps the frames are words only

export function makeFilmstrip(box, show, svg, nodes, operations, result, names) {
  const frames = [];
  const pictures = result.steps.length <= WITH_PICTURE;
  for (let step = 0; step <= result.steps.length; step++) {
    const text = described(nodes, operations, result, names, step);
    const frame = element("figure", {}, element("figcaption", {},
      element("b", { textContent: text.title }), ` ${text.sentence}`));
    if (pictures) {
      show(step);
      const copy = svg().cloneNode(true);
      for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
      frame.prepend(copy);
    }
    frames.push(frame);
  }
  box.replaceChildren(...frames);
}

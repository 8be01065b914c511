// Names that know their node: in a text each is between marks, and on the page it is a chip.
//
// A chip lights the node's card, edges and source line, and keeps the direction of its letters to
// itself: 3.25 beside a name in Hebrew stays 3.25.

import { element } from "./text.js";

const [OPEN, MIDDLE, CLOSE] = ["\ue000", "\ue001", "\ue002"]; // private characters
const MARKS = /\ue000\d+\ue001|\ue002/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

export const marked = (text, node) => `${OPEN}${node}${MIDDLE}${text.replace(/[\ue000-\ue002]/g, "\ufffd")}${CLOSE}`;

// Around an expression, in which names are marked already.
export const markedWhole = (text, node) => `${OPEN}${node}${MIDDLE}${text}${CLOSE}`;

export const unmarked = (text) => text.replace(MARKS, "");

// A name where no element can isolate it, as in an attribute: with the characters that do so.
export const isolated = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

// A marked text without its marks, to be read aloud.
export function spoken(text) {
  return unmarked(text.replace(/\ue000\d+\ue001([^\ue000-\ue002]*)\ue002/g, (_, name) => isolated(name)));
}

// A marked text as elements.
export function chips(text) {
  const top = [];
  const open = [];
  const add = (part) => (open.length ? open.at(-1).append(part) : top.push(part));
  for (const part of text.split(/(\ue000\d+\ue001|\ue002)/)) {
    if (part === CLOSE) {
      open.pop();
    } else if (part.startsWith(OPEN)) {
      const chip = element("bdi", { className: "chip" });
      chip.dataset.node = part.slice(1, -1);
      add(chip);
      open.push(chip);
    } else if (part) {
      add(part);
    }
  }
  return top;
}

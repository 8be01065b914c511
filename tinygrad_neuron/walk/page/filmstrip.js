// On paper: frames of the passes, at most so many with a picture; then words, at most some pages.

import { chips } from "./naming.js";
import { element } from "./text.js";

const PICTURES = 12;
const MOST_WORDS = 220; // steps in words, so that there are at most 20 pages
const WIDE = 400; // a picture of more points has the whole width of the paper
const ACROSS = 1000; // and one of so many the paper's length

// The steps that have a picture: all where there are few, else evenly spaced, with both ends.
function pictured(count) {
  if (count < PICTURES) return new Set(Array.from({ length: count + 1 }, (_, step) => step));
  return new Set(Array.from({ length: PICTURES }, (_, k) => Math.round((k * count) / (PICTURES - 1))));
}

export function makeFilmstrip(box, count, show, textOf, picture, plane) {
  const withPicture = pictured(count);
  const [pictures, words] = [[], []];
  for (let step = 0; step <= count; step++) {
    const told = withPicture.has(step) || words.length < MOST_WORDS;
    if (!told) continue;
    const text = textOf(step);
    const caption = element("figcaption", {}, element("b", { textContent: text.title }), " ", ...chips(text.sentence));
    if (!withPicture.has(step)) {
      words.push(element("p", {}, ...caption.childNodes));
      continue;
    }
    show(step);
    pictures.push(element("figure", {}, copied(picture()), ...[plane()].filter(Boolean), caption));
  }
  if (count + 1 > pictures.length + words.length) {
    words.push(element("p", { textContent: word("other steps", { count: count + 1 - pictures.length - words.length }) }));
  }
  const [, , width] = picture().querySelector("svg").getAttribute("viewBox").split(" ").map(Number);
  document.body.classList.toggle("wide", width > WIDE);
  document.body.classList.toggle("across", width > ACROSS);
  box.replaceChildren(element("div", { className: "frames" }, ...pictures), ...words);
}

// A picture as it stands now, without what only the page needs.
function copied(picture) {
  const copy = picture.cloneNode(true);
  for (const part of [copy, ...copy.querySelectorAll("[id], [role], [tabindex]")]) {
    for (const name of ["id", "role", "tabindex"]) part.removeAttribute(name);
  }
  return copy;
}

// The tabs below the step: one of them is open, all have the same place.

import { byId } from "./text.js";

const buttons = [...byId("tabs").querySelectorAll("button")];
const WITH_LEAF = ["verify", "paths"];

export const openTab = () => buttons.find((one) => one.hasAttribute("aria-current")).dataset.tab;

// Open a tab; what `onTab` was given is called for what stands in it.
let tabOpened = () => {};
export function onTab(then) {
  tabOpened = then;
}

export function showTab(name) {
  for (const button of buttons) {
    const open = button.dataset.tab === name;
    if (open) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    byId(button.dataset.tab).hidden = !open;
    if (open) byId("panels").setAttribute("aria-label", button.textContent);
  }
  byId("leaf-choice").hidden = !WITH_LEAF.includes(name);
  byId("panels").scrollTo(0, 0);
  tabOpened(name);
}

// Whether there is something to be seen in a tab at all.
export function offer(name, is) {
  buttons.find((one) => one.dataset.tab === name).hidden = !is;
}

export function nameTab(name, text) {
  buttons.find((one) => one.dataset.tab === name).textContent = text;
}

for (const button of buttons) button.addEventListener("click", () => showTab(button.dataset.tab));

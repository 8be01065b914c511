// Light or dark: as the system says, as the button does, or as a page around this one tells.

import { byId } from "./text.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
const nameTheme = () => (byId("theme").textContent = word(isDark() ? "light" : "dark"));

byId("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
dark.addEventListener("change", nameTheme);
// A page around this one, a book's say, tells which theme it has.
addEventListener("message", ({ data }) => {
  if (data?.theme !== "light" && data?.theme !== "dark") return;
  document.documentElement.dataset.theme = data.theme;
  nameTheme();
});
nameTheme();

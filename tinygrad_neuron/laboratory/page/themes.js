// Light or dark: as the system says, or as the button does; pages in frames are told.

const KEY = "tinygrad_neuron.theme";
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";

export const theme = () => (isDark() ? "dark" : "light");

function kept(value) {
  try {
    if (value) localStorage.setItem(KEY, value);
    return localStorage.getItem(KEY);
  } catch {
    return null; // the browser keeps nothing
  }
}

// Makes a button switch the theme; `onchange` is called with each new one.
export function themes(button, onchange = () => {}) {
  const chosen = kept();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  const tell = (frame) => frame.contentWindow?.postMessage({ theme: theme() }, "*");
  const changed = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    document.querySelectorAll("iframe").forEach(tell);
    onchange(theme());
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    kept(root.dataset.theme);
    changed();
  });
  dark.addEventListener("change", changed);
  // (A frame's load never reaches the window.)
  document.addEventListener("load", (event) => event.target.tagName === "IFRAME" && tell(event.target), true);
  changed();
}

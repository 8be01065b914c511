// Tells the pages in frames whether the page around them is light or dark.
(() => {
  if (window.tnTheme) return;
  window.tnTheme = true;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function theme() {
    const { theme: chosen, jpThemeLight } = document.body.dataset;
    if (chosen === "light" || chosen === "dark") return chosen;
    if (jpThemeLight) return jpThemeLight === "true" ? "light" : "dark";
    if (document.body.classList.contains("vscode-dark")) return "dark";
    return system.matches && chosen ? "dark" : "light";
  }

  const tell = (frame) => frame.contentWindow?.postMessage({ theme: theme() }, "*");
  const tellAll = () => document.querySelectorAll(".tn-picture iframe").forEach(tell);
  addEventListener("load", (event) => event.target.matches?.(".tn-picture iframe") && tell(event.target), true);
  addEventListener("load", tellAll);
  system.addEventListener("change", tellAll);
  const changes = { attributes: true, attributeFilter: ["class", "data-theme", "data-jp-theme-light"] };
  new MutationObserver(tellAll).observe(document.body, changes);
  tellAll();
})();

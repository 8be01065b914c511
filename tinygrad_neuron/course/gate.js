// A prediction is one: what follows it up to the next heading is out of sight until it is answered
// or given up. On paper, without scripts, and for who only reads, everything is there.
const gate = (() => {
  if (window.tnGate) return window.tnGate;
  const HEADING = "h1, h2, h3, h4, h5, h6";
  const style = document.createElement("style");
  style.textContent = "@media screen { [data-tn-waits] { display: none !important; } }";
  document.head.append(style);

  // What waits: in the book the rest of the section, in a notebook the cells up to a heading.
  function following(question) {
    const cell = question.closest(".jp-Cell");
    let block = cell ?? question;
    while (!cell && block.parentElement && block.parentElement.tagName !== "SECTION") block = block.parentElement;
    const found = [];
    for (let next = block.nextElementSibling; next; next = next.nextElementSibling) {
      if (next.tagName === "SECTION") break;
      if (cell && next.querySelector(`.jp-RenderedMarkdown :is(${HEADING})`)) break;
      found.push(next);
    }
    return block.parentElement ? found : [];
  }

  function apply() {
    const waiting = new Set();
    if (!memory.all().reading) {
      for (const question of document.querySelectorAll("tn-question[before]:not([data-done])")) {
        following(question).forEach((element) => waiting.add(element));
      }
    }
    for (const element of document.querySelectorAll("[data-tn-waits]")) {
      if (!waiting.has(element)) element.removeAttribute("data-tn-waits");
    }
    for (const element of waiting) element.setAttribute("data-tn-waits", "");
  }

  // The page may still be read, and a notebook adds cells: what comes later waits too.
  new MutationObserver(apply).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("tn-memory", apply);
  window.tnGate = { apply };
  return window.tnGate;
})();

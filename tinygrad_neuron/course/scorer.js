// The order of what search finds: the lesson that introduces the word, the glossary, lessons, the rest.
const ASKED = (new URLSearchParams(location.search).get("q") ?? "").trim().toLowerCase();
const HOME = HOMES[ASKED] ?? HOMES[ASKED.replace(/s$/, "")];
var Scorer = { // Sphinx looks for this name
  score([page, title, anchor, description, score]) {
    if (page === HOME) return 3000 + (anchor ? 0 : score);
    if (page === "glossary") return 2000 + score;
    if (page.startsWith("lesson_")) return 1000 + score;
    return score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
// Each page once.
document.addEventListener("DOMContentLoaded", () => {
  const results = document.getElementById("search-results");
  if (!results) return;
  new MutationObserver(() => {
    const seen = new Set();
    for (const item of results.querySelectorAll("li")) {
      const page = item.querySelector("a")?.pathname;
      item.hidden = seen.has(page);
      seen.add(page);
    }
  }).observe(results, { childList: true, subtree: true });
});

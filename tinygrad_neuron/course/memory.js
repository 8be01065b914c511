// What the browser remembers of the course: how each question ended, which were missed, and whether
// somebody only reads. Where a browser keeps nothing, the page works without.
const memory = (() => {
  const KEY = "tinygrad_neuron.course";
  const lesson = Number(/lesson_(\d+)_/.exec(location.pathname)?.[1] ?? 0);

  function all() {
    try {
      return { ends: {}, missed: {}, totals: {}, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
    } catch {
      return { ends: {}, missed: {}, totals: {} };
    }
  }

  function change(how) {
    const kept = all();
    how(kept);
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch { /* private windows may refuse */ }
    document.dispatchEvent(new CustomEvent("tn-memory"));
  }

  return { all, change, lesson };
})();

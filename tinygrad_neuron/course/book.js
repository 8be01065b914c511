// What the book has beside its lessons: the progress in the table of contents, the switch for who
// only reads, and what was missed, at the end of a lesson and again three lessons later.
document.addEventListener("DOMContentLoaded", () => {
  const AGAIN = 3; // lessons
  const made = (name, attributes = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const numberOf = (href) => Number(/lesson_(\d+)_[a-z_0-9]*\.html(?:$|#$)/.exec(href ?? "")?.[1] ?? 0);
  const own = [...document.querySelectorAll("article tn-question")];

  if (memory.lesson) memory.change((kept) => (kept.totals[memory.lesson] = own.length));

  function ended(kept, lesson) {
    return Object.values(kept.ends).filter((end) => end.lesson === lesson);
  }

  // Behind each lesson that was begun: how many of its questions are answered.
  function count() {
    const kept = memory.all();
    for (const link of document.querySelectorAll(".sidebar-tree a, .toctree-wrapper a")) {
      const lesson = numberOf(link.href);
      const ends = lesson ? ended(kept, lesson) : [];
      link.querySelector(".tn-progress")?.remove();
      if (!ends.length) continue;
      const total = kept.totals[lesson];
      const right = ends.filter((end) => end.how === "right").length;
      const all = right >= total;
      link.append(made("span", { class: "tn-progress", title: word("counted", { right, total }) }, all ? " ✓" : ` ${right}/${total}`));
    }
  }

  // The switch, under the title of a lesson.
  function addSwitch() {
    const ways = document.querySelector(".ways");
    if (!ways || !document.querySelector("tn-question[before]")) return;
    const box = made("input", { type: "checkbox" });
    const set = () => (box.checked = Boolean(memory.all().reading));
    box.addEventListener("change", () => memory.change((kept) => (kept.reading = box.checked)));
    document.addEventListener("tn-memory", set);
    set();
    ways.after(made("p", { class: "tn-reading" }, made("label", {}, box, ` ${word("only read")}`)));
  }

  // Questions to be asked again, each as a copy that does not hold back any text.
  function repeated(title, words, missed) {
    const section = made("section", { class: "tn-again" }, made("h2", {}, title), made("p", {}, words));
    for (const { asked } of missed) {
      const question = made("tn-question", { "data-question": JSON.stringify({ ...asked, before: false }) });
      question.again = true;
      section.append(question);
    }
    return section;
  }

  function addRepetitions() {
    const article = document.querySelector("article");
    if (!memory.lesson || !article) return;
    article.querySelectorAll(".tn-again").forEach((old) => old.remove());
    const kept = Object.values(memory.all().missed);
    const here = kept.filter((one) => one.lesson === memory.lesson && !one.once);
    const before = kept.filter((one) => one.lesson === memory.lesson - AGAIN);
    const body = article.querySelector("section") ?? article;
    if (before.length) {
      const words = word("missed earlier");
      const first = body.querySelector(":scope > section") ?? null;
      body.insertBefore(repeated(word("from lesson", { number: memory.lesson - AGAIN }), words, before), first);
    }
    if (here.length) body.append(repeated(word("once more"), word("missed here"), here));
    const forget = made("button", { type: "button", class: "tn-forget" }, word("forget"));
    forget.addEventListener("click", () => {
      memory.change((all) => {
        for (const part of ["ends", "missed"]) {
          for (const [key, one] of Object.entries(all[part])) if (one.lesson === memory.lesson) delete all[part][key];
        }
      });
      location.reload();
    });
    if (ended(memory.all(), memory.lesson).length) body.append(made("div", { class: "tn-again" }, forget));
  }

  count();
  addSwitch();
  addRepetitions();
  document.addEventListener("tn-memory", count);
  document.addEventListener("tn-ended", (event) => event.target.again || addEndNote());
  // What was missed just now is offered below as soon as the last question is done.
  function addEndNote() {
    if (own.every((question) => question.dataset.done)) addRepetitions();
  }

  // What is wider than the page fades at the side where it goes on.
  const fade = () => document.querySelectorAll("article :is(.tn-scroll, pre, table, .formula)").forEach((one) => {
    one.classList.toggle("tn-goes-on", one.scrollLeft + one.clientWidth < one.scrollWidth - 2);
  });
  addEventListener("scroll", fade, { capture: true, passive: true });
  new ResizeObserver(fade).observe(document.body); // a fold or a question opens, a phone is turned

  // On paper folds are open.
  const open = () => document.querySelectorAll("article details:not([open])").forEach((one) => {
    if (one.closest(".cell, .tn-asked")) return;
    one.open = one.dataset.wasClosed = true;
  });
  const close = () => document.querySelectorAll("details[data-was-closed]").forEach((one) => {
    one.open = false;
    delete one.dataset.wasClosed;
  });
  addEventListener("beforeprint", open);
  addEventListener("afterprint", close);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? open() : close()));
});

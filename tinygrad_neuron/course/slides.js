// Each slide as large as fits: letters on slides of text and code, figures on others. A slide is
// measured when it is shown, for only then it has a size.
(() => {
  const LARGEST = 1.55, SMALLEST = 0.5, STEP = 0.05;

  const fits = (section) => section.scrollHeight <= section.clientHeight + 1 && section.scrollWidth <= section.clientWidth + 1 &&
    [...section.querySelectorAll("pre")].every((pre) => pre.scrollWidth <= pre.clientWidth + 1);

  // The largest size at which a slide fits in its layout; 0 where none does.
  function sizeOf(section, name, least) {
    for (let size = LARGEST; size >= least; size -= STEP) {
      section.style.setProperty(name, size);
      if (fits(section)) return size;
    }
    return 0;
  }

  function fit(section) {
    if (!section || section.dataset.fitted) return;
    section.dataset.fitted = "yes";
    const name = section.classList.contains("picture") ? "--room" : "--fit";
    // What is printed stands below its code, or beside it, where that makes both larger.
    const layouts = section.matches(".code:has(.printed)") ? [false, true] : [false];
    for (const tight of [false, true]) { // long lines of code are broken where nothing else helps
      section.classList.toggle("tight", tight);
      const sizes = layouts.map((beside) => {
        section.classList.toggle("beside", beside);
        return sizeOf(section, name, tight ? SMALLEST : 0.65);
      });
      const best = Math.max(...sizes);
      section.classList.toggle("beside", sizes[0] !== best);
      section.style.setProperty(name, best || SMALLEST);
      if (best) return;
    }
  }

  // On an upright phone a slide is upright too: letters of one that is wide could not be read there.
  const upright = matchMedia("(max-aspect-ratio: 3/4)");
  function turn() {
    Reveal.configure(upright.matches ? { width: 640, height: 1200 } : { width: 1280, height: 720 });
    for (const section of document.querySelectorAll(".slides section")) delete section.dataset.fitted;
  }
  upright.addEventListener("change", () => {
    turn();
    fit(Reveal.getCurrentSlide());
  });

  Reveal.on("ready", ({ currentSlide }) => {
    if (upright.matches) turn();
    const all = Reveal.isPrintView?.() || Reveal.isPrintingPDF?.();
    (all ? [...document.querySelectorAll(".slides section")] : [currentSlide]).forEach(fit);
  });
  Reveal.on("slidechanged", ({ currentSlide }) => fit(currentSlide));
})();

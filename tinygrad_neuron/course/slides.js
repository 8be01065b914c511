// Each slide as large as fits: letters on slides of text and code, figures on others. A slide is
// measured when it is shown, for only then it has a size.
(() => {
  const LARGEST = 1.55, SMALLEST = 0.5, STEP = 0.05;

  const fits = (section) => section.scrollHeight <= section.clientHeight + 1 && section.scrollWidth <= section.clientWidth + 1 &&
    [...section.querySelectorAll("pre")].every((pre) => pre.scrollWidth <= pre.clientWidth + 1);

  function fit(section) {
    if (!section || section.dataset.fitted) return;
    section.dataset.fitted = "yes";
    const name = section.classList.contains("picture") ? "--room" : "--fit";
    for (const tight of [false, true]) { // long lines of code are broken where nothing else helps
      section.classList.toggle("tight", tight);
      for (let size = LARGEST; size >= (tight ? SMALLEST : 0.65); size -= STEP) {
        section.style.setProperty(name, size);
        if (fits(section)) return;
      }
    }
  }

  Reveal.on("ready", ({ currentSlide }) => {
    const all = Reveal.isPrintView?.() || Reveal.isPrintingPDF?.();
    (all ? [...document.querySelectorAll(".slides section")] : [currentSlide]).forEach(fit);
  });
  Reveal.on("slidechanged", ({ currentSlide }) => fit(currentSlide));
})();

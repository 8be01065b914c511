// A slider that moves through frames; they are all in the page from the start.
(() => {
  if (customElements.get("tn-slider")) return;

  const STYLE = `
    :host { display: block; margin: 1.5rem 0; padding: .9rem 1.1rem; border-radius: 6px;
      border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
    .name, .row { display: flex; gap: .6rem; align-items: center; }
    .name { font-weight: 600; }
    .row { margin: .3rem 0 .6rem; }
    output { font-variant-numeric: tabular-nums; }
    input { flex: 1 1 4rem; min-width: 0; height: 2rem; accent-color: #2a6fb0; accent-color: light-dark(#2a6fb0, #7cc0ff); }
    button { font: inherit; color: inherit; background: transparent; min-width: 2.5rem; min-height: 2.5rem;
      border: 1px solid color-mix(in srgb, currentColor 55%, transparent); border-radius: 5px; cursor: pointer; }
    button:disabled { opacity: .4; cursor: default; }
    button:focus-visible, input:focus-visible { outline: 3px solid #3b82f6; outline-offset: 2px; }
    .frames { display: grid; grid-template-columns: minmax(0, 1fr); } /* as high as the highest */
    ::slotted(*) { grid-area: 1 / 1; min-width: 0; }
    ::slotted([data-off]) { visibility: hidden; }
    @media print {
      .name, .row { display: none; }
      :host { border: 0; padding: 0; }
      .frames { display: block; } /* rows of a grid stay together: the page before them was half empty */
      ::slotted(*) { display: inline-block; box-sizing: border-box; width: 48.5%; margin: 0 1.5% 1rem 0; vertical-align: top;
        visibility: visible !important; break-inside: avoid; }
      .frames.many ::slotted(*) { width: 31.8%; }
      .frames.wide ::slotted(*) { display: block; width: auto; margin-right: 0; } /* what is wide can be read in no column */
    }
  `;

  class Slider extends HTMLElement {
    connectedCallback() {
      // The children may still be on their way while the page is being read.
      if (document.readyState === "loading" && !this.nextSibling) {
        document.addEventListener("DOMContentLoaded", () => this.set(), { once: true });
      } else this.set();
    }

    set() {
      if (this.shadowRoot) return;
      this.frames = [...this.children];
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = `<style>${STYLE}</style>
        <div class="name"><label for="at"></label><span aria-hidden="true">=</span><output for="at"></output></div>
        <div class="row"><button type="button" aria-label="${word("back")}">‹</button>
        <input id="at" type="range" min="0" max="${this.frames.length - 1}" step="1" value="0">
        <button type="button" aria-label="${word("forth")}">›</button></div>
        <div class="frames"><slot></slot></div>`;
      const { classList } = root.querySelector(".frames");
      const image = this.querySelector("img");
      const columns = () => { // on paper; the letters of a large picture cannot be read in a third of the width
        classList.toggle("many", this.frames.length > 4 && !(image?.naturalWidth > 400));
        classList.toggle("wide", image?.naturalWidth > 2.2 * image?.naturalHeight);
      };
      columns();
      image?.addEventListener("load", columns);
      root.querySelector("label").textContent = this.getAttribute("data-name");
      [this.back, this.forth] = root.querySelectorAll("button");
      this.input = root.querySelector("input");
      this.output = root.querySelector("output");
      this.input.addEventListener("input", () => this.move(Number(this.input.value)));
      this.input.addEventListener("keydown", (event) => event.stopPropagation());
      this.back.addEventListener("click", () => this.move(Number(this.input.value) - 1));
      this.forth.addEventListener("click", () => this.move(Number(this.input.value) + 1));
      this.move(Number(this.dataset.start ?? 0));
    }

    move(at) {
      at = Math.min(Math.max(at, 0), this.frames.length - 1);
      this.frames.forEach((frame, i) => frame.toggleAttribute("data-off", i !== at));
      this.input.value = at;
      this.output.textContent = this.frames[at].dataset.value;
      this.input.setAttribute("aria-valuetext", this.frames[at].dataset.value);
      this.back.disabled = at === 0;
      this.forth.disabled = at === this.frames.length - 1;
    }
  }

  customElements.define("tn-slider", Slider);
})();

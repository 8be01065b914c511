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
      .frames { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: start; }
      .frames.many { grid-template-columns: 1fr 1fr 1fr; }
      .frames.wide { display: block; } /* what is wide can be read in no column */
      ::slotted(*) { grid-area: auto !important; visibility: visible !important; break-inside: avoid; }
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
      root.querySelector(".frames").classList.toggle("many", this.frames.length > 4);
      const image = this.querySelector("img");
      const isWide = () => root.querySelector(".frames").classList.toggle("wide", image.naturalWidth > 2.2 * image.naturalHeight);
      if (image?.complete) isWide();
      image?.addEventListener("load", isWide);
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

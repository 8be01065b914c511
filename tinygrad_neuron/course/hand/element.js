// The element that answers to the hand. What is in it, the frames of a slider, is for paper and for
// where scripts do not run.
const STYLE = `
  :host { display: block; margin: 1.5rem 0; padding: .9rem 1.1rem; border-radius: 6px;
    border: 1px solid color-mix(in srgb, currentColor 35%, transparent); --high: #2a6fb0; --low: #c8741a; }
  .beside { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
  .beside > svg { flex: 1 1 20rem; max-width: 26rem; min-width: 0; }
  .beside > div { flex: 1 1 15rem; min-width: 0; }
  .planes { display: flex; flex-wrap: wrap; gap: 1rem; }
  .planes > * { flex: 1 1 15rem; max-width: 24rem; min-width: 0; }
  svg { display: block; width: 100%; height: auto; touch-action: pan-y; overflow: hidden; }
  text { fill: currentColor; font: 13px system-ui, sans-serif; }
  .name { font-weight: 600; }
  .edge { fill: none; stroke: currentColor; stroke-opacity: .45; }
  .yes { fill: var(--high); fill-opacity: .17; }
  .border { stroke: currentColor; stroke-width: 2.5; fill: none; }
  .grip { stroke: transparent; stroke-width: 24; }
  .arrow { stroke: currentColor; stroke-width: 3; }
  .head { fill: currentColor; }
  .knob { fill: Canvas; fill: color-mix(in srgb, currentColor 12%, transparent); stroke: currentColor; stroke-width: 2; }
  .away { stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 5 4; }
  .around { fill: transparent; stroke: none; }
  .chosen .around { stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 3 3; }
  .mistake .around { stroke: #c62828; stroke-width: 3; stroke-dasharray: none; }
  .point { stroke: currentColor; stroke-width: 1.2; }
  .high { fill: var(--high); }
  .low { fill: var(--low); }
  .grid { fill: none; stroke: currentColor; stroke-opacity: .3; }
  .curve { fill: none; stroke: var(--high); stroke-width: 2.5; }
  .handle { cursor: grab; touch-action: none; }
  .handle:active { cursor: grabbing; }
  .handle:focus { outline: none; }
  .handle:focus-visible .around, .handle.knob:focus-visible, .grip:focus-visible { stroke: #3b82f6; stroke-opacity: .8; stroke-width: 4; }
  [hidden] { display: none; }
  .logits { display: grid; grid-template-columns: auto minmax(5rem, 2fr) 2.6rem minmax(3rem, 1fr) 3rem minmax(4rem, 1.2fr) 3.4rem;
    gap: .5rem .6rem; align-items: center; margin-bottom: .6rem; }
  .logits .head { font-weight: 600; font-size: .92em; white-space: nowrap; }
  .logits button[aria-pressed="true"] { border-width: 2px; font-weight: 700; }
  .logits button[aria-pressed="true"]::before { content: "\u2713 "; }
  .logits input { width: 100%; min-width: 0; height: 2rem; accent-color: #2a6fb0; accent-color: light-dark(#2a6fb0, #7cc0ff); }
  .logits output { font-variant-numeric: tabular-nums; font-size: .92em; }
  .bar { position: relative; height: 1.1rem; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
  .bar span { position: absolute; inset: 0 auto 0 0; background: var(--high); }
  .bar .minus { background: repeating-linear-gradient(45deg, var(--low) 0 5px, transparent 5px 8px); }
  @media (max-width: 560px) {
    .logits { grid-template-columns: minmax(3rem, 1fr) 3rem minmax(4rem, 1.2fr) 3.4rem; }
    .logits > :nth-child(7n + 1) { grid-column: 1; }
    .logits > :nth-child(7n + 2) { grid-column: 2 / 4; }
    .logits > :nth-child(7n + 4) { grid-column: 1; }
  }
  .told { font-variant-numeric: tabular-nums; line-height: 1.7; white-space: pre-wrap; }
  .count { font-weight: 600; }
  .count::before { content: "\u2717 "; }
  .count.done::before { content: "\u2713 "; }
  .loss { max-width: 24rem; }
  .reads { display: inline-block; width: calc(50% - .5rem); min-width: 8rem; margin: 0 .5rem .5rem 0; vertical-align: top; }
  .share { display: flex; align-items: center; gap: .4rem; font-size: .85em; line-height: 1.35; }
  .track { flex: 1; height: .7em; background: color-mix(in srgb, currentColor 10%, transparent); }
  .filled { height: 100%; background: color-mix(in srgb, currentColor 45%, transparent); }
  .filled.best { background: var(--high); }
  .how { margin: .6rem 0; font-size: .92em; }
  .buttons, .choices { display: flex; flex-wrap: wrap; gap: .5rem; margin: .6rem 0; }
  .choices { gap: .4rem 1rem; }
  button, select { font: inherit; color: inherit; background: transparent; min-height: 2.5rem; padding: .3rem .8rem;
    border: 1px solid color-mix(in srgb, currentColor 55%, transparent); border-radius: 5px; cursor: pointer; }
  option { color: #111; background: #fff; }
  button:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
  button:focus-visible, select:focus-visible { outline: 3px solid #3b82f6; outline-offset: 2px; }
  slot { display: none; }
  @media print {
    :host { border: 0; padding: 0; }
    .live { display: none; }
    slot { display: block; }
  }
`;

class Hand extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const shadow = this.attachShadow({ mode: "open" });
    const live = made("div", { class: "live" });
    live.host = this;
    shadow.append(made("style", {}, STYLE), live, made("slot"));
    const data = JSON.parse(this.dataset.hand);
    const kinds = { line, neuron, network, logits, pad, attention };
    kinds[data.kind](live, data, window.tnPrograms[this.dataset.programs]);
  }
}

customElements.define("tn-hand", Hand);

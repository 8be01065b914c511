// The losses as curves, and the way back to an earlier moment.
import { byId } from "./playground_parts.js";

const [WIDTH, HEIGHT] = [320, 96];
const MOST = 400; // points of a curve; then every second one is dropped

export class Curve {
  // `looked` is called with the step that is to be seen, `null` for the latest. Python keeps every
  // `stride`-th step, more of them than the curve has points.
  constructor(looked) {
    this.moments = [];
    this.stride = 1;
    byId("moment").addEventListener("input", () => {
      const range = byId("moment");
      looked(range.value === range.max ? null : Number(range.value) * this.stride);
    });
    const svg = byId("curve");
    svg.addEventListener("pointerdown", (event) => svg.setPointerCapture(event.pointerId));
    for (const kind of ["pointerdown", "pointermove"]) {
      svg.addEventListener(kind, (event) => {
        if (event.buttons !== 1 || this.moments.length < 2) return;
        const box = svg.getBoundingClientRect();
        const step = ((event.clientX - box.left) / box.width) * this.moments.at(-1).step;
        byId("moment").value = Math.round(step / this.stride);
        byId("moment").dispatchEvent(new Event("input"));
      });
    }
  }

  begin(moments = [], stride = 1) {
    this.moments = moments;
    this.stride = stride;
    this.#draw();
    byId("moment").value = byId("moment").max;
  }

  add({ step, stride, losses }) {
    if (this.moments.at(-1)?.step === step) return;
    this.moments.push({ step, losses });
    this.stride = stride;
    if (this.moments.length > MOST) this.moments = this.moments.filter((_, k) => k % 2 === 0 || k === this.moments.length - 1);
    this.#draw();
    byId("moment").value = byId("moment").max;
  }

  // Marks the moment that is looked at.
  mark(step) {
    const last = this.moments.at(-1)?.step ?? 0;
    const x = last ? (WIDTH * step) / last : 0;
    byId("curve-now").setAttribute("d", last && step < last ? `M${x} 0V${HEIGHT}` : "");
    const range = byId("moment");
    range.setAttribute("aria-valuetext", `step ${step}`);
  }

  #draw() {
    const moments = this.moments;
    const range = byId("moment");
    const last = moments.at(-1)?.step || 1;
    range.disabled = moments.length < 2;
    range.max = range.disabled ? 0 : Math.ceil(last / this.stride);
    const largest = Math.max(1e-9, ...moments.flatMap(({ losses }) => losses.filter(Number.isFinite)));
    const some = moments.length > 1;
    byId("loss-most").textContent = some ? `loss, 0 to ${largest.toPrecision(2)}` : "loss";
    byId("step-last").textContent = some ? `step 0 to ${last.toLocaleString("en")}` : "steps";
    for (const [k, name] of ["train", "test"].entries()) {
      const at = moments.filter(({ losses }) => Number.isFinite(losses[k])).map(({ step, losses }) =>
        `${((WIDTH * step) / last).toFixed(1)} ${(HEIGHT - 3 - ((HEIGHT - 8) * losses[k]) / largest).toFixed(1)}`);
      byId(`curve-${name}`).setAttribute("d", at.length > 1 ? `M${at.join("L")}` : "");
    }
    this.mark(last);
  }
}

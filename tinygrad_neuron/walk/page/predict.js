// Predict, then reveal: first the sign of a contribution, then the target's new gradient.

import { element, number, parseNumber } from "./text.js";

const SIGN_NAMES = { "-1": "negative", 0: "zero", 1: "positive" };

const near = (answer, truth) =>
  answer === truth || Math.abs(answer - truth) <= 0.01 * Math.max(Math.abs(truth), 1e-3);

// What a wrong number shows: the name of the mistake, or null for one that is not known.
// `others` are the local derivatives of the same operation for its other operands.
export function mistake(step, others, answer) {
  const before = step.before ?? 0;
  if (before !== 0 && near(answer, step.contribution)) {
    return "That overwrites: the target had " + `${number(before)} already, and contributions add up.`;
  }
  if (near(answer, before + step.incoming) || near(answer, step.incoming)) {
    return `That forgets the local factor: what comes in is multiplied by the local derivative.`;
  }
  if (others.some((local) => near(answer, before + step.incoming * local) || near(answer, step.incoming * local))) {
    return "That takes the wrong operand: it is the derivative for the other one.";
  }
  if (near(answer, -step.after)) return "The size is right, the sign is not.";
  if (near(answer, step.local)) return "That is the local derivative alone: multiply it by what comes in.";
  return null;
}

export class Prediction {
  constructor(box, reveal) {
    Object.assign(this, { box, reveal });
    this.right = 0;
    this.asked = 0;
  }

  // Ask about a backward step; `reveal()` goes on to it.
  ask(step, names, others, operationText) {
    this.step = step;
    this.first = true;
    this.asked += 1;
    const target = names[step.target];
    const reply = element("p", { className: "reply", role: "status" });
    const go = element("button", { type: "button", textContent: "Show me" });
    go.addEventListener("click", () => this.reveal());
    const signs = element("div", { className: "buttons" },
      ...[-1, 0, 1].map((sign) => {
        const button = element("button", { type: "button", textContent: SIGN_NAMES[sign] });
        button.addEventListener("click", () => {
          const truth = Math.sign(step.contribution) || 0;
          if (Number.isNaN(truth) || sign === truth) {
            reply.textContent = `Right, it is ${SIGN_NAMES[sign]}.`;
            signs.replaceWith(this.number(step, target, others, reply));
            this.box.querySelector("input")?.focus();
          } else {
            this.first = false;
            reply.textContent = `Not ${SIGN_NAMES[sign]}: the sign is that of incoming times local.`;
          }
        });
        return button;
      }));
    this.box.replaceChildren(
      element("p", {}, element("b", { textContent: "Predict. " }),
        `${operationText}. Gradient coming in: ${number(step.incoming)}. `,
        `${target} has ${step.before === null ? "none yet" : number(step.before)}. `,
        `Which sign has the contribution to ${target}?`),
      signs, reply, element("div", { className: "buttons" }, go), this.score());
    this.box.hidden = false;
  }

  number(step, target, others, reply) {
    const field = element("input", { type: "text", inputMode: "decimal", autocomplete: "off", "aria-label": `The new gradient of ${target}` });
    const form = element("form", { className: "answer" },
      element("label", { textContent: `The gradient of ${target} afterwards: ` }, field),
      element("button", { type: "submit", textContent: "Check" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = parseNumber(field.value);
      if (answer === null) {
        reply.textContent = "That is not a number; write it like -0.5 or 1e-3.";
      } else if (near(answer, step.after)) {
        if (this.first) this.right += 1;
        reply.textContent = `Right: ${number(step.after)}.`;
        this.reveal(reply.textContent);
      } else {
        this.first = false;
        reply.textContent = mistake(step, others, answer) ?? "Not yet. Incoming times local, added to what is there.";
      }
    });
    return form;
  }

  score() {
    return element("p", { id: "score", className: "remark", textContent: `Right at once: ${this.right} of ${this.asked - 1}` });
  }

  close(text = "") {
    this.step = null;
    this.box.replaceChildren();
    this.box.hidden = !this.asked;
    if (this.asked) {
      const score = element("p", { id: "score", className: "remark", textContent: `Right at once: ${this.right} of ${this.asked}` });
      this.box.replaceChildren(...(text ? [element("p", { className: "reply good", textContent: text })] : []), score);
    }
  }
}

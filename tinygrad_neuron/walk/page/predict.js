// Predict, then reveal: going forward the value of a node; going backward first the sign of a
// contribution, then the target's new gradient.

import { chips } from "./naming.js";
import { element, number, parseNumber } from "./text.js";

const SIGN_NAMES = { "-1": "negative", 0: "zero", 1: "positive" };
const signName = (sign) => word(SIGN_NAMES[sign]);

// Near enough, measured against the truth: 0 is not right for 4.3e-06.
const near = (answer, truth) => answer === truth || Math.abs(answer - truth) <= 0.01 * Math.abs(truth);

// What a wrong gradient shows: the kind of mistake and its name in words; null for one not known.
// `others` are the local derivatives of the same operation for its other operands.
export function mistake(step, others, answer) {
  const before = step.before ?? 0;
  if (before !== 0 && near(answer, step.contribution)) {
    return [word("overwrote"), word("that overwrites", { before: number(before) })];
  }
  if (near(answer, before + step.incoming) || near(answer, step.incoming)) {
    return [word("forgot local"), word("that forgets")];
  }
  if (others.some((local) => near(answer, before + step.incoming * local) || near(answer, step.incoming * local))) {
    return [word("wrong operand"), word("that takes")];
  }
  if (near(answer, -step.after)) return [word("wrong sign"), word("size is right")];
  if (near(answer, step.local)) {
    return [word("local alone"), word("that is local")];
  }
  return null;
}

// The same for a value, computed by `operation` from `operands`.
function wrongValue(operation, operands, value, answer) {
  if (near(answer, -value)) return [word("wrong sign"), word("size is right")];
  const sum = operands.reduce((so, x) => so + x, 0);
  const product = operands.reduce((so, x) => so * x, 1);
  if (operation !== "multiply" && operands.length > 1 && near(answer, product)) {
    return [word("another operation"), word("that multiplies")];
  }
  if (!["add", "sum"].includes(operation) && operands.length > 1 && near(answer, sum)) {
    return [word("another operation"), word("that adds")];
  }
  if (operands.some((x) => near(answer, x))) return [word("left out"), word("that goes in")];
  return null;
}

export class Prediction {
  constructor(box, reveal) {
    Object.assign(this, { box, reveal });
    this.right = 0;
    this.asked = 0;
    this.mistakes = new Map(); // kind -> how often
    this.again = []; // what was not right at once, as marked text
  }

  // Ask about a backward step; `reveal()` goes on to it. Names are marked.
  ask(step, names, others, operationText) {
    const target = names[step.target];
    this.begin(step, word("contribution to", { name: names[step.node], target }));
    const signs = element("div", { className: "buttons" },
      ...[-1, 0, 1].map((sign) => {
        const button = element("button", { type: "button", textContent: signName(sign) });
        button.addEventListener("click", () => {
          const truth = Math.sign(step.contribution) || 0;
          if (Number.isNaN(truth) || sign === truth) {
            this.reply.textContent = word("right sign", { sign: signName(sign) });
            signs.replaceWith(this.number(step.after, word("gradient afterwards", { target }),
              (answer) => mistake(step, others, answer) ?? [word("another number"), word("not yet gradient")]));
            this.box.querySelector("input")?.focus();
          } else {
            this.wrong(word("wrong sign"), word("not that sign", { sign: signName(sign) }));
          }
        });
        return button;
      }));
    this.show([
      `${operationText}. ${word("coming in", { incoming: number(step.incoming) })} `,
      `${word("target has", { target, before: step.before === null ? word("none yet") : number(step.before) })} `,
      word("which sign", { target })], signs);
  }

  // Ask about a forward step: what comes of these numbers.
  askValue(step, names, operation, operands, text) {
    const name = names[step.node];
    this.begin(step, word("value of", { name }));
    this.show([`${text}. ${word("what is", { name })}`], this.number(step.value, word("the value of", { name }),
      (answer) => wrongValue(operation, operands, step.value, answer) ?? [word("another number"), word("not yet value")]));
  }

  begin(step, what) {
    Object.assign(this, { step, what, first: true });
    this.asked += 1;
    this.reply = element("p", { className: "reply", role: "status" });
  }

  show(question, answer) {
    const skip = element("button", { type: "button", textContent: word("show me") });
    skip.addEventListener("click", () => {
      this.wrong(word("was not answered"), "");
      this.reveal();
    });
    this.box.replaceChildren(
      element("p", {}, element("b", { textContent: `${word("predict")}. ` }), ...question.flatMap(chips)),
      answer, this.reply, element("div", { className: "buttons" }, skip), this.score(this.asked - 1));
    this.box.hidden = false;
  }

  wrong(kind, text) {
    this.mistakes.set(kind, (this.mistakes.get(kind) ?? 0) + 1);
    if (this.first) this.again.push(this.what);
    this.first = false;
    this.reply.textContent = text;
  }

  number(truth, label, named) {
    const field = element("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
    const form = element("form", { className: "answer" },
      element("label", {}, ...chips(`${label}: `), field),
      element("button", { type: "submit", textContent: word("check") }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = parseNumber(field.value);
      if (answer === null) {
        this.reply.textContent = word("no number");
      } else if (near(answer, truth)) {
        if (this.first) this.right += 1;
        this.reply.textContent = word("right number", { value: number(truth) });
        this.reveal(this.reply.textContent);
      } else {
        this.wrong(...named(answer));
      }
    });
    return form;
  }

  score(of) {
    return element("p", { id: "score", className: "remark", textContent: word("right at once", { right: this.right, of }) });
  }

  // At the end: the mistakes by kind, and what to look at again.
  review() {
    if (!this.mistakes.size) return [];
    const kinds = [...this.mistakes].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} (${count})`);
    return [element("p", { id: "review", className: "remark" },
      `${word("mistakes by kind", { kinds: kinds.join(", ") })} `, ...chips([...new Set(this.again)].slice(0, 6).join("; ")), ".")];
  }

  close(text = "", atEnd = false) {
    this.step = null;
    this.box.replaceChildren();
    this.box.hidden = !this.asked;
    if (!this.asked) return;
    this.box.replaceChildren(
      ...(text ? [element("p", { className: "reply good", textContent: text })] : []),
      this.score(this.asked), ...(atEnd ? this.review() : []));
  }
}

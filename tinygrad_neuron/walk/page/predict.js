// Predict, then reveal: going forward the value of a node; going backward first the sign of a
// contribution, then the target's new gradient.

import { chips } from "./naming.js";
import { element, number, parseNumber } from "./text.js";

const SIGN_NAMES = { "-1": "negative", 0: "zero", 1: "positive" };

// Near enough, measured against the truth: 0 is not right for 4.3e-06.
const near = (answer, truth) => answer === truth || Math.abs(answer - truth) <= 0.01 * Math.abs(truth);

// What a wrong gradient shows: the kind of mistake and its name in words; null for one not known.
// `others` are the local derivatives of the same operation for its other operands.
export function mistake(step, others, answer) {
  const before = step.before ?? 0;
  if (before !== 0 && near(answer, step.contribution)) {
    return ["overwrote", "That overwrites: the target had " + `${number(before)} already, and contributions add up.`];
  }
  if (near(answer, before + step.incoming) || near(answer, step.incoming)) {
    return ["forgot the local factor", "That forgets the local factor: what comes in is multiplied by the local derivative."];
  }
  if (others.some((local) => near(answer, before + step.incoming * local) || near(answer, step.incoming * local))) {
    return ["took the wrong operand", "That takes the wrong operand: it is the derivative for the other one."];
  }
  if (near(answer, -step.after)) return ["wrong sign", "The size is right, the sign is not."];
  if (near(answer, step.local)) {
    return ["the local derivative alone", "That is the local derivative alone: multiply it by what comes in."];
  }
  return null;
}

// The same for a value, computed by `operation` from `operands`.
function wrongValue(operation, operands, value, answer) {
  if (near(answer, -value)) return ["wrong sign", "The size is right, the sign is not."];
  const sum = operands.reduce((so, x) => so + x, 0);
  const product = operands.reduce((so, x) => so * x, 1);
  if (operation !== "multiply" && operands.length > 1 && near(answer, product)) {
    return ["another operation", "That multiplies."];
  }
  if (!["add", "sum"].includes(operation) && operands.length > 1 && near(answer, sum)) {
    return ["another operation", "That adds."];
  }
  if (operands.some((x) => near(answer, x))) return ["left the operation out", "That is what goes in, not what comes out."];
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
    this.begin(step, `the contribution of ${names[step.node]} to ${target}`);
    const signs = element("div", { className: "buttons" },
      ...[-1, 0, 1].map((sign) => {
        const button = element("button", { type: "button", textContent: SIGN_NAMES[sign] });
        button.addEventListener("click", () => {
          const truth = Math.sign(step.contribution) || 0;
          if (Number.isNaN(truth) || sign === truth) {
            this.reply.textContent = `Right, it is ${SIGN_NAMES[sign]}.`;
            signs.replaceWith(this.number(step.after, `The gradient of ${target} afterwards`,
              (answer) => mistake(step, others, answer) ?? ["another number", "Not yet. Incoming times local, added to what is there."]));
            this.box.querySelector("input")?.focus();
          } else {
            this.wrong("wrong sign", `Not ${SIGN_NAMES[sign]}: the sign is that of incoming times local.`);
          }
        });
        return button;
      }));
    this.show([
      `${operationText}. Gradient coming in: ${number(step.incoming)}. `,
      `${target} has ${step.before === null ? "none yet" : number(step.before)}. `,
      `Which sign has the contribution to ${target}?`], signs);
  }

  // Ask about a forward step: what comes of these numbers.
  askValue(step, names, operation, operands, text) {
    const name = names[step.node];
    this.begin(step, `the value of ${name}`);
    this.show([`${text}. What is ${name}?`], this.number(step.value, `The value of ${name}`,
      (answer) => wrongValue(operation, operands, step.value, answer) ?? ["another number", "Not yet. Put the numbers into the formula."]));
  }

  begin(step, what) {
    Object.assign(this, { step, what, first: true });
    this.asked += 1;
    this.reply = element("p", { className: "reply", role: "status" });
  }

  show(question, answer) {
    const skip = element("button", { type: "button", textContent: "Show me" });
    skip.addEventListener("click", () => {
      this.wrong("not answered", "");
      this.reveal();
    });
    this.box.replaceChildren(
      element("p", {}, element("b", { textContent: "Predict. " }), ...question.flatMap(chips)),
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
      element("button", { type: "submit", textContent: "Check" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answer = parseNumber(field.value);
      if (answer === null) {
        this.reply.textContent = "That is not a number; write it like -0.5 or 1e-3.";
      } else if (near(answer, truth)) {
        if (this.first) this.right += 1;
        this.reply.textContent = `Right: ${number(truth)}.`;
        this.reveal(this.reply.textContent);
      } else {
        this.wrong(...named(answer));
      }
    });
    return form;
  }

  score(of) {
    return element("p", { id: "score", className: "remark", textContent: `Right at once: ${this.right} of ${of}` });
  }

  // At the end: the mistakes by kind, and what to look at again.
  review() {
    if (!this.mistakes.size) return [];
    const kinds = [...this.mistakes].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${kind} (${count})`);
    return [element("p", { id: "review", className: "remark" },
      `Mistakes: ${kinds.join(", ")}. Look again at `, ...chips([...new Set(this.again)].slice(0, 6).join("; ")), ".")];
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

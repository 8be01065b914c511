// A question on a page: answered, hinted and revealed here, without a server. What answers may
// compute with, CALLS, OPERATORS and MINUS, is put before this script from the table of operations.
(() => {
  if (customElements.get("tn-question")) return;

  const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/(),[\]]))/y;

  // Formulas as one writes them by hand, in Python: 6(2x+1)^2 is 6*(2*x+1)**2 (handwriting.py).
  function asPython(text, variables) {
    const POWERS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
    text = text.replace(/[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+/g, (found) => `**${[...found].map((c) => POWERS.indexOf(c)).join("")}`);
    text = text.replaceAll("^", "**").replace(
      /([A-Za-z_]\w*)(?=(\s*\()?)|\d+\.?\d*(?:[eE][+-]?\d+)?(?=(\s*[A-Za-z_(])?)|\)(?=(\s*[A-Za-z_0-9(])?)/g,
      (found, name, open, digits, bracket) => (digits || bracket || (open && Object.hasOwn(variables, name)) ? `${found}*` : found));
    for (let found; (found = /\b(cosh|sinh)\s*\(/.exec(text)) && text.length <= 5000;) {
      const start = found.index + found[0].length;
      let end = start;
      for (let depth = 1; end < text.length; end++) {
        depth += (text[end] === "(") - (text[end] === ")");
        if (!depth) break;
      }
      if (end === text.length) break;
      const inner = text.slice(start, end);
      text = `${text.slice(0, found.index)}((exp(${inner})${found[1] === "cosh" ? "+" : "-"}exp(-(${inner})))/2)${text.slice(end + 1)}`;
    }
    return text;
  }

  // What a typed expression gives at a point, read as Python reads it; null if it is none.
  function expression(text, point) {
    const tokens = [];
    text = asPython(text.replace(/[\u2212\u2013]/g, "-").replace(/[\u00b7\u00d7]/g, "*").trim(), point);
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const match = TOKEN.exec(text);
      if (!match) return null;
      tokens.push(match.slice(1));
    }
    let at = 0;
    const is = (mark) => tokens[at]?.[2] === mark && ++at;
    const need = (mark) => { if (!is(mark)) throw new SyntaxError(mark); };
    const compute = ({ name }, ...operands) => OPERATIONS[name].forward(...operands);
    // What binds at least as tightly as `least`; a sign stands before what binds more tightly.
    const read = (least) => {
      let left = is("-") ? compute(MINUS, read(MINUS.tightness)) : is("+") ? read(MINUS.tightness) : single();
      for (;;) {
        const operator = OPERATORS[tokens[at]?.[2]];
        if (!operator || operator.tightness < least) return left;
        at++;
        left = compute(operator, left, read(operator.right));
      }
    };
    const single = () => {
      const [digits, name] = tokens[at] ?? [];
      if (digits !== undefined) {
        at++;
        if (!Number.isFinite(Number(digits))) throw new RangeError(digits);
        return Number(digits);
      }
      if (name !== undefined) {
        at++;
        if (Object.hasOwn(CALLS, name)) return call(CALLS[name]);
        if (Object.hasOwn(point, name)) return point[name];
        throw new SyntaxError(name);
      }
      need("(");
      const inside = read(0);
      need(")");
      return inside;
    };
    const separated = (end, one) => {
      const found = [];
      while (!is(end)) {
        if (found.length) {
          need(",");
          if (is(end)) break;
        }
        found.push(one(found.length));
      }
      return found;
    };
    // An operation on any number of operands takes them as a list; the last operands of some may
    // be left out.
    const call = (operation) => {
      const { listed, most, defaults } = operation;
      const list = () => (need("["), separated("]", () => read(0)));
      need("(");
      const given = separated(")", (i) => (listed && i === 0 ? list() : read(0)));
      const missing = most - given.length;
      if (missing < 0 || missing > defaults.length) throw new SyntaxError(")");
      return compute(operation, ...given, ...defaults.slice(defaults.length - missing));
    };
    try {
      const found = read(0);
      return at === tokens.length ? found : null;
    } catch (error) {
      if ([SyntaxError, RangeError, EngineError].some((kind) => error instanceof kind)) return null;
      throw error;
    }
  }

  // A number as learners write them, such as 0.5, -2, 1/3 or sqrt(2); null for anything else.
  function number(text) {
    const read = expression(text, {});
    return Number.isFinite(read) ? read : null;
  }

  function atPoints(text, points) {
    const read = points.map((point) => expression(text, point));
    return read.every(Number.isFinite) ? read : null;
  }

  function numbers(text, count) {
    const words = text.replace(/^[\s([]+|[\s)\]]+$/g, "").replace(/[A-Za-z_]\w*\s*[=:]/g, " ")
      .split(/[,;\s]+/).filter(Boolean);
    const read = words.map(number);
    return read.length === count && !read.includes(null) ? read : null;
  }

  // As the package compares: equal within a relative tolerance.
  function same(a, b, tolerance) {
    if (!Array.isArray(a)) [a, b] = [[a], [b]];
    return a.every((x, i) => {
      const size = Math.max(Math.abs(x), Math.abs(b[i]));
      return Math.abs(x - b[i]) <= Math.max(tolerance * size, Math.min(tolerance, 1e-9));
    });
  }

  const STYLE = `
    :host { display: block; margin: 1.5rem 0; border: 1px solid color-mix(in srgb, currentColor 35%, transparent);
      border-left: 5px solid #b45f06; border-radius: 6px; padding: .9rem 1.1rem; break-inside: avoid; }
    :host([before]) { border-left-color: #2a6fb0; }
    .kind { font-size: .85em; font-weight: 600; margin: 0 0 .3rem; }
    .text { margin: 0 0 .7rem; font-weight: 500; white-space: pre-line; }
    form, .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
    input, button { font: inherit; color: inherit; background: transparent; min-height: 2.5rem; box-sizing: border-box;
      border: 1px solid color-mix(in srgb, currentColor 55%, transparent); border-radius: 5px; padding: .3rem .8rem; }
    input { flex: 0 1 14rem; min-width: 0; }
    button { cursor: pointer; text-align: left; }
    button:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
    button:focus-visible, input:focus-visible { outline: 3px solid #3b82f6; outline-offset: 2px; }
    button.picked { border-width: 2px; font-weight: 600; }
    .quiet { border-color: transparent; text-decoration: underline; text-underline-offset: .2em; padding: .3rem .4rem; }
    button[aria-pressed=true].right::after { content: " ✓"; }
    button[aria-pressed=true].wrong::after { content: " ✗"; }
    .right { border-color: #2e7d32; }
    .wrong { border-color: #c62828; border-style: dashed; }
    .said { margin: .7rem 0 0; white-space: pre-line; border-radius: 5px; padding: .5rem .8rem; border: 0 solid; }
    .said.right { border-left-width: 6px; border-color: #2e7d32; background: color-mix(in srgb, #2e7d32 18%, transparent); }
    .said.wrong { border-left-width: 6px; border-color: #c62828; background: color-mix(in srgb, #c62828 13%, transparent); }
    .said.plain { padding: 0; }
    .said:empty { display: none; }
    .waits { margin: .7rem 0 0; font-size: .92em; }
    :host([data-done]) .waits, .waits[hidden] { display: none; }
    code { font-size: .95em; }
    @media print { button.quiet, .check, .waits { display: none; } }
  `;

  class Question extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const asked = (this.asked = JSON.parse(this.getAttribute("data-question")));
      const root = this.attachShadow({ mode: "open" });
      const style = document.createElement("style");
      style.textContent = STYLE;
      const kind = made("p", "kind", word(asked.before ? "predict" : "exercise"));
      const text = made("div", "text");
      text.innerHTML = asked.text;
      text.id = "text";
      this.said = made("p", "said");
      this.said.setAttribute("role", "status");
      root.append(style, kind, text, asked.options ? this.choices() : this.form(), this.said);
      if (asked.before) root.append(this.waits());
      const end = memory.all().ends[asked.key];
      if (end && !this.again) this.end(end.how, false);
      gate.apply();
    }

    // Why the text stops here, and how it goes on.
    waits() {
      const waits = made("p", "waits", `${word("waits")} `);
      const open = made("button", "quiet", word("open everything"));
      open.type = "button";
      open.addEventListener("click", () => memory.change((kept) => (kept.reading = true)));
      waits.append(open);
      const set = () => (waits.hidden = Boolean(memory.all().reading));
      document.addEventListener("tn-memory", set);
      set();
      return waits;
    }

    // It is over: what follows is shown, and the browser remembers how it ended.
    end(how, isNew = true) {
      this.dataset.done = how;
      if (isNew) {
        const { key } = this.asked;
        memory.change((kept) => {
          const missed = how === "shown" || this.tried;
          if (!this.again && kept.ends[key]?.how !== "right") kept.ends[key] = { how, lesson: memory.lesson };
          const before = kept.missed[key];
          if (missed && !this.again) kept.missed[key] = { lesson: memory.lesson, asked: this.asked };
          if (missed || !before) return;
          // At the end of its own lesson it is put off, three lessons later it is done.
          if (before.lesson === memory.lesson) before.once = true;
          else delete kept.missed[key];
        });
      } else {
        const { shown, explanation } = this.asked;
        const word = how === "right" ? `✓ ${word("answered earlier")}` : word("shown earlier");
        this.say(`${word} <strong>${shown}</strong>${explanation ? `\n${explanation}` : ""}`, how);
      }
      gate.apply();
      if (isNew) this.dispatchEvent(new CustomEvent("tn-ended", { bubbles: true, composed: true }));
    }

    choices() {
      const row = made("div", "row");
      row.setAttribute("role", "group");
      row.setAttribute("aria-labelledby", "text");
      this.asked.options.forEach((option, i) => {
        const button = made("button", "");
        button.type = "button";
        button.innerHTML = option;
        button.setAttribute("aria-pressed", "false");
        button.addEventListener("click", () => {
          for (const other of row.querySelectorAll("[aria-pressed]")) {
            other.setAttribute("aria-pressed", String(other === button));
            other.classList.toggle("picked", other === button);
          }
          this.judge(i);
        });
        row.append(button);
      });
      row.append(...this.helps());
      return row;
    }

    form() {
      const form = made("form", "");
      form.noValidate = true;
      const input = made("input", "");
      input.type = "text";
      input.autocomplete = "off";
      input.spellcheck = false;
      input.setAttribute("aria-labelledby", "text");
      input.placeholder = this.asked.names ? this.asked.names.join(", ") : "";
      const check = made("button", "check", word("check"));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const { kind, answer, points } = this.asked;
        const read = { expression: atPoints, number, numbers }[kind];
        this.judge(read(input.value, points ?? answer.length), input.value);
      });
      // The page's own keys, such as the arrows of a slider, are not meant while one types.
      input.addEventListener("keydown", (event) => event.stopPropagation());
      form.append(input, check, ...this.helps());
      return form;
    }

    helps() {
      const helps = [];
      if (this.asked.hint) {
        const hint = made("button", "quiet", word("hint"));
        hint.type = "button";
        hint.addEventListener("click", () => this.say(this.asked.hint));
        helps.push(hint);
      }
      const answer = made("button", "quiet", word("show me"));
      answer.type = "button";
      answer.addEventListener("click", () => this.reveal());
      helps.push(answer);
      return helps;
    }

    reveal() {
      const { shown, explanation } = this.asked;
      this.say(`${word("answer")}: <strong>${shown}</strong>${explanation ? `\n${explanation}` : ""}`);
      this.end("shown");
    }

    judge(given, typed) {
      const { answer, wrong, tolerance, expected, hint, explanation, options } = this.asked;
      const is = options ? (a, b) => a === b : (a, b) => same(a, b, tolerance);
      if (given === null && this.asked.kind === "number" && /^[-+\u2212]?\d+,\d+$/.test(typed.trim())) {
        return this.say(word("decimal point", { given: typed.trim().replace(",", ".") }));
      }
      if (given === null && this.asked.kind === "expression" && /\^|\d[A-Za-z(]|\)[\w(]/.test(typed)) {
        return this.say(word("write it so", { form: expected }));
      }
      if (given === null) {
        const given = escaped(JSON.stringify(typed.trim().slice(0, 40)));
        return this.say(word(typed.trim() ? "is not one" : "expected", { form: expected, given }));
      }
      const known = wrong.find(([other]) => is(other, given));
      const right = !known && is(answer, given);
      const message = known ? known[1] : right ? explanation || word("right") : hint || word("wrong");
      this.say(`${right ? "✓" : "✗"} ${message}`, right ? "right" : "wrong");
      if (right) this.end("right");
      else this.tried = true;
    }

    say(html, how = "plain") {
      this.said.innerHTML = html;
      const field = this.shadowRoot.querySelector("input, .picked");
      for (const element of [this.said, field]) {
        element?.classList.remove("right", "wrong", "plain");
        element?.classList.add(how);
      }
    }
  }

  function made(name, classes, text = "") {
    const element = document.createElement(name);
    if (classes) element.className = classes;
    element.textContent = text;
    return element;
  }

  function escaped(text) {
    return made("i", "", text).innerHTML;
  }

  customElements.define("tn-question", Question);
})();

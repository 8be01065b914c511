// Numbers, names and formulas as text. A label is the user's: it is only ever set as text.

let usual = 4;

export function setDigits(digits) {
  usual = digits;
}

// Short, as in the pictures: so many significant digits, no zero with a minus sign. `fewer` is for
// where there is less room than usual, or more.
export function number(x, fewer = 4) {
  const digits = Math.max(1, usual + fewer - 4);
  if (x === null || x === undefined) return word("not yet");
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e-4 && size < 1e6) {
    const whole = Math.ceil(Math.log10(size));
    return whole > digits ? x.toFixed(0) : String(Number(x.toPrecision(digits)));
  }
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  return `${Number(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

// What a learner typed, if it is a number and nothing else; null otherwise.
export function parseNumber(text) {
  const plain = text.trim().replace("−", "-");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const x = Number(plain);
  return Number.isFinite(x) ? x : null;
}

// An operation written with given operands: `a × b`, `−a`, `tanh(a)`, `a + b + c`. `OPERATORS` has
// those with a sign, from the table: see the package's `calculus/printing.py`.
export function written(operation, operands) {
  const operator = OPERATORS[operation];
  if (!operator) return `${operation}(${operands.join(", ")})`;
  const { sign, before } = operator;
  if (before) return `${sign}${operands[0]}`;
  if (operands.length < 9) return operands.join(` ${sign} `) || "0";
  const first = operands.slice(0, 3).join(` ${sign} `);
  return `${first} ${sign} … ${word("and more", { count: operands.length - 4 })} ${sign} ${operands.at(-1)}`;
}

export const inBrackets = (text) => (text.startsWith("-") || text.startsWith("−") ? `(${text})` : text);

export const operandNames = (nodes, names, i) => nodes[i].operands.map((operand) => names[operand]);

// How each node is called: as everywhere else; a number that has no label is its own name. Where
// nothing else is said, the name is the label with its scope, or the node's number in the order.
export const namesOf = (nodes, scopes) => nodes.map(({ name, label, kind, data, scope }, i) =>
  name ?? (label ? `${scopes[scope].path}.${label}` : kind === "constant" ? number(data) : `n${i}`));

// A name that is no single word, nor a call as tanh(x), stands in brackets.
export const asOne = (name) =>
  (/^([\p{L}\p{N}_'.[\]·-]+|\w+\([^()]*\))$/u.test(name.replace(/\ue000\d+\ue001|\ue002/g, "")) ? name : `(${name})`);

// The expression of a local derivative, and which node each name in it means.
export function partialOf(nodes, operations, data, i, position) {
  const { operation, operands } = nodes[i];
  const { variadic } = operations[operation];
  const asWritten = operands.every((operand) => nodes[operand].kind !== "constant" || data[operand] === nodes[operand].data);
  const partials = (asWritten && nodes[i].partials) || operations[operation].partials;
  return [partials[variadic ? 0 : position], { ...meaningOf(nodes, operations, i, position), y: i }];
}

// Which node each of an operation's own names means.
export function meaningOf(nodes, operations, i, position = 0) {
  const { operation, operands } = nodes[i];
  const { operands: own, variadic } = operations[operation];
  return variadic ? { [own[0]]: operands[position] } : Object.fromEntries(own.map((name, k) => [name, operands[k]]));
}

// An expression of the table with a text for each name.
export const filledIn = (expression, meant, text) =>
  expression.replace(/[A-Za-z_]\w*(?!\w|\()/g, (name) => (name in meant ? text(meant[name]) : name))
    .replace(/(\w)\(\((-[^()]*)\)\)/g, "$1($2)"); // step((-2))

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function drawn(tag, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

export const byId = (id) => document.getElementById(id);

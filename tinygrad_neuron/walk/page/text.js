// Numbers, names and formulas as text. A label is the user's: it is only ever set as text.

let usual = 4;

export function setDigits(digits) {
  usual = digits;
}

// Short, as in the pictures: so many significant digits, no zero with a minus sign. `fewer` is for
// where there is less room than usual, or more.
export function number(x, fewer = 4) {
  const digits = Math.max(1, usual + fewer - 4);
  if (x === null || x === undefined) return "not yet";
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
  return `${first} ${sign} … (${operands.length - 4} more) ${sign} ${operands.at(-1)}`;
}

export const inBrackets = (text) => (text.startsWith("-") || text.startsWith("−") ? `(${text})` : text);

// The names of a node's operands as they stand in its formula: what is itself a formula of several
// parts, because it has no label, is in brackets where it would not hold together.
export function operandNames(nodes, names, i) {
  const { operation, operands } = nodes[i];
  const needs = OPERATORS[operation]?.needs;
  if (!needs) return operands.map((operand) => names[operand]);
  return operands.map((operand, position) => {
    const { label, operation: own } = nodes[operand];
    const loose = !label && OPERATORS[own]?.tightness < needs[position > 0 ? 1 : 0];
    return loose ? `(${names[operand]})` : names[operand];
  });
}

// How each node is called: its label, or what it computes where that is short.
export function namesOf(nodes, operations) {
  const names = [];
  nodes.forEach((node, i) => {
    if (node.name) {
      names.push(node.name);
    } else if (!node.operation) {
      names.push(number(node.data));
    } else {
      const local = Object.fromEntries(node.operands.map((k) => [k, nodes[k].label || names[k]]));
      const text = [names, local].map((all) => written(node.operation, operandNames(nodes, all, i)))
        .find((one) => one.length <= 24);
      names.push(text ?? `${node.operation} n${i}`);
    }
  });
  return names;
}

export function formulaWithNumbers(nodes, data, i) {
  const { operation, operands } = nodes[i];
  const plain = operation in OPERATORS;
  return written(operation, operands.map((operand) => {
    const text = number(data[operand]);
    return plain ? inBrackets(text) : text;
  }));
}

// A name that is no single word, nor a call as tanh(x), stands in brackets.
export const asOne = (name) => (/^([\w'.[\]-]+|\w+\([^()]*\))$/.test(name) ? name : `(${name})`);

// The expression of a local derivative in the nodes' names, and the same with numbers.
export function partialText(nodes, operations, names, data, i, position) {
  const { operation, operands } = nodes[i];
  const { operands: own, variadic } = operations[operation];
  const asWritten = operands.every((operand) => nodes[operand].kind !== "constant" || data[operand] === nodes[operand].data);
  const partials = (asWritten && nodes[i].partials) || operations[operation].partials;
  const expression = partials[variadic ? 0 : position];
  const meant = { y: i };
  if (variadic) meant[own[0]] = operands[position];
  else own.forEach((name, k) => (meant[name] = operands[k]));
  if (expression in meant) {
    return [names[meant[expression]], number(data[meant[expression]])];
  }
  const filled = (text) =>
    expression.replace(/[A-Za-z_]\w*(?!\w|\()/g, (name) => (name in meant ? text(meant[name]) : name));
  return [filled((k) => inBrackets(asOne(names[k]))), filled((k) => inBrackets(number(data[k])))];
}

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

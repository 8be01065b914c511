// Arithmetic as Python does it on floats, where JavaScript's own differs: what has no result raises
// an error instead of giving NaN or Infinity. The names are Python's.

export class EngineError extends Error {
  constructor(kind, message) {
    super(message);
    this.name = kind;
  }
}

const raise = (kind, message) => {
  throw new EngineError(kind, message);
};

const TWO_OVER_ROOT_PI = 1.1283791670955126;
const ONE_OVER_ROOT_PI = 0.5641895835477563;

// erf(x) = 2/sqrt(pi) e^(-x²) (x + 2x³/3 + 4x⁵/15 + …): all terms have one sign, so none cancel.
function erfSeries(x) {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
    if (Math.abs(term) < 1e-18 * Math.abs(sum)) break;
  }
  return TWO_OVER_ROOT_PI * Math.exp(-square) * sum;
}

// erfc(x), x >= 1, as a continued fraction evaluated from its end (Laplace). x² is taken in two
// parts, the first without rounding, or e^(-x²) would lose digits.
function erfcFraction(x) {
  if (x > 27.3) return 0;
  let tail = x;
  for (let n = Math.ceil(20 + 160 / (x * x)); n > 0; n--) tail = x + n / 2 / tail;
  const head = Math.fround(x);
  return (ONE_OVER_ROOT_PI / tail) * Math.exp(-head * head) * Math.exp((head - x) * (head + x));
}

export const python = {
  error: (kind, message) => new EngineError(kind, message),

  abs: Math.abs,
  fabs: Math.abs,
  float: (x) => x,
  isfinite: Number.isFinite,
  isnan: Number.isNaN,
  isinf: (x) => x === Infinity || x === -Infinity,
  len: (values) => values.length,
  range: (n) => Array.from({ length: n }, (_, i) => i),

  int(x) {
    if (Number.isNaN(x)) raise("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(x)) raise("OverflowError", "cannot convert float infinity to integer");
    return Math.trunc(x);
  },

  item(values, index) {
    const position = index < 0 ? index + values.length : index;
    if (!(position in values)) raise("IndexError", "list index out of range");
    return values[position];
  },

  divide(a, b) {
    return b === 0 ? raise("ZeroDivisionError", "float division by zero") : a / b;
  },

  modulo(a, b) {
    if (b === 0) raise("ZeroDivisionError", "float modulo");
    if (!Number.isFinite(b) && Number.isFinite(a)) return a === 0 || a < 0 === b < 0 ? a : b;
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  },

  floorDivide(a, b) {
    if (b === 0) raise("ZeroDivisionError", "float floor division by zero");
    return Math.round((a - python.modulo(a, b)) / b);
  },

  power(a, b) {
    if (a === 1 || b === 0) return 1; // also where the other is NaN
    if (a === -1 && python.isinf(b)) return 1;
    if (a === 0 && b < 0) {
      if (b === -Infinity) return Infinity;
      raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
    }
    const finite = Number.isFinite(a) && Number.isFinite(b);
    if (finite && a < 0 && b % 1 !== 0) {
      raise("ValueError", "the result is not a real number");
    }
    const y = a ** b;
    return finite && !Number.isFinite(y) ? raise("OverflowError", "Numerical result out of range") : y;
  },

  exp: (x) => finite(Math.exp(x), x),
  expm1: (x) => finite(Math.expm1(x), x),
  cosh: (x) => finite(Math.cosh(x), x),
  sinh: (x) => finite(Math.sinh(x), x),
  tanh: Math.tanh,

  log: (x) => (x <= 0 ? raise("ValueError", "math domain error") : Math.log(x)),
  log1p: (x) => (x <= -1 ? raise("ValueError", "math domain error") : Math.log1p(x)),
  sqrt: (x) => (x < 0 ? raise("ValueError", "math domain error") : Math.sqrt(x)),
  sin: (x) => Math.sin(angle(x)),
  cos: (x) => Math.cos(angle(x)),
  tan: (x) => Math.tan(angle(x)),

  erf(x) {
    if (Math.abs(x) < 1.5) return erfSeries(x);
    if (x !== x) return x;
    return x > 0 ? 1 - erfcFraction(x) : erfcFraction(-x) - 1;
  },

  erfc(x) {
    if (x !== x) return x;
    if (x < 1) return x > -1.5 ? 1 - erfSeries(x) : 2 - erfcFraction(-x);
    return erfcFraction(x);
  },
};

function finite(y, x) {
  return y === Infinity || y === -Infinity
    ? x === Infinity || x === -Infinity
      ? y
      : raise("OverflowError", "math range error")
    : y;
}

function angle(x) {
  return python.isinf(x) ? raise("ValueError", "math domain error") : x;
}

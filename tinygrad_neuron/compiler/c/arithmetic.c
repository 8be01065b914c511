// Arithmetic as Python does it on floats, where C's own differs. Where Python raises an error,
// `*bad` becomes 1 and the result is NaN; otherwise `*bad` stays as it is. Nothing else is written:
// no errno is read, no global is there, so that any number of threads may run it. The names are
// Python's, with `py_` before.
//
// The compiler is to change no result: it is called with -ffp-contract=off (no fused multiply-add)
// and -fno-builtin (no function of the library evaluated while compiling, with other last digits).
// `__builtin_fabs` and `__builtin_sqrt` are single instructions all the same, and exact.

#include <float.h>
#include <math.h>

#if defined(__FAST_MATH__) || defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "strict IEEE arithmetic is needed: leave out -ffast-math and its parts"
#endif
#if FLT_EVAL_METHOD != 0
#error "this C compiler computes with other than double precision: leave out -mfpmath=387"
#endif

typedef long long py_index; // an int of Python: a count, a position; less than 2**53, where doubles are exact

static inline double py_failed(int *bad) {
  *bad = 1;
  return NAN;
}

static inline double py_abs(double x) { return __builtin_fabs(x); }

static inline int py_isnan(double x) { return x != x; }

static inline int py_isinf(double x) { return __builtin_fabs(x) == INFINITY; }

static inline int py_isfinite(double x) { return __builtin_fabs(x) < INFINITY; }

// y as the result of a function at x: infinite for a finite x where Python raises OverflowError
// (or ValueError: a pole), NaN for another x where it raises ValueError. No branch: loops of it
// stay loops.
static inline double py_checked(double x, double y, int *bad) {
  int failed = (py_isinf(y) & py_isfinite(x)) | (py_isnan(y) & (x == x));
  *bad |= failed;
  return failed ? NAN : y;
}

static inline double py_exp(double x, int *bad) { return py_checked(x, exp(x), bad); }

static inline double py_expm1(double x, int *bad) { return py_checked(x, expm1(x), bad); }

static inline double py_cosh(double x, int *bad) { return py_checked(x, cosh(x), bad); }

static inline double py_sinh(double x, int *bad) { return py_checked(x, sinh(x), bad); }

static inline double py_log(double x, int *bad) { return py_checked(x, log(x), bad); }

static inline double py_log1p(double x, int *bad) { return py_checked(x, log1p(x), bad); }

static inline double py_sin(double x, int *bad) { return py_checked(x, sin(x), bad); }

static inline double py_cos(double x, int *bad) { return py_checked(x, cos(x), bad); }

static inline double py_tan(double x, int *bad) { return py_checked(x, tan(x), bad); }

static inline double py_sqrt(double x, int *bad) {
  *bad |= x < 0.0;
  return __builtin_sqrt(x < 0.0 ? NAN : x);
}

static inline double py_divide(double a, double b, int *bad) {
  *bad |= b == 0.0;
  return a / (b == 0.0 ? NAN : b);
}

static inline double py_modulo(double a, double b, int *bad) {
  if (b == 0.0) return py_failed(bad);
  double rest = fmod(a, b);
  if (rest == 0.0) return copysign(0.0, b);
  return (b < 0.0) != (rest < 0.0) ? rest + b : rest;
}

static inline double py_floordiv(double a, double b, int *bad) {
  if (b == 0.0) return py_failed(bad);
  double rest = fmod(a, b);
  double quotient = (a - rest) / b;
  if (rest != 0.0 && (b < 0.0) != (rest < 0.0)) quotient -= 1.0;
  if (quotient == 0.0) return copysign(0.0, a / b);
  double whole = floor(quotient);
  return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

// a ** b. Python's special cases are those of C99 Annex F, except that 0 to a finite negative
// power is an error; a negative base with a broken exponent, which would be complex, is one too.
static inline double py_power(double a, double b, int *bad) {
  if (b == 0.0 || a == 1.0) return 1.0;
  if (a != a) return a;
  if (b != b) return b;
  if (a == 0.0 && b < 0.0 && py_isfinite(b)) return py_failed(bad);
  return py_isfinite(a) && py_isfinite(b) ? py_checked(a, pow(a, b), bad) : pow(a, b);
}

// Ints. A result of 2**53 or more is an error here, since a double does not hold it.

static inline py_index py_whole(double x, int *bad) {
  if (!(__builtin_fabs(x) < 9007199254740992.0)) { // so no rounded result passes for an exact one
    *bad = 1;
    return 0;
  }
  return (py_index)x;
}

static inline py_index py_int(double x, int *bad) { return py_whole(x, bad); }

static inline py_index py_int_add(py_index a, py_index b, int *bad) {
  return py_whole((double)a + (double)b, bad);
}

static inline py_index py_int_subtract(py_index a, py_index b, int *bad) {
  return py_whole((double)a - (double)b, bad);
}

static inline py_index py_int_multiply(py_index a, py_index b, int *bad) {
  return py_whole((double)a * (double)b, bad);
}

static inline py_index py_int_floordiv(py_index a, py_index b, int *bad) {
  if (b == 0) {
    *bad = 1;
    return 0;
  }
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static inline py_index py_int_modulo(py_index a, py_index b, int *bad) {
  if (b == 0) {
    *bad = 1;
    return 0;
  }
  py_index rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static inline py_index py_int_abs(py_index a) { return a < 0 ? -a : a; }

// values[position], counted from the end where it is negative.
static inline double py_item(const double *values, py_index count, py_index position, int *bad) {
  if (position < 0) position += count;
  if (position < 0 || position >= count) return py_failed(bad);
  return values[position];
}

"""The calculus: one table of operations, closed under differentiation.

Each operation stands here once: its name and symbol, its forward expression, and one partial
derivative per operand. A partial is written in terms of the operands, the result `y`, and *other
operations of this table*. So the derivative of every expression over the table is again an
expression over the table, and everything else reads the table instead of repeating it: eager
execution, backpropagation, compilation, higher derivatives, explanations, the web page, the tests.

Rules of the language (see `expressions`):

- operands have the names in `operands`; a name with a star, `*a`, stands for any number of
  operands: in the forward expression `a` is then all of them, in the partial it is the one in
  question;
- `where` names intermediate results that the forward expression and the partials share; one may
  use those before it, and `y` if only partials need it. Where there are any number of operands it
  may be `total(expression)`, the sum of the expression over all of them, in the partials again;
- a function called in a forward expression is a scalar kernel or another operation; a function
  called in a partial is another operation;
- a partial has no conditional: it multiplies with `step`, `sign` or `share`, or clamps with
  `minimum` and `maximum`. The values at kinks follow: step(0) = sign(0) = relu'(0) = 0,
  leaky_relu'(0) = slope, and maximum and minimum share a tie half and half.
"""

from .operation import TABLE, Operation

__all__ = ["BUILT_IN", "TABLE"]

_ENTRIES = (
    # Arithmetic
    Operation(
        "add",
        "a + b",
        ["1", "1"],
        symbol="+",
        operands="a, b",
        operator="add",
        summary="The sum of two operands; `add` is also what adds a bias.",
        example="add(2.0, 3.0).data -> 5.0",
    ),
    Operation(
        "subtract",
        "a - b",
        ["1", "-1"],
        symbol="-",
        operands="a, b",
        operator="sub",
        summary="The difference of two operands.",
        example="subtract(2.0, 3.0).data -> -1.0",
    ),
    Operation(
        "multiply",
        "a * b",
        ["b", "a"],
        symbol="*",
        operands="a, b",
        operator="mul",
        summary="The product of two operands; its local derivative is the other operand.",
        example="multiply(2.0, 3.0).data -> 6.0",
    ),
    Operation(
        "divide",
        "a / b",
        ["1 / b", "-y / b"],
        symbol="/",
        operands="a, b",
        operator="truediv",
        domain="a divisor other than 0",
        summary="The quotient of two operands.",
        example="divide(1.0, 4.0).data -> 0.25",
    ),
    Operation(
        "power",
        "power(a, b)",
        ["b * a ** (b - 1)", "xlogy(y, a)"],
        symbol="**",
        operands="a, b",
        operator="pow",
        constant={"b": "constant_power"},
        domain="a positive base, or an integer exponent (a base of 0: one above 0); its derivative "
        "for the exponent: a positive base, or 0 with an exponent above 0",
        overflow="a result of at most about 1.8e308",
        summary="a to the power b.",
        example="power(2.0, 3.0).data -> 8.0",
    ),
    Operation(
        # The exponent b - 1, except that it stays 0 at b = 0: so the derivative of a ** 0 is 0 even
        # at a = 0, and x**3 has all its derivatives there. An exponent that can vary must not be
        # treated so (the mixed derivative at b = 0 is 1/a), hence two operations.
        "constant_power",
        "power(a, b)",
        ["b * a ** (b - abs(sign(b)))", "xlogy(y, a)"],
        symbol="**",
        operands="a, b",
        domain="a positive base, or an integer exponent (a base of 0: one above 0); its derivative "
        "for the exponent: a positive base, or 0 with an exponent above 0",
        overflow="a result of at most about 1.8e308",
        summary="a to the power of a constant b; `power` records it where b is a number.",
        example="constant_power(2.0, 3.0).data -> 8.0",
    ),
    Operation(
        "negate",
        "-a",
        ["-1"],
        symbol="-",
        operator="neg",
        summary="The operand with its sign turned.",
        example="negate(2.0).data -> -2.0",
    ),
    Operation(
        "sum",
        "running_sum(a)",
        ["1"],
        symbol="sum",
        operands="*a",
        summary="The sum of any number of operands, added from left to right.",
        example="sum([1.0, 2.0, 3.0]).data -> 6.0",
    ),
    # Elementary functions
    Operation(
        "exp",
        "exp(a)",
        ["y"],
        domain="an operand of at most about 709.78",
        summary="The exponential function e^a.",
        example="exp(0.0).data -> 1.0",
    ),
    Operation(
        "expm1",
        "expm1(a)",
        ["exp(a)"],
        domain="an operand of at most about 709.78",
        summary="e^a - 1, accurate near 0.",
        example="expm1(0.0).data -> 0.0",
    ),
    Operation(
        "log",
        "log(a)",
        ["1 / a"],
        domain="an operand greater than 0",
        summary="The natural logarithm.",
        example="log(1.0).data -> 0.0",
    ),
    Operation(
        "xlogy",
        "xlogy(a, b)",
        ["log(b)", "a / b"],
        operands="a, b",
        domain="b greater than 0 (or a of 0; its derivatives: b greater than 0)",
        summary="a * log(b), and 0 where a is 0: the derivative of a power for its exponent.",
        example="xlogy(0.0, 0.0).data -> 0.0",
    ),
    Operation(
        "sqrt",
        "sqrt(a)",
        ["0.5 / y"],
        domain="an operand of 0 or more (its derivative: greater than 0)",
        summary="The square root.",
        example="sqrt(9.0).data -> 3.0",
    ),
    Operation(
        "sin",
        "sin(a)",
        ["cos(a)"],
        domain="a finite operand",
        summary="The sine of an angle in radians.",
        example="sin(0.0).data -> 0.0",
    ),
    Operation(
        "cos",
        "cos(a)",
        ["-sin(a)"],
        domain="a finite operand",
        summary="The cosine of an angle in radians.",
        example="cos(0.0).data -> 1.0",
    ),
    Operation(
        "erf",
        "erf(a)",
        ["1.1283791670955126 * exp(-(a * a))"],
        flat=True,
        summary="The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to a.",
        example="erf(0.0).data -> 0.0",
    ),
    # Pieces of piecewise functions
    Operation(
        "erfc",
        "erfc(a)",
        ["-1.1283791670955126 * exp(-(a * a))"],
        summary="The complement of the error function, 1 - erf(a), precise where it is small.",
        example="erfc(0.0).data -> 1.0",
    ),
    Operation(
        "abs",
        "abs(a)",
        ["sign(a)"],
        operator="abs",
        summary="The absolute value. Its derivative at 0 is taken to be 0.",
        example="abs(-2.0).data -> 2.0",
    ),
    Operation(
        "sign",
        "1.0 if a > 0 else -1.0 if a < 0 else a",
        ["0"],
        flat=True,
        summary="1 above 0, -1 below, 0 at 0. Its derivative is 0 everywhere.",
        example="sign(-2.0).data -> -1.0",
    ),
    Operation(
        "step",
        "1.0 if a > 0 else 0.0 if a <= 0 else a",
        ["0"],
        activation=True,
        summary="The Heaviside step: 1 above 0, otherwise 0. Its derivative is 0 everywhere, so "
        "nothing is learned through it.",
        source="The threshold unit of W. McCulloch and W. Pitts (1943) and F. Rosenblatt (1958).",
        example="step(0.5).data -> 1.0",
    ),
    Operation(
        "share",
        "1.0 if a > b else 0.0 if a < b else 0.5 if a == b else a + b",
        ["0", "0"],
        operands="a, b",
        summary="1 if a is the larger, 0 if b is, half at a tie: the derivative of maximum(a, b).",
        example="share(2.0, 2.0).data -> 0.5",
    ),
    Operation(
        "maximum",
        "a if a >= b or a != a else b",
        ["share(a, b)", "share(b, a)"],
        symbol="max",
        operands="a, b",
        flat=True,
        summary="The larger of two operands. At a tie each gets half of the gradient.",
        example="maximum(2.0, 3.0).data -> 3.0",
    ),
    Operation(
        "minimum",
        "a if a <= b or a != a else b",
        ["share(b, a)", "share(a, b)"],
        symbol="min",
        operands="a, b",
        flat=True,
        summary="The smaller of two operands. At a tie each gets half of the gradient.",
        example="minimum(2.0, 3.0).data -> 2.0",
    ),
    # Activations
    Operation(
        "identity",
        "a",
        ["1"],
        activation=True,
        summary="The operand itself: the activation of a linear unit.",
        example="identity(2.0).data -> 2.0",
    ),
    Operation(
        "sigmoid",
        "sigmoid(a)",
        ["y * (1 - y)"],
        activation=True,
        summary="The logistic sigmoid 1 / (1 + e^-a), from 0 to 1.",
        source="P.-F. Verhulst (1845).",
        example="sigmoid(0.0).data -> 0.5",
    ),
    Operation(
        "tanh",
        "tanh(a)",
        ["1 - y * y"],
        activation=True,
        summary="The hyperbolic tangent, from -1 to 1.",
        example="tanh(0.0).data -> 0.0",
    ),
    Operation(
        "relu",
        "0.0 if a <= 0 else a",
        ["step(a)"],
        activation=True,
        summary="The rectified linear unit max(0, a). Its derivative at 0 is taken to be 0.",
        source="K. Fukushima (1969); V. Nair and G. Hinton (2010).",
        example="relu(-2.0).data -> 0.0",
    ),
    Operation(
        "leaky_relu",
        "slope * a if a <= 0 else a if slope == slope else slope",  # a NaN is not equal to itself
        ["step(a) + slope * (1 - step(a))", "minimum(a, 0)"],
        operands="a, slope",
        defaults=[0.01],
        activation=True,
        summary="a above 0, slope * a below; at 0 its derivative is the slope. With a Value as "
        "slope it is PReLU.",
        source="A. Maas, A. Hannun and A. Ng (2013); PReLU: K. He et al. (2015).",
        example="leaky_relu(-2.0, 0.1).data -> -0.2",
    ),
    Operation(
        "elu",
        "alpha * expm1(a) if a <= 0 else a if alpha == alpha else alpha",
        ["step(a) + (1 - step(a)) * (alpha * exp(minimum(a, 0)))", "expm1(minimum(a, 0))"],
        operands="a, alpha",
        defaults=[1.0],
        activation=True,
        summary="The exponential linear unit: a above 0, alpha * (e^a - 1) below. At 0 its "
        "derivative is alpha.",
        source="D.-A. Clevert, T. Unterthiner and S. Hochreiter (2015).",
        example="elu(2.0).data -> 2.0",
    ),
    Operation(
        "selu",
        "1.0507009873554805 * a if a > 0 else 1.7580993408473766 * expm1(a)",
        ["1.0507009873554805 * step(a) + (1 - step(a)) * e"],
        where={"e": "1.7580993408473766 * exp(minimum(a, 0))"},
        activation=True,
        summary="The scaled exponential linear unit: elu with alpha = 1.6732632423543772, times "
        "1.0507009873554805. At 0 its derivative is that of the lower side, 1.7580993408473766.",
        source="G. Klambauer et al. (2017).",
        example="selu(1.0).data -> 1.0507009873554805",
    ),
    Operation(
        "softplus",
        "softplus(a)",
        ["sigmoid(a)"],
        activation=True,
        summary="log(1 + e^a), a smooth relu.",
        source="C. Dugas et al. (2001).",
        example="softplus(1000.0).data -> 1000.0",
    ),
    Operation(
        "softsign",
        "a / (1 + abs(a))",
        ["(1 - abs(y)) * (1 - abs(y))"],
        activation=True,
        summary="a / (1 + |a|), from -1 to 1, with tails slower than tanh's.",
        source="J. Bergstra et al. (2009).",
        example="softsign(1.0).data -> 0.5",
    ),
    Operation(
        "swish",
        "a * s",
        ["s + beta * (a * (s * t))", "a * (a * (s * t))"],
        operands="a, beta",
        defaults=[1.0],
        where={"s": "sigmoid(beta * a)", "t": "sigmoid(-(beta * a))"},  # t: 1 - s in all digits
        activation=True,
        summary="a * sigmoid(beta * a); with beta = 1 also called SiLU.",
        source="P. Ramachandran, B. Zoph and Q. Le (2017); S. Elfwing et al. (2017).",
        example="swish(0.0).data -> 0.0",
    ),
    Operation(
        "gelu",
        "0.5 * a * erfc(-0.7071067811865476 * a)",
        ["0.5 * erfc(-0.7071067811865476 * a) + c * (0.3989422804014327 * exp(-0.5 * (c * c)))"],
        where={"c": "minimum(maximum(a, -40), 40)"},  # where the exp is 0 long since
        activation=True,
        summary="The Gaussian error linear unit: a times the normal distribution function at a.",
        source="D. Hendrycks and K. Gimpel (2016).",
        example="gelu(0.0).data -> 0.0",
    ),
    Operation(
        "gelu_tanh",
        "a * s",
        ["s + c * (s * t) * 1.5957691216057308 * (1 + 0.134145 * c * c)"],
        where={
            "c": "minimum(maximum(a, -40), 40)",  # where s is 0 or 1 long since
            "z": "1.5957691216057308 * (c + 0.044715 * c * c * c)",
            "s": "sigmoid(z)",
            "t": "sigmoid(-z)",  # 1 - s in all digits
        },
        activation=True,
        summary="The tanh approximation of gelu: "
        "a/2 * (1 + tanh(sqrt(2/pi) * (a + 0.044715 a^3))).",
        source="D. Hendrycks and K. Gimpel (2016).",
        example="gelu_tanh(0.0).data -> 0.0",
    ),
    Operation(
        "mish",
        "a * t",
        ["t + a * ((1 - t * t) * sigmoid(a))"],
        where={"t": "tanh(softplus(a))"},
        activation=True,
        summary="a * tanh(softplus(a)).",
        source="D. Misra (2019).",
        example="mish(0.0).data -> 0.0",
    ),
    Operation(
        "hard_sigmoid",
        "minimum(maximum(a / 6 + 0.5, 0.0), 1.0)",
        ["step(a + 3) * step(3 - a) / 6"],
        activation=True,
        summary="a / 6 + 1/2, cut off at 0 and 1. At both kinks its derivative is taken to be 0.",
        source="The form of A. Howard et al. (2019); an earlier one: M. Courbariaux et al. (2015).",
        example="hard_sigmoid(0.0).data -> 0.5",
    ),
    Operation(
        "hard_tanh",
        "minimum(maximum(a, -1.0), 1.0)",
        ["step(a + 1) * step(1 - a)"],
        activation=True,
        summary="a, cut off at -1 and 1. At both kinks its derivative is taken to be 0.",
        source="R. Collobert (2004).",
        example="hard_tanh(3.0).data -> 1.0",
    ),
    # Any number of operands
    Operation(
        "logsumexp",
        "logsumexp(a)",
        # The sum of the e^(a - y) is 1, save that y is rounded: much, where it is large.
        ["exp(a - y) / scale"],
        operands="*a",
        where={"scale": "total(exp(a - y))"},
        domain="at least one operand",
        summary="log(e^a0 + e^a1 + ...), a smooth maximum; its partials are the softmax.",
        example="logsumexp([0.0, 0.0]).data -> 0.6931471805599453",
    ),
    Operation(
        "argmax",
        "argmax(a)",
        ["0"],
        operands="*a",
        domain="at least one operand",
        summary="The position of the largest value, counted from 0; of equal ones the first. "
        "With select it is max pooling: select(values, argmax(values)).",
        example="argmax([5.0, 7.0, 7.0]).data -> 1.0",
    ),
    Operation(
        "select",
        "select(a, index)",
        ["1"],
        operands="*a, index",
        chosen="index",
        domain="a whole number as index, from 0 to one less than the number of values",
        summary="The value at a position (counted from 0); only that one gets a gradient.",
        example="select([5.0, 7.0], 1).data -> 7.0",
    ),
)
TABLE.update({entry.name: entry for entry in _ENTRIES})
BUILT_IN = frozenset(TABLE)  # what is not in it was added with `define_operation`

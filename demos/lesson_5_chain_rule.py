# %% [markdown]
# # Lesson 5. A nudge, and what becomes of it
#
# After this lesson you can
#
# - measure how strongly an output reacts to an input, with nothing but subtraction and division;
# - say what a derivative is, and read its sign and its size;
# - use the chain rule: multiply the factors of the steps that a change passes through;
# - tell when a measured derivative can be trusted.
#
# Three small machines stand in a row. The first triples a number, the second takes 4 away from the
# result, and the third squares that. We give each number a name:
#
# $$ u = 3 \cdot x, \qquad v = u - 4, \qquad y = v^2 $$
#
# With $x = 2$ the numbers are $u = 6$, $v = 2$ and $y = 4$.

# %% tags=["remove-input"]
from tinygrad_neuron import draw_dot
from tinygrad_neuron.course import exercise, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %%
from tinygrad_neuron import Value, check_gradients, local_derivatives, nn, nudge


def machines(number):
    """The number that goes in, and those that come out of the machines."""
    x = Value(number, label="x")
    u = 3 * x
    v = u - 4
    y = v**2
    u.label, v.label, y.label = "u", "v", "y"
    return x, u, v, y


x, u, v, y = machines(2.0)
print("x =", x.data, "  u =", u.data, "  v =", v.data, "  y =", y.data)

# %% tags=["remove-input"]
assert (u.data, v.data, y.data) == (6, 2, 4)

# %% [markdown]
# A `Value` is a number that remembers how it was computed. For the moment it is simply a number,
# which `.data` reads.
#
# Now we **nudge** $x$: we move it by a little, on purpose, to see what happens. From 2 to 2.01.

# %%
predict(
    "$x$ moves from 2 to 2.01, that is by 0.01. By how much does $y$ move, roughly?",
    options=["0.01", "0.03", "0.08", "0.12"],
    answer="0.12",
    wrong={
        "0.01": r"The first machine already makes 0.03 of it: $3 \cdot 2.01 = 6.03$.",
        "0.03": r"That is what $u$ and $v$ do. But then comes the square: $2.03 \cdot 2.03$ is how"
        " much?",
        "0.08": r"Compute it: $3 \cdot 2.01 = 6.03$, minus 4 is 2.03. And $2.03 \cdot 2.03$ is how"
        " much?",
    },
    explanation=r"$3 \cdot 2.01 = 6.03$, minus 4 is 2.03, and $2.03^2 = 4.1209$. That is 0.1209 "
    "more.",
)

# %% [markdown]
# Follow the nudge from machine to machine. Each bar is as long as the change of its number.


# %% tags=["hide-input"]
def travelling(stages):
    """The nudge after it has come so far."""
    steps = nudge(y, x, by=0.01)[:stages]
    node, before, after = steps[-1]
    text = f"{node.label} moves from {before:g} to {after:g}, that is by {after - before:.4f}."
    if stages > 1:
        text += f" Factor of this machine: {steps[-1].change / steps[-2].change:.2f}."
    return text, figures.nudges(y, x, by=0.01, reached=stages, title="A nudge of 0.01 travels")


slider("numbers reached", [1, 2, 3, 4], travelling)

# %% tags=["remove-input"]
changes = [round(step.change, 4) for step in nudge(y, x, by=0.01)]
assert changes == [0.01, 0.03, 0.03, 0.1209]

# %% [markdown]
# Each machine hands the nudge on, multiplied by a factor of its own: 3, then 1, then about 4. In
# all that is $3 \cdot 1 \cdot 4 = 12$, so a nudge of 0.01 becomes about 0.12.
#
# That is the whole lesson. What is left is to find out where such a factor comes from, why it is
# only *about* 4, and why factors are multiplied.
#
# ## The factor of one machine
#
# Take the third machine alone, at $v = 2$. We write $f(v)$ for what it turns $v$ into, so $f(v) =
# v^2$. Call the nudge $h$. The factor is the change of the output, divided by the nudge. This is
# the **difference quotient**:
#
# $$ \frac{f(v + h) - f(v)}{h} $$
#
# With $h = 0.01$: $(2.01^2 - 2^2) / 0.01 = (4.0401 - 4) / 0.01 = 4.01$.


# %%
def square(v):
    return v**2


def quotient(f, at, h):
    """The difference quotient of f."""
    return (f(at + h) - f(at)) / h


print(f"{quotient(square, 2, 0.01):.4f}")

# %% tags=["remove-input"]
assert round(quotient(square, 2, 0.01), 9) == 4.01

# %%
predict(
    "A large nudge: $h = 1$. What is the difference quotient of the square at $v = 2$?",
    answer=5,
    wrong={
        4: "That is where it settles for small nudges. Put in $h = 1$: $(3^2 - 2^2) / 1$.",
        9: "That is $f(v + h) = 3^2$. Subtract $f(v) = 2^2$, and divide by $h$.",
        1: "That is the nudge. The square goes from $2^2$ to $3^2$.",
    },
    hint="$(f(v + h) - f(v)) / h$ with $v = 2$ and $h = 1$ is $(3^2 - 2^2) / 1$.",
    explanation="$(9 - 4) / 1 = 5$.",
)

# %% [markdown]
# Now let the nudge shrink. In the picture, the dashed line meets the curve at $v$ and at $v + h$.
# Its slope, how much it climbs for each 1 to the right, is the difference quotient.


# %% tags=["hide-input"]
def secant(h):
    slope = quotient(square, 2, h)
    text = f"({2 + h:g}² − 2²) / {h:g} = ({square(2 + h):.8g} − 4) / {h:g} = {slope:.6g}"
    figure = figures.functions(
        {"v²": square, "line": lambda v: 4 + slope * (v - 2)},
        0,
        4,
        marks=[(2, 4), (2 + h, square(2 + h))],
        name="v",
        title=f"h = {h:g}: the slope is {slope:.6g}",
    )
    return text, figure


slider("nudge h", [1, 0.5, 0.1, 0.01, 0.001], secant)

# %% tags=["remove-input"]
slopes = [round(quotient(square, 2, h), 6) for h in (1, 0.5, 0.1, 0.01, 0.001)]
assert slopes == [5, 4.5, 4.1, 4.01, 4.001]

# %% [markdown]
# 5, 4.5, 4.1, 4.01, 4.001: the slopes settle at 4, and the line settles on the **tangent**, the
# line that just touches the curve. The number at which the difference quotient settles is the
# **derivative**. Lesson 3 read it off a curve, as its slope; this is where it comes from. The
# derivative of $y$ for $v$ is written $dy/dv$.
#
# School algebra shows why it is 4, and what it is anywhere else:
#
# $$ \frac{(v + h)^2 - v^2}{h} = \frac{2vh + h^2}{h} = 2v + h $$
#
# When $h$ shrinks to nothing, $2v$ is left. So the derivative of $v^2$ is $2v$. At $v = 2$ it is $2
# \cdot 2 = 4$. For a nudge of 0.03 the quotient is $2 \cdot 2 + 0.03 = 4.03$: that was the factor
# in the picture above.

# %%
print(f"{quotient(square, 2, 0.03):.4f}")

# %% tags=["remove-input"]
assert round(quotient(square, 2, 0.03), 9) == 4.03

# %%
predict(
    "What is the derivative of $v^2$ at $v = -1$?",
    answer=-2,
    wrong={
        2: r"The size is right. But what is the sign of $2 \cdot v$ at $v = -1$?",
        1: r"That is the square itself, $(-1)^2$. The derivative is $2 \cdot v$.",
        4: r"That was at $v = 2$. The derivative is $2 \cdot v$, a different number at each "
        "$v$.",
    },
    hint=r"The derivative of $v^2$ is $2 \cdot v$.",
    explanation=r"$2 \cdot (-1) = -2$. A nudge up by 0.01 makes $y$ fall by about 0.02.",
)

# %%
change = square(-0.99) - square(-1)
print(f"at v = -1, v moves by 0.01 and y by {change:.4f}")

# %% tags=["remove-input"]
assert round(change, 4) == -0.0199

# %% [markdown]
# So a derivative says two things. Its **sign** says which way: positive, both move the same way;
# negative, one rises while the other falls. Its **size** says how much: the output moves so many
# times as far as the input. A derivative of 0 says that a small nudge has next to no effect.
#
# ## A short list is enough
#
# A neuron is made of very few kinds of steps. The derivative of one step for one of its inputs,
# while the others stand still, is its **local derivative**. Mathematicians call it a partial
# derivative and write $\partial y/\partial a$. Here are the ones we need:
#
# | step | local derivative | with numbers |
# |---|---|---|
# | $y = a + b$ | 1 for $a$, 1 for $b$ | whatever $a$ and $b$ are: 1 and 1 |
# | $y = a - b$ | 1 for $a$, −1 for $b$ | whatever $a$ and $b$ are: 1 and −1 |
# | $y = a \cdot b$ | $b$ for $a$, $a$ for $b$ | $a = 3$, $b = 2$: 2 for $a$, 3 for $b$ |
# | $y = a^n$ | $n \cdot a^{n-1}$ | $a = 2$, $n = 3$: $3 \cdot 2^2 = 12$ |
# | $y = \tanh(a)$ | $1 - y^2$ | $a = 1$: $y = 0.76$, so $1 - 0.58 = 0.42$ |
# | $y = \operatorname{relu}(a)$ | 1 where $a > 0$, 0 where $a < 0$ | $a = 1$: 1; $a = -1$: 0 |
#
# In a product, each input has the *other* one as its local derivative. It is as with the first
# machine, $3 \cdot x$: nudge $x$, and the 3 decides what comes out. At $a = 0$ relu has a corner: a
# nudge up passes, a nudge down does not, so there is no derivative. One has to agree on a number,
# and this package takes 0.
#
# You need not take the list on trust. `local_derivatives` computes what stands in it;
# `check_gradients` compares that with difference quotients and returns the largest error, beyond
# what the measuring itself gets wrong. (How much that is, you will see at the end of this lesson.
# In Python, `lambda a, b: a + b` is a function without a name: it gets a and b, and returns their
# sum.)

# %%
a, b = Value(3.0, label="a"), Value(2.0, label="b")
steps = [
    ("a + b", lambda a, b: a + b, [3.0, 2.0]),
    ("a - b", lambda a, b: a - b, [3.0, 2.0]),
    ("a * b", lambda a, b: a * b, [3.0, 2.0]),
    ("a ** 3", lambda a: a**3, [2.0]),
    ("tanh(a)", lambda a: a.tanh(), [0.0]),
    ("tanh(a)", lambda a: a.tanh(), [1.0]),
    ("relu(a)", lambda a: a.relu(), [1.0]),
    ("relu(a)", lambda a: a.relu(), [-1.0]),
]
for name, step, numbers in steps:
    y_step = step(*map(Value, numbers))  # the step, with its numbers as Values
    found = [round(local, 4) for _, local in local_derivatives(y_step)]
    error = check_gradients(step, numbers)
    print(f"{name:8} at {numbers}: {found}, error {error:g}")

# %% tags=["remove-input"]
expected = [[1, 1], [1, -1], [2, 3], [12], [1], [0.42], [1], [0]]
for (_, step, numbers), right in zip(steps, expected, strict=True):
    found = [round(local, 4) for _, local in local_derivatives(step(*map(Value, numbers)))]
    assert found == right and check_gradients(step, numbers) < 1e-8
[(_, at_the_corner)] = local_derivatives(Value(0.0).relu())
assert at_the_corner == 0

# %% [markdown]
# ## The chain rule: multiply
#
# Back to the three machines. Their local derivatives, at $x = 2$, are
#
# - $du/dx = 3$, because $u = 3 \cdot x$;
# - $dv/du = 1$, because $v = u - 4$;
# - $dy/dv = 2v = 4$, because $y = v^2$.
#
# A nudge goes through all of them, one after the other, and each multiplies. So
#
# $$
# \frac{dy}{dx} = \frac{dy}{dv} \cdot \frac{dv}{du} \cdot \frac{du}{dx} = 4 \cdot 1 \cdot 3 = 12
# $$
#
# This is the **chain rule**: the derivative through a chain of steps is the product of their local
# derivatives.
#
# **You may think** that the factors add up: $4 + 1 + 3 = 8$. Let us measure. A nudge of a millionth
# is small enough to get the first digits right.

# %%
first, *_, last = nudge(y, x, by=1e-6)  # 1e-6 is a millionth; the changes of x and of y
measured = last.change / first.change
print(f"measured: {measured:.5f}   product: {4 * 1 * 3}   sum: {4 + 1 + 3}")

# %% tags=["remove-input"]
assert abs(measured - 12) < 1e-4

# %% [markdown]
# 12 it is. Think of gears: if one wheel turns 3 times as fast as you crank, and the next turns
# 4 times as fast as that one, then it turns 12 times as fast as you crank, not 7 times.
#
# The package does the same multiplication. `y.backward()` goes from $y$ back to $x$, and `x.grad`
# is then $dy/dx$, which we call the **gradient** of $x$: how many times as far as $x$ the output
# moves.

# %%
y.backward()
print("x.grad =", x.grad)

# %% tags=["hide-input"]
show(
    draw_dot(y, title="Local derivatives on the way"),
    "The chain as a graph. At each arrow stands the local derivative, in each box the"
    r" number (data) and the gradient (grad): 1 for $y$ itself, then $1 \cdot 4 = 4$ "
    r"for $v$, $4 \cdot 1 = 4$ for $u$ and $4 \cdot 3 = 12$ for $x$.",
)

# %% tags=["remove-input"]
assert x.grad == 12
assert [node.grad for node in (y, v, u, x)] == [1, 4, 4, 12]

# %%
predict(
    "Put $x = 1$ into the same three machines, so that $u = 3$ and $v = -1$. What is $dy/dx$ now?",
    answer=-6,
    wrong={
        12: "That was at $x = 2$. The local derivative of the square is $2v$, and $v$ is now −1.",
        6: "Mind the sign: $2v$ at $v = -1$ is negative.",
        -2: "That is the last factor, $dy/dv$. Multiply by the 3 of the first machine.",
    },
    hint="Multiply 3, 1 and $2v$, with $v = -1$.",
    explanation=r"$3 \cdot 1 \cdot (-2) = -6$: here $y$ falls when $x$ rises.",
)

# %% [markdown]
# The machines are the same, yet the factor of the square depends on where we are.


# %% tags=["hide-input"]
def chain_at(number):
    x, _, v, y = machines(number)
    y.backward()
    first, *_, last = nudge(y, x, by=0.01)
    text = f"v = {v.data:g}; dy/dx = 2v · 1 · 3 = {2 * v.data:g} · 1 · 3 = {x.grad:g}"
    measured = f"measured with a nudge of 0.01: {last.change / first.change:.2f}"
    figure = figures.nudges(y, x, by=0.01, title=f"x = {number:g}: {text}\n{measured}")
    return f"{text}; {measured}", figure


slider("x", [0, 1, 2, 3], chain_at, start=1)


# %% tags=["remove-input"]
def gradient_at(number):
    x, *_, y = machines(number)
    y.backward()
    return x.grad


assert [gradient_at(number) for number in (0, 1, 2, 3)] == [-24, -6, 12, 30]

# %% [markdown]
# ## Another last machine
#
# Replace the square by relu, which passes on positive numbers and outputs 0 for all others: $y =
# \operatorname{relu}(v)$.

# %%
predict(
    r"$y = \operatorname{relu}(3 \cdot x - 4)$ at $x = 1$. What is $dy/dx$?",
    answer=0,
    wrong={
        3: "That is the factor of the first machine. What does relu do with $v = -1$?",
        -6: "That was the square. The local derivative of relu is 1 or 0.",
        1: "The local derivative of relu is 1 only where its input is positive. $v$ is −1.",
        -3: "The local derivative of relu is never negative: it is 1 or 0.",
    },
    hint=r"$v = 3 \cdot 1 - 4 = -1$. What is the local derivative of relu there?",
    explanation=r"$3 \cdot 1 \cdot 0 = 0$. The nudge arrives at relu and goes no further.",
)

# %%
x, u, v, _ = machines(1.0)
y = v.relu()
y.label = "y"
y.backward()

# %% tags=["hide-input"]
show(
    figures.nudges(y, x, by=0.01, title="The nudge stops at relu"),
    "$x$ moves by 0.01, $u$ and $v$ by 0.03, and $y$ not at all: "
    r"$3 \cdot 1 \cdot 0 = 0$.",
)

# %% tags=["remove-input"]
assert x.grad == 0

# %% [markdown]
# **One zero is enough.** In a product one factor of 0 makes everything 0. This is why a dead relu,
# as lesson 3 called it, cannot learn: no nudge of its weights gets through.
#
# ## How small may a nudge be?
#
# **You may think** that the smaller the nudge, the better the measurement. For the square the error
# was exactly $h$, so let us take a really small $h$.

# %%
predict(
    "$v = 2$ and $h = 0.0000000000000001$ (that is 1e-16). What does the computer "
    "give for $((v + h)^2 - v^2) / h$?",
    options=["4", "4.0000000000000001", "0", "an error"],
    answer="0",
    wrong={
        "4": "One would hope so. But the computer keeps only about 16 digits of a number. What "
        "becomes of $2 + h$?",
        "4.0000000000000001": "That is $2v + h$, the exact answer. The computer keeps only "
        "about 16 digits of a number. What becomes of $2 + h$?",
        "an error": "It divides by $h$, which is not 0. So there is an answer.",
    },
    explanation="$2 + h$ needs 17 digits. The computer rounds it to 2, so nothing changes, and "
    "$0 / h = 0$.",
)

# %%
exact = 4
for exponent in (1, 2, 4, 6, 8, 10, 12, 14, 15, 16):
    h = 10.0**-exponent
    measured = quotient(square, 2.0, h)
    error = abs(measured - exact)
    print(f"h = 1e-{exponent:02}   quotient {measured:<18.12g} error {error:.0e}")

# %% tags=["remove-input"]
errors = {n: abs(quotient(square, 2.0, 10.0**-n) - 4) for n in range(1, 17)}
assert quotient(square, 2.0, 1e-16) == 0
assert min(errors, key=errors.__getitem__) == 8
assert errors[8] < errors[2] and errors[8] < errors[14]

# %% [markdown]
# At first the error shrinks with $h$. Around $h$ = 1e-8 it is smallest. Then it grows again: if two
# numbers agree in their first digits, their difference has only the last few digits left. In the
# end the error is as large as the derivative itself.
#
# A trick helps: nudge both ways. In the **central difference** $(f(v + h) - f(v - h)) / 2h$ the
# larger part of the error cancels out. For tanh at 1, with $h = 0.01$:


# %%
def tanh(number):
    return Value(number).tanh().data


true = 1 - tanh(1.0) ** 2
one_sided = quotient(tanh, 1.0, 0.01)
central = (tanh(1.01) - tanh(0.99)) / 0.02
print(f"true {true:.6f}, one-sided {one_sided:.6f}, central {central:.6f}")

# %% tags=["remove-input"]
assert (round(true, 4), round(one_sided, 4)) == (0.42, 0.4168)
assert abs(central - true) < abs(one_sided - true) / 200

# %% [markdown]
# Measuring is a good check, and `check_gradients` does it with central differences. It is no way to
# train a network, though: every weight needs runs of its own, two for a central difference. A
# network with 337 weights and biases would need 674 runs for a single step of learning; one-sided
# differences would still need 338, one for each number and one without a nudge. With the chain rule
# one pass backwards is enough. That is lesson 6.

# %%
count = len(nn.MLP(2, [16, 16, 1]).parameters())  # a network as in lesson 8
print(f"{count} weights and biases: {2 * count} runs, or {count + 1} one-sided")

# %% tags=["remove-input"]
assert (count, 2 * count, count + 1) == (337, 674, 338)

# %% [markdown]
# ## In short
#
# - The derivative is the factor between a small change of the input and the change of the output.
# - Its sign says which way the output goes, its size how far.
# - Each step has a local derivative; through a chain of steps they are multiplied.
# - One factor of 0 stops everything.
# - A difference quotient measures a derivative; a nudge that is too small measures rounding.
#
# ## Exercises

# %%
task(
    "Write `times`, which gets two numbers and returns three: their product, its local derivative "
    "for `a`, and its local derivative for `b`.",
    start="""
def times(a, b):
    y = a * b
    return y, 1, 1  # these are the local derivatives of a + b
""",
    solution="""
def times(a, b):
    y = a * b
    return y, b, a
""",
    cases=[((3, 2), (6, 2, 3)), ((-1.5, 4.0), (-6.0, 4.0, -1.5)), ((0, 7), (0, 7, 0))],
    wrong={
        "def times(a, b): return a * b, a, b": "The two are exchanged. Nudge `a`: how many times "
        "as far does the product move?",
        "def times(a, b): return a * b, a * b, a * b": "That is the product itself, three times.",
    },
    hint="In a product, each number has the *other* one as its local derivative.",
    explanation="With this and the same for `+`, lesson 7 builds a whole engine.",
)

# %%
exercise(
    "A nudge of 0.1 passes three steps with the local derivatives 2, −3 "
    "and 0.5. By how much does the output move?",
    answer=-0.3,
    wrong={
        -3: "That is the derivative of the whole chain. The nudge was 0.1.",
        0.3: "One of the factors is negative, so the output moves the other way.",
        3: "The nudge was 0.1, and one of the factors is negative.",
        -0.05: "You added the factors: $2 - 3 + 0.5 = -0.5$. They are multiplied.",
    },
    hint="Multiply the three local derivatives, then multiply by the nudge.",
    explanation=r"$2 \cdot (-3) \cdot 0.5 = -3$, and $-3 \cdot 0.1 = -0.3$.",
)

# %%
exercise(
    r"$y = a \cdot b$ with $a = 4$ and $b = -2$. We nudge $b$ by 0.01. By how much "
    "does $y$ move?",
    answer=0.04,
    wrong={
        -0.02: "You took $b$ itself as the factor. In a product it is the other number.",
        4: "That is the local derivative for $b$. The nudge was 0.01.",
        -0.08: r"That is $a \cdot b \cdot 0.01$. The local derivative for $b$ is $a$ alone.",
        -0.04: "The factor is $a = 4$, which is positive. The sign of $b$ plays no part.",
    },
    hint=r"The local derivative of $a \cdot b$ for $b$ is $a$.",
    explanation=r"$\partial y/\partial b = a = 4$, and $4 \cdot 0.01 = 0.04$.",
)

# %%
exercise(
    "The derivative of (2*x + 1)**3 with respect to x, as an expression in x",
    answer="6*(2*x + 1)**2",
    variables=("x",),
    wrong={
        "3*(2*x + 1)**2": "That is the factor of the cube. The step 2*x + 1 has a factor of its "
        "own: 2.",
        "6*x**2": "The factor of the cube is to be taken where the cube stands: at 2*x + 1.",
        "3*x**2": "Two things are missing: the cube is taken at 2*x + 1, not at x, and the step "
        "2*x + 1 has a factor of its own.",
        "6*(2*x + 1)**3": "The power falls by one: the derivative of a**3 is 3*a**2.",
        "2": "That is the factor of the inner step. Multiply by that of the cube.",
    },
    hint="Name the inner step u = 2*x + 1. Multiply the local derivative of u**3 by that of u.",
    explanation="du/dx = 2 and dy/du = 3u², so dy/dx = 6u² with u = 2x + 1.",
)
assert check_gradients(lambda x: (2 * x + 1) ** 3, [0.7]) < 1e-6

# %%
exercise(
    "The derivative of tanh(3*x) with respect to x, as an expression in x",
    answer="3*(1 - tanh(3*x)**2)",
    variables=("x",),
    wrong={
        "1 - tanh(3*x)**2": "That is the factor of tanh. The step 3*x has a factor of its own.",
        "3*(1 - tanh(x)**2)": "The factor of tanh is to be taken where tanh stands: at 3*x.",
        "3*tanh(3*x)": "The local derivative of tanh is not tanh itself, but 1 - y**2.",
        "3": "That is the factor of the inner step. Multiply by that of tanh.",
    },
    hint="The local derivative of tanh is 1 - y**2, where y = tanh(3*x). And the inner step 3*x?",
    explanation="3 for the inner step, times 1 − y² for tanh.",
)


# %%
def no_reaction(a, b):
    if a == 0:
        return "With $a = 0$ the output never depends on $x$. Find a pair with another $a$."
    derivative = 2 * (2 * a + b) * a
    if abs(derivative) > 1e-9:
        return (
            f"The chain gives 2 · ({2 * a + b:g}) · ({a:g}) = {derivative:g}, so y does react. "
            "Which factor can become 0?"
        )
    return None


exercise(
    r"Choose $a$ (not 0) and $b$ so that $y = (a \cdot x + b)^2$ does not react to a "
    "small nudge of $x$ at $x = 2$.",
    answer=(1, -2),
    names=("a", "b"),
    judge=no_reaction,
    wrong={(0, 0): "With $a = 0$ the output never depends on $x$. Find a pair with another $a$."},
    explanation=r"The factor of the square is $2 \cdot (2a + b)$. It is 0 where $b = -2a$.",
)

# %% [markdown]
# ## Sources
#
# - Gottfried Wilhelm Leibniz, "Nova methodus pro maximis et minimis", *Acta Eruditorum*, 1684: the
#   first printed account of his calculus; the notation dy/dx is his.
# - Guillaume de l'Hôpital, *Analyse des infiniment petits*, 1696: the first textbook on it.
# - William H. Press, Saul A. Teukolsky, William T. Vetterling and Brian P. Flannery, *Numerical
#   Recipes*, third edition, 2007, section 5.7: how to choose the nudge.

# %% [markdown]
# # Lesson 3. The artificial neuron
#
# After this lesson you can
#
# - compute the output of a neuron step by step: multiply, sum, add the bias, apply the activation;
# - say what each part has to do with a nerve cell, and where the likeness ends;
# - place and turn the step of a neuron with its weight and its bias;
# - choose an activation function for a purpose, from its curve, its range and its slope.
#
# Will a student pass the exam? She has studied for 2 hours and solved 3 exercises. A neuron gives
# 0.5 points per hour and 0.3 points per exercise, takes 0.4 points away from everybody, and turns
# the points into a number between 0 (no) and 1 (yes).

# %% tags=["remove-input"]
import tinygrad_neuron
from tinygrad_neuron import draw_dot
from tinygrad_neuron.course import exercise, hands, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %%
from math import exp

from tinygrad_neuron import Value, nn, relu, sigmoid, walkthrough

neuron = nn.Neuron(2, activation="sigmoid", weights=[0.5, 0.3], bias=-0.4)
student = [Value(2.0, label="x0"), Value(3.0, label="x1")]
y = neuron(student)
print(f"her chances: {y.data:.4f}")

# %% tags=["remove-input"]
assert round(y.data, 4) == 0.8176

# %% tags=["hide-input"]
show(
    draw_dot(y, edges="none", title="One neuron: multiply, sum, add the bias, apply sigmoid"),
    "From left to right: each input is multiplied by its weight, the products are summed, the bias "
    "is added, and sigmoid turns the result into the output. For now, read only the numbers called "
    "data.",
)

# %% [markdown]
# (A `Value` is this package's kind of number: it remembers how it was computed, and the picture
# shows that. Its `.data` is the number itself.)
#
# ## Four kinds of steps, always the same
#
# An **artificial neuron** is the perceptron of lesson 2, with one part replaced.
#
# $$ z = w_0 \cdot x_0 + w_1 \cdot x_1 + b $$
#
# $$ y = f(z) $$
#
# The number $z$ is called the **pre-activation**. The function $f$ that turns it into the output is
# called the **activation function**. In a perceptron, $f$ is the *step*: 1 if $z > 0$, else 0. Here
# it is **sigmoid**, a smooth curve from 0 to 1:
#
# $$ \operatorname{sigmoid}(z) = \frac{1}{1 + e^{-z}} $$
#
# Here $e$ is the number 2.718..., and $e^{-z}$ is $e$ to the power $-z$. With our numbers:
#
# 1. multiply: $0.5 \cdot 2 = 1$, and $0.3 \cdot 3 = 0.9$
# 2. sum: $1 + 0.9 = 1.9$
# 3. add the bias: $z = 1.9 - 0.4 = 1.5$
# 4. activation function: $e^{-1.5} = 0.2231$, so $y = 1 / (1 + 0.2231) = 0.8176$

# %%
z = 0.5 * 2 + 0.3 * 3 - 0.4
print(f"z = {z:g}, e^(-z) = {exp(-z):.4f}, y = {1 / (1 + exp(-z)):.4f}")

steps = [step for step in walkthrough(y) if step.phase == "forward"]
for step in steps:
    print(f"{step.number}. {step.name} = {step.formula} = {step.numbers}")

# %% tags=["remove-input"]
assert abs(1 / (1 + exp(-z)) - y.data) < 1e-15
assert (f"{exp(1):.3f}", f"{exp(-1.5):.4f}") == ("2.718", "0.2231")

# %% [markdown]
# Now step through it. Only the first half matters here. The second half runs backwards, and is the
# subject of lesson 6.

# %% tags=["hide-input"]
show(
    walkthrough(y),
    f"The neuron, to step through. The first {len(steps)} steps are the ones above. Those after "
    "them run backwards; lesson 6 is about these. (walkthrough(y).terminal() steps through "
    "it in a terminal.)",
)

# %% tags=["remove-input"]
assert len(steps) == 5

# %%
predict(
    "Another student has studied for 0 hours and solved 0 exercises. What is the neuron's "
    "pre-activation $z$ for him?",
    answer=-0.4,
    wrong={
        0: "The weighted sum is 0. And the bias, which is added whatever the inputs are?",
        0.4: "The bias is −0.4: it takes points away.",
        0.5: r"$\operatorname{sigmoid}(0)$ is 0.5. But $z$ is not 0 here, and the question is "
        "about $z$.",
    },
    hint="$z$ is the weighted sum plus the bias.",
    explanation=r"$0.5 \cdot 0 + 0.3 \cdot 0 - 0.4 = -0.4$. The output is "
    r"$\operatorname{sigmoid}(-0.4)$, about 0.4.",
)
assert neuron.pre_activation([0, 0]).data == -0.4 and round(neuron([0, 0]).data, 2) == 0.4

# %% [markdown]
# ## Why not the step?
#
# Suppose she fails: the target is 0, and the neuron said 0.8176. In which direction should the
# weight $w_0$ go? Find out by trying: lower it by 0.01, and look at the output.

# %%
predict(
    "Take the step of the perceptron in place of sigmoid. Now $y = 1$, since $z = 1.5$ is more "
    "than 0. We lower $w_0$ by 0.01. By how much does $y$ change?",
    answer=0,
    wrong={
        -0.02: r"That is the change of $z$: $-0.01 \cdot 2$. The step of 1.48 is still 1.",
        -1: "$z$ is now 1.48, still more than 0.",
        -0.01: r"$w_0$ changes by 0.01, $z$ by $0.01 \cdot 2$. And the step?",
    },
    hint=r"$z$ becomes $1.5 - 0.01 \cdot 2 = 1.48$. What is the step of that?",
    explanation="The step of 1.5 is 1, and so is the step of 1.48. Nothing seems to have happened.",
)

# %%
for name in ("step", "sigmoid"):
    outputs = []
    for w0 in (0.5, 0.49):
        tried = nn.Neuron(2, activation=name, weights=[w0, 0.3], bias=-0.4)
        outputs.append(tried([2, 3]).data)
    before, after = outputs
    change = after - before
    print(f"{name}: from {before:.4f} to {after:.4f}, by {change:.4f}")

# %% tags=["remove-input"]
assert round(change, 4) == -0.003

# %% [markdown]
# The step gives no answer. It says nothing until $z$ passes 0, and then everything at once. Sigmoid
# answers every small change with a small change, here −0.0030: lowering $w_0$ is the right
# direction. From lesson 5 on, all learning is built on such answers.
#
# ## What it has to do with a nerve cell
#
# | in a nerve cell | in the neuron |
# |---|---|
# | pulses that arrive from other cells | inputs $x_0$, $x_1$, ... |
# | a synapse, where a cell touches the next: strong or weak, exciting or inhibiting | a weight |
# | the branches and the body of the cell, where what arrives adds up | the weighted sum |
# | how easily the cell is excited | the bias |
# | the start of the axon, its outgoing fibre, where the pulses begin | the activation function |
# | the firing rate: how many pulses a second | the output $y$ |
#
# It is a likeness, and it does not go far. A real cell sends single pulses, and their timing
# matters. Its branches do computations of their own. As a rule, a real cell either excites the
# cells it talks to or inhibits them, and a synapse does not change from the one to the other; a
# weight may become negative at any time. From here on, "neuron" means the formula.
#
# ## The weight sets the steepness, the bias the place
#
# Take one input. Then $z = w \cdot x + b$ is a straight line: its slope is $w$, for $z$ grows by
# $w$ where $x$ grows by 1. Sigmoid bends that line into a smooth step, and the middle of the step,
# $y = 0.5$, lies where $z = 0$. Solve $w \cdot x + b = 0$ for $x$:
#
# $$ x = -\frac{b}{w} $$
#
# For $w = 4$ and $b = -2$ that is $x = 2 / 4 = 0.5$. Now move the weight. (The dashed curve,
# $w = 1$ and $b = 0$, stays where it is, to compare with.)


# %% tags=["hide-input"]
def step_of(w, b):
    """The neuron y = sigmoid(w·x + b): where its step is, how steep, and its picture."""
    rise = sigmoid(w * (-b / w + 0.01) + b).data - 0.5  # from the middle of the step 0.01 on
    way = "rises" if w > 0 else "falls"
    formula = f"y = sigmoid({w:g}·x {'-' if b < 0 else '+'} {abs(b):g})"
    middle = f"middle at x = {-b / w + 0.0:g}, slope {rise / 0.01:.3g}"
    figure = figures.functions(
        {f"w = {w:g}, b = {b:g}": lambda x: sigmoid(w * x + b), "w = 1, b = 0": sigmoid},
        low=-6,
        high=6,
        marks=[(-b / w, 0.5)],
        title=f"{formula}: {middle}",
    )
    return f"{formula} {way}: {middle}", figure


step_by_hand = hands.neuron(4.0, -2.0, -0.5, sigmoid, -4.0, 4.0)
slider("w", [-4, -1, 0.5, 2, 4, 16], lambda w: step_of(w, -2), start=4, live=step_by_hand)

# %% tags=["remove-input"]
for w in (-4, -1, 0.5, 2, 4, 16):  # the slope in the middle, measured over a much shorter way
    assert abs((sigmoid(w * 1e-6).data - 0.5) / 1e-6 - w / 4) < 1e-6
assert step_of(16, -2)[0].endswith("slope 3.99")

# %% [markdown]
# A larger weight makes a steeper step: with $w = 16$ it is nearly the step of a perceptron. A
# negative weight turns it around. The slope in the middle, how many times as fast as $x$ the output
# grows just there, is $w / 4$: sigmoid itself has the slope $1/4$ at $z = 0$, and $z$ moves $w$
# times as fast as $x$. (The slopes above are measured over 0.01, so for $w = 16$ it is 3.99 instead
# of 4.)
#
# Now the bias. The weight stays 4.

# %%
predict(
    "$w = 4$. The bias goes from 0 to 2. Where is the middle of the step now?",
    answer=-0.5,
    wrong={
        -2: "Right direction. But the middle is where $4x + 2 = 0$.",
        2: "With a positive bias less input is enough, so the step moves to the left. And "
        "how far? Solve $4x + 2 = 0$.",
        0.5: r"Put it in: $4 \cdot 0.5 + 2 = 4$. It should be 0.",
    },
    hint="The middle is where $z = 4x + 2$ is 0.",
    explanation="$4x + 2 = 0$ gives $x = -2/4 = -0.5$.",
)

# %% tags=["hide-input"]
slider("b", [-16, -8, -2, 0, 2, 8, 16], lambda b: step_of(4, b), start=2)

# %% tags=["remove-input"]
for b in (-16, -8, -2, 0, 2, 8, 16):
    assert abs(sigmoid(4 * (-b / 4) + b).data - 0.5) < 1e-12

# %% [markdown]
# **You may think** that a bias of 2 moves the step by 2. It moves it by $2 / 4 = 0.5$, and to the
# left. What counts is $-b / w$: the same bias moves a steep step a little, and a flat one far.

# %%
for w in (0.5, 1, 4):
    place = -2 / w
    print(f"w = {w}, b = 2: the middle is at x = {place:g}")

# %% tags=["remove-input"]
for w in (0.5, 1, 4):
    place = -2 / w
    assert abs(sigmoid(w * place + 2).data - 0.5) < 1e-12

# %% [markdown]
# ## Activation functions, one by one
#
# Sigmoid is one choice among many. The one you will meet most in this course is **tanh** (say
# "tansh"; the hyperbolic tangent), a sigmoid that runs from −1 to 1:
#
# $$ \tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}} = 2 \cdot \operatorname{sigmoid}(2z) - 1 $$
#
# It is 0 at $z = 0$, so a neuron with tanh can say no (−1), yes (1), and "nothing to say" (0). For
# $z = 1$ it is 0.7616, a number that comes back in lesson 6.

# %%
for z in (-2, -1, 0, 1, 2):
    print(f"z = {z:2}   sigmoid {sigmoid(z).data:.4f}   tanh {2 * sigmoid(2 * z).data - 1:7.4f}")

# %% tags=["remove-input"]
for z in (-2, -1, 0, 1, 2):
    assert abs(tinygrad_neuron.tanh(z).data - (2 * sigmoid(2 * z).data - 1)) < 1e-12
assert round(tinygrad_neuron.tanh(1).data, 4) == 0.7616

# %% [markdown]
# Now move through the families, one slider for each. The solid curve is the function. The dashed
# one is its slope at each $z$: how many times as fast as $z$ the function grows, just there. This
# slope is called the **derivative** of $f$, written $f'(z)$. Lesson 5 measures it; here it is
# enough to see where it is large, and where it is nearly 0. Where it is nearly 0 the neuron
# **saturates**: it hardly answers.
#
# One more word: neurons whose outputs go to other neurons, and not to us, are called **hidden**.
#
# **Step and identity** are the two extremes: everything at once, and no change at all. The
# **S-shaped** ones, sigmoid, tanh, softsign and the two hard ones, limit the output, and saturate
# on both sides.

# %% tags=["hide-input"]
ACTIVATIONS = {  # formula, lowest and highest y (None: no limit), steepest slope, where it is used
    "step": ("1 if z > 0, else 0", 0, 1, 0, "perceptrons; it cannot say which way is better"),
    "identity": ("z", None, None, 1, "outputs that may be any number, such as a price"),
    "sigmoid": ("1 / (1 + e^(-z))", 0, 1, 0.25, "outputs between no and yes"),
    "tanh": ("(e^z - e^(-z)) / (e^z + e^(-z))", -1, 1, 1, "hidden neurons of small networks"),
    "softsign": ("z / (1 + |z|)", -1, 1, 1, "hidden neurons; it saturates more slowly than tanh"),
    "hard_sigmoid": (
        "z/6 + 1/2, cut off at 0 and 1",
        0,
        1,
        1 / 6,
        "where sigmoid would cost too much",
    ),
    "hard_tanh": ("z, cut off at -1 and 1", -1, 1, 1, "where tanh would cost too much"),
    "relu": ("z if z > 0, else 0", 0, None, 1, "the usual choice for hidden neurons"),
    "leaky_relu": (
        "z if z > 0, else 0.01·z",
        None,
        None,
        1,
        "hidden neurons that must not die",
    ),
    "elu": ("z if z > 0, else e^z - 1", -1, None, 1, "hidden neurons"),
    "selu": (
        "1.051·z if z > 0, else 1.758·(e^z - 1)",
        -1.7581,
        None,
        1.7581,
        "very deep networks",
    ),
    "softplus": ("log(1 + e^z)", 0, None, 1, "outputs that must be positive, such as a spread"),
    "swish": ("z · sigmoid(z), or SiLU", -0.2785, None, 1.0998, "hidden neurons, for images"),
    "gelu": ("z · Φ(z), Φ the normal distribution", -0.17, None, 1.1289, "language models"),
    "gelu_tanh": ("nearly gelu, by way of tanh", -0.17, None, 1.129, "language models"),
    "mish": ("z · tanh(softplus(z))", -0.3088, None, 1.0885, "hidden neurons, for images"),
}


def activation(name):
    formula, low, high, steepest, use = ACTIVATIONS[name]
    reach = f"from {'-∞' if low is None else low} to {'∞' if high is None else high}"
    lines = [
        f"{name}: y = {formula}",
        f"{reach}, steepest slope {steepest:.4g}",
        f"used for: {use}",
    ]
    return "\n".join(lines), figures.activation_curve(name, points=161, title="\n".join(lines))


names = list(ACTIVATIONS)
slider("S-shaped", names[:7], activation, start="sigmoid")

# %% tags=["remove-input"]
# The limits and slopes above, checked at many places from -25 to 25.
places = [k / 25 for k in range(-625, 626)]
for name, (_, low, high, steepest, _) in ACTIVATIONS.items():
    function = getattr(tinygrad_neuron, name)
    values = [function(place).data for place in places]
    slope = tinygrad_neuron.grad(function)
    steepest_found = max(slope(place).data for place in places)
    assert min(values) <= -0.25 if low is None else -1e-3 < min(values) - low < 0.04, name
    assert max(values) > 24 if high is None else 0 <= high - max(values) < 0.04, name
    assert abs(steepest_found - steepest) < 5e-4, name
    if name in ("swish", "gelu", "gelu_tanh", "mish"):  # the dip is deepest near -1
        assert -1.3 < places[values.index(min(values))] < -0.7, name

# %% [markdown]
# The **rectifiers**, **relu** (rectified linear unit) and its relatives, let positive $z$ pass
# unchanged, or nearly, and never saturate there. A relu whose $z$ is negative for every example
# answers nothing at all: it is **dead**. leaky_relu, elu and selu leave it a little life.
# **softplus** is relu with the corner rounded. (Its log is the natural logarithm, which undoes $e$
# to the power of: $\log(e^z) = z$.)

# %% tags=["hide-input"]
slider("rectifier", names[7:12], activation)

# %% [markdown]
# The last family is **smooth with a dip**: swish, gelu, mish. They are like relu far from 0 and
# smooth near it; for negative $z$ they dip below 0, deepest near −1. (In gelu, $\Phi(z)$, say "phi
# of z", is the share of a bell curve around 0, the normal distribution with the spread 1, that lies
# to the left of $z$.)

# %% tags=["hide-input"]
slider("with a dip", names[12:], activation)

# %% [markdown]
# Two more take several numbers at once, and so have no curve: **softmax** turns several $z$ into
# shares that add up to 1 (lesson 9), and **maxout** passes on the largest of several numbers.

# %%
predict(
    "A sigmoid neuron has $z = 10$. An input changes, and $z$ becomes 11. By how much"
    " does $y$ grow, roughly?",
    options=["1", "0.25", "0.00003"],
    answer="0.00003",
    wrong={
        "1": "That is what relu does. Sigmoid cannot grow beyond 1, and it is nearly there.",
        "0.25": "0.25 is the slope at $z = 0$, in the middle of the step. Here $z$ is far from it.",
    },
    explanation="At $z = 10$ sigmoid is saturated: it is nearly 1 already.",
)

# %%
grown = sigmoid(11).data - sigmoid(10).data
grown_relu = relu(11).data - relu(10).data
print(f"sigmoid grows by {grown:.5f}, relu by {grown_relu:g}")

# %% tags=["remove-input"]
assert f"{grown:.5f}" == "0.00003" and grown_relu == 1

# %% [markdown]
# ### Which one?
#
# Which one should you choose? For the *output*, ask what the answer may be: any number (identity),
# yes or no (sigmoid), one of several kinds (softmax). For the neurons *before* it, begin with relu,
# or with tanh in a small network.
#
# ## In short
#
# - A neuron multiplies, sums, adds the bias, and applies its activation function:
#   $y = f(w \cdot x + b)$.
# - Its weight sets the steepness, and its sign the direction; the step lies at $x = -b / w$.
# - A step cannot say which way is better. A smooth $f$ answers every small change.
# - Where the slope of $f$ is nearly 0 the neuron saturates; a relu that never fires is dead.
# - The output's activation function follows from what the answer may be.
#
# ## Exercises

# %%
task(
    "Write a neuron: `neuron` gets the list `weights`, the list `inputs` and the number `bias`, "
    "and returns the output, with sigmoid as its activation function. `exp` is there. (`zip` goes "
    "through two lists side by side: first both first numbers, then both second ones, and so on.)",
    start="""
def neuron(weights, inputs, bias):
    z = bias
    for w, x in zip(weights, inputs):
        pass  # what does each input add?
    return z
""",
    solution="""
def neuron(weights, inputs, bias):
    z = bias
    for w, x in zip(weights, inputs):
        z = z + w * x
    return 1 / (1 + exp(-z))
""",
    cases=[
        (([0.5, 0.3], [2.0, 3.0], -0.4), 1 / (1 + exp(-1.5))),
        (([1.0], [0.0], 0.0), 0.5),
        (([], [], 0.0), 0.5),
        (([2.0, -1.0, 0.5], [1.0, 4.0, -2.0], 1.0), 1 / (1 + exp(2.0))),
    ],
    wrong={
        "def neuron(w, x, b): return b + sum(p * q for p, q in zip(w, x))": "That is the "
        "pre-activation $z$. The activation function is missing.",
        "from math import exp\n\ndef neuron(w, x, b):\n"
        "    return 1 / (1 + exp(-sum(p * q for p, q in zip(w, x))))": "The bias is missing: it is "
        "added whatever the inputs are.",
        "from math import exp\n\ndef neuron(w, x, b):\n"
        "    return 1 / (1 + exp(b + sum(p * q for p, q in zip(w, x))))": "Mind the sign: sigmoid "
        "has $e^{-z}$, with a minus.",
    },
    given={"exp": exp},
    hint="In the loop, `z = z + w * x`. At the end, put $z$ into the formula for sigmoid.",
    explanation="Multiply, sum, add the bias, activate: four kinds of steps, in six lines.",
)

# %%
exercise(
    "$w_0 = 2$, $w_1 = -1$, $b = 1$, and the inputs are 3 and 4. What is the pre-activation $z$?",
    answer=3,
    wrong={
        2: r"That is the weighted sum: $2 \cdot 3 - 1 \cdot 4$. Add the bias.",
        11: "$w_1$ is −1, so the second product is −4.",
        1: "Check the sign of the bias: it is +1.",
    },
    hint=r"$2 \cdot 3 + (-1) \cdot 4$, and then the bias.",
    explanation="$6 - 4 + 1 = 3$.",
)

# %%
exercise(
    "The same neuron has the activation function relu, and the inputs are 0 and 4. What is its "
    "output?",
    answer=0,
    wrong={
        -3: "$z$ is −3, that is right. relu of a negative number is 0.",
        3: "$z = 0 - 4 + 1$ is −3, not 3.",
        -4: "Add the bias, and then apply relu.",
    },
    hint="First $z$, then relu: $z$ if $z > 0$, else 0.",
    explanation=r"$z = 2 \cdot 0 - 1 \cdot 4 + 1 = -3$, and $\operatorname{relu}(-3) = 0$.",
)

# %%
exercise(
    "A sigmoid neuron with one input has $w = 2$. Its step should lie at $x = 3$. "
    "Which bias does it need?",
    answer=-6,
    wrong={
        6: r"Check the sign: $2 \cdot 3 + b$ has to be 0.",
        -3: "The step lies at $-b/w$, and $w$ is 2.",
        -1.5: "$-b/w = 3$. You divided by $w$ where you have to multiply.",
        1.5: "$-b/w = 3$. Multiply by $w$, and mind the sign.",
    },
    hint=r"Solve $2 \cdot 3 + b = 0$.",
    explanation="$-b/2 = 3$, so $b = -6$.",
)

# %%
exercise(
    "Give $w$ and $b$ of a sigmoid neuron whose output falls as $x$ grows, and is 0.5 at $x = 1$.",
    answer=(-1, 1),
    names=("w", "b"),
    judge=lambda w, b: (
        "With a positive weight the output rises. It should fall."
        if w > 0
        else "With the weight 0 the output is the same for every x."
        if w == 0
        else f"It falls, but at x = 1 z is {w + b:g}, and it has to be 0 there."
        if abs(w + b) > 1e-9
        else None
    ),
    wrong={
        (1, -1): "Its step is at the right place, but it rises. Turn both signs around.",
        (-1, -1): "It falls, but $-b/w = -1$. Which bias gives 1?",
    },
    hint="Which sign does $w$ need? And where is $z = 0$?",
    explanation="Any negative $w$, with $b = -w$.",
)

# %%
exercise(
    "A neuron should forecast tomorrow's temperature in °C. Which activation function should it "
    "have?",
    options=["identity", "sigmoid", "relu", "tanh"],
    answer="identity",
    wrong={
        "sigmoid": "Then no forecast could ever be more than 1 degree.",
        "relu": "Then it could never forecast frost.",
        "tanh": "Then every forecast would lie between −1 and 1 degree.",
    },
    explanation="A temperature may be any number, and identity gives any number.",
)

# %% [markdown]
# ## Sources
#
# - Eric R. Kandel and others, *Principles of Neural Science*, 6th edition, 2021: the nerve cell.
# - Vinod Nair and Geoffrey E. Hinton, "Rectified linear units improve restricted Boltzmann
#   machines", 2010; Xavier Glorot, Antoine Bordes and Yoshua Bengio, "Deep sparse rectifier neural
#   networks", 2011: relu for deep networks. Kunihiko Fukushima had used it in 1969.
# - Dan Hendrycks and Kevin Gimpel, "Gaussian error linear units", 2016: gelu.
# - Stefan Elfwing, Eiji Uchibe and Kenji Doya, "Sigmoid-weighted linear units for neural network
#   function approximation in reinforcement learning", 2017; Prajit Ramachandran, Barret Zoph and
#   Quoc V. Le, "Searching for activation functions", 2017: SiLU and swish.
# - For the other functions, see their documentation in `tinygrad_neuron`: `help(elu)` and so on.

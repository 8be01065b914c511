# %% [markdown]
# # Lesson 6. Inside one neuron, forwards and backwards
#
# After this lesson you can
#
# - draw a neuron as a graph of single steps: multiply, sum, add the bias, activate;
# - carry numbers forwards through it, and gradients backwards;
# - predict the gradient of every weight before the computer shows it;
# - let a neuron learn: move each weight a little against its gradient.
#
# Here is a neuron with two inputs, taken apart. Each line is one step, and does one thing.

# %% tags=["remove-input"]
from math import tanh

from tinygrad_neuron import draw_dot, walkthrough
from tinygrad_neuron.course import exercise, predict, show, slider, task

# %%
from tinygrad_neuron import Value, nn, nudge, topological_order


def neuron_in_steps():
    """y = tanh(w0·x0 + w1·x1 + b) and its leaves by name."""
    w0, x0 = Value(0.5, label="w0"), Value(2.0, label="x0")
    w1, x1 = Value(-1.0, label="w1"), Value(-0.5, label="x1")
    b = Value(-0.5, label="b")

    product0 = w0 * x0
    product1 = w1 * x1
    weighted_sum = product0 + product1
    z = weighted_sum + b
    y = z.tanh()

    product0.label, product1.label = "w0·x0", "w1·x1"
    weighted_sum.label, z.label, y.label = "w·x", "z", "y"
    return y, {leaf.label: leaf for leaf in (w0, x0, w1, x1, b)}


y, leaves = neuron_in_steps()

# %% tags=["hide-input"]
show(
    draw_dot(y, edges="none", legend=False),
    "Five leaves: $w_0$, $x_0$, $w_1$ and $x_1$ on the left, $b$ in the middle, where"
    r" it is added. Two products, their sum $w\cdot x$, then $z$, then $y$. Every box "
    "has its number (data). The gradients (grad) are not computed yet.",
)

# %% [markdown]
# This picture is a **computation graph**. Each box is a **node**: one number, and the step that
# made it. An arrow leads from a number to the node that was computed from it. Nodes that nothing
# leads to are **leaves**: the inputs, the weights and the bias. The last node is the **output**.
#
# You did not have to draw it. Every `Value` remembers which step made it and from what, so the
# graph is recorded while Python computes. The `nn.Neuron` of lesson 3 records the same one:

# %%
neuron = nn.Neuron(2, activation="tanh", weights=[0.5, -1.0], bias=-0.5)
print("by hand:", y.data, "  nn.Neuron:", neuron([2.0, -0.5]).data)

# %% tags=["remove-input"]
assert neuron([2.0, -0.5]).data == y.data

# %% [markdown]
# ## Forwards
#
# The numbers go through the graph from the leaves to the output. This is the **forward pass**:
#
# $$ w_0 \cdot x_0 = 0.5 \cdot 2 = 1 $$
#
# $$ w_1 \cdot x_1 = -1 \cdot (-0.5) = 0.5 $$
#
# $$ w \cdot x = 1 + 0.5 = 1.5 $$
#
# $$ z = 1.5 + (-0.5) = 1 $$
#
# $$ y = \tanh(1) = 0.7616 $$

# %%
for node in topological_order(y):  # all nodes, in the order in which they were computed
    if node.label not in leaves:
        print(node.label, "=", round(node.data, 4))

# %% tags=["remove-input"]
numbers = [round(node.data, 4) for node in topological_order(y) if node._prev]
assert numbers == [1, 0.5, 1.5, 1, 0.7616]

# %% [markdown]
# ## Backwards
#
# Now ask the question of lesson 5 about each of the nodes: if I nudge *this* number, how many times
# as far does $y$ move? The answer is the node's **gradient**.
#
# We begin at the end and go back, against the arrows. This is the **backward pass**, and the whole
# method is called **backpropagation**. It needs only one rule, the chain rule:
#
# $$ \text{contribution} = \text{incoming} \cdot \text{local} $$
#
# A node already knows its own gradient: that is what is **incoming**. It multiplies it by the local
# derivative of its step, and hands the product to the number it was computed from. What arrives
# there is called a **contribution**.
#
# Off we go. Answer before you look.

# %%
predict(
    "The first gradient is that of $y$ itself. If $y$ moves by 0.01, how many times as far does "
    "$y$ move?",
    answer=1,
    wrong={
        0: "It does move: by exactly as much as itself.",
        0.7616: "That is the number $y$, not its gradient. How many times as far as itself does "
        "$y$ move?",
        0.01: "That is the nudge. How many times as far as the nudge does $y$ move?",
    },
    hint="$y$ moves exactly as far as $y$.",
    explanation="The derivative of anything for itself is 1. Here the backward pass begins.",
)

# %%
predict(
    r"$y = \tanh(z) = 0.7616$. The local derivative of tanh is $1 - y^2$. What is the "
    "gradient of $z$?",
    answer=0.42,
    tolerance=0.01,
    wrong={
        0.7616: "That is $y$. The local derivative is $1 - y^2$.",
        0.58: "That is $y^2$. Subtract it from 1.",
        0.2384: "That is $1 - y$. The local derivative is $1 - y^2$: square $y$ first.",
    },
    hint="$1 - 0.7616^2 = 1 - 0.58$. Multiply by the incoming 1.",
    explanation=r"$1 \cdot (1 - 0.7616^2) = 1 \cdot 0.42 = 0.42$.",
)

# %%
predict(
    r"$z = w\cdot x + b$, and $z$ has the gradient 0.42. What is the gradient of $b$?",
    answer=0.42,
    tolerance=0.01,
    wrong={
        0.21: "A sum does not share out. If $b$ grows by 0.01, $z$ grows by 0.01: the local "
        "derivative is 1.",
        -0.21: "You multiplied by $b$ itself. The local derivative of a sum is 1 for each part.",
        1: "1 is the local derivative. Multiply it by the incoming 0.42.",
    },
    hint="The local derivative of a sum is 1 for each of its parts.",
    explanation=r"$0.42 \cdot 1 = 0.42$. And $w\cdot x$ gets just as much. A sum hands on what "
    r"comes in, undivided.",
)

# %% [markdown]
# So $b$ and $w\cdot x$ have the gradient 0.42. The same happens once more at $w\cdot x$, which is
# the sum of the two products: each of them gets 0.42. Now the products.

# %%
predict(
    r"$w_0\cdot x_0$ has the gradient 0.42, with $w_0 = 0.5$ and $x_0 = 2$. What is "
    "the gradient of $w_0$?",
    answer=0.84,
    tolerance=0.01,
    wrong={
        0.21: "You multiplied by $w_0$ itself. In a product the local derivative is the other"
        " number.",
        0.42: "The local derivative of a product is not 1. It is the other number.",
        2: "That is the local derivative. Multiply it by the incoming 0.42.",
    },
    hint=r"The local derivative of $w_0 \cdot x_0$ for $w_0$ is $x_0$.",
    explanation=r"$0.42 \cdot 2 = 0.84$: the incoming gradient times the input.",
)

# %%
predict(
    r"$w_1\cdot x_1$ has the gradient 0.42 too, with $w_1 = -1$ and $x_1 = -0.5$. What"
    " is the gradient of $w_1$?",
    answer=-0.21,
    tolerance=0.01,
    wrong={
        -0.42: "That is the gradient of $x_1$: 0.42 times $w_1$. For $w_1$ it is the other "
        "number, $x_1$.",
        0.21: "The size is right. But $x_1$ is negative.",
        0.42: "The local derivative of the product for $w_1$ is $x_1 = -0.5$.",
    },
    hint=r"The local derivative of $w_1 \cdot x_1$ for $w_1$ is $x_1$.",
    explanation=r"$0.42 \cdot (-0.5) = -0.21$. If $w_1$ grows, $y$ falls, because its input is "
    "negative.",
)

# %% [markdown]
# Move the slider to see the gradients arrive, one contribution at a time. The number at each arrow
# is the local derivative. (Where you computed with 0.42, the computer has 0.419974, so it comes to
# 0.8399 and not to 0.84.)

# %% tags=["hide-input"]
steps = [step for step in walkthrough(y) if step.phase == "backward"]


def after(count):
    """The graph when so many contributions have arrived."""
    y, _ = neuron_in_steps()
    nodes = topological_order(y)
    for step in steps[:count]:
        nodes[step.target].grad = step.after
    sentence = steps[count - 1].sentence.replace(", the first to arrive", "")
    return sentence, draw_dot(y, edges="local", legend=False, title=sentence)


slider("gradients known", range(1, len(steps) + 1), after)

# %% tags=["remove-input"]
assert round(steps[1].after, 6) == 0.419974

# %%
y.backward()
for name, leaf in leaves.items():
    print(f"{name}: data {leaf.data:5.2f}   grad {leaf.grad:7.4f}")

# %% tags=["remove-input"]
gradients = [round(leaf.grad, 2) for leaf in leaves.values()]
assert list(leaves) == ["w0", "x0", "w1", "x1", "b"]
assert gradients == [0.84, 0.21, -0.21, -0.42, 0.42]
assert round(y._prev[0].grad, 2) == 0.42

# %% [markdown]
# `y.backward()` did all of this. Here is the same neuron on a page of its own: step through it,
# switch on "Predict first" and say each number before it comes, or move a leaf and see what
# changes.

# %% tags=["hide-input"]
show(
    walkthrough(y),
    "Both passes of the neuron, step by step. In a terminal: "
    "python -m tinygrad_neuron walk "
    '"tanh(w0*x0 + w1*x1 + b)" w0=0.5 x0=2 w1=-1 x1=-0.5 b=-0.5',
)

# %% [markdown]
# ## Is it true?
#
# Believe no gradient that you have not checked with a nudge. We move each leaf by a millionth and
# divide:

# %%
for name, leaf in leaves.items():
    travelled = nudge(y, leaf, by=1e-6)
    measured = travelled[-1].change / travelled[0].change
    print(f"{name}: gradient {leaf.grad:9.6f}   measured {measured:9.6f}")

# %% tags=["remove-input"]
for leaf in leaves.values():
    travelled = nudge(y, leaf, by=1e-6)
    assert abs(travelled[-1].change / travelled[0].change - leaf.grad) < 1e-5
arrows = sum(len(node._prev) for node in topological_order(y))
assert arrows == len(steps) - 1 == 9

# %% [markdown]
# Note what it took. Nudging needs a run for every leaf. The backward pass went through the graph
# *once*: nine contributions, one for each arrow, and all gradients were there. For a network with a
# million weights it is still one pass, which costs only a few times as much as the forward pass.
# Without it, training large networks in this way would be hopeless.
#
# Seppo Linnainmaa described the method in 1970, in a master's thesis about rounding errors. David
# Rumelhart, Geoffrey Hinton and Ronald Williams made it famous in 1986, as a way for networks of
# neurons to learn.
#
# ## Reading the result
#
# Two patterns hold in every neuron:
#
# - The gradient of the bias is that of $z$.
# - The gradient of a weight is that of $z$, times the *input* that the weight multiplies.
#
# **You may think** that a large weight has a large gradient. Take two tanh neurons with one input
# each, no bias, and the same $z = 0.5$: one with a large weight, one with a small one.

# %%
predict(
    "Neuron A: $w = 5$, $x = 0.1$. Neuron B: $w = 0.1$, $x = 5$. Both have $z = 0.5$."
    " Which weight has the larger gradient?",
    options=["w of A", "w of B", "both the same"],
    answer="w of B",
    wrong={
        "w of A": "It has the larger weight. But the gradient is that of $z$, times the input.",
        "both the same": "$z$ is the same, and so is its gradient. But it is multiplied by "
        "the input.",
    },
    explanation="Both multiply the gradient of $z$ by their input: 0.1 for A, 5 for B.",
)

# %%
for name, weight, number in (("A", 5.0, 0.1), ("B", 0.1, 5.0)):
    w = Value(weight, label="w")
    output = (w * Value(number, label="x")).tanh()
    output.backward()
    print(f"{name}: w = {weight}, x = {number}, gradient of w {w.grad:.4f}")

# %% tags=["remove-input"]
in_a = Value(5.0)
(in_a * 0.1).tanh().backward()
assert abs(w.grad / in_a.grad - 50) < 1e-9
assert (round(in_a.grad, 4), round(w.grad, 4)) == (0.0786, 3.9322)

# %% [markdown]
# The small weight has a gradient 50 times as large, because its input is 50 times as large. The
# weight itself does not even appear in the second pattern. And a weight whose input is 0 has the
# gradient 0: whatever the weight is, it had no part in the output, so there is nothing to learn.
#
# ## What it is good for: learning
#
# Suppose the target for this input is $t = -0.5$. The neuron outputs 0.7616. How wrong that is, we
# say with one number, the **loss**:
#
# $$ L = (y - t)^2 = (0.7616 + 0.5)^2 = 1.5916 $$
#
# The square treats too high and too low alike, and its slope shrinks with the error: the nearer $y$
# is to the target, the smaller the steps will be.
#
# The loss is just two more steps at the end of the graph. So the backward pass can start from $L$,
# and then every weight has the gradient of the *loss*.

# %%
target = -0.5
loss = (neuron([2.0, -0.5]) - target) ** 2
loss.backward()
print(f"L = {loss.data:.4f}   gradient of w0: {neuron.w[0].grad:.4f}")

# %% tags=["remove-input"]
assert (round(loss.data, 4), round(neuron.w[0].grad, 4)) == (1.5916, 2.1193)
assert (round(2 * (0.7616 + 0.5), 4), round(2.5232 * 0.84, 2)) == (2.5232, 2.12)

# %% [markdown]
# The local derivative of the square is $2 \cdot (y - t) = 2 \cdot 1.2616 = 2.5232$. So $y$ now has
# the gradient 2.5232 in place of 1, and all others are 2.5232 times what they were: for $w_0$,
# $2.5232 \cdot 0.84$, about 2.12.

# %%
predict(
    "The gradient of the loss for $w_0$ is 2.1193. In which direction should $w_0$ move?",
    options=["up", "down", "not at all"],
    answer="down",
    wrong={
        "up": "The gradient is positive: if $w_0$ grows, the loss grows as well. And we want it to "
        "shrink.",
        "not at all": "The gradient is not 0, so the loss reacts to $w_0$. Use that.",
    },
    explanation="Positive means that both move the same way. To make the loss fall, $w_0$ falls.",
)

# %% [markdown]
# So each **parameter**, that is each weight and the bias, moves *against* its gradient, by a small
# part of it. The learning rate, $\mathrm{lr}$, says how small:
#
# $$ w \leftarrow w - \mathrm{lr} \cdot \text{gradient} $$
#
# With $\mathrm{lr} = 0.02$: $w_0 \leftarrow 0.5 - 0.02 \cdot 2.1193 = 0.4576$. Do this for all
# parameters, run forwards and backwards again, and repeat. This is **gradient descent**.

# %%
for step in range(31):
    y = neuron([2.0, -0.5])
    loss = (y - target) ** 2
    neuron.zero_grad()  # forget the old gradients: lesson 7 says why
    loss.backward()
    if step % 5 == 0:
        w0 = neuron.w[0].data
        numbers = f"w0 = {w0:7.4f}   y = {y.data:7.4f}   L = {loss.data:.4f}"
        print(f"step {step:2}   {numbers}")
    for parameter in neuron.parameters():
        parameter.data -= 0.02 * parameter.grad

# %% tags=["remove-input"]
assert round(0.5 - 0.02 * 2.1193, 4) == 0.4576
assert abs(y.data - target) < 0.02

# %% [markdown]
# Nobody told the neuron how to set its weights. The gradients did.
#
# ## In short
#
# - A neuron is a graph of steps: multiply, sum, add the bias, activate.
# - Forward pass: numbers, from the leaves to the output. Backward pass: gradients, the other way.
# - $\text{contribution} = \text{incoming} \cdot \text{local}$. A sum hands on what comes in; a
#   product swaps: each number gets the other one as factor.
# - gradient of $b$ = gradient of $z$; gradient of $w$ = gradient of $z$ times the input.
# - Learning: $w \leftarrow w - \mathrm{lr}$ · gradient of the loss.
#
# ## Exercises

# %%
task(
    r"Write the loop. `descend` trains a neuron $y = \tanh(w \cdot x + b)$ on one "
    "example: it takes `steps` steps of gradient descent on $L = (y - t)^2$, and "
    "returns the new `w, b`. You need no engine: the gradient of $z$ is "
    r"$2 (y - t) \cdot (1 - y^2)$.",
    start="""
def descend(w, b, x, t, lr, steps):
    for _ in range(steps):
        y = tanh(w * x + b)
        # the gradients, and then a step against them
    return w, b
""",
    solution="""
def descend(w, b, x, t, lr, steps):
    for _ in range(steps):
        y = tanh(w * x + b)
        gradient_z = 2 * (y - t) * (1 - y**2)
        w = w - lr * gradient_z * x
        b = b - lr * gradient_z
    return w, b
""",
    cases=[
        ((0.0, 0.0, 2.0, 0.5, 0.1, 1), (0.2, 0.1)),
        ((0.7, -0.2, 1.0, 0.5, 0.1, 0), (0.7, -0.2)),
        ((0.0, 0.0, 2.0, 0.5, 0.1, 2), (0.2119171503164680, 0.1059585751582340)),
    ],
    wrong={
        "from math import tanh\n\ndef descend(w, b, x, t, lr, steps):\n"
        "    for _ in range(steps):\n        y = tanh(w * x + b)\n"
        "        g = 2 * (y - t) * (1 - y**2)\n        w, b = w + lr * g * x, b + lr * g\n"
        "    return w, b": "That goes up: the loss grows. A step goes *against* the gradient.",
        "from math import tanh\n\ndef descend(w, b, x, t, lr, steps):\n"
        "    for _ in range(steps):\n        y = tanh(w * x + b)\n"
        "        g = 2 * (y - t) * (1 - y**2)\n        w, b = w - lr * g, b - lr * g\n"
        "    return w, b": "The gradient of a weight is that of $z$ *times its input*.",
    },
    given={"tanh": tanh},
    hint="gradient of $w$ = gradient of $z$ times $x$; gradient of $b$ = gradient of $z$.",
    explanation="Forwards, backwards, a step: that loop is in every program that trains.",
)

# %%
exercise(
    r"$y = w \cdot x + b$ with $w = 3$, $x = 2$, $b = -1$, and no activation. What is "
    "the gradient of $w$?",
    answer=2,
    wrong={
        3: "That is $w$ itself. The local derivative of a product is the other number.",
        6: r"That is the product $w \cdot x$. Its local derivative for $w$ is $x$ alone.",
        5: r"That is the output $y = 3 \cdot 2 - 1$. How much does it move, per nudge of $w$?",
        1: "1 is what arrives at the product. Multiply by the local derivative for $w$.",
    },
    hint=r"1 arrives at the product $w \cdot x$. Multiply it by the other number.",
    explanation=r"$1 \cdot x = 2$.",
)

# %%
exercise(
    "A neuron with relu has $z = -0.5$. Its weight is 4, its input 3. What is the "
    "gradient of the weight?",
    answer=0,
    wrong={
        3: "That would be right for $z > 0$. What is the local derivative of relu at $z = -0.5$?",
        4: "That is the weight. And what is the local derivative of relu at $z = -0.5$?",
        -1.5: "The local derivative of relu is 1 or 0. It is not $z$.",
        12: r"That is $w \cdot x$. Start at the output: what is the local derivative of relu "
        "at $z = -0.5$?",
    },
    hint="Start at the output: the local derivative of relu at $z = -0.5$.",
    explanation=r"relu outputs 0 there and passes no gradient on: $1 \cdot 0 \cdot 3 = 0$.",
)

# %%
exercise(
    r"$L = (w \cdot x + b)^2$ with $w = 1$, $x = 3$, $b = -1$. Give the gradients of "
    "$w$, $x$ and $b$.",
    answer=(12, 4, 4),
    names=("w", "x", "b"),
    wrong={
        (4, 12, 4): "You swapped $w$ and $x$: in a product each gets the other one as factor.",
        (6, 2, 2): r"You took the number $z = 2$ as the gradient of $z$. It is $2 \cdot z$.",
        (3, 1, 1): r"You left out the square: it hands $2 \cdot z = 4$ to $z$.",
        (12, 4, 1): r"The bias gets the whole gradient of $z$, as $w \cdot x$ does.",
    },
    hint=r"$z = 2$, so the gradient of $z$ is $2 \cdot z = 4$. Then $b$, then the product.",
    explanation=r"$z$ gets $2 \cdot 2 = 4$; $b$ gets 4; $w$ gets $4 \cdot 3 = 12$; $x$ gets "
    r"$4 \cdot 1 = 4$.",
)

# %%
exercise(
    "y = sigmoid(w · x + b). The local derivative of sigmoid is y · (1 − "
    "y). Write the gradient of w as an expression in y and x.",
    answer="y*(1 - y)*x",
    variables=("y", "x"),
    wrong={
        "y*(1 - y)": "That is the gradient of z. On the way to w comes the product w · x.",
        "x": "That is the local derivative of the product. What arrives at it?",
        "(1 - y**2)*x": "1 - y² is for tanh. For sigmoid it is y · (1 - y).",
        "y*x": "The local derivative of sigmoid is y · (1 - y), not y.",
    },
    hint="gradient of w = gradient of $z$ times the input.",
    explanation="The gradient of z is y · (1 − y), and the input that w multiplies is x.",
)

# %%
exercise(
    "The gradient of the loss for a weight $w = 2$ is −3, and the learning rate is "
    "0.1. What is $w$ after one step?",
    answer=2.3,
    wrong={
        1.7: "$w$ moves against its gradient. The gradient is negative, so $w$ moves up.",
        -1: r"You added the whole gradient. $w$ moves by $\mathrm{lr}$ · gradient, against its"
        " direction.",
        5: "The direction is right. But it moves by only 0.1 of the gradient.",
        0.3: "That is how far it moves. Where does it start?",
    },
    hint=r"$w - \mathrm{lr}$ · gradient, with a negative gradient.",
    explanation=r"$2 - 0.1 \cdot (-3) = 2.3$.",
)

# %% [markdown]
# ## Sources
#
# - Seppo Linnainmaa, "The representation of the cumulative rounding error of an algorithm as a
#   Taylor expansion of the local rounding errors" (in Finnish), master's thesis, University of
#   Helsinki, 1970.
# - David E. Rumelhart, Geoffrey E. Hinton and Ronald J. Williams, "Learning representations by
#   back-propagating errors", *Nature* 323, 1986.
# - Atılım Güneş Baydin, Barak A. Pearlmutter, Alexey A. Radul and Jeffrey M. Siskind, "Automatic
#   differentiation in machine learning: a survey", *Journal of Machine Learning Research* 18, 2018.

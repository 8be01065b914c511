# %% [markdown]
# # Lesson 8. Networks bend space
#
# After this lesson you can
#
# - build a network by hand that computes XOR, and train one that finds it by itself;
# - say what a hidden layer does to the plane, and read it in a picture;
# - show why layers without an activation collapse into a single one;
# - tell width from depth, and say what the universal approximation theorem does not promise.
#
# The perceptron of lesson 2 never settled on XOR: 1 if exactly one of the two inputs is 1. No
# wonder, for a single neuron can only draw a straight line.

# %% tags=["remove-input"]
from itertools import pairwise

from tinygrad_neuron import draw_network
from tinygrad_neuron.course import Beside, exercise, hands, predict, show, slider, task

# %%
import math

from tinygrad_neuron import compile, datasets, nn, optim
from tinygrad_neuron.draw import figures

xor = datasets.xor()
for x, target in xor:
    print(f"corner ({x[0]:g}, {x[1]:g}): class {target}")

# %%
predict(
    "Place the line as you like. At most how many of the four corners can it get right?",
    answer=3,
    wrong={
        4: "Then one line would have (0, 1) and (1, 0) on one side, (0, 0) and (1, 1) on the "
        "other. Try to draw it.",
        2: "It can do better: cut off a single corner.",
    },
    hint="Draw the four corners of a square, and mark those of class 1: two opposite ones.",
    explanation="Cutting off one corner gets three right. Four is impossible, as lesson 2 showed.",
)

# %% tags=["hide-input"]
line = nn.Neuron(2, activation="identity", weights=[1.0, 1.0], bias=-0.5)
title = "XOR, and one attempt at a line"
show(
    figures.decision_boundary(line, xor, normal=False, title=title),
    "XOR in the plane: the corners (0, 1) and (1, 0) are of class 1, the corners (0, "
    "0) and (1, 1) of class 0. The line $x_0 + x_1 = 0.5$ has one corner on the wrong"
    " side.",
)

# %%
right = sum((line(x).data > 0) == (target == 1) for x, target in xor)
print(f"the line in the picture: {right} of 4 right")

# %% tags=["remove-input"]
assert right == 3

# %% [markdown]
# ## Two neurons in between
#
# Put two neurons between the inputs and the output. Both add the inputs, but they have different
# biases:
#
# $$ h_0 = \operatorname{relu}(x_0 + x_1) $$
#
# $$ h_1 = \operatorname{relu}(x_0 + x_1 - 1) $$
#
# $$ y = h_0 - 2 \cdot h_1 $$
#
# For the inputs 1 and 0: $h_0 = \operatorname{relu}(1) = 1$, $h_1 = \operatorname{relu}(0) = 0$,
# $y = 1 - 2 \cdot 0 = 1$.

# %%
predict(
    "The inputs are 1 and 1. What is $y$?",
    answer=0,
    wrong={
        2: r"That is $h_0$. But $h_1$ is not 0 now: $\operatorname{relu}(1 + 1 - 1)$.",
        1: r"$h_0$ is $\operatorname{relu}(2) = 2$, and $h_1 = \operatorname{relu}(1) = 1$. "
        r"Then $y = h_0 - 2 \cdot h_1$.",
        -1: r"$h_0$ is $\operatorname{relu}(1 + 1)$, not 1.",
    },
    hint=r"First $h_0 = \operatorname{relu}(1 + 1)$, then "
    r"$h_1 = \operatorname{relu}(1 + 1 - 1)$.",
    explanation=r"$h_0 = 2$ and $h_1 = 1$, so $y = 2 - 2 \cdot 1 = 0$.",
)

# %%
by_hand = nn.MLP(2, [2, 1], activation="relu", seed=0)
hidden, output = by_hand.layers
for neuron, bias in zip(hidden.neurons, (0.0, -1.0)):
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 1.0, 1.0, bias
output.neurons[0].w[0].data, output.neurons[0].w[1].data = 1.0, -2.0

for x, target in xor:
    h0, h1 = (h.data for h in hidden(x))
    y = by_hand(x).data
    print(f"x = ({x[0]:g}, {x[1]:g})   h = ({h0:g}, {h1:g})   y = {y:g}   class {target}")

# %% tags=["hide-input"]
show(
    draw_network(by_hand, example=[1, 1], input_names=["x0", "x1"]),
    "Two inputs, two neurons in the middle, one at the end. For the inputs "
    "1 and 1 the middle has 2 and 1, the end has 0.",
)

# %% tags=["remove-input"]
table = [(*(h.data for h in hidden(x)), by_hand(x).data) for x, _ in xor]
assert table == [(0, 0, 0), (1, 0, 1), (1, 0, 1), (2, 1, 0)]

# %% [markdown]
# It works for all four. The two neurons side by side are a layer. A layer between the inputs and
# the output is called a **hidden layer**: the data say nothing about what it should output. Layers
# in a row make a **network**, here a **multilayer perceptron**, MLP for short: `nn.MLP(2, [2, 1])`
# has 2 inputs, 2 hidden neurons and 1 output. Its `activation` is that of the hidden neurons; the
# output neuron has none (it has the identity), so $y$ may be any number.
#
# ## What the hidden layer does
#
# Look at the table again. For the output neuron the inputs $x$ do not exist. It sees $h = (h_0,
# h_1)$, and nothing else. And $h$ puts the four corners in new places:
#
# - (0, 0) goes to (0, 0);
# - (0, 1) and (1, 0) *both* go to (1, 0);
# - (1, 1) goes to (2, 1).
#
# One thing before we look. So far $y$ is 0 or 1 at the corners. We move the bias of the output
# neuron from 0 to −0.5, so that the border between the classes lies at $y = 0$: from here on a
# point is of class 1 if $y > 0$.

# %%
output.neurons[0].b.data = -0.5

# %% tags=["hide-input"]
planes = {
    "the plane of x, as we see it": figures.decision_boundary(by_hand, xor),
    "the plane of h, as the output neuron sees it": figures.hidden_plane(by_hand, xor),
}
show(
    Beside(planes),
    "In the plane of $x$ the border is two lines. In the plane of $h$ the two corners of class 1 "
    "lie one on top of the other at (1, 0), and one straight line is enough.",
)

# %% tags=["remove-input"]
assert all((by_hand(x).data > 0) == (target == 1) for x, target in xor)

# %% [markdown]
# The thin bent line in the plane of $h$ is all that is left of the plane of $x$: $h_0$ and $h_1$
# depend on nothing but the sum $x_0 + x_1$, so every point of the plane lands somewhere on that
# line. (*Score*, at the scale of the first picture, is what a network outputs, here $y$.)
#
# That is the secret of the hidden layer. The output neuron still draws a straight line, but it
# draws it in a plane that has been bent first. Seen from the input plane, the line is not straight
# any more.
#
# ## A network that bends by itself
#
# Nobody wants to choose nine numbers by hand. So we start with random ones and let the network
# learn, as the neuron did in lesson 6. The loss is the mean of $(y - t)^2$ over the four examples,
# with the target $t = 1$ for class 1 and $t = -1$ for class 0: one on either side of the border $y
# = 0$, and equally far from it. Every parameter moves against its gradient.
#
# (Lesson 3 recommended sigmoid for yes or no. It goes with a loss of its own, which is in lesson 9.
# Until then an output without an activation, and the squared error with the targets −1 and 1, are
# enough to see what we want to see.)
#
# `compile` turns the recorded graph into plain Python code, which gives the same numbers faster.
# `optim.SGD` does the step $w \leftarrow w - \mathrm{lr}$ · gradient for all parameters. A random
# start that can be repeated is chosen by its `seed`. (`train`, the loop of lesson 6 for a whole
# network, is in the folded cell; `remember` keeps the parameters at some of the steps, for the
# slider below.)


# %% tags=["hide-input"]


def train(model, examples, steps, lr, at_step=None):
    """Gradient descent on the mean of (y - t)²: the loss at each step."""
    loss_of_one = compile(lambda x, t: (model(x) - t) ** 2)
    optimiser = optim.SGD(model.parameters(), lr=lr)
    curve = []
    for step in range(steps):
        if at_step is not None:
            at_step(step)
        loss = loss_of_one.mean(examples)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        curve.append(loss.data)
    return curve


def count_right(model, examples):
    return sum((model(x).data > 0) == (t > 0) for x, t in examples)


snapshots = {}


def remember(step):
    if step in (0, 20, 40, 60, 80, 100, 150, 300):
        numbers = [parameter.data for parameter in model.parameters()]
        snapshots[step] = numbers, count_right(model, targets)


# %%
targets = [(x, 2 * target - 1) for x, target in xor]
model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
curve = train(model, targets, steps=301, lr=0.2, at_step=remember)

# %% [markdown]
# Move the slider and watch the plane of the two hidden neurons. The fine lines are a square grid in
# the input plane, sent through the hidden layer: they show how the plane is bent.


# %% tags=["hide-input"]
def corners_at(step):
    """The four corners in the hidden plane, with the parameters as they were at this step."""
    numbers, _ = snapshots[step]
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number
    return [[h.data for h in model.layers[0](x)] for x, _ in xor]


def apart(corners):
    """Whether a line separates the classes: it does unless they lie crosswise."""

    def left(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])

    a, c, d, b = corners  # a and b are of class 0, c and d of class 1
    return left(a, b, c) == left(a, b, d) or left(c, d, a) == left(c, d, b)


def hidden_plane_at(step):
    corners = corners_at(step)
    text = f"loss {curve[step]:.3f}, {snapshots[step][1]} of 4 right"
    figure = figures.hidden_plane(
        model, xor, plane=((-1.05, 1.05), (-1.05, 1.05)), title=f"step {step}: {text}"
    )
    possible = "a line could separate" if apart(corners) else "no line separates"
    return f"{text}; {possible} the classes here", figure


slider("step", list(snapshots), hidden_plane_at)

# %% tags=["remove-input"]
for step in (100, 150, 300):
    _, one, other, _ = corners_at(step)
    assert math.dist(one, other) < 0.04
    for neuron in model.layers[0].neurons:
        assert abs(neuron.w[0].data - neuron.w[1].data) < 0.08
assert [right for _, right in snapshots.values()] == [3, 3, 3, 3, 3, 4, 4, 4]
assert curve[300] < 0.001 and curve[80] > 0.5
assert [apart(corners_at(step)) for step in snapshots] == [False] * 2 + [True] * 6

# %% [markdown]
# At steps 0 and 20 the grid is hardly bent, and no line separates the corners. From step 40 on one
# could: the hidden layer has pulled the grid into a bow. The line of the output neuron takes
# longer, and has found its place by step 100. Nobody told them to do that. The only thing that was
# ever asked for was a smaller loss.
#
# From step 100 on the whole grid lies on one curve, or nearly. Both hidden neurons have come to
# weigh $x_0$ and $x_1$ alike, as in the network made by hand, so all that counts is the sum
# $x_0 + x_1$. The two corners of class 1 then all but coincide: you see three points, not four.
#
# Train one yourself: with other data, more neurons, another activation, a larger rate. It begins
# with the choices of the text, so its first steps are the ones above.

# %% tags=["hide-input"]
sets = {"XOR": xor, "moons": datasets.moons(60, noise=0.1, seed=0)}
sets["circles"] = datasets.circles(60, noise=0.05, seed=0)
show(
    hands.network(sets, start={"width": 2, "rate": 0.2}),
    "A network that trains on the page: the plane of the inputs with the network's answer at each "
    "point, the plane of its first two hidden neurons, and the loss at each step.",
)

# %% tags=["hide-input"]
plane = ((-0.25, 1.25), (-0.25, 1.25))
show(
    draw_network(model, heat_maps=True, plane=plane),
    "The trained network. In each neuron its output over the input plane: "
    "each hidden neuron has one soft edge, the output neuron combines the "
    "two into a band.",
)

# %%
predict(
    "Two hidden neurons are enough for XOR. Does training find a solution from every random start?",
    options=["yes", "no"],
    answer="no",
    wrong={
        "yes": "It is one thing that a solution exists, and another that gradient descent finds "
        "it. Let us count."
    },
    explanation="Gradient descent feels only the slope where it stands. On a flat stretch it "
    "hardly moves, though the loss may be far from 0.",
)


# %%
def trained(width, seed):
    """A network for XOR with so many hidden neurons, after 500 steps."""
    network = nn.MLP(2, [width, 1], activation="tanh", seed=seed)
    train(network, targets, steps=500, lr=0.2)
    return network


def solves(network):
    return count_right(network, targets) == 4


candidates = {width: [trained(width, seed) for seed in range(20)] for width in (1, 2, 3, 4)}
for width, networks in candidates.items():
    solved = sum(solves(network) for network in networks)
    print(f"{width} hidden: {solved:2} of 20 starts solve it in 500 steps")

# %% tags=["remove-input"]
solved_by = {width: sum(map(solves, networks)) for width, networks in candidates.items()}
assert solved_by == {1: 0, 2: 15, 3: 19, 4: 20}
for seed, network in enumerate(candidates[2]):
    if not solves(network):
        again = train(nn.MLP(2, [2, 1], activation="tanh", seed=seed), targets, 500, 0.2)
        assert again[-1] > 0.5 and again[-11] - again[-1] < 0.001

# %% [markdown]
# One hidden neuron never succeeds: the output neuron then sees a single number, and that comes from
# a single line. Two succeed in 15 of 20 starts, three in 19, four in all 20. More neurons than
# needed make it easier to find *one* of the many solutions.
#
# What about the five that failed? Give them 4,500 more steps, and look at how their loss begins and
# ends:

# %%
stuck = [network for network in candidates[2] if not solves(network)]
for network in stuck:
    later = train(network, targets, steps=4500, lr=0.2)
    print(f"loss {later[0]:.4f}, ten steps later {later[10]:.4f}, at the end {later[-1]:.4f}")
late = sum(solves(network) for network in stuck)
print(f"{late} of the {len(stuck)} have found a solution after 5,000 steps")

# %% tags=["remove-input"]
assert (late, len(stuck)) == (2, 5)

# %% [markdown]
# In ten steps the loss fell by less than a thousandth, though it was still above 0.5. Two had only
# been slow, on a stretch that is nearly flat. Three are still stuck there.
#
# ## Without an activation: nothing
#
# **You may think** that it is the layers that help, and the more the better. Leave out the
# activation (take the identity) and see. Here are two neurons in a row:
#
# $$ h = 2 \cdot x + 1, \qquad y = 3 \cdot h + 4 $$

# %%
predict(
    r"A single neuron $y = w \cdot x + b$ should do the same as these two in a row. Which $w$ and "
    r"$b$ does it need?",
    answer=(6, 7),
    names=("w", "b"),
    wrong={
        (6, 5): r"The 1 is multiplied by 3 as well: $3 \cdot (2x + 1) + 4$.",
        (5, 5): "The second neuron multiplies what the first outputs; it does not add to it.",
        (6, 4): r"What becomes of the 1? $3 \cdot (2x + 1) + 4$.",
    },
    hint=r"Put the first into the second: $3 \cdot (2x + 1) + 4$, and multiply out.",
    explanation=r"$3 \cdot (2x + 1) + 4 = 6x + 3 + 4 = 6x + 7$.",
)

# %% [markdown]
# Two layers without an activation are *one* layer, written in a longer way. That holds for any
# width and any number of layers: sums of multiples of sums of multiples are again sums of
# multiples.
#
# So take ten hidden neurons with the identity, train them on XOR, and compute the single neuron
# that does the same.

# %%
linear = nn.MLP(2, [10, 1], activation="identity", seed=0)
linear_curve = train(linear, targets, steps=500, lr=0.02)

first, last = linear.layers[0].neurons, linear.layers[1].neurons[0]
single = nn.Neuron(2, activation="identity", weights=[0.0, 0.0], bias=last.b.data)
for v, h in zip(last.w, first):  # v: what the last neuron makes of h
    single.w[0].data += v.data * h.w[0].data
    single.w[1].data += v.data * h.w[1].data
    single.b.data += v.data * h.b.data

for x, target in targets:
    y, same = linear(x).data, single(x).data
    print(f"x = {x}  target {target:2}  network {y:8.1e}  one neuron {same:8.1e}")
print(f"loss at the end: {linear_curve[-1]:.4f}")

# %% tags=["remove-input"]
assert round(linear_curve[-1], 4) == 1
for x, _ in targets:
    assert abs(linear(x).data - single(x).data) < 1e-12 and abs(linear(x).data) < 1e-4

# %% [markdown]
# The network says 0 for everything, or nearly so (training has not quite arrived), and has the
# loss 1. No straight line does better. It is the activation that makes layers worth having.
#
# ## Two moons
#
# Now something larger: 100 points in two half moons that reach into each other. The network has a
# first hidden layer of 8 neurons and a second one of 2, so that we can look at its last hidden
# plane.

# %%
moons = datasets.moons(100, noise=0.1, seed=0)
moon_targets = [(x, 2 * target - 1) for x, target in moons]

alone = nn.MLP(2, [1, 1], activation="tanh", seed=3)
train(alone, moon_targets, steps=600, lr=0.1)
deep = nn.MLP(2, [8, 2, 1], activation="tanh", seed=3)
deep_curve = train(deep, moon_targets, steps=600, lr=0.1)
right = [count_right(network, moon_targets) for network in (alone, deep)]
print(f"right, of 100: one hidden neuron {right[0]}, 8 and 2 hidden {right[1]}")

# %% tags=["hide-input"]
seen = figures.decision_boundary(deep, moons, names=moons.target_names, resolution=40)
bent = figures.hidden_plane(deep, moons, names=moons.target_names, lines=13)
show(
    Beside({"the plane of x": seen, "the last hidden plane": bent}),
    "In the plane of $x$ a bent boundary runs between the moons. The last hidden "
    "plane has the same points where the output neuron sees them: all but one point "
    "lie on the right side of a straight line.",
)

# %% tags=["remove-input"]
assert right == [86, 99]

# %% [markdown]
# The network with one hidden neuron got 86 right: its boundary is a single straight line.
#
# ## Width adds pieces, depth multiplies them
#
# The **width** of a layer is its number of neurons. The **depth** of a network is its number of
# layers (the inputs are not counted). What does each of them buy?
#
# Take one input and relu. A relu neuron is 0 up to a point and a straight line from there on: it
# has one *bend*. A sum of $n$ of them has at most $n$ bends, so it consists of at most $n + 1$
# straight pieces. With enough pieces one can follow any curve without jumps, on a stretch from $a$
# to $b$, as closely as one likes. Here a hidden layer is set by hand to follow the sine, a wave,
# from 0 to $2\pi$, where it has gone up, down and back once: every neuron begins at its own place
# and corrects the slope there. The first bend lies at the left edge, so here $n$ neurons show $n$
# pieces.


# %% tags=["hide-input"]
def following(function, low, high, width):
    """A network with one hidden layer of relu neurons that meets a function at width + 1 points."""
    places = [low + (high - low) * k / width for k in range(width + 1)]
    values = [function(x) for x in places]
    step = places[1] - places[0]
    slopes = [(after - before) / step for before, after in pairwise(values)]
    network = nn.MLP(1, [width, 1], activation="relu", output_bias=values[0], seed=0)
    for k, neuron in enumerate(network.layers[0].neurons):
        neuron.w[0].data, neuron.b.data = 1.0, -places[k]
        before = slopes[k - 1] if k else 0.0
        network.layers[1].neurons[0].w[k].data = slopes[k] - before
    return network


def largest_error(network):
    points = [2 * math.pi * k / 1000 for k in range(1001)]
    return max(abs(network([x]).data - math.sin(x)) for x in points)


def sine_with(width):
    network = following(math.sin, 0, 2 * math.pi, width)
    text = f"largest error {largest_error(network):.4f}"
    figure = figures.functions(
        {"sine": math.sin, "network": lambda x: network([x])},
        0,
        2 * math.pi,
        title=f"{width} hidden neurons: {text}",
    )
    return text, figure


slider("hidden neurons", [3, 4, 8, 16, 32], sine_with)

# %% tags=["remove-input"]
errors = [
    round(largest_error(following(math.sin, 0, 2 * math.pi, width)), 4) for width in (8, 16, 32)
]
assert errors == [0.0704, 0.0188, 0.0048]

# %% [markdown]
# Twice as many neurons, about a quarter of the error: 0.0704, 0.0188, 0.0048.
#
# And depth? Fold a strip of paper in the middle, and fold the folded strip again: the layers of
# paper double each time. A pair of relu neurons can fold the line from 0 to 1:
#
# $$
# \operatorname{fold}(x) = 2 \cdot \operatorname{relu}(x) - 4 \cdot \operatorname{relu}(x - 0.5)
# $$
#
# For $x = 0.5$ it gives $2 \cdot 0.5 - 4 \cdot 0 = 1$, and for $x = 1$ it gives
# $2 \cdot 1 - 4 \cdot 0.5 = 0$. It runs from 0 up to 1 and down to 0 again: 2 straight pieces. Now
# put one fold after the other. While the first fold runs through one of its pieces, from 0 to 1 or
# back, the second one runs through the whole of its own course, up and down.

# %%
predict(
    "One fold gives 2 straight pieces, two folds in a row give 4. How many do 10 folds give?",
    answer=1024,
    wrong={
        20: "Each fold doubles the number of pieces: 2, 4, 8. It does not add 2 each time.",
        22: "Each fold doubles the number of pieces; it does not add 2.",
        100: "Each fold doubles: 2, 4, 8, 16, ...",
        512: "That is after 9 folds. One more.",
    },
    hint="2, 4, 8, 16, ... Ten numbers.",
    explanation=r"$2 \cdot 2 \cdot \ldots \cdot 2$, ten times, is 1024.",
)


# %% tags=["hide-input"]
def folding(times):
    """A deep network that folds the line from 0 to 1 so many times."""
    activations = ["relu", "identity"] * times
    network = nn.MLP(1, [2, 1] * times, activation=activations, seed=0)
    for pair in network.layers[::2]:  # relu(x) and relu(x - 0.5)
        for neuron, bias in zip(pair.neurons, (0.0, -0.5), strict=True):
            neuron.w[0].data, neuron.b.data = 1.0, bias
    for both in network.layers[1::2]:  # 2 times the first, -4 times the second
        for weight, number in zip(both.neurons[0].w, (2.0, -4.0), strict=True):
            weight.data = number
    return network


def pieces(network, times):
    """How often the output turns round between 0 and 1, plus one."""
    score = compile(network)
    count = 2 ** (times + 1)
    values = score.map([([k / count],) for k in range(count + 1)])
    rising = [b > a for a, b in pairwise(values)]
    return 1 + sum(a != b for a, b in pairwise(rising))


# %%
for times in (1, 2, 3, 10):
    found = pieces(folding(times), times)
    print(f"folds {times:2}: {2 * times:2} relu neurons, {found:4} pieces", end="")
    print(f"; one layer would take {found - 1:4} or more")

# %% tags=["hide-input"]
network = folding(3)
show(
    figures.functions({"3 folds": lambda x: network([x])}, 0, 1),
    "Three folds in a row: up and down four times, 8 straight pieces.",
)

# %% tags=["remove-input"]
assert all(pieces(folding(times), times) == 2**times for times in (1, 2, 3, 10))

# %% [markdown]
# 20 relu neurons in ten layers make 1024 pieces. (The identity neurons between them collapse into
# the layers that follow.) A single hidden layer would take at least 1023, because each neuron adds
# at most one bend. Width adds pieces, depth multiplies them. In 2015 Matus Telgarsky proved as much
# for two classes of points that alternate as often as such folds go up and down: a network of few
# layers needs very many neurons there, even if a few of the points may come out wrong. It does not
# follow that deeper is always better: what you want to compute need not be folded like this.
#
# ## What one hidden layer can do at most: everything, on paper
#
# The sine was no accident. The **universal approximation theorem** says:
#
# > Take any *continuous* function (one without jumps) and a bounded box of inputs, ends included.
# > However small an error you allow, there is a network with one hidden layer, and an output neuron
# > without an activation, that stays within it everywhere in the box.
#
# George Cybenko proved it in 1989 for continuous activations that run from 0 to 1 like the sigmoid.
# In the same year Kurt Hornik, Maxwell Stinchcombe and Halbert White proved it for every activation
# that goes from 0 to 1 without ever falling. In 1993 Moshe Leshno, Vladimir Lin, Allan Pinkus and
# Shimon Schocken found out which activations will do: of all that are not too wild, exactly those
# that are *not a polynomial* (a sum of multiples of 1, $z$, $z^2$ and so on). So relu and tanh will
# do. The identity is a polynomial, and we have seen what becomes of it.
#
# **You may think** that a network can therefore learn anything. The theorem promises much less. It
# does not say
#
# - how wide the layer must be: it may be astronomical;
# - that training finds the weights: with two neurons, 5 starts of 20 had not found any for XOR
#   after 500 steps;
# - anything about inputs *outside* the box.
#
# The last one is easily forgotten. Ask the network with 32 neurons for a sine that it has not seen,
# at $x = 4\pi$, where the sine is 0:

# %%
wide = following(math.sin, 0, 2 * math.pi, 32)
inside, outside = wide([2 * math.pi]).data, wide([4 * math.pi]).data
print(f"at 2π: {inside:.4f}   at 4π: {outside:.4f}   the sine is 0 at both")

# %% tags=["remove-input"]
assert abs(inside) < 1e-9 and round(outside, 4) == 6.2429
assert 20 - solved_by[2] == 5

# %% [markdown]
# Inside the box it is as good as exact; outside it says 6.2429. It goes on in a straight line from
# its last bend.
#
# ## In short
#
# - A hidden layer moves the points to where one straight line is enough.
# - Layers without an activation collapse into a single one.
# - Width adds pieces, depth multiplies them.
# - One hidden layer can approximate every continuous function on a bounded box, if it is wide
#   enough and its activation is not a polynomial.
# - That the weights exist does not mean that training finds them.
#
# ## Exercises


# %% tags=["remove-input"]
def loop_fault(learn):
    """What is wrong with a learner's training loop, tried on XOR."""
    tried = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    curve = learn(tried, targets, 150, 0.2)
    twin = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    expected = train(twin, targets, 150, 0.2)
    moved = [p.data for p in tried.parameters()] != [
        p.data for p in nn.MLP(2, [2, 1], activation="tanh", seed=0).parameters()
    ]
    if not moved:
        return "After 150 steps all parameters are what they were at the start."
    if not isinstance(curve, list) or len(curve) != 150:
        return f"It should return the list of the 150 losses, not {str(curve)[:40]}."
    if math.isclose(curve[1], expected[1], rel_tol=1e-9) and curve[-1] > 10 * expected[-1]:
        return "The first step is right, the later ones are not: are the gradients zeroed?"
    if not math.isclose(curve[0], expected[0], rel_tol=1e-9):
        return f"The first loss is {curve[0]:.4g}; the mean over the examples is {expected[0]:.4g}."
    if not math.isclose(curve[-1], expected[-1], rel_tol=1e-6):
        return f"The loss ends at {curve[-1]:.4g}; it should end at {expected[-1]:.4g}."
    return None


# %%
task(
    "Write the loop that trains: `learn` takes `steps` steps of gradient descent on the mean of "
    "$(y - t)^2$ over the examples, and returns the list of the losses, each before its step. "
    "`model(x)` gives $y$; the rest is `model.zero_grad()`, `loss.backward()` and "
    "`model.parameters()`, each with `data` and `grad`.",
    start="""
def learn(model, examples, steps, lr):
    losses = []
    for _ in range(steps):
        loss = sum((model(x) - t) ** 2 for x, t in examples) / len(examples)
        losses.append(loss.data)
        # three things are missing
    return losses
""",
    solution="""
def learn(model, examples, steps, lr):
    losses = []
    for _ in range(steps):
        loss = sum((model(x) - t) ** 2 for x, t in examples) / len(examples)
        losses.append(loss.data)
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses
""",
    judge=loop_fault,
    hint="Zero the gradients, run the backward pass, move every parameter against its gradient.",
    explanation="It learns XOR as in the lesson. The same loop trains every network, large or "
    "small.",
)

# %%
exercise(
    "How many parameters (weights and biases) does nn.MLP(2, [4, 1]) have?",
    answer=17,
    wrong={
        12: r"You counted the weights, $2 \cdot 4 + 4 \cdot 1$. Each neuron has a bias too.",
        13: "The output neuron is counted with its bias, the four hidden ones are not.",
        16: "You forgot the bias of the output neuron.",
        8: "That is the number of weights of the hidden layer.",
    },
    hint="Each neuron has one weight per input, and one bias.",
    explanation=r"Hidden: $4 \cdot (2 + 1) = 12$. Output: $4 + 1 = 5$. Together 17.",
)
assert len(nn.MLP(2, [4, 1]).parameters()) == 17


# %%
exercise(
    r"Without activations: $h_0 = x + 2$, $h_1 = 3 \cdot x$, $y = 2 \cdot h_0 - h_1$. "
    r"Which single neuron $y = w \cdot x + b$ does the same?",
    answer=(-1, 4),
    names=("w", "b"),
    wrong={
        (5, 4): "$h_1$ is subtracted: $2x - 3x$.",
        (-1, 2): "The 2 in $h_0$ is multiplied by 2 as well.",
        (-2, 4): r"$2 \cdot x - 3 \cdot x$ is how much?",
    },
    hint=r"Put $h_0$ and $h_1$ in: $2 \cdot (x + 2) - 3 \cdot x$.",
    explanation="$2x + 4 - 3x = -x + 4$.",
)


# %% tags=["hide-input"]
def separates(w0, w1, b):
    scores = {point: w0 * point[0] + w1 * point[1] + b for point in ((0, 0), (1, 0), (2, 1))}
    if w0 == w1 == 0:
        return "With both weights 0 there is no line: every point gets the score b."
    if scores[1, 0] <= 0:
        return f"The point (1, 0) gets the score {scores[1, 0]:g}. It must be more than 0."
    for point in ((0, 0), (2, 1)):
        if scores[point] >= 0:
            return f"The point {point} gets the score {scores[point]:g}. It must be less than 0."
    return None


exercise(
    "In the hidden plane (0, 0) and (2, 1) are of class 0, and (1, 0) is of class 1. "
    r"Find an output neuron $w_0 \cdot h_0 + w_1 \cdot h_1 + b$ that is more than 0 "
    "for class 1 and less than 0 for class 0.",
    answer=(1, -2, -0.5),
    names=("w0", "w1", "b"),
    judge=separates,
    wrong={
        (1, -2, 0): "Nearly. The point (0, 0) gets the score 0, which is not less than 0.",
        (1, 1, -0.5): "That is the OR of $h_0$ and $h_1$. The point (2, 1) gets the score 2.5.",
    },
    hint="$h_0$ has to speak for class 1, $h_1$ against it, more strongly, and $b$ a "
    "little against it.",
    explanation="With 1, −2 and −0.5 the scores are −0.5 for (0, 0) and (2, 1), 0.5 for (1, 0).",
)

# %%
exercise(
    "One input, one hidden layer with 5 relu neurons, one output without activation. At most how "
    "many straight pieces does its curve have?",
    answer=6,
    wrong={
        5: "5 bends cut a line into how many pieces?",
        32: "That would be 5 folds in a row, five layers. Here the neurons stand side by side.",
        10: "Each neuron adds at most one bend.",
    },
    hint="Each neuron adds at most one bend. One bend makes two pieces.",
    explanation="5 bends, 6 pieces.",
)

# %%
exercise(
    "What does the universal approximation theorem promise for a "
    "continuous function on a bounded box?",
    options=[
        "training finds a good network",
        "a good network with one hidden layer exists",
        "a small network is enough",
        "the network is right outside the box too",
    ],
    answer="a good network with one hidden layer exists",
    wrong={
        "training finds a good network": "It says that good weights exist, not how to find them.",
        "a small network is enough": "It does not say how wide the layer must be.",
        "the network is right outside the box too": "It says nothing about the outside. Think of "
        "the sine at 4π.",
    },
    explanation="It is a theorem about existence, and about nothing else.",
)

# %% [markdown]
# ## Sources
#
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville, *Deep Learning*, 2016, section 6.1: the
#   network for XOR with these weights.
# - George Cybenko, "Approximation by superpositions of a sigmoidal function", *Mathematics of
#   Control, Signals, and Systems* 2, 1989.
# - Kurt Hornik, Maxwell Stinchcombe and Halbert White, "Multilayer feedforward networks are
#   universal approximators", *Neural Networks* 2, 1989.
# - Moshe Leshno, Vladimir Ya. Lin, Allan Pinkus and Shimon Schocken, "Multilayer feedforward
#   networks with a nonpolynomial activation function can approximate any function", *Neural
#   Networks* 6, 1993.
# - Matus Telgarsky, "Representation benefits of deep feedforward networks", 2015.

# %% [markdown]
# # Lesson 11. When the gradient dies
#
# After this lesson you can
#
# - say how a gradient shrinks on its way back through many layers, and compute by how much;
# - recognise saturated and dead neurons over all examples, and let `diagnose` find them;
# - say what brings such a network back to life;
# - choose between relu and its relatives: leaky ReLU, PReLU, ELU, Swish, GELU.
#
# Twenty years lie between the paper that made backpropagation known (1986) and the one that made
# people believe in networks of many layers again (2006). In between, with few exceptions (the most
# famous, Yann LeCun's of 1989, is of the kind that lesson 13 builds), such networks did not learn.
# Part of the reason fits into one number: 0.25.

# %%
from textwrap import fill

from tinygrad_neuron import Value, compile, datasets, losses, nn, optim, training

# %% tags=["remove-input"]
from tinygrad_neuron import draw_dot, walkthrough
from tinygrad_neuron.course import exercise, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %% [markdown]
# ## Depth by depth
#
# The local derivative of the sigmoid is $p \cdot (1 - p)$, as in lesson 9, where p is its output.
# It is largest where p = 0.5, and there it is 0.25.

# %%
predict(
    "Five sigmoids in a row, each the input of the next, with weights 1 and any biases. How large "
    "can the gradient of the first one's input be at most?",
    answer=0.0009765625,
    tolerance=0.03,
    wrong={
        0.25: "That is a single one. Along a path the local derivatives are multiplied.",
        0.05: "That is 0.25 / 5. Along a path local derivatives are multiplied.",
        1.25: "Along a path local derivatives are multiplied, not added.",
        0.00390625: "That is four of them.",
        0.03125: "That is 0.5 five times. The slope is p · (1 − p) = 0.25.",
    },
    hint="0.25, multiplied five times.",
    explanation="0.25⁵ = 0.00098: about a thousandth. Ten of them leave less than a millionth.",
)


# %%
def gradient_through(activation, depth):
    """The gradient of x = 0.5 after so many activations in a row."""
    x = Value(0.5)
    y = x
    for _ in range(depth):
        y = getattr(y, activation)()  # y.sigmoid(), or what the name says
    y.backward()
    return x.grad


for activation in ("sigmoid", "tanh", "relu"):
    gradients = [gradient_through(activation, depth) for depth in (1, 2, 5, 10)]
    print(f"{activation:7}", *[f"{g:10.2g}" for g in gradients])

# %% tags=["remove-input"]
assert 0.25**10 < 1e-6 and gradient_through("sigmoid", 10) < 1e-6
assert gradient_through("relu", 10) == 1 and round(gradient_through("tanh", 10), 2) == 0.22

# %% [markdown]
# tanh has the slope 1 at 0 and does better; relu hands on everything where $z > 0$. Add weights,
# and each layer multiplies by its weights too: with small ones the gradient **vanishes**, with
# large ones it **explodes**. Sepp Hochreiter described this in his diploma thesis of 1991; it was
# in German, and few read it.
#
# Now a real network: the digits, and eight hidden layers of 20 neurons. `training.diagnose` runs a
# model over examples and says what may keep it from learning. For each layer we look at the norm of
# the gradient of all its parameters: the root of the sum of the squares.

# %%
train, test = datasets.train_test_split(datasets.digits(), test_fraction=0.3, seed=0)
examples = [([(ink - 4.9) / 6 for ink in image], digit) for image, digit in train]
unseen = [([(ink - 4.9) / 6 for ink in image], digit) for image, digit in test]
few = examples[:30]


def deep(activation, init, layers=8):
    sizes = [20] * layers + [10]
    return nn.MLP(64, sizes, activation=activation, init=init, seed=0)


def report(found):
    for k, layer in enumerate(found.layers, 1):
        print(f"layer {k}: gradient {layer.gradient_norm:.2g}")
    for warning in found.warnings:
        print(fill(warning, 76))


before = training.diagnose(deep("sigmoid", "xavier_normal"), few, losses.cross_entropy)
report(before)

# %% tags=["remove-input"]
norms = [layer.gradient_norm for layer in before.layers]
five = deep("sigmoid", "xavier_normal", layers=5)
ends = [layer.gradient_norm for layer in training.diagnose(five, few, losses.cross_entropy).layers]
assert 400 < ends[-1] / ends[0] < 500
assert f"{norms[0]:.1g}" == "2e-05" and round(norms[-1], 1) == 1.3 and norms[-1] / norms[0] > 50_000

# %% [markdown]
# From the last layer to the first it falls from 1.3 to 0.00002, to less than a fifty-thousandth.
# Next to nothing reaches the first layers, so they stay as random as they began, and the last ones
# have to work with what is left of the digits after so many random layers.
#
# **You may think** that a larger learning rate makes up for it.

# %%
predict(
    "With five such hidden layers the gradient of the first layer is still more than 400 times "
    "smaller than that of the last. Does a rate a hundred times as large help?",
    options=["yes", "no: the last layers are thrown about", "no: it changes nothing"],
    answer="no: the last layers are thrown about",
    wrong={
        "yes": "The same rate holds for all layers. What does it do to those whose gradients are "
        "not small?",
        "no: it changes nothing": "It changes a lot for the layers with larger gradients.",
    },
    explanation="One rate for all layers: what suits the first is far too much for the last.",
)


# %%
def losses_of(activation, lr):
    """The loss of each of three epochs, with five hidden layers."""
    model = deep(activation, "xavier_normal", layers=5)
    optimiser = optim.SGD(model.parameters(), lr=lr)
    record = training.fit(
        model, losses.cross_entropy, examples, optimiser, epochs=3, progress=False
    )
    print(f"{activation:7}, lr {lr:4}: loss", *[f"{loss:.2f}" for loss in record.loss])
    return record.loss


slow = losses_of("sigmoid", 0.5)
wild = losses_of("sigmoid", 50.0)
with_tanh = losses_of("tanh", 0.1)

# %% tags=["remove-input"]
assert round(slow[-1], 1) == 2.3 and wild[-1] > 15 and with_tanh[-1] < 0.6

# %% [markdown]
# With 0.5 the loss stays at guessing, 2.3; with 50 it is far worse. The cure is not in the rate but
# in the layers: with tanh, the same network learns in three epochs. What does `diagnose` say of it,
# with all eight hidden layers?

# %%
after = training.diagnose(deep("tanh", "xavier_normal"), few, losses.cross_entropy)
report(after)

# %% tags=["hide-input"]
show(
    figures.gradients_by_step(
        {
            "sigmoid": [layer.gradient_norm for layer in before.layers],
            "tanh": [layer.gradient_norm for layer in after.layers],
        },
        "layer",
    ),
    "The gradients of the two networks, from the first layer (1) to the output layer (9). Each "
    "line of the grid stands for ten times as much as the one below it.",
)

# %% tags=["remove-input"]
assert min(layer.gradient_norm for layer in after.layers) > 0.4
assert len(before.warnings) == 1 and "vanish" in before.warnings[0] and not after.warnings

# %% [markdown]
# All layers get a gradient of about the same size, from 0.5 to 0.74.
#
# ## Saturated
#
# A tanh or sigmoid neuron whose pre-activation is far from 0 sits where the curve is flat: it is
# **saturated**. On one example that is nothing to worry about. But a neuron that is saturated on
# nearly all of them hardly tells them apart, and gets hardly any gradient to change that. The usual
# cause is carelessness: inputs that were not scaled. (`diagnose` counts a neuron if its slope is
# below 0.01 on nine examples out of ten.)


# %%
def saturated(some_examples):
    """How many of 32 fresh tanh neurons are saturated on these examples."""
    model = nn.MLP(64, [32, 10], activation="tanh", init="xavier_normal", seed=0)
    return training.diagnose(model, some_examples).layers[0].saturated


raw = [(list(image), digit) for image, digit in train]
print("ink from 0 to 16:", saturated(raw[:100]), "of 32 are saturated on nine of ten digits")
print("mean 0, spread 1:", saturated(examples[:100]), "of 32")

# %% tags=["remove-input"]
assert (saturated(raw[:100]), saturated(examples[:100])) == (8, 0)

# %% [markdown]
# A quarter of the layer is out of work, only because nobody scaled the ink.
#
# ## Dead
#
# relu has the slope 1 or 0, and nothing in between. Where $z < 0$ it hands back nothing: not a
# little, but exactly nothing. Take a neuron with two inputs between 0 and 1:

# %%
predict(
    "h = relu(1 · x0 + 1 · x1 + b) with b = −3, and both inputs are between 0 and 1. What is the "
    "gradient of b, for any of these inputs?",
    answer=0,
    wrong={
        1: "That is the local derivative of the sum. And what is that of relu?",
        -3: "That is b itself. How far does h move if b moves a little?",
        -1: "z is at most 1 + 1 − 3 = −1. What is the slope of relu there?",
    },
    hint="z is at most 1 + 1 − 3. What is the slope of relu there?",
    explanation="z is at most −1, relu is flat there, and 0 times anything is 0. No gradient will "
    "ever move b up again: the neuron is dead.",
)

# %% [markdown]
# Watch how the zero travels back. Here is a small network: two relu neurons h0 and h1, and an
# output y. Move the bias of h0, and look at the gradients.


# %% tags=["hide-input"]
def small(b0):
    """Two relu neurons and an output, for one example, with labels at everything."""
    x0, x1 = Value(0.8, label="x0"), Value(0.5, label="x1")
    weights = [Value(w, label=f"w{k}") for k, w in enumerate((1.0, 1.0, -0.5, 1.5))]
    bias0, bias1 = Value(b0, label="b0"), Value(0.2, label="b1")
    z0 = weights[0] * x0 + weights[1] * x1 + bias0
    z1 = weights[2] * x0 + weights[3] * x1 + bias1
    h0, h1 = z0.relu(), z1.relu()
    z0.label, z1.label, h0.label, h1.label = "z0", "z1", "h0", "h1"
    y = Value(2.0, label="v0") * h0 + Value(-1.0, label="v1") * h1
    y.label = "y"
    return y, {"b0": bias0, "w0": weights[0], "w1": weights[1], "b1": bias1}


def pushed(b0):
    y, leaves = small(b0)
    y.backward()
    gradients = ", ".join(f"{name} {leaf.grad:g}" for name, leaf in leaves.items())
    return f"gradients: {gradients}", draw_dot(y, legend=False, title=f"b0 = {b0:g}")


slider("b0", [0.5, 0.0, -0.5, -1.0, -1.5, -2.0], pushed)

# %% tags=["remove-input"]
alive, gone = small(-1.0), small(-1.5)
for y, _ in (alive, gone):
    y.backward()
assert [leaf.grad for leaf in alive[1].values()] == [2, 1.6, 1, -1]
assert [leaf.grad for leaf in gone[1].values()] == [0, 0, 0, -1]

# %% [markdown]
# Down to b0 = −1 all is well. At −1.5 the pre-activation of h0 is below 0, and everything that
# leads to it gets the gradient 0: its bias and both its weights. Even v0, the weight that its
# output meets next, gets 0, for it multiplies an output that is 0. The other neuron does not
# notice.
#
# Here is such a neuron alone, with one input and the weight after it. Push it yourself: go to the
# last step, then move b0.


# %% tags=["hide-input"]
def alone():
    """One relu neuron with one input, and the weight after it."""
    w0, x0 = Value(1.0, label="w0"), Value(1.3, label="x0")
    b0, v0 = Value(0.5, label="b0"), Value(2.0, label="v0")
    product = w0 * x0
    z0 = product + b0
    h0 = z0.relu()
    y = v0 * h0
    product.label, z0.label, h0.label, y.label = "w0·x0", "z0", "h0", "y"
    return y


show(
    walkthrough(alone()),
    "One neuron, and the weight v0 after it. Below b0 = −1.3 it is inactive for this example, and "
    "nothing comes back.",
)

# %% [markdown]
# For a single example that is not death, only silence, and nothing is wrong with it: in the network
# below about half of the neurons are silent for any one digit, and it learns well. A neuron is
# **dead** if it is silent for *every* example. How does it come to that? By a step that was too
# long. Here the network of lesson 10 has relu neurons instead of tanh, and learns at the rate 1.
# With tanh that rate did well; with relu it is too large. (With one hidden layer, what is dead
# stays dead. With several, a neuron may wake again if the layers before it change what comes in.)

# %%
predict(
    "32 relu neurons, He initialisation, three epochs at the rate 1 (0.1 would be right). How many "
    "are dead afterwards, silent for all 1,258 digits?",
    options=["none", "one or two", "about half", "all"],
    answer="about half",
    wrong={
        "none": "One step in which z is pushed below 0 for all digits is enough, and there is no "
        "way back.",
        "one or two": "There are 120 steps, each of them ten times too long.",
        "all": "Nearly so at the rate 2. At 1 some survive.",
    },
    explanation="17 of 32. With another seed it is 10, with yet another 26.",
)


# %%
def shallow(activation, seed=0):
    return nn.MLP(64, [32, 10], activation=activation, init="he_normal", seed=seed)


def dead_neurons(model):
    """How many hidden neurons output 0 for every digit."""
    hidden = compile(model.layers[0]).map([(image,) for image, _ in examples])
    return sum(all(row[k] == 0 for row in hidden) for k in range(32))


def read_right(model):
    answers = compile(model).map([(image,) for image, _ in unseen])
    return round(len(unseen) * training.accuracy(answers, [digit for _, digit in unseen]))


def learn(model, lr, epochs=3):
    optimiser = optim.SGD(model.parameters(), lr=lr)
    training.fit(model, losses.cross_entropy, examples, optimiser, epochs, progress=False)
    return model


models = {lr: learn(shallow("relu"), lr) for lr in (0.1, 1.0, 2.0)}
for lr, model in models.items():
    dead, right = dead_neurons(model), read_right(model)
    print(f"relu, lr {lr}: {dead:2} of 32 dead, {right:3} of 539 digits right")

# %% tags=["remove-input"]
assert [dead_neurons(model) for model in models.values()] == [0, 17, 32]
assert [read_right(model) for model in models.values()] == [475, 424, 55]
well = compile(models[0.1].layers[0]).map([(image,) for image, _ in examples])
assert 0.4 < sum(y == 0 for row in well for y in row) / (32 * len(well)) < 0.6

# %% [markdown]
# At the rate 2 all 32 have died, and the network says the same for every digit. `diagnose` sees
# dead neurons too. It counts those that are silent on all the examples it is given; here it gets
# the network trained at the rate 1, and a hundred digits:

# %%
found = training.diagnose(models[1.0], examples[:100])
for warning in found.warnings:
    print(fill(warning, 76))

# %% tags=["remove-input"]
assert found.layers[0].dead == 20 and len(found.warnings) == 1

# %% [markdown]
# (20 of 32 and not 17, because three of them do answer to some of the other 1,158 digits.)
# `diagnose` warns from 40% of a layer on. The number comes from the lecture notes of Stanford's
# course CS231n, by Andrej Karpathy and others, 2015: "you may find that as much as 40% of your
# network can be 'dead' (i.e. neurons that never activate across the entire training dataset) if the
# learning rate is set too high". That is experience, not a law. What it tells you is to look at the
# rate first.
#
# ## The relatives of relu
#
# The other way is to be not quite so silent. There are many proposals, and they differ in what they
# do where $z < 0$.
#
# | name | for $z > 0$ | for $z < 0$ | year |
# |---|---|---|---|
# | relu | z | 0 | 1969 |
# | leaky ReLU | z | $0.01 \cdot z$ | 2013 |
# | PReLU | z | $a \cdot z$, a is learned | 2015 |
# | ELU | z | $e^z - 1$ | 2015 |
# | Swish, or SiLU | $z \cdot \mathrm{sigmoid}(z)$ | the same | 2017 |
# | GELU | $z \cdot \Phi(z)$ | the same | 2016 |
#
# (Kunihiko Fukushima used relu in 1969; deep networks took it up in 2010. Who proposed the others
# is under Sources.) Φ(z) is the share of the bell curve that lies to the left of z. Swish and GELU
# are smooth everywhere. Both dip a little below 0 to the left of z = 0, and farther to the left
# come back to 0. GELU is used in two well-known language models, BERT and GPT-2.

# %%
predict(
    "A leaky ReLU with the slope 0.01, at z = −3. What is its output, and what is its local "
    "derivative?",
    answer=(-0.03, 0.01),
    names=("output", "slope"),
    wrong={
        (0, 0): "That is relu. The leaky one lets a hundredth through.",
        (-0.03, 0): "The line is not flat there: it falls by 0.01 for each 1.",
        (-0.03, -0.03): "The slope is not the output. How far does it move if z moves by 1?",
        (0.03, 0.01): "z is negative, and so is a hundredth of it.",
    },
    hint="0.01 · z, and the slope of that line.",
    explanation="0.01 · (−3) = −0.03, and the line 0.01 · z has the slope 0.01.",
)

# %% tags=["hide-input"]
RELATIVES = ["relu", "leaky_relu", "elu", "swish", "gelu"]


def curve_of(name):
    y = Value(-1.0)
    found = getattr(y, name)()
    found.backward()
    text = f"{name} at z = -1: output {found.data:.4g}, slope {y.grad:.4g}"
    return text, figures.activation_curve(name, at=-1.0, low=-4, high=3)


slider("activation", RELATIVES, curve_of)

# %% [markdown]
# Do they save a network whose steps are too long? First the rate that fits, then the one that
# killed half of the relu neurons, the latter with three seeds.

# %%
activations = ["relu", "leaky_relu", "elu", "gelu"]
fitting = {name: learn(shallow(name), 0.1) for name in activations}
for name, model in fitting.items():
    print(f"lr 0.1: {name:10}", read_right(model), "of 539 right")

too_far = {name: [learn(shallow(name, seed), 1.0) for seed in (0, 1, 2)] for name in activations}
for name, three in too_far.items():
    right = [read_right(model) for model in three]
    print(f"lr 1.0: {name:10}", right, "of 539 right,", [dead_neurons(m) for m in three], "dead")

# %% tags=["remove-input"]
silent = {name: [dead_neurons(model) for model in three] for name, three in too_far.items()}
assert silent["relu"] == [17, 10, 26] and silent["leaky_relu"] == silent["elu"] == [0, 0, 0]
assert [read_right(model) for model in fitting.values()] == [475, 475, 497, 476]
assert {name: [read_right(model) for model in three] for name, three in too_far.items()} == {
    "relu": [424, 316, 155],
    "leaky_relu": [451, 452, 446],
    "elu": [105, 230, 151],
    "gelu": [222, 494, 381],
}

# %% [markdown]
# At the rate that fits, all four are within 22 digits of each other, on one seed. At the rate that
# is too large the leaky network is better than relu with each of the three seeds, and none of its
# neurons died. **You may think**, then, that it was the dead neurons alone that did the harm. Look
# at ELU. It has none, and it is worse than relu on all three seeds: its steps are too long as well,
# and it is thrown about. (GELU is worse than relu on the first seed, and better on the two others.)
# And even the leaky network reads fewer digits than at the rate that fits. Mend the rate first.
#
# So which one should you take? Begin with relu, He initialisation and a rate that keeps it alive.
# If `diagnose` finds many dead neurons, take a smaller rate, and then a leaky ReLU. In
# transformers, the networks of lesson 14, GELU is usual. Do not expect wonders.
#
# PReLU finds its slope by itself: the slope is a parameter like any other, here one for all 32
# neurons. It starts at 0.25, as in its authors' paper.

# %%
prelu = nn.PReLU(0.25)
model = learn(nn.MLP(64, [32, 10], activation=prelu, init="he_normal", seed=0), 0.1)
print(f"slope 0.25 at the start, {prelu.slope.data:.2f} after three epochs")

# %% tags=["remove-input"]
assert round(prelu.slope.data, 2) == 0.55

# %% [markdown]
# ## Your turn: bring it back to life
#
# Here is a network that does not learn: eight hidden layers of 20 neurons with sigmoid. Mend it so
# that the first layer gets at least a tenth of the gradient that the last one gets.


# %% tags=["remove-input"]
def still_ill(build):
    """What is wrong with the network that a learner has built; None if nothing is."""
    model = build()
    if not isinstance(model, nn.MLP) or [len(layer.neurons) for layer in model.layers] != (
        [20] * 8 + [10]
    ):
        return "It has to stay a network of eight hidden layers of 20 and 10 outputs."
    norms = [
        layer.gradient_norm
        for layer in training.diagnose(model, few[:10], losses.cross_entropy).layers
    ]
    if norms[0] < norms[-1] / 10:
        return (
            f"The first layer gets a gradient of norm {norms[0]:.2g}, the last {norms[-1]:.2g}. "
            "Which activation hands more back, and which start fits it?"
        )
    if norms[0] > 10 * norms[-1]:
        return (
            f"Now it explodes: norm {norms[0]:.2g} in the first layer, {norms[-1]:.2g} in the last."
        )
    return None


# %%
task(
    "Change `build()` so that the gradient reaches the first layer.",
    start="""
def build():
    return nn.MLP(64, [20] * 8 + [10], activation="sigmoid", init="small_normal", seed=0)
""",
    solution="""
def build():
    return nn.MLP(64, [20] * 8 + [10], activation="tanh", init="xavier_normal", seed=0)
""",
    given={"nn": nn},
    judge=still_ill,
    hint="tanh with xavier_normal, or relu with he_normal.",
    explanation="In each layer the slope of the activation, together with the size of the weights, "
    "keeps the gradient at about its size.",
    seconds=60,
)

# %% [markdown]
# ## In short
#
# - On its way back the gradient is multiplied at every layer, by the slope of the activation and by
#   the weights: if that makes it smaller each time, it vanishes; if larger, it explodes.
# - The sigmoid's slope is at most 0.25: do not use it in deep hidden layers.
# - Saturated: on the flat part of the curve for nearly all examples. Scale the inputs, and start
#   with small enough weights.
# - Dead: a relu neuron that is silent for every example. It gets no gradient any more. Look at the
#   rate first; then at leaky ReLU and its relatives.
# - `diagnose` finds all of this over the data, and says so in words.
#
# ## Exercises

# %%
exercise(
    "Three sigmoids in a row, with weights 1 and any biases. How large can the gradient of the "
    "input be at most?",
    answer=0.015625,
    tolerance=0.01,
    wrong={
        0.75: "Along a path local derivatives are multiplied, not added.",
        0.25: "That is one of them.",
        0.0625: "That is two of them.",
        0.125: "That is 0.5³. The slope is at most 0.25.",
    },
    hint="0.25 · 0.25 · 0.25.",
    explanation="1/64 = 0.0156.",
)

# %%
exercise(
    "h = relu(x0 − 2 · x1 + b), and both inputs are between 0 and 1, ends included. What is the "
    "largest b for which h is dead?",
    answer=-1,
    wrong={
        0: "With x0 = 1 and x1 = 0, z = 1 then.",
        2: "The largest x0 − 2 · x1 can be is 1, with x0 = 1 and x1 = 0.",
        -3: "Then it is dead, but there are larger b for which it is too.",
        1: "Check the sign: b has to pull z down to 0 even where x0 − 2 · x1 is largest.",
    },
    hint="How large can x0 − 2 · x1 be at most?",
    explanation="It is at most 1. With b = −1, z is at most 0, and at 0 relu hands on nothing.",
)

# %%
exercise(
    "ELU is e^z − 1 for z < 0. What is its slope at z = −ln 2, where e^z = 0.5?",
    answer=0.5,
    wrong={
        -0.5: "That is its output there, 0.5 − 1.",
        0: "It is flat only far to the left.",
        1: "That is its slope for z > 0.",
        -0.6931: "That is z. The derivative of e^z − 1 is e^z.",
    },
    hint="The derivative of e^z is e^z.",
    explanation="The derivative of e^z − 1 is e^z = 0.5.",
)

# %%
exercise(
    "Swish is z · sigmoid(z). Write its derivative as an expression in z.",
    answer="sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))",
    variables=("z",),
    wrong={
        "sigmoid(z)": "That is the path straight into the product. There is another one.",
        "z*sigmoid(z)*(1 - sigmoid(z))": "That is the path through sigmoid; there are two.",
        "sigmoid(z)*(1 - sigmoid(z))": "That is the slope of sigmoid alone. And the factor z?",
    },
    hint="Two paths, as in lesson 7: straight into the product, and through sigmoid.",
    explanation="sigmoid(z) from the direct path, plus z times the slope of sigmoid.",
)

# %%
exercise(
    "`diagnose` says: 14 of 20 relu neurons are dead. What do you try first?",
    options=["more layers", "a smaller learning rate", "the sigmoid", "more epochs"],
    answer="a smaller learning rate",
    wrong={
        "more layers": "They would get their inputs from a layer that is mostly silent.",
        "the sigmoid": "It cannot die, but it saturates, and hands on a quarter at most.",
        "more epochs": "A dead neuron gets no gradient, however long one waits.",
    },
    explanation="And from a fresh start: what is dead does not come back.",
)

# %% [markdown]
# ## Sources
#
# - Kunihiko Fukushima, "Visual feature extraction by a multilayered network of analog threshold
#   elements", *IEEE Transactions on Systems Science and Cybernetics* 5, 1969.
# - Sepp Hochreiter, *Untersuchungen zu dynamischen neuronalen Netzen*, diploma thesis, Technische
#   Universität München, 1991.
# - Yoshua Bengio, Patrice Simard and Paolo Frasconi, "Learning long-term dependencies with gradient
#   descent is difficult", *IEEE Transactions on Neural Networks* 5, 1994.
# - Geoffrey E. Hinton, Simon Osindero and Yee-Whye Teh, "A fast learning algorithm for deep belief
#   nets", *Neural Computation* 18, 2006.
# - Vinod Nair and Geoffrey E. Hinton, "Rectified linear units improve restricted Boltzmann
#   machines", *ICML*, 2010.
# - Andrew L. Maas, Awni Y. Hannun and Andrew Y. Ng, "Rectifier nonlinearities improve neural
#   network acoustic models", *ICML*, 2013.
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, "Delving deep into rectifiers", *ICCV*,
#   2015: PReLU.
# - Djork-Arné Clevert, Thomas Unterthiner and Sepp Hochreiter, "Fast and accurate deep network
#   learning by exponential linear units (ELUs)", 2015.
# - Dan Hendrycks and Kevin Gimpel, "Gaussian error linear units (GELUs)", 2016.
# - Stefan Elfwing, Eiji Uchibe and Kenji Doya, "Sigmoid-weighted linear units for neural network
#   function approximation in reinforcement learning", 2017.
# - Prajit Ramachandran, Barret Zoph and Quoc V. Le, "Searching for activation functions", 2017.
# - Andrej Karpathy and others, *CS231n: Convolutional Neural Networks for Visual Recognition*,
#   lecture notes, Stanford University, 2015: the 40%.

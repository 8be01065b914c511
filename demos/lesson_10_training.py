# %% [markdown]
# # Lesson 10. Where to start, and how far to step
#
# After this lesson you can
#
# - tell from a curve of the loss that the learning rate is too small or too large;
# - read a training loop with minibatches line by line, and say what momentum and Adam are for;
# - say why weights must not start alike, and how large they should be at the start: Xavier and He;
# - leave the loop to `fit`, once you know what is in it.
#
# In lesson 9 ten neurons, side by side, read 505 of 539 unseen digits. Each of them is a template,
# and a template cannot say "ink here *or* there, but not in both places". For that there are hidden
# layers, so let us put one in between: 32 neurons with tanh.

# %%
import random
from math import sqrt

from tinygrad_neuron import compile, datasets, init, losses, nn, optim, training

# %% tags=["remove-input"]
from tinygrad_neuron.course import exercise, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %%
train, test = datasets.train_test_split(datasets.digits(), test_fraction=0.3, seed=0)
examples = [([(ink - 4.9) / 6 for ink in image], digit) for image, digit in train]
unseen = [([(ink - 4.9) / 6 for ink in image], digit) for image, digit in test]
print(f"{len(examples)} digits to learn from, {len(unseen)} unseen")


def network(init="xavier_normal"):
    return nn.MLP(64, [32, 10], activation="tanh", init=init, seed=0)


def read_right(model):
    answers = compile(model).map([(image,) for image, _ in unseen])
    return round(len(unseen) * training.accuracy(answers, [digit for _, digit in unseen]))


# %% tags=["remove-input"]
pixels = [pixel for image, _ in examples for pixel in image]
assert abs(sum(pixels) / len(pixels)) < 0.01
assert round(sqrt(sum(pixel * pixel for pixel in pixels) / len(pixels)), 2) == 1.00
assert (len(examples), len(unseen)) == (1258, 539)

# %% [markdown]
# One thing was done to the pixels: 4.9 was subtracted (the mean ink) and the rest divided by 6, so
# that their mean is 0 and their typical size 1. Why that helps, you will see below. And the network
# starts with `xavier_normal`: what that is, you will see too.
#
# ## Minibatches: many steps for the price of one
#
# So far every step used *all* examples: forwards, backwards, then one step. But do you need 1,258
# digits to find out roughly which way is down? Take 32 of them at random: on average their gradient
# is the same, at a fraction of the cost. Then take another 32 for the next step, and so on. Such a
# handful is called a **minibatch**, or batch, and gradient descent with minibatches is **stochastic
# gradient descent** (stochastic: by chance), SGD for short. When every example has been used once,
# an epoch is over; then the examples are shuffled.

# %%
predict(
    "1,258 examples in batches of 32. How many steps are there in an epoch?",
    answer=40,
    wrong={
        39: "39 · 32 = 1,248. Ten examples are left over, and they count.",
        39.3125: "There are only whole steps. The last batch is smaller.",
        32: "That is the number of examples in a batch.",
        1258: "That would be with batches of one example.",
    },
    hint="1258 / 32, and what is left over makes one more, smaller batch.",
    explanation="39 batches of 32, and one of 10.",
)

# %% [markdown]
# So an epoch, which has been a single step so far, now makes forty. Here is the loop. It is worth
# reading closely, for in this form it trains nearly every network, from this one to the largest.


# %%
def learn(model, optimiser, epochs, size=32):
    """Train on batches; the mean loss of each epoch."""
    loss_of_one = compile(lambda image, digit: losses.cross_entropy(model(image), digit))
    order = list(examples)
    generator = random.Random(0)
    curve = []
    for _ in range(epochs):
        generator.shuffle(order)
        total = 0.0
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            loss = loss_of_one.mean(batch)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.data * len(batch)
        curve.append(total / len(order))
    return curve


for size in (1258, 32):
    model = network()
    curve = learn(model, optim.SGD(model.parameters(), lr=0.1), epochs=5, size=size)
    print(f"batches of {size:4}: loss {curve[-1]:.3f}, {read_right(model)} of 539 right")

# %% tags=["remove-input"]
assert round(curve[-1], 3) == 0.227 and read_right(model) == 510
five_steps = network()
assert learn(five_steps, optim.SGD(five_steps.parameters(), lr=0.1), 5, size=1258)[-1] > 2

# %% [markdown]
# Both have seen every digit five times. With all digits in one batch that makes 5 steps; with
# batches of 32 it makes 200, each of them less exact. At the same rate two hundred rough steps lead
# much farther than five exact ones.
#
# ## The rate that is too large
#
# Since lesson 2 there has been a **learning rate**, and it was always just right. What happens if
# it is not? First with one weight. The loss is $(w - 3)^2$, its gradient is $2 \cdot (w - 3)$, and
# w starts at 0.

# %%
predict(
    "w = 0 and the learning rate is 1.1. The gradient is 2 · (w − 3). Where is w after one step?",
    answer=6.6,
    wrong={
        -6.6: "The step goes *against* the gradient: w − lr · gradient.",
        3.3: "The gradient is 2 · (0 − 3) = −6, not −3.",
        -6: "That is the gradient. The step is w − 1.1 · (−6).",
        3: "That is where the loss is smallest. Does the step end there?",
    },
    hint="w − lr · gradient = 0 − 1.1 · (−6).",
    explanation="0 + 6.6. The minimum is at 3, and it has gone too far: now it is 3.6 away, and it "
    "was 3 away before.",
)

# %% [markdown]
# The next step goes back, and too far again. With each step the distance from 3 is multiplied by
# $1 - 2 \cdot \mathrm{lr}$. Move the rate.


# %% tags=["hide-input"]
def walk_with(lr):
    """Ten steps on (w - 3)², as points on the curve."""
    points, w = [], 0.0
    for _ in range(11):
        points.append(w)
        w -= lr * 2 * (w - 3)
    places = ", ".join(f"{x:.4g}" for x in points[:6])
    text = f"factor {1 - 2 * lr:.2g}; w = {places}, ..."
    figure = figures.steps_down(lambda w: (w - 3) ** 2, points, low=-6, high=12, title=text)
    return text, figure


slider("learning rate", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1], walk_with, start=1.1)

# %% [markdown]
# Below 0.5 it comes nearer from one side; at 0.5 it is there in a single step. Beyond that it jumps
# to and fro, but still comes nearer. At 1 it jumps to and fro for ever, and above 1 each jump is
# larger than the last. How large the rate may be depends on how strongly the loss is curved: twice
# the curvature, half the rate. A network has thousands of directions, all curved differently, and
# the most strongly curved one decides.
#
# Now the digits: five epochs at each of five rates.

# %%
models = {lr: network() for lr in (0.001, 0.01, 0.1, 1.0, 10.0)}
curves = {}
for lr, model in models.items():
    curves[lr] = learn(model, optim.SGD(model.parameters(), lr=lr), epochs=5)
    print(f"lr {lr:5}: loss {curves[lr][-1]:6.3f}, {read_right(model):3} of 539 right")

# %% tags=["remove-input"]
assert [read_right(model) for model in models.values()] == [56, 406, 510, 523, 97]
assert curves[10.0][-1] > 70

# %% tags=["hide-input"]
show(
    figures.training_curves(
        {f"lr {lr:g}": curve for lr, curve in curves.items() if lr <= 1}, "epoch"
    ),
    "The loss at each epoch. 0.001 and 0.01 are too small for five epochs. (Rate 10 is not shown: "
    "its loss is above 70.)",
)

# %% [markdown]
# (Judge by the loss, which is that of the training set. The digits read right are there only for
# you to see: whoever chose a rate by them would have learned from the test set.)
#
# At 0.001 the network hardly moves; at 10 the loss is above 70, far worse than knowing nothing,
# which would cost $\ln\, 10 = 2.3$. In between, a factor of ten makes a great difference. So find
# the rate first, trying factors of ten, and look at the curve: a loss that creeps wants a larger
# rate, one that jumps or explodes a smaller one.
#
# ## All alike
#
# Where should the weights start? The ten neurons of lesson 9 started with 0 everywhere, and learned
# well. **You may think** that 0 is the natural start for any network: it knows nothing yet. Let us
# try it with four hidden layers of 20 neurons each, and then try 0.1 for every weight.


# %%
def deep(init):
    return nn.MLP(64, [20, 20, 20, 20, 10], activation="tanh", init=init, seed=0)


# %%
predict(
    "All weights start at 0.1. After five epochs of learning, how many different neurons are there "
    "among the 20 of the first hidden layer?",
    answer=1,
    wrong={
        20: "What could make two of them different? They see the same inputs, and get the same "
        "gradients.",
        10: "There are ten classes. But each of the 20 neurons feeds all ten outputs alike.",
        0: "There are 20 neurons. How many of them differ from each other?",
    },
    hint="Two neurons with the same weights, in and out. Do their gradients differ?",
    explanation="They compute the same, feed the same neurons, get the same gradient, take the "
    "same step.",
)


# %%
def different(layer):
    """How many neurons of a layer differ in their weights."""
    return len({tuple(w.data for w in neuron.w) for neuron in layer.neurons})


alike = {"all 0": deep(init.zeros()), "all 0.1": deep(init.constant(0.1))}
for name, model in alike.items():
    curve = learn(model, optim.SGD(model.parameters(), lr=0.1), epochs=5)
    print(f"{name:7}: loss {curve[-1]:.3f}, different neurons: {different(model.layers[0])}")

# %% tags=["remove-input"]
assert [[different(layer) for layer in model.layers[:4]] for model in alike.values()] == [
    [1] * 4
] * 2
zero = alike["all 0"]
moved = [p for p in zero.parameters() if p.data != 0]
assert {id(p) for p in moved} == {id(n.b) for n in zero.layers[-1].neurons}

# %% [markdown]
# Twenty neurons, and each layer is worth only one. No step will ever tell them apart: they are
# **symmetric**, and gradient descent keeps them so. With 0 it is worse still. The hidden neurons
# output 0, so the weights after them get no gradient; and those weights are 0, so nothing gets back
# through them to the layers before. The only parameters that have moved are the ten biases of the
# output layer.
#
# (And in lesson 9? There was no hidden layer. Each of the ten neurons had a target of its own, and
# that made them different.)
#
# So the weights have to be random, to break the symmetry. Random and very small, perhaps?
#
# ## How large? The same from layer to layer
#
# A neuron adds up n products. What is the typical size of the sum? Random terms of either sign
# partly cancel: n of them, each of size about 1, make a sum of size about $\sqrt{n}$, not n. (What
# adds up is the mean of the squares, which for numbers around 0 is the *variance*; its root is the
# typical size, which this course calls the **spread**. Elsewhere it is called the standard
# deviation.)

# %%
predict(
    "A neuron has 100 inputs of spread 1 and 100 random weights of spread 1. What is the spread of "
    "its pre-activation?",
    answer=10,
    wrong={
        100: "That would be so if all 100 products were 1. Those of opposite sign cancel.",
        1: "It is a sum of 100 terms. They cancel partly, but not entirely.",
        0: "That is the mean. Its typical size is not 0.",
        50: "Random signs cancel more than half of it: the size grows only with √n.",
    },
    hint="√n, with n = 100.",
    explanation="√100 = 10. With tanh after it, that neuron is saturated most of the time.",
)


# %%
def spread(numbers):
    """Their typical size: the root of the mean of their squares."""
    return sqrt(sum(number * number for number in numbers) / len(numbers))


generator = random.Random(0)  # gauss(0, 1): a random number of mean 0 and spread 1
sums = []
for _ in range(1000):
    products = [generator.gauss(0, 1) * generator.gauss(0, 1) for _ in range(100)]
    sums.append(sum(products))
print(f"spread of 1,000 such sums: {spread(sums):.2f}")

# %% tags=["remove-input"]
assert 9.5 < spread(sums) < 10.5

# %% [markdown]
# (`gauss` draws from the **normal distribution**, the bell curve: most numbers are near the mean,
# few are far from it. That is the "normal" in the names of ways to start.)
#
# If the sum is to have the same spread as the inputs, neither more nor less, the weights need the
# spread $1 / \sqrt{n}$, where n is the number of inputs, the **fan-in**. And if they have another?
# Then in a deep network every layer makes the signal smaller, or larger, by about the same factor
# again, until it is gone, or tanh cuts it off.
#
# Below are six layers of 50 tanh neurons, and their outputs for 100 digits. The random weights are
# the same in every frame; only their scale changes: it is a multiple of $1 / \sqrt{n}$.


# %% tags=["hide-input"]
def layered(activation):
    """Six layers, started at 1/√n, and a way to see all their outputs at another scale."""
    model = nn.MLP(
        64,
        [50] * 6,
        activation=activation,
        output_activation=activation,
        init=init.he_normal(1.0),
        seed=0,
    )
    start = [parameter.data for parameter in model.parameters()]

    @compile
    def outputs(x):
        found = []
        for layer in model.layers:
            x = layer(x)
            found.append(x)
        return found

    def at(scale):
        for parameter, number in zip(model.parameters(), start, strict=True):
            parameter.data = scale * number
        seen = outputs.map([(image,) for image, _ in examples[:100]])
        return {
            f"layer {k + 1}": [y for layers in seen for y in layers[k]]
            for k in range(len(model.layers))
        }

    return at


with_tanh, with_relu = layered("tanh"), layered("relu")


def tanh_at(scale):
    found = with_tanh(scale)
    spreads = ", ".join(f"{spread(numbers):.2g}" for numbers in found.values())
    text = f"spread from layer to layer: {spreads}"
    title = f"weights of spread {scale:g} / √n"
    return text, figures.histograms(found, title=title)


slider("scale", [0.2, 0.5, 1.0, 1.4, 2.0, 4.0], tanh_at, start=1.0)

# %% tags=["remove-input"]
tiny, fitting, huge = (
    [spread(numbers) for numbers in with_tanh(scale).values()] for scale in (0.2, 1.0, 4.0)
)
assert round(tiny[-1], 4) == 0.0001 and round(fitting[-1], 2) == 0.33 and round(huge[0], 2) == 0.91
last = list(with_tanh(4.0).values())[-1]
assert round(sum(abs(y) > 0.99 for y in last) / len(last), 2) == 0.48

# %% [markdown]
# With 0.2 the signal dies away: after six layers its spread is 0.0001, and the network outputs
# nearly the same for every digit. With 4 the neurons stick to −1 and 1: in the last layer 48% of
# the outputs are beyond 0.99, where tanh is flat and lets hardly any gradient through. With 1 the
# signal stays alive through all six layers (tanh itself takes a little away each time).
#
# The same happens to the gradients on the way back, except that a neuron then adds up what comes
# back from all the neurons that it feeds; their number is the **fan-out**. In 2010 Xavier Glorot
# and Yoshua Bengio proposed a compromise between the two:
#
# $$\mathrm{spread} = \sqrt{\frac{2}{n_{\mathrm{in}} + n_{\mathrm{out}}}}$$
#
# (Where both are n, it is $1 / \sqrt{n}$ again.) That is `xavier_normal`. It was made for tanh,
# which is nearly the identity around 0. What about relu?

# %%
predict(
    "The weights have the spread 1 / √n. Relu sets half of the pre-activations to 0, so the mean "
    "square halves at each layer. After six layers, what is left of a spread of 1?",
    answer=0.125,
    wrong={
        0.015625: "That is what is left of the mean *square*. The spread is its root.",
        0.5: "That is after two layers.",
        1: "That would be without relu.",
        0.0833: "You divided by 6 · 2. The halves are multiplied, not added.",
    },
    hint="The mean square is halved six times: 1/64. The spread is the root of that.",
    explanation="√(1/64) = 1/8.",
)

# %%
for name, scale in {"1 / √n": 1.0, "√2 / √n": sqrt(2)}.items():
    spreads = [spread(numbers) for numbers in with_relu(scale).values()]
    print(f"relu, weights of spread {name:7}:", *[f"{s:.2f}" for s in spreads])

# %% tags=["remove-input"]
sixth = [list(with_relu(scale).values())[-1] for scale in (1.0, sqrt(2))]
assert [round(spread(numbers), 2) for numbers in sixth] == [0.16, 1.25]

# %% [markdown]
# One network is not an average, so it is 0.16 and not exactly 0.125. Kaiming He and others drew the
# conclusion in 2015: with relu, take weights √2 times as large, of the spread $\sqrt{2 / n}$. Then
# nothing is lost on average; that it is 1.25 here, and not 1, is chance too.
#
# And that is why the inputs were scaled: all of this starts from inputs of spread 1.
#
# | activation | spread of the weights | name |
# |---|---|---|
# | tanh | $\sqrt{2 / (n_{\mathrm{in}} + n_{\mathrm{out}})}$ | Xavier, or Glorot |
# | relu and its relatives | $\sqrt{2 / n_{\mathrm{in}}}$ | He, or Kaiming |
#
# (For the sigmoid neither will do; lesson 11 shows why.)
#
# Biases start at 0; only those of the output layer may know the class priors, as in lesson 9. Here
# is the network with four hidden layers once more, from three random starts. (`uniform` draws
# numbers between two limits, all of them equally likely.)

# %%
started = {
    "normal, spread 0.01": deep(init.small_normal(0.01)),
    "uniform, -1 to 1": deep(init.uniform(-1, 1)),
    "Xavier": deep(init.xavier_normal()),
}
for name, model in started.items():
    curve = learn(model, optim.SGD(model.parameters(), lr=0.1), epochs=5)
    print(f"{name:20} loss {curve[-1]:.3f}, {read_right(model):3} of 539 right")

# %% tags=["remove-input"]
assert [read_right(model) for model in started.values()] == [55, 434, 509]

# %% [markdown]
# The same network, the same data, the same rate: 55 right, which is no better than guessing,
# or 509. Nothing but the scale of the start is different.
#
# ## Momentum
#
# A loss is often a ravine: steep across, nearly flat along. The rate must be small because of the
# steep direction, and then the flat one takes for ever. A rolling ball does better: across the
# ravine the pushes cancel, along it they add up. That is **momentum**: keep a velocity v, let each
# gradient change it, and move by the velocity.
#
# $$v \leftarrow \mu \, v + g \qquad w \leftarrow w - \mathrm{lr} \cdot v$$
#
# The number μ (mu) says how much of the velocity is kept, usually 0.9. (Here g is the gradient.)

# %%
predict(
    "The gradient is 1 at every step, and μ = 0.9. Where does the velocity settle in the end?",
    answer=10,
    wrong={
        1: "That is the velocity after the first step. Then 0.9 · 1 + 1 = 1.9.",
        1.9: "That is after two steps: 0.9 · 1 + 1. It goes on.",
        0.9: "After the first step v = 1, then 0.9 · 1 + 1 = 1.9, and so on.",
        9: "At the end v no longer changes: v = 0.9 · v + 1.",
    },
    hint="In the end v no longer changes: v = 0.9 · v + 1.",
    explanation="v = 0.9 · v + 1, so 0.1 · v = 1. Along the ravine it is as if the rate were ten "
    "times as large.",
)


# %% tags=["hide-input"]
def ravine(w0, w1):
    return (w0 * w0 + 25 * w1 * w1) / 2


def rolled(momentum, lr=0.03, steps=40):
    w, v = [-9.0, 1.5], [0.0, 0.0]
    path = [tuple(w)]
    for _ in range(steps):
        for k, gradient in enumerate((w[0], 25 * w[1])):
            v[k] = momentum * v[k] + gradient
            w[k] -= lr * v[k]
        path.append(tuple(w))
    return path


def with_momentum(momentum):
    path = rolled(momentum)
    text = f"loss after 40 steps: {ravine(*path[-1]):.4f}"
    figure = figures.descent(
        ravine,
        {f"momentum {momentum:g}": path},
        plane=((-10, 4), (-3, 3)),
        title=f"momentum {momentum:g}: {text}",
    )
    return text, figure


slider("momentum", [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95], with_momentum)

# %% tags=["remove-input"]
after = {m: ravine(*rolled(m)[-1]) for m in (0, 0.8, 0.95)}
assert round(after[0], 2) == 3.54 and after[0.8] < 0.01 and after[0.95] > 2

# %% [markdown]
# The ravine is $(w_0^2 + 25 \, w_1^2) / 2$, curved 25 times as strongly across as along. All frames
# have the same rate, 0.03. Without momentum 40 steps are not enough: the loss is still 3.54. With
# 0.8 it is below 0.01. With 0.95 the ball overshoots, and swings to and fro for a long time.
#
# ## Adam: a rate for every parameter
#
# Momentum has one rate for all parameters. **Adam** gives each its own. For each parameter it keeps
# two running means: of the gradient (m, much like the velocity) and of its square (s), which says
# how large the gradients of this parameter usually are. And it moves by the one divided by the root
# of the other:
#
# $$w \leftarrow w - \mathrm{lr} \cdot m / \sqrt{s}$$
#
# (A running mean keeps the share β of what it was and takes the share $1 - \beta$ of what is new; β
# is 0.9 for m and 0.999 for s. Both start at 0 and are too small at first, so after t steps they
# are divided by $1 - \beta^t$; at the very first step m is then the gradient, and s its square. And
# a tiny number is added to the root, so that we never divide by 0.)

# %%
predict(
    "The first gradient of a weight is 0.001, and Adam has the rate 0.01. How far does the weight "
    "move in the first step?",
    answer=0.01,
    tolerance=0.001,
    wrong={
        0.00001: "That is what SGD would do. Adam divides by the root of the mean square.",
        0.001: "That is the gradient. It is divided by its own size.",
        1: "0.001 divided by √(0.001²) is 1. And the rate?",
        -0.01: "How *far* is asked.",
    },
    hint="The gradient, divided by the root of its square, times the rate.",
    explanation="0.001 / √(0.001²) = 1, times 0.01. With a gradient of 1000 it would be the same.",
)

# %% [markdown]
# Whatever the size of the gradients, the first step of each parameter is as long as the rate. That
# helps where layers have gradients of very different sizes. Look at two hidden layers that start
# with weights of spread 0.01, about twenty times too small, and then at the network with one hidden
# layer, from a good start:


# %%
def small_start():
    return nn.MLP(64, [20, 20, 10], activation="tanh", init="small_normal", seed=0)


bad_sgd, bad_adam, momentum, adam = small_start(), small_start(), network(), network()
learn(bad_sgd, optim.SGD(bad_sgd.parameters(), lr=0.1), epochs=5)
learn(bad_adam, optim.Adam(bad_adam.parameters(), lr=0.01), epochs=5)
learn(momentum, optim.SGD(momentum.parameters(), lr=0.1, momentum=0.9), epochs=5)
learn(adam, optim.Adam(adam.parameters(), lr=0.01), epochs=5)

print("bad start,  SGD, lr 0.1:     ", read_right(bad_sgd), "of 539 right")
print("bad start,  Adam, lr 0.01:   ", read_right(bad_adam), "of 539 right")
print("good start, SGD, lr 1:       ", read_right(models[1.0]), "of 539 right, as above")
print("good start, momentum, lr 0.1:", read_right(momentum), "of 539 right")
print("good start, Adam, lr 0.01:   ", read_right(adam), "of 539 right")

# %% tags=["remove-input"]
assert [read_right(model) for model in (bad_sgd, bad_adam)] == [106, 511]
assert [read_right(model) for model in (models[1.0], momentum, adam)] == [523, 525, 522]

# %% [markdown]
# From the bad start SGD gets hardly anywhere in five epochs, and Adam learns. **You may think**,
# then, that Adam is simply the best. From the good start all three, each at a rate that suits it,
# come within three digits of each other, on one seed: that is too little to call any of them
# better. What Adam did here was to forgive a bad start.
#
# ## Your turn

# %%
task(
    "Write `momentum_step(w, v, gradient, lr, mu)`: it returns the new weight and the new "
    "velocity, as a pair.",
    start="""
def momentum_step(w, v, gradient, lr, mu):
    return w - lr * gradient, v
""",
    solution="""
def momentum_step(w, v, gradient, lr, mu):
    v = mu * v + gradient
    return w - lr * v, v
""",
    cases=[
        ((1.0, 0.0, 2.0, 0.1, 0.9), (0.8, 2.0)),
        ((0.8, 2.0, 2.0, 0.1, 0.9), (0.42, 3.8)),
        ((0.0, -1.0, 1.0, 0.5, 0.5), (-0.25, 0.5)),
    ],
    wrong={
        "def momentum_step(w, v, gradient, lr, mu):\n"
        "    return w - lr * v, mu * v + gradient": "The weight has to move by the *new* velocity.",
    },
    hint="First the new velocity, mu times the old one plus the gradient. Then the step.",
    explanation="Two lines, and that is all of momentum.",
)

# %% [markdown]
# ## The loop, put away
#
# You know the loop now, so we may put it away: `training.fit` is the same loop, and gives the same
# numbers.

# %%
model = network()
record = training.fit(
    model,
    losses.cross_entropy,
    examples,
    optim.SGD(model.parameters(), lr=0.1),
    epochs=5,
    batch_size=32,
    progress=False,
)
print("by hand:", [round(loss, 3) for loss in curves[0.1]])
print("by fit: ", [round(loss, 3) for loss in record.loss])

# %% tags=["remove-input"]
assert record.loss == curves[0.1]

# %% [markdown]
# And here is everything together, with one hidden layer: Xavier, momentum, and 12 epochs of 40
# steps at a rate that falls to 0 along a cosine: large steps at first, fine ones at the end.

# %%
model = network()
falling = optim.cosine_decay(0.1, steps=12 * 40)
optimiser = optim.SGD(model.parameters(), lr=falling, momentum=0.9)
record = training.fit(model, losses.cross_entropy, examples, optimiser, epochs=12, progress=False)
print(f"loss {record.loss[0]:.3f} to {record.loss[-1]:.3f}")
print(f"{read_right(model)} of 539 unseen digits read")

# %% tags=["remove-input"]
assert read_right(model) == 525 and round(record.loss[-1], 3) == 0.014

# %% [markdown]
# 525 of 539, against 505 without a hidden layer: 14 mistakes instead of 34.
#
# A rule to begin with: inputs of mean 0 and spread 1; Xavier for tanh, He for relu; batches of 32;
# Adam at a rate from 0.001 to 0.01, or SGD with momentum 0.9 at the largest rate at which the loss
# does not jump; and let the rate fall towards the end.
#
# ## In short
#
# - Minibatches: many rough steps beat a few exact ones.
# - With too small a rate the loss creeps, with too large a rate it explodes; find the rate first,
#   trying factors of ten.
# - Weights that start alike stay alike; random ones break the symmetry.
# - Their spread should be about 1 / √fan-in, so that the signal neither dies nor saturates: Xavier
#   for tanh, He for relu.
# - Momentum adds up what agrees and cancels what does not; Adam gives each parameter its own rate.
# - `fit` is the loop that you have read.
#
# ## Exercises

# %%
exercise(
    "10,000 examples, batches of 50, three epochs. How many steps are that?",
    answer=600,
    wrong={
        200: "That is one epoch.",
        150: "That is batch size times epochs. How many batches are there in an epoch?",
        30000: "That would be with batches of one example.",
        1500000: "A batch is one step, however many examples are in it.",
    },
    hint="How many batches are there in an epoch?",
    explanation="10,000 / 50 = 200 steps an epoch, 600 in three.",
)

# %%
exercise(
    "A layer of relu neurons has 200 inputs. What spread should its weights have?",
    answer=0.1,
    wrong={
        0.0707: "That is 1 / √200. Relu throws half away, so the square has to be doubled.",
        0.01: "That is 2 / 200. The spread is the root of it.",
        14.142: "That is √200. The weights have to be small where there are many inputs.",
        10: "That is √(200 / 2). Turn it round.",
    },
    tolerance=0.001,
    hint="He: √(2 / fan-in).",
    explanation="√(2 / 200) = √0.01 = 0.1.",
)

# %%
exercise(
    "The loss is 2 · w², so its gradient is 4 · w. Up to which learning rate does gradient descent "
    "not run away from 0?",
    answer=0.5,
    wrong={
        1: "That is for w². This loss is curved twice as strongly.",
        0.25: "At that rate it is at 0 in one step. It may overshoot, as long as it comes nearer.",
        2: "Each step multiplies w by 1 − 4 · lr. When is that less than −1?",
        4: "Each step multiplies w by 1 − 4 · lr. Put in 4.",
    },
    hint="Each step multiplies w by 1 − 4 · lr. That must not be less than −1.",
    explanation="1 − 4 · lr ≥ −1, so lr ≤ 0.5. At 0.5 it jumps to and fro for ever.",
)

# %%
exercise(
    "After three steps the loss is NaN (not a number). What do you try first?",
    options=["more epochs", "a smaller learning rate", "larger weights", "larger batches"],
    answer="a smaller learning rate",
    wrong={
        "more epochs": "What has become NaN stays NaN.",
        "larger weights": "Numbers have become too large already.",
        "larger batches": "Their gradient is less noisy, but no shorter.",
    },
    explanation="The steps were too long, and grew until the numbers overflowed.",
)

# %%
exercise(
    "Gradient descent with momentum: w = 1, v = 0.5, μ = 0.8, the gradient is 2 and lr = 0.1. What "
    "is the new w?",
    answer=0.76,
    wrong={
        0.8: "That is without momentum: 1 − 0.1 · 2.",
        0.96: "That is 1 − 0.1 · 0.4. The gradient is added to the velocity too.",
        0.75: "The old velocity is multiplied by 0.8 first.",
        1.24: "The sign: the step goes against the velocity.",
    },
    hint="v = 0.8 · 0.5 + 2 = 2.4, then w − 0.1 · v.",
    explanation="v = 2.4, w = 1 − 0.24 = 0.76.",
)

# %% [markdown]
# ## Sources
#
# - Herbert Robbins and Sutton Monro, "A stochastic approximation method", *Annals of Mathematical
#   Statistics* 22, 1951: steps by noisy gradients.
# - David E. Rumelhart, Geoffrey E. Hinton and Ronald J. Williams, "Learning internal
#   representations by error propagation", in *Parallel Distributed Processing* 1, 1986: breaking
#   the symmetry.
# - Boris T. Polyak, "Some methods of speeding up the convergence of iteration methods", *USSR
#   Computational Mathematics and Mathematical Physics* 4, 1964: momentum.
# - Yann LeCun, Léon Bottou, Genevieve B. Orr and Klaus-Robert Müller, "Efficient BackProp", 1998:
#   scaled inputs, and weights of spread 1 / √n.
# - Xavier Glorot and Yoshua Bengio, "Understanding the difficulty of training deep feedforward
#   neural networks", *AISTATS*, 2010.
# - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, "Delving deep into rectifiers", *ICCV*,
#   2015.
# - Diederik P. Kingma and Jimmy Ba, "Adam: a method for stochastic optimization", 2014.
# - Ilya Loshchilov and Frank Hutter, "SGDR: stochastic gradient descent with warm restarts", 2016:
#   rates along a cosine.

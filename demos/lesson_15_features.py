# %% [markdown]
# # Lesson 15. What a neuron has learned
#
# After this lesson you can
#
# - find the input that excites a neuron most, with the backward pass you know, and say what that
#   input tells you and what it does not;
# - find the examples that excite a neuron, and the classes that it answers to;
# - explain how a network can hold more features than it has neurons, and when it does;
# - take such a mixture apart with a sparse autoencoder, and say what makes it work;
# - name what is still open.
#
# The networks of the last lessons read digits. But what has a single neuron in them learned? Nobody
# told it what to learn. We have to ask, and there are several ways of asking. Here is a fully
# connected network with 16 hidden neurons, trained on the digits as in lesson 13, but for 12 epochs
# instead of 8.

# %% tags=["remove-input"]
from tinygrad_neuron.course import exercise, predict, slider, task

# %% tags=["hide-input"]
import math
import random

from tinygrad_neuron import Value, compile, datasets, interpret, losses, nn, optim, training
from tinygrad_neuron.draw import figures

learning, unseen = datasets.train_test_split(datasets.digits(), test_fraction=0.2, seed=0)
train = [([ink / 16 for ink in pixels], digit) for pixels, digit in learning]
test = [([ink / 16 for ink in pixels], digit) for pixels, digit in unseen]


def accuracy(model, examples):
    outputs = compile(model).map([(image,) for image, _ in examples])
    return training.accuracy(outputs, [digit for _, digit in examples])


# %%
network = nn.MLP(64, [16, 10], activation="relu", seed=0)
rate = optim.cosine_decay(0.02, steps=12 * 45)  # 12 epochs of 45 batches
optimiser = optim.Adam(network.parameters(), rate)
training.fit(network, losses.cross_entropy, train, optimiser, epochs=12, progress=False)
print(f"{accuracy(network, test):.1%} of the test digits are read right")

# %% tags=["remove-input"]
assert round(100 * accuracy(network, test), 1) == 94.7
hidden, output = network.layers

# %% [markdown]
# ## Ask the input: activation maximisation
#
# Take the output neuron for the digit 3. Which image makes its score as large as possible? No new
# method is needed to find out. In training the weights move *against* the gradient of the loss, and
# the image stands still. Now let the weights stand still, and move the *pixels along* the gradient
# of the score. That is gradient *ascent*, and what it finds is called **activation maximisation**.

# %%
pixels = [Value(0.0) for _ in range(64)]
way = []
for _ in range(101):
    score = network(pixels)[3]
    way.append((score.data, [pixel.data for pixel in pixels]))
    for pixel in pixels:
        pixel.grad = 0.0
    score.backward()
    for pixel in pixels:
        pixel.data += 0.05 * pixel.grad

# %%
predict(
    "After 100 steps: what does the image look like?",
    options=[
        "a clear 3",
        "a blurred 3, like the mean of all of them",
        "nothing that we would recognise",
    ],
    answer="nothing that we would recognise",
    wrong={
        "a clear 3": "We asked for a large score, not for a 3 that looks good to us.",
        "a blurred 3, like the mean of all of them": "The mean of all 3s has a high score too. But "
        "nobody said that the image must stay like the digits, or even between paper and ink.",
    },
    explanation="Every pixel goes where the score grows, and nothing holds it back: not even the "
    "limits of paper and ink.",
)

# %% [markdown]
# Move the slider through the steps.

# %% tags=["hide-input"]
best = max(network(image)[3].data for image, _ in train)


def square(image):
    return [image[i : i + 8] for i in range(0, 64, 8)]


def climbed(step):
    score, image = way[step]
    text = f"score {score:.1f}, pixels from {min(image):.1f} to {max(image):.1f}"
    figure = figures.receptive_field_image(square(image), [], title=f"step {step}: {text}")
    return f"{text}; the best score of all training images is {best:.1f}", figure


slider("step", [0, 1, 2, 5, 10, 20, 50, 100], climbed, start=100)

# %%
print(f"best score of a training image: {best:.1f}")
for step in (1, 10, 100):
    print(f"after {step:3} steps: {way[step][0]:.1f}")

# %% tags=["remove-input"]
assert round(best, 1) == 17.4
assert [round(way[step][0], 1) for step in (1, 10, 100)] == [5.5, 58.7, 585.1]

# %% [markdown]
# **You may think** that the network is surest of what looks most like a 3. It is surest of *this*:
# a score of 585.1, where the best training image has 17.4. The score is made of straight pieces
# (relu), and along a straight piece one can go on for ever. Training has taught the network to tell
# digits from other *digits*. About all other images, and nearly all images are others, it has
# learned nothing. (A related surprise was found in 2013: one can change an image so little that we
# hardly see it, and yet the network gives another answer. Such images are called **adversarial
# examples**.)
#
# To see something we know, we have to hold the image back: keep each pixel between paper and ink,
# make ink cost something, and make it cost something if neighbouring pixels differ.
# `interpret.maximise` does what we did above, with these three restraints.


# %% tags=["hide-input"]
def held_back(cost):
    """The image that excites the output for 3 most, if differences of neighbours cost so much."""
    found = interpret.maximise(
        lambda rows: network([pixel for row in rows for pixel in row])[3],
        (8, 8),
        steps=150,
        norm=0.2,
        total_variation=cost,
        bounds=(0, 1),
    )
    text = f"score {found.activation:.1f}"
    return text, figures.receptive_field_image(found.input, [], title=f"cost {cost:g}: {text}")


slider("cost of a difference", [0, 0.25, 0.5, 1, 2], held_back, start=1)

# %% [markdown]
# The more differences cost, the smoother the image, and the more it may look like a 3 to you. But
# remember where that came from. *We* said that strokes are smooth; the network did not. Beautiful
# pictures of what a network "sees" always show two things at once: the network, and the taste of
# whoever chose the costs.
#
# ## Ask the data: top examples
#
# The other way is to ask with real images: of all the digits, which excite a neuron most? These are
# its **top examples**. Move the slider through the hidden neurons.

# %% tags=["hide-input"]
answers = interpret.responses(hidden, train)
all_activations = compile(hidden).map([(image,) for image, _ in train])


def top(k, count):
    """The images that excite a hidden neuron most: activation, digit, image."""
    pairs = zip(all_activations, train)
    ranked = [(activations[k], digit, image) for activations, (image, digit) in pairs]
    return sorted(ranked, key=lambda one: -one[0])[:count]


def excites(k):
    """The eight images that excite a hidden neuron most."""
    most = top(k, 8)
    if most[0][0] == 0:
        return f"neuron {k} is silent for every image", f"neuron {k} is silent for every image"
    figure = figures.weight_images(
        [image for _, _, image in most],
        width=8,
        label="ink",
        names=[f"a {digit}: {activation:.1f}" for activation, digit, _ in most],
        title=f"neuron {k}: its eight top examples, and how active it is",
    )
    return f"neuron {k}: " + " ".join(str(digit) for _, digit, _ in most), figure


slider("hidden neuron", range(16), excites, start=3)

# %% tags=["remove-input"]
single = [k for k in range(16) if len(answers[k].classes) == 1]
silent = [k for k in range(16) if not answers[k].classes]
assert silent == [2, 5, 10, 11]
assert {digit for _, digit, _ in top(15, 38)} == {4}
most, _ = interpret.top_examples(lambda image: hidden(image)[15], train, count=38)
assert [example.activation for example in most] == [one[0] for one in top(15, 38)]

# %% [markdown]
# Four of the neurons, 2, 5, 10 and 11, are dead: silent for every image, so that no training can
# change them. Many of the others look as if one could give them a name. Take neuron 15: not only
# the eight shown, but its first 38 top examples are all 4s.

# %%
predict(
    "All of the 38 top examples of neuron 15 are 4s. Is it a detector of 4s, silent, or nearly so, "
    "for the other digits?",
    options=["yes", "no"],
    answer="no",
    wrong={
        "yes": "There are 1,438 images, and these 38 are only the top. What does it do for the "
        "others?"
    },
    explanation="The top examples show where a neuron is loudest. They do not show where it is "
    "half as loud, and that is most of what the next layer hears from it.",
)


# %%
def means(k):
    """The mean activation of a hidden neuron for each digit."""
    of_digit = [[] for _ in range(10)]
    for (_, digit), activations in zip(train, all_activations):
        of_digit[digit].append(activations[k])
    return [sum(numbers) / len(numbers) for numbers in of_digit]


for digit, mean in enumerate(means(15)):
    print(f"{digit}: {mean:4.2f}", "#" * round(8 * mean))

# %% tags=["remove-input"]
loud = means(15)
assert sorted(range(10), key=loud.__getitem__)[-3:] == [0, 6, 4]
assert answers[15].classes == (4, 6, 0)
assert [round(answers[15].means[digit], 2) for digit in (6, 0)] == [0.89, 0.77]
several = [k for k in range(16) if answers[k].polysemantic]
assert (single, len(several)) == ([3, 9], 10)

# %% [markdown]
# It is active for 4, and nearly as active for 6 and for 0: its mean for 6 is 0.89 of its mean for
# 4, that for 0 is 0.77 of it. (We say that a neuron answers to a digit if its mean for that digit
# is at least half way up from the digit with the lowest mean to the digit with the highest.) Anyone
# who had looked at the top examples alone would have missed it. A neuron that answers to several
# things that have nothing to do with each other is called **polysemantic**, "of many meanings".
# Here 10 of the 16 answer to several digits, which is what we can count; 2 answer to one digit
# alone, and 4 are dead.
#
# ## Why should a neuron mean several things?
#
# Perhaps because there are more things to tell than neurons to tell them. Let us build the smallest
# case. There are five **features**, $x_0$ to $x_4$: facts that may be present, with a strength
# between 0 and 1, or absent, which is 0. But there are only two neurons to remember them, each a
# weighted sum of the five: $h = W x$. From these two numbers all five must be found again:
#
# $$x'_i = \mathrm{relu}(w_i \cdot h + b_i)$$
#
# Here $w_i$ is the pair of weights that feature $i$ has in the two neurons (column $i$ of the table
# $W$). So feature $i$ has a *direction* $w_i$ in the plane of the two neurons: it is written along
# it, and it is read along it, by a dot product as in lesson 4.

# %%
predict(
    "All five features are present all the time, each with a random strength from 0 to 1. How many "
    "of them does the trained model keep?",
    answer=2,
    wrong={
        5: "Five directions in a plane cannot all be at right angles. What is written along one "
        "is read along the others too.",
        1: "There are two neurons, and two directions at right angles in a plane.",
        0: "It is better to keep some than none: each one that is kept is one error less.",
        4: "Of four directions in a plane, two and two lie on one line. If all features are "
        "present all the time, those cancel each other.",
    },
    hint="How many directions in a plane are at right angles to each other, so that none disturbs "
    "another?",
    explanation="Two directions at right angles do not disturb each other. The other features are "
    "left out, and the bias says their mean.",
)

# %%
dense = interpret.superposition(5, 2, sparsity=0.0, importance=0.95, seed=1)
print("kept:", len(dense.represented), "of 5")
print("lengths:", *[f"{norm:.2f}" for norm in dense.norms])

# %% tags=["remove-input"]
assert len(dense.represented) == 2

# %% [markdown]
# (A feature counts as kept if its direction is longer than 0.5. And an error in each feature counts
# 5% less than one in the feature before it. Otherwise the model would have no reason to prefer any
# two of them, and might keep a bit of each.)
#
# ## And if the features are sparse?
#
# But facts about the world are seldom all present at once. Of all the things that a picture might
# show, it shows a few. So let each feature be 0 most of the time. How often it is 0 is called its
# **sparsity**. Nothing else changes: five features, two neurons.

# %%
predict(
    "Each feature is now 0 in 95 of 100 cases. How many of the five are kept?",
    answer=5,
    wrong={
        2: "That was with all features present at once. Now there is seldom more than one.",
        3: "If only one feature is present, does it matter that its direction is not at right "
        "angles to the others?",
        4: "Four is what one finds at a medium sparsity. This one is higher.",
        1: "It can do better than before, for now the features seldom meet.",
    },
    hint="If two features never come together, it does not matter how much they would disturb each "
    "other.",
    explanation="What is written along one direction is read along another only if their dot "
    "product is positive, and there it is so small that a negative bias takes most of it away.",
)

# %% [markdown]
# Move the slider: a model is trained for each sparsity, from the same start.


# %% tags=["hide-input"]
def at_sparsity(sparsity):
    """The toy model, trained at a sparsity."""
    found = interpret.superposition(5, 2, sparsity=sparsity, importance=0.95, seed=1)
    angles = ", ".join(f"{angle:.0f}°" for angle in found.angles)
    text = f"{len(found.represented)} of 5 kept; angles between neighbours {angles}"
    return text, figures.feature_directions(found)


slider("sparsity", [0.0, 0.3, 0.6, 0.8, 0.9, 0.95], at_sparsity, start=0.0)

# %%
from_ten_starts = []
for seed in range(10):
    found = interpret.superposition(5, 2, sparsity=0.95, importance=0.95, seed=seed)
    from_ten_starts.append(len(found.represented))
print("features kept at sparsity 0.95, from ten starts:", *from_ten_starts)

# %% tags=["remove-input"]
kept = {
    sparsity: interpret.superposition(5, 2, sparsity=sparsity, importance=0.95, seed=1)
    for sparsity in (0.0, 0.6, 0.8, 0.95)
}
assert [len(found.represented) for found in kept.values()] == [2, 4, 5, 5]
assert all(abs(angle - 90) < 2 for angle in kept[0.6].angles)
assert all(abs(angle - 72) < 2 for angle in kept[0.95].angles)
assert sorted(from_ten_starts) == [4] + 9 * [5]

# %% [markdown]
# At sparsity 0 two features stand at right angles, and three are given up. At 0.6 there are four,
# two and two on one line in opposite directions: what is written along one is *negative* for the
# other, and relu takes it away. From 0.8 on there are five, and at 0.95 they are 72° apart, a
# regular pentagon: as far from each other as five directions in a plane can be. Nobody asked for a
# pentagon. It is what pays if features are seldom present together. (One start out of ten at 0.95
# did not get there: it kept only four.)
#
# That is **superposition**: more features than neurons, written over one another. And look at one
# neuron of the pentagon, that is, at one axis of the picture: it answers to nearly all of the
# features, to some with + and to some with −. Seen neuron by neuron, superposition looks
# polysemantic. (Whether superposition is what made the neurons of our digits polysemantic, this
# does not show.)
#
# What is the price?

# %%
pentagon = interpret.superposition(5, 2, sparsity=0.95, importance=0.95, seed=1)


def remembered(*features):
    return " ".join(f"{value.data:.2f}" for value in pentagon.model(features))


print("only 0: ", remembered(1, 0, 0, 0, 0))
print("0 and 1:", remembered(1, 1, 0, 0, 0))
print("0 and 2:", remembered(1, 0, 1, 0, 0))

# %% tags=["remove-input"]
assert remembered(1, 0, 0, 0, 0) == "1.03 0.14 0.00 0.15 0.00"
assert remembered(1, 1, 0, 0, 0) == "1.41 1.41 0.00 0.00 0.00"
assert remembered(1, 0, 1, 0, 0) == "0.00 0.53 0.00 0.00 0.00"
directions = pentagon.model.directions
assert sum(math.hypot(*direction) > 0.5 for direction in directions) == 5

# %% [markdown]
# One feature alone comes back nearly as it was, with a faint echo in its two neighbours. But let
# features 0 and 2 come together: the model remembers *neither* of them, and claims feature 1, which
# was absent. In the plane the directions 0 and 2 have added up to something that points along 1.
# Superposition is a bet that this seldom happens.
#
# ## Taking it apart: the sparse autoencoder
#
# Now the other way round. You are given nothing but the two neurons: for many examples, the two
# numbers $h$. You know neither the features nor how many of them there are. Can you find their
# directions?
#
# A **sparse autoencoder** tries. It is a network of one hidden layer, wider than what it looks at,
# that is trained to output its own input:
#
# $$f = \mathrm{relu}(E\,(h - b) + c), \qquad h' = D f + b$$
#
# ($E$ and $D$ are tables of weights, $b$ and $c$ are biases.) Column $k$ of $D$ is the direction of
# unit $k$, and $f_k$ says how much of it is in $h$. The loss is the squared error of $h'$, plus a
# penalty: a number $\lambda$ times the sum of all $f_k$. You know this penalty. It is the L1 of
# lesson 12, here not on the weights but on the units' outputs, and it makes most of them exactly 0.
# (Each $f_k$ is multiplied by the length of its direction, or else the network would make the $f_k$
# small and the directions long.)

# %%
predict(
    "Eight units, two neurons, and no penalty at all ($\\lambda = 0$): the autoencoder learns to "
    "output its input with next to no error. Does it find the five directions?",
    options=["yes, for the error is 0", "no, it finds other directions"],
    answer="no, it finds other directions",
    wrong={
        "yes, for the error is 0": "How many directions does it take to put together every point "
        "of a plane?"
    },
    explanation="Any three directions that go all around can put together every point of the plane "
    "without an error. Nothing tells the true ones from the others.",
)

# %% tags=["hide-input"]
samples = interpret.sparse_features(5, 3000, sparsity=0.9, seed=1)
activations = [[h.data for h in pentagon.model.hidden(x)] for x in samples]
activations = [h for h in activations if any(h)]


def taken_apart(penalty, seed=0):
    """A sparse autoencoder of eight units, trained on the two neurons."""
    autoencoder = interpret.SparseAutoencoder(2, 8, seed=seed)
    autoencoder.fit(activations, penalty, steps=2000)
    return autoencoder


def with_penalty(penalty):
    """The directions that are there, and those that were found."""
    autoencoder = taken_apart(penalty)
    found = interpret.recovered(directions, autoencoder, cosine=0.97)
    figure = figures.feature_directions(pentagon)
    axes = figure.axes[0]
    for x, y in autoencoder.directions:
        axes.plot([0, 1.35 * x], [0, 1.35 * y], "--", color="#d55e00", linewidth=2.5)
    axes.set_title(f"penalty {penalty:g}: {5 * found:.0f} of 5 found", loc="left")
    return f"{5 * found:.0f} of 5 directions found", figure


# %% [markdown]
# Move the slider. The lines with a dot are the five true directions, the dashed ones those that the
# autoencoder has found. (A true direction counts as found if the cosine of its angle to the nearest
# dashed one is at least 0.97, that is, if they are within about 14° of each other.)

# %% tags=["hide-input"]
slider("penalty", [0.0, 0.1, 0.3, 1.0], with_penalty, start=0.0)

# %%
for penalty in (0.0, 0.3):
    found = []
    for seed in range(4):
        autoencoder = taken_apart(penalty, seed)
        share = interpret.recovered(directions, autoencoder, cosine=0.97)
        found.append(round(5 * share))
    print(f"penalty {penalty}: found, of 5, in 4 starts:", *found)

# %% tags=["remove-input"]
free = taken_apart(0.0)
assert found == [5, 5, 5, 5]
errors = [(y.data - v) ** 2 for h in activations[:200] for y, v in zip(free(h), h)]
assert sum(errors) < 0.01 * sum(v * v for h in activations[:200] for v in h)

# %% [markdown]
# **You may think** that a network which outputs its input without an error has understood what is
# in it. Without the penalty this one makes hardly any error, and finds only some of the 5
# directions, by chance. With the penalty it makes an error, and finds all five from each of the
# four starts. What helped was not accuracy. It was to say what we believe about the features: *few
# of them are present at a time*. If that belief is wrong, the method has no reason to work.
#
# ## Back to the digits
#
# Take the 16 hidden neurons of the network that reads digits, of which 10 were polysemantic, and
# train a sparse autoencoder with 32 units on their activations. (In the code, `sparsity=1.0` is
# the $\lambda$ of the penalty. It does not say how often a feature is 0.)

# %%
autoencoder = interpret.SparseAutoencoder(16, 32, seed=0)
autoencoder.fit(all_activations, sparsity=1.0, steps=1500)

digits_of = [digit for _, digit in train]
data = list(zip(all_activations, digits_of))
units = interpret.responses(autoencoder.features, data)


def alone(answers):
    """How many answer to one digit alone."""
    return sum(len(answer.classes) == 1 for answer in answers)


print("neurons that answer to one digit alone:", alone(answers), "of 16")
print("units that do:", alone(units), "of 32")

# %% [markdown]
# From 2 of 16 to 21 of 32. But is that the work of the autoencoder? 32 units are more than 16
# neurons, and with more units some would answer to one digit by chance. A claim like this needs a
# **control**: the same count where there was nothing to find. Here are two. In the first the
# autoencoder is not trained at all; we count for five random starts. In the second it is trained in
# the same way, but on shuffled data: the activations of each neuron are dealt out anew among the
# images, so that nothing is left of which neurons are active together.

# %%
random_counts = []
for seed in range(5):
    untrained = interpret.SparseAutoencoder(16, 32, seed=seed)
    random_counts.append(alone(interpret.responses(untrained.features, data)))
print("untrained, from five starts:", *random_counts)

columns = [list(column) for column in zip(*all_activations)]
generator = random.Random(0)
for column in columns:
    generator.shuffle(column)
shuffled = [list(row) for row in zip(*columns)]

deceived = interpret.SparseAutoencoder(16, 32, seed=0)
deceived.fit(shuffled, sparsity=1.0, steps=1500)
print("trained on shuffled data:", alone(interpret.responses(deceived.features, data)))

# %% tags=["remove-input"]
assert (alone(answers), alone(units)) == (2, 21)
assert random_counts == [9, 11, 8, 5, 3]
assert alone(interpret.responses(deceived.features, data)) == 12
assert all(unit.classes for unit in units)
rebuilt = compile(lambda h: (autoencoder(h), autoencoder.features(h))).map(
    [(h,) for h in all_activations]
)
centre = [sum(column) / len(column) for column in zip(*all_activations)]
spread = sum((v - m) ** 2 for h in all_activations for v, m in zip(h, centre))
missed = sum(
    (v - y) ** 2 for h, (other, _) in zip(all_activations, rebuilt) for v, y in zip(h, other)
)
present = [sum(f > 0.001 for f in features) for _, features in rebuilt]
assert round(100 * missed / spread) == 7
assert round(sum(present) / len(present)) == 7

# %% [markdown]
# So a good part of the 21 costs nothing: 3 to 11 units answer to one digit alone without any
# training, and 12 after training on shuffled data. What counts is how far the 21 lie above that,
# and this is one start. None of the 32 is dead, and for one image about 7 of them are active. So
# the mixture has come apart, in part. It has a price: 7% of what the neurons do (of their variance)
# is lost. And 11 units still answer to several digits. Are these mistakes? Or are they features
# that are not digits, such as a loop, or a bar at the top, which several digits share? The numbers
# do not tell.
#
# ## What is open
#
# In 2023 and 2024 sparse autoencoders found directions inside language models, first small ones and
# then large ones, for things that one can name, from cities to mistakes in programs. The largest
# had millions of units. Whether these are *the* features of the model is another question. Here is
# some of what is not known:
#
# - **Is a feature a direction at all?** The method takes it for granted. Some seem to have other
#   shapes: the days of the week form a circle.
# - **How many are there?** A larger autoencoder splits one feature into several finer ones, and no
#   size is known at which that ends by itself.
# - **Who checks?** In the toy we knew the five directions. In a real model nobody knows them.
#   Whether a unit *looks* as if it had a meaning is often judged by its top examples, and you have
#   seen what they hide.
# - **What is lost?** What the autoencoder cannot put together again may be just what matters.
# - **What is it good for?** Whether one can use such features to predict or to steer what a model
#   does, better than by simpler means, is being tested, with mixed results.
#
# You now know enough to read that work. You have computed every piece of it by hand: the dot
# product, relu, the backward pass, L1.
#
# ## Your turn


# %% tags=["remove-input"]
def climbs(climb):
    """None, or what is wrong with a learner's `climb`."""
    x = climb(lambda v: 6 * v - v * v, 0.0, 200, 0.1)
    if not isinstance(x, float | int):
        return f"`climb` should return a plain number, but it returned {x!r}."
    if x < -1:
        return f"On 6·x − x², whose top is at x = 3, it went down to x = {x:.3g}: it descends."
    if x == 0.0:
        return "On 6·x − x² it stays at x = 0, where it began."
    if abs(x - 3) > 0.001:
        return f"On 6·x − x² the top is at x = 3; after 200 steps it is at x = {x:.4g}."
    once = climb(lambda v: 2 * v, 1.0, 1, 0.5)
    if abs(once - 2) > 1e-9:
        return f"On 2·x, from 1, one step with lr = 0.5 leads to 2; it leads to {once:.4g}."
    return None


# %%
task(
    "Write `climb`: gradient ascent on a number. It gets a function of a Value, moves x for so "
    "many steps along the gradient, and returns the last x as a plain number.",
    start="""
def climb(unit, x, steps, lr):
    for _ in range(steps):
        number = Value(x)
        score = unit(number)
        ...  # a backward pass, and a step
    return x
""",
    solution="""
def climb(unit, x, steps, lr):
    for _ in range(steps):
        number = Value(x)
        score = unit(number)
        score.backward()
        x = x + lr * number.grad
    return x
""",
    judge=climbs,
    given={"Value": Value},
    hint="After `score.backward()` the gradient is `number.grad`. To climb, move along it.",
    explanation="In training the minus makes the loss smaller. Here the plus makes the score "
    "larger.",
)

# %% [markdown]
# ## In short
#
# - Activation maximisation: the weights stand still, the input climbs along the gradient. What it
#   finds need not look like anything, and what looks good is partly our own taste.
# - Top examples show where a neuron is loudest, not what else it answers to.
# - Many neurons are polysemantic: they answer to several things at once.
# - Superposition is one explanation: if features are sparse, there is room for more of them than
#   there are neurons, along directions that are not at right angles, at the price of rare
#   confusions.
# - A sparse autoencoder finds such directions, thanks to its L1 penalty, and where its assumption
#   holds. Judge it against a control.
#
# ## Exercises

# %%
exercise(
    "The score of a neuron is 4 · x, and ink costs x². Where does gradient ascent on 4 · x − x² "
    "come to rest?",
    answer=2,
    wrong={
        4: "There the score 4 · x and the cost x² are the same. Where is the slope 0?",
        0: "At 0 the slope is 4, so x grows.",
        1: "At 1 the slope is 4 − 2 = 2, so x still grows.",
        -2: "The slope is 4 − 2 · x. Where is it 0?",
    },
    hint="The gradient is 4 − 2 · x.",
    explanation="At x = 2 the gradient 4 − 2 · x is 0. Without the cost it would never come to "
    "rest.",
)

# %%
exercise(
    "Two features have directions of length 1, at 72° to each other; the cosine of 72° is 0.309. "
    "The first has the value 1, the second 0. What does one read along the second direction, "
    "before bias and relu?",
    answer=0.309,
    tolerance=0.01,
    wrong={
        0: "That would be so at right angles, with the cosine 0.",
        1: "That is what one reads along the first direction.",
        -0.309: "The cosine of an angle below 90° is positive.",
        72: "That is the angle. A dot product of directions of length 1 is its cosine.",
    },
    hint="What is the dot product of two directions of length 1?",
    explanation="1 · 0.309: an echo. With a bias of −0.309, or below that, relu makes it 0.",
)

# %%
exercise(
    "The twenty top examples of a neuron all show a dog. What follows?",
    options=[
        "it is silent where there is no dog",
        "it is active wherever there is a dog",
        "dogs are among what excites it most",
    ],
    answer="dogs are among what excites it most",
    wrong={
        "it is silent where there is no dog": "Think of neuron 15, whose top examples are all 4s, "
        "and which is active for 6 and 0 as well.",
        "it is active wherever there is a dog": "The twenty may be dogs of one kind, and other "
        "dogs may leave it silent.",
    },
    explanation="And nothing more, unless you look at the other examples too.",
)

# %%
exercise(
    "Three neurons have to remember six features, all of which are present all the time. How many "
    "are kept?",
    answer=3,
    wrong={
        6: "That may be so if they are sparse. Here they disturb each other all the time.",
        2: "That was in a plane. Three neurons have three directions at right angles.",
        1: "Three directions in space can be at right angles to each other.",
        4: "In space there is no fourth direction at right angles to three others, so it would "
        "disturb some of them.",
    },
    hint="How many directions in space can be at right angles to each other?",
    explanation="One for each neuron: three directions at right angles.",
)

# %%
exercise(
    "What lets a sparse autoencoder find the true directions?",
    options=[
        "that it is trained to make no error",
        "that it has more units than there are neurons",
        "that few of its units may be active at a time",
    ],
    answer="that few of its units may be active at a time",
    wrong={
        "that it is trained to make no error": "So was the one with penalty 0.",
        "that it has more units than there are neurons": "That is needed, but the one with penalty "
        "0 had just as many.",
    },
    explanation="The penalty says what we believe about the features. The autoencoder that failed "
    "had everything else.",
)

# %% [markdown]
# ## Sources
#
# - Dumitru Erhan, Yoshua Bengio, Aaron Courville and Pascal Vincent, "Visualizing higher-layer
#   features of a deep network", Université de Montréal, 2009: activation maximisation.
# - Christian Szegedy and others, "Intriguing properties of neural networks", 2013: adversarial
#   examples.
# - Aravindh Mahendran and Andrea Vedaldi, "Understanding deep image representations by inverting
#   them", 2015: the costs of ink and of differences.
# - Chris Olah, Alexander Mordvintsev and Ludwig Schubert, "Feature visualization", *Distill*, 2017.
# - Chris Olah and others, "Zoom in: an introduction to circuits", *Distill*, 2020: polysemantic
#   neurons.
# - Tolga Bolukbasi and others, "An interpretability illusion for BERT", 2021: what top examples
#   hide.
# - Nelson Elhage and others, "Toy models of superposition", *Transformer Circuits Thread*, 2022.
# - Trenton Bricken and others, "Towards monosemanticity", *Transformer Circuits Thread*, 2023;
#   Hoagy Cunningham and others, "Sparse autoencoders find highly interpretable features in language
#   models", 2023.
# - Adly Templeton and others, "Scaling monosemanticity", *Transformer Circuits Thread*, 2024.
# - Joshua Engels and others, "Not all language model features are one-dimensionally linear", 2024:
#   the days of the week.
# - Zhengxuan Wu and others, "AxBench: steering LLMs? Even simple baselines outperform sparse
#   autoencoders", 2025; Subhash Kantamneni and others, "Are sparse autoencoders useful? A case
#   study in sparse probing", 2025; Mikkel Godsk Jørgensen and Lars Kai Hansen, "Steering LLMs?
#   Actually, sparse autoencoders can outperform simple baselines", 2026: three of the tests of what
#   they are good for.
# - Lee Sharkey and others, "Open problems in mechanistic interpretability", 2025.

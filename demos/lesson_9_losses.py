# %% [markdown]
# # Lesson 9. A loss for every question
#
# After this lesson you can
#
# - choose the output layer and the loss for a task: a quantity, yes or no, one of several;
# - turn scores into probabilities with the sigmoid and with softmax, and say what an error costs;
# - predict the gradient that a loss sends back into the scores, without walking through the graph;
# - start a network at the frequencies of its classes, and test it on what it has never seen.
#
# Here are twenty handwritten digits, written by different people and scanned as coarse pictures of
# 8 by 8 pixels. Each pixel counts how many of 4 by 4 dots were black: its ink, from 0 to 16. What
# would it take to read them?

# %%
import math

from tinygrad_neuron import (
    Value,
    compile,
    datasets,
    init,
    losses,
    nn,
    optim,
    training,
    walkthrough,
)

# %% tags=["remove-input"]
from tinygrad_neuron.course import exercise, hands, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %%
digits = datasets.digits()
print(digits)

# %% tags=["hide-input"]
show(
    figures.weight_images(digits.inputs[:20], 8, columns=10, label="ink"),
    "The first twenty of 1,797 digits. You read them at once, and could hardly say how.",
)

# %% [markdown]
# A network for them has 64 inputs, one per pixel. But what should come *out* of it? A number from 0
# to 9? And what would the loss be then? So far every loss has been $(y - t)^2$, and nobody asked
# why. In this lesson we do. We begin with a quantity, go on to yes or no, and end at the ten
# digits.
#
# ## A quantity: squared error
#
# The price of a house, tomorrow's temperature: where a **quantity** is wanted, the output neuron
# has no activation, so that it can say any number. The loss of one example is $(y - t)^2$, as you
# know it. Its mean over all examples is called the **mean squared error**.

# %%
predict(
    "A neuron says y = 3, the target is t = 5, the loss is (y − t)². What is its gradient for y?",
    answer=-4,
    wrong={
        4: "That is the loss, or the gradient without its sign. If y grows, does the loss grow?",
        -2: "That is y − t. The derivative of a square has a factor 2.",
        2: "Two things are missing: the factor 2 of the square, and the sign.",
        6: "That is 2 · y. The derivative is 2 · (y − t).",
    },
    hint="The derivative of (y − t)² for y is 2 · (y − t).",
    explanation="2 · (3 − 5) = −4. If y grows, the loss falls.",
)

# %% [markdown]
# An error twice as large pulls twice as hard. That has a consequence. Take the simplest model of
# all: it knows nothing about a house and says the same number y for each of them.

# %%
predict(
    "Three houses cost 1, 2 and 9. The model says the same y for all three. For which y is the "
    "mean squared error smallest?",
    answer=4,
    wrong={
        2: "That is the median, the one in the middle. The house for 9 pulls harder than that.",
        1: "Then the house for 9 has the loss 64. There is something better.",
        9: "Then the other two have 64 and 49. There is something better.",
        5: "That is half way between the smallest and the largest. But two of the three are small.",
        12: "That is the sum of the three. There are three of them.",
    },
    hint="At the best y the three pulls cancel: (y − 1) + (y − 2) + (y − 9) = 0.",
    explanation="3 · y = 12, so y = 4: the mean. There the pulls 3, 2 and −5 cancel.",
)

# %% [markdown]
# If the loss is the size of the error, $|y - t|$, every house pulls equally hard, however far away
# it is. Then the pulls balance at the house in the middle:

# %%
prices = [1.0, 2.0, 9.0]


def best_answer(loss_of):
    """The y that gradient descent finds for the three houses."""
    y = Value(0.0)
    optimiser = optim.SGD([y], lr=0.01)
    for _ in range(1000):
        loss = loss_of([y, y, y], prices)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return y.data


print(f"squared error:  y = {best_answer(losses.mean_squared_error):.2f}")
print(f"absolute error: y = {best_answer(losses.mean_absolute_error):.2f}")

# %% tags=["remove-input"]
assert round(best_answer(losses.mean_squared_error), 2) == 4
assert round(best_answer(losses.mean_absolute_error), 2) == 2

# %% [markdown]
# So a loss is not a matter of taste: it decides *what* is learned. The squared error makes a model
# say the mean; the absolute error makes it say the **median**, the number in the middle, which one
# expensive house cannot move.
#
# ## Yes or no: cross-entropy
#
# Now a question that matters. A doctor has taken cells from a tumour of the breast; 30 numbers
# describe their nuclei: size, shape, texture. Is the tumour malignant (t = 1) or benign (t = 0)?
#
# The answer should be a **probability** p from 0 to 1. A neuron gives a score z, and the sigmoid of
# lesson 3 turns it into a probability:
#
# $$p = \mathrm{sigmoid}(z) = \frac{1}{1 + e^{-z}}$$
#
# A score that is meant to become a probability is called a **logit**. At z = 0, p is 0.5; at z = 3
# it is about 0.95, at z = −3 about 0.05.
#
# What should it cost to say p? Look at the probability that was given to what turned out to be
# true: p if the tumour is malignant, $1 - p$ if it is benign. The loss is minus the logarithm of
# *that*. It is called **cross-entropy**:
#
# $$L = -t \ln\, p - (1 - t) \ln (1 - p)$$
#
# (One of the two parts is always 0: the second for t = 1, the first for t = 0. And ln is the
# **natural logarithm**: ln p is the power to which one raises e = 2.718... to get p. So ln 1 = 0,
# and the smaller p is, the farther ln p is below 0. In Python it is `math.log`.)

# %%
predict(
    "A neuron says: malignant with p = 0.8. It is malignant. What is the loss? (You may write log "
    "for the natural logarithm, as in -log(0.5).)",
    answer=0.2231,
    tolerance=0.02,
    wrong={
        1.6094: "That is −ln 0.2, what it would cost if the tumour were benign.",
        0.2: "That is how far p is from 1. The loss is minus the logarithm of p.",
        0.04: "That is the squared error (p − 1)².",
        -0.2231: "The logarithm of a number below 1 is negative. The loss has a minus before it.",
        0.0969: "That is the logarithm to the base 10. The natural one is meant.",
    },
    hint="The probability of what turned out to be true is 0.8. Minus its logarithm.",
    explanation="−ln 0.8 = 0.223.",
)

# %%
for p in (0.99, 0.8, 0.5, 0.2, 0.01):
    loss = losses.binary_cross_entropy(p, 1)
    print(f"said {p:4} for what turned out to be true: loss {loss.data:.3f}")

# %% tags=["remove-input"]
costs = [round(losses.binary_cross_entropy(p, 1).data, 3) for p in (0.99, 0.8, 0.5, 0.2, 0.01)]
assert costs == [0.010, 0.223, 0.693, 1.609, 4.605]
assert [round(Value(z).sigmoid().data, 2) for z in (3.0, -3.0)] == [0.95, 0.05]

# %% [markdown]
# To be right and sure costs next to nothing; to say "half and half" costs $\ln\, 2 = 0.693$; to be
# wrong costs the more, the surer you were. Whoever gives the probability 0 to what then happens
# pays without limit.
#
# Why the logarithm? If the tumours have nothing to do with each other, the probability that a
# neuron gives to *everything* that happened is the product of the single probabilities. The
# logarithm turns that product into a sum. So to make the mean cross-entropy as small as possible is
# to make what really happened as probable as possible: that is the principle of **maximum
# likelihood**.
#
# ## What the loss sends back
#
# How does this loss pull on the logit z? There are two steps, multiplied as in lesson 5. Their
# local derivatives are new. For t = 1 they are
#
# - loss for p: $-1 / p$, because that of $\ln\, p$ is $1 / p$;
# - p for z: $p \cdot (1 - p)$, that of the sigmoid. (It is a relative of tanh, whose derivative is
#   $1 - y^2$.)

# %%
predict(
    "A neuron says p = 0.9, and the tumour is malignant (t = 1). What is the gradient for z?",
    answer=-0.1,
    wrong={
        0.1: "The size is right. If z grows, p comes nearer to 1. Does the loss grow?",
        -1.1111: "That is the gradient for p, −1 / p. The sigmoid is still to come.",
        0.09: "That is p · (1 − p), the local derivative of the sigmoid only.",
        -0.09: "That is p · (1 − p) with a minus. It has to be multiplied by 1 / p.",
        0.9: "Multiply −1 / 0.9 by 0.9 · 0.1.",
    },
    hint="Multiply the two: −1 / 0.9 times 0.9 · (1 − 0.9).",
    explanation="−1 / 0.9 · 0.9 · 0.1 = −0.1. The 0.9 cancels: it is −(1 − p), that is p − 1.",
)

# %% [markdown]
# The product of the two is $-(1 - p)$, that is $p - 1$. For t = 0 the same steps lead to p. Both
# cases in one formula:
#
# $$\frac{\partial L}{\partial z} = p - t$$
#
# What was said, minus what was true. There is no simpler gradient.
#
# ## Why not squared error?
#
# **You may think** that squared error would do as well: $(p - t)^2$ is small when p is right too.
# But its gradient for z keeps the factor that has cancelled above: $2 \cdot (p - t) \cdot p \cdot
# (1 - p)$.

# %%
predict(
    "A neuron is sure and wrong: z = 8, p = 0.9997, but t = 0. It learns at the rate 0.5. Which "
    "loss gets it to change its mind within 20 steps?",
    options=["squared error", "cross-entropy", "both", "none"],
    answer="cross-entropy",
    wrong={
        "squared error": "Put p = 0.9997 into 2 · (p − t) · p · (1 − p). How large is 1 − p?",
        "both": "For one of them 1 − p = 0.0003 is a factor of the gradient.",
        "none": "The gradient of one of them is p − t, nearly 1.",
    },
    explanation="p − t is nearly 1. With squared error 1 − p = 0.0003 is a factor: no pull.",
)


# %%
def squared(z, t):
    return (z.sigmoid() - t) ** 2


def twenty_steps(loss_of):
    """From z = 8, where t = 0, downhill."""
    z = Value(8.0)
    optimiser = optim.SGD([z], lr=0.5)
    for step in range(1, 21):
        loss = loss_of(z, 0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step in (1, 10, 20):
            print(f"  step {step:2}: gradient {z.grad:.4f}, now z = {z.data:.2f}")
    return z.data


print("squared error")
stuck = twenty_steps(squared)
print("cross-entropy")
freed = twenty_steps(losses.binary_cross_entropy_with_logits)

# %% tags=["remove-input"]
assert f"{Value(8.0).sigmoid().data:.4f}" == "0.9997"
assert stuck > 7.99 and freed < 0

# %% [markdown]
# Where the error is worst, squared error has the least to say about it: the sigmoid is saturated
# there, and lets hardly any gradient through. Cross-entropy fits the sigmoid: its derivative for p,
# here $1 / (1 - p)$, cancels exactly the factor that is nearly 0. Move z and compare the slopes.


# %% tags=["hide-input"]
ways = {"squared error": squared, "cross-entropy": losses.binary_cross_entropy_with_logits}


def both_losses(at):
    """The curves of both losses for t = 0, with points at z, and their slopes in words."""
    told = []
    marks = []
    for name, loss_of in ways.items():
        z = Value(float(at))
        loss = loss_of(z, 0)
        loss.backward()
        marks.append((at, loss.data))
        told.append(f"{name} {loss.data:.3f}, gradient {z.grad:.4f}")
    p = Value(float(at)).sigmoid().data
    text = "\n".join([f"p = {p:.4f}", *told])
    curves = {name: lambda z, f=f: f(Value(z), 0) for name, f in ways.items()}
    figure = figures.functions(
        curves, -8, 8, marks=marks, name="z", points=161, title=f"t = 0, z = {at}, {text}"
    )
    return text, figure


slider("z", [-6, -4, -2, 0, 2, 4, 6, 8], both_losses, start=8)

# %% [markdown]
# ## 569 tumours
#
# A network could learn its examples by heart. Whether it has *understood* anything shows only on
# examples it has never seen. So before anything else, three tumours out of ten are put aside. They
# are the **test set**; nothing may be learned from them, not even the numbers by which the inputs
# are scaled. The others are the **training set**. (Scaled means: from each of the 30 numbers we
# subtract its mean, and divide the rest by how far the number typically is from the mean. Lesson 10
# says why.)

# %%
tumours = datasets.breast_cancer()
train, test = datasets.train_test_split(tumours, test_fraction=0.3, seed=0)
train, test = datasets.standardise(train, test)  # with the mean and deviation of train
examples = [(x, 1 - kind) for x, kind in train]  # malignant: 0 in the file, 1 here
unseen = [(x, 1 - kind) for x, kind in test]
share = sum(t for _, t in examples) / len(examples)
print(f"{len(examples)} to learn from, {share:.1%} of them malignant; {len(unseen)} unseen")

# %%
predict(
    "A neuron has 30 weights and a bias, all 0. What is its mean cross-entropy over these tumours?",
    answer=0.6931,
    tolerance=0.02,
    wrong={
        0: "It does not know anything yet, so it cannot be right. With all weights 0, what is z?",
        0.5: "That is p for every tumour. The loss is minus its logarithm.",
        1: "With all weights 0, z = 0 and p = 0.5. Minus the logarithm of that.",
        -0.6931: "The logarithm of 0.5 is negative. The loss has a minus before it.",
    },
    hint="z = 0 for every tumour, so p = 0.5 for every tumour.",
    explanation="−ln 0.5 = 0.693 for each, whatever the tumour is.",
)

# %% [markdown]
# That is the loss of knowing nothing, and it makes a good check: if your network begins far above
# it, it is *sure* of something before it has seen anything.
#
# One thing is known without looking at a single cell: 37.2% of the training tumours are malignant.
# That share is called the **class prior**. A bias can say it from the start: it has to be the logit
# of this probability. Solve $p = \mathrm{sigmoid}(b)$ for b, and you get $b = \ln (p / (1 - p))$.
# `init.prior_bias` computes it. (`@compile` above a function compiles it, as `compile` did in
# lesson 8; `.mean(examples)` is then the mean of its values over all examples, and `.map` below
# gives the values one by one.)

# %%
neuron = nn.Neuron(30, activation="identity", init="zeros", bias=init.prior_bias(share))


@compile
def loss_of_one(x, t):
    return losses.binary_cross_entropy_with_logits(neuron(x), t)


print(f"bias at the start: {neuron.b.data:.3f}")
print(f"loss before the first step: {loss_of_one.mean(examples).data:.3f}")

optimiser = optim.SGD(neuron.parameters(), lr=0.5)
for _ in range(200):
    loss = loss_of_one.mean(examples)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
print(f"loss after 200 steps: {loss.data:.3f}")

# %% tags=["remove-input"]
assert (len(examples), len(unseen)) == (398, 171) and round(share, 3) == 0.372
blank = nn.Neuron(30, activation="identity", init="zeros", bias=init.prior_bias(share))
blank_losses = [losses.binary_cross_entropy_with_logits(blank(x), t).data for x, t in examples]
assert round(sum(blank_losses) / len(blank_losses), 3) == 0.660 and round(loss.data, 3) == 0.035

# %% [markdown]
# With the prior in its bias the neuron begins at 0.660 instead of 0.693. Here that is little. But
# where one person in a thousand is ill, a bias that starts at 0 still says 2% for everybody after a
# hundred steps at this rate, 20 times too much: a hundred steps spent on learning what could have
# been written down.

# %% tags=["remove-input"]
rare = Value(0.0)
for _ in range(100):
    rare.data -= 0.5 * (rare.sigmoid().data - 0.001)
assert round(rare.sigmoid().data, 2) == 0.02
assert Value(40.0).sigmoid().data == 1

# %% [markdown]
# Two things in this program deserve a second look. The neuron ends with the *identity*, and the
# loss is called `..._with_logits`: the sigmoid is inside the loss. On paper this makes no
# difference. In a computer sigmoid(40) is rounded to exactly 1, and the logarithm of 1 − 1 does not
# exist. From the logit the same loss can be computed without p, as $\ln (1 + e^z) - t z$: for
# z = 40 and t = 0 that is 40.
#
# Now the test. How good is one single neuron? (The confusion matrix has a row for each kind that
# there is, benign and malignant; it counts how many of that kind were taken for the one, and how
# many for the other.)

# %%
score = compile(neuron)
kinds = [t for _, t in unseen]
logits = score.map([(x,) for x, _ in unseen])
accuracy = training.accuracy(logits, kinds)
print(f"{round(accuracy * len(unseen))} of {len(unseen)} unseen tumours right ({accuracy:.1%})")

(benign, false_alarms), (missed, found) = training.confusion_matrix(logits, kinds)
print(f"unseen and benign:    {benign:3} right, {false_alarms} false alarm")
print(f"unseen and malignant: {found:3} found, {missed} missed")

# %% tags=["remove-input"]
assert (benign, false_alarms, missed, found) == (106, 1, 7, 57)
assert round(accuracy * len(unseen)) == 163 and len(unseen) == 171 and accuracy > 0.95

# %% [markdown]
# 163 of 171, more than 95%. But look at the two kinds of mistakes: seven cancers were missed, and
# there was one false alarm. To a doctor these are not alike at all. The neuron does not decide; it
# gives a probability. Who says that "malignant" begins at 0.5? Move that threshold.


# %% tags=["hide-input"]
def errors_at(threshold):
    """What is missed and what is a false alarm among the unseen, as a picture of letters."""
    alarms = [Value(z).sigmoid().data > threshold for z in logits]
    missed = sum(t == 1 and not alarm for alarm, t in zip(alarms, kinds, strict=True))
    false = sum(t == 0 and alarm for alarm, t in zip(alarms, kinds, strict=True))
    return f"missed cancers {missed:2}  {'●' * missed}\nfalse alarms   {false:2}  {'○' * false}"


slider("threshold", [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5], errors_at, start=0.5)

# %% tags=["remove-input"]
assert [line.split()[2] for line in errors_at(0.1).splitlines()] == ["3", "8"]

# %% [markdown]
# With 0.1 three are missed, at the price of eight false alarms. There is no right threshold; it
# depends on what each kind of mistake costs. (And whoever chose it by these numbers would have
# learned from the test set. For such choices one puts another part of the data aside, besides the
# test set; lesson 12 does.)
#
# ## One of several: softmax
#
# Back to the digits. There are ten classes, so the network gets ten outputs, one logit for each.
# **You may think** that one output would be enough, trained to say 3 for a 3. But then an image
# half way between a 3 and a 5 would have to be called a 4. As shapes, digits have no order.
#
# **Softmax** (lesson 3 named it) turns several logits into probabilities: e to the power of each,
# divided by the sum of them all, so that together they make 1.
#
# $$p_i = \frac{e^{z_i}}{e^{z_0} + e^{z_1} + \cdots + e^{z_9}}$$

# %%
predict(
    "Somebody adds 10 to every logit. What happens to the probabilities?",
    options=["all grow", "the largest grows", "nothing", "they become more equal"],
    answer="nothing",
    wrong={
        "all grow": "They cannot all grow: together they make 1.",
        "the largest grows": "Each e^z becomes e^10 times as large, above and below the line.",
        "they become more equal": "A factor e^10 for all of them changes no proportion.",
    },
    explanation="The factor e^10 stands above and below the line, and cancels. Only differences "
    "between logits count.",
)

# %% [markdown]
# The loss is the same as before: minus the logarithm of the probability that the right class got.
# Here write y for the target (not for the output, as before), as a list with 1 at the right class
# and 0 elsewhere; such a list is called **one-hot**. For yes or no, the gradient was what was said
# minus what was true. And now?

# %%
predict(
    "Three classes have the probabilities 0.7, 0.2 and 0.1. The second one is right. What are the "
    "gradients of the loss for the three logits?",
    answer=(0.7, -0.8, 0.1),
    names=("g0", "g1", "g2"),
    wrong={
        (-0.3, 0.2, 0.1): "Here 1 was taken from the first one, the most probable. The second one "
        "is right.",
        (0.7, 0.2, 0.1): "These are the p. At the right class y is 1.",
        (-0.7, 0.8, -0.1): "Check the signs: the gradient says where the loss grows.",
        (0, -0.8, 0): "The others are pulled too: their probability is too large.",
    },
    hint="What was said is (0.7, 0.2, 0.1), what is true is (0, 1, 0).",
    explanation="0.7 − 0, 0.2 − 1, 0.1 − 0. Together they are 0: what one class gains, the others "
    "lose.",
)

# %% [markdown]
# It is the same formula, for each of the logits:
#
# $$\frac{\partial L}{\partial z_i} = p_i - y_i$$
#
# Move the logits. Here are three digits that are easily mixed up, and the 5 is right. Begin with
# its logit: how does its gradient change as it comes up from far behind?


# %% tags=["hide-input"]
def with_logit(z):
    numbers = [2.0, float(z), 0.0]
    leaves = [Value(number) for number in numbers]
    loss = losses.cross_entropy(leaves, 1)
    loss.backward()
    pulls = ", ".join(f"{leaf.grad:.3f}" for leaf in leaves)
    text = f"loss {loss.data:.3f}, gradients {pulls}"
    title = f"the 5 has the logit {z}: loss {loss.data:.3f}"
    return text, figures.softmax_bars(numbers, 1, names=["3", "5", "8"], title=title)


by_hand = hands.logits([2.0, -4.0, 0.0], 1, ["3", "5", "8"])
slider("logit of the 5", [-4, -2, 0, 1, 2, 3, 4, 6], with_logit, live=by_hand)

# %% [markdown]
# While the 5 is far behind, its gradient is nearly −1, however far behind it is. As it draws level,
# the pull gets weaker, and the others are pushed down less. When it has won, all is quiet.
#
# Below is the graph of this loss. Go to the end, then move any of the three logits, and watch all
# gradients follow.

# %% tags=["hide-input"]
leaves = [Value(number, label=f"z{k}") for k, number in enumerate((2.0, 1.0, 0.0))]
loss = losses.cross_entropy(leaves, 1)
loss.label = "loss"
show(
    walkthrough(loss),
    "The cross-entropy of three logits, the second one right: the logarithm of the sum of all "
    "e^z (logsumexp), minus the right logit (select). Its two parts send back p and −y.",
)

# %% tags=["remove-input"]
loss.backward()
assert [round(leaf.grad, 3) for leaf in leaves] == [0.665, -0.755, 0.090]

# %% [markdown]
# The picture is also the proof. Here the right logit is the second one, and the loss is
#
# $$L = -\ln \frac{e^{z_1}}{e^{z_0} + e^{z_1} + e^{z_2}} = \ln (e^{z_0} + e^{z_1} + e^{z_2}) - z_1$$
#
# The derivative of the first part for one of the logits is e to the power of that logit, divided by
# the sum: that is its p. (The logarithm gives 1 divided by the sum, and e^z is its own derivative.)
# The derivative of the second part is −1 for the right logit, and 0 for the others: that is −y.
#
# ## A margin: hinge
#
# In lesson 8 the score y itself was compared with t = 1 or t = −1, by squared error, and it worked.
# What could be wrong with that? Let $m = t \cdot y$: it is positive on the right side of the
# border, and the larger, the farther the point is on that side. Written with m, the squared error
# $(y - t)^2$ is $(m - 1)^2$, because t is 1 or −1.

# %%
predict(
    "A point with t = 1 has the score 3: it is on the right side, far from the border. Which of "
    "these losses pulls the score down?",
    options=["squared error", "cross-entropy", "both", "none"],
    answer="squared error",
    wrong={
        "cross-entropy": "Its gradient is p − 1 here, negative: it still pushes the score up, a "
        "little.",
        "both": "Cross-entropy still pushes the score up, a little: p − 1 is negative.",
        "none": "Put it in: (3 − 1)² = 4. Is there a score with a smaller loss?",
    },
    explanation="(3 − 1)² = 4. Squared error wants the score to be 1; more is as bad as less.",
)

# %% [markdown]
# The **hinge** loss says what is meant: a point should be on the right side, with a margin of 1,
# and beyond that nothing more is asked of it.
#
# $$L = \max(0, 1 - m)$$

# %% tags=["hide-input"]
show(
    figures.functions(
        {
            "squared error": lambda m: (m - 1) ** 2,
            "hinge": lambda m: losses.hinge(m, 1),
            "cross-entropy": lambda m: losses.binary_cross_entropy_with_logits(m, 1),
        },
        -2,
        3,
        name="m = t · score",
        points=201,
    ),
    "Three losses for one score. To the left of 0 the point is on the wrong side. Squared error "
    "rises again on the right; hinge is exactly 0 from 1 on; cross-entropy goes on falling for "
    "ever.",
)

# %% [markdown]
# The gradient of hinge for the score is −t while m < 1, and 0 beyond. So only the points near the
# border, or on the wrong side of it, have a say. It is a relative of the perceptron of lesson 2:
# without the margin, with $\max(0, -m)$, its step would be the perceptron's correction.
#
# ## Which output, which loss
#
# (In the third row y is the one-hot target; in the first it is the output.)
#
# | what is wanted | output layer | loss | gradient for the score |
# |---|---|---|---|
# | a quantity | 1, identity | squared error | $2 (y - t)$ |
# | yes or no | 1, sigmoid | cross-entropy | $p - t$ |
# | one of n classes | n, softmax | cross-entropy | $p - y$ |
# | any of n labels | n, sigmoid each | sum of cross-entropies | $p - t$ for each |
# | a side (t = ±1) | 1, identity | hinge | −t or 0 |
#
# ## Ten neurons read digits
#
# Now the digits. Ten neurons, one for each digit, see all 64 pixels; there is no hidden layer.
# Three images out of ten are put aside as the test set.

# %%
predict(
    "Ten neurons, followed by softmax; all weights and biases are 0. What is the first loss?",
    answer=2.3026,
    tolerance=0.02,
    wrong={
        0.6931: "That is ln 2, for two classes. Here are ten.",
        0.1: "That is the probability of each digit. Minus its logarithm.",
        0.9: "That is 1 − 0.1. The loss is minus the logarithm of 0.1.",
        1: "To the base 10 it would be 1. The natural logarithm is meant.",
    },
    hint="Each of ten classes gets the probability 0.1. Minus the logarithm of that.",
    explanation="−ln 0.1 = ln 10 = 2.303.",
)

# %%
train, test = datasets.train_test_split(digits, test_fraction=0.3, seed=0)
examples = [([ink / 16 for ink in image], digit) for image, digit in train]
unseen = [([ink / 16 for ink in image], digit) for image, digit in test]
layer = nn.Layer(64, 10, activation="identity", init="zeros")


@compile
def loss_of_digit(image, digit):
    return losses.cross_entropy(layer(image), digit)


optimiser = optim.SGD(layer.parameters(), lr=2.0)
for step in range(1, 61):
    loss = loss_of_digit.mean(examples)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step in (1, 60):
        print(f"step {step:2}: loss {loss.data:.3f}")

answers = compile(layer).map([(image,) for image, _ in unseen])
accuracy = training.accuracy(answers, [digit for _, digit in unseen])
right = round(accuracy * len(unseen))
print(f"{right} of {len(unseen)} unseen digits read ({accuracy:.1%})")

# %% tags=["remove-input"]
untaught = nn.Layer(64, 10, activation="identity", init="zeros")
assert round(losses.cross_entropy(untaught(examples[0][0]), 3).data, 3) == 2.303
assert len(unseen) == 539
assert right == 505 and f"{accuracy:.1%}" == "93.7%"

# %% [markdown]
# 505 of 539, and not with a deep network: with ten weighted sums. (The same 13 people wrote all
# 1,797 digits, so this says little about the handwriting of a fourteenth.) Each of the ten is a
# template, as in lesson 4, and you can look at it.

# %% tags=["hide-input"]
show(
    figures.weight_images(
        [[w.data for w in neuron.w] for neuron in layer.neurons],
        8,
        names=[f"for {k}" for k in range(10)],
        columns=5,
    ),
    "What each of the ten neurons looks for: ink on blue speaks for its digit, ink on orange "
    "against it. The neuron for 0 wants a ring, and no ink in its middle.",
)

# %% tags=["hide-input"]
misread = [
    (image, digit, training.metrics.predicted_class(logits))
    for (image, digit), logits in zip(unseen, answers, strict=True)
    if training.metrics.predicted_class(logits) != digit
]
show(
    figures.weight_images(
        [image for image, _, _ in misread[:10]],
        8,
        names=[f"{digit}, read as {said}" for _, digit, said in misread[:10]],
        columns=5,
        label="ink",
    ),
    "Ten of the 34 that they misread. Some are hard for you too, others are not.",
)
assert len(misread) == 34

# %%
task(
    "Write `gradient(logits, right)`: the list of the gradients of softmax with cross-entropy, one "
    "for each logit; `right` is the number of the right class. `exp` is there.",
    start="""
def gradient(logits, right):
    return logits  # and what are they really?
""",
    solution="""
def gradient(logits, right):
    parts = [exp(z) for z in logits]
    shares = [part / sum(parts) for part in parts]
    shares[right] -= 1
    return shares
""",
    given={"exp": math.exp},
    cases=[
        (([0.0, 0.0], 0), [-0.5, 0.5]),
        (([0.0, math.log(3)], 1), [0.25, -0.25]),
        (([1.0, 1.0, 1.0, 1.0], 3), [0.25, 0.25, 0.25, -0.75]),
    ],
    wrong={
        "def gradient(logits, right):\n"
        "    parts = [exp(z) for z in logits]\n"
        "    return [part / sum(parts) for part in parts]": "These are the probabilities p. And y?",
    },
    hint="First e to the power of each, then divide each by their sum, then take 1 away at the "
    "right place.",
    explanation="p − y. With the engine it takes a graph and a backward pass to get the same.",
)

# %% [markdown]
# A template cannot do everything. It adds up evidence, pixel by pixel, and cannot say "ink here
# *or* there, but not in both places": that is XOR, and it takes a hidden layer. Lesson 10 builds
# one, and there is more to it than you may think.
#
# ## In short
#
# - The loss decides what is learned: squared error the mean, absolute error the median.
# - Yes or no: sigmoid and cross-entropy; one of several: softmax and cross-entropy.
# - Their gradient for the logits is what was said minus what was true: $p - t$, or $p - y$.
# - Squared error after a sigmoid is silent where the error is worst.
# - The first loss of a network that knows nothing is the ln of the number of classes; a bias can
#   say the class priors from the start.
# - What counts is the test set, and it is for testing only.
#
# ## Exercises

# %%
exercise(
    "A weather forecast gave rain a probability of 25%, and it rained. What is its cross-entropy?",
    answer=1.3863,
    tolerance=0.02,
    wrong={
        0.2877: "That is −ln 0.75, what it would cost had it not rained.",
        0.75: "That is 1 − 0.25. The loss is minus the logarithm of 0.25.",
        0.5625: "That is the squared error.",
        -1.3863: "The loss has a minus before the logarithm.",
    },
    hint="Minus the natural logarithm of the probability of what happened.",
    explanation="−ln 0.25 = ln 4 = 1.386.",
)

# %%
exercise(
    "Two logits are 0 and ln 3. What are the two probabilities after softmax?",
    answer=(0.25, 0.75),
    names=("p0", "p1"),
    wrong={
        (0.75, 0.25): "The larger logit gets the larger probability.",
        (0, 1): "Softmax is soft: e^0 = 1, not 0.",
        (1, 3): "These are e^0 and e^(ln 3). Divide each by their sum.",
    },
    hint="e^0 = 1 and e^(ln 3) = 3. Divide by the sum.",
    explanation="1 / (1 + 3) and 3 / (1 + 3).",
)

# %%
exercise(
    "One mail in ten is spam. All weights of a sigmoid neuron are 0. Which bias makes it say p = "
    "0.1 for every mail? (You may write log.)",
    answer=-2.1972,
    tolerance=0.01,
    wrong={
        -2.3026: "That is ln 0.1. The logit is ln (p / (1 − p)).",
        0.1: "Then it would say sigmoid(0.1), a little more than 0.5.",
        2.1972: "The size is right. But p is less than 0.5, so the logit is negative.",
        -0.9: "Then it would say sigmoid(−0.9), about 0.29.",
    },
    hint="ln (p / (1 − p)), with p = 0.1.",
    explanation="ln (0.1 / 0.9) = −ln 9 = −2.197.",
)

# %%
exercise(
    "A network should say which of five animals are in a photo. There may be several, or none. "
    "Which output layer does it need?",
    options=["softmax over 5", "5 sigmoids", "1 output, from 0 to 5", "softmax over 6"],
    answer="5 sigmoids",
    wrong={
        "softmax over 5": "Softmax shares out 1 among the five. A photo may show a cat and a dog.",
        "1 output, from 0 to 5": "Animals have no order, and several may be there.",
        "softmax over 6": "A sixth class for 'none' helps where there is none, but not where there "
        "are two at once.",
    },
    explanation="Five yes-or-no questions, each with its own sigmoid and cross-entropy.",
)

# %%
exercise(
    "The loss is squared error after a sigmoid, (p − t)² with p = sigmoid(z). Write its gradient "
    "for z as an expression in p and t.",
    answer="2*(p - t)*p*(1 - p)",
    variables=("p", "t"),
    wrong={
        "2*(p - t)": "That is the gradient for p. The sigmoid is still to come.",
        "p - t": "That is what cross-entropy sends back.",
        "(p - t)*p*(1 - p)": "The derivative of a square has a factor 2.",
        "2*(t - p)*p*(1 - p)": "The sign: if p grows beyond t, the loss grows.",
    },
    hint="2 · (p − t) for p, times the local derivative of the sigmoid, p · (1 − p).",
    explanation="2 · (p − t) for p, and p · (1 − p) for z. Where p is near 0 or 1, the last two "
    "factors keep it silent.",
)

# %% [markdown]
# ## Sources
#
# - Adrien-Marie Legendre, *Nouvelles méthodes pour la détermination des orbites des comètes*, 1805:
#   least squares.
# - Joseph Berkson, "Application of the logistic function to bio-assay", *Journal of the American
#   Statistical Association* 39, 1944: the word logit.
# - Eric B. Baum and Frank Wilczek, "Supervised learning of probability distributions by neural
#   networks", *Neural Information Processing Systems*, 1988: cross-entropy for networks.
# - John S. Bridle, "Probabilistic interpretation of feedforward classification network outputs,
#   with relationships to statistical pattern recognition", *Neurocomputing*, 1990: softmax.
# - Corinna Cortes and Vladimir Vapnik, "Support-vector networks", *Machine Learning* 20, 1995.
# - Christopher M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.3.6: why the
#   gradient is p − t in all of these.
# - William H. Wolberg, W. Nick Street and Olvi L. Mangasarian, "Breast Cancer Wisconsin
#   (Diagnostic)", UCI Machine Learning Repository, 1993.
# - Ethem Alpaydın and Cenk Kaynak, "Optical recognition of handwritten digits", UCI Machine
#   Learning Repository, 1998.

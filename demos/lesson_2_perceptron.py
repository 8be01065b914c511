# %% [markdown]
# # Lesson 2. A unit that learns from its mistakes
#
# After this lesson you can
#
# - compute what a perceptron outputs, from its weights and its bias;
# - correct it by hand after a mistake, and say why the correction helps;
# - tell from the data whether it will ever be done;
# - read the theorem that says when it will be done, and check it.
#
# A botanist has measured the petals of 100 irises: 50 of the kind *setosa*, 50 of the kind
# *versicolor*. Nobody tells the unit below where to draw the line between the kinds. It guesses,
# and each time it is wrong, it is corrected a little.

# %% tags=["remove-input"]
from itertools import product

from tinygrad_neuron import draw_network
from tinygrad_neuron.course import exercise, hands, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %%
from itertools import permutations
from math import sqrt

from tinygrad_neuron import datasets, nn

# Of each flower the length and the width of its petals; kinds 0 and 1 are two of three.
flowers = [((x[2], x[3]), kind) for x, kind in datasets.iris() if kind < 2]
unit = nn.Perceptron(2)
run = unit.fit(flowers)
print(f"{len(flowers)} flowers, {sum(run.mistakes)} mistakes, then none")

# %% tags=["remove-input"]
assert (len(flowers), sum(run.mistakes), run.converged) == (100, 4, True)

# %% tags=["hide-input"]
show(
    figures.decision_boundary(
        unit,
        flowers,
        names=["setosa", "versicolor"],
        resolution=12,
        normal=False,
        title="100 irises: petal length and width in cm",
    ),
    "Each point is a flower: petal length $x_0$ to the right, petal width $x_1$ "
    "upwards. All setosas lie on one side of the line, all versicolors on the other. (The shading "
    "shows a number $z$, which is explained below.)",
)

# %% [markdown]
# Four mistakes, and it knows the irises. Now we take it apart.
#
# ## From counting to weighing
#
# The unit of lesson 1 counted its inputs, each as much as the next. The **perceptron**, which Frank
# Rosenblatt published in 1958, weighs them. Each of the inputs $x_0$, $x_1$, ... may be any number,
# and has a **weight** $w_0$, $w_1$, ..., by which it is multiplied. A positive weight speaks for
# firing, a negative one against it, and a large one speaks loudly. One more number, the **bias**
# $b$, is added whatever the inputs are.
#
# $$ z = w_0 \cdot x_0 + w_1 \cdot x_1 + b $$
#
# $$ y = 1 \text{ if } z > 0, \text{ otherwise } y = 0 $$
#
# The sum of the products, $w_0 \cdot x_0 + w_1 \cdot x_1$, is called the **weighted sum**. There is
# no threshold to compare with any more: the bias has taken its place. A bias of −2 says that the
# weighted sum must be more than 2.
#
# A perceptron with $w_0 = 2$, $w_1 = 1$ and $b = -2$ gets the inputs 1 and 1. Then
# $z = 2 \cdot 1 + 1 \cdot 1 - 2$, which is 1. That is more than 0, so $y = 1$.

# %%
gate = nn.Perceptron(2, weights=[2, 1], bias=-2)
# pre_activation computes z, predict computes y; .data is the plain number
z = gate.pre_activation([1, 1]).data
print("z =", z, " y =", gate.predict([1, 1]))

# %% tags=["remove-input"]
assert (z, gate.predict([1, 1])) == (1.0, 1)

# %% tags=["hide-input"]
show(
    draw_network(gate, example=[1, 1], legend=False, flags=False),
    "Two inputs, two lines with the weights 2 and 1, one unit with the bias −2. For "
    "the inputs 1 and 1 it outputs 1.",
)

# %%
predict(
    "The same perceptron ($w_0 = 2$, $w_1 = 1$, $b = -2$) gets the inputs 1 and 0. "
    "What does it output?",
    answer=0,
    wrong={
        1: r"$z = 2 \cdot 1 + 1 \cdot 0 - 2 = 0$. It fires only if $z$ is more than 0.",
        2: "2 is the weighted sum. Add the bias, and then ask whether the result is more than 0.",
    },
    hint="Compute $z$ first. The output is 1 if $z$ is more than 0, else 0.",
    explanation=r"$z = 2 \cdot 1 + 1 \cdot 0 - 2 = 0$, which is not more than 0.",
)
assert [gate.predict(x) for x, _ in datasets.gate("and")] == [0, 0, 0, 1]

# %% [markdown]
# For the four rows of two inputs this perceptron gives 0, 0, 0, 1. It is an AND. We did not choose
# its weights. They were learned, as follows.
#
# ## The learning rule
#
# An **example** is a pair: inputs, and the output that is wanted for them, the **target** $t$. Show
# the unit an example. If $y = t$, change nothing. If not, it was a mistake, and every weight and
# the bias are corrected:
#
# $$ w_i \leftarrow w_i + \mathrm{lr} \cdot (t - y) \cdot x_i $$
#
# $$ b \leftarrow b + \mathrm{lr} \cdot (t - y) $$
#
# The arrow says: the left side becomes what the right side is now. ($w_i$ and $x_i$ stand for any
# weight and its input.)
#
# The **error** $t - y$ is 1 if the unit should have fired and did not, and −1 if it fired and
# should not have. The **learning rate** $\mathrm{lr}$ says how large a correction is; we take 1.
# Going through all examples once is an **epoch**. The unit goes on, epoch after epoch, until one
# passes without a mistake. Then it has **converged**.
#
# Now it is your turn. The code after the task gives it away, so write first.

# %%
task(
    "Write `corrected`: it gets the weights and the bias, one example and the learning rate, and "
    "returns `w0, w1, b` as they are after it.",
    start="""
def corrected(w0, w1, b, x0, x1, t, lr):
    z = w0 * x0 + w1 * x1 + b
    y = 1 if z > 0 else 0
    # correct the three numbers here
    return w0, w1, b
""",
    solution="""
def corrected(w0, w1, b, x0, x1, t, lr):
    z = w0 * x0 + w1 * x1 + b
    y = 1 if z > 0 else 0
    error = t - y
    w0 = w0 + lr * error * x0
    w1 = w1 + lr * error * x1
    b = b + lr * error
    return w0, w1, b
""",
    cases=[
        ((0.0, 0.0, 0.0, 1, 1, 1, 1.0), (1.0, 1.0, 1.0)),
        ((1.0, 1.0, 1.0, 0, 0, 0, 1.0), (1.0, 1.0, 0.0)),
        ((2.0, 1.0, -2.0, 1, 1, 1, 1.0), (2.0, 1.0, -2.0)),
        ((3.0, -1.0, 0.5, 2, 3, 0, 0.1), (2.8, -1.3, 0.4)),
    ],
    wrong={
        "def corrected(w0, w1, b, x0, x1, t, lr):\n    e = t - (w0*x0 + w1*x1 + b > 0)\n"
        "    return w0 + lr*e*x0, w1 + lr*e*x1, b": "The weights are right. The bias is corrected "
        "too, as if its input were 1.",
        "def corrected(w0, w1, b, x0, x1, t, lr):\n    e = t - (w0*x0 + w1*x1 + b > 0)\n"
        "    return w0 + lr*e, w1 + lr*e, b + lr*e": "Each weight is corrected by the error times "
        "*its input*. An input of 0 had no part in the mistake.",
        "def corrected(w0, w1, b, x0, x1, t, lr):\n    e = (w0*x0 + w1*x1 + b > 0) - t\n"
        "    return w0 + lr*e*x0, w1 + lr*e*x1, b + lr*e": "The error is the target minus the "
        "output, $t - y$. Yours makes every mistake worse.",
        "def corrected(w0, w1, b, x0, x1, t, lr):\n    e = t - (w0*x0 + w1*x1 + b > 0)\n"
        "    return w0 + e*x0, w1 + e*x1, b + e": "With the learning rate 1 this is right. It is "
        "to be multiplied by `lr`.",
        "def corrected(w0, w1, b, x0, x1, t, lr):\n    e = t - (w0*x0 + w1*x1 + b)\n"
        "    return w0 + lr*e*x0, w1 + lr*e*x1, b + lr*e": "The error is $t - y$, not $t - z$: the "
        "perceptron is right or wrong, never nearly right.",
    },
    hint="First the error, $t - y$. Then each of the three formulas becomes one line.",
    explanation="That is the whole learning rule. If $y = t$, the error is 0 and nothing changes.",
)

# %% [markdown]
# ## The whole rule in Python
#
# This is the rule with the loops around it. It goes through the examples, epoch after epoch, and
# keeps a record of every mistake.


# %%
def learn(examples, lr=1.0, most_epochs=100):
    """From zero weights; returns the weights, and what each mistake was."""
    w0, w1, b = 0.0, 0.0, 0.0
    story = []
    for _ in range(most_epochs):
        mistakes = 0
        for (x0, x1), target in examples:
            z = w0 * x0 + w1 * x1 + b
            y = 1 if z > 0 else 0
            error = target - y
            if error != 0:
                mistakes += 1
                w0 += lr * error * x0
                w1 += lr * error * x1
                b += lr * error
                what = f"x = ({x0:g}, {x1:g}), z = {z:g}, t = {target}"
                story.append((what, w0, w1, b))
        if mistakes == 0:
            break
    return (w0, w1, b), story


# %% [markdown]
# Let it learn AND, and follow its first two mistakes.
#
# 1. All weights are 0, so $z = 0$ and $y = 0$ for every input. For the inputs (1, 1) the target is
#    1: the error is $1 - 0 = 1$. So $w_0$ becomes $0 + 1 \cdot 1 \cdot 1 = 1$; in the same way $w_1
#    = 1$, and $b = 1$.
# 2. For the inputs (0, 0) now $z = 1$ and $y = 1$, but the target is 0: the error is −1. The bias
#    goes down to $1 - 1 = 0$. And the weights?

# %%
predict(
    "Second mistake: $x = (0, 0)$, $w_0 = 1$, error −1. What is $w_0$ afterwards?",
    answer=1,
    wrong={
        0: "The error is multiplied by the input, and the input is 0: "
        r"$1 + 1 \cdot (-1) \cdot 0$.",
        2: "The error is −1, not 1. And it is multiplied by the input. What is $x_0$ here?",
        -1: r"The rule adds $\mathrm{lr} \cdot \text{error} \cdot x_0$ to the old weight, and "
        "$x_0$ is 0.",
    },
    hint=r"$w_0 + \mathrm{lr} \cdot \text{error} \cdot x_0$, with $x_0 = 0$.",
    explanation=r"$1 + 1 \cdot (-1) \cdot 0 = 1$. An input of 0 had no part in the mistake, so its"
    " weight stays.",
)

# %%
weights, story = learn(datasets.gate("and"))
for number, (what, w0, w1, b) in enumerate(story, 1):
    print(f"{number:2}. {what}; now w0 = {w0:g}, w1 = {w1:g}, b = {b:g}")

# %% tags=["remove-input"]
assert weights == (2.0, 1.0, -2.0) and len(story) == 10
assert story[1][1] == 1.0
assert sum(story[0][1:]) == 3  # z of (1, 1) after the first correction

# %% [markdown]
# These are all ten mistakes. At the end the weights are 2 and 1, and the bias is −2.
#
# Why does a correction help? Look at $z$ for the same example before and after the first mistake.
# It was 0. Now it is $1 \cdot 1 + 1 \cdot 1 + 1 = 3$, on the right side of 0. In general a weight
# changes by $\mathrm{lr} \cdot (t - y) \cdot x_i$, and in $z$ it is multiplied by $x_i$ once more.
# So a correction moves $z$ of that example by
# $\mathrm{lr} \cdot (t - y) \cdot (x_0^2 + x_1^2 + 1)$. The last bracket is always positive, so $z$
# moves in the direction that was wanted.
#
# But the same correction also moves $z$ of the *other* examples.

# %%
predict(
    "Is the number of mistakes smaller in every epoch than in the one before?",
    options=["yes", "no"],
    answer="no",
    wrong={"yes": "A correction helps with one example. It may spoil others that were right."},
    explanation="Being right about one example may make it wrong about another.",
)

# %%
perceptron = nn.Perceptron(2)
run = perceptron.fit(datasets.gate("and"))
print("mistakes in each epoch:", run.mistakes)

# %% tags=["remove-input"]
assert run.mistakes == [1, 3, 3, 2, 1, 0]
# It is the same rule: the same weights after every mistake.
assert run.updates == [((w0, w1), b) for _, w0, w1, b in story]

# %% [markdown]
# ## The line moves at every mistake
#
# Where $z = 0$ lies the border between firing and silence. With two inputs it is a straight line.
# The shading shows $z$: blue where it is positive and the unit fires, orange where it is negative,
# and the stronger the farther $z$ is from 0. Each correction changes the weights, and so moves the
# line. Step through all ten.


# %% tags=["hide-input"]
def after(count):
    """The line after so many mistakes on AND."""
    w0 = w1 = b = 0.0
    what, now = "w0 = w1 = b = 0", "there is no line yet, and the output is 0 everywhere"
    if count:
        what, w0, w1, b = story[count - 1]
        now = f"so now w0 = {w0:g}, w1 = {w1:g}, b = {b:g}"
    shown = nn.Perceptron(2, weights=[w0, w1], bias=b)
    right = sum(shown.predict(x) == target for x, target in datasets.gate("and"))
    figure = figures.decision_boundary(
        shown,
        datasets.gate("and"),
        names=["target 0", "target 1"],
        plane=((-1.0, 2.5), (-1.0, 2.5)),
        resolution=8,
        normal=False,
        largest=6,
        title=f"{what}\n{now}: {right} of 4 right",
    )
    return f"{what}; {now}: {right} of 4 right", figure


slider(
    "mistakes",
    list(range(len(story) + 1)),
    after,
    live=hands.line(datasets.gate("and"), [0.0, 0.0], 0.0, -1.0, 2.5, learns=True),
)

# %% tags=["remove-input"]
assert all(perceptron.predict(x) == target for x, target in datasets.gate("and"))

# %% [markdown]
# Data that a straight line can separate (with three inputs a plane, and so on) are called
# **linearly separable**. AND is, and so are the two kinds of iris.
#
# ## It will be done: the convergence theorem
#
# If the examples are linearly separable, and there are finitely many of them, the perceptron
# converges after a finite number of mistakes, in whatever order the examples come. Albert Novikoff
# gave a short proof in 1962, with a number: starting from zero weights, there are at most
#
# $$ \left( \frac{R}{\gamma} \right)^2 $$
#
# mistakes. The two letters are lengths. $R$ says how far the farthest example reaches, and $\gamma$
# (the Greek letter gamma), the **margin**, says how wide the gap between the two kinds is. So the
# bound is small if the gap is wide compared with the size of the inputs. The number of examples
# plays no part in it.
#
# <details><summary>How both are computed, and why the bound holds (it uses arrows, which lesson 4
# draws: come back to it then)</summary>
#
# Write a 1 after the inputs of every example, for the bias. Then
#
# - $R$ is the length of the longest example, $\sqrt{x_0^2 + x_1^2 + 1}$;
# - $\gamma$ belongs to weights that separate the examples with no $z$ equal to 0. It is the
#   smallest size of $z$ among all examples, divided by $\sqrt{w_0^2 + w_1^2 + b^2}$. Any such
#   weights give a valid bound, those with the largest $\gamma$ the best.
#
# The proof follows two numbers from mistake to mistake. Let $x$ be an example with the 1 after it,
# let $s$ be 1 if it should fire and −1 if not, and let $v = (w_0, w_1, b)$ be what has been learned
# so far. A correction with $\mathrm{lr} = 1$ adds $s \cdot x$ to $v$. Let $u$ be the separating
# weights, scaled to the length 1, so $s \cdot (u \cdot x) \ge \gamma$ for every example.
#
# 1. Each mistake raises $u \cdot v$ by $s \cdot (u \cdot x)$, that is by at least $\gamma$. After
#    $k$ mistakes $u \cdot v \ge k \gamma$.
# 2. At a mistake $s \cdot (v \cdot x) \le 0$. So the square of the length of $v$ grows by
#    $2 s \cdot (v \cdot x) + \lVert x\rVert^2 \le R^2$. After $k$ mistakes
#    $\lVert v\rVert^2 \le k R^2$.
# 3. Since $u$ has the length 1, $u \cdot v \le \lVert v\rVert$. So $k \gamma \le \sqrt{k} \cdot R$,
#    and therefore $k \le (R / \gamma)^2$.
#
# The first number grows with $k$, the second only with the root of $k$. They would collide if there
# were more mistakes than that.
#
# </details>
#
# Now compute the bound for AND. $R$ is the largest $\sqrt{x_0^2 + x_1^2 + 1}$ of all examples. For
# $\gamma$ take weights that separate the examples, and divide the smallest size of $z$ by
# $\sqrt{w_0^2 + w_1^2 + b^2}$. (The folded text says why.) The learned weights 2, 1 and −2 will not
# do: $z$ is 0 at (1, 0), and the margin would be 0. Take $w_0 = w_1 = 1$ and $b = -1.5$:

# %%
R = max(sqrt(x0**2 + x1**2 + 1) for (x0, x1), _ in datasets.gate("and"))
smallest = min(abs(x0 + x1 - 1.5) for (x0, x1), _ in datasets.gate("and"))
margin = smallest / sqrt(1**2 + 1**2 + 1.5**2)
bound = (R / margin) ** 2
print(f"R = {R:.3f}, margin = {margin:.3f}, at most {bound:.0f} mistakes")

counts, ends = set(), set()
for order in permutations(datasets.gate("and")):
    found, story_of_order = learn(order)
    counts.add(len(story_of_order))
    ends.add(found)
print(f"in all 24 orders: {min(counts)} to {max(counts)} mistakes")
print("the weights and the bias at the end:", sorted(ends))

# %% tags=["remove-input"]
assert round(bound, 6) == 51.0
assert (min(counts), max(counts)) == (10, 12) and max(counts) <= bound
assert ends == {(1.0, 2.0, -2.0), (2.0, 1.0, -2.0)}

# %% [markdown]
# The theorem promises at most 51 mistakes; there were 10 to 12. A bound is not a forecast. (Four
# examples can come in $4 \cdot 3 \cdot 2 \cdot 1 = 24$ orders.)
#
# And does the size of the inputs matter? Add 10 to both inputs of every row of AND. The gap is as
# wide as it was, but the inputs are much larger:

# %%
far_away = [((x0 + 10, x1 + 10), target) for (x0, x1), target in datasets.gate("and")]
found, told = learn(far_away, most_epochs=2000)
print(f"AND, moved by 10 in both directions: {len(told)} mistakes, then w0, w1, b = {found}")

# %% tags=["remove-input"]
assert len(told) == 3140
assert all(
    (found[0] * x0 + found[1] * x1 + found[2] > 0) == target for (x0, x1), target in far_away
)

# %% [markdown]
# It matters: 3140 mistakes in place of 10. (Four examples as before, so their number plays no
# part.)
#
# **You may think** that the perceptron looks for the best line. It does not: it stops at the first
# one without a mistake. The 24 orders of the same four examples end at two different lines.
#
# **You may also think** that a small learning rate makes it careful, and a large one hasty.

# %%
predict(
    r"With $\mathrm{lr} = 1$ there were 10 mistakes on AND. How many are there with "
    r"$\mathrm{lr} = 8$, from zero weights?",
    answer=10,
    wrong={
        80: "Eight times the rate, eight times the mistakes? Write down the first corrections.",
        1.25: "Eight times as fast? Mistakes come in whole numbers. Write down the first "
        "corrections.",
        2: "Eight times as fast? Write down $z$ after the first correction, with "
        r"$\mathrm{lr} = 1$ and $\mathrm{lr} = 8$.",
        1: "One large correction does not do it: it goes too far for other examples.",
    },
    hint=r"With $\mathrm{lr} = 8$ every weight is 8 times what it was with "
    r"$\mathrm{lr} = 1$. Does the sign of $z$ change?",
    explanation="All weights and the bias are 8 times as large, so $z$ is too, and its sign is "
    "the same. The unit makes the very same mistakes.",
)

# %%
for lr in (0.5, 1, 8):
    found, told = learn(datasets.gate("and"), lr=lr)
    print(f"lr = {lr}: {len(told)} mistakes, then w0, w1, b = {found}")

elsewhere = [nn.Perceptron(2, lr=lr, weights=[3, -4]) for lr in (0.5, 8)]
counted = [sum(unit.fit(datasets.gate("and")).mistakes) for unit in elsewhere]
print("from w0 = 3, w1 = -4, with lr = 0.5 and with lr = 8:", counted)

# %% tags=["remove-input"]
assert counted[0] != counted[1]
for lr in (0.5, 1, 8):
    found, told = learn(datasets.gate("and"), lr=lr)
    assert len(told) == 10 and found == (2 * lr, 1 * lr, -2 * lr)

# %% [markdown]
# From zero weights the learning rate only sets the scale. (Starting from other weights it does
# make a difference. And for the neurons from lesson 3 on it will matter very much.)
#
# ## XOR once more
#
# In lesson 1 no single unit could compute XOR, the exclusive or: 00 → 0, 01 → 1, 10 → 1, 11 → 0. A
# perceptron has more freedom, since any numbers may be weights.

# %%
predict(
    "The perceptron is trained on XOR. What happens?",
    options=[
        "it converges, but later",
        "it settles on weights with one mistake",
        "it never settles",
    ],
    answer="it never settles",
    wrong={
        "it converges, but later": "Then a line would have (0, 1) and (1, 0) on one side, (0, 0) "
        "and (1, 1) on the other. Try to draw it.",
        "it settles on weights with one mistake": "Every mistake leads to a correction. As long as "
        "one is left, the weights keep moving.",
    },
    explanation="No line separates XOR: each epoch has a mistake, and each mistake a correction.",
)

# %% [markdown]
# No weights will do, whatever they are.
#
# <details><summary>Why no line separates XOR: four lines of algebra</summary>
#
# The four rows ask for four things:
#
# - 00 should give 0: $b \le 0$.
# - 10 should give 1: $w_0 + b > 0$.
# - 01 should give 1: $w_1 + b > 0$.
# - 11 should give 0: $w_0 + w_1 + b \le 0$.
#
# Add the second and the third: $w_0 + w_1 + 2b > 0$. Take $b$ away, which is 0 or negative, and the
# left side does not become smaller: $w_0 + w_1 + b > 0$. But the fourth says that it is not. No
# three numbers can do all four.
#
# </details>
#
# Watch what the unit does instead:

# %%
restless = nn.Perceptron(2)
states = []
for epoch in range(1, 7):
    mistakes = restless.fit(datasets.xor(), epochs=1).mistakes[0]
    w0, w1 = [weight.data for weight in restless.w]
    states.append((w0, w1, restless.b.data))
    print(f"epoch {epoch}: {mistakes} mistakes, w0, w1, b = {states[-1]}")

# %% tags=["remove-input"]
assert states[1] == states[2] == states[3] == states[4] == states[5]
assert mistakes == 4

# %% [markdown]
# At the end of epoch 3 the weights are what they were at the end of epoch 2. So epoch 4 begins as
# epoch 3 did, and goes as epoch 3 did, and so on for ever. There are 4 mistakes in each, with four
# examples: the corrections undo each other.
#
# In 1969 Marvin Minsky and Seymour Papert wrote a whole book about what one such unit cannot tell,
# even after a layer of fixed detectors that each see only a part of the input. The way out is that
# of lesson 1, more than one layer. But how can units learn that come *before* the last one? The
# rule above needs a target for each unit, and nobody knows targets for the units inside. The answer
# takes a smoother unit, and it starts in the next lesson.
#
# A note on history. Rosenblatt's machine, the Mark I Perceptron, looked at pictures with 400
# photocells. They were wired to a layer of units that did not learn, and the weights that came
# after these were knobs, turned by motors. What is called a perceptron today is only the part that
# learned.
#
# ## In short
#
# - A perceptron computes $z = w_0 \cdot x_0 + w_1 \cdot x_1 + b$ and fires if $z > 0$.
# - At a mistake: $w_i \leftarrow w_i + \mathrm{lr} \cdot (t - y) \cdot x_i$, and
#   $b \leftarrow b + \mathrm{lr} \cdot (t - y)$.
# - If a line separates the examples, it converges after at most $(R / \gamma)^2$ mistakes.
# - It stops at *a* line without mistakes, not at the best one.
# - If no line separates them, as with XOR, it never settles.
#
# ## Exercises

# %%
exercise(
    r"$w_0 = 1$, $w_1 = -2$, $b = 0$, and $\mathrm{lr} = 1$. The example is "
    "$x = (2, 1)$ with the target 1. What are the weights and the bias afterwards?",
    answer=(3, -1, 1),
    names=("w0", "w1", "b"),
    wrong={
        (1, -2, 0): r"$z = 1 \cdot 2 - 2 \cdot 1 + 0 = 0$ is not more than 0, so $y = 0$: it is a "
        "mistake.",
        (-1, -3, -1): "The error is target minus output, $1 - 0 = 1$. You took −1.",
        (3, -1, 0): "The weights are right. The bias is corrected too.",
        (2, -1, 1): "The correction is multiplied by the input, and $x_0$ is 2.",
    },
    hint="First $z$, then $y$, then the error $t - y$. Then "
    r"$w_0 + \text{error} \cdot x_0$, $w_1 + \text{error} \cdot x_1$, "
    r"$b + \text{error}$.",
    explanation="$z = 0$, $y = 0$, error 1: $w_0 = 1 + 2$, $w_1 = -2 + 1$, $b = 0 + 1$.",
)

# %%
exercise(
    "Give the weights and the bias of a perceptron that computes OR (00 → 0, all other rows → 1).",
    answer=(1, 1, -0.5),
    names=("w0", "w1", "b"),
    judge=lambda w0, w1, b: next(
        (
            f"For x = ({x0}, {x1}) z is {w0 * x0 + w1 * x1 + b:g}, so the output is "
            f"{int(w0 * x0 + w1 * x1 + b > 0)}, but it should be {int(x0 or x1)}."
            for x0, x1 in product((0, 1), repeat=2)
            if (w0 * x0 + w1 * x1 + b > 0) != bool(x0 or x1)
        ),
        None,
    ),
    wrong={
        (
            1,
            1,
            -1,
        ): "Close. For (0, 1) $z = 1 - 1 = 0$, and the unit fires only if $z$ is more than 0.",
        (1, 1, -1.5): "This one is AND: for (0, 1) $z = 1 - 1.5 = -0.5$, so it stays silent.",
        (1, 1, 1): "With the bias 1 it fires for (0, 0) too. Check the sign.",
    },
    hint="Each input alone has to lift $z$ above 0; where no input is 1, $z$ must not be above 0.",
    explanation="All four rows are right. There are many such answers.",
)

# %%
exercise(
    "Which of these gates can no perceptron with two inputs learn? (XNOR: 1 if both inputs are the "
    "same.)",
    options=["AND", "NAND", "NOR", "XNOR"],
    answer="XNOR",
    wrong={
        "AND": "It learned AND in this lesson.",
        "NAND": "NAND is AND with all signs turned around: $w_0 = w_1 = -1$, $b = 1.5$.",
        "NOR": "$w_0 = w_1 = -1$ and $b = 0.5$ will do.",
    },
    explanation="XNOR is XOR with 0 and 1 exchanged. The same line would separate both.",
)
assert all(nn.Perceptron(2).fit(datasets.gate(name)).converged for name in ("and", "nand", "nor"))
assert not nn.Perceptron(2).fit(datasets.gate("xnor")).converged

# %%
exercise(
    "The longest example has $R = 6$ and the margin is 2. How many mistakes can there be at most?",
    answer=9,
    wrong={
        3: "$6 / 2 = 3$. And the square of it?",
        36: "That is $R$ squared. Divide by the margin first.",
        12: "The bound is a quotient, squared, not a product.",
        18: "$36 / 2$: the margin is squared as well.",
    },
    hint="($R$ / margin) squared.",
    explanation="$(6 / 2)^{2} = 9$.",
)

# %% [markdown]
# ## Sources
#
# - Frank Rosenblatt, "The perceptron: a probabilistic model for information storage and
#   organization in the brain", *Psychological Review* 65, 1958.
# - John C. Hay, Ben E. Lynch and David R. Smith, *Mark I Perceptron Operators' Manual*, 1960.
# - Albert B. J. Novikoff, "On convergence proofs on perceptrons", *Symposium on the Mathematical
#   Theory of Automata*, 1962.
# - Marvin Minsky and Seymour Papert, *Perceptrons*, 1969.
# - Ronald A. Fisher, "The use of multiple measurements in taxonomic problems", 1936: the irises,
#   measured by Edgar Anderson.

# %% [markdown]
# # Lesson 4. What a neuron sees: the geometry
#
# After this lesson you can
#
# - draw the line on which a neuron is undecided, and the vector that stands at right angles to it;
# - compute how far a point is from that line;
# - say what turning the weights does, and what moving the bias does;
# - read the weights of a neuron as a picture of what it looks for.
#
# A coast guard watches ships on a map, with distances in kilometres. The coast is a straight line.
# One neuron with two inputs knows which side of it a ship is on, and how far away.

# %% tags=["remove-input"]
from tinygrad_neuron.course import exercise, hands, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %%
from itertools import product
from math import cos, dist, hypot, pi, sin

from tinygrad_neuron import datasets, nn

guard = nn.Neuron(2, activation="identity", weights=[3, 4], bias=-5)
ships = [((0.0, 0.0), 0), ((1.0, 1.0), 1), ((3.0, -1.0), 2)]
for x, _ in ships:
    print(f"ship at {x}: z = {guard.pre_activation(x).data:g}")

# %% tags=["remove-input"]
assert [guard.pre_activation(x).data for x, _ in ships] == [-5, 2, 0]

# %% [markdown]
# The weights are 3 and 4, the bias is −5. For the ship at (1, 1) the pre-activation is $z = 3 \cdot
# 1 + 4 \cdot 1 - 5 = 2$: positive, at sea. For the one at (0, 0) it is −5: on land, which is bad
# for a ship. For the one at (3, −1) it is $9 - 4 - 5 = 0$. That ship is right on the coast.
#
# ## The line where z is 0
#
# All points with $z = 0$ make a straight line. The neuron is undecided there. With three inputs
# they make a plane, and with more inputs something flat that nobody can draw. The name for all of
# these is **hyperplane**.
#
# Put the weights together into an arrow: 3 to the right and 4 up. This is the **weight vector**
# $w = (3, 4)$. The sum of products $w_0 \cdot x_0 + w_1 \cdot x_1$ has a short name too, the **dot
# product** $w \cdot x$. So $z = w \cdot x + b$.

# %%
predict(
    "A ship on the coast sails 4 km to the left and 3 km up: its $x_0$ changes by −4,"
    " its $x_1$ by 3. By how much does $z$ change?",
    answer=0,
    wrong={
        24: r"$3 \cdot (-4)$ is −12, not 12. Add it to $4 \cdot 3$.",
        -24: r"$4 \cdot 3$ is 12, not −12. Add it to $3 \cdot (-4)$.",
        -7: r"$x_0$ is multiplied by 3 and $x_1$ by 4: $3 \cdot (-4) + 4 \cdot 3$.",
        5: r"5 km is the way it sails. $z$ changes by $3 \cdot (-4) + 4 \cdot 3$.",
    },
    hint="The change of $z$ is 3 · (change of $x_0$) + 4 · (change of $x_1$).",
    explanation=r"$3 \cdot (-4) + 4 \cdot 3 = 0$. It sails along the coast.",
)

# %%
along, w = (-4, 3), (3, 4)
dot = w[0] * along[0] + w[1] * along[1]
arrived = guard.pre_activation([3 - 4, -1 + 3]).data
print("w · (-4, 3) =", dot, "   z where it arrives:", arrived)

# %% tags=["remove-input"]
assert dot == 0 and arrived == 0

# %% [markdown]
# A step along the line leaves $z$ as it is, so its dot product with $w$ is 0. And two vectors whose
# dot product is 0 stand at right angles. The theorem of Pythagoras shows it. The length of a
# vector, which that theorem gives, is called its **norm**:
#
# $$ \lVert w\rVert = \sqrt{w_0^2 + w_1^2} = \sqrt{3^2 + 4^2} = \sqrt{25} = 5 $$
#
# So (3, 4) and (−4, 3) both have the norm 5. Let both arrows begin at (0, 0). From tip to tip it is
# $3 - (-4) = 7$ across and $4 - 3 = 1$ up, so the distance is $\sqrt{7^2 + 1^2} = \sqrt{50} =
# \sqrt{5^2 + 5^2}$. So the three lengths make a triangle with a right angle: **the
# weight vector stands at right angles to the line**. And it points to the side where $z$ is
# positive: one step along $w$ changes $z$ by $3 \cdot 3 + 4 \cdot 4 = 25$. A vector at right angles
# to a hyperplane is called its **normal vector**.

# %%
# hypot(a, b) is the length of the vector (a, b)
tip_to_tip = hypot(w[0] - along[0], w[1] - along[1])
print(f"lengths {hypot(*w):g} and {hypot(*along):g}, from tip to tip √{tip_to_tip**2:g}")
one_step = guard.pre_activation([3 + 3, -1 + 4]).data - guard.pre_activation([3, -1]).data
print("one step along w changes z by", one_step)

# %% tags=["remove-input"]
assert (hypot(*w), hypot(*along), round(tip_to_tip**2, 9)) == (5, 5, 5**2 + 5**2)
assert one_step == 25

# %% [markdown]
# **You may think** that the weight vector lies *along* the line. Look:

# %% tags=["hide-input"]
show(
    figures.decision_boundary(
        guard,
        ships,
        names=["on land", "at sea", "on the coast"],
        plane=((-2.5, 3.5), (-2.5, 3.5)),
        resolution=9,
        title="The coast: w = (3, 4), b = -5",
    ),
    "The line runs from the upper left to the lower right. The arrow, which is $w$ divided by its "
    "norm and so 1 km long, stands at right angles to it and points to the sea.",
)

# %% [markdown]
# ## How far is it?
#
# In which direction does $z$ grow fastest? Let the ship at (1, 1) sail 1 km in each of 360
# directions, and note by how much $z$ grows.


# %%
def growth(angle):
    """How much z grows over 1 km in a direction, given in degrees."""
    # (cos, sin) of an angle is 1 km in its direction; both want a unit in which 180 degrees are pi
    x = [1 + cos(angle * pi / 180), 1 + sin(angle * pi / 180)]
    return guard.pre_activation(x).data - guard.pre_activation([1, 1]).data


best = max(range(360), key=growth)  # the angle with the largest growth
print(f"best direction: {best} degrees, z grows by {growth(best):.3f}")
direction = (cos(best * pi / 180), sin(best * pi / 180))
print(f"that is ({direction[0]:.2f}, {direction[1]:.2f})")

# %% tags=["remove-input"]
assert best == 53 and round(growth(best), 2) == 5.0
assert [round(part, 1) for part in direction] == [0.6, 0.8]

# %% [markdown]
# The best direction is (0.6, 0.8), and that is (3, 4) divided by 5: the direction of $w$. And $z$
# grows by 5 over 1 km, and 5 is the norm of $w$.
#
# So on the way directly out from the coast $z$ grows by $\lVert w\rVert$ per kilometre. Turn that
# around, and $z$ tells the distance:
#
# $$ d = \frac{z}{\lVert w\rVert} $$
#
# For the ship at (1, 1): $d = 2 / 5 = 0.4$ km. On land $z$ is negative, and so is $d$. That is why
# it is called the **signed distance**.

# %%
ship = (1.0, 1.0)
coast = [(3 - 4 * k / 1000, -1 + 3 * k / 1000) for k in range(-2000, 2001)]
nearest = min(dist(ship, place) for place in coast)
print(f"z / ‖w‖ = {guard.signed_distance(ship):g}, measured: {nearest:g}")

# %% tags=["remove-input"]
assert abs(guard.signed_distance(ship) - 0.4) < 1e-12
assert abs(nearest - 0.4) < 1e-6
assert guard.signed_distance([0, 0]) == -1

# %% tags=["hide-input"]
show(
    figures.decision_boundary(
        guard,
        ships,
        names=["on land", "at sea", "on the coast"],
        plane=((-2.5, 3.5), (-2.5, 3.5)),
        resolution=9,
        distances=True,
        normal=False,
        title="The ships and their distances from the coast, in km",
    ),
    "At each ship its signed distance $d$ is written: −1, 0.4 and 0.",
)

# %%
predict(
    "Another neuron has everything doubled: $w = (6, 8)$ and $b = -10$. How far is "
    "the ship at (1, 1) from its line?",
    answer=0.4,
    wrong={
        0.8: "$z$ has doubled, to 4. But the norm has doubled too, to 10.",
        4: "That is $z$. The distance is $z$ divided by the norm of $w$.",
        0.2: "$z$ doubles as well: it is $6 + 8 - 10 = 4$.",
        2: "That was $z$ before. Now $z$ is 4, and the norm is 10.",
    },
    hint="$z = 6 + 8 - 10$, and the norm is the root of $36 + 64$.",
    explanation=r"$z = 4$ and $\lVert w\rVert = 10$, so $d = 0.4$. It is the same line.",
)

# %%
doubled = nn.Neuron(2, activation="identity", weights=[6, 8], bias=-10)
for x, _ in ships:
    z = doubled.pre_activation(x).data
    d = doubled.signed_distance(x)
    print(f"ship at {x}: z = {z:g}, d = {d:g}")

# %% tags=["remove-input"]
for x, _ in ships:
    z, d = doubled.pre_activation(x).data, doubled.signed_distance(x)
    assert z == 2 * guard.pre_activation(x).data
    assert abs(d - guard.signed_distance(x)) < 1e-12

# %% [markdown]
# **You may think** that $z$ is the distance, or that a neuron with everything doubled has a
# different line. Neither is so. $z$ doubles everywhere, but the line and all distances stay as they
# were. The neuron has only become surer of itself: a sigmoid after $z$ would be steeper, as in
# lesson 3.
#
# ## Turn the weight vector, and the half-plane follows
#
# The line cuts the plane into two halves. On the side that $w$ points to, $z$ is positive, and we
# read $z > 0$ as yes. Below, $w$ has the norm 2 and $b$ is −1, so the line is 0.5 away from the
# origin (0, 0). Turn $w$ through the full circle.

# %% tags=["hide-input"]
points = [
    ((1.8, 0.0), 1),
    ((0.0, 1.5), 1),
    ((-0.8, 1.4), 1),
    ((-1.5, -0.5), 0),
    ((-0.3, -1.2), 0),
    ((1.2, -1.5), 0),
]


def turned(angle):
    """The neuron whose weight vector has the norm 2 and this direction, in degrees."""
    w = [2 * cos(angle * pi / 180), 2 * sin(angle * pi / 180)]
    neuron = nn.Neuron(2, activation="identity", weights=w, bias=-1)
    right = sum((neuron.signed_distance(x) > 0) == (kind == 1) for x, kind in points)
    w0, w1 = (f"{round(w.data, 2) + 0.0:.2f}" for w in neuron.w)
    text = f"w = ({w0}, {w1}): {right} of the 6 points are right"
    figure = figures.decision_boundary(
        neuron,
        points,
        names=["should be no", "should be yes"],
        plane=((-2.0, 2.0), (-2.0, 2.0)),
        resolution=9,
        largest=6,
        title=text,
    )
    return text, figure


slider(
    "angle",
    list(range(0, 360, 30)),
    turned,
    live=hands.line(points, [2.0, 0.0], -1.0, -2.0, 2.0),
)

# %% tags=["remove-input"]
assert "6 of the 6" in turned(60)[0] and "0 of the 6" in turned(240)[0]

# %% [markdown]
# ## The bias is a negative threshold
#
# We read $z > 0$ as yes, and $w \cdot x + b > 0$ where $w \cdot x > -b$. So $-b$ is a threshold for
# the weighted sum, and the bias is a threshold with its sign turned around. Changing the bias moves
# the line without turning it. The signed distance of the origin is $b / \lVert w\rVert$, since at
# (0, 0) $z$ is just $b$.


# %% tags=["hide-input"]
def moved(bias):
    neuron = nn.Neuron(2, activation="identity", weights=[3, 4], bias=bias)
    d = neuron.signed_distance([0, 0])
    text = f"b = {bias:g}: yes where 3·x0 + 4·x1 > {-bias:g}; the origin has d = {d:g}"
    figure = figures.decision_boundary(
        neuron,
        [((0.0, 0.0), "origin")],
        plane=((-2.5, 2.5), (-2.5, 2.5)),
        resolution=9,
        normal=False,
        distances=True,
        largest=24,
        title=text.replace("; ", "\n"),
    )
    return text, figure


slider(
    "b",
    [-10, -5, 0, 5, 10],
    moved,
    start=-5,
    live=hands.line([((0.0, 0.0), 0), ((1.0, 1.0), 1)], [3.0, 4.0], -5.0, -2.5, 2.5),
)

# %% [markdown]
# The unit of lesson 1 with excitatory inputs fired if the count was *at least* θ. In the language
# of weights: all weights are 1. The count $\theta$ must give a positive $z$, and $\theta - 1$, the
# next smaller count, must not. So $b$ lies between $-\theta$ and $-\theta + 1$, for example
# $b = 0.5 - \theta$.

# %%
for theta in range(5):
    unit = nn.McCullochPitts(3, threshold=theta)
    same = nn.Perceptron(3, weights=[1, 1, 1], bias=0.5 - theta)
    agree = sum(unit(*bits) == same.predict(bits) for bits in product((0, 1), repeat=3))
    print(f"threshold {theta}, bias {0.5 - theta:g}: the same output in {agree} of 8 rows")

# %% tags=["remove-input"]
assert agree == 8

# %% [markdown]
# ## The bias trick
#
# The bias is awkward: a number of its own, treated unlike the weights. There is a trick. Write a 1
# after the inputs, and the bias after the weights. Then
#
# $$ (3, 4, -5) \cdot (x_0, x_1, 1) = 3 \cdot x_0 + 4 \cdot x_1 - 5 $$
#
# and $z$ is a single dot product. The bias has become the weight of an input that is always 1. This
# is the **bias trick**. Lesson 2 used it in the convergence theorem.

# %%
trick = nn.Neuron(2, weights=[3, 4], bias=-5, bias_trick=True)
print("three weights:", [weight.data for weight in trick.w])
for x, _ in ships:
    print(f"ship at {x}: z = {trick.pre_activation(x).data:g}")

# %% tags=["remove-input"]
assert all(trick.pre_activation(x).data == guard.pre_activation(x).data for x, _ in ships)
assert [weight.data for weight in trick.w] == [3, 4, -5]

# %% [markdown]
# ## The weights are a template
#
# There is another way to see a neuron. Take images of 3 by 3 pixels, each 1 or −1, as lists of
# nine inputs. Let the weights be an image too, a T:

# %%
# row by row; the star puts the numbers of a row into the list one by one
T = [*(1, 1, 1), *(-1, 1, -1), *(-1, 1, -1)]
smudged = [*(-1, 1, 1), *(-1, 1, -1), *(-1, 1, 1)]
inverted = [-pixel for pixel in T]

looks_for_t = nn.Perceptron(9, weights=T, bias=-4)

# %% tags=["hide-input"]
show(
    figures.weight_images([T, smudged, inverted], 3, names=["T", "smudged", "inverted"]),
    "Three images of 9 pixels, 1 in blue and −1 in orange: a T, the same with two "
    "wrong pixels, and the T in negative.",
)

# %%
predict(
    r"For the T itself, $w \cdot x$ is 9: each pixel adds $1 \cdot 1$ or "
    r"$(-1) \cdot (-1)$. Two pixels of the smudged T are wrong. What is $w \cdot x$ "
    "for it?",
    answer=5,
    wrong={
        7: "A wrong pixel does not add 0. It adds −1, in place of +1.",
        9: "That is the T without a smudge.",
        -5: "Seven pixels add 1 each, two add −1 each.",
        4: "Seven pixels add 1 each. And the two wrong ones?",
    },
    hint="Seven pixels add 1 each, two pixels add −1 each.",
    explanation="$7 - 2 = 5$. Each wrong pixel costs 2.",
)

# %%
z = [looks_for_t.pre_activation(x).data for x in (T, smudged, inverted)]
matches = [each + 4 for each in z]  # without the bias, which is -4
print("w · x for the T, the smudged and the inverted one:", matches)

every_image = list(product((-1, 1), repeat=9))
seen = [image for image in every_image if looks_for_t.predict(image)]
best_image = max(every_image, key=looks_for_t.signed_distance)  # where that is largest
print(f"it fires for {len(seen)} of all {len(every_image)} images")
print("it likes the T best:", list(best_image) == T)

# %% tags=["remove-input"]
assert matches == [9, 5, -9]
assert (len(every_image), len(seen)) == (512, 46) and list(best_image) == T
wrong_pixels = [sum(a != b for a, b in zip(image, T)) for image in seen]
assert [wrong_pixels.count(number) for number in range(4)] == [1, 9, 36, 0]

# %% [markdown]
# Of all images of this kind, the one that looks like the weights has the largest dot product. This
# is called **template matching**: the weights are a template, and $w \cdot x$ says how well the
# input fits it. The bias says how good a fit is required. With $b = -4$ the neuron fires for the T
# with at most 2 wrong pixels. There are $1 + 9 + 36 = 46$ such images: the T itself, 9 with one
# wrong pixel, and 36 with two.
#
# The geometry behind it is one formula. With $\alpha$ (the Greek letter alpha) for the angle
# between the two vectors,
#
# $$ w \cdot x = \lVert w\rVert \cdot \lVert x\rVert \cdot \cos\alpha $$
#
# <details><summary>Where this formula comes from: the law of cosines</summary>
#
# The arrows $w$ and $x$ and the way from tip to tip, $w - x$, make a triangle. The law of cosines,
# which is Pythagoras for triangles without a right angle, says
#
# $$
# \lVert w - x\rVert^2
# = \lVert w\rVert^2 + \lVert x\rVert^2 - 2 \lVert w\rVert \lVert x\rVert \cos\alpha
# $$
#
# Multiply the left side out, as $(w_0 - x_0)^2 + (w_1 - x_1)^2$:
#
# $$ \lVert w - x\rVert^2 = \lVert w\rVert^2 + \lVert x\rVert^2 - 2 (w \cdot x) $$
#
# Both say the same, so $w \cdot x = \lVert w\rVert \lVert x\rVert \cos\alpha$.
#
# </details>
#
# The cosine is 1 if both point in the same direction, 0 at right angles, and −1 if they point in
# opposite directions. Here all images have the norm $\sqrt{9} = 3$, so the angle alone decides.
#
# **You may think** that the largest $w \cdot x$ always means the best fit. Not if the inputs have
# different norms:

# %%
w = (3, 4)
for x in ((3, 4), (30, 0)):
    dot = w[0] * x[0] + w[1] * x[1]
    cosine = dot / (hypot(*w) * hypot(*x))
    print(f"x = {x}: w · x = {dot}, cosine {cosine:g}")

# %% tags=["remove-input"]
assert 3 * 30 + 4 * 0 > 3 * 3 + 4 * 4
assert (25 / (5 * 5), 90 / (5 * 30)) == (1.0, 0.6)

# %% [markdown]
# (30, 0) gets 90 and (3, 4) only 25, although (3, 4) points exactly where $w$ points. The other is
# merely long. Where only the fit should count, divide by the norms, or bring all inputs to the same
# norm.
#
# Templates need not be drawn by hand. Here are handwritten digits, of 8 by 8 pixels. Half of the
# images make the averages; the other half is kept back for testing. The average of all threes,
# minus the average of all eights, is a template for "3 and not 8".

# %%
digits = datasets.digits()
train, test = datasets.train_test_split(digits, test_fraction=0.5, seed=0)


def average(digit):
    images = [x for x, target in train if target == digit]
    pixels = zip(*images)  # the first pixel of all images, then the second of all, and so on
    return [sum(values) / len(images) for values in pixels]


three, eight = average(3), average(8)
template = [a - b for a, b in zip(three, eight)]
halfway = [(a + b) / 2 for a, b in zip(three, eight)]

reader = nn.Perceptron(64, weights=template)
reader.b.data = -reader.pre_activation(halfway).data  # z is 0 halfway

answers = [(reader.predict(x), t == 3) for x, t in test if t in (3, 8)]
right = sum(answer == is_three for answer, is_three in answers)
print(f"{right} of {len(answers)} threes and eights are told apart")

# %% tags=["remove-input"]
assert (right, len(answers)) == (171, 179)

# %% tags=["hide-input"]
show(
    figures.weight_images(
        [three, eight, template], 8, names=["average 3", "average 8", "the weights"]
    ),
    "The average three, the average eight, and their difference: the weights are negative on the "
    "left side, where an eight has ink and a three has none.",
)

# %% tags=["remove-input"]
assert sum(template[8 * row + 2] for row in range(8)) < 0

# %% [markdown]
# None of the 179 test images went into the averages. A single neuron, without any learning rule,
# gets 171 of 179 right. (The bias puts the line halfway between the two averages.)
#
# ## In short
#
# - A neuron is undecided on a hyperplane, $z = 0$. Its weight vector is at right angles to it.
# - The signed distance of a point is $z / \lVert w\rVert$. Doubling all weights and the bias
#   changes no distance.
# - Turning $w$ turns the line. The bias, a negative threshold, moves it without turning.
# - The bias is the weight of an input that is always 1.
# - $w \cdot x = \lVert w\rVert \lVert x\rVert \cos\alpha$: the weights are a template, and
#   $w \cdot x$ says how well the input fits.
#
# ## Exercises

# %%
task(
    "Write `signed_distance`: it gets the list `w`, the number `b` and a point, the list `x`, all "
    "of any length, and returns how far the point is from the hyperplane, with its sign.",
    start="""
def signed_distance(w, b, x):
    z = b + sum(weight * number for weight, number in zip(w, x))
    return z  # not yet in kilometres
""",
    solution="""
def signed_distance(w, b, x):
    z = b + sum(weight * number for weight, number in zip(w, x))
    norm = sum(weight**2 for weight in w) ** 0.5
    return z / norm
""",
    cases=[
        (([3, 4], -5, [1, 1]), 0.4),
        (([3, 4], -5, [0, 0]), -1.0),
        (([6, 8], -10, [1, 1]), 0.4),
        (([1, 2, 2], 3, [0, 0, 0]), 1.0),
    ],
    wrong={
        "def signed_distance(w, b, x):\n"
        "    return (b + sum(p * q for p, q in zip(w, x))) / sum(p*p for p in w)": "Divided by "
        "the square of the norm. Take the root.",
        "def signed_distance(w, b, x):\n"
        "    return (b + sum(p * q for p, q in zip(w, x))) / sum(w)": "The norm is the root of the "
        "sum of the *squares* of the weights.",
        "def signed_distance(w, b, x):\n    z = b + sum(p * q for p, q in zip(w, x))\n"
        "    return abs(z) / sum(p * p for p in w) ** 0.5": "The size is right. Keep the sign: it "
        "says on which side the point is.",
    },
    hint="The norm is `sum(weight**2 for weight in w) ** 0.5`.",
    explanation="$z$ divided by the norm: in any number of dimensions.",
)

# %%
exercise(
    "What is the norm of $w = (-6, 8)$?",
    answer=10,
    wrong={
        100: "That is the sum of the squares. Take the root.",
        14: "The squares are added, not the numbers themselves.",
        2: "Square first: $(-6)^{2}$ is 36, and its sign is gone.",
    },
    hint="The root of $(-6)^{2} + 8^{2}$.",
    explanation=r"$\sqrt{36 + 64} = \sqrt{100} = 10$.",
)

# %%
exercise(
    "$w = (3, 4)$ and $b = -20$. What is the signed distance of the point (2, 1) from the line?",
    answer=-2,
    wrong={
        -10: "That is $z$. Divide it by the norm, 5.",
        2: "The distance is right, the sign is not: $z = 6 + 4 - 20$ is negative.",
        0.4: "Look at the bias again: it is −20.",
        10: "That would be $|z|$. Divide by the norm, and keep the sign.",
    },
    hint=r"$z = 3 \cdot 2 + 4 \cdot 1 - 20$, divided by the norm of $w$.",
    explanation=r"$z = -10$, $\lVert w\rVert = 5$, and $-10 / 5 = -2$.",
)

# %%
exercise(
    "A neuron should say yes exactly to the right of the vertical line $x_0 = 2$. Give"
    " its weights and its bias.",
    answer=(1, 0, -2),
    names=("w0", "w1", "b"),
    judge=lambda w0, w1, b: (
        "x1 should not matter. Which weight does it need?"
        if w1 != 0
        else "The weight vector has to point to the right: w0 must be positive."
        if w0 <= 0
        else f"On the line x0 = 2, z is {2 * w0 + b:g}. It has to be 0 there."
        if abs(2 * w0 + b) > 1e-9
        else None
    ),
    wrong={
        (0, 1, -2): "This is the line $x_1 = 2$, and it is horizontal. $w$ points to where yes is.",
        (-1, 0, 2): "The line is right, but it says yes on the left. Turn $w$ around, and $b$ with "
        "it.",
        (1, 0, 2): "$z$ is 0 at $x_0 = -2$. Check the sign of the bias.",
    },
    hint="Where does $w$ point, if yes is on the right? And $z$ has to be 0 at $x_0 = 2$.",
    explanation=r"$w$ points to the right, (1, 0) or a multiple of it, and $b = -2\cdot w_0$.",
)

# %%
exercise(
    "All weights of a neuron are multiplied by 10. Its bias, which is not 0, stays. What happens "
    "to its line?",
    options=[
        "it stays",
        "it moves towards the origin",
        "it moves away from the origin",
        "it turns",
    ],
    answer="it moves towards the origin",
    wrong={
        "it stays": "It would if $b$ were multiplied too. The distance of the origin is "
        r"$b / \lVert w\rVert$.",
        "it moves away from the origin": r"The distance of the origin is $b / \lVert w\rVert$, "
        r"and $\lVert w\rVert$ grows.",
        "it turns": "The direction of $w$ stays: both weights grow in the same proportion.",
    },
    explanation=r"The distance of the origin, $b / \lVert w\rVert$, becomes a tenth.",
)

# %%
exercise(
    "The T neuron should fire for the T itself, but for no image with a wrong pixel. Give a bias "
    "that does it.",
    answer=-8,
    judge=lambda b: (
        f"For the T z is 9 + b = {9 + b:g}, so the neuron stays silent."
        if 9 + b <= 0
        else f"With one wrong pixel z is 7 + b = {7 + b:g}, so it still fires."
        if 7 + b > 0
        else None
    ),
    wrong={
        8: "The bias is a negative threshold. Check the sign.",
        -9: "Then $z = 9 - 9 = 0$ for the T, and the perceptron fires only if $z$ is more than 0.",
        -4: "This one lets two wrong pixels pass, as above.",
    },
    hint=r"$w \cdot x$ is 9 for the T and 7 with one wrong pixel. Where must the threshold "
    "$-b$ lie?",
    explanation="Any $b$ from −7 down to, but not including, −9.",
)

# %% [markdown]
# ## Sources
#
# - Christopher M. Bishop, *Pattern Recognition and Machine Learning*, 2006, section 4.1: the
#   geometry of a linear discriminant.
# - Ethem Alpaydın and Cenk Kaynak, "Optical recognition of handwritten digits", UCI Machine
#   Learning Repository, 1998: the digits.

# %% [markdown]
# # Lesson 13. One kernel for every place
#
# After this lesson you can
#
# - compute a convolution by hand: slide a small kernel over an image, one weighted sum per place;
# - say how much of an image a neuron sees, and why neighbouring pixels belong together;
# - find the gradient of a weight that is shared by many places: add up the contributions;
# - build and train a network that reads handwritten digits with few weights;
# - say what convolution assumes about images, and what happens where that is not true.
#
# On the first page of this book there were ten handwritten digits, and a question: what would it
# take to read them? Networks like those of lessons 10 to 12 can do it. Each of their hidden neurons
# has a weight of its own for each of the 64 pixels. Such a layer is called **fully connected**. Let
# such a network learn from 1,438 digits, and test it on the other 359.

# %% tags=["remove-input"]
from tinygrad_neuron import softmax
from tinygrad_neuron.course import Beside, exercise, hands, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %% tags=["hide-input"]
import random
from functools import cache

from tinygrad_neuron import Value, compile, datasets, losses, nn, optim, relu, training

learning, unseen = datasets.train_test_split(datasets.digits(), test_fraction=0.2, seed=0)


def image_of(pixels):
    """64 pixels in a row as 8 rows of 8, with full ink as 1."""
    return [[ink / 16 for ink in pixels[i : i + 8]] for i in range(0, 64, 8)]


def flat(rows):
    return [number for row in rows for number in row]


train = [(image_of(pixels), digit) for pixels, digit in learning]
test = [(image_of(pixels), digit) for pixels, digit in unseen]


class FullyConnected(nn.Module):
    """64 pixels, 16 hidden neurons, 10 outputs: one for each digit."""

    def __init__(self, seed):
        self.network = nn.MLP(64, [16, 10], activation="relu", seed=seed)

    def __call__(self, image):
        return self.network(flat(image))


def learn(model, examples, epochs=8):
    """Adam, with a learning rate that goes from 0.02 to 0, on batches of 32."""
    steps = epochs * -(-len(examples) // 32)
    optimiser = optim.Adam(model.parameters(), optim.cosine_decay(0.02, steps))
    training.fit(model, losses.cross_entropy, examples, optimiser, epochs, progress=False)


compiled = cache(compile)  # each model once


def accuracy(model, examples):
    outputs = compiled(model).map([(image,) for image, _ in examples])
    return training.accuracy(outputs, [digit for _, digit in examples])


def moved(image):
    """The image, one pixel further to the right."""
    return [[0.0, *row[:-1]] for row in image]


# %%
connected = FullyConnected(seed=0)
learn(connected, train)
print(f"{len(connected.parameters())} parameters")
print(f"{accuracy(connected, test):.1%} of the test right")

# %%
predict(
    "Now each test image is moved to the right by one single pixel. How many does the network, "
    "trained as it was, still get right?",
    options=["nearly all, as before", "fewer than half", "about a tenth, as if guessing"],
    answer="fewer than half",
    wrong={
        "nearly all, as before": "To you it is the same digit. But each weight belongs to one "
        "pixel, and every pixel now has its neighbour's ink.",
        "about a tenth, as if guessing": "Strokes are more than one pixel wide, so some of the "
        "ink is still where it was.",
    },
    explanation="To you it is the same digit. To the network it is a different list of 64 numbers.",
)

# %%
shifted = [(moved(image), digit) for image, digit in test]
print(f"moved by one pixel: {accuracy(connected, shifted):.1%} right")

# %% [markdown]
# So the first thing a reader of digits has to get right is this: a stroke is a stroke, wherever it
# is. It takes two ideas.
#
# ## First idea: look at a small patch
#
# A stroke or a corner is a matter of a few pixels that are *next to each other*. So give a neuron
# not the whole image, but a patch of 3 by 3 pixels. What a neuron can see of the input is called
# its **receptive field**; a small one is called **local**.
#
# Here is a small image, a handwritten 1 on 5 by 5 pixels, and a neuron with 9 weights. Such a small
# grid of weights is called a **kernel**. This one speaks for ink in its middle column, and against
# ink on either side.

# %%
image = [
    [0, 0, 1, 0, 0],
    [0, 1, 1, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 1, 1, 1, 0],
]
kernel = [[Value(-1.0), Value(2.0), Value(-1.0)] for _ in range(3)]

# %% tags=["hide-input"]
SIZE = 3  # of the kernel, and of its map of the small image
EVERYWHERE = [(i, j) for i in range(SIZE) for j in range(SIZE)]


def patch(row, column):
    """The places of the image that the kernel covers, there."""
    return [(row + i, column + j) for i, j in EVERYWHERE]


def numbers(rows):
    return [[value.data for value in row] for row in rows]


show(
    figures.number_grids(
        {"image": image, "kernel": numbers(kernel)}, framed={"image": patch(0, 1)}, between=["×"]
    ),
    "The image, in which 0 is paper and 1 is ink, with a frame around the patch that begins at "
    "row 0, column 1; and the kernel: −1, 2, −1 in each of its three rows.",
)

# %%
predict(
    "The kernel lies on the framed patch, whose rows are 0 1 0, then 1 1 0, then 0 1 0. What is "
    "the weighted sum?",
    answer=5,
    wrong={
        6: "The middle column gives 2 + 2 + 2. But there is one more pixel with ink, left of it.",
        4: "That is how many pixels have ink. Each is multiplied by the weight that lies on it.",
        3: "The middle column has three pixels with ink, and a weight of 2 on each of them.",
        2: "Count the middle column again: 2 · 1, three times.",
    },
    hint="Multiply each pixel by the weight that lies on it, and add up. 0 counts for nothing.",
    explanation="2 + 2 + 2 for the stroke, and −1 for the pixel with ink to the left of it.",
)

# %% [markdown]
# ## Second idea: the same weights everywhere
#
# What can tell an upright stroke in one place can tell it in every place. So do not learn 9 new
# weights for each patch. Slide *the same* kernel over the image, and write down the weighted sum at
# each place. That is a **convolution**, and the grid of sums is a **feature map**: it shows where
# in the image the feature is, here an upright stroke.


# %%
def convolve(image, kernel):
    """The feature map: at each place the weighted sum of the patch."""
    places = len(image) - len(kernel) + 1
    steps = range(len(kernel))
    return [
        [
            sum(kernel[i][j] * image[row + i][column + j] for i in steps for j in steps)
            for column in range(places)
        ]
        for row in range(places)
    ]


feature_map = convolve(image, kernel)
for row in feature_map:
    print(*[f"{value.data:3.0f}" for value in row])

# %% tags=["remove-input"]
assert numbers(feature_map) == [[-1, 5, -3], [-1, 5, -3], [-1, 4, -1]]

# %% [markdown]
# Move the slider: the kernel slides over the image, row by row.


# %% tags=["hide-input"]
def covering(count):
    """The kernel at one place, and the map as far as it has come."""
    place = EVERYWHERE[count - 1]
    row, column = place
    figure = figures.number_grids(
        {"image": image, "kernel": numbers(kernel), "feature map": numbers(feature_map)},
        framed={"image": patch(row, column), "feature map": [place]},
        hidden={"feature map": EVERYWHERE[count:]},
        between=["×", "="],
    )
    return f"at row {row}, column {column}: {feature_map[row][column].data:.0f}", figure


slider("place", range(1, 10), covering)

# %% [markdown]
# The middle column of the map is large, 5, 5 and 4: there is the upright stroke. Beside it the map
# is below 0. And a patch that is all paper, or all ink, gives 0, for the weights of this kernel add
# up to 0: it answers to *differences* between neighbours, not to brightness.
#
# Now move the image by one pixel. That threw the fully connected network off. What does it do to
# the convolution?

# %%
predict(
    "Every pixel of the small image moves one column to the right. What happens to the feature "
    "map?",
    options=["it stays as it is", "it moves one column to the right", "all its numbers change"],
    answer="it moves one column to the right",
    wrong={
        "it stays as it is": "It shows *where* the feature is, and that has changed.",
        "all its numbers change": "The same patch gives the same sum, for the weights are the same "
        "everywhere. Only its place is different.",
    },
    explanation="The same weights meet the same patch, one place further on. This is called "
    "**equivariance**: move the input, and the output moves along.",
)

# %%
for row in convolve(moved(image), kernel):
    print(*[f"{value.data:3.0f}" for value in row])

# %% tags=["remove-input"]
moved_map = numbers(convolve(moved(image), kernel))
assert [row[1:] for row in moved_map] == [row[:-1] for row in numbers(feature_map)]
assert moved_map == [[-1, -1, 5], [-1, -1, 5], [-1, -1, 4]]

# %% [markdown]
# What has left the image on the right is gone, and a new column has come in on the left. Everything
# else has moved along.
#
# (In mathematics a convolution turns the kernel round first. The exact name for what networks do is
# *cross-correlation*. As the weights are learned anyway, the field says convolution.)
#
# ## One weight gathers many contributions
#
# How does a kernel learn? Each of its weights is one number that is used at one place after the
# other. You know from lesson 7 what that means for its gradient.
#
# Suppose we want the map to be 4 in the middle column and 0 elsewhere. The loss is half of the
# squared error, added up over the map, so the gradient that arrives at each place is the map minus
# what is wanted.

# %%
wanted = [[0, 4, 0], [0, 4, 0], [0, 4, 0]]
# EVERYWHERE are the nine places of the map: (0, 0), (0, 1), ... (2, 2)
errors = [feature_map[i][j] - wanted[i][j] for i, j in EVERYWHERE]
loss = sum(error**2 for error in errors) / 2
loss.backward()

arriving = [[value.grad for value in row] for row in feature_map]
for row in arriving:
    print(*[f"{gradient:3.0f}" for gradient in row])

# %% tags=["remove-input"]
assert arriving == [[-1, 1, -3], [-1, 1, -3], [-1, 0, -1]]

# %%
predict(
    "Look at the weight at the top left of the kernel. How many contributions does its gradient "
    "gather in the backward pass (those that are 0 count too)?",
    answer=9,
    wrong={
        1: "It is one weight, but it was used at every place of the map.",
        3: "It is used in three places of each row, and there are three rows.",
        25: "The image has 25 pixels, but the kernel fits at fewer places.",
        81: "That is how many products there are in all: 9 weights at 9 places.",
    },
    hint="A weight gets one contribution for each place where it was used.",
    explanation="One for each place of the map. Each is the gradient that arrives there, times "
    "the pixel that lay under the weight.",
)

# %% [markdown]
# Each contribution is incoming × local: the gradient that arrives at a place, times the pixel that
# lay under the weight there. Move the slider and watch the contributions come in, one for each
# place. While the kernel slid along, the nine pixels at the upper left of the image came to lie
# under its top left weight, one after the other.


# %% tags=["hide-input"]
def gathered(i, j):
    """The contributions to a weight of the kernel, place by place."""
    return [arriving[row][column] * image[row + i][column + j] + 0 for row, column in EVERYWHERE]


def gathering(count):
    """What has come in at the top left weight, after so many places."""
    contributions = gathered(0, 0)
    so_far, latest = sum(contributions[: count - 1]), contributions[count - 1]
    under = [row[:SIZE] for row in image[:SIZE]]
    products = [contributions[k : k + SIZE] for k in range(0, 9, SIZE)]
    here = [EVERYWHERE[count - 1]]
    sign = "+" if latest >= 0 else "−"
    text = f"{so_far:g} {sign} {abs(latest):g} = {so_far + latest:g}".replace("-", "−")
    figure = figures.number_grids(
        {"arrives at the map": arriving, "pixel under it": under, "contribution": products},
        framed={"arrives at the map": here, "pixel under it": here, "contribution": here},
        hidden={"contribution": EVERYWHERE[count:]},
        between=["×", "="],
        title=f"gradient of the top left weight: {text}",
    )
    return text, figure


slider("contributions", range(1, 10), gathering)

# %%
print("gradients of the kernel's weights:")
for row in kernel:
    print(*[f"{weight.grad:3.0f}" for weight in row])

# %% tags=["remove-input"]
assert [[w.grad for w in row] for row in kernel] == [
    [sum(gathered(i, j)) for j in range(3)] for i in range(3)
]
assert gathered(0, 0) == [0, 0, -3, 0, 1, -3, 0, 0, -1]
assert kernel[0][0].grad == -6
assert [len(gathered(i, j)) for i, j in EVERYWHERE] == [9] * 9

# %% [markdown]
# The top left weight gathers −3 + 1 − 3 − 1 and five times 0, which makes −6. So gradient descent
# will make it larger. No wonder: the map is too low in its right column, and there this weight lies
# on the stroke.

# %% [markdown]
# ### Your turn
#
# For each weight, add up over all places: that is all the backward pass does for a kernel.

# %%
task(
    "Write `kernel_gradient`, which computes the gradients of all weights of a kernel of 3 by 3 "
    "from the image and the gradients that arrive at the map. As in lesson 7, much hangs on a "
    "single sign.",
    start="""
def kernel_gradient(image, arriving):
    gradient = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for row in range(len(arriving)):
        for column in range(len(arriving)):
            for i in range(3):
                for j in range(3):
                    pixel = image[row + i][column + j]
                    ...  # weight i, j gets its contribution from this place
    return gradient
""",
    solution="""
def kernel_gradient(image, arriving):
    gradient = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for row in range(len(arriving)):
        for column in range(len(arriving)):
            for i in range(3):
                for j in range(3):
                    pixel = image[row + i][column + j]
                    gradient[i][j] += arriving[row][column] * pixel
    return gradient
""",
    cases=[
        (([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[2]]), [[2, 4, 6], [8, 10, 12], [14, 16, 18]]),
        ((image, [[-1, 1, -3], [-1, 1, -3], [-1, 0, -1]]), [[-6, 1, -3], [-6, 1, -3], [-7, 0, -3]]),
    ],
    wrong={
        """
def kernel_gradient(image, arriving):
    gradient = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for row in range(len(arriving)):
        for column in range(len(arriving)):
            for i in range(3):
                for j in range(3):
                    gradient[i][j] = arriving[row][column] * image[row + i][column + j]
    return gradient
""": "Each place overwrites what the places before it have brought. Contributions are added.",
        """
def kernel_gradient(image, arriving):
    gradient = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for row in range(len(arriving)):
        for column in range(len(arriving)):
            for i in range(3):
                for j in range(3):
                    gradient[i][j] += image[row + i][column + j]
    return gradient
""": "You have added up the pixels. A contribution is incoming × local: the gradient that arrives "
        "at the place, times the pixel.",
    },
    hint="A contribution is `arriving[row][column] * pixel`, and it is added to `gradient[i][j]`.",
    explanation="One weight, one sum over all places.",
)

# %% [markdown]
# ### One kernel, or nine?
#
# **You may think** that "the same weights everywhere" means nine neurons whose weights merely
# *begin* alike, and that each place then learns for itself. Let us build that: nine kernels, one
# for each place, that begin alike. Their gradients are not alike, so after one step they are nine
# different kernels. Only if their contributions are added up, and all take the same step, do they
# stay one kernel. Sharing does that by itself.

# %%
own = [[[Value(-1.0), Value(2.0), Value(-1.0)] for _ in range(3)] for _ in EVERYWHERE]
loss = 0
for place, (row, column) in enumerate(EVERYWHERE):
    part = [line[column : column + 3] for line in image[row : row + 3]]
    [[output]] = convolve(part, own[place])  # a map of a single place
    loss = loss + (output - wanted[row][column]) ** 2 / 2
loss.backward()

alone = [weights[0][0].grad for weights in own]
print("each for itself:", *[f"{gradient:.0f}" for gradient in alone])
print(f"their sum: {sum(alone):.0f}   the shared weight: {kernel[0][0].grad:.0f}")

# %% tags=["remove-input"]
assert alone == gathered(0, 0)
assert sum(alone) == kernel[0][0].grad == -6

# %% [markdown]
# ## How few weights that takes
#
# `nn.Conv2d(1, 16, 5, padding=1)` is a layer of 16 kernels of 5 by 5, each with a bias. The 1 is
# the number of **channels** of the image: one, its brightness; an image in colour has 3. The
# **padding** is a frame of blank pixels, here one pixel wide, so that a kernel can lie over the rim
# too. On a digit of 8 by 8 pixels each kernel then has 6 by 6 places.

# %%
predict(
    "How many parameters (weights and biases) do the 16 kernels have together?",
    answer=416,
    wrong={
        400: "Those are the weights. Each kernel has a bias too.",
        41: "That is 25 + 16. Each of the 16 kernels has 25 weights of its own.",
        14976: "A kernel does not get new weights for each of its 36 places.",
        576: "That is the number of outputs, 16 maps of 36. The weights are shared by all places.",
        26: "That is one kernel. There are 16.",
    },
    hint="Each kernel has 5 · 5 weights and one bias, however many places it visits.",
    explanation="16 · (25 + 1). The 16 · 36 = 576 numbers that they output cost no more than that.",
)

# %%
convolution = nn.Conv2d(1, 16, 5, padding=1, seed=0)
same_outputs = nn.Linear(64, 576, seed=0)
print("for 16 · 36 = 576 outputs:")
print("convolution:", len(convolution.parameters()), "parameters")
print("fully connected:", len(same_outputs.parameters()), "parameters")

# %% tags=["remove-input"]
assert (len(convolution.parameters()), len(same_outputs.parameters())) == (416, 37440)
by_hand = nn.Conv2d(1, 1, 3, bias=False, seed=0)
for given, own_row in zip(by_hand.weight[0][0], kernel):
    for weight, value in zip(given, own_row):
        weight.data = value.data
assert numbers(by_hand([image])[0]) == numbers(feature_map)

# %% [markdown]
# ## Pooling: is it there at all?
#
# A feature map says where a feature is. Often all that matters is *that* it is there. **Max
# pooling** keeps the largest number of a window and throws the others away. A large number that
# moves within the window changes nothing any more: **equivariance** has become **invariance**.

# %%
predict(
    "A window of four numbers: a = 1, b = 5, c = 3, d = −2. Max pooling keeps the 5. The "
    "gradient that arrives at the output is 1. What are the gradients of the four?",
    answer=(0, 1, 0, 0),
    names=("a", "b", "c", "d"),
    wrong={
        (1, 1, 1, 1): "Nudge the 3 to 3.01. Does the largest number change?",
        (0.25, 0.25, 0.25, 0.25): "That would be right for the mean of the four. Here only the "
        "largest counts.",
        (1, 5, 3, -2): "These are the numbers themselves. How far does the largest move if one of "
        "them does?",
        (0, 5, 0, 0): "The right one. But if the 5 moves by 0.01, how far does the output move?",
    },
    hint="Nudge each of the four by 0.01. Which of the nudges reaches the output?",
    explanation="Only the 5 reaches the output, and it does so unchanged. The others get 0.",
)

# %%
window = [[Value(1.0), Value(5.0)], [Value(3.0), Value(-2.0)]]
[[[largest]]] = nn.MaxPool2d(2)([window])  # one map, of one row and one column
largest.backward()
print("kept:", largest.data)
print("gradients:", *[value.grad for row in window for value in row])

# %% tags=["remove-input"]
assert largest.data == 5
assert [value.grad for row in window for value in row] == [0, 1, 0, 0]

# %% [markdown]
# ## A network that reads digits
#
# Now everything together: 16 kernels with relu, then for each of them the largest number of its
# whole map (a window of 6 by 6), and a last layer that decides from these 16 numbers alone. It
# learns exactly as the network before it did: cross-entropy, Adam, `fit`.


# %%
class Reader(nn.Module):
    """Image, 16 feature maps, the largest number of each, 10 outputs."""

    def __init__(self, seed):
        generator = random.Random(seed)
        self.convolution = nn.Conv2d(1, 16, 5, padding=1, seed=generator)
        self.pool = nn.MaxPool2d(6)
        self.output = nn.Linear(16, 10, seed=generator)

    def maps(self, image):
        """The feature maps, after relu."""
        maps = self.convolution([image])
        return [[[relu(z) for z in row] for row in rows] for rows in maps]

    def __call__(self, image):
        pooled = self.pool(self.maps(image))
        return self.output([largest for [[largest]] in pooled])


# %%
def trained(network, seed):
    model = network(seed)
    learn(model, train)
    return model


connecteds = [connected, trained(FullyConnected, 1), trained(FullyConnected, 2)]
readers = [trained(Reader, seed) for seed in (0, 1, 2)]

# %%
for name, models in {"fully connected": connecteds, "convolution": readers}.items():
    print(f"{name}, {len(models[0].parameters())} parameters, from three starts:")
    for model in models:
        print(f"  test {accuracy(model, test):.1%}, moved {accuracy(model, shifted):.1%}")

# %% tags=["remove-input"]
reader = readers[0]
results = {"fully connected": connected, "convolution": reader}
assert (len(train), len(test)) == (1438, 359)
found = [
    [round(100 * accuracy(model, part), 1) for model in models]
    for models in (connecteds, readers)
    for part in (test, shifted)
]
assert found == [[93.6, 95.5, 94.2], [39.8, 35.1, 39.3], [96.1, 95.8, 95.3], [89.1, 89.7, 86.4]]
assert [len(model.parameters()) for model in results.values()] == [1210, 586]

# %% [markdown]
# With half of the parameters it reads 95.3 to 96.1% of the digits; the fully connected network
# reads 93.6 to 95.5%. The two ranges overlap: with three starts of each, lesson 12 would say, make
# nothing of that lead. But of the digits that were moved, none of which either has seen in
# training, it reads 86.4 to 89.7%, and the other 35.1 to 39.8%. There is no doubt about that. (Not
# all of them, for what has left the image is gone, and kernels that lie over the rim see the blank
# frame.)
#
# Try it yourself, with both networks (the first start of each). Draw a digit, or take one of the
# ten, and move it about.


# %% tags=["hide-input"]
def image_by(number):
    """64 numbers in a row as 8 rows of 8."""
    return [number[i : i + 8] for i in range(0, 64, 8)]


THREE = next(image for image, digit in test if digit == 3)


def to_the_right(by):
    """A 3, moved by so many pixels, and what both networks read."""
    image = [
        [0.0] * max(by, 0) + row[max(-by, 0) : 8 - max(by, 0)] + [0.0] * max(-by, 0)
        for row in THREE
    ]
    reads = []
    for name, model in results.items():
        shares = [share.data for share in softmax(model(image))]
        best = shares.index(max(shares))
        reads.append(f"{name}: {best} ({shares[best]:.0%})")
    text = "; ".join(reads)
    return text, figures.receptive_field_image(image, [], title=text)


drawing = hands.pad(
    {
        "fully connected": lambda pixels: softmax(connected(image_by(pixels))),
        "convolution": lambda pixels: softmax(reader(image_by(pixels))),
    },
    [flat(next(image for image, target in test if target == digit)) for digit in range(10)],
    [str(digit) for digit in range(10)],
    start=3,
    how="Draw with the mouse or a finger. The arrows move what is there by one pixel.",
)
slider("pixels to the right", range(-2, 3), to_the_right, start=0, live=drawing)

# %% [markdown]
# These are the kernels it has learned. Nobody drew them.

# %% tags=["hide-input"]
show(
    figures.kernel_images(reader.convolution),
    "The 16 kernels of 5 by 5. Blue speaks for ink, orange against it. Some have a blue and an "
    "orange part side by side: they answer to an edge or a stroke, each in its own direction.",
)

# %% [markdown]
# And this is what they make of the digits. Move the slider to see, for each digit, its first image
# in the test data, the feature maps, and what is left of each map: its largest number.


# %% tags=["hide-input"]
def reading(digit):
    """One test image of a digit, its feature maps, and what the network reads."""
    example = next(image for image, target in test if target == digit)
    maps = numbers_of(reader.maps(example))
    scores = [score.data for score in reader(example)]
    largest = [f"{max(flat(rows)):.1f}" for rows in maps]
    read = scores.index(max(scores))
    pictures = {
        "the image": figures.receptive_field_image(example, []),
        "the 16 maps, and the largest number of each": figures.weight_images(
            [flat(rows) for rows in maps], width=6, columns=4, names=largest, label="activation"
        ),
    }
    return f"it reads a {read}", Beside(pictures)


def numbers_of(maps):
    return [numbers(rows) for rows in maps]


slider("digit", range(10), reading)

# %% [markdown]
# ## What is thrown away
#
# **You may think** that it is always a gain not to care about the place. It is one if the place
# says nothing about the answer. Here is a task in which it says everything: an upright bar of three
# pixels stands somewhere in the image. Is it in the left half or in the right half?
#
# Both networks may learn from all 48 images there are, and are asked about the same 48. The kernels
# here have 3 by 3 weights, and enough padding for each weight to meet every pixel.


# %% tags=["hide-input"]
def bar(row, column):
    image = [[0.0] * 8 for _ in range(8)]
    for k in range(3):
        image[row + k][column] = 1.0
    return image


class Anywhere(nn.Module):
    """The largest number of each of 8 feature maps, whose kernels go over every pixel, decides."""

    def __init__(self, seed):
        generator = random.Random(seed)
        self.convolution = nn.Conv2d(1, 8, 3, padding=2, seed=generator)
        self.pool = nn.MaxPool2d(10)
        self.output = nn.Linear(8, 2, seed=generator)

    def __call__(self, image):
        maps = [[[relu(z) for z in row] for row in rows] for rows in self.convolution([image])]
        return self.output([largest for [[largest]] in self.pool(maps)])


class Halves(FullyConnected):
    """64 pixels, 16 hidden neurons, 2 outputs."""

    def __init__(self, seed):
        self.network = nn.MLP(64, [16, 2], activation="relu", seed=seed)


# %%
bars = [(bar(row, column), int(column >= 4)) for row in range(6) for column in range(8)]

# %%
predict(
    "Which of the two learns to tell left from right?",
    options=["both", "only the fully connected one", "only the one with convolution", "neither"],
    answer="only the fully connected one",
    wrong={
        "both": "Pooling keeps the largest number of each map. Where in the map was it?",
        "only the one with convolution": "Its last layer gets one number from each map. Does that "
        "number change when the bar moves?",
        "neither": "One of them has a weight for each pixel, so it can weigh left and right "
        "differently.",
    },
    hint="What does the last layer get to see, once pooling is done?",
    explanation="Pooling over the whole map has thrown the place away, and no last layer can bring "
    "it back.",
)

# %%
for seed in range(3):
    halves = Halves(seed)
    learn(halves, bars, epochs=40)
    print(f"fully connected, start {seed}: {accuracy(halves, bars):.0%} of the 48 bars right")

anywhere = Anywhere(seed=0)
learn(anywhere, bars, epochs=40)
print(f"convolution: {accuracy(anywhere, bars):.0%} of the 48 bars right")

# %% tags=["remove-input"]
assert accuracy(halves, bars) == 1 and accuracy(anywhere, bars) == 0.5
for model in (anywhere, Anywhere(seed=1), Anywhere(seed=2)):  # trained or not
    outputs = [[score.data for score in model(image)] for image, _ in bars]
    assert all(output == outputs[0] for output in outputs)

# %% [markdown]
# To the second network all 48 images are one and the same: it outputs the same two numbers for
# each of them, to the last bit. Half of its answers are right, as if it had tossed a coin. No other
# start is needed to see that: it is so whatever its weights are.
#
# So the shape of a network says what you take for granted about the data. Convolution says: what
# belongs together lies close together, and looks the same everywhere. Pooling says: a little to the
# left or right does not matter. Where that is true, the network need not learn it from examples,
# and gets by with fewer weights. Where it is not true, no training can repair it.
#
# That is also why larger networks pool only a little at a time. They put a convolution on top of
# the pooled maps, and another on top of that. The receptive field grows from layer to layer, and
# with it what a feature can stand for: edges first, shapes later.

# %%
image_values = [[[Value(0.0) for _ in range(8)] for _ in range(8)]]
twice = nn.Sequential(nn.Conv2d(1, 1, 3, seed=0), nn.Conv2d(1, 1, 3, seed=1))
seen = nn.receptive_field(twice(image_values)[0][0][0], image_values)
print(f"two kernels of 3 by 3, one on top of the other, see {len(seen)} pixels")

# %% tags=["remove-input"]
assert len(seen) == 25

# %% [markdown]
# ## In short
#
# - A convolution slides one small kernel over the image and writes a weighted sum at each place:
#   the feature map.
# - Each number of the map sees a local receptive field; all places share the same few weights.
# - The gradient of a shared weight is the sum of its contributions from all places.
# - Move the input, and the map moves along. Pooling then keeps that a feature is there, and throws
#   away where.
# - 586 parameters read about 96% of the digits, and, unlike the fully connected network, most of
#   those moved by a pixel.
# - The shape of a network is a statement about the data. It helps where the statement is true.
#
# ## Exercises

# %%
exercise(
    "A kernel of 3 by 3 slides over an image of 28 by 28, without padding. How many numbers are in "
    "the feature map?",
    answer=676,
    wrong={
        784: "That is 28 · 28. Near the rim the kernel does not fit.",
        625: "28 − 3 + 1 places in each direction, not 28 − 3.",
        26: "That is the number of places in one direction.",
        81: "The kernel moves by one pixel at a time, not by three.",
    },
    hint="In one direction there are 28 − 3 + 1 places.",
    explanation="26 places in each direction, and 26 · 26 = 676.",
)

# %%
exercise(
    "A signal 1, 2, 4 and a kernel (a, b): the map is a · 1 + b · 2, then a · 2 + b · 4. The "
    "gradient that arrives is 1 at the first place and 3 at the second. What are the gradients of "
    "a and b?",
    answer=(7, 14),
    names=("a", "b"),
    wrong={
        (1, 2): "That is the first place alone. Each weight was used at two places.",
        (6, 12): "That is the second place alone. Contributions are added.",
        (3, 6): "Those are the sums of the pixels. Each is first multiplied by what arrives.",
        (14, 7): "It is the other way round: under a lay 1 and 2, under b lay 2 and 4.",
    },
    hint="For a: 1 · 1 from the first place, and 3 · 2 from the second.",
    explanation="a: 1 · 1 + 3 · 2 = 7. b: 1 · 2 + 3 · 4 = 14.",
)

# %%
exercise(
    "An image in colour has 3 channels. A layer of 8 kernels of 3 by 3 looks at all three at once. "
    "How many parameters does it have?",
    answer=224,
    wrong={
        80: "That is for one channel. A kernel has 3 · 3 weights for each of the 3 channels.",
        216: "You forgot the 8 biases.",
        240: "A kernel has one bias, not one for each channel.",
        27: "That is the number of weights of one kernel. There are 8, and each has a bias.",
    },
    hint="Each kernel has 3 · 3 · 3 weights and one bias.",
    explanation="8 · (27 + 1) = 224.",
)

# %% tags=["remove-input"]
assert len(nn.Conv2d(3, 8, 3).parameters()) == 224

# %%
exercise(
    "For which task is a convolution the wrong choice?",
    options=[
        "find scratches in photographs of glass",
        "predict a price from a house's size, age and number of rooms",
        "find a word in a recording of speech",
    ],
    answer="predict a price from a house's size, age and number of rooms",
    wrong={
        "find scratches in photographs of glass": "A scratch is local, and looks the same "
        "wherever it is.",
        "find a word in a recording of speech": "A sound is local in time, and may come at any "
        "moment.",
    },
    hint="In which of them does it mean something to be a neighbour, and could the same thing "
    "appear elsewhere?",
    explanation="Size, age and rooms have no order: none is the neighbour of another, and a weight "
    "for one makes no sense for the next.",
)

# %% [markdown]
# ## Sources
#
# - David Hubel and Torsten Wiesel, "Receptive fields, binocular interaction and functional
#   architecture in the cat's visual cortex", *Journal of Physiology* 160, 1962: cells that answer
#   to edges in one small part of what is seen.
# - Kunihiko Fukushima, "Neocognitron: a self-organizing neural network model for a mechanism of
#   pattern recognition unaffected by shift in position", *Biological Cybernetics* 36, 1980.
# - Yann LeCun and others, "Backpropagation applied to handwritten zip code recognition", *Neural
#   Computation* 1, 1989: shared kernels, learned by backpropagation, read digits.
# - Ian Goodfellow, Yoshua Bengio and Aaron Courville, *Deep Learning*, 2016, chapter 9.
# - Ethem Alpaydın and Cenk Kaynak, "Optical recognition of handwritten digits", UCI Machine
#   Learning Repository, 1998: the digits of this course.

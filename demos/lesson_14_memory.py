# %% [markdown]
# # Lesson 14. Memory and attention
#
# After this lesson you can
#
# - unroll a recurrent network over time, and say why its gradient fades or explodes;
# - say what the gates of LSTM and GRU do about it, and what they do not;
# - compute attention by hand: dot products, softmax, a weighted mean;
# - say what attention does not know, and how one tells it;
# - put together a small GPT from parts you know, and let it make up names.
#
# So far all our networks have got everything at once. But a sentence, a melody or a name comes one
# piece after another, and may be long or short. Even a digit can come like that: row by row, from
# the top. There are two ways to deal with this. The first is *memory*: read piece after piece, and
# keep in mind what counts. The second is *attention*: keep all the pieces, and look back at what
# you need.

# %% tags=["remove-input"]
from tinygrad_neuron.course import exercise, hands, predict, show, slider, task
from tinygrad_neuron.draw import figures

# %% [markdown]
# ## A network that reads on
#
# A **recurrent network** (RNN) has a **hidden state** $h$, its memory: a list of numbers. At each
# **step** it gets one piece of the input, $x_t$, and its own last state, $h_{t-1}$, and makes the
# next state from them:
#
# $$h_t = \tanh(W x_t + U h_{t-1} + b)$$
#
# Here $W$ and $U$ are tables of weights: each number of the new state has a weight for each number
# of the input and for each number of the last state. The weights are the same at every step. In
# lesson 13 a kernel was shared by all places; here the weights are shared by all moments. Drawn out
# step by step, **unrolled**, it is an ordinary deep network, with one layer for each step.

# %% tags=["hide-input"]
import math
import random
from statistics import median

from tinygrad_neuron import compile, datasets, losses, nn, optim, softmax, training

show(
    figures.recurrence(nn.RNN(8, 16, seed=0), steps=4),
    "Left: a cell whose state goes back into it. Right: the same cell, unrolled over four steps. "
    "It is one set of weights, used four times. (In the line below, the W with ih, from input to "
    "hidden, is our W; the W with hh, from hidden to hidden, is our U; and the two biases add up "
    "to our b.)",
)


# %%
class RowReader(nn.Module):
    """A digit, row by row: 8 steps of 8 pixels, a state of 16 numbers."""

    def __init__(self):
        self.memory = nn.RNN(8, 16, seed=0)
        self.output = nn.Linear(16, 10, seed=1)

    def __call__(self, rows):
        states, _ = self.memory(rows)
        return self.output(states[-1])  # the answer, after the last row


# %% tags=["hide-input"]
learning, unseen = datasets.train_test_split(datasets.digits(), test_fraction=0.2, seed=0)


def rows_of(pixels):
    return [[ink / 16 for ink in pixels[i : i + 8]] for i in range(0, 64, 8)]


train = [(rows_of(pixels), digit) for pixels, digit in learning]
test = [(rows_of(pixels), digit) for pixels, digit in unseen]

# %%
reader = RowReader()
optimiser = optim.Adam(reader.parameters(), lr=0.01)
training.fit(reader, losses.cross_entropy, train, optimiser, epochs=6, progress=False)
outputs = compile(reader).map([(rows,) for rows, _ in test])
right = training.accuracy(outputs, [digit for _, digit in test])
print(f"{len(reader.parameters())} parameters, {right:.1%} of the test right")

# %% tags=["remove-input"]
assert len(reader.parameters()) == 586 and round(100 * right, 1) == 88.3

# %% [markdown]
# It reads 88.3% of the digits, though it never sees more than one row at a time. All it knows of
# the rows before is in its 16 numbers.
#
# ## What becomes of a gradient on the way back
#
# Going backwards through time is going backwards through a deep network: the gradient goes from the
# last step to the one before, and so on to the first. Each step multiplies it by its local
# derivative, as in lesson 5. To see what that does, leave out tanh, the input and all but one
# number of the state: $h_t = u \cdot h_{t-1}$.

# %%
predict(
    "u = 0.5. How large, roughly, is the gradient of the state 10 steps ago, if that of the last "
    "one is 1?",
    options=["5", "0.5", "0.05", "0.001"],
    answer="0.001",
    wrong={
        "5": "That is 10 · 0.5. Along a path local derivatives are multiplied, not added.",
        "0.5": "That is one step back.",
        "0.05": "That is 0.5 / 10. Each step halves it anew.",
    },
    explanation="0.5 · 0.5 · … · 0.5, ten times, is about 0.00098. Hardly anything can be learned "
    "any more from what happened ten steps ago.",
)

# %%
for u in (0.5, 0.9, 1.0, 1.1, 1.5):
    print(f"u = {u}: after 10 steps {u**10:.3g}, after 30 steps {u**30:.3g}")

# %% tags=["remove-input"]
assert f"{0.5**10:.3g}" == "0.000977"
assert (f"{1.5**30:.3g}", f"{0.5**30:.3g}") == ("1.92e+05", "9.31e-10")

# %% [markdown]
# Below 1 the gradient **vanishes**, above 1 it **explodes**, and only at 1 does it keep its size.
# That is the vanishing gradient of lesson 11 once more, and worse: here it is the *same* factor
# each time. (Against an exploding gradient there is a simple remedy: where it is too long, shorten
# it. That is **gradient clipping**. It does not help against a vanishing one.)
#
# ## A gate for what is kept
#
# If a factor of 1 is what one wants, why not build it in? In 1997 Sepp Hochreiter and Jürgen
# Schmidhuber gave the network a second memory, the **cell** $c$, which is neither squashed by tanh
# nor multiplied by weights on its way. In 2000 Felix Gers, Schmidhuber and Fred Cummins added the
# **forget gate** $f$. This is the **LSTM**, the "long short-term memory":
#
# $$c_t = f_t \, c_{t-1} + i_t \, g_t, \qquad h_t = o_t \, \tanh(c_t)$$
#
# A **gate** is a number from 0 to 1, a sigmoid neuron that sees the input and the last state: $f$
# says how much of the cell is kept, $i$ how much of the new value $g$ is written, $o$ how much is
# shown. ($g$ comes from a tanh neuron that sees the same. If the state has 8 numbers, so has the
# cell; each of them has its own three gates and its own $g$, and the formulas hold for each.) The
# network learns when to open which.

# %%
predict(
    "The forget gate is at 0.9 all the time. The gradient of the cell goes back 20 steps, along "
    "the cell alone. By how much is it multiplied in all (to two digits)?",
    answer=0.12,
    tolerance=0.05,
    wrong={
        18: "That is 20 · 0.9. The factors of a path are multiplied.",
        0.9: "That is one step.",
        0.045: "That is 0.9 / 20. Each step takes its tenth of what is left.",
        1: "Only if the gate is at 1, fully open.",
    },
    hint="The local derivative of each step is f. So it is f to the power of 20.",
    explanation="0.9 to the power of 20 is 0.12. With a gate at 0.5 it would be 0.000001.",
)

# %% [markdown]
# So is all well with an LSTM? Let us measure. We take untrained networks with a state of 8 numbers,
# give them 30 random inputs, and ask how long the gradient of the state is at every step (its
# norm). One network may be luck, so we take 30 of each kind, and of them the median.


# %%
def fading(network, seeds=30, steps=30):
    """The gradient at each step, as a share of that at the last: the median."""
    ratios = []
    for seed in range(seeds):
        generator = random.Random(seed)
        inputs = [[generator.uniform(-1, 1)] for _ in range(steps)]
        states, _ = network(seed)(inputs)
        sum(states[-1]).backward()
        norms = training.gradient_norms(states)
        ratios.append([norm / norms[-1] for norm in norms])
    return [median(column) for column in zip(*ratios)]


kinds = {
    "RNN": lambda seed: nn.RNN(1, 8, seed=seed),
    "LSTM": lambda seed: nn.LSTM(1, 8, seed=seed),
    "GRU": lambda seed: nn.GRU(1, 8, seed=seed),
}
measured = {name: fading(network) for name, network in kinds.items()}

# %% tags=["hide-input"]
show(
    figures.gradients_by_step(measured),
    "The gradient at each step, as a share of that at the last (on the right). Note the scale: "
    "each line of the grid stands for ten times as much as the one below it.",
)

# %%
for name, curve in measured.items():
    print(f"{name:4}  5 steps ago {curve[-6]:.3f}   at the first {curve[0]:.1e}")

# %% tags=["remove-input"]
rnn, lstm, gru = measured.values()
assert [f"{curve[0]:.0e}" for curve in (rnn, lstm, gru)] == ["7e-09", "5e-07", "2e-06"]
assert [round(curve[-6], 3) for curve in (rnn, lstm)] == [0.033, 0.012] and gru[-6] > rnn[-6]
assert f"{0.5**29:.9f}" == "0.000000002"

# %% [markdown]
# (The **GRU** of 2014 is a simpler relative: a state, no cell, and two gates, one of which says how
# much of the state is kept.)
#
# **You may think** that an LSTM keeps gradients because it is an LSTM. Look at the numbers. At the
# first of 30 steps all three have lost nearly everything. Five steps ago the LSTM has even *less*
# left than the plain network, 0.012 against 0.033. Why? At the start its gates are about half open,
# and 0.5 to the power of 29 is 0.000000002. A gate keeps only as much as it is open.
#
# So open it. The bias of the forget gate may start larger: with 3, say, the sigmoid is at 0.95.
# Move the slider and watch the gradient under the gate. (In the frame for 0 the bias is exactly 0.
# Before, it was a small random number, as usual, so the line was slightly different.)

# %% tags=["hide-input"]
BIASES = [-2, 0, 1, 2, 3, 5]
gated = {
    bias: fading(lambda seed, bias=bias: nn.LSTM(1, 8, seed=seed, forget_bias=bias), seeds=15)
    for bias in BIASES
}


def under_gate(bias):
    """The gradients of an LSTM whose forget gates start with this bias, beside a plain RNN's."""
    gate = 1 / (1 + math.exp(-bias))
    curves = {"RNN": rnn, "LSTM": gated[bias]}
    text = f"gate about {gate:.2f}: at the first step {gated[bias][0]:.1e} is left"
    return text, figures.gradients_by_step(curves)


slider("bias of the forget gate", BIASES, under_gate, start=0)

# %% tags=["remove-input"]
firsts = [gated[bias][0] for bias in BIASES]
assert sorted(firsts) == firsts
assert round(firsts[-1], 2) == 0.05 and round(firsts[-1] / firsts[1], -6) == 2e6

# %% [markdown]
# The wider the gate is open, the higher the line. At 5, where the gate is at 0.99, about 5% of the
# gradient arrives at the first step, about two million times as much as with the gate half open.
# This is why LSTMs are often started with a bias of 1 or more.
#
# So far we have measured untrained networks, the median of several. It does not follow that the one
# with the larger gradient learns better in the end. To know that, one has to train.
#
# ### Put to the test
#
# The task: 20 numbers come in, one at a time. Was the *first* of them more or less than 0? The
# other 19 say nothing about that. Each network trains for 15 epochs on 200 sequences; we ask it
# about 200 others.


# %%
class Rememberer(nn.Module):
    """Reads a sequence, and says at the end what its state tells."""

    def __init__(self, memory, seed):
        self.memory = memory
        self.output = nn.Linear(6, 1, seed=seed)

    def __call__(self, sequence):
        states, _ = self.memory(sequence)
        return self.output(states[-1])[0]


def remembers(memory, seed, length=20):
    """The share of new sequences whose first number is known at the end."""
    generator = random.Random(seed)
    examples = []
    for _ in range(400):
        sequence = [[generator.gauss(0, 1)] for _ in range(length)]
        sequence[0] = [generator.choice((-1.0, 1.0))]
        examples.append((sequence, float(sequence[0][0] > 0)))
    model = Rememberer(memory, seed)
    optimiser = optim.Adam(model.parameters(), lr=0.02)
    training.fit(
        model,
        losses.binary_cross_entropy_with_logits,
        examples[:200],
        optimiser,
        epochs=15,
        batch_size=20,
        progress=False,
    )
    outputs = compile(model).map([(x,) for x, _ in examples[200:]])
    return training.accuracy(outputs, [int(t) for _, t in examples[200:]])


# %%
trials = {
    "RNN": lambda seed: nn.RNN(1, 6, seed=seed),
    "LSTM": lambda seed: nn.LSTM(1, 6, seed=seed),
    "LSTM, gate open": lambda seed: nn.LSTM(1, 6, seed=seed, forget_bias=3.0),
}
known = {
    name: [remembers(memory(seed), seed) for seed in range(4)] for name, memory in trials.items()
}
for name, shares in known.items():
    print(f"{name:16}", *[f"{share:.0%}" for share in shares])

# %% tags=["remove-input"]
solved = {name: sum(share > 0.9 for share in shares) for name, shares in known.items()}
assert solved == {"RNN": 1, "LSTM": 0, "LSTM, gate open": 3}, known
assert [f"{known['RNN'][seed]:.0%}" for seed in (0, 2)] == ["89%", "34%"], known

# %% [markdown]
# Guessing would be right half of the time. We say that the task is learned if more than 90% are
# right. In 15 epochs the LSTM as it comes has not learned it from any of its four starts. The plain
# network has managed it from one, and with 89% has come close from another. (From a third it ends
# below guessing, at 34%: it was still in the middle of learning.) With its forget gate open, the
# LSTM has managed it from three of the four. On this task, from these starts, the open gate made
# the difference between the two LSTMs. Four starts are few: do not conclude more from them than
# that.
#
# ## Attention: look it up
#
# A state of a few numbers is a narrow door: everything that came before must pass through it. In
# 2014 Dzmitry Bahdanau, Kyunghyun Cho and Yoshua Bengio let a translating network look back at
# *all* the states, and choose. That is **attention**, and you have all you need for it. (Theirs
# used a small network to judge what fits. We take the dot product, as the transformer of 2017
# does.)
#
# In lesson 4 the dot product of a weight vector and an input said how well the input fits a
# template. Now each piece offers a vector, its **key**: "this is what I have". And whoever is
# looking has a vector too, the **query**: "this is what I am looking for". The dot product of query
# and key says how well they fit. Softmax turns these scores into shares. And the result is the mean
# of what the pieces have to tell, their **values**, weighted by these shares:
#
# $$a_j = \mathrm{softmax}_j\left(\frac{q \cdot k_j}{\sqrt{n}}\right), \qquad y = \sum_j a_j v_j$$
#
# (Here $a_j$ is the share of piece $j$, and $n$ is how many numbers a key has. The Greek capital
# sigma, Σ, says: add up over all pieces $j$. With many numbers dot products become large, as in
# lesson 10, and softmax would give nearly everything to one piece; dividing by the root holds them
# back.)

# %%
predict(
    "Two pieces have the values 10 and 20. The query fits both keys equally well. What comes out?",
    answer=15,
    wrong={
        30: "The shares of a softmax add up to 1. It is a mean, not a sum.",
        10: "That would take a query that fits the first key much better.",
        20: "That would take a query that fits the second key much better.",
        0.5: "That is the share that each of them gets.",
    },
    hint="Equal scores get equal shares, 0.5 and 0.5.",
    explanation="0.5 · 10 + 0.5 · 20.",
)


# %%
def attend(query, keys, values):
    """The share of each piece, and the mean of the values, weighted by the shares."""
    root = math.sqrt(len(query))
    scores = [sum(q * k for q, k in zip(query, key)) / root for key in keys]
    shares = [share.data for share in softmax(scores)]
    return shares, sum(a * v for a, v in zip(shares, values))


keys = [[2, 0], [0, 2], [-2, 0], [0, -2]]  # right, up, left, down
values = [10, 20, 30, 40]
shares, y = attend([2, 0], keys, values)
print("shares:", *[f"{share:.3f}" for share in shares])
print(f"y = {y:.1f}")

# %% [markdown]
# Turn the query, and the shares are dealt out anew. Make it longer, and the choice becomes sharper.


# %% tags=["hide-input"]
def turned(degrees):
    """Scores and shares for a query that points in this direction."""
    angle = math.radians(degrees)
    query = [2 * math.cos(angle), 2 * math.sin(angle)]
    shares, y = attend(query, keys, values)
    grids = {
        "query": [[round(number, 2) + 0.0 for number in query]],
        "right   up   left   down": [[round(share, 3) for share in shares]],
        "y": [[round(y, 1)]],
    }
    text = " ".join(f"{share:.2f}" for share in shares)
    return f"shares {text}, y = {y:.1f}", figures.number_grids(grids, between=["→", "→"])


DIRECTIONS = dict(zip(["right", "up", "left", "down"], keys))
query = hands.attention(DIRECTIONS, values, query=[2, 0], reach=3)
slider("degrees", range(0, 361, 30), turned, start=0, live=query)

# %% tags=["remove-input"]
assert [f"{share:.3f}" for share in shares] == ["0.892", "0.053", "0.003", "0.053"]
halfway, _ = attend([math.sqrt(2), math.sqrt(2)], keys, values)
assert abs(halfway[0] - halfway[1]) < 1e-12 and halfway[0] > 0.49
[[library]] = nn.scaled_dot_product_attention([[2.0, 0.0]], keys, [[v] for v in values])
assert abs(library.data - y) < 1e-9

# %% [markdown]
# Nothing here is new: a dot product, a softmax, a mean. And all of it has derivatives, so where to
# look can be learned. A query between two keys gets a bit of both: attention is a look-up with soft
# edges.

# %%
task(
    "Write `shares`, which gets a query and a list of keys and returns the share of each key: dot "
    "products, divided by the root of how many numbers the query has, then softmax. (`exp` and "
    "`sqrt` are there.)",
    start="""
def shares(query, keys):
    scores = [sum(q * k for q, k in zip(query, key)) for key in keys]
    return scores
""",
    solution="""
def shares(query, keys):
    scores = [sum(q * k for q, k in zip(query, key)) / sqrt(len(query)) for key in keys]
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]
""",
    cases=[
        (([0.0, 0.0], [[1.0, 2.0], [3.0, 4.0]]), [0.5, 0.5]),
        (([2.0], [[0.0], [1.0]]), [1 / (1 + math.exp(2)), 1 / (1 + math.exp(-2))]),
        (
            ([1.0, 1.0, 1.0, 1.0], [[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]]),
            [1 / (1 + math.exp(-2)), 1 / (1 + math.exp(2))],
        ),
    ],
    wrong={
        """
def shares(query, keys):
    scores = [sum(q * k for q, k in zip(query, key)) for key in keys]
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]
""": "That is right but for one thing: the scores are first divided by the "
        "root of how many numbers the query has.",
    },
    given={"exp": math.exp, "sqrt": math.sqrt},
    hint="Softmax: e to the power of each score, divided by the sum of all of these.",
    explanation="Shares, all of them positive, that add up to 1.",
)

# %% [markdown]
# ## A sequence that looks at itself
#
# In **self-attention** every piece plays all three parts: it looks (query), is looked at (key), and
# tells (value). Three layers without an activation make the three vectors of each piece; their
# weights are what is learned. All pieces look at the same time, and none has to wait for the one
# before. And every piece is only one step away from every other. On these two advantages rests the
# **transformer** of 2017.

# %%
predict(
    "Self-attention gets the pieces a, b, c, and then the same pieces in the order c, a, b. What "
    "happens to the output for a?",
    options=["it changes, for a now stands elsewhere", "it stays the same"],
    answer="it stays the same",
    wrong={
        "it changes, for a now stands elsewhere": "What goes into it? The query of a, and the "
        "keys and values of all three. Is the place among them?"
    },
    explanation="The same query, the same three keys, the same three values, in another order. A "
    "sum does not care about the order.",
)

# %%
attention = nn.MultiheadAttention(4, 1, seed=0)
a, b, c = [1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 1.0, 1.0]


def output_for_a(sequence):
    outputs, _ = attention(sequence, sequence, sequence)
    return " ".join(f"{y.data:.4f}" for y in outputs[sequence.index(a)])


print("a, b, c:", output_for_a([a, b, c]))
print("c, a, b:", output_for_a([c, a, b]))

# %% tags=["remove-input"]
assert output_for_a([a, b, c]) == output_for_a([c, a, b])

# %% [markdown]
# **You may think** that a network which reads a sequence must know its order. An RNN does, for it
# reads one piece after the other. Attention by itself does not: to it a sequence is a bag. So one
# *adds* to each piece a vector that says at which place it stands, a **positional embedding**. It
# is learned like everything else.
#
# ## The finale: a GPT that makes up names
#
# Put it all together. The pieces are the letters of a name. An **embedding** gives each letter a
# vector; the positional embedding adds the place. One transformer block follows: self-attention, in
# which each letter may look at itself and those before it but not at those after it, for these it
# has to predict (a **causal mask** hides them), then a small network of relu neurons for each
# letter. What each of the two finds is *added* to what came in, so that gradients have a straight
# way back. At the end a layer without an activation gives a score to each of 27 signs, the letters
# and a dot for the end: which comes next? The loss is the cross-entropy of lesson 9.
#
# One small part is new. A **layer norm** stands before the attention and before the relu network.
# It moves and stretches the numbers of each vector so that their mean is 0 and their typical size
# 1, for the reason given in lesson 10: numbers that are too large or too small stop the learning.
#
# The names are first names, a list written down for this book. Here we use only those of up to 5
# letters.

# %% tags=["remove-input"]
from tinygrad_neuron.course.lessons import folder

lines = (folder() / "names.txt").read_text(encoding="utf-8").splitlines()
names = [line for line in lines if not line.startswith("#") and len(line) <= 5]

# %%
signs = ".abcdefghijklmnopqrstuvwxyz"  # the dot begins and ends a name


class GPT(nn.Module):
    def __init__(self, width=16):
        self.letters = nn.Embedding(27, width, seed=0)
        self.places = nn.PositionalEmbedding(width, 8, seed=1)
        self.block = nn.TransformerEncoderLayer(
            width, nhead=2, dropout=0.0, norm_first=True, seed=2
        )
        self.output = nn.Linear(width, 27, seed=3)

    def __call__(self, tokens):
        x = self.places(self.letters(tokens))
        return self.output(self.block(x, is_causal=True))

    def loss(self, tokens):
        return losses.cross_entropy(self(tokens[:-1]), tokens[1:])


# %%
gpt = GPT()
print(len(gpt.parameters()), "parameters,", len(names), "names of up to 5 letters")
loss = compile(gpt.loss)
optimiser = optim.Adam(gpt.parameters(), optim.cosine_decay(0.01, 200))
generator = random.Random(0)
curve = []
with loss.trainer(optimiser) as trainer:  # its step is loss, backward pass and step in one
    for _ in range(200):
        batch = sorted(generator.sample(names, 8), key=len)
        tokens = [[signs.index(sign) for sign in f".{n}."] for n in batch]
        curve.append(trainer.step([(t,) for t in tokens]))
print(f"loss {sum(curve[:10]) / 10:.2f} -> {sum(curve[-50:]) / 50:.2f}")

# %% [markdown]
# Guessing blindly among 27 signs costs ln 27 = 3.30, and that is about where it begins. (The 3.21
# is the mean of the first ten steps, and 2.25 that of the last fifty.)
#
# Now let it write: begin with a dot, draw the next sign at random by the shares that it gives, and
# go on until it draws the dot. The scores are divided by 0.7 before the softmax, which makes likely
# signs likelier still. This number is called the **temperature**, and we have chosen it.

# %%
write = compile(gpt)


def made_up():
    tokens = [0]
    while len(tokens) < 8:
        [scores] = write.map([(tokens,)])
        shares = [math.exp(z / 0.7) for z in scores[-1]]
        tokens += generator.choices(range(27), shares)
        if tokens[-1] == 0:
            break
    return "".join(signs[token] for token in tokens).strip(".")


print("made up:", *[made_up() for _ in range(12)])

# %% [markdown]
# Some are names, some could be, some could not. Four thousand parameters, two hundred steps, and
# nobody has told it what a vowel is.
#
# Where does it look? Move the slider along a name. For each letter you see its **row of
# attention**: how it shares out its attention among the letters before it and itself, in each of
# two heads (a **head** is one attention; here two of them look side by side).

# %% tags=["hide-input"]
NAME = "maria"
tokens = [signs.index(sign) for sign in f".{NAME}"]
normal = gpt.block.norm1(gpt.places(gpt.letters(tokens)))
_, heads = gpt.block.self_attn(normal, normal, normal, is_causal=True, average_attn_weights=False)
rows = [[[round(share.data, 2) for share in row] for row in head] for head in heads]
LOOKING = [f"{sign} (sign {place})" for place, sign in enumerate(f".{NAME}")]


def row_of(looking):
    """The attention of one letter of the name, in both heads."""
    place = LOOKING.index(looking)
    grid = [head[place] for head in rows]
    unseen = [(i, j) for i in range(2) for j in range(place + 1, len(tokens))]
    name = "       ".join(f".{NAME}")
    text = "; ".join(
        f"head {i}: " + " ".join(f"{share:.2f}" for share in row[: place + 1])
        for i, row in enumerate(grid)
    )
    return text, figures.number_grids(
        {name: grid}, hidden={name: unseen}, framed={name: [(0, place), (1, place)]}
    )


slider("looking", LOOKING, row_of, start=LOOKING[-1])

# %% tags=["remove-input"]
assert len(gpt.parameters()) == 4299 and len(names) == 1146
assert round(sum(curve[-50:]) / 50, 2) == 2.25 and round(sum(curve[:10]) / 10, 2) == 3.21
assert f"{math.log(27):.2f}" == "3.30"
for head in heads:
    for place, row in enumerate(head):
        assert abs(sum(share.data for share in row) - 1) < 1e-9
        assert all(share.data == 0 for share in row[place + 1 :])

# %% [markdown]
# The first sign can only look at itself. Each row adds up to 1, and the places after the letter
# that looks are empty: that is the causal mask. What these rows *mean*, they do not say; what one
# can ask of single neurons is the subject of lesson 15.
#
# The page "A small GPT makes up names" of this book has a GPT of the same kind, as a program of its
# own: `python demos/names_gpt.py` trains it longer, and on longer names. The models behind chatbots
# are built from the same kinds of parts: more blocks, wider vectors, pieces of words in place of
# letters, and billions of parameters in place of our four thousand.
#
# ## In short
#
# - A recurrent network uses the same weights at every step. On the way back through time the
#   gradient is multiplied at each step: it vanishes or explodes.
# - The gates of LSTM and GRU can keep it, as far as they are open. The name alone does nothing.
# - Attention: the dot products of a query with all keys, softmax, the weighted mean of the values.
# - Attention does not know the order; positions are added.
# - A GPT is embeddings, attention with a causal mask, a small relu network, sums, layer norms, and
#   cross-entropy.
#
# ## Exercises

# %%
exercise(
    "At every step the state is multiplied by 0.8. How large is its gradient three steps back, if "
    "at the last step it is 1?",
    answer=0.512,
    wrong={
        2.4: "That is 3 · 0.8. Factors are multiplied.",
        0.8: "That is one step back.",
        0.64: "That is two steps back.",
        0.4: "That is 1 with 0.2 taken away three times. It is multiplied by 0.8 three times.",
    },
    hint="0.8 · 0.8 · 0.8.",
    explanation="0.8 · 0.8 · 0.8 = 0.512.",
)

# %%
exercise(
    "The cell is c = 4. The forget gate is 0.5, the input gate 1, and what is written is −1. What "
    "is the cell after this step?",
    answer=1,
    wrong={
        3: "That would be with the forget gate at 1: 4 − 1.",
        2: "That is what is kept. Something is written too.",
        1.5: "The forget gate is for the old cell alone. What is written is multiplied by the "
        "input gate.",
        -1: "That would be with the forget gate at 0.",
    },
    hint="c = f · c + i · g.",
    explanation="0.5 · 4 + 1 · (−1) = 1.",
)

# %%
exercise(
    "The query is (1, 2), and the keys are (2, 0), (0, 2) and (1, 1). Which piece gets the largest "
    "share?",
    options=["the first", "the second", "the third"],
    answer="the second",
    wrong={
        "the first": "1 · 2 + 2 · 0 = 2. Another dot product is larger.",
        "the third": "1 · 1 + 2 · 1 = 3. Another dot product is larger.",
    },
    hint="The dot product with each key.",
    explanation="The dot products are 2, 4 and 3.",
)

# %%
exercise(
    "In self-attention with a causal mask, how many pieces of a sequence may the fourth one look "
    "at?",
    answer=4,
    wrong={
        3: "It may look at itself too.",
        1: "It may look at those before it as well.",
        0: "At least at itself.",
        5: "What comes after it is masked.",
    },
    hint="At those before it, and at itself.",
    explanation="Three before it, and itself.",
)

# %% [markdown]
# ## Sources
#
# - Jeffrey Elman, "Finding structure in time", *Cognitive Science* 14, 1990.
# - Yoshua Bengio, Patrice Simard and Paolo Frasconi, "Learning long-term dependencies with gradient
#   descent is difficult", *IEEE Transactions on Neural Networks* 5, 1994.
# - Sepp Hochreiter and Jürgen Schmidhuber, "Long short-term memory", *Neural Computation* 9, 1997.
# - Felix Gers, Jürgen Schmidhuber and Fred Cummins, "Learning to forget: continual prediction with
#   LSTM", *Neural Computation* 12, 2000.
# - Kyunghyun Cho and others, "Learning phrase representations using RNN encoder-decoder for
#   statistical machine translation", 2014: the GRU.
# - Razvan Pascanu, Tomas Mikolov and Yoshua Bengio, "On the difficulty of training recurrent neural
#   networks", 2013: gradient clipping.
# - Rafal Jozefowicz, Wojciech Zaremba and Ilya Sutskever, "An empirical exploration of recurrent
#   network architectures", 2015: the bias of the forget gate.
# - Dzmitry Bahdanau, Kyunghyun Cho and Yoshua Bengio, "Neural machine translation by jointly
#   learning to align and translate", 2014: attention.
# - Ashish Vaswani and others, "Attention is all you need", 2017: the transformer.
# - Jimmy Lei Ba, Jamie Ryan Kiros and Geoffrey Hinton, "Layer normalization", 2016.
# - Alec Radford and others, "Language models are unsupervised multitask learners", 2019: GPT-2.
# - Andrej Karpathy, "makemore", 2022, and "microgpt", 2026: small models that make up names.

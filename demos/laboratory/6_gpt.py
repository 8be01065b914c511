"""A small GPT learns names, letter by letter, and makes up new ones."""

import math
import random

from tinygrad_neuron import compile, losses, nn, optim, relu

names = "anna emma hanna lena mina nora ella mia lea ida anton emil noah leon ben tom jan tim"
alphabet = ".abcdefghijklmnopqrstuvwxyz"  # the dot stands before the first letter and at the end
width, context = 8, 8


class GPT(nn.Module):
    """One block: attention looks back, two layers think."""

    def __init__(self):
        self.letters = nn.Embedding(27, width, seed=0)
        self.places = nn.PositionalEmbedding(width, context, seed=1)
        self.norm = nn.RMSNorm(width, elementwise_affine=False)
        self.attention = nn.MultiheadAttention(width, 2, bias=False, seed=2)
        self.widen, self.narrow = nn.Linear(width, 16, seed=3), nn.Linear(16, width, seed=4)
        self.output = nn.Linear(width, 27, seed=5)

    def __call__(self, tokens):
        x = self.places(self.letters(tokens))
        n = self.norm(x)
        looked, _ = self.attention(n, n, n, need_weights=False, is_causal=True)
        x = [[a + b for a, b in zip(p, q, strict=True)] for p, q in zip(x, looked, strict=True)]
        thought = self.narrow([[relu(z) for z in row] for row in self.widen(self.norm(x))])
        x = [[a + b for a, b in zip(p, q, strict=True)] for p, q in zip(x, thought, strict=True)]
        return self.output(x)


model = GPT()
loss = compile(lambda tokens: losses.cross_entropy(model(tokens[:-1]), tokens[1:]))
data = [([alphabet.index(letter) for letter in f".{name}."],) for name in names.split()]
data.sort(key=lambda example: len(example[0]))  # names of one length stand together
print(len(model.parameters()), "parameters")

with loss.trainer(optim.Adam(model.parameters(), lr=0.02)) as trainer:
    for step in range(30):
        now = trainer.step(data)
        if step % 10 == 9:
            print(f"step {step + 1}  loss {now:.3f}")

generator = random.Random(1)
run = compile(model)
for _ in range(8):
    tokens = [0]
    while len(tokens) < context:
        weights = [math.exp(z / 0.9) for z in run.map([(tokens,)])[0][-1]]
        tokens += generator.choices(range(27), weights)
        if tokens[-1] == 0:
            break
    name = "".join(alphabet[token] for token in tokens).strip(".")
    print(name, "(one it has read)" if name in names.split() else "(new)")

"""Handwritten digits: 64 pixels, 16 hidden neurons, 10 answers."""

from tinygrad_neuron import compile, datasets, losses, nn, optim, training

data = [([pixel / 16 for pixel in image], digit) for image, digit in datasets.digits()]
learned, unseen = data[:600], data[600:900]
model = nn.MLP(64, [16, 10], activation="tanh", init="xavier_uniform", seed=0)
optimiser = optim.Adam(model.parameters(), lr=0.01)

record = training.fit(model, losses.cross_entropy, learned, optimiser, epochs=5, progress=False)
scores = compile(model).map([(image,) for image, _ in unseen])
right = sum(s.index(max(s)) == digit for s, (_, digit) in zip(scores, unseen, strict=True))
print(f"loss {record.loss[0]:.3f} -> {record.loss[-1]:.3f}")
print(f"{right} of {len(unseen)} unseen digits are read right\n")

image, digit = unseen[0]
for row in range(8):
    print("".join(" .:#"[int(3.99 * ink)] * 2 for ink in image[8 * row : 8 * row + 8]))
print("is read as", scores[0].index(max(scores[0])), "and is a", digit)

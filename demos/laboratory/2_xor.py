"""XOR: two hidden neurons learn what one cannot."""

from tinygrad_neuron import datasets, draw_network, losses, nn, optim, training
from tinygrad_neuron.course import show

data = [(x, 2 * t - 1) for x, t in datasets.xor()]
model = nn.MLP(2, [2, 1], activation="tanh", seed=3)
optimiser = optim.Adam(model.parameters(), lr=0.05)

record = training.fit(model, losses.mean_squared_error, data, optimiser, epochs=300, progress=False)
for x, t in data:
    print(x, "should be", t, "and is", round(model(x).data, 3))

show(draw_network(model, heat_maps=True, plane=((-0.5, 1.5), (-0.5, 1.5)), data=datasets.xor()))
show(record)

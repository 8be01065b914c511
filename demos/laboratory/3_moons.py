"""Two moons: a network draws the line, and every neuron shows what it sees."""

from tinygrad_neuron import compile, datasets, draw_network, losses, nn, optim, walkthrough
from tinygrad_neuron.course import show

moons = datasets.moons(100, noise=0.1, seed=1)
data = [(x, 2 * t - 1) for x, t in moons]
model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=1)
optimiser = optim.Adam(model.parameters(), lr=0.05)
loss = compile(lambda x, t: losses.hinge(model(x), t))

with loss.trainer(optimiser) as trainer:
    for step in range(100):
        now = trainer.step(data)
        if step % 20 == 19:
            print(f"step {step + 1:3}  loss {now:.4f}")
right = sum((model(x).data > 0) == (t > 0) for x, t in data)
print(right, "of", len(data), "points are on the right side")

show(draw_network(model, heat_maps=True, plane=((-1.5, 2.5), (-1.0, 1.5)), data=moons))
show(walkthrough(lambda x0, x1: model([x0, x1]), *moons.inputs[0], data=data))

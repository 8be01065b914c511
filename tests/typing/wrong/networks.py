"""Mistakes with networks, losses, optimisers; marked lines are refused."""

from tinygrad_neuron import Value, datasets, losses, nn, optim, training

model = nn.MLP(2, [3, 1])
nn.MLP(2, 3)  # arg-type | ArgumentType
nn.MLP(2, [3, 1], activaton="tanh")  # call-arg | CallIssue
nn.MLP([2], [3, 1])  # arg-type | ArgumentType
nn.Neuron("2")  # arg-type | ArgumentType
nn.Neuron(2, activation=3)  # arg-type | ArgumentType
nn.Neuron(2, weights=0.5)  # arg-type | ArgumentType
nn.Liner(2, 3)  # attr-defined | AttributeAccessIssue
nn.Linear(2)  # call-arg | CallIssue
nn.Linear(2, 3, dtype=float)  # call-arg | CallIssue
nn.CrossEntropyLoss()  # attr-defined | AttributeAccessIssue
nn.Parameter(2.0)  # attr-defined | AttributeAccessIssue
nn.Conv2d(1, 2)  # call-arg | CallIssue
nn.Sequential("relu")  # arg-type | ArgumentType
nn.Sequential([nn.ReLU()])  # arg-type | ArgumentType
model.paramters()  # attr-defined | AttributeAccessIssue
model.train("yes")  # arg-type | ArgumentType
model.eval(True)  # call-arg | CallIssue
model.load_state_dict("model.json")  # arg-type | ArgumentType
print(model.neurons)  # attr-defined | AttributeAccessIssue
first: float = model.parameters()[0]  # assignment | AssignmentType
optim.SGD(lr=0.1)  # call-arg | CallIssue
optim.SGD(model.parameters(), lr="0.1")  # arg-type | ArgumentType
optim.SGD(model.parameters(), momntum=0.9)  # call-arg | CallIssue
optim.SGD(model, lr=0.1)  # arg-type | ArgumentType
optim.Adamm(model.parameters())  # attr-defined | AttributeAccessIssue
optimiser = optim.Adam(model.parameters())
nn.Neuron(2)(1.0)  # arg-type | ArgumentType
optimiser.zero_grads()  # attr-defined | AttributeAccessIssue
optimiser.step(0.1)  # call-arg | CallIssue
losses.mse_loss(model([1.0, 2.0]), 1.0)  # attr-defined | AttributeAccessIssue
losses.huber([1.0], [2.0], delta="1")  # arg-type | ArgumentType
losses.cross_entropy([1.0, 2.0])  # call-arg | CallIssue
loss: float = losses.hinge([1.0], [1.0])  # assignment | AssignmentType
training.fit(model, losses.hinge)  # call-arg | CallIssue
training.fit(model, losses.hinge, datasets.xor(), optimiser, epoch=3)  # call-arg | CallIssue
training.acuracy([1.0], [1])  # attr-defined | AttributeAccessIssue
datasets.moons(samples="many")  # arg-type | ArgumentType
datasets.mooons()  # attr-defined | AttributeAccessIssue
data = datasets.xor()
print(data.input)  # attr-defined | AttributeAccessIssue
Value(1.0).grad.zero_()  # attr-defined | AttributeAccessIssue

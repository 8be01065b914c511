"""The whole chain learns: gates by one neuron, XOR by a network, Iris to 93 % and more."""

import pytest

from tinygrad_neuron import datasets, init, losses, nn, optim


def train(model, optimiser, loss, steps):
    """The losses before each step."""
    history = []
    for _ in range(steps):
        optimiser.zero_grad()
        total = loss()
        total.backward()
        optimiser.step()
        history.append(total.data)
    return history


@pytest.mark.parametrize("name", ["and", "or", "nand"])
def test_one_sigmoid_neuron_learns_a_gate_with_binary_cross_entropy(name):
    gate = datasets.gate(name)
    neuron = nn.Neuron(2, activation="sigmoid", seed=0)
    history = train(
        neuron,
        optim.SGD(neuron.parameters(), lr=1.0),
        lambda: losses.binary_cross_entropy([neuron(x) for x in gate.inputs], gate.targets),
        steps=400,
    )
    assert [round(neuron(x).data) for x in gate.inputs] == list(gate.targets)
    assert history[-1] < 0.1 < history[0]
    assert history == sorted(history, reverse=True)


def test_learning_from_logits_is_learning_from_probabilities():
    gate = datasets.gate("and")
    one, other = (
        nn.Neuron(2, activation=activation, seed=0) for activation in ("sigmoid", "identity")
    )
    for neuron, loss in [
        (one, losses.binary_cross_entropy),
        (other, losses.binary_cross_entropy_with_logits),
    ]:
        train(
            neuron,
            optim.SGD(neuron.parameters(), lr=1.0),
            lambda neuron=neuron, loss=loss: loss([neuron(x) for x in gate.inputs], gate.targets),
            steps=50,
        )
    expected = [p.data for p in one.parameters()]
    assert [p.data for p in other.parameters()] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["and", "or"])
def test_a_perceptron_learns_a_gate(name):
    gate = datasets.gate(name)
    perceptron = nn.Perceptron(2)
    assert perceptron.fit(gate).converged
    assert [perceptron.predict(x) for x in gate.inputs] == list(gate.targets)


def test_a_perceptron_does_not_learn_xor_and_one_sigmoid_neuron_neither():
    xor = datasets.xor()
    perceptron = nn.Perceptron(2)
    assert not perceptron.fit(xor).converged
    assert [perceptron.predict(x) for x in xor.inputs] != list(xor.targets)
    neuron = nn.Neuron(2, activation="sigmoid", seed=0)
    history = train(
        neuron,
        optim.SGD(neuron.parameters(), lr=1.0),
        lambda: losses.binary_cross_entropy([neuron(x) for x in xor.inputs], xor.targets),
        steps=400,
    )
    assert history[-1] == pytest.approx(0.6931471805599453, abs=1e-4)  # log 2: it only guesses


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_network_of_four_hidden_neurons_learns_xor(seed):
    xor = datasets.xor()
    model = nn.MLP(2, [4, 1], "tanh", seed=seed)
    history = train(
        model,
        optim.Adam(model.parameters(), lr=0.05),
        lambda: losses.binary_cross_entropy_with_logits(
            [model(x) for x in xor.inputs], xor.targets
        ),
        steps=250,
    )
    assert [int(model(x).data > 0) for x in xor.inputs] == list(xor.targets)
    assert history[-1] < 0.1


def test_training_is_reproducible_to_the_last_bit():
    xor = datasets.xor()
    histories = []
    for _ in range(2):
        model = nn.MLP(2, [4, 1], "tanh", seed=3)
        histories.append(
            train(
                model,
                optim.SGD(model.parameters(), lr=0.5, momentum=0.9),
                lambda model=model: losses.mean_squared_error(
                    [model(x) for x in xor.inputs], xor.targets
                ),
                steps=20,
            )
        )
    assert histories[0] == histories[1]


def test_a_linear_neuron_recovers_the_line_that_made_the_data():
    xs = [x / 4 for x in range(-8, 9)]
    neuron = nn.Neuron(1, nonlin=False, seed=0)
    train(
        neuron,
        optim.SGD(neuron.parameters(), lr=0.1, momentum=0.5),
        lambda: losses.mean_squared_error([neuron([x]) for x in xs], [3 * x - 2 for x in xs]),
        steps=150,
    )
    assert (neuron.w[0].data, neuron.b.data) == pytest.approx((3.0, -2.0), abs=1e-6)


def test_output_biases_from_the_class_priors_make_the_first_loss_the_entropy_of_the_classes():
    train_set, _ = datasets.train_test_split(datasets.iris(), seed=1)
    biases = init.class_prior_biases(train_set.targets, 3)
    model = nn.MLP(4, [3], init="zeros", output_bias=biases)
    logits = [model(x) for x in train_set.inputs]
    entropy = 1.0986122886681098  # log 3: there are as many of each
    assert losses.cross_entropy(logits, train_set.targets).data == pytest.approx(entropy)


def test_a_small_network_classifies_iris_with_at_least_93_percent_on_the_test_part():
    train_set, test_set = datasets.train_test_split(datasets.iris(), test_fraction=0.2, seed=1)
    train_set, test_set = datasets.standardise(train_set, test_set)
    model = nn.MLP(4, [8, 3], "tanh", init="xavier_uniform", seed=1)
    history = train(
        model,
        optim.Adam(model.parameters(), lr=0.05),
        lambda: losses.cross_entropy([model(x) for x in train_set.inputs], train_set.targets),
        steps=60,
    )
    assert history[-1] < history[0] / 5
    right = 0
    for x, target in test_set:
        scores = [logit.data for logit in model(x)]
        right += scores.index(max(scores)) == target
    assert right / len(test_set) >= 0.93

"""`fit` takes the steps of the hand-written loop, keeps what is best, and loses nothing."""

import math
import random
import sys

import pytest

from tinygrad_neuron import datasets, losses, nn, optim, training
from tinygrad_neuron.compiler import TracingError, compile

pytestmark = pytest.mark.both_targets


def moons():
    return datasets.train_test_split(datasets.moons(60, noise=0.1, seed=1), 0.25, seed=1)


def model_and_optimiser(lr=0.05):
    model = nn.Sequential(nn.Linear(2, 6, seed=0), nn.Tanh(), nn.Linear(6, 1, seed=1))
    return model, optim.Adam(model.parameters(), lr)


def loss(output, target):
    return losses.binary_cross_entropy_with_logits(output[0], target)


def numbers(model):
    return [p.data for p in model.parameters()]


def fit(model, optimiser, data, epochs=5, **options):
    options = {"batch_size": 8, "seed": 3, "progress": False} | options
    return training.fit(model, loss, data, optimiser, epochs, **options)


def test_it_is_the_hand_written_loop(code):
    train, _ = moons()
    model, optimiser = model_and_optimiser()
    record = fit(model, optimiser, train, target=code)

    same, optimiser = model_and_optimiser()
    compiled = compile(lambda x, t: loss(same(x), t))
    examples, generator, means = list(train), random.Random(3), []
    with compiled.trainer(optimiser) as trainer:
        for _ in range(5):
            generator.shuffle(examples)
            sums = 0.0
            for k in range(0, len(examples), 8):
                sums += trainer.step(examples[k : k + 8]) * len(examples[k : k + 8])
            means.append(sums / len(examples))
    assert numbers(model) == numbers(same)
    assert record.loss == means
    assert (record.stopped, record.best_epoch) == ("all epochs", 5)


def test_a_function_of_ones_own_is_called_after_each_epoch(code):
    train, _ = moons()
    model, optimiser = model_and_optimiser()
    seen = []

    def each_epoch(record):
        seen.append((len(record.loss), numbers(model)[0]))
        optimiser.lr = 1e-9 if len(record.loss) == 2 else optimiser.lr
        return len(record.loss) == 3

    record = fit(model, optimiser, train, 9, target=code, each_epoch=each_epoch)
    assert record.stopped == "asked to"
    assert [1, 2, 3] == [epochs for epochs, _ in seen]
    (_, first), (_, second), (_, third) = seen
    assert abs(second - first) > 1e-4 > 1e-6 > abs(third - second) > 0.0
    with pytest.raises(TypeError, match="each_epoch must be callable"):
        fit(model, optimiser, train, each_epoch=3)


def test_what_each_epoch_returns_is_true_false_or_nothing():
    np = pytest.importorskip("numpy")
    model, optimiser = model_and_optimiser()
    train, _ = moons()
    record = fit(model, optimiser, train, each_epoch=lambda r: np.mean(r.loss) < 1e9)
    assert (record.stopped, len(record.loss)) == ("asked to", 1)
    for answer in (np.bool_(False), False, None):
        assert len(fit(model, optimiser, train, 2, each_epoch=lambda r, a=answer: a).loss) == 2
    for answer in (1, 0.0, "stop", np.array([True])):
        with pytest.raises(TypeError, match="what each_epoch returns must be True or False, got"):
            fit(model, optimiser, train, each_epoch=lambda r, a=answer: a)
    with pytest.raises(TypeError, match=r"each_epoch is called with the record, as in .* got"):
        fit(model, optimiser, train, each_epoch=lambda: None)
    with pytest.raises(TypeError, match=r"^object of type 'int' has no len"):  # its own error
        fit(model, optimiser, train, each_epoch=lambda record: len(3))


def test_parameters_that_each_epoch_assigns_are_trained_on_from_there(code):
    train, _ = moons()
    model, optimiser = model_and_optimiser()
    parameter = model.parameters()[0]

    def each_epoch(record):
        if len(record.loss) == 1:
            parameter.data = 50.0
            optimiser.lr = 1e-9

    fit(model, optimiser, train, 2, target=code, each_epoch=each_epoch)
    assert parameter.data == pytest.approx(50.0, abs=1e-4)
    assert optimiser.steps == 2 * math.ceil(len(train) / 8)


def test_a_metric_that_gives_no_number_is_named_and_two_of_one_name_are_refused():
    train, held_out = moons()
    model, optimiser = model_and_optimiser()

    def wanted(metrics, error, message):
        with pytest.raises(error, match=message):
            fit(model, optimiser, train, 1, validation=held_out, metrics=metrics)

    for result, shown in ((None, "NoneType None"), ("x", "str 'x'"), ([1.0], "list")):
        message = f"the metric good: what it returns must be a real number, got {shown}"
        wanted({"good": lambda o, t, r=result: r}, TypeError, message)
    wanted({"good": lambda: 1.0}, TypeError, "the metric good is called with all outputs and all")
    wanted([lambda o, t: 1.0, lambda o, t: 2.0], ValueError, "two metrics have the name <lambda>")


def test_what_is_best_on_the_validation_data_is_kept(code):
    train, test = moons()
    model, optimiser = model_and_optimiser(lr=3.0)  # so that it leaps about
    record = fit(model, optimiser, train, 12, validation=test, target=code)
    best = min(record.validation_loss)
    assert record.validation_loss.index(best) + 1 == record.best_epoch < 12
    now = math.fsum(loss(model(x), t).data for x, t in test) / len(test)
    assert now == pytest.approx(best, rel=1e-12)


def test_it_stops_when_nothing_becomes_better(code):
    train, test = moons()
    model, optimiser = model_and_optimiser(lr=3.0)
    record = fit(model, optimiser, train, 50, validation=test, patience=3, target=code)
    assert record.stopped == "no improvement"
    assert len(record.loss) == record.best_epoch + 3 < 50


def test_metrics_are_of_the_validation_data(code):
    train, test = moons()
    model, optimiser = model_and_optimiser()
    metrics = {"right": training.accuracy}
    record = fit(model, optimiser, train, 20, validation=test, metrics=metrics, target=code)
    assert len(record.metrics["right"]) == 20
    outputs = [[v.data for v in model(x)] for x, _ in test]
    assert record.metrics["right"][record.best_epoch - 1] == training.accuracy(
        outputs, test.targets
    )
    assert list(record.curves) == ["loss", "validation loss", "right"]
    assert "20 epochs" in repr(record)
    model, optimiser = model_and_optimiser()
    record = fit(model, optimiser, train, 1, validation=test, metrics=[training.accuracy])
    assert list(record.metrics) == ["accuracy"]


def test_an_interrupt_loses_nothing(code):
    train, _ = moons()

    class Impatient(random.Random):
        def shuffle(self, x, random=None):
            self.epochs = getattr(self, "epochs", 0) + 1
            if self.epochs > 3:
                raise KeyboardInterrupt
            super().shuffle(x)

    model, optimiser = model_and_optimiser()
    record = fit(model, optimiser, train, 9, seed=Impatient(3), target=code)
    assert record.stopped == "interrupted"
    assert len(record.loss) == 3
    same, optimiser = model_and_optimiser()
    fit(same, optimiser, train, 3, target=code)
    assert numbers(model) == numbers(same)


def test_an_error_leaves_the_steps_that_were_taken(code):
    train, test = moons()

    def broken(outputs, targets):
        raise RuntimeError("no")

    model, optimiser = model_and_optimiser()
    with pytest.raises(RuntimeError, match="no"):
        fit(model, optimiser, train, 9, validation=test, metrics=[broken], target=code)
    same, optimiser = model_and_optimiser()
    fit(same, optimiser, train, 1, target=code)
    assert numbers(model) == numbers(same)


@pytest.mark.parametrize(
    ("loss", "weight", "lr", "second", "what"),
    [
        (lambda y, t: y[0] * y[0], 1.0, 0.1, 1e160, "the loss is inf"),
        (lambda y, t: 1e150 * y[0], 0.0, 0.1, 1e200, "the loss is 0, but gradients are not finite"),
        (
            lambda y, t: y[0],
            0.0,
            1e200,
            1e200,
            "the loss is 0, but parameters would become infinite",
        ),
    ],
)
def test_a_step_that_is_not_finite_is_not_taken_and_it_says_where(
    code, loss, weight, lr, second, what
):
    def trained(*inputs):
        model = nn.Sequential(nn.Linear(1, 1, bias=False, seed=0))
        model[0].weight[0][0].data = weight
        optimiser = optim.SGD(model.parameters(), lr=lr, momentum=0.5)
        data, generator = [([x], 0.0) for x in inputs], random.Random(0)  # keeps two in order
        options = {"batch_size": 1, "progress": False, "target": code, "seed": generator}
        record = training.fit(model, loss, data, optimiser, 1, **options)
        return record, numbers(model), optimiser.state_dict()

    record, found, state = trained(0.0, second)
    assert (found, state) == trained(0.0)[1:]
    assert record.stopped == "not finite"
    assert record.warnings[0].startswith(f"epoch 1, batch 2: {what}. That step was not taken")
    assert f"({lr:g} now)" in record.warnings[0]
    first, *others = repr(record).splitlines()
    assert "not finite" in first
    assert others == [f"- {warning}" for warning in record.warnings]


def half_dead():
    """A model of which two thirds of a layer never fire."""
    model = nn.Sequential(
        nn.Linear(2, 6, seed=0), nn.ReLU(), nn.Dropout(0.5, seed=0), nn.Linear(6, 1, seed=1)
    )
    for bias in model[0].bias[:4]:
        bias.data = -20.0
    return model, optim.Adam(model.parameters(), 0.01)


def test_a_diagnosis_that_is_asked_for_is_of_the_trained_model_and_told_in_words(code):
    train, test = moons()
    model, optimiser = half_dead()
    record = fit(model, optimiser, train, 2, validation=test, diagnose=True, target=code)
    assert model.training
    assert record.diagnosis.examples == len(train)
    (warning,) = record.warnings
    assert warning.startswith("layers[1]: 4 of 6 units (67 %) are dead")
    first, *others = repr(record).splitlines()
    assert first.startswith("<training record: 2 epochs in ")
    assert others == [f"- {warning}"]
    # Nothing of the training depends on it.
    same, optimiser = half_dead()
    without = fit(same, optimiser, train, 2, validation=test, target=code)
    assert (without.diagnosis, without.warnings) == (None, ())
    assert without.loss == record.loss
    assert numbers(model) == numbers(same)


def test_a_hundred_examples_are_diagnosed(code):
    model, optimiser = model_and_optimiser()
    record = fit(model, optimiser, datasets.moons(130, seed=0), 1, diagnose=True, target=code)
    assert record.diagnosis.examples == 100


@pytest.mark.only_python("nothing is compiled")
def test_a_notebook_shows_the_warnings_below_the_curves():
    pytest.importorskip("matplotlib", reason="the extra demos is not installed")
    finished = training.TrainingRecord(
        [1.0, 0.5], diagnosis=training.diagnose(half_dead()[0], [([0, 0], 0)])
    )
    shown = finished._repr_mimebundle_()
    assert "are dead" in shown["text/plain"]
    assert "layers[1]: 4 of 6 units" in shown["image/svg+xml"]
    broken = training.TrainingRecord(stopped="loss not finite", diagnosis=finished.diagnosis)
    assert "image/svg+xml" in broken._repr_mimebundle_()
    assert "image/svg+xml" not in training.TrainingRecord()._repr_mimebundle_()


def test_dropout_is_for_training_only(code):
    train, test = moons()
    model = nn.Sequential(nn.Linear(2, 8, seed=0), nn.Dropout(0.5, seed=0), nn.Linear(8, 1, seed=1))
    optimiser = optim.SGD(model.parameters(), lr=1e-300)  # moves nothing
    record = fit(model, optimiser, train, 4, validation=test, target=code)
    assert len(set(record.loss)) == 4
    assert len(set(record.validation_loss)) == 1
    assert model.training


def test_arrays_and_rows_of_frames_are_inputs(code):
    np = pytest.importorskip("numpy")
    train, _ = moons()
    model, optimiser = model_and_optimiser()
    fit(model, optimiser, train, 2, target=code)
    same, optimiser = model_and_optimiser()
    fit(same, optimiser, zip(np.array(train.inputs), np.array(train.targets), strict=True), 2)
    assert numbers(model) == numbers(same)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"data": []}, ValueError, "data has no examples"),
        ({"data": [1.0]}, TypeError, "pairs .input, target., got float 1.0 at position 0"),
        ({"optimiser": 0.1}, TypeError, "optimiser must be one of optim"),
        ({"epochs": 0}, ValueError, "epochs must be an integer of 1 or more, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size must be"),
        ({"patience": 0}, ValueError, "patience must be"),
        ({"metrics": [1]}, TypeError, "a metric must be callable"),
        ({"validation": []}, ValueError, "validation has no examples"),
    ],
)
@pytest.mark.only_python("nothing is compiled")
def test_wrong_arguments_are_named(change, error, message):
    model, optimiser = model_and_optimiser()
    arguments = {"data": [([0.0, 0.0], 0)], "optimiser": optimiser, "progress": False} | change
    with pytest.raises(error, match=message):
        training.fit(model, loss, **arguments)


def test_looking_at_a_model_does_not_change_its_training():
    from tinygrad_neuron.training import diagnose

    def run(look):
        model = nn.Sequential(
            nn.Linear(2, 4, seed=0), nn.Dropout(0.5, seed=1), nn.Linear(4, 1, seed=2)
        )
        look(model)
        return [y.data for _ in range(3) for y in model([1.0, 2.0])]

    plain = run(lambda model: None)
    assert plain == run(lambda model: nn.summary(model, [1.0, 2.0]))
    assert plain == run(lambda model: diagnose(model, [([1.0, 2.0], 1.0)]))


def test_modes_are_afterwards_as_they_were_and_what_trains_nothing_is_refused():
    def loss(y, t):
        return losses.mean_squared_error(y, [t])

    model = nn.Sequential(nn.Linear(2, 2, seed=0), nn.Dropout(0.5, seed=1), nn.Linear(2, 1, seed=2))
    dropped = model.modules()[2].eval()
    optimiser = optim.SGD(model.parameters(), 0.01)
    data = [([0.0, 1.0], 1.0), ([1.0, 0.0], 0.0)]
    training.fit(model, loss, data, optimiser, 2, validation=data, progress=False)
    assert (True, False) == (model.training, dropped.training)
    with pytest.raises(ValueError):
        training.fit(model, loss, data, optimiser, 2, validation=[([1.0], 0.0)], progress=False)
    assert (True, False) == (model.training, dropped.training)
    with pytest.raises(ValueError, match="moves none of the model's parameters"):
        training.fit(model, loss, data, optim.SGD(nn.Neuron(2).parameters()), 2, progress=False)
    with pytest.raises(ValueError, match="measured on validation data"):
        training.fit(model, loss, data, optimiser, 2, metrics=[training.accuracy], progress=False)


def test_an_overflow_ends_the_training_as_any_step_that_is_not_finite(code):
    examples = [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)]
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    optimiser = optim.SGD(model.parameters(), lr=100.0)
    found = training.fit(
        model, lambda y, t: (y - t) ** 2, examples, optimiser, 100, progress=False, target=code
    )
    assert found.stopped == "not finite"
    assert "power of" in found.diagnosis.warnings[0]
    assert all(math.isfinite(p.data) for p in model.parameters())


@pytest.mark.only_python("it is not compiled")
def test_a_loss_that_would_take_the_input_is_told_how_it_is_called():
    model = nn.MLP(2, [1], seed=0)
    optimiser = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(TypeError, match="fit calls the loss with the model's output and"):
        training.fit(
            model, lambda x, t: (model(x) - t) ** 2, [([0.0, 1.0], 1.0)], optimiser, progress=False
        )


@pytest.mark.only_python("it is not compiled")
def test_a_loss_that_asks_a_traced_value_is_told_what_to_use_instead():
    model = nn.MLP(2, [1], seed=0)
    optimiser = optim.SGD(model.parameters(), lr=0.1)

    def hinge(output, target):
        return output * target if output > 0 else output

    with pytest.raises(TracingError) as found:
        training.fit(model, hinge, [([0.0, 1.0], 1.0)], optimiser, progress=False)
    assert "fit calls the loss" not in str(found.value)


def test_a_bar_is_shown_in_a_terminal_and_written_nowhere_else(capsys, monkeypatch):
    pytest.importorskip("tqdm", reason="the extra demos is not installed")
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)

    def run():
        model = nn.Neuron(2, seed=0)
        optimiser = optim.SGD(model.parameters(), lr=0.1)
        training.fit(model, losses.hinge, [([0.0, 1.0], 1.0)], optimiser, 2)
        return capsys.readouterr()

    assert ("", "") == run()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert "training" in run().err

"""Names: what a room has; what is said of a name, an attribute or an option that is missing."""

import ast
import doctest
import inspect
import pickle
import re
import subprocess
import sys
from importlib import import_module
from types import ModuleType
from typing import Any, get_origin

import pytest

import tinygrad_neuron as tn
from tinygrad_neuron import Value, losses, nn, optim, reflexes
from tinygrad_neuron.calculus.operation import Operation
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.checking import nearest
from tinygrad_neuron.public import UnknownName, homes
from tinygrad_neuron.reflexes import OPTIONS, PYTORCH

ROOMS = [
    "", ".bridges", ".compiler", ".course", ".datasets", ".draw", ".draw.figures", ".init",
    ".interpret", ".losses", ".nn", ".optim", ".training", ".walk",
]  # fmt: skip
NAMES = [(room, name) for room in ROOMS for name in import_module(f"tinygrad_neuron{room}").__all__]


def module(room: str) -> ModuleType:
    return import_module(f"tinygrad_neuron{room}")


def misspelt(name: str) -> str:
    """The name with two letters changed places, where that makes another."""
    for at in range(len(name) // 2, len(name) - 1):
        if name[at] != name[at + 1] and name[at : at + 2].isalpha():
            return f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}"
    return f"{name}x"


def said(action, *given, **options) -> str:
    with pytest.raises((AttributeError, ImportError, TypeError)) as caught:
        action(*given, **options)
    return str(caught.value)


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_there_and_is_listed(room):
    for name in module(room).__all__:
        assert hasattr(module(room), name), name
        assert name in dir(module(room))


@pytest.mark.parametrize("room", ROOMS)
def test_a_misspelt_name_of_a_module_gets_the_nearest(room):
    public = [name for name in module(room).__all__ if len(name) > 4]
    for name in public:
        wrong = misspelt(name)
        if wrong not in public:
            assert f"; did you mean {name!r}?" in said(getattr, module(room), wrong)


def slips(name: str) -> set[str]:
    """The name with a letter dropped, doubled or swapped, near its beginning, middle and end."""
    places = {0, len(name) // 2, len(name) - 1}
    found = {name[:k] + name[k + 1 :] for k in places}
    found |= {name[:k] + name[k] + name[k:] for k in places}
    return found | {name[:k] + name[k : k + 2][::-1] + name[k + 2 :] for k in places}


def is_one_slip(wrong: str, name: str) -> bool:
    """Whether one letter more, less or other, or two that changed places, lead to the name."""
    while wrong and name and wrong[0] == name[0]:
        wrong, name = wrong[1:], name[1:]
    while wrong and name and wrong[-1] == name[-1]:
        wrong, name = wrong[:-1], name[:-1]
    return max(len(wrong), len(name)) <= 1 or (len(wrong) == 2 and wrong == name[::-1])


NAMED: dict[str, Any] = {
    **{f"tinygrad_neuron{room}": module(room) for room in ROOMS},
    "Value": Value(1.0), "MLP": nn.MLP(1, [1]), "SGD": optim.SGD([Value(1.0)], lr=0.1),
}  # fmt: skip


@pytest.mark.parametrize("owner", NAMED)
def test_the_name_that_the_fewest_slips_lead_to_comes_first(owner):
    names = [name for name in dir(NAMED[owner]) if name[0] != "_"]
    for name in names:
        for wrong in slips(name) - {*names, ""}:
            found = nearest(wrong, names)
            assert found == name or (found and is_one_slip(wrong.lower(), found.lower())), wrong
        for wrong in {name.lower(), name.upper(), name.swapcase()} - {*names}:
            assert nearest(wrong, names).lower() == name.lower()
    for wrong, right in (("compil", "compile"), ("Compile", "compile"), ("compilde", "compile")):
        assert f"did you mean {right!r}?" in said(getattr, tn, wrong)


def test_a_name_that_is_near_to_none_gets_none():
    assert [None] * 3 == [nearest(w, ["Layer", "lr"]) for w in ("x", "", "zzz")]
    assert nearest("x", ["y"]) is None  # all of it would be the slip
    assert nearest("a" * 101, ["a" * 100]) is None  # nobody types so long a name
    assert ("leaky_relu", "sigmoid") == (
        nearest("leaky", [*dir(tn)]), nearest("sigmo", [*dir(tn)]),
    )  # fmt: skip


def test_what_stands_in_a_room_is_found_from_the_package():
    for wrong, words in {
        "Sequental": "; did you mean nn.Sequential?", "Adan": "; did you mean optim.Adam?",
        "fti": "; did you mean training.fit?", "Linear": ": it is `nn.Linear`",
        "mse_loss": ": its name is `losses.mean_squared_error`", "relU": "; did you mean 'relu'?",
        "mnist": ": nothing is downloaded; there are the handwritten digits",
        "figures": ": it is `draw.figures`",
        "xin": "; did you mean 'sin'?",  # `min` is not here, and not like enough to be told
    }.items():  # fmt: skip
        assert f"has no attribute {wrong!r}{words}" in said(getattr, tn, wrong)


def test_an_import_of_a_misspelt_name_gets_the_nearest():
    for line in (
        "from tinygrad_neuron import Valeu",
        "from tinygrad_neuron.nn import Liner",
        "from tinygrad_neuron.optim import Adan",
    ):
        assert "; did you mean '" in said(exec, line)
    for wrong, right in (
        ("tinygrad_neuron.optim import lr_scheduler", "a schedule is given as the learning rate"),
        ("tinygrad_neuron import MLP", "it is `nn.MLP`"),
        ("tinygrad_neuron import fit", "it is `training.fit`"),
    ):
        with pytest.raises(ImportError, match=right):
            exec(f"from {wrong}")
    assert "no_grad': every Value records" in said(
        lambda: exec("from tinygrad_neuron import no_grad")
    )
    exec("from tinygrad_neuron.draw import themes")  # a module is no public name, and is found


def test_only_what_is_asked_for_is_imported():
    program = "import sys, tinygrad_neuron.draw, tinygrad_neuron.walk; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
    assert "tinygrad_neuron.draw" in loaded.split()
    assert {"tinygrad_neuron.draw.graph", "graphviz", "difflib"}.isdisjoint(loaded.split())


def test_no_name_on_demand_is_that_of_its_module():
    """Importing the module would take the name's place."""
    for room in ROOMS:
        for name, home in homes(f"tinygrad_neuron{room}").items():
            assert not home or name != home, (room, name)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("bakward", "backward"), ("dat", "data"), ("labell", "label"),
        ("tahn", "tanh" if sys.version_info >= (3, 12) else ""), ("sigmod", "sigmoid"),
        ("Grad", "grad"), ("leakyrelu", "leaky_relu"), ("zzz", ""),
    ],
)  # fmt: skip
def test_a_misspelt_attribute_of_a_value_gets_the_nearest(wrong, right, capsys):
    with pytest.raises(AttributeError) as caught:
        getattr(Value(1.0), wrong)
    sys.__excepthook__(*caught._excinfo)  # what is shown: up to Python 3.11 its own suggestion
    shown = capsys.readouterr().err.splitlines()[-1].lower()
    assert f"has no attribute '{wrong}'".lower() in shown
    assert right == "".join(re.findall(r"did you mean:? '(\w+)'\?$", shown))


def test_at_the_prompt_every_python_tells_the_nearest_attribute_and_pytorchs():
    program = "from tinygrad_neuron import Value\nv = Value(1.0)\nv.gard\nv.tahn\nv.numpy()\n"
    program += "print([name for name in dir(Value) if name in ('numpy', 'shape', 'tanh')])\n"
    done = subprocess.run(
        [sys.executable, "-i", "-q"], input=program, capture_output=True, text=True, check=False
    )
    assert "a Value has no attribute 'gard'; did you mean 'grad'?" in done.stderr
    assert "a Value has no attribute 'tahn'; did you mean 'tanh'?" in done.stderr
    assert "its number is `v.data`, a Python float" in done.stderr
    assert "['tanh']" in done.stdout


def test_in_a_program_no_old_python_reads_attributes_slowly():
    """Up to 3.11 it does so where a class has `__getattr__`: a third of an eager step's time."""
    assert sys.version_info >= (3, 12) or not hasattr(Value, "__getattr__")
    assert not hasattr(Operation, "__getattr__")


def test_an_unknown_attribute_is_an_attribute_error_that_can_be_sent():
    error = UnknownName("a Value", "Value", list, "zzz")
    assert not hasattr(Value(1.0), "numpy")
    copy = pickle.loads(pickle.dumps(error))
    assert (AttributeError, str(error)) == (type(copy), str(copy))
    assert "builtins.AttributeError" == f"{type(error).__module__}.{type(error).__qualname__}"


def isclass(found: object) -> bool:
    """Whether it is a class; Python 3.10 takes `list[int]` for one."""
    return inspect.isclass(found) and get_origin(found) is None


def with_options():
    """Public functions and classes that have options, with the names of those."""
    for room, name in NAMES:
        found = getattr(module(room), name)
        whole = room == ".course" or (room, name) == ("", "Value")  # see below; lessons' words
        made = isclass(found) and issubclass(found, nn.Module | optim.Optimiser)
        if whole or not (inspect.isfunction(found) or made) or name in tn.declarations.__all__:
            continue
        parameters = inspect.signature(found).parameters.values()
        if any(p.kind is p.VAR_KEYWORD for p in parameters):
            continue
        options = [p.name for p in parameters if p.default is not p.empty and len(p.name) > 3]
        if options:
            yield pytest.param(found, options, id=f"{room[1:]}.{name}")


@pytest.mark.parametrize(("function", "options"), list(with_options()))
def test_a_misspelt_option_gets_the_nearest(function, options):
    for option in options:
        wrong = misspelt(option)
        assert f"has no option {wrong!r}; did you mean {option!r}?" in said(function, **{wrong: 1})


def test_a_misspelt_option_of_a_method_gets_the_nearest(tmp_path):
    model, steps = nn.MLP(2, [1]), tn.walkthrough(Value(2.0) * 3.0)
    assert "did you mean 'optimiser'?" in said(model.save, tmp_path / "m.json", optimizer=None)
    assert "did you mean 'optimiser'?" in said(model.load, tmp_path / "m.json", optimizer=None)
    assert "did you mean 'title'?" in said(steps.page, tmp_path / "x.html", titel="x")
    assert "did you mean 'start'?" in said(steps.terminal, strat=3)


def test_options_of_values_and_of_classes_made_of_them():
    class Momentum(Value):
        def __init__(self, data, start=0.0):
            super().__init__(data)
            self.start = start

    assert "Value has no option 'lable'; did you mean 'label'?" == said(Value, 1.0, lable="")
    assert "every `Value` gets a gradient" in said(Value, 1.0, requires_grad=True)
    assert 2.0 == Momentum(1.0, start=2.0).start

    class Line(nn.Module):
        def __init__(self, slope=1.0):
            self.slope = Value(slope)

    assert "Line has no option 'slop'; did you mean 'slope'?" in said(Line, slop=2.0)
    assert 2.0 == Line(slope=2.0).slope.data
    # Its making is that of a private class above it.
    assert "MaxPool1d has no option 'strid'; did" in said(nn.MaxPool1d, 2, strid=1)


def test_an_error_from_within_a_function_is_its_own():
    def activation(z):
        return z.relu(slopee=1)

    assert "slopee" in said(lambda: nn.MLP(2, [2, 1], activation=activation)([1.0, 2.0]))
    assert "missing" in said(tn.draw_dot, theme="dark")


# Documentation

# Without an example: names of types, and what the lines of written notebooks call.
NO_EXAMPLE = {"Schedule", "Initialiser", "hidden", "ask", "bring"}


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_and_every_public_name_has_an_example(room):
    assert ">>> " in module(room).__doc__
    without = [
        name
        for name in module(room).__all__
        if name not in NO_EXAMPLE
        and not isinstance(getattr(module(room), name), ModuleType)
        and ">>> " not in (getattr(module(room), name).__doc__ or "")
    ]
    assert [] == without


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_method_says_what_it_does(room):
    kinds = [
        kind
        for name in module(room).__all__
        if inspect.isclass(kind := getattr(module(room), name))
    ]
    without = {
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, found in vars(kind).items()
        if name[0] != "_"
        and (inspect.isfunction(found) or isinstance(found, property))
        and not inspect.getdoc(getattr(kind, name))
    }
    assert set() == without


def test_every_method_of_a_value_has_an_example():
    slots = {"data", "grad", "label", "line", "within"}  # the class has theirs
    for name in set(dir(Value)) - slots:
        if name[0] != "_" and hasattr(Value, name):
            assert ">>> " in getattr(Value, name).__doc__, name


def test_examples_that_are_made_run_too():
    """Those of the table's operations and of the activations; pytest finds the others."""
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    names = vars(tn) | {name: getattr(tn, name) for name in tn.__all__} | vars(nn.activations)
    made: list[Any] = [entry.function for entry in TABLE.values()]
    made += nn.activations.ACTIVATIONS.values()
    for found in made:
        name = found.__name__
        examples = doctest.DocTestParser().get_doctest(
            found.__doc__, {**names, name: found}, name, None, 0
        )
        assert examples.examples, name
        runner.run(examples)
    assert (0, True) == (runner.failures, runner.tries > 50)


# PyTorch's habits


def test_a_misspelt_name_of_pytorch_s_gets_what_to_write_here():
    assert "did you mean 'forward'? Here call the module itself" in said(
        getattr, nn.MLP(2, [1]), "foward"
    )
    assert "did you mean 'no_grad'? Here every Value records" in said(getattr, tn, "nograd")
    assert "softmax has no option 'dim': a list has one dimension" in said(tn.softmax, [1.0], dim=0)
    assert "'learning_rate': its name is lr" in said(
        optim.SGD, nn.Neuron(1).parameters(), learning_rate=1.0
    )


def test_where_one_value_is_wanted_a_list_or_a_model_is_told_the_way_out(tmp_path):
    model, x = nn.Linear(2, 1), Value(1.0)
    takes = [
        tn.topological_order, tn.local_derivatives, lambda y: tn.animate(y, tmp_path / "y.svg"),
        lambda y: tn.gradients(y, [x]), lambda y: tn.nudge(y, x, 0.1),
    ]  # fmt: skip
    for take in (*takes, tn.draw_dot, tn.walkthrough, lambda y: tn.walkthrough(lambda: y)):
        assert said(take, model([1.0, 2.0])).endswith("; take one of its items, as in y[0]")
    for take in takes:
        words = "; a Value is what a call of it returns, as in model([0.5, -1.0])"
        assert said(take, model).endswith(words)


def test_completion_offers_what_is_public_alone():
    assert {"Any", "Iterable", "named_options"}.isdisjoint({*dir(optim), *dir(losses)})
    assert {"compile", "sum", "draw", "walk", "nn", "sqrt", "__doc__"} <= {*dir(tn)}
    assert {"cli", "annotations", "TYPE_CHECKING"}.isdisjoint(dir(tn))


def test_what_works_as_in_pytorch():
    x = Value(3.0)
    y = x * x.detach()
    y.backward(retain_graph=True)
    assert (9.0, 3.0) == (y.item(), x.grad)
    assert (True, True, False) == (x.requires_grad, y.requires_grad, x.detach().requires_grad)
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Dropout(0.5), nn.Linear(3, 1))
    optimiser = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    optimiser.zero_grad(set_to_none=True)
    model.zero_grad(set_to_none=True)
    assert model.train().training and not model.eval().training
    loss = losses.mean_squared_error(model([1.0, 2.0])[0], 1.0)
    loss.backward()
    optimiser.step()
    model.load_state_dict(model.state_dict())
    assert isinstance(loss.item(), float)


def test_a_module_may_compute_in_forward():
    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.slope = Value(2.0)

        def forward(self, x):
            return self.slope * x

    class Parabola(Line):
        def forward(self, x):
            return super().forward(x) * x

    parabola = Parabola()
    y = parabola(3.0)
    assert 18.0 == y.data
    assert y.scope is parabola.scope


def test_a_misspelt_attribute_of_an_object_gets_the_nearest():
    loss = tn.compile(lambda x: x * x)
    for found, wrong, right in (
        (nn.MLP(2, [1]), "paramters", "parameters"),
        (optim.SGD([Value(1.0)], lr=0.1), "zero_grads", "zero_grad"),
        (tn.walkthrough(Value(2.0) * 3.0), "pagee", "page"),
        (loss, "trianer", "trainer"),
        (tn.datasets.xor(), "input", "inputs"),
    ):
        assert f"did you mean {right!r}?" in said(getattr, found, wrong)
    assert "`nn.Linear`" not in said(getattr, loss, "Linear")  # the package is asked for such names
    assert "for groups, make an optimiser for each" in said(optim.SGD, [{"params": []}], lr=0.1)


def test_a_property_that_fails_says_why():
    class Broken(nn.Module):
        @property
        def number(self):
            raise AttributeError("the number is not there yet")

    assert "the number is not there yet" == said(getattr, Broken(), "number")


def test_requires_grad_cannot_be_assigned():
    with pytest.raises(AttributeError, match="left out of the list that the optimiser gets"):
        Value(1.0).requires_grad = False


def test_a_number_is_not_frozen_into_a_trace():
    @tn.compile
    def f(x):
        return x * x.item()

    with pytest.raises(tn.TracingError):
        f(Value(2.0))


ADVICE = [
    *((room, name, text) for room, names in PYTORCH.items() for name, text in names.items()),
    *(("option", name, text) for name, text in OPTIONS.items()),
]
GIVEN: dict[str, Any] = {
    "v": Value(0.5), "x": [0.5, 1.0], "y": [Value(1.0), Value(2.0)], "a": Value(1.0),
    "b": Value(2.0), "lowest": -1.0, "highest": 1.0, "values": [Value(1.0), Value(2.0)],
    "logits": [Value(1.0), Value(2.0)], "target": 1, "outputs": [0.5, 0.2], "targets": [1.0, 0.0],
    "p": 0.5, "logit": 0.5, "ws": [Value(1.0)], "xs": [2.0], "largest": 1.0, "tinygrad_neuron": tn,
    "model": nn.MLP(2, [1]), "f": lambda x: x * x,
}  # fmt: skip


@pytest.mark.parametrize(("room", "name", "text"), ADVICE, ids=lambda given: str(given)[:20])
def test_what_is_advised_exists_and_runs(room, name, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parameters = [Value(1.0)]
    parameters[0].grad = 1.0
    y = Value(2.0) * parameters[0]
    own = {"parameters": parameters, "path": "model.json", "logits": GIVEN["logits"]}
    own["optimiser"] = optim.SGD(parameters, lr=0.1)
    scope = {**{name: getattr(tn, name) for name in dir(tn)}, **GIVEN, **own}
    if "gradients(y, [x])" in text:
        scope |= {"x": parameters[0], "y": y}
    GIVEN["model"].save("model.json")
    assert not re.search(r"(?<!`)`\s*$", text) or text.count("`") % 2 == 0
    for code in re.findall(r"`([^`]+)`", text):
        if code not in ("with",):
            exec(compile(ast.parse(code), "advice", "exec"), dict(scope))
    if room != "option":
        optimiser = optim.SGD([Value(1.0)], lr=0.1)
        objects = {"Value": Value(1.0), "Module": GIVEN["model"], "Optimiser": optimiser}
        owner = objects.get(room) or module(f".{room}" if room else "")
        assert not hasattr(owner, name), (
            f"{name} is there: no advice is needed, take it from {reflexes.__file__}"
        )


def test_more_that_works_as_in_pytorch():
    data = tn.datasets.moons(4)
    assert (list(data)[1], list(data)[2:]) == (data[1], data[2:])
    model = nn.Sequential(nn.Linear(2, 3, seed=0))
    assert model.append(nn.Linear(3, 1, seed=1)) is model
    assert "layers[1].weight" == f"{model[1].scope.name}.weight"  # it has its place at once
    loss = losses.mean_squared_error([model(x) for x, _ in data], [[float(t)] for _, t in data])
    loss.backward()
    assert any(p.grad for p in model.parameters())
    with pytest.raises(TypeError, match="layer 2 must be a module or a function, got the type"):
        model.append(nn.Linear)
    assert nn.LayerNorm([2]).size == nn.LayerNorm((2,)).size == nn.RMSNorm([2]).size == 2
    assert "cross_entropy has no option 'label_smoothing': give a distribution" in said(
        losses.cross_entropy, [1.0, 2.0], 1, label_smoothing=0.1
    )
    assert "of what is computed already it is gradients(y, [x])" in said(tn.grad, loss)


def test_a_list_given_to_an_operation_is_one_error_with_the_way_out():
    with pytest.raises(TypeError, match=r"go through it .*, as in \[f\(v\) for v in x\]") as caught:
        tn.relu([Value(1.0), Value(2.0)])
    assert caught.value.__context__ is None

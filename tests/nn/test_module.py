"""A Module finds its parameters wherever they are, names them, and tells them where they stand."""

import copy
import pickle
from dataclasses import dataclass

import pytest

from tinygrad_neuron import Value, nn
from tinygrad_neuron.compiler import compile


class Line(nn.Module):
    def __init__(self, slope=2.0, offset=1.0):
        self.slope = Value(slope)
        self.offset = Value(offset)

    def __call__(self, x):
        return self.slope * x + self.offset


class Holder(nn.Module):
    """Has whatever attributes it is given, in this order."""

    def __init__(self, **attributes):
        for name, value in attributes.items():
            setattr(self, name, value)


def names(module):
    return [name for name, _ in module.named_parameters()]


# Parameters


def test_parameters_are_named_by_attribute_in_the_order_of_assignment():
    line = Line()
    assert [("slope", line.slope), ("offset", line.offset)] == list(line.named_parameters())
    assert [line.slope, line.offset] == line.parameters()


def test_a_module_without_parameters_has_none():
    assert nn.Module().parameters() == []


def test_parameters_of_nested_modules_carry_the_path_to_them():
    outer = Holder(first=Line(), inner=Holder(second=Line()))
    assert names(outer) == [
        "first.slope",
        "first.offset",
        "inner.second.slope",
        "inner.second.offset",
    ]


def test_parameters_are_found_in_lists_tuples_and_dictionaries_of_any_depth():
    held = Holder(
        row=[Value(1.0), Value(2.0)],
        pair=(Value(3.0), [Value(4.0)]),
        table={"a": Value(5.0), 7: {"b": Line()}},
    )
    assert names(held) == [
        "row[0]",
        "row[1]",
        "pair[0]",
        "pair[1][0]",
        "table['a']",
        "table[7]['b'].slope",
        "table[7]['b'].offset",
    ]


def test_the_names_of_a_network_are_the_expressions_that_reach_its_parameters():
    model = nn.MLP(2, [3, 1], seed=0)
    assert len(names(model)) == 13
    for name, parameter in model.named_parameters():
        assert eval(f"model.{name}") is parameter


def test_parameters_appended_to_a_list_after_its_assignment_are_found():
    held = Holder(row=[])
    held.row.append(Value(1.0))
    held.row.append(Line())
    assert names(held) == ["row[0]", "row[1].slope", "row[1].offset"]


def test_a_shared_parameter_is_listed_once_under_its_first_name():
    tied = Value(1.0)
    assert names(Holder(a=tied, b=tied, rows=[tied, tied])) == ["a"]


def test_a_shared_module_is_listed_once_under_its_first_name():
    line = Line()
    assert names(Holder(a=line, b=[line, line])) == ["a.slope", "a.offset"]


def test_two_parameters_of_equal_data_are_two_parameters():
    assert names(Holder(a=Value(1.0), b=Value(1.0))) == ["a", "b"]


def test_a_computed_value_held_in_an_attribute_is_no_parameter():
    line = Line()
    line.latest = line(3.0)
    assert names(line) == ["slope", "offset"]


def test_a_replaced_parameter_is_forgotten_and_a_deleted_one_too():
    line = Line()
    line.slope = 2.0
    assert names(line) == ["offset"]
    del line.offset
    assert names(line) == []


def test_a_subclass_need_not_call_the_constructor_of_module():
    class Bare(nn.Module):
        def __init__(self):
            self.weight = Value(1.0)

    bare = Bare()
    assert names(bare) == ["weight"]
    assert bare.training is True
    assert bare.eval().training is False
    assert str(bare.scope) == "Bare"


def test_a_subclass_may_override_parameters_as_in_micrograd():
    class Tree(nn.Module):
        def __init__(self):
            self.hidden = {Value(1.0)}  # Module does not look into sets

        def parameters(self):
            return list(self.hidden)

    tree = Tree()
    (parameter,) = tree.parameters()
    (parameter * 3.0).backward()
    assert parameter.grad == 3.0
    tree.zero_grad()
    assert parameter.grad == 0.0


def test_a_module_that_refers_back_to_the_one_around_it_still_lists_its_parameters():
    outer, inner = Holder(), Holder()
    outer.inner = inner
    inner.outer = outer
    outer.weight = Value(1.0)
    try:
        found = outer.parameters()
    except RecursionError:
        pytest.fail("parameters() recurses without end")
    assert [outer.weight] == found


def test_a_module_that_refers_back_to_the_one_around_it_has_a_scope_that_ends():
    outer, inner = Holder(), Holder()
    outer.inner = inner
    inner.outer = outer
    scope, depth = inner.scope, 0
    while scope is not None and depth < 10:
        scope, depth = scope.parent, depth + 1
    assert depth < 10  # else `str(scope)` never returns


# zero_grad


def test_zero_grad_returns_every_gradient_to_not_computed_yet():
    line = Line()
    fresh = repr(line.slope)
    line(3.0).backward()
    assert (line.slope.grad, line.offset.grad) == (3.0, 1.0)
    assert "grad=3.0" in repr(line.slope)
    line.zero_grad()
    assert (line.slope.grad, line.offset.grad) == (0.0, 0.0)
    assert fresh == repr(line.slope)


def test_zero_grad_before_any_backward_pass_does_nothing():
    line = Line()
    line.zero_grad()
    assert line.slope.grad == 0.0
    assert "grad" not in repr(line.slope)


def test_gradients_accumulate_over_calls_until_zero_grad():
    line = Line()
    line(3.0).backward()
    line(4.0).backward()
    assert line.slope.grad == 7.0
    line.zero_grad()
    line(4.0).backward()
    assert line.slope.grad == 4.0


# train and eval


def test_a_module_starts_in_training():
    assert nn.MLP(1, [1]).training is True


def test_train_and_eval_reach_every_nested_module_and_return_the_module():
    line = Line()
    model = Holder(rows=[line, {"mlp": nn.MLP(2, [2, 1])}], direct=Holder(pair=(Line(),)))
    everything = [
        model,
        line,
        model.rows[1]["mlp"],
        model.rows[1]["mlp"].layers[0],
        model.rows[1]["mlp"].layers[0].neurons[1],
        model.direct,
        model.direct.pair[0],
    ]
    assert model is model.eval()
    assert [module.training for module in everything] == [False] * 7
    assert model is model.train()
    assert [module.training for module in everything] == [True] * 7
    assert model is model.train(False)
    assert [module.training for module in everything] == [False] * 7


def test_eval_of_one_module_leaves_another_in_training():
    one, other = Line(), Line()
    one.eval()
    assert other.training is True
    assert nn.Module().training is True


def test_eval_reaches_modules_that_refer_to_each_other():
    outer, inner = Holder(), Holder()
    outer.inner, inner.outer = inner, outer
    outer.eval()
    assert (outer.training, inner.training) == (False, False)


def test_a_dataclass_can_be_a_module():
    @dataclass
    class Scale(nn.Module):
        factor: Value

    scale = Scale(Value(2.0))
    assert names(scale) == ["factor"]
    assert scale.eval().training is False


def test_a_branch_on_the_mode_is_recorded_anew_when_the_mode_changes():
    class Doubling(nn.Module):
        def __call__(self, x):
            return x * 2.0 if self.training else x * 1.0

    module = Doubling()
    compiled = compile(lambda x: module(x))
    assert compiled(3.0).data == 6.0
    module.eval()
    assert compiled(3.0).data == 3.0
    module.train()
    assert compiled(3.0).data == 6.0


# Scopes


def test_scopes_read_as_the_model_is_written():
    model = nn.MLP(2, [4, 1], seed=0)
    assert str(model.scope) == "MLP"
    assert str(model.layers[0].scope) == "layers[0]"
    assert str(model.layers[0].neurons[3].scope) == "layers[0].neurons[3]"
    assert str(model.layers[1].neurons[0].scope) == "layers[1].neurons[0]"
    path = model.layers[0].neurons[3].scope.path
    assert [scope.kind for scope in path] == ["MLP", "Layer", "Neuron"]


def test_scopes_name_the_attribute_the_dictionary_key_and_the_place_in_a_tuple():
    model = Holder(encoder=nn.Layer(1, 2), heads={"left": nn.Neuron(1)}, pair=(Line(), Line()))
    assert str(model.encoder.neurons[1].scope) == "encoder.neurons[1]"
    assert str(model.heads["left"].scope) == "heads['left']"
    assert str(model.pair[1].scope) == "pair[1]"


def test_parameters_have_the_scope_of_their_module_and_its_name_for_them():
    line = Line()
    outer = Holder(line=line)
    assert str(line.slope.scope) == "line"
    assert line.slope.label == "slope"
    assert outer.scope is line.slope.scope.parent


def test_a_parameter_appended_to_a_list_gets_its_name_and_scope_when_parameters_are_listed():
    model = Holder(row=[])
    model.row.append(Value(1.0))
    (parameter,) = model.parameters()
    assert (parameter.label, str(parameter.scope)) == ("row[0]", "Holder")


def test_a_label_that_a_parameter_already_has_is_kept():
    assert Holder(weight=Value(1.0, label="m")).weight.label == "m"


def test_a_module_appended_to_a_list_has_the_scope_of_its_place():
    model = Holder(layers=[])
    model.layers.append(nn.Neuron(1))
    assert names(model) == ["layers[0].w[0]", "layers[0].b"]
    assert str(model.layers[0].scope) == "layers[0]"


def test_the_scope_of_a_shared_module_agrees_with_the_names_of_its_parameters():
    line = Line()
    model = Holder(first=line, second=line)
    assert names(model)[0] == "first.slope"
    assert str(line.slope.scope) == "first"


# Copies


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_a_copy_has_parameters_of_its_own_with_the_same_names_data_and_scopes(duplicate):
    model = nn.MLP(2, [2, 1], seed=3)
    twin = duplicate(model)
    assert names(model) == names(twin)
    assert [p.data for p in model.parameters()] == [p.data for p in twin.parameters()]
    assert model([1.0, 2.0]).data == twin([1.0, 2.0]).data
    assert str(twin.layers[0].neurons[1].scope) == "layers[0].neurons[1]"
    assert not set(model.parameters()) & set(twin.parameters())
    twin([1.0, 2.0]).backward()
    assert [p.grad for p in model.parameters()] == [0.0] * 9


def test_a_module_of_ones_own_shows_what_it_holds():
    class Block(nn.Module):
        def __init__(self):
            self.linear = nn.Linear(2, 2)
            self.number = 3

    class Net(nn.Module):
        def __init__(self):
            self.first = nn.Linear(2, 3)
            self.blocks = [Block(), nn.ReLU()]
            self.whole = self.first  # the same once more

    net = Net()
    net.back = net  # a circle
    assert "Block(linear=Linear(2, 2))" == repr(Block())
    held = "first=Linear(2, 3), blocks=[Block(...), ReLU()], whole=Linear(2, 3), back=Net(...)"
    assert f"Net({held})" == repr(net)


def test_a_set_has_no_order_for_parameters():
    class Unordered(nn.Module):
        def __init__(self, *members):
            self.members = set(members)

    assert [] == list(Unordered("names", 3).parameters())
    with pytest.raises(TypeError, match="members is a set of parameters or modules, which has no"):
        list(Unordered(Value(1.0)).parameters())


def test_a_module_that_computes_nothing_says_what_to_write():
    class Empty(nn.Module):
        pass

    with pytest.raises(TypeError, match=r"Empty cannot be called: .* def forward"):
        Empty()(1.0)

"""What layers refuse, in words with the numbers and the rule; what they start from; what holds for
any weights."""

import math
import random
import re

import pytest

from tinygrad_neuron import Value, nn, topological_order
from tinygrad_neuron.calculus.table import BUILT_IN, TABLE
from tinygrad_neuron.nn import activations
from tinygrad_neuron.nn.shapes import each, flat, lists, shape

ROW = [1.0, 2.0]


def data(x):
    return each(lambda v: v.data, x)


def random_numbers(*lengths, seed=0):
    generator = random.Random(seed)

    def nested(rest):
        return [nested(rest[1:]) for _ in range(rest[0])] if rest else generator.gauss(0.0, 1.0)

    return nested(lengths)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.Linear(3, 2)(ROW), "the input must have the shape (..., 3), got (2,)"),
        (lambda: nn.Linear(2, 2)(1.0), "the input must have the shape (..., 2), got float 1.0"),
        (lambda: nn.Linear(2, 2)([[1.0, 2.0], [1.0]]), "(2,) at position 0, (1,) at position 1"),
        (lambda: nn.Linear(2, 2)(["1", 2.0]), "must be a real number, got str '1'"),
        (lambda: nn.Linear(0, 2), "in_features must be an integer of 1 or more, got 0"),
        (
            lambda: nn.Conv2d(1, 1, 3)([[[1.0, 2.0]]]),
            "along its height the kernel has 3 and the input 1 + 2 * 0 = 1",
        ),
        (lambda: nn.Conv1d(2, 1, 1)([ROW]), "must have the shape (2, length), got (1, 2)"),
        (lambda: nn.Conv1d(1, 1, 0), "kernel_size must be an integer of 1 or more, got 0"),
        (lambda: nn.Conv2d(1, 1, (1, 2, 3)), "1 or more, or 2 of them, got (1, 2, 3)"),
        (lambda: nn.Conv2d(1, 1, 1, padding=-1), "padding must be an integer of 0 or more"),
        (lambda: nn.MaxPool2d(3)([[ROW]]), "the kernel must not be larger than the padded input"),
        (lambda: nn.MaxPool1d(3, padding=2), "at most half of the kernel's size, got padding 2"),
        (lambda: nn.RNN(1, 2)([]), "(length, 1), got (0,); a sequence has 1 step or more"),
        (lambda: nn.LSTM(1, 2)([[1.0]], ([[0.0]], [[0.0]])), "h_0 must have the shape (1, 2)"),
        (lambda: nn.RNN(1, 2, nonlinearity="sigmoid"), "'tanh' or 'relu', got 'sigmoid'"),
        (lambda: nn.GRU(1, 2, dropout=1.0), "dropout must be from 0 to less than 1, got 1.0"),
        (lambda: nn.LSTM(1, 2, bias=False, forget_bias=1.0), "forget_bias=1.0 needs biases"),
        (lambda: nn.MultiheadAttention(4, 3), "got 3 heads and a width of 4"),
        (
            lambda: nn.MultiheadAttention(2, 1)([ROW], [ROW], [ROW], attn_mask=[[0.0, 0.0]]),
            "attn_mask must have the shape (1, 1), one row for each query and one column for each "
            "key, got (1, 2)",
        ),
        (
            lambda: nn.MultiheadAttention(2, 1)([ROW], [ROW], [ROW], attn_mask=[[True]]),
            "the mask hides every position from position 0; each must see at least one",
        ),
        (lambda: nn.Embedding(3, 2)(3), "a whole number from 0 to 2, got 3"),
        (lambda: nn.Embedding(3, 2)([0, 0.5]), "a whole number from 0 to 2, got 0.5"),
        (lambda: nn.PositionalEmbedding(2, 1)([ROW, ROW]), "up to max_len=1 positions, got 2"),
        (lambda: nn.Sequential(nn.Tanh), "layer 0 must be a module or a function, got the type"),
        (lambda: nn.ReLU(1.0), "ReLU takes no argument, got (1.0,)"),
        (lambda: nn.ELU(beta=1.0), "ELU has no option 'beta'; it has alpha"),
        (lambda: nn.ELU(alhpa=1.0), "ELU has no option 'alhpa'; did you mean 'alpha'?"),
        (lambda: nn.ReLU(inplace=True), "ReLU has no option 'inplace': every operation makes"),
        (lambda: nn.LeakyReLU(negative_slope=1.0), "'negative_slope': its name is slope"),
        (lambda: nn.Sequential([nn.ReLU()]), "got list [ReLU()]; write Sequential(*layers)"),
        (lambda: nn.LayerNorm(2, eps=0.0), "eps must be greater than 0, got 0.0"),
        (lambda: nn.Flatten(-1), "start_dim must be an integer of 0 or more, got -1"),
        (lambda: nn.causal_mask(0), "length must be an integer of 1 or more, got 0"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_numbers_and_the_rule(call, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        call()


def test_there_is_a_module_for_every_activation_of_the_table():
    entries = {made.operation.name for made in activations.ACTIVATIONS.values()}
    assert entries == {name for name in BUILT_IN if TABLE[name].activation}
    missing = set(activations.ACTIVATIONS) - set(nn.__all__)
    assert not missing, (
        f"{nn.__file__}: {sorted(missing)} must be imported, under TYPE_CHECKING, and listed in "
        f"__all__; {activations.__file__} declares it, at the end"
    )


def test_arrays_and_frames_are_taken_where_lists_are():
    np = pytest.importorskip("numpy")

    class Frame:
        def to_numpy(self):
            return np.array([[1.0, 2.0]])

        def __iter__(self):
            return iter(["name of a column"])

    linear = nn.Linear(2, 1, seed=0)
    expected = data(linear([ROW]))
    for given in (np.array([ROW]), Frame(), (tuple(ROW),), [np.array(ROW)], np.float32([ROW])):
        assert data(linear(given)) == expected


def test_shape_and_lists():
    assert shape(lists(((1, 2, 3), (4, 5, 6)))) == (2, 3)
    assert shape([]) == (0,)
    assert shape(Value(1.0)) == ()


# How large the numbers are at the start: PyTorch's bounds.


@pytest.mark.parametrize(
    ("layer", "bound"),
    [
        (nn.Linear(9, 50, seed=0), 1 / 3),
        (nn.Conv1d(3, 20, 3, seed=0), 1 / 3),
        (nn.Conv2d(1, 20, 3, seed=0), 1 / 3),
        (nn.RNN(2, 16, seed=0), 1 / 4),
        (nn.LSTMCell(30, 4, seed=0), 1 / 2),
        (nn.GRU(2, 4, num_layers=2, seed=0), 1 / 2),
    ],
    ids=str,
)
def test_parameters_start_uniform_within_the_bound_of_pytorch(layer, bound):
    numbers = [p.data for p in layer.parameters()]
    assert -bound <= min(numbers) < -0.9 * bound
    assert 0.9 * bound < max(numbers) <= bound
    assert sum(numbers) / len(numbers) == pytest.approx(0.0, abs=0.15 * bound)


def test_attention_starts_xavier_uniform_with_biases_of_0():
    attention = nn.MultiheadAttention(12, 3, seed=0)
    bound = math.sqrt(6 / (12 + 36))
    weights = [w.data for w in flat(attention.in_proj_weight)]
    assert 0.95 * bound < max(weights) <= bound
    assert {b.data for b in [*attention.in_proj_bias, *attention.out_proj.bias]} == {0.0}


def test_equal_seeds_start_alike_and_others_do_not():
    one, same, other = (nn.LSTM(2, 3, seed=seed) for seed in (1, 1, 2))
    numbers = [[p.data for p in m.parameters()] for m in (one, same, other)]
    assert numbers[0] == numbers[1] != numbers[2]


def test_an_initialiser_of_ones_own_draws_the_weights():
    for layer in (
        nn.Linear(2, 3, init="zeros"),
        nn.Conv2d(1, 2, 2, init="zeros"),
        nn.Embedding(2, 2, init="zeros"),
    ):
        assert {w.data for w in flat(layer.weight)} == {0.0}
    rnn = nn.RNN(2, 3, init="zeros")
    assert {w.data for w in flat([rnn.weight_ih_l0, rnn.weight_hh_l0])} == {0.0}


def test_the_forget_gates_may_start_open():
    lstm = nn.LSTM(2, 3, num_layers=2, forget_bias=1.0, seed=0)
    for ih, hh in ((lstm.bias_ih_l0, lstm.bias_hh_l0), (lstm.bias_ih_l1, lstm.bias_hh_l1)):
        assert [(a.data, b.data) for a, b in zip(ih[3:6], hh[3:6], strict=True)] == [(1.0, 0.0)] * 3


# What holds for any weights


def test_attention_without_positions_does_not_see_the_order():
    x, order = random_numbers(4, 6), [2, 0, 3, 1]
    shuffled = [x[k] for k in order]
    for layer in (
        lambda x: nn.MultiheadAttention(6, 2, seed=1)(x, x, x)[0],
        nn.TransformerEncoderLayer(6, 3, dropout=0.0, seed=1),
    ):
        straight = data(layer(x))
        for row, k in zip(data(layer(shuffled)), order, strict=True):
            assert row == pytest.approx(straight[k], rel=1e-12, abs=1e-12)


def test_with_positions_it_does():
    x = random_numbers(2, 4)
    for positions in (nn.PositionalEncoding(4), nn.PositionalEmbedding(4, 2, seed=0)):
        one, other = data(positions(x)), data(positions(x[::-1]))
        assert one[0] != pytest.approx(other[1])


def test_a_causal_mask_hides_what_comes_after():
    attention, x = nn.MultiheadAttention(4, 2, seed=1), random_numbers(3, 4)
    changed = [*x[:2], [9.0, 9.0, 9.0, 9.0]]
    for options in ({"is_causal": True}, {"attn_mask": nn.causal_mask(3)}):
        first, second = (data(attention(v, v, v, **options)[0]) for v in (x, changed))
        assert first[:2] == second[:2]
        assert first[2] != second[2]


def test_convolution_moves_with_the_image():
    conv = nn.Conv2d(1, 2, 3, padding=2, seed=0)
    small = random_numbers(3, 3)
    blank = [[0.0] * 6 for _ in range(6)]
    at = {}
    for down, right in [(0, 0), (1, 2), (3, 3)]:
        image = [row[:] for row in blank]
        for i in range(3):
            image[i + down][right : right + 3] = small[i]
        out = data(conv([image]))
        at[down, right] = [[row[right : right + 5] for row in m[down : down + 5]] for m in out]
    assert at[0, 0] == at[1, 2] == at[3, 3]


def test_a_kernel_weight_is_one_node_with_a_consumer_for_each_place():
    conv = nn.Conv1d(1, 1, 2, bias=False, seed=0)
    out = conv([[1.0, 2.0, 3.0, 4.0]])[0]
    weight = conv.weight[0][0][0]
    products = [node for node in topological_order(*out) if weight in node._prev]
    assert len(products) == 3 == len(out)


def test_nothing_superfluous_is_recorded():
    """A weighted sum: as many multiplies as weights, one sum, one bias addition."""

    def operations(outputs):
        return sorted(node._op for node in topological_order(*flat(outputs)) if node._op)

    assert operations(nn.Linear(3, 1)([1.0, 2.0, 3.0])) == ["*"] * 3 + ["+", "sum"]
    assert operations(nn.Linear(1, 1, bias=False)([1.0])) == ["*"]
    conv = nn.Conv2d(1, 1, 2, padding=1)([[[5.0]]])  # in each of four places one weight meets it
    assert operations(conv) == ["*"] * 4 + ["+"] * 4


def test_a_sequence_layer_is_its_cell_step_by_step():
    x = random_numbers(4, 2)
    for layer, cell in [
        (nn.RNN(2, 3, seed=5), nn.RNNCell(2, 3, seed=5)),
        (nn.GRU(2, 3, seed=5), nn.GRUCell(2, 3, seed=5)),
    ]:
        outputs, state = layer(x)
        h = None
        for row, output in zip(x, outputs, strict=True):
            h = cell(row, h)
            assert data(h) == data(output)
        assert data(h) == data(state[0])
    outputs, (h_n, c_n) = nn.LSTM(2, 3, seed=5)(x)
    state = None
    for row in x:
        state = nn.LSTMCell(2, 3, seed=5)(row, state)
    assert data(list(state)) == [data(h_n[0]), data(c_n[0])]


def test_steps_are_scopes():
    outputs, _ = nn.RNN(1, 1, seed=0)([[1.0], [2.0]])
    assert [row[0].scope.name for row in outputs] == ["step 1", "step 2"]


def test_layers_read_the_states_of_those_before():
    both = nn.RNN(2, 3, num_layers=2, seed=4)
    one, two = nn.RNN(2, 3, seed=0), nn.RNN(3, 3, seed=0)
    for k, layer in enumerate((one, two)):
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            setattr(layer, f"{name}_l0", getattr(both, f"{name}_l{k}"))
    x = random_numbers(3, 2)
    assert data(both(x)[0]) == data(two(one(x)[0])[0])

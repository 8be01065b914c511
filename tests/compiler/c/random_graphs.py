"""Many generated C functions in one library, so that thousands of graphs take few compilations."""

import ctypes
import itertools
import random
import re
import types

from tinygrad_neuron import Value
from tinygrad_neuron.calculus.table import TABLE
from tinygrad_neuron.compiler import compile
from tinygrad_neuron.compiler.c import arrays, emitting, writer
from tinygrad_neuron.compiler.c import operations as c_operations
from tinygrad_neuron.compiler.c.compiler import find_compiler
from tinygrad_neuron.compiler.c.libraries import load
from tinygrad_neuron.passes import DOMAIN_ERRORS

# What each generated text defines, beside its struct's members.
DEFINED = r"\b(?:static (?:const )?(?:\w+(?:\(\(\w+\)\))? )*|int |struct )(\w+)(?=\[| ?\(| \{)"


class Graph:
    """A function that was recorded for an example, and what it gives in Python and in C."""

    def __init__(self, function, arguments, parameters, vector=None, rows=None):
        self.compiled = compile(function)
        self.leaves = [v for v in arguments if isinstance(v, Value)] + list(parameters)
        recorded, leaves = self.compiled._variants.find(arguments, {})
        self.recorded = recorded
        self.row = recorded.row(list(leaves))
        self.data = [leaf.data for leaf in recorded.leaves]
        vector = find_compiler().vector if vector is None else vector
        program = recorded.program((0,))
        self.emitted = emitting.emit(program, (0,), "a graph", vector, rows)

    def rows(self, count, seed=None):
        """The row of the example so many times; with a seed, with other numbers of its kind."""
        if seed is None:
            return [self.row] * count
        generator = random.Random(seed)
        return [[x * generator.uniform(0.5, 1.5) for x in self.row] for _ in range(count)]

    def in_python(self, rows=3, seed=None):
        """The total over rows and all gradients; None where an operation fails."""
        recorded = self.recorded
        try:
            total, gradients, inputs = recorded.generated((0,))(
                self.rows(rows, seed), self.data, recorded.zeros, (0.5,), 0.25
            )
        except DOMAIN_ERRORS:
            return None
        return [total, *gradients, *(x for row in inputs for x in row)]

    def in_c(self, add_up, rows=3, seed=None):
        order = self.emitted.leaves
        count = len(self.recorded.programs[0,].input_gradients)
        doubles = ctypes.c_double
        w = (doubles * len(order))(*(self.data[k] for k in order))
        g = (doubles * len(order))()
        total, seeds = doubles(0.25), doubles(0.5)
        inputs = (doubles * (count * rows))()
        x = (doubles * (len(self.row) * rows))(*itertools.chain(*self.rows(rows, seed)))
        failed = add_up(x, ctypes.c_long(rows), w, g, *map(ctypes.byref, (seeds, total)), inputs)
        if failed:
            return None
        gradients = [0.0] * len(self.data)
        for k, gradient in zip(order, g, strict=True):
            gradients[k] = gradient
        return [total.value, *gradients, *inputs]


def text_of_many(graphs):
    """One C text with a function `add_up_<k>` for each graph."""
    return text_of_all([(graph.recorded.programs[0,], graph.emitted) for graph in graphs])


def text_of_all(emitted):
    """One C text of those of many programs, with `_<k>` behind the names of the k-th."""
    used = {o for program, _ in emitted for o in program.operations if not isinstance(o, str)}
    over_arrays = {o.name: o for _, one in emitted for o in one.over_arrays}.values()
    used |= set(over_arrays)
    parts = [c_operations.source(sorted(used, key=lambda o: o.name))]
    parts += [arrays.source(over_arrays), writer.HEAD]
    for k, (_, one) in enumerate(emitted):
        text = one.source.partition(writer.HEAD)[2]
        names = sorted({*re.findall(DEFINED, text), "add_up", "map_rows"})
        parts += [f"#define {name} {name}_{k}" for name in names]
        parts.append(text)
        parts += [f"#undef {name}" for name in (*names, "ROWS", "EACH_ROW")]
    return "\n".join(parts)


class Together:
    """Compiled functions of which the texts are compiled in one: `prepare` them, then `load` in the
    place of `libraries.load` knows each by its text."""

    def __init__(self):
        self.places, self.emitted = {}, []

    def prepare(self, compiled, *arguments):
        """Note the texts that a call of a compiled function and its backward pass need."""
        variant, _ = compiled._variants.find(arguments, {})
        vector = find_compiler().vector
        for seeded, what in ((None, "outputs"), ((0,), "outputs and gradients")):
            program = variant.forward if seeded is None else variant.program(seeded)
            one = emitting.emit(program, seeded, f"{variant.title}: {what}", vector)
            if self.places.setdefault(one.source, len(self.emitted)) == len(self.emitted):
                self.emitted.append((program, one))

    def build(self):
        used = {o.name: o for _, one in self.emitted for o in one.over_arrays}.values()
        arrays.prepare(used)
        self.library = load(text_of_all(self.emitted))
        arrays.connect(self.library, used)

    def load(self, source):
        k = self.places[source]
        library = self.library
        return types.SimpleNamespace(
            add_up=getattr(library, f"add_up_{k}", None),
            map_rows=getattr(library, f"map_rows_{k}", None),
        )


NAMES = list(TABLE)
SMOOTH = ["add", "subtract", "multiply", "tanh", "sigmoid", "sin", "softplus", "sum", "relu", "abs"]
REPEATED = ["multiply", "add", "sum", "tanh", "relu"]


def random_graph(generator: random.Random, names, layered):
    """A random function, its arguments and parameters; `layered`: the same done to many numbers,
    as networks do."""

    def number():
        return generator.choice([0.0, 1.0, -1.0, 2.0, 0.5, generator.uniform(-3, 3)])

    def steps(values):
        nodes = list(values)
        used = set()
        for _ in range(generator.randint(1, 12)):
            operation = TABLE[generator.choice(names)]
            count = len(operation.operands)
            if operation.variadic:
                count = generator.randint(1, 5)
            positions = [generator.randrange(len(nodes)) for _ in range(count)]
            used.update(positions)
            operands = [nodes[i] for i in positions]
            if operation.chosen:
                nodes.append(operation.function(operands, generator.randrange(count)))
            elif operation.variadic:
                nodes.append(operation.function(operands))
            else:
                nodes.append(operation.function(*operands))
        return TABLE["sum"].function([node for i, node in enumerate(nodes) if i not in used])

    def layers(values):
        nodes = list(values)
        weights = iter(parameters)
        for _ in range(depth):
            nodes = [
                TABLE["tanh"].function(
                    TABLE["sum"].function([next(weights) * x for x in nodes]) + next(weights)
                )
                for _ in range(width)
            ]
            if shared:  # a residual connection with a weight of its own, used everywhere
                nodes = [x * parameters[0] + nodes[0] for x in nodes]
        return TABLE["sum"].function(nodes)

    seed = generator.random()
    inputs = generator.randint(1, 6)
    width, depth, shared = (
        generator.randint(1, 9),
        generator.randint(1, 3),
        generator.random() < 0.5,
    )
    needed = width * (inputs + 1) + (depth - 1) * width * (width + 1)
    parameters = [Value(number()) for _ in range(needed if layered else generator.randint(1, 4))]
    arguments = [Value(number()) if generator.random() < 0.7 else number() for _ in range(inputs)]
    if not layered:
        arguments = arguments[:3]

    def function(*values):
        generator.seed(seed)
        return layers(values) if layered else steps([*values, *parameters])

    return function, arguments, parameters

"""Generates `engine`'s record, pull and recompute anew for each operation: faster, the same bits.

The way `dataclasses` generates methods: what is a loop over operands there is written out here, so
that a node costs a third of the time. `print(inspect.getsource(tinygrad_neuron.tanh))` shows one,
and a debugger steps through it.
"""

import ast
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from . import engine, source_text
from .calculus import expressions
from .calculus.operation import TABLE, Operation, listed_operands
from .calculus.primitive import CONSTANT
from .engine import Operand, Value, constant, lift
from .interruption import uninterrupted
from .locks import Lock
from .operators import NOT_COMPUTED, add_methods
from .passes import arranged, raise_named
from .public import unknown_option
from .scope import here
from .stored import FAILURES


def apply(operation: Operation, operands: Sequence[Operand]) -> Value:
    """Record an operation with plain numbers among its operands: behind the generated functions."""
    lifted: tuple[Value, ...] | None = None
    for operand in operands:
        if not isinstance(operand, Value):
            break
    else:  # as nearly always while tracing
        lifted = tuple(operands)  # type: ignore[arg-type]  # all are Values
    try:  # `contextlib.suppress` would take as long as the rest
        lifted = lifted or lift(operation, operands)
    except TypeError:
        pass
    if lifted is None:  # out of the handler, so that an error stands alone
        return engine.apply(operation, operands)  # which takes arrays, or says what is wrong
    for value in lifted:
        if type(value) is not Value:
            if not operation.constant and (traced := value._traced(operation, lifted)) is not None:
                return traced  # as nearly always
            return engine.apply(operation, lifted)
    return operation.function(*arranged(operation, lifted))


# Written out, `multiply` becomes
#
#     def multiply(a, b):
#         if type(a) is not Value or type(b) is not Value:
#             return apply(operation, (a, b))
#         try:
#             data = a.data * b.data
#         except FAILURES as exception:
#             raise_named(operation, (a, b), exception)
#         if a._operation is CONSTANT and b._operation is CONSTANT:
#             return constant(data)
#         node = new(Value)
#         node.data = data
#         node.grad = NOT_COMPUTED
#         node._label = ''
#         node.within = here.scope
#         node._operation = operation
#         node._a = a
#         node._b = b
#         return node
#
#     def pull(node):
#         a = node._a
#         b = node._b
#         if a._operation is not CONSTANT:
#             a.grad += node.grad * b.data
#         if b._operation is not CONSTANT:
#             b.grad += node.grad * a.data
#
#     def recompute(node):
#         a = node._a
#         b = node._b
#         node.data = a.data * b.data


def _script(operation: Operation) -> tuple[str, dict[str, Any]]:
    """The source of an operation's three functions, and the globals they need."""
    names = operation.operand_names
    first = names[0]
    globals_: dict[str, Any] = {
        "CONSTANT": CONSTANT,
        "FAILURES": FAILURES,
        "NOT_COMPUTED": NOT_COMPUTED,
        "Value": Value,
        "apply": apply,
        "constant": constant,
        "here": here,
        "new": engine.new_value,
        "only_values": frozenset({Value}),
        "operation": operation,
        "sequence": listed_operands,
        "__name__": "tinygrad_neuron.functions",
    }
    if operation.variadic:
        data = {first: f"[v.data for v in {first}]"} | {name: f"{name}.data" for name in names[1:]}
        slots = ["node._a[:-1]", "node._a[-1]"] if operation.chosen else ["node._a"]
        operands = f"(*{first}, {names[1]})" if operation.chosen else first
        foreign = f"not only_values.issuperset(map(type, {operands}))"
        constants = [f"for v in {operands}:", "    if v._operation is not CONSTANT:"]
        constants += ["        break", "else:"]
    else:
        data = {name: f"{name}.data" for name in names}
        slots = [f"node._a[{position}]" for position in range(len(names))]
        if operation.arity > 0:
            slots = ["node._a", "node._b"][: len(names)]
        operands = f"({', '.join(names)}{',' * (len(names) == 1)})"
        foreign = " or ".join(f"type({name}) is not Value" for name in names)
        constants = [f"if {' and '.join(f'{name}._operation is CONSTANT' for name in names)}:"]
    floats = list[str]()
    if operation.domain and not operation.chosen:  # NumPy's would warn and give an infinity
        if operation.variadic:
            floats.append(f"data_of_{first} = {data[first].replace('v.data', 'float(v.data)')}")
            data[first] = f"data_of_{first}"
        else:
            for name in names:
                local = data[name] = f"data_of_{name}"
                floats += [
                    f"{local} = {name}.data",
                    f"if type({local}) is not float:",
                    f"    {local} = float({local})",
                ]
    unpack = [f"{name} = {slot}" for name, slot in zip(names, slots, strict=True)]
    compute = _assignments(operation, operation.forward, data, globals_, partial=False)

    defaults = [""] * (len(names) - len(operation.defaults))
    defaults += [f"={default!r}" for default in operation.defaults]
    signature = ", ".join(name + default for name, default in zip(names, defaults, strict=True))
    docstring = _docstring(operation).replace("\\", "\\\\").replace('"', '\\"').splitlines()
    record = [
        f'"""{docstring[0]}',
        *docstring[1:],
        '"""',
        *([f"{first} = sequence({operation.name!r}, {first})"] if operation.variadic else []),
        f"if {foreign}:",
        f"    return apply(operation, {operands})",
    ]
    for name, other in operation.constant.items():
        record += [f"if {name}._operation is CONSTANT:", f"    return {other}({', '.join(names)})"]
        globals_[other] = TABLE[other].function
    result = [*floats, *compute[:-1], f"data = {compute[-1]}"]
    record += ["try:", *(f"    {line}" for line in result), "except FAILURES as exception:"]
    record.append(f"    raise_named(operation, {operands}, exception)")
    record += [
        *constants,
        "    return constant(data)",
        "node = new(Value)",
        "node.data = data",
        "node.grad = NOT_COMPUTED",
        "node._label = ''",
        "node.within = here.scope",
        "node._operation = operation",
    ]
    if operation.arity > 0:
        record += [f"node.{slot} = {v}" for slot, v in zip(("_a", "_b"), names, strict=False)]
    else:
        record.append(f"node._a = {operands}")
    record.append("return node")

    one = {**data, "y": "node.data"}
    if operation.variadic:
        one[first] = f"{first}.data"
    pull = [] if operation.variadic and not operation.chosen else [*unpack, *floats]
    for name, term in operation.totals.items():
        each = _text(operation, term, one, globals_, partial=True)
        pull.append(f"{name} = partial_sum([{each} for {first} in {slots[0]}])")
        globals_["partial_sum"] = operation.meaning("sum", partial=True)
    for position, text in enumerate(operation.partials):
        name, where = names[position], ""
        if operation.chosen:
            pull.append(f"{name} = {name}[int({operation.chosen}.data)]")
        elif operation.variadic:
            pull.append(f"for {name} in node._a:")
            where = "    "
        *before, local = _assignments(operation, text, one, globals_, partial=True)
        contribution = {"1": "node.grad", "-1": "-node.grad"}.get(local)
        if contribution is None:
            simple = isinstance(ast.parse(local, mode="eval").body, _ATOMS)
            contribution = f"node.grad * {local}" if simple else f"node.grad * ({local})"
        pull += [
            f"{where}if {name}._operation is not CONSTANT:",
            *(f"{where}    {line}" for line in before),
            f"{where}    {name}.grad += {contribution}",
        ]
    recompute = [*unpack, *floats, *compute[:-1], f"node.data = {compute[-1]}"]
    functions = {f"{operation.name}({signature})": record, "pull(node)": pull}
    functions["recompute(node)"] = recompute
    source = "\n\n".join(
        f"def {head}:\n" + "".join(f"    {line}\n" if line else "\n" for line in body)
        for head, body in functions.items()
    )
    return source, globals_ | {"raise_named": raise_named}


_ATOMS = (ast.Attribute, ast.Call, ast.Constant)


def _assignments(
    operation: Operation,
    text: str,
    data: dict[str, str],
    globals_: dict[str, Any],
    partial: bool,
) -> list[str]:
    """The lines that compute an expression of the table on floats; the last is the expression."""
    needed = expressions.names(expressions.parse(text, choices=True))
    lines = []
    for name, meaning in reversed(operation.where.items()):
        if name in needed and name not in operation.totals:
            tree = expressions.parse(meaning)
            needed |= expressions.names(tree)
            lines.append(f"{name} = " + _text(operation, tree, data, globals_, partial=True))
    tree = expressions.parse(text, choices=True)
    if not partial:
        tree = expressions.as_float(tree)
    return [*reversed(lines), _text(operation, tree, data, globals_, partial)]


def _text(
    operation: Operation,
    tree: ast.expr,
    data: dict[str, str],
    globals_: dict[str, Any],
    partial: bool,
) -> str:
    """The text of an expression on floats.

    Adds the functions it calls to `globals_`, under names that say whether they are those of the
    forward expression (kernels) or of the partials (operations).
    """
    tree = operation.real(expressions.inline(tree, operation.definition))
    prefix = "partial_" if partial else "forward_"
    for function in expressions.called(tree):
        globals_[prefix + function] = operation.meaning(function, partial)
    return expressions.with_prefix(expressions.substitute(tree, data), prefix)


def _docstring(operation: Operation) -> str:
    """The docstring of an operation's function: what it computes, its derivatives, an example."""
    names = ", ".join(operation.operand_names)
    parts = [operation.summary or f"The operation {operation.forward}."]
    kind = "a list of Values or numbers" if operation.variadic else "a Value or a number"
    parts.append(
        f"Takes {names} ({kind}); returns a Value, a constant if all operands are numbers."
    )
    for name, partial in zip(operation.operand_names, operation.partials, strict=False):
        where = "".join(f", {key} = {meaning}" for key, meaning in operation.where.items())
        parts.append(f"Derivative for {name}: {partial}{where}")
    if operation.domain:
        parts.append(f"It needs {operation.domain}; elsewhere it raises Python's own error, named.")
    if operation.source:
        parts.append(f"Source: {operation.source}")
    if operation.example:
        code, result = operation.example.split(" -> ")
        parts.append(f">>> {code}\n{result}")
    return "\n\n".join(parts) + "\n"


def implement(operation: Operation) -> Callable[..., Value]:
    """Generate an operation's functions and put them in the place of the engine's, each by one
    assignment; returns the one that records."""
    source, globals_ = _script(operation)
    made = source_text.load(source, globals_, operation.name)
    function: Callable[..., Value] = made[operation.name]
    operation.pull, operation.recompute = made["pull"], made["recompute"]
    for name in operation.methods:
        method = function
        if name.startswith("__r"):  # the Value is the right operand
            swapped = f"{operation.name}_swapped"
            text = f"def {swapped}(b, a):\n    return {operation.name}(a, b)\n"
            title = f"{operation.name}, operands swapped"
            method = source_text.load(text, {operation.name: function}, title)[swapped]
        setattr(Value, name, method)
    operation.function = function  # the last: only then is it not generated again
    return function


def define_operation(
    name: str, forward: str, partials: Sequence[str], **options: Any
) -> Callable[..., Value]:
    """Add an operation of one's own to the table; returns its function.

    From then on it runs, differentiates to any order, compiles, draws and explains itself like a
    built-in one; unary ones also serve as `activation=name`.

    The same definition may be repeated, as when a notebook's cell runs twice: it changes nothing.

    **Arguments:** `name`, an identifier that neither the table, nor a Value, nor the package has;
    `forward`, the expression of the result; `partials`, one expression per operand, in the
    operands, the result `y`, and operations of the table; `options` as for
    `calculus.operation.Operation` (`operands="a, b"`, `defaults`, `where`, `domain`, `kernels`,
    `symbol`, ...). Raises a `ValueError` or `TypeError` that says what is wrong, and then adds
    nothing.

    >>> cube = define_operation("cube", "a * a * a", ["3 * a * a"])
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad
    (8.0, 12.0)
    """
    for option in {"operator", "constant"} & options.keys():
        raise ValueError(f"{name}: {option}=... is reserved for the operations that are built in")
    known = Operation.__init__.__kwdefaults__ or {}
    for option in options.keys() - known.keys():
        raise unknown_option("define_operation", option, known)
    try:
        operation = Operation(name, forward, partials, **options)
        operation.activation = options.get("activation", operation.arity == 1)
        with _one_at_a_time, uninterrupted():
            return _added(operation)
    except RecursionError:
        pass
    raise ValueError(
        f"{name}: an expression is nested too deeply, as a sum of a thousand terms is; name "
        "parts of it in where={...}, or take any number of operands, as in operands='*a'"
    )


_one_at_a_time = Lock()


def _added(operation: Operation) -> Callable[..., Value]:
    """Check all of an operation, and then have it in the table; or leave all as it was."""
    name = operation.name
    if (known := TABLE.get(name)) is not None:
        if _is_same(known, operation):
            return known.function
        raise ValueError(
            f"there is already an operation {name!r} with another definition, {known.forward}; "
            "choose another name"
        )
    if hasattr(Value, name) or name in dir(sys.modules[__package__]):
        has = "each Value" if hasattr(Value, name) else "tinygrad_neuron"
        raise ValueError(
            f"{name!r} cannot be the name of an operation: {has} has something else of this name; "
            f"choose another, such as {f'my_{name}'!r}"
        )
    TABLE[name] = operation  # first, because a partial may call the operation itself
    try:
        operation.check()
        source, globals_ = _script(operation)
        source_text.load(source, globals_, name)  # all that can fail, before anything is added
        add_methods(Value, operation)
        return operation.function
    except BaseException:
        del TABLE[name]
        raise


def _is_same(known: Operation, given: Operation) -> bool:
    """Whether two definitions say the same; a function defined again is the same if its code is."""
    kernels = known.kernels, given.kernels
    return (
        known.kernels.keys() == given.kernels.keys()
        and all(_is_same_code(*(k[name] for k in kernels)) for name in known.kernels)
        and all(
            getattr(known, what) == getattr(given, what)
            for what in (
                "forward", "partials", "operands", "defaults", "where", "chosen", "constant",
                "operator", "symbol", "domain", "activation", "summary", "source", "example",
            )
        )
    )  # fmt: skip


def _is_same_code(one: object, other: object) -> bool:
    codes = getattr(one, "__code__", None), getattr(other, "__code__", None)
    if one is other or None in codes:
        return one == other
    parts = ("co_code", "co_consts", "co_names", "co_varnames")
    return (
        all(getattr(codes[0], part) == getattr(codes[1], part) for part in parts)
        and getattr(one, "__defaults__", None) == getattr(other, "__defaults__", None)
        and not (codes[0].co_freevars or codes[1].co_freevars)  # type: ignore[union-attr]
    )


def make_nodes_with(new: Callable[[type[Value]], Value]) -> None:
    """Have every node of an operation, and every constant, made by `new(Value)` from now on.

    The one place that exchanges the maker, for whoever has to see each node as it is made (see
    `walk.lines`); `object.__new__` is the usual one. The generated functions read it from their
    globals, which they share with every reference to them, `from tinygrad_neuron import tanh`
    included: so it costs nothing while nobody asks, where a check at each node costs up to 6 %.
    """
    engine.new_value = new  # the functions of the engine, and those generated from now on
    for operation in list(TABLE.values()):
        function = vars(operation).get("function")
        if function is not None:
            function.__globals__["new"] = new


# Generated on first use, because all together would take longer than the rest of the import.
if not os.environ.get("TINYGRAD_NEURON_PLAIN"):
    Operation.generate = implement

# %% [markdown]
# # Lesson 7. One number, used twice
#
# After this lesson you can
#
# - find the gradient of a number that is used in several places: add up the paths;
# - say why a gradient is added with `+=` and never overwritten with `=`;
# - say in which order the nodes must be visited, and what goes wrong in a wrong order;
# - say why gradients are zeroed between two steps of learning, and when not.
#
# In lesson 6 every number was used once. In a network that is rare: the output of a neuron goes to
# *all* neurons of the next layer, and a weight is used again for every example. The smallest case
# is this one:
#
# $$ p = w \cdot x, \qquad y = p + x $$
#
# $x$ goes into the product *and* into the sum. With $x = 2$ and $w = 3$: $p = 6$ and $y = 8$.

# %% tags=["remove-input"]
from tinygrad_neuron import walkthrough
from tinygrad_neuron.course import Beside, exercise, predict, show, slider, task
from tinygrad_neuron.draw import figures
from tinygrad_neuron.gradient_check import difference

# %%
import math

from tinygrad_neuron import Value, datasets, draw_dot, local_derivatives, nudge, topological_order

x, w = Value(2.0, label="x"), Value(3.0, label="w")
p = w * x
y = p + x
p.label, y.label = "p", "y"

# %% tags=["hide-input"]
show(
    draw_dot(y, edges="none", legend=False),
    "Two arrows leave $x$: one to the product $p$, one straight to $y$.",
)

# %% tags=["remove-input"]
assert (p.data, y.data) == (6, 8)

# %%
predict(
    "What is the gradient of $x$, that is: if $x$ moves by 0.01, how many times as "
    "far does $y$ move?",
    answer=4,
    wrong={
        3: "That is the way through the product. But $x$ goes into the sum as well.",
        1: "That is the direct way into the sum. But $x$ goes into the product as well.",
        2: "That is $x$ itself, and the gradient of $w$. How does $y$ react to $x$?",
        8: "That is $y$. Nudge $x$ to 2.01, and compute $p$ and $y$ again.",
    },
    hint="With $x = 2.01$, $p = 6.03$ and $y = 6.03 + 2.01$. How far has $y$ moved?",
    explanation=r"$3 \cdot 2.01 + 2.01 = 8.04$, so $y$ moves by 0.04: 0.03 through $p$, and 0.01 "
    "directly.",
)

# %% [markdown]
# ## Add up the paths
#
# A nudge of $x$ travels along both arrows at once, and both changes meet in $y$. So there are two
# **paths** from $x$ to $y$. Along each path the local derivatives are multiplied, as in lesson 5.
# The products of all paths are *added*:
#
# - through $p$: $1 \cdot 3 = 3$;
# - directly: 1;
# - so the gradient of $x$ is $3 + 1 = 4$.

# %%
y.backward()
picture = draw_dot(y, highlight=x)

# %% tags=["hide-input"]
show(picture, "Two paths from $x$ to $y$, their products, and the sum: $3 + 1 = 4$.")

# %% tags=["remove-input"]
assert (picture.paths.count, picture.paths.sum, x.grad) == (2, 4, 4)

# %% [markdown]
# The backward pass does not look for paths. It does something simpler: whenever a contribution
# arrives at a node, it is *added* to what is already there. In Python that is `+=`.
#
# **You may think** that `=` would do: compute the gradient, store it. So let us write a backward
# pass of our own, `hand_on`, that we can break. It goes through the nodes backwards and hands on
# contributions, incoming times local. `add` decides what happens on arrival.


# %% tags=["hide-input"]
def hand_on(nodes, add):
    """A backward pass through these nodes: the gradients by name."""
    grad = dict.fromkeys(nodes, 0.0)
    grad[nodes[0]] = 1.0  # the output
    for node in nodes:
        for operand, local in local_derivatives(node):
            contribution = grad[node] * local
            if add:
                grad[operand] += contribution
            else:
                grad[operand] = contribution
    return {node.label: gradient for node, gradient in grad.items()}


# %%
backwards = [y, p, w, x]
print("with +=:", hand_on(backwards, add=True))
print("with = :", hand_on(backwards, add=False))

first, *_, last = nudge(y, x, by=0.01)
print(f"measured: {last.change / first.change:.4f}")

# %% tags=["remove-input"]
assert hand_on(backwards, add=True) == {"y": 1, "p": 1, "w": 2, "x": 4}
assert hand_on(backwards, add=False)["x"] == 3
assert round(last.change / first.change, 6) == 4

# %% [markdown]
# With `=` the contribution that came directly (1) was overwritten by the one that came through $p$
# (3). Nothing warns you: the number looks reasonable, and it is wrong.
#
# ## Why the order matters
#
# Now two doublings in a row:
#
# $$ b = a + a, \qquad c = b + b $$
#
# With $a = 3$: $b = 6$ and $c = 12$.

# %%
predict(
    "$b = a + a$ and $c = b + b$. What is the gradient of $a$?",
    answer=4,
    wrong={
        2: "That is the gradient of $b$. On the way to $a$ there is another doubling.",
        1: "That would be right if each number were used once. Each is used twice.",
        12: "That is $c$. If $a$ moves by 0.01, $b$ moves by 0.02. And $c$?",
        6: "The wrong order gives 6, as you will see in a moment. If $a$ moves by 0.01, $b$ "
        "moves by 0.02. And $c$?",
    },
    hint="If $a$ moves by 0.01, $b$ moves by 0.02. And $c$?",
    explanation=r"$c = 2 \cdot b$ and $b = 2 \cdot a$, so $c = 4 \cdot a$.",
)

# %% [markdown]
# $b$ gets two contributions from $c$, 1 and 1. Here is an obvious way to program the backward pass:
# as soon as something arrives at a node, the node hands on what it has. It is wrong.


# %%
def at_once(node, grad, log):
    """Hand on a gradient; whoever gets something hands it on at once."""
    for operand, local in local_derivatives(node):
        grad[operand] += grad[node] * local
        log.append((operand.label, grad[operand]))
        at_once(operand, grad, log)


# %% tags=["hide-input"]
def waiting(output, grad, log):
    """Hand on gradients, but only when a node has got everything."""
    for node in reversed(topological_order(output)):
        for operand, local in local_derivatives(node):
            grad[operand] += grad[node] * local
            log.append((operand.label, grad[operand]))


def doublings():
    """The graph of b = a + a, c = b + b: the output c, b and a."""
    a = Value(3.0, label="a")
    b = a + a
    c = b + b
    b.label, c.label = "b", "c"
    return c, b, a


histories = {}
for name, method in {"at once": at_once, "waiting": waiting}.items():
    nodes = doublings()
    log = []
    method(nodes[0], {node: float(node is nodes[0]) for node in nodes}, log)
    histories[name] = log
    print(name, *[f"{label} = {gradient:g}" for label, gradient in log], sep="   ")

# %% tags=["remove-input"]
wrong, right = histories["at once"], histories["waiting"]
assert wrong == [("b", 1), ("a", 1), ("a", 2), ("b", 2), ("a", 4), ("a", 6)]
assert right == [("b", 1), ("b", 2), ("a", 2), ("a", 4)]

# %% [markdown]
# Move the slider and watch both side by side.


# %% tags=["hide-input"]
def drawn(log, arrived):
    """The graph with the gradients as they are after so many arrivals."""
    nodes = doublings()
    nodes[0].grad = 1.0
    for label, gradient in log[:arrived]:
        next(node for node in nodes if node.label == label).grad = gradient
    return draw_dot(nodes[0], legend=False)


def side_by_side(arrived):
    texts, pictures = [], {}
    for name, log in histories.items():
        label, gradient = log[min(arrived, len(log)) - 1]
        done = ", done" if arrived >= len(log) else ""
        texts.append(f"{name}: {label} now has {gradient:g}{done}")
        pictures[texts[-1]] = drawn(log, arrived)
    return "\n".join(texts), Beside(pictures)


slider("arrivals", range(1, 7), side_by_side)

# %% [markdown]
# "At once" ends with 6 for $a$. With arrivals 2 and 3, $b$ hands on its first half: $a$ has $1 + 1
# = 2$. Then the second half of $b$ arrives. Now $b$ has 2, and hands on *all* of it, along both
# arrows: $a$ has $2 + 2 + 2 = 6$. The first half was counted twice. "Waiting" ends with 4, and that
# is right.
#
# So the rule is: **a node hands on its gradient when everything has arrived, and it does so once.**
# For that, every node must have its turn after all the nodes that use it. A list of nodes in which
# each stands after those it was computed from is called a **topological order**. The backward pass
# goes through it from the end to the beginning.

# %%
c, b, a = doublings()
print("topological order:", *[node.label for node in topological_order(c)])
c.backward()

# %% tags=["hide-input"]
show(
    walkthrough(c),
    "Both passes of $b = a + a$, $c = b + b$, step by step. In the backward pass $b$ "
    "hands on only when both contributions of $c$ have arrived.",
)

# %% tags=["remove-input"]
assert topological_order(c) == [a, b, c]
assert (b.grad, a.grad) == (2, 4)

# %% [markdown]
# Write such an order yourself. The graph is a dictionary: for each node, the list of what it was
# computed from, twice where it was used twice. For the two doublings it is
# `{"c": ["b", "b"], "b": ["a", "a"], "a": []}`. (In the task, `visit` calls itself for each of
# these numbers, the **operands** of the node, as `at_once` did.)

# %% tags=["remove-input"]
DOUBLINGS = {"c": ["b", "b"], "b": ["a", "a"], "a": []}
NEURON = {"y": ["z"], "z": ["s", "b"], "s": ["p", "q"], "p": ["w", "x"], "q": ["v", "x"]}
NEURON.update({leaf: [] for leaf in "bwvx"})
SHORTCUT = {"f": ["d", "e"], "e": ["a", "d"], "d": ["a", "b"], "a": [], "b": []}


def order_fault(order):
    """What is wrong with a learner's order, on three graphs."""
    for output, graph in {"c": DOUBLINGS, "y": NEURON, "f": SHORTCUT}.items():
        found = order(output, graph)
        if not isinstance(found, list):
            return f"It should return a list, not {found!r}."
        if sorted(found) != sorted(graph):
            return f"For the graph {graph} it gives {found}: every node should be there once."
        for node, operands in graph.items():
            late = [operand for operand in operands if found.index(operand) > found.index(node)]
            if late:
                return (
                    f"For the graph {graph} it gives {found}: {late[0]} stands after {node}, "
                    "which was computed from it."
                )
    return None


# %%
task(
    "Write `order`, which gets the name of the output and the graph, and returns the list of all "
    "nodes, each once, and each after those it was computed from.",
    start="""
def order(output, graph):
    found = []

    def visit(node):
        found.append(node)
        for operand in graph[node]:
            visit(operand)

    visit(output)
    return found
""",
    solution="""
def order(output, graph):
    found = []

    def visit(node):
        if node in found:
            return
        for operand in graph[node]:
            visit(operand)
        found.append(node)

    visit(output)
    return found
""",
    judge=order_fault,
    hint="Two changes: a node that has been found is not visited again; and a node is "
    "appended when all its operands are, not before.",
    explanation="Operands first, then the node itself, each only once: a topological order.",
)

# %% [markdown]
# ## Paths multiply, nodes do not
#
# There is a second gain. "At once" can be mended: let each node hand on only what is new. The
# result is then right, but every path is walked separately.

# %%
predict(
    "20 doublings in a row. How many paths lead from the first number to the last?",
    options=["20", "40", "400", "more than a million"],
    answer="more than a million",
    wrong={
        "20": "That is the number of steps. At each step a path can take either of two arrows.",
        "40": "That is the number of arrows. A path chooses one of two at each step: "
        r"$2 \cdot 2 \cdot 2$ ...",
        "400": r"A path chooses one of two arrows at each of the 20 steps: $2 \cdot 2 \cdot 2$ "
        "...",
    },
    explanation=r"$2 \cdot 2 \cdot \ldots \cdot 2$, twenty times, is 1,048,576.",
)

# %%
start = Value(1.0, label="start")
end = start
for _ in range(20):
    end = end + end
end.backward()
paths = draw_dot(end, highlight=start, edges="none").paths.count
nodes = topological_order(end)
print(f"{paths:,} paths, but only {len(nodes)} nodes to visit")
print(f"gradient of the first number: {start.grad:,.0f}")

# %% tags=["remove-input"]
assert (paths, len(nodes), start.grad) == (1_048_576, 21, 1_048_576)

# %% [markdown]
# Paths multiply: each doubling doubles their number. Going through the nodes in topological order,
# the backward pass visits 21 nodes instead of walking a million paths.
#
# ## Why zero the gradients
#
# `backward()` adds to what is already in a leaf. That is so *within* one call, as we have seen. And
# from one call to the next?

# %%
w = Value(2.0, label="w")
loss = (w - 5) ** 2
loss.backward()
print("after one call:", w.grad)

# %% tags=["remove-input"]
assert w.grad == -6

# %%
predict(
    "The gradient of $w$ is −6. We call `loss.backward()` once more. What is `w.grad` then?",
    answer=-12,
    wrong={
        -6: "That would be so if the call began from zero. It adds to what is there.",
        36: "Gradients are added, not multiplied.",
        0: "The second call does not take anything away. It adds −6 once more.",
    },
    hint="It adds the same −6 to what is already there.",
    explanation="$-6 + (-6) = -12$.",
)

# %%
loss.backward()
print("after two calls:", w.grad)

# %% tags=["remove-input"]
assert w.grad == -12
assert loss._prev[0].grad == -6

# %% [markdown]
# Leaves keep their gradients from call to call, and go on adding; the nodes in between begin each
# call at 0. In a training loop this would make a mess: the gradient of the second step would still
# contain that of the first. So we **zero the gradients** before each backward pass: `w.grad = 0.0`,
# or, for all parameters of a model, `model.zero_grad()`.
#
# How bad is it to forget? Let a single weight learn to be 3, with the loss $(w - 3)^2$ and the
# learning rate 0.1, once with zeroing and once without.


# %%
def learn(zeroing, steps=40):
    """The weight and the loss at each step."""
    w = Value(0.0, label="w")
    weights, curve = [], []
    for _ in range(steps):
        loss = (w - 3) ** 2
        weights.append(w.data)
        curve.append(loss.data)
        if zeroing:
            w.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad
    return weights, curve


weights_with, loss_with = learn(zeroing=True)
weights_without, loss_without = learn(zeroing=False)
for step in (1, 2, 3, 4, 7, 14, 40):
    a, b = weights_with[step - 1], weights_without[step - 1]
    print(f"step {step:2}   zeroed: w = {a:.2f}   not zeroed: w = {b:5.2f}")

curves = {"zeroed": loss_with, "not zeroed": loss_without}

# %% tags=["hide-input"]
show(
    figures.training_curves(curves),
    "The loss at each step. With zeroing it falls to 0 and stays there. Without, it falls, rises "
    "again to where it began and a little beyond, falls again, and so on.",
)

# %% tags=["remove-input"]
assert loss_with[-1] < 1e-6
assert [round(weights_without[step - 1], 2) for step in (7, 14)] == [6.01, -0.02]
assert loss_without[0] == 9 and 9 < max(loss_without[1:]) < 9.5

# %% [markdown]
# Without zeroing the weight runs past 3, up to 6.01, comes back to −0.02, and so on. The old
# gradients keep pushing long after they have ceased to be true.
#
# Why does the engine not zero by itself? Because adding up over calls is *useful*: you can call
# `backward()` for one example after the other, and only then take a step. The weight is one number
# shared by all examples, and its gradient is the sum over all of them, just as before.

# %%
examples = [(1.0, 3.0), (2.0, 5.0), (-1.0, 0.0)]

w = Value(2.0, label="w")
for number, target in examples:
    ((w * number - target) ** 2).backward()
one_by_one = w.grad

w = Value(2.0, label="w")
total = sum((w * number - target) ** 2 for number, target in examples)
total.backward()
print("one after the other:", one_by_one, "  all in one graph:", w.grad)

# %% tags=["remove-input"]
assert one_by_one == w.grad == -2

# %% [markdown]
# ## An engine of your own
#
# You have all the parts: the local derivatives of lesson 5, `+=`, and the order. Put together they
# are an **engine**: numbers that record how they were computed, and a backward pass. That is what
# Andrej Karpathy's micrograd is, a well-known engine of 94 lines, and what this package grew from.
#
# Here is what it should do. This function trains a network with 8 hidden neurons to tell two half
# moons of points apart, and counts how many of 60 points it gets right. `Number` is the engine: for
# now it is the package's own `Value`, and later it will be yours.


# %%
def moons_right(Number, steps=60):
    """Train a network of 2-8-1 neurons with an engine; how many of 60 points are right then."""
    examples = datasets.moons(60, noise=0.1, seed=0)
    # sin and cos serve only to begin with mixed numbers between -1 and 1
    hidden = [[Number(math.sin(7 * i + j)) for j in (1, 2, 3)] for i in range(8)]
    output = [Number(math.cos(i)) for i in range(9)]

    def score(x):
        z = output[8]
        for i, (w0, w1, b) in enumerate(hidden):
            z = z + output[i] * (w0 * x[0] + w1 * x[1] + b).tanh()
        return z.tanh()

    parameters = output + [number for neuron in hidden for number in neuron]
    for _ in range(steps):
        for parameter in parameters:
            parameter.grad = 0.0
        for x, target in examples:
            error = score(x) + (1 - 2 * target)  # the targets are -1 and 1
            loss = error * error
            loss.backward()
        for parameter in parameters:
            parameter.data -= 0.02 * parameter.grad
    return sum((score(x).data > 0) == (target == 1) for x, target in examples)


print("with the package's engine:", moons_right(Value), "of 60 right")

# %% [markdown]
# If you have not met a `class` in Python yet: it describes a kind of object. `Number(0.5)` makes a
# new one and calls `__init__`, which stores what belongs to it, as `self.data` and so on: `self` is
# the object itself. For a number `a`, the call `a.tanh()` runs the function `tanh` of the class
# with `a` as `self`.
#
# Everything it asks of an engine is this: `Number(0.5)` makes a number with `data` and `grad`; `+`
# and `*` work between two numbers, and with a plain number on the right; `tanh()` is there; and
# `backward()` adds the gradient to every number that the result was computed from. (Python turns
# `a + b` into `a.__add__(b)` and `a * b` into `a.__mul__(b)`, and `isinstance(other, Number)` asks
# whether `other` is already a number of ours.) About 60 lines will do, and fewer are welcome. It is
# a longer task: use the notebook, or an editor.

# %% tags=["remove-input"]
FORMULAS = {
    "a + b": lambda a, b: a + b,
    "a + 3": lambda a, b: a + 3,
    "a * b": lambda a, b: a * b,
    "a * 3": lambda a, b: a * 3,
    "a.tanh()": lambda a, b: a.tanh(),
    "p = a * b, y = p + a": lambda a, b: a * b + a,
    "c = a + a, y = c + c": lambda a, b: (a + a) + (a + a),
    "c = a + b, d = c * c, y = d + c": lambda a, b: (lambda c: c * c + c)(a + b),
    "z = a * b + a, y = z.tanh() * z": lambda a, b: (lambda z: z.tanh() * z)(a * b + a),
    "c = a + a, d = c + c, y = d * c": lambda a, b: (lambda c: (c + c) * c)(a + a),
}


def engine_fault(Number):
    """What is wrong with a learner's engine: its numbers, its gradients, or its training."""
    for text, formula in FORMULAS.items():
        a, b = Number(0.7), Number(-0.4)
        y = formula(a, b)
        expected = formula(Value(0.7), Value(-0.4)).data
        if y is None or not math.isclose(y.data, expected, rel_tol=1e-9):
            return f"{text} at a = 0.7, b = -0.4 gives {getattr(y, 'data', y)}, not {expected:g}."
        y.backward()
        for name, leaf in {"a": a, "b": b}.items():

            def moved(x, name=name, formula=formula):
                numbers = {"a": 0.7, "b": -0.4, name: x}
                return formula(Number(numbers["a"]), Number(numbers["b"])).data

            measured = difference(moved, leaf.data if name == "b" else 0.7)
            if not measured.allows(leaf.grad, 1e-6):
                return (
                    f"{text}: after backward() the gradient of {name} is {leaf.grad:g}; the "
                    f"package's gradient check measures {measured.slope:.6g}."
                )
    right = moons_right(Number)
    if right < 54:
        return f"The gradients are right, but after training only {right} of 60 moons are."
    return None


# %%
task(
    "Write the engine, `Number`. First the package's gradient check compares its gradients with "
    "nudges, then it has to train the moons.",
    start="""
class Number:
    def __init__(self, data, operands=(), local=()):
        self.data = data
        self.grad = 0.0
        self.operands = operands  # what it was computed from
        self.local = local  # its local derivative for each of them

    def __add__(self, other):
        if not isinstance(other, Number):
            other = Number(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        pass  # like the sum, but with which local derivatives?

    def tanh(self):
        pass

    def backward(self):
        pass  # the order, then from the end: hand on what has arrived
""",
    solution="""
class Number:
    def __init__(self, data, operands=(), local=()):
        self.data = data
        self.grad = 0.0
        self.operands = operands  # what it was computed from
        self.local = local  # its local derivative for each of them

    def __add__(self, other):
        if not isinstance(other, Number):
            other = Number(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        if not isinstance(other, Number):
            other = Number(other)
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        y = math.tanh(self.data)
        return Number(y, (self,), (1 - y * y,))

    def order(self):
        found, seen = [], set()

        def visit(number):
            if number in seen:
                return
            seen.add(number)
            for operand in number.operands:
                visit(operand)
            found.append(number)

        visit(self)
        return found

    def backward(self):
        self.grad = 1.0
        for number in reversed(self.order()):
            for operand, local in zip(number.operands, number.local):
                operand.grad += number.grad * local
""",
    judge=engine_fault,
    given={"math": math},
    seconds=60,
    hint="`__mul__` has the local derivatives `(other.data, self.data)`, `tanh` has "
    "`1 - y * y`. In `backward`, set your own `grad` to 1, and go through the order"
    " from the end: for each operand, `operand.grad += number.grad * local`.",
    explanation="Its gradients agree with the nudges, and a network trained with it tells the "
    "moons apart. You have written what every framework has at its heart.",
)

# %% tags=["remove-input"]
assert moons_right(Value) >= 57

# %% [markdown]
# ## In short
#
# - A number used in several places: its gradient is the sum over all paths, so `+=`, not `=`.
# - A node hands on its gradient once, when everything has arrived: reversed topological order.
# - Visiting nodes is cheap; walking paths is not, because paths multiply.
# - Leaves keep adding up over calls: zero the gradients before each step of learning.
# - Not zeroing is right while you add up the examples of one step.
#
# ## Exercises

# %%
exercise(
    r"$y = x \cdot x \cdot x$ at $x = 2$, built from two products. What is the "
    "gradient of $x$?",
    answer=12,
    wrong={
        4: "That is one path. $x$ is used three times, so there are three paths.",
        8: "That is $y$ itself, or two of the three paths. How many times is $x$ used?",
        6: r"That is $3 \cdot 2$. Along each of the three paths stand the other two numbers, "
        r"$2 \cdot 2$.",
        2: "That is $x$. Each of the three paths has the product of the other two numbers.",
    },
    hint="Three paths. Along each stand the other two numbers as factors.",
    explanation=r"Each path gives $2 \cdot 2 = 4$, and $4 + 4 + 4 = 12$.",
)

# %%
exercise(
    r"$a = 5$, $b = a + a + a$, $c = b \cdot b$. What is the gradient of $a$?",
    answer=90,
    wrong={
        30: "That is the gradient of $b$: $15 + 15$. And $a$ is used three times.",
        45: r"$b$ is used twice in $c = b \cdot b$, so it gets 15 twice.",
        15: "That is one contribution to $b$. It gets two of these, and $a$ is used three times.",
        225: r"That is $c = 15 \cdot 15$. How many times as far as $a$ does it move?",
    },
    hint="First the gradient of $b$ (it gets two contributions), then that of $a$ (three).",
    explanation="$b$ gets $15 + 15 = 30$, and hands it on three times: $30 + 30 + 30 = 90$.",
)

# %%
exercise(
    r"$d = a \cdot b$, $e = a + d$, $f = d \cdot e$. In which order does the backward "
    "pass visit them?",
    options=["f, d, e", "f, e, d", "d, e, f"],
    answer="f, e, d",
    wrong={
        "f, d, e": "e was computed from d. If d hands on before e has had its turn, it misses what "
        "e brings.",
        "d, e, f": "That is the order of the forward pass. The backward pass begins at the output.",
    },
    explanation="d is used by e and by f, so it has to wait for both.",
)

# %%
exercise(
    "One call of backward() gives $w$ the gradient 1.5. Nobody zeroes anything. What "
    "is w.grad after three calls?",
    answer=4.5,
    wrong={
        1.5: "Each call adds to what is there.",
        3: "That is after two calls.",
        3.375: "Gradients are added, not multiplied.",
    },
    hint="Each call adds 1.5.",
    explanation="$1.5 + 1.5 + 1.5 = 4.5$.",
)

# %%
exercise(
    "y = x · tanh(x). Two paths lead to x. Write its gradient as an expression in x.",
    answer="tanh(x) + x*(1 - tanh(x)**2)",
    variables=("x",),
    wrong={
        "tanh(x)": "That is the path straight into the product. The other one goes through tanh.",
        "x*(1 - tanh(x)**2)": "That is the path through tanh. The other one leads straight into "
        "the product.",
        "1 - tanh(x)**2": "That is only the local derivative of tanh. And the product?",
        "tanh(x)*x*(1 - tanh(x)**2)": "Along a path factors are multiplied. But paths are added.",
    },
    hint="Straight into the product: the factor is the other number, tanh(x). Through tanh: x "
    "times the local derivative of tanh.",
    explanation="tanh(x) from the direct path, plus x · (1 − tanh(x)²) from the one through tanh.",
)

# %% [markdown]
# ## Sources
#
# - Arthur B. Kahn, "Topological sorting of large networks", *Communications of the ACM* 5, 1962.
# - Paul J. Werbos, "Backpropagation through time: what it does and how to do it", *Proceedings of
#   the IEEE* 78, 1990: the same weight used at many moments.
# - Andrej Karpathy, *micrograd*, 2020: the engine that this one, and this package, follow.
# - Andreas Griewank and Andrea Walther, *Evaluating Derivatives*, second edition, 2008.

# %% [markdown]
# # Lesson 1. A unit that fires or stays silent
#
# After this lesson you can
#
# - say what a McCulloch-Pitts unit outputs, whatever comes in;
# - choose the one number that makes it an AND, an OR, or "at least 2 of 3";
# - let a single input overrule all the others, and build NOT from that;
# - build any table of answers from such units, even one that no single unit can do.
#
# Three smoke sensors hang in a hall. A single one may be wrong: perhaps somebody has burnt the
# toast. So the alarm should ring when *at least two* of the three report smoke. And while an
# engineer tests the sensors, a key is turned, and then the alarm must never ring.
#
# Here is one unit that does all of this.

# %% tags=["remove-input"]
from tinygrad_neuron import draw_circuit
from tinygrad_neuron.course import Beside, exercise, predict, show, slider, task

# %%
from tinygrad_neuron import nn

alarm = nn.McCullochPitts(4, threshold=2, inhibitory=[3])

# %% tags=["hide-input"]
names = ["front", "middle", "back", "key"]
show(
    draw_circuit(alarm, input_names=names),
    "Four inputs on the left, one unit with the threshold 2, one output y. The lines from the "
    "three sensors end in arrows, the line from the key in a ring.",
)

# %% [markdown]
# It has 4 inputs. They are numbered from 0, as always in Python: 0, 1 and 2 are the sensors, 3 is
# the key. We now come to what the other two numbers mean.
#
# ## The rule
#
# An **input** is 1 (it is **active**) or 0. The **unit** outputs 1 (it **fires**) or 0 (it stays
# silent). There is nothing in between, and no way to fire a little.
#
# Inputs come in two kinds:
#
# - An **excitatory** input speaks for firing. The unit counts how many of them are active.
# - An **inhibitory** input speaks against it. A single active one is enough: the unit stays silent,
#   whatever the others say. This is a **veto**.
#
# The **threshold** $\theta$ (the Greek letter theta) is the count it takes:
#
# > The unit fires if no inhibitory input is active and at least θ excitatory inputs are.
#
# In numbers: front and back report smoke, and the key is not turned. The count is $1 + 0 + 1 = 2$,
# the threshold is 2, and $2 \ge 2$. No veto. So the output, which is called $y$, is 1.

# %%
print("front 1, middle 0, back 1, key 0: alarm", alarm(1, 0, 1, 0))

# %% tags=["remove-input"]
assert alarm(1, 0, 1, 0) == 1

# %% tags=["hide-input"]
show(
    draw_circuit(alarm, inputs=(1, 0, 1, 0), input_names=names),
    "Front and back are active: 2 reaches the threshold 2, so the unit fires.",
)

# %%
predict(
    "All three sensors report smoke, and the key is turned. What does the unit output?",
    answer=0,
    wrong={
        1: "3 active inputs are more than enough, but the key is an inhibitory input: a veto.",
        2: "A unit outputs 1 or 0, nothing else. Does it fire, or does the key veto it?",
    },
    hint="The unit outputs 1 or 0. Which kind of input is the key?",
    explanation="The key vetoes. The count of 3 does not matter any more.",
)

# %% tags=["hide-input"]
show(
    draw_circuit(alarm, inputs=(1, 1, 1, 1), input_names=names),
    "All four inputs are active. The key vetoes, so the unit stays silent.",
)

# %% tags=["remove-input"]
assert alarm(1, 1, 1, 1) == 0

# %% [markdown]
# In 1943 this unit was published by Warren McCulloch, who studied nerve cells, and Walter Pitts, a
# logician. A nerve cell sends a pulse or sends none; some of the cells that touch it excite it,
# others hold it back. They asked what cells that do nothing but this can work out together. You
# will know the answer at the end of this lesson. (Their cells took one time step each and could
# form loops. We leave out both.)
#
# ## The threshold decides which question is asked
#
# Take the three sensors without the key. A **truth table** lists every combination of the inputs,
# and the output for each. Three inputs have $2 \cdot 2 \cdot 2 = 8$ combinations, so the table has
# 8 rows. The inputs are called $x_0$, $x_1$ and $x_2$, and row 101 is short for $x_0 = 1$,
# $x_1 = 0$, $x_2 = 1$. Here a threshold of 0 is allowed, as in later textbooks.

# %%
predict(
    "Three excitatory inputs, and the threshold is 0. No input is active. What does the unit do?",
    options=["it fires", "it stays silent"],
    answer="it fires",
    wrong={
        "it stays silent": "Put the numbers into the rule: the count is 0, the threshold is 0. "
        "Is 0 at least 0?"
    },
    explanation=r"The count is 0, and $0 \ge 0$. With the threshold 0 nothing is needed to fire.",
)


# %% [markdown]
# Now move the threshold, and watch the rows of the truth table flip.


# %% tags=["hide-input"]
def table_for(threshold):
    """The truth table of three excitatory inputs, and the unit with two of them active."""
    unit = nn.McCullochPitts(3, threshold=threshold)
    table = nn.truth_table(unit, 3)
    fires = sum(table.values())
    meaning = {
        0: "always: nothing is needed",
        1: "at least one, OR",
        2: "at least two, the majority",
        3: "all three, AND",
        4: "never: three inputs cannot reach 4",
    }[threshold]
    rows = [f"{a}{b}{c} → {y}" for (a, b, c), y in table.items()]
    text = f"{meaning}. It fires in {fires} of 8 rows:\n"
    text += "   ".join(rows[:4]) + "\n" + "   ".join(rows[4:])
    picture = draw_circuit(unit, inputs=(1, 0, 1), legend=False)
    return text, Beside({meaning: picture, f"fires in {fires} of 8 rows": "\n".join(rows)})


slider("threshold", [0, 1, 2, 3, 4], table_for)

# %% tags=["remove-input"]
firing = [sum(nn.truth_table(nn.McCullochPitts(3, t), 3).values()) for t in range(5)]
assert firing == [8, 7, 4, 1, 0]

# %% [markdown]
# Nothing in the unit changed but one number. With the threshold 1 it asks "any of them?", and that
# is **OR**. With the threshold 3 it asks "all of them?", and that is **AND**. A unit that computes
# such a logical connection is called a **gate**.
#
# In general, for $n$ excitatory inputs: the threshold 1 gives OR, the threshold $n$ gives AND, and
# a threshold $k$ between them gives "at least $k$ of $n$".
#
# ## Saying no: a veto makes NOT
#
# **NOT** turns one input around: 0 becomes 1, and 1 becomes 0. A unit that only counts cannot do
# this, because one more active input never makes it fall silent. A veto can. Let the only input be
# inhibitory, and let the threshold be 0:
#
# - input 0: no veto, the count is 0, and $0 \ge 0$. It fires: 1.
# - input 1: veto. It stays silent: 0.

# %%
inverter = nn.McCullochPitts(1, threshold=0, inhibitory=[0])
print("NOT:", nn.truth_table(inverter, 1))

# %% tags=["remove-input"]
assert nn.truth_table(inverter, 1) == {(0,): 1, (1,): 0}

# %% [markdown]
# Now put one inhibitory input among many excitatory ones:

# %%
predict(
    "Five excitatory inputs and one inhibitory input, all six active. The threshold is 1. "
    "What does the unit output?",
    answer=0,
    wrong={
        1: "You subtracted: $5 - 1 = 4$, and 4 is at least 1. But a veto is not subtracted.",
        4: "$5 - 1 = 4$ would be a count. The output is 1 or 0, and one veto decides it.",
    },
    hint="The output is 1 or 0. One active inhibitory input is a veto.",
    explanation="One veto outweighs any number of active excitatory inputs.",
)

# %%
vetoed = nn.McCullochPitts(6, threshold=1, inhibitory=[5])
if_subtracted = int(5 - 1 >= 1)
print("with a veto:", vetoed(1, 1, 1, 1, 1, 1))
print("if it counted as -1:", if_subtracted)

# %% tags=["remove-input"]
assert (vetoed(1, 1, 1, 1, 1, 1), if_subtracted) == (0, 1)

# %% [markdown]
# **You may think** that an inhibitory input counts as −1, so that enough active inputs overrule it.
# In many later models that is so. In this one it is not, and it makes a difference.
#
# ## Two switches and a lamp
#
# Two switches on a staircase control one lamp. It is on if *exactly one* of them is up. This is
# **XOR**, the exclusive or: 00 → 0, 01 → 1, 10 → 1, 11 → 0.

# %%
predict(
    "Which threshold makes a single unit with two inputs an XOR?",
    options=["0", "1", "2", "none of them"],
    answer="none of them",
    wrong={
        "0": "With the threshold 0 two excitatory inputs always make it fire, even for 00 and 11, "
        "where it has to stay silent.",
        "1": "The threshold 1 is right for 00, 01 and 10. But for 11 the count is 2, which is at "
        "least 1, so it fires there too.",
        "2": "The threshold 2 fires for 11 only. That is AND.",
    },
    explanation="It has to fire for 01 and 10, but stay silent for 11.",
)

# %% [markdown]
# Here is why. Neither input may be inhibitory: each of them is active in a row where the unit has
# to fire. So both are excitatory. The row 10 has the count 1 and has to fire, so $\theta$ is at
# most 1. But then the row 11, with the count 2, fires as well. It should not.
#
# A computer need not be clever: it can try every unit in which each input is connected once. Each
# of the two inputs is either excitatory or inhibitory, and beyond the thresholds 0, 1, 2 and 3
# nothing new happens.

# %%
from itertools import combinations

units = [
    nn.McCullochPitts(2, threshold, inhibitory=chosen)
    for count in range(3)  # so many of the inputs are inhibitory,
    for chosen in combinations([0, 1], count)  # and these are they
    for threshold in range(4)
]
# a set, in which equal tables count once
tables = {tuple(nn.truth_table(unit, 2).values()) for unit in units}
print(f"{len(units)} units, {len(tables)} different truth tables")
print("AND among them:", (0, 0, 0, 1) in tables)
print("OR among them: ", (0, 1, 1, 1) in tables)
print("XOR among them:", (0, 1, 1, 0) in tables)

# %% tags=["remove-input"]
assert (len(units), len(tables)) == (16, 9)
assert {(0, 0, 0, 1), (0, 1, 1, 1)} < tables and (0, 1, 1, 0) not in tables

# %% [markdown]
# The output column has four rows, each with a 0 or a 1 (such a digit is called a **bit**), so there
# are $2 \cdot 2 \cdot 2 \cdot 2 = 16$ truth tables of two inputs. The 16 units give only 9 of them.
#
# ## What several units can do: everything
#
# Take one unit for each row that has to fire. Such a **detector** fires for its own row and for no
# other:
#
# - the inputs that are 1 in its row are excitatory, and *all* of them are needed;
# - the inputs that are 0 in its row are inhibitory.
#
# For XOR these are a detector of 01 and a detector of 10. Then an OR asks: did either of them fire?
# `nn.boolean_function` builds this from a truth table.

# %%
xor = nn.boolean_function({(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0})

# %% tags=["remove-input"]
assert [xor(0, 0), xor(0, 1), xor(1, 0), xor(1, 1)] == [0, 1, 1, 0]


# %% tags=["hide-input"]
def circuit_for(row):
    bits = tuple(map(int, row))
    fired = [detector(*bits) for detector in xor.detectors]
    text = f"detector of 01: {fired[0]}, detector of 10: {fired[1]}, OR of both: {xor(*bits)}"
    return text, draw_circuit(xor, inputs=bits, legend=False, title=f"XOR of {row}: {xor(*bits)}")


slider("inputs", ["00", "01", "10", "11"], circuit_for)

# %% [markdown]
# This works for every truth table, whatever its size. A rule that gives an output bit for each row
# of input bits is called a **Boolean function**, after George Boole. So units that only count and
# veto, put together in two **layers** (the detectors, then the OR), can compute *every* Boolean
# function. Let the computer check all tables of three inputs:

# %%
from itertools import product

rows = list(product([0, 1], repeat=3))
checked = 0
for outputs in product([0, 1], repeat=8):
    wanted = dict(zip(rows, outputs))
    built = nn.boolean_function(wanted)
    checked += nn.truth_table(built, 3) == wanted
print(f"all {checked} truth tables of three inputs are built, and right")

# %% tags=["remove-input"]
assert checked == 256

# %% [markdown]
# There is a price. A table of $n$ inputs has $2 \cdot 2 \cdot \ldots \cdot 2$ ($n$ times) rows, and
# each row with the output 1 costs a detector. For 10 inputs there are 1024 rows, for 20 more than a
# million. And one thing is missing altogether: *we* chose every threshold. The unit learned
# nothing. That is the subject of lesson 2.

# %%
print("rows of a table of 10 inputs:", 2**10, "  of 20 inputs:", 2**20)

# %% tags=["remove-input"]
assert 2**10 == 1024 and 2**20 > 1_000_000

# %% [markdown]
# ## In short
#
# - A McCulloch-Pitts unit fires if at least $\theta$ excitatory inputs are active and no inhibitory
#   one.
# - The threshold decides the question: $\theta = 1$ is OR, $\theta = n$ is AND, and between them it
#   is "at least $\theta$ of $n$".
# - One active inhibitory input is a veto, not a −1.
# - No single unit computes XOR. Detectors and an OR compute any Boolean function.
# - Nothing is learned here: the thresholds are chosen by hand.
#
# ## Exercises

# %%
task(
    "Write the unit itself: `unit` gets two lists of inputs that are 0 or 1, `excitatory` and "
    "`inhibitory`, and the threshold. It returns 1 or 0.",
    start="""
def unit(excitatory, inhibitory, threshold):
    count = sum(excitatory)
    return 0  # when does it fire?
""",
    solution="""
def unit(excitatory, inhibitory, threshold):
    count = sum(excitatory)
    if any(inhibitory):
        return 0
    return 1 if count >= threshold else 0
""",
    cases=[
        (([1, 0, 1], [0], 2), 1),
        (([1, 1, 1], [1], 2), 0),
        (([1, 1, 1], [0], 2), 1),
        (([1, 0, 0], [], 2), 0),
        (([], [0], 0), 1),
        (([1, 1, 1, 1, 1], [1], 1), 0),
        (([1, 0], [0, 1], 1), 0),
    ],
    wrong={
        "def unit(e, i, t): return int(sum(e) >= t)": "The inhibitory inputs are not asked. A "
        "single active one is enough to keep the unit silent.",
        "def unit(e, i, t): return int(sum(e) - sum(i) >= t)": "That counts an inhibitory input as "
        "−1. It is a veto: no count of excitatory inputs outweighs it.",
        "def unit(e, i, t): return 0 if any(i) else int(sum(e) > t)": "The unit fires if the count "
        "is *at least* the threshold. You ask for more than that.",
    },
    hint="First ask for a veto: `any(inhibitory)` is true if one of them is 1. Then compare the "
    "count with the threshold.",
    explanation="A veto first, then the count against the threshold: that is the whole unit.",
)

# %%
exercise(
    "Five members vote, and three votes carry a motion. Which threshold does the unit need?",
    answer=3,
    wrong={
        5: "With the threshold 5 all five have to agree. That is AND.",
        1: "With the threshold 1 a single vote would carry the motion. That is OR.",
        2: "Then two votes would be enough.",
        2.5: "Half of five, but votes are counted in whole numbers: at least how many?",
    },
    hint="The unit fires if the count is at least the threshold.",
    explanation=r"At least 3 of 5: $\theta = 3$.",
)

# %%
exercise(
    "Build 'a, but not b' from one unit with the inputs 0 (that is a) and 1 (that is b). Give the "
    "threshold and the position of the inhibitory input.",
    answer=(1, 1),
    names=("threshold", "inhibitory"),
    wrong={
        (1, 0): "Here a has the veto, and the unit computes 'b, but not a'.",
        (0, 1): "With the threshold 0 it fires for 00 too: no active input is needed, and b does "
        "not veto.",
        (2, 1): "Only a is excitatory, so the count is never more than 1.",
    },
    hint="It must fire for 10 and for no other row. Which input is the veto, and how many active "
    "excitatory inputs does it take?",
    explanation="b vetoes, and a alone reaches the threshold 1.",
)
assert nn.truth_table(nn.McCullochPitts(2, 1, inhibitory=[1]), 2)[1, 0] == 1

# %%
exercise(
    "A unit has two inputs, both inhibitory, and the threshold 0. Which gate is it? (NAND is 'not "
    "AND', NOR is 'not OR': the output of the AND or the OR, turned around.)",
    options=["AND", "OR", "NAND", "NOR"],
    answer="NOR",
    wrong={
        "NAND": "NAND (not AND) fires for 01. But in that row an inhibitory input is active.",
        "AND": "AND fires for 11. Here each active input is a veto.",
        "OR": "OR fires for 01. Here an active input is a veto.",
    },
    explanation="It fires only if neither input is active: not OR, in short NOR.",
)
assert list(nn.truth_table(nn.McCullochPitts(2, 0, inhibitory=[0, 1]), 2).values()) == [1, 0, 0, 0]

# %%
exercise(
    "NAND fires in every row but 11. How many detectors does the circuit for it need?",
    answer=3,
    wrong={
        4: "A row with the output 0 needs no detector: where none fires, the OR stays silent.",
        1: "You counted the rows that stay silent. It takes a detector for each row that fires.",
        2: "That is the number of inputs. Count the rows with the output 1.",
    },
    hint="Write down the truth table and count the rows with the output 1.",
    explanation="One for each of the rows 00, 01 and 10.",
)
assert len(nn.boolean_function({(0, 0): 1, (0, 1): 1, (1, 0): 1}).detectors) == 3

# %%
exercise(
    "Can a single unit with two inputs compute NAND? Use the argument that worked for XOR.",
    options=["yes", "no"],
    answer="no",
    wrong={
        "yes": "Each input is active in a row that fires (01 or 10), so neither may be inhibitory. "
        "And 00 fires, so the threshold is at most 0. What happens for 11?"
    },
    explanation=r"Both inputs would have to be excitatory and $\theta$ at most 0. Then 11 fires "
    "too.",
)
assert (1, 1, 1, 0) not in tables

# %% [markdown]
# ## Sources
#
# - Warren S. McCulloch and Walter Pitts, "A logical calculus of the ideas immanent in nervous
#   activity", *Bulletin of Mathematical Biophysics* 5, 1943.
# - Marvin L. Minsky, *Computation: Finite and Infinite Machines*, 1967, chapter 3: networks of
#   these units, in an easier notation.

"""Mistakes with pictures, walkthroughs and compilation; marked lines are refused."""

import tinygrad_neuron as tn
from tinygrad_neuron import Value, animate, draw_dot, nn, walkthrough
from tinygrad_neuron.compiler import compile

v = Value(1.0) * 2.0
draw_dot()  # call-arg | CallIssue
draw_dot(3.0)  # arg-type | ArgumentType
draw_dot(v, them="dark")  # call-arg | CallIssue
draw_dot(v, digits="4")  # arg-type | ArgumentType
draw_dot(nn.Neuron(1), [1.0])  # arg-type | ArgumentType
draw_dot(v, theme=3)  # arg-type | ArgumentType
animate(v)  # call-arg | CallIssue
animate(v, "v.svg", seconds="1")  # arg-type | ArgumentType
walkthrough(v, digit=3)  # call-arg | CallIssue
steps = walkthrough(v)
steps.pages("v.html")  # attr-defined | AttributeAccessIssue
steps.page()  # call-arg | CallIssue
count: str = len(steps)  # assignment | AssignmentType
tn.draw.draw_dots(v)  # attr-defined | AttributeAccessIssue
tn.draw_graph(v)  # attr-defined | AttributeAccessIssue


@compile
def f(x: float) -> Value:
    return v * x


f.meen([(1.0,)])  # attr-defined | AttributeAccessIssue
f.bind()  # call-arg | CallIssue
f.trainer()  # call-arg | CallIssue
source: int = f.source  # assignment | AssignmentType
f.source = "x"  # misc | AttributeAccessIssue
compile(3.0)  # call-overload | ArgumentType
nn.summary()  # call-arg | CallIssue

"""Mistakes with Values; marked lines are refused."""

import math

import tinygrad_neuron as tn
from tinygrad_neuron import Valeu  # attr-defined | AttributeAccessIssue
from tinygrad_neuron import no_grad  # attr-defined | AttributeAccessIssue
from tinygrad_neuron import Value, grad, topological_order


v = Value(2.0)
Value("3")  # arg-type | ArgumentType
Value([1.0, 2.0])  # arg-type | ArgumentType
Value(2.0, lable="v")  # call-arg | CallIssue
Value(2.0, requires_grad=True)  # call-arg | CallIssue
print(v + "1")  # operator | OperatorIssue
print([1.0] * v)  # operator | OperatorIssue
print(v @ v)  # operator | OperatorIssue
v.bakward()  # attr-defined | AttributeAccessIssue
v.tahn()  # attr-defined | AttributeAccessIssue
v.tanh(2.0)  # call-arg | CallIssue
v.leaky_relu(slop=0.1)  # call-arg | CallIssue
v.numpy()  # attr-defined | AttributeAccessIssue
print(v.T)  # attr-defined | AttributeAccessIssue
print(v.shape)  # attr-defined | AttributeAccessIssue
v.backward(create_graph=True)  # call-arg | CallIssue
v.data = "3"  # assignment | AttributeAccessIssue
v.requires_grad = False  # assignment | AttributeAccessIssue
number: float = v * 2.0  # assignment | AssignmentType
text: str = v.item()  # assignment | AssignmentType
math.exp(v)  # arg-type | ArgumentType
float(v)  # arg-type | ArgumentType
int(v)  # call-overload | ArgumentType
round(v, 2)  # call-overload | ArgumentType, CallIssue
range(v)  # call-overload | ArgumentType
same = v == 2.0  # comparison-overlap | -
len(v)  # arg-type | ArgumentType
parts = list(v)  # call-overload | ArgumentType
print(v[0])  # index | IndexIssue
tn.tensor([1.0])  # attr-defined | AttributeAccessIssue
tn.tahn(v)  # attr-defined | AttributeAccessIssue
tn.tanh([v])  # arg-type | ArgumentType
tn.sum(v, v)  # arg-type, call-arg | CallIssue
tn.sum(v)  # arg-type | ArgumentType
tn.softmax(v)  # arg-type | ArgumentType
tn.maximum(v)  # call-arg | CallIssue
grad(3.0)  # arg-type | ArgumentType
topological_order(2.0)  # arg-type | ArgumentType

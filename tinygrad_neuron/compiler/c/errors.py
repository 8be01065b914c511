"""The errors of the target C."""


class CompilerNotFoundError(RuntimeError):
    """There is no C compiler on this machine.

    >>> from tinygrad_neuron import compile
    >>> try:
    ...     square = compile(lambda x: x * x, target="c")
    ... except CompilerNotFoundError:
    ...     square = compile(lambda x: x * x)
    >>> square(3.0).data
    9.0
    """


class CompilerFailedError(RuntimeError):
    """The C compiler did not compile: it refused, hung, or was stopped.

    >>> issubclass(CompilerFailedError, RuntimeError)
    True
    """

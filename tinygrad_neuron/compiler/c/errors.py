"""The errors of the target C."""


class CompilerNotFoundError(RuntimeError):
    """There is no C compiler on this machine."""


class CompilerFailedError(RuntimeError):
    """The C compiler did not compile: it refused, hung, or was stopped."""

"""Where in a model an operation belongs."""


class Scope:
    """Where in a model an operation belongs: a neuron, inside a layer, inside a network.

    A plain record, made once with the module, that every node recorded there refers to.
    """

    __slots__ = ("kind", "name", "parent")

    def __init__(self, kind: str, name: str = "", parent: "Scope | None" = None) -> None:
        self.kind, self.name, self.parent = kind, name, parent

    @property
    def path(self) -> tuple["Scope", ...]:
        """This scope and those around it, the outermost first."""
        path = [self]
        while (parent := path[-1].parent) is not None:
            path.append(parent)
        return tuple(reversed(path))

    def __str__(self) -> str:
        return ".".join(scope.name for scope in self.path if scope.name) or self.kind

    def __repr__(self) -> str:
        return f"<scope {self}>"

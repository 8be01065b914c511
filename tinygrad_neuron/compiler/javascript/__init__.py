"""JavaScript: the text of a recorded graph, made where Python is, to run where a page is read."""

from .writing import graph_text

__all__ = ["graph_text"]

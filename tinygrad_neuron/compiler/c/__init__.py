"""C: the scalar kernels translated, the text of a compiled graph, and its shared library."""

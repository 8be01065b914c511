"""The calculus: one table of operations, closed under differentiation, and its language."""

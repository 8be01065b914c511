"""A network as circles in layers."""

from .picture import draw_network

__all__ = ["draw_network"]

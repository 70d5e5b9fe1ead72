"""Fused forms of the losses at the soft assignment: value and gradients in one sweep, without an n x k matrix.

Every form computes the mixture a L_q + b L_OLS + c V at q = softmax(-d/T) of the functional; the plain form
(:mod:`ddcl_core.kernels.plain`) is built from the functional itself and is what the others are checked against.
"""

from ddcl_core.kernels.interface import (
    Statistics,
    Sweep,
    mixture_loss,
    prototype_gradient,
    statistics,
    sweep,
)
from ddcl_core.kernels.selection import available

__all__ = [
    "Statistics",
    "Sweep",
    "available",
    "mixture_loss",
    "prototype_gradient",
    "statistics",
    "sweep",
]

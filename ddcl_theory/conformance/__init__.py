"""Conformance: a property suite for somebody else's loss or prototype layer, from a script or from pytest.

    from ddcl_theory.conformance import assert_loss, assert_layer
    assert_loss(my_loss, kind="quantization")      # my_loss(z, prototypes, q)
    assert_layer(MyLayer, d=16, temperature=0.5)   # MyLayer()(z) -> (prototypes, q)

`check_loss` and `check_layer` return a `ConformanceReport`; the two functions above raise AssertionError with a way to
reproduce every failure.  What passes has passed these cases; it is not proved.  Importing this package does not import
torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddcl_theory.conformance.layer import assert_layer, check_layer, reproduce_layer
    from ddcl_theory.conformance.loss import assert_loss, check_loss, reproduce_loss
    from ddcl_theory.conformance.report import ConformanceReport, PropertyResult

_EXPORTS = {
    "ConformanceReport": "report",
    "PropertyResult": "report",
    "assert_layer": "layer",
    "assert_loss": "loss",
    "check_layer": "layer",
    "check_loss": "loss",
    "reproduce_layer": "layer",
    "reproduce_loss": "loss",
}

__all__ = [
    "ConformanceReport",
    "PropertyResult",
    "assert_layer",
    "assert_loss",
    "check_layer",
    "check_loss",
    "reproduce_layer",
    "reproduce_loss",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))

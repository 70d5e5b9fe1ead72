"""pytest fixtures `ddcl_check_loss` and `ddcl_check_layer`; torch is imported only by tests that use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ddcl_theory.conformance.report import ConformanceReport


@pytest.fixture(scope="session")
def ddcl_check_loss() -> Callable[..., ConformanceReport]:
    """`ddcl_check_loss(loss, **options)`: the options of `check_loss`; the test fails where a property does."""
    from ddcl_theory.conformance import assert_loss

    return assert_loss


@pytest.fixture(scope="session")
def ddcl_check_layer() -> Callable[..., ConformanceReport]:
    """`ddcl_check_layer(layer, d=…, **options)`: the options of `check_layer`; the test fails where a property does."""
    from ddcl_theory.conformance import assert_layer

    return assert_layer

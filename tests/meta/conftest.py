"""What the tests of the tester share."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

FABRICATED = "fabricated.module"


@pytest.fixture
def provide(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Functions that checks can name as `fabricated.module:function`."""
    module = types.ModuleType(FABRICATED)
    monkeypatch.setitem(sys.modules, FABRICATED, module)

    def add(**functions: Any) -> None:
        for name, function in functions.items():
            setattr(module, name, function)

    return add

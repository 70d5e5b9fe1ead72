"""The fabricated record as a fixture, whatever the import mode of pytest."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

SPEC = importlib.util.spec_from_file_location("report_fixture", Path(__file__).with_name("fixture.py"))
assert SPEC is not None and SPEC.loader is not None
FABRICATED = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FABRICATED)


@pytest.fixture
def record() -> dict[str, Any]:
    return FABRICATED.record()

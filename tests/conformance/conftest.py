"""Puts the implementations that the suite is tried on where the tests, in whatever import mode, can import them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

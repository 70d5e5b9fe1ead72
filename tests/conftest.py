"""What all tests share: Hypothesis profiles, one thread, and one quick run of each claim a session."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import settings

from ddcl_theory.cli import KINDS

if TYPE_CHECKING:
    from ddcl_theory.engine import ClaimResult

# "ci" gives the same examples on every run; "thorough" searches further, with new examples each time.
settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("thorough", max_examples=2_000, database=None, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    torch.set_num_threads(1)
    if not any(line.split(":")[0].strip() == "browser" for line in config.getini("markers")):
        config.addinivalue_line("markers", "browser: needs Chromium and its driver")


#: Formal checks have tests of their own, which take as long as all others together.
INFORMAL = tuple(kind for kind in KINDS if kind != "formal")


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ClaimResult]:
    """The result of a built-in claim at the quick profile and seed 0, experiments included; each runs once a session."""
    from ddcl_theory import registry
    from ddcl_theory.checks.base import PROFILES, Settings
    from ddcl_theory.engine import run_claim
    from ddcl_theory.experiments.execute import execute
    from ddcl_theory.experiments.index import block_of_claim, load_block
    from ddcl_theory.experiments.protocol import Plan
    from ddcl_theory.experiments.store import Store

    store = Store(tmp_path_factory.mktemp("experiments"))
    entries = {entry.id: entry for entry in registry.builtin()}

    @functools.cache
    def run(identifier: str) -> ClaimResult:
        block = block_of_claim(identifier)
        if block is not None:
            failures = execute(load_block(block).cells(Plan("quick")), store).failures
            assert not failures, failures
        return run_claim(
            entries[identifier].load(), Settings(profile=PROFILES["quick"], store=str(store.folder)), only=INFORMAL
        )

    return run

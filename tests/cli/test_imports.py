"""What the light commands must not import, measured in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "torch",
    "sympy",
    "scipy",
    "matplotlib",
    "jinja2",
    "numpy",
    "hypothesis",
    "flint",
    "z3",
    "rich",
    "sklearn",
    "jsonschema",
    "latex2mathml",
)
PROBE = """
import json, sys
sys.argv = ["ddcl-verify", *{arguments!r}]
from ddcl_theory import cli
try:
    cli.main()
except SystemExit as ended:
    status = ended.code or 0
sys.stderr.write(json.dumps([status, sorted(set({heavy!r}) & set(sys.modules))]))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["list"],
        ["experiments", "--help"],
        ["experiments", "block9"],
        ["run", "--help"],
        ["theorm4"],
        ["--version"],
    ],
)
def test_light_commands_import_nothing_heavy(environment: dict[str, str], arguments: list[str]) -> None:
    probe = PROBE.format(arguments=arguments, heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    status, heavy = json.loads(
        done.stderr.splitlines()[-1].partition("[")[1] + done.stderr.splitlines()[-1].partition("[")[2]
    )
    assert heavy == []
    assert status == (2 if arguments[-1] in ("theorm4", "block9") else 0)

"""The fixtures, in a pytest of their own that loads the plugin by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

TESTS = """
import sys
import conformance_subjects as im

def test_torch_is_not_imported_for_the_plugin():
    assert "torch" in sys.modules  # by conformance_subjects
    assert FIRST is False

def test_right_loss(ddcl_check_loss):
    assert ddcl_check_loss(im.plain, kind="quantization").passed

def test_right_layer(ddcl_check_layer):
    assert ddcl_check_layer(im.Soft, d=3, temperature=2.0).passed

def test_broken_loss(ddcl_check_loss):
    ddcl_check_loss(im.taxicab)

def test_broken_layer(ddcl_check_layer):
    ddcl_check_layer(im.NotNormalised, d=3)
"""


def test_the_fixtures_check_and_fail(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text('import sys\nFIRST = "torch" in sys.modules\n' + TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "ddcl_theory.conformance.pytest_plugin", "-p", "no:cacheprovider", "-q", "test_theirs.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "OMP_NUM_THREADS": "1",
             "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE), os.environ.get("PYTHONPATH", "")])},
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed, 3 passed" in done.stdout
    assert "FAILS  rotation" in done.stdout and "FAILS  simplex" in done.stdout
    assert "reproduce_layer(layer, 'simplex', z)" in done.stdout


def test_importing_the_suite_does_not_import_torch() -> None:
    code = "import sys, ddcl_theory.conformance.pytest_plugin, ddcl_theory.conformance as c; dir(c); sys.exit('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr

"""The package loads its parts on first use."""

import subprocess
import sys

import pytest

import ddcl_core


def test_import_does_not_load_torch() -> None:
    program = "import sys, ddcl_core; dir(ddcl_core); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("name", ddcl_core.__all__)
def test_exported_names_exist(name: str) -> None:
    assert getattr(ddcl_core, name).__name__.endswith(name)
    assert name in dir(ddcl_core)


def test_functional_exports_exist() -> None:
    for name in ddcl_core.functional.__all__:
        assert getattr(ddcl_core.functional, name).__name__ == name


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = ddcl_core.no_such_name


def test_core_does_not_import_theory() -> None:
    program = (
        "import sys, ddcl_core.energy, ddcl_core.flow; print(any(m.startswith('ddcl_theory') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

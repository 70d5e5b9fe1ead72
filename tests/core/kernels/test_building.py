"""Where there is no kernel, or a broken one, everything else goes on; where two processes build it, both get it."""

from __future__ import annotations

import ctypes
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ddcl_core import kernels
from ddcl_core.kernels import build, native, tiled

REASON = "import json\nfrom ddcl_core import kernels\nprint(json.dumps(kernels.available()))"


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """A process that has not looked for a kernel yet, with a cache of its own."""
    monkeypatch.setenv("DDCL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DDCL_NATIVE", raising=False)
    native._state.cache_clear()
    yield monkeypatch
    native._state.cache_clear()


def compiler(tmp_path: Path, script: str) -> str:
    """A command that behaves as the script says."""
    path = tmp_path / "compiler"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def falls_back(reason: str) -> None:
    """The native form says why it cannot run, and "auto" runs all the same."""
    found = kernels.available()
    assert found["native"] is False
    assert found["instruction_set"] is None
    assert reason in str(found["reason"])
    z, prototypes = torch.randn(9, 3), torch.randn(4, 3)
    expected = kernels.sweep(z, prototypes, 1.0, backend="tiled")
    for first, second in zip(kernels.sweep(z, prototypes, 1.0), expected, strict=True):
        assert torch.equal(first, second)
    with pytest.raises(ValueError, match=r"^backend: got 'native'.*") as caught:
        kernels.sweep(z, prototypes, 1.0, backend="native")
    assert reason in str(caught.value)


def test_turned_off(fresh) -> None:
    fresh.setenv("DDCL_NATIVE", "0")
    falls_back("DDCL_NATIVE turns it off")


def test_no_compiler(fresh, tmp_path) -> None:
    fresh.delenv("CXX", raising=False)
    fresh.setenv("PATH", str(tmp_path))
    falls_back("no C++ compiler: looked for c++, g++, clang++")


def test_a_compiler_that_is_not_there(fresh) -> None:
    fresh.setenv("CXX", "no-such-compiler -O1")
    falls_back("looked for no-such-compiler")


def test_a_compiler_that_fails(fresh, tmp_path) -> None:
    fresh.setenv("CXX", compiler(tmp_path, "echo 'cannot do this' >&2; exit 3"))
    falls_back("cannot do this")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_compiler_that_hangs(fresh, tmp_path) -> None:
    fresh.setattr(build, "SECONDS", 0.2)
    fresh.setenv("CXX", compiler(tmp_path, "exec sleep 20"))
    falls_back("took more than 0.2 s")


def test_a_result_that_is_no_library(fresh, tmp_path) -> None:
    # The name after -o is the last argument.
    fresh.setenv("CXX", compiler(tmp_path, 'for last; do :; done; echo rubbish > "$last"'))
    falls_back("")


def test_a_cache_that_cannot_be_written(fresh, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    fresh.setenv("DDCL_CACHE", str(tmp_path / "file" / "cache"))
    falls_back("no C++ compiler" if not _has_compiler() else "cannot be stored")


def test_a_library_with_other_results_is_refused(fresh) -> None:
    honest = tiled.run

    def shifted(request):
        sums = honest(request)
        return type(sums)(**{**vars(sums), "weight": sums.weight + 1})

    fresh.setattr(tiled, "run", shifted)
    found = kernels.available()
    assert found["native"] is False
    assert ("other results" in str(found["reason"])) == _has_compiler()


def test_native_is_for_the_cpu() -> None:
    z = torch.empty(4, 2, device="meta")
    with pytest.raises(ValueError, match=r"^backend: got 'native' with z on meta"):
        kernels.selection.pick("native", z)


def test_two_processes_build_at_once(tmp_path) -> None:
    environment = {**os.environ, "DDCL_CACHE": str(tmp_path), "OMP_NUM_THREADS": "1", "DDCL_NATIVE": "1"}
    both = [
        subprocess.Popen([sys.executable, "-c", REASON], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    found = [json.loads(process.communicate(timeout=120)[0]) for process in both]
    assert found[0] == found[1]
    assert found[0]["native"] is _has_compiler()
    assert len(list(tmp_path.iterdir())) == int(_has_compiler())


def test_the_name_says_what_the_library_depends_on(tmp_path) -> None:
    first, second = compiler(tmp_path, "exit 0"), sys.executable
    names = {
        build._digest(text, [command], flags)
        for text in (b"a", b"b")
        for command in (first, second)
        for flags in (build.FLAGS, build.PORTABLE)
    }
    assert len(names) == 8
    assert build._digest(b"a", [first], build.FLAGS) in names


@pytest.mark.parametrize(
    ("name", "dtype", "lowest"), [("float32", torch.float32, -86.0), ("float64", torch.float64, -700.0)]
)
def test_exp_within_two_ulp(name, dtype, lowest) -> None:
    library = native.load()
    assert (library is not None) is bool(kernels.available()["native"])
    if library is None:
        return
    x = torch.cat((torch.linspace(lowest, 0, 20_001, dtype=dtype), -torch.logspace(-12, 1, 2000, dtype=dtype)))
    y = torch.empty_like(x)
    function = getattr(library, f"ddcl_exp_{name}")
    function(ctypes.c_int64(len(x)), ctypes.c_void_p(x.data_ptr()), ctypes.c_void_p(y.data_ptr()))
    right = torch.exp(x.double())
    error = ((y.double() - right) / right).abs().max()
    assert float(error) <= 2 * torch.finfo(dtype).eps
    below = torch.tensor([2 * lowest, -torch.inf], dtype=dtype)
    function(ctypes.c_int64(2), ctypes.c_void_p(below.data_ptr()), ctypes.c_void_p(y.data_ptr()))
    assert y[:2].tolist() == [0.0, 0.0]


def _has_compiler() -> bool:
    """Whether this machine should have a kernel at all, by the same list as the documentation gives."""
    from shutil import which

    chosen = os.environ.get("CXX", "").split()
    return any(which(name) for name in (chosen[:1] or ["c++", "g++", "clang++"]))

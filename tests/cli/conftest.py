"""Plugins without an installation: folders on the import path with the entry points of fabricated claims."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent
PLUGIN = HERE.parent / "plugin_package"
FAULTY = (
    "fine",
    "open",
    "crash",
    "die",
    "die-once",
    "leave",
    "slow",
    "stuck",
    "chatter",
    "figure",
    "statement",
    "name",
    "picture",
)
ENTRY_POINTS = {
    **tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
        "ddcl_theory.claims"
    ],
    **{f"faulty.{name}": "faulty:CLAIMS" for name in FAULTY},
    "faulty.import": "faulty_module_that_is_not_there",
}


@pytest.fixture(scope="session")
def plugin_paths(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Folders to put on the import path so that the fabricated claims are registered."""
    folder = tmp_path_factory.mktemp("plugins")
    info = folder / "ddcl_fabricated-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ddcl-fabricated\nVersion: 1.0\n", encoding="utf-8")
    lines = ["[ddcl_theory.claims]", *(f"{name} = {value}" for name, value in ENTRY_POINTS.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(folder), str(PLUGIN), str(HERE)]


@pytest.fixture
def plugins(plugin_paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The fabricated claims are registered in this process."""
    for path in reversed(plugin_paths):
        monkeypatch.syspath_prepend(path)


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


@pytest.fixture
def here(plugins: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run the command line in this process, without workers."""
    from ddcl_theory import cli, run

    original = run.run
    monkeypatch.setattr(run, "run", lambda *args, **options: original(*args, **options, isolated=False))

    def invoke(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["ddcl-verify", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        status = ended.value.code
        return Done(status if isinstance(status, int) else 0, out, err)

    return invoke


@pytest.fixture
def environment(plugin_paths: list[str]) -> dict[str, str]:
    """The environment of a process of its own that knows the fabricated claims."""
    root = str(HERE.parent.parent)
    path = os.pathsep.join([*plugin_paths, root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


@pytest.fixture
def command(environment: dict[str, str], tmp_path: Path) -> Callable[..., Done]:
    """Run the command line in a process of its own, in an empty folder."""

    def invoke(*arguments: object, **extra: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "ddcl_theory", *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**environment, **extra},
            cwd=tmp_path,
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return invoke

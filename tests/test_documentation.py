"""The pages for readers: their code runs, their tables list what there is, their commands are the ones that are tested."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


def test_the_page_begins_with_two_commands_of_which_the_integration_runs_the_second() -> None:
    commands = [line.partition("#")[0].strip() for line in README.split("```")[1].strip().splitlines()]
    assert commands == [
        "python -m pip install -c constraints.txt . && ddcl-verify all --report reports/verification.html",
        "python -m pip install tox && tox",
    ]
    assert README.startswith("```\n")
    assert (ROOT / "reports").is_dir()
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", blocks(README, "python"))
def test_snippets_run(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


def test_the_table_lists_the_claims() -> None:
    from ddcl_theory import registry

    table = re.findall(r"^\| `((?:ddcl|gbcl|secu)\.[a-z0-9.-]+)` \| (.+?) \| (.+?) \|$", README, flags=re.MULTILINE)
    assert table == [(e.id, e.title, e.load().source.place) for e in registry.builtin()]


def test_the_worked_example_does_what_the_page_shows(tmp_path: Path) -> None:
    (declared,) = blocks(CONTRIBUTING, "toml")
    (code,) = blocks(CONTRIBUTING, "python")
    package = tmp_path / "two_prototypes"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "variance.py").write_text(code, encoding="utf-8")
    project = tomllib.loads(declared)["project"]
    info = tmp_path / "two_prototypes-1.0.0.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    points = project["entry-points"]["ddcl_theory.claims"]
    lines = ["[ddcl_theory.claims]", *(f"{name} = {value}" for name, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    transcript = next(b for b in blocks(CONTRIBUTING, "console") if "ddcl-verify two.variance" in b)
    command, _, shown = transcript.partition("$ ddcl-verify two.variance")[2].partition("\n")
    done = subprocess.run(
        [sys.executable, "-m", "ddcl_theory", "two.variance", *command.split()],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    printed = done.stdout.splitlines()
    assert printed[0] == shown.splitlines()[0]
    assert [line for line in shown.splitlines() if line != "..." and line not in printed] == []

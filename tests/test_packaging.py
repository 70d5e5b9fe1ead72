"""What is installed is complete: packages, requirements, pinned versions, version numbers."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = {"ddcl_core": "ddcl_core", "ddcl_theory": "ddcl_theory", "ddcl_proofs": "proofs"}
#: Import names that differ from the name of the distribution.
DISTRIBUTIONS = {"flint": "python-flint", "sklearn": "scikit-learn", "z3": "z3-solver"}


def test_every_package_is_named() -> None:
    found = {
        ".".join((package, *init.parent.relative_to(ROOT / folder).parts))
        for package, folder in SOURCES.items()
        for init in (ROOT / folder).rglob("__init__.py")
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


def test_every_data_file_is_named() -> None:
    declared = PROJECT["tool"]["setuptools"]["package-data"]
    named = {
        path
        for package, globs in declared.items()
        for glob in globs
        for path in ROOT.joinpath(SOURCES[package.split(".")[0]], *package.split(".")[1:]).glob(glob)
    }
    ignored = {".pyc", ".py"}
    found = {
        path
        for folder in SOURCES.values()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in ignored and ".hypothesis" not in path.parts
    }
    assert named == found


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def test_requirements_are_what_is_imported() -> None:
    found: dict[str, set[Path]] = {}
    for folder in SOURCES.values():
        for path in (ROOT / folder).rglob("*.py"):
            for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
                if name not in sys.stdlib_module_names and name not in SOURCES:
                    found.setdefault(DISTRIBUTIONS.get(name, name), set()).add(path.relative_to(ROOT))
    optional = {
        "dask": {Path("ddcl_theory/campaign.py"), Path("ddcl_theory/experiments/distributed.py")},
        "joblib": {Path("ddcl_theory/campaign.py")},
        "pytest": {Path("ddcl_theory/conformance/pytest_plugin.py")},
    }
    assert {name: paths for name, paths in found.items() if name in optional} == optional
    assert set(found) - set(optional) == names(PROJECT["project"]["dependencies"])


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", r, maxsplit=1)[0].lower().replace("_", "-") for r in requirements}


def test_the_constraints_pin_what_is_required() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)] == []
    pinned = names(lines)
    extras = [r for extra in PROJECT["project"]["optional-dependencies"].values() for r in extra]
    assert names(PROJECT["project"]["dependencies"] + extras) - {"ddcl-verify"} <= pinned


def test_versions_agree() -> None:
    from ddcl_theory import __version__

    version = PROJECT["project"]["version"]
    assert version == __version__
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

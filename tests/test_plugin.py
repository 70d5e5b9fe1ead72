"""Claims of an extension: built into a wheel's metadata, found, listed, run and replayed like the papers' claims."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parent / "plugin_package"
DECLARED = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
    "ddcl_theory.claims"
]


def register(folder: Path, entry_points: dict[str, str]) -> None:
    """What an installer writes about a distribution that has these entry points."""
    info = folder / "ddcl_example-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ddcl-example\nVersion: 1.0.0\n", encoding="utf-8")
    lines = ["[ddcl_theory.claims]", *(f"{name} = {value}" for name, value in entry_points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plugin, as if it were installed."""
    register(tmp_path / "site", DECLARED)
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


def test_entry_points_of_all_forms_lead_to_their_claims(installed: Path) -> None:
    from ddcl_theory.registry import plugins

    found = {e.id: e.load() for e in plugins() if e.id in DECLARED}
    assert list(found) == sorted(DECLARED)
    assert all(claim.id == name for name, claim in found.items())


def test_plugins_stand_after_the_claims_of_the_papers_and_answer_to_short_names(installed: Path) -> None:
    from ddcl_theory.registry import builtin, entries, resolve

    listed = [e.id for e in entries()]
    assert listed[: len(builtin())] == [e.id for e in builtin()]
    assert set(DECLARED) <= set(listed[len(builtin()) :])
    assert resolve("square").id == "example.square"


def test_listing_imports_no_plugin(installed: Path) -> None:
    probe = (
        "import sys; from ddcl_theory.registry import entries; "
        "print([e.id for e in entries()], 'ddcl_example' in sys.modules)"
    )
    path = os.pathsep.join([str(installed), str(PLUGIN), str(PLUGIN.parent.parent)])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "example.square" in done.stdout
    assert done.stdout.endswith("False\n")


def test_claims_of_a_plugin_are_run_judged_and_replayed_like_any_other(installed: Path) -> None:
    from ddcl_theory.file_replay import replay_record
    from ddcl_theory.registry import plugins
    from ddcl_theory.run import Options, run

    record = run([e for e in plugins() if e.id in DECLARED], Options("quick", figures=True), isolated=False)
    # These claims are fabricated for this test, which is why their verdicts may be written down.
    verdicts = {c["id"]: {r["id"]: r["verdict"] for r in c["readings"]} for c in record["claims"]}
    assert verdicts == {
        "example.square": {"real": "PROVED"},
        "example.product": {"real": "CONDITIONAL"},
        "example.cube": {"real": "HOLDS"},
        "example.sum": {"product": "HOLDS", "naive": "REFUTED"},
    }
    teeth = record["teeth"]
    assert teeth["twins"]["killed"] == teeth["twins"]["total"] > 0
    assert teeth["neighbours"]["spared"] == teeth["neighbours"]["total"] > 0
    assert [f["id"] for c in record["claims"] for f in c["figures"]] == ["quadrant"]
    assert replay_record(record).problems == []


def test_an_entry_point_that_declares_another_claim_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ddcl_theory.registry import load

    register(tmp_path / "site", {"example.other": "ddcl_example.square"})
    monkeypatch.syspath_prepend(str(PLUGIN))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    with pytest.raises(
        ValueError, match=r"ddcl_example\.square declares no claim with the identifier 'example\.other'"
    ):
        load("example.other")


def test_the_plugin_builds_into_a_wheel_with_its_entry_points(tmp_path: Path) -> None:
    import shutil
    import zipfile

    source = tmp_path / "source"
    shutil.copytree(PLUGIN, source, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            str(tmp_path),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith("entry_points.txt"))
        text = archive.read(name).decode()
        assert "ddcl_example/square.py" in archive.namelist()
    assert text.splitlines()[0] == "[ddcl_theory.claims]"
    assert {line.partition(" = ")[0] for line in text.splitlines()[1:] if line} == set(DECLARED)

"""How long the command line takes, as ratios that can be compared between machines.

Each command runs a few times in processes of its own; the shortest time counts, because everything else that a machine
does can only add to it.  Run it on an otherwise idle machine:

    python benchmarks/startup.py [--repeat 3] [--claim theorem1] [--all]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

VERIFY = [sys.executable, "-m", "ddcl_theory"]


def shortest(command: list[str], repeat: int) -> float:
    """The shortest of `repeat` runs, in seconds.  Statuses 0 and 4 are both ends of a run that took its time."""
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        times.append(time.perf_counter() - begun)
        if done.returncode not in (0, 4):
            raise SystemExit(f"{' '.join(command)} ended with status {done.returncode}: {done.stderr.strip()}")
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each short command")
    parser.add_argument("--claim", default="theorem1", help="the claim that is run alone")
    parser.add_argument("--all", action="store_true", help="also all claims, quick and standard (minutes)")
    chosen = parser.parse_args()
    if chosen.repeat < 1:
        parser.error(f"--repeat must be at least 1, got {chosen.repeat}")
    os.environ["OMP_NUM_THREADS"] = "1"

    bare = shortest([sys.executable, "-c", "pass"], max(5, chosen.repeat))
    click = shortest([sys.executable, "-c", "import click"], max(5, chosen.repeat))
    torch = shortest([sys.executable, "-c", "import torch"], chosen.repeat)
    print(f"{'python -c pass':<34}{bare:8.3f} s")
    print(f"{'python -c import click':<34}{click:8.3f} s  {click / bare:7.1f} × python -c pass")
    print(f"{'python -c import torch':<34}{torch:8.3f} s  {torch / bare:7.1f} × python -c pass")
    for arguments in (["--help"], ["list"]):
        report(arguments, shortest([*VERIFY, *arguments], max(5, chosen.repeat)), bare, "python -c pass")
    report(["show", chosen.claim], shortest([*VERIFY, "show", chosen.claim], chosen.repeat), bare, "python -c pass")
    quick = [chosen.claim, "--profile", "quick"]
    report(quick, shortest([*VERIFY, *quick], chosen.repeat), torch, "python -c import torch")
    if chosen.all:
        for profile in ("quick", "standard"):
            arguments = ["all", "--profile", profile, "--jobs", str(os.cpu_count() or 1)]
            report(arguments, shortest([*VERIFY, *arguments], 1), torch, "python -c import torch")


def report(arguments: list[str], seconds: float, unit: float, name: str) -> None:
    print(f"{'ddcl-verify ' + ' '.join(arguments):<34}{seconds:8.3f} s  {seconds / unit:7.1f} × {name}")


if __name__ == "__main__":
    main()

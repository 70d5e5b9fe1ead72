"""Prototypes of the handwritten digits, fitted by two processes that each hold half of the samples.

The script fits in one process first, then starts itself again on two with torchrun and compares. In a step the ranks
exchange sums of the size of the prototypes; both runs find the same prototypes up to the order of summation.
On several machines the same fit is started with

    torchrun --nnodes 2 --nproc-per-node 1 --rdzv-backend c10d --rdzv-endpoint HOST:PORT script.py
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor

from ddcl_core import distributed
from ddcl_core.metrics import score_clustering

N_CLUSTERS, EPOCHS, BATCH = 10, 30, 300
PROCESSES = 2


def temperature(epoch: float) -> float:
    """From a tenth of the data's variance to a hundredth; pixels go from 0 to 16."""
    return 120.0 * math.pow(0.1, epoch / EPOCHS)


def fit(seed: int, checkpoint: Path) -> dict[str, Any] | None:
    """Fit to the samples of all ranks, of which this process takes its share; the result on rank 0, None elsewhere."""
    images, _ = load_digits(return_X_y=True)
    with distributed.init(timeout=30) as group:
        own = torch.tensor(images).tensor_split(group.world_size)[group.rank]
        found = distributed.fit_sharded(
            own,
            N_CLUSTERS,
            temperature=temperature,
            epochs=EPOCHS,
            batch_size=BATCH,
            rate=1.0,
            momentum=0.5,
            seed=seed,
            checkpoint=checkpoint,
            checkpoint_every=10,
        )
        labels = distributed.gather_rows(found.labels, group)
    return None if labels is None else {"prototypes": found.prototypes, "losses": found.losses, "labels": labels}


def fit_on_two(seed: int, folder: Path) -> dict[str, Any]:
    """The same fit by worker processes of this script."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={PROCESSES}"]
    subprocess.run(
        [*command, __file__, "--seed", str(seed), "--worker", str(folder)],
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    found: dict[str, Any] = torch.load(folder / "result.pt", weights_only=True)
    return found


def draw(path: str, one: dict[str, Any], two: dict[str, Any]) -> None:
    """The losses of both runs, and the prototypes of the second."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    panels: Any = figure.subfigures(1, 2)
    left, right = panels
    axes = left.subplots()
    axes.plot(one["losses"], color="0.7", linewidth=5, label="one process")
    axes.plot(two["losses"], color="C3", linestyle="--", label=f"{PROCESSES} processes")
    axes.set(xlabel="epoch", ylabel=r"mean $L_q$", title="The same descent")
    axes.legend()
    right.suptitle(f"Prototypes of {PROCESSES} processes")
    prototypes: Tensor = two["prototypes"]
    for image, place in zip(prototypes.view(-1, 8, 8), right.subplots(2, 5).flat, strict=True):
        place.imshow(image, cmap="gray_r")
        place.set_axis_off()
    figure.savefig(path, dpi=150)


def main(argv: list[str] | None = None) -> None:
    """Fit in one process and in two, print the scores and the difference, and draw."""
    parser = argparse.ArgumentParser(description="The same prototypes from one process and from two.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="distributed_two_processes.png")
    parser.add_argument("--worker", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    if options.worker is not None:
        result = fit(options.seed, options.worker / "checkpoint.pt")
        if result is not None:
            torch.save(result, options.worker / "result.pt")
        return
    _, classes = load_digits(return_X_y=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = fit(options.seed, folder / "alone.pt")
        two = fit_on_two(options.seed, folder)
    assert one is not None
    print(f"one process    {score_clustering(classes, one['labels'])}")
    print(f"two processes  {score_clustering(classes, two['labels'])}")
    print(
        f"largest difference of a pixel of a prototype: {float((one['prototypes'] - two['prototypes']).abs().max()):.1e}"
    )
    draw(options.picture, one, two)
    print(f"picture: {options.picture}")


if __name__ == "__main__":
    main()

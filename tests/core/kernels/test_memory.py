"""No n x k matrix: the peak of a process of its own, above what it held before the loss."""

from __future__ import annotations

import json
import os
import subprocess
import sys

SCRIPT = """
import json, resource, sys
from pathlib import Path
import torch
from ddcl_core import kernels
torch.set_num_threads(1)
n, d, k = 40_000, 16, 600
z, prototypes = torch.randn(n, d), torch.randn(k, d)
def peak():
    # In bytes; not ru_maxrss where there is better: a process inherits that from the one that started it.
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return next(1024 * int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
def loss(size, backend):
    x, p = z[:size].clone().requires_grad_(), prototypes.clone().requires_grad_()
    kernels.mixture_loss(x, p, 4.0, ols=0.5, backend=backend).backward()
for backend in sys.argv[1:]:
    loss(500, backend)
    before = peak()
    loss(n, backend)
    print(json.dumps([backend, (peak() - before) / (n * k * 4)]))
"""


def test_peak_is_a_small_part_of_the_matrix() -> None:
    from ddcl_core import kernels

    forms = ["native", "tiled"] if kernels.available()["native"] else ["tiled"]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *forms, "plain"],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    peaks = dict(json.loads(line) for line in done.stdout.splitlines())
    # The copy of z and its gradient are 5 % of the matrix, the buffers of a tile at most 20 % at this size.
    for form in forms:
        assert peaks[form] < 0.3, peaks
    assert peaks["plain"] > 2, peaks

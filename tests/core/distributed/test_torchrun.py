"""Jobs under torchrun: a death ends all workers, and a restart finishes what was begun."""

from __future__ import annotations

import os
import subprocess
import sys

import torch

from ddcl_core.distributed import fit_sharded

SCRIPT = """
import os, signal, sys
from pathlib import Path
import torch
from ddcl_core import distributed

folder = Path(sys.argv[1])
torch.set_num_threads(1)

def temperature(epoch):
    mark = folder / "struck"
    if os.environ["RANK"] == "1" and epoch >= 2.5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 1.0

z = torch.load(folder / "z.pt")
with distributed.init(timeout=20) as group:
    own = z.tensor_split(group.world_size)[group.rank]
    fit = distributed.fit_sharded(own, 3, temperature=temperature, epochs=5, batch_size=5, parametrisation="native",
                                  checkpoint=folder / "run.pt", resume=True)
    weights = distributed.gather_rows(fit.weights, group)
if group.rank == 0:
    torch.save({"prototypes": fit.prototypes, "weights": weights, "steps": fit.steps}, folder / "found.pt")
"""


def launch(folder, restarts):
    (folder / "script.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    return subprocess.run(
        [*command, f"--max-restarts={restarts}", str(folder / "script.py"), str(folder)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=120,
    )


def samples(folder):
    z = torch.randn(13, 2, generator=torch.Generator().manual_seed(8), dtype=torch.float64)
    torch.save(z, folder / "z.pt")
    return z


def test_a_death_ends_the_job(tmp_path):
    samples(tmp_path)
    dead = launch(tmp_path, 0)
    assert dead.returncode == 1 and not (tmp_path / "found.pt").exists()
    # torchrun's own summary names the rank that died; the other worker says where to go on.
    assert "exitcode  : -9" in dead.stderr and "rank      : 1 (local_rank: 1)" in dead.stderr
    assert "WorkerLost: rank 0: " in dead.stderr and f"resume from '{tmp_path / 'run.pt'}'" in dead.stderr


def test_a_restart_finishes_the_job(tmp_path, alone):
    z = samples(tmp_path)
    assert launch(tmp_path, 1).returncode == 0 and (tmp_path / "struck").exists()
    found = torch.load(tmp_path / "found.pt", weights_only=True)
    whole = fit_sharded(z, 3, temperature=1.0, epochs=5, batch_size=5, parametrisation="native")
    assert found["steps"] == whole.steps == 15
    for name in ("prototypes", "weights"):
        # The same float64 sums in another order.
        assert torch.allclose(found[name], getattr(whole, name), rtol=1e-11, atol=1e-12)

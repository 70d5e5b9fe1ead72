"""Data-parallel training on several processes, with ``torch.distributed``.

Start a script with ``torchrun --nproc-per-node 2 script.py``; in it, ::

    with distributed.init() as group:
        fit = distributed.fit_sharded(z_local, 10, temperature=1.0)

Without torchrun the same script runs as a group of one. For a deep model, give ``Reducer()`` to the trainer.
"""

from ddcl_core.distributed.failure import RankDiverged, WorkerLost
from ddcl_core.distributed.group import Group, current
from ddcl_core.distributed.reducer import Reducer
from ddcl_core.distributed.sharded import ShardedFit, fit_sharded
from ddcl_core.distributed.shards import Shards, gather_rows
from ddcl_core.distributed.start import init
from ddcl_core.distributed.sums import sum_over_ranks

__all__ = [
    "Group",
    "RankDiverged",
    "Reducer",
    "ShardedFit",
    "Shards",
    "WorkerLost",
    "current",
    "fit_sharded",
    "gather_rows",
    "init",
    "sum_over_ranks",
]

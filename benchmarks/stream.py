"""Memory and speed of IncrementalDDCL along a stream of samples that are made, used once and forgotten.

The resident memory of the process is read at ten points of the stream; what counts is its growth after the first tenth,
when everything that the estimator needs is in place. The time spent in ``partial_fit`` gives samples a second, and the
same batches through scikit-learn's MiniBatchKMeans give the ratio.

    python benchmarks/stream.py [--n 10000000] [--d 16] [--k 10] [--batch 10000] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

POINTS = 10


def resident() -> int:
    """Bytes of memory in use now, or the largest ever where the system tells only that."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def stream(n: int, d: int, k: int, batch: int, seed: int) -> Iterator[Any]:
    """Batches of float32 samples from k Gaussian clusters."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    means = 3 * torch.randn(k, d, generator=generator)
    for begin in range(0, n, batch):
        size = min(batch, n - begin)
        labels = torch.randint(k, (size,), generator=generator)
        yield means[labels] + torch.randn(size, d, generator=generator)


def measure(n: int, d: int, k: int, batch: int, seed: int = 0, compare: bool = True) -> dict[str, Any]:
    """Run the stream; both estimators see the same batches."""
    import torch
    from sklearn.cluster import MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    from ddcl_core.estimators.incremental import IncrementalDDCL

    torch.set_num_threads(1)
    model = IncrementalDDCL(k, random_state=seed)
    other = MiniBatchKMeans(k, random_state=seed, n_init=1) if compare else None
    spent = {"ddcl": 0.0, "kmeans": 0.0}
    marks, seen = [], 0
    with threadpool_limits(1):
        for z in stream(n, d, k, batch, seed):
            begun = time.perf_counter()
            model.partial_fit(z)
            spent["ddcl"] += time.perf_counter() - begun
            if other is not None:
                begun = time.perf_counter()
                other.partial_fit(z.numpy())
                spent["kmeans"] += time.perf_counter() - begun
            seen += len(z)
            if seen >= n * (len(marks) + 1) / POINTS:
                marks.append({"samples": seen, "resident": resident()})
    used = [mark["resident"] for mark in marks]
    record: dict[str, Any] = {
        "n": n,
        "d": d,
        "k": k,
        "batch": batch,
        "marks": marks,
        "growth": max(used) - used[0],
        "samples_per_second": n / spent["ddcl"],
        "score": model.score(z),
    }
    if other is not None:
        record["time_ratio"] = spent["ddcl"] / spent["kmeans"]
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=10_000_000)
    parser.add_argument("--d", type=int, default=16)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--json", help="file for the record")
    chosen = vars(parser.parse_args())
    target = chosen.pop("json")
    record = measure(**chosen)
    for mark in record["marks"]:
        print(f"{mark['samples']:>12,} samples   {mark['resident'] / 2**20:8.1f} MiB resident")
    print(f"growth after the first tenth: {record['growth'] / 2**20:.1f} MiB")
    print(f"{record['samples_per_second']:,.0f} samples a second", end="")
    print(f", {record['time_ratio']:.2f} times the time of MiniBatchKMeans on the same batches")
    if target:
        with open(target, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=2)


if __name__ == "__main__":
    main()

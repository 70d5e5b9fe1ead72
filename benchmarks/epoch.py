"""One epoch of DDCL in mini-batches beside one pass of scikit-learn's MiniBatchKMeans, as a ratio of times.

Both passes begin from the same prototypes, take batches of the same size, and are repeated in turn within one run;
the ratio of each pair is computed before the median is taken, so that what slows the machine slows both.

    python benchmarks/epoch.py [--n 50000] [--d 512] [--k 10] [--batch 1024] [--repeat 7] [--dtype float32] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from typing import Any

import numpy as np


def mixture(n: int, d: int, k: int, seed: int, dtype: str) -> np.ndarray:
    """Samples (n, d) of k Gaussian clusters of unit variance whose means are spread as widely as the clusters."""
    generator = np.random.default_rng(seed)
    means = generator.standard_normal((k, d))
    return (means[generator.integers(k, size=n)] + generator.standard_normal((n, d))).astype(dtype)


def measure(n: int, d: int, k: int, batch: int, repeat: int, dtype: str, seed: int = 0) -> dict[str, Any]:
    """Times of both passes and the losses that they reach; both run on one thread."""
    import torch
    from sklearn.cluster import MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    from ddcl_core.estimators._descent import Descent, State
    from ddcl_core.estimators.ddcl import standardise
    from ddcl_core.objective import DDCLLoss

    torch.set_num_threads(1)
    data = mixture(n, d, k, seed, dtype)
    z, mean, scale = standardise(torch.from_numpy(data))
    start = z[torch.randperm(n, generator=torch.Generator().manual_seed(seed))[:k]]
    initial = (start * scale + mean).numpy()
    temperature = 0.25 * 2 / d
    times: dict[str, list[float]] = {"ddcl": [], "kmeans": []}
    losses = {}
    for _ in range(repeat):
        descent = Descent(z, DDCLLoss(assignments="stopped"), 1.0, batch, 1.0, torch.Generator().manual_seed(seed))
        state = State(start)
        begun = time.perf_counter()
        descent.run(state, temperature)
        times["ddcl"].append(time.perf_counter() - begun)
        # Without the tests for convergence, which end the pass early, and the reassignment, which it starts with.
        model = MiniBatchKMeans(
            k,
            init=initial,
            n_init=1,
            batch_size=batch,
            max_iter=1,
            max_no_improvement=None,
            reassignment_ratio=0.0,
            compute_labels=False,
            random_state=seed,
        )
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            begun = time.perf_counter()
            model.fit(data)
            times["kmeans"].append(time.perf_counter() - begun)
        ours = (state.prototypes * scale + mean).numpy()
        for name, centres in (("ddcl", ours), ("kmeans", model.cluster_centers_)):
            some = data[:2000].astype(float)
            losses[name] = float(((some[:, None] - centres[None]) ** 2).sum(-1).min(1).mean())
    ratios = sorted(a / b for a, b in zip(times["ddcl"], times["kmeans"], strict=True))
    return {
        "n": n,
        "d": d,
        "k": k,
        "batch": batch,
        "dtype": dtype,
        "repeat": repeat,
        "seconds": {name: statistics.median(values) for name, values in times.items()},
        "ratio": {"median": statistics.median(ratios), "least": ratios[0], "largest": ratios[-1]},
        "loss": losses,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--d", type=int, default=512)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--json", help="file for the record")
    chosen = vars(parser.parse_args())
    target = chosen.pop("json")
    record = measure(**chosen)
    ratio = record["ratio"]
    print(
        f"n={record['n']} d={record['d']} k={record['k']} batch={record['batch']} {record['dtype']}: an epoch of DDCL "
        f"takes {ratio['median']:.2f} times a pass of MiniBatchKMeans "
        f"({ratio['least']:.2f} to {ratio['largest']:.2f} in {record['repeat']} pairs)"
    )
    print("mean squared distance to the nearest prototype afterwards: ", end="")
    print(", ".join(f"{name} {loss:.4g}" for name, loss in record["loss"].items()))
    if target:
        with open(target, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=2)


if __name__ == "__main__":
    main()

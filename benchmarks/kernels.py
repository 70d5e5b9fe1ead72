"""How much faster the fused forms are than the plain one, and how much less memory they take, on this machine.

The plain form here is what one writes in torch: `cdist`, `softmax`, autograd.  Each form computes the value and both
gradients of the same loss on the same data; forms take turns, so that whatever else the machine does falls on all of
them, and the ratio is that of each turn: its median, least and largest are printed.  Memory is the peak of a process of
its own, above what it held before the loss (inputs included, gradients not).  Where there is a GPU, its rows follow.

    python benchmarks/kernels.py [--threads 1] [--repeat 5] [--quick] [--losses] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

# (n, d, k): samples, features, prototypes; the last is small enough that only overhead counts.
CASES = [(50_000, 512, 10), (50_000, 128, 1000), (200_000, 64, 1000), (2_000, 20, 10)]
QUICK = [(2_000, 512, 10), (2_000, 128, 1000), (2_000, 20, 10)]
LOSSES = {
    "L_q": ({}, "full"),
    "L_q stopped": ({}, "stopped"),
    "L_OLS": ({"quantization": 0.0, "ols": 1.0}, "full"),
    "L_OLS stopped": ({"quantization": 0.0, "ols": 1.0}, "stopped"),
    "V": ({"quantization": 0.0, "variance": 1.0}, "full"),
    "L_q + V/2": ({"variance": 0.5}, "full"),
}
GPU_CASE = (1_000_000, 128, 4096)


def plain(z: Any, prototypes: Any, temperature: float, weights: dict[str, float], mode: str) -> Any:
    """The loss as one writes it in torch."""
    import torch

    distances = torch.cdist(z, prototypes).square()
    q = torch.softmax(-distances / temperature, -1)
    q = q.detach() if mode == "stopped" else q
    loss = weights.get("quantization", 1.0) * (q * distances).sum(-1).mean()
    if weights.get("ols"):
        loss = loss + weights["ols"] * (z - q @ prototypes).square().sum(-1).mean()
    if weights.get("variance"):
        means = q @ prototypes
        loss = loss + weights["variance"] * (q * torch.cdist(means, prototypes).square()).sum(-1).mean()
    return loss


def task(form: str, case: tuple[int, int, int], loss: str = "L_q", device: str = "cpu") -> Callable[[], None]:
    """Value and both gradients by one form."""
    import torch

    from ddcl_core import kernels

    n, d, k = case
    generator = torch.Generator(device).manual_seed(0)
    z, prototypes = (torch.randn(size, d, generator=generator, device=device).requires_grad_() for size in (n, k))
    weights, mode = LOSSES[loss]

    def run() -> None:
        z.grad = prototypes.grad = None
        # Distances between such points are about 2 d: at T = d the assignment is neither hard nor uniform.
        if form == "plain":
            value = plain(z, prototypes, float(d), weights, mode)
        else:
            value = kernels.mixture_loss(z, prototypes, float(d), mode=mode, backend=form, **weights)
        value.backward()

    return run


def take_turns(tasks: dict[str, Callable[[], None]], repeat: int, shortest: float = 0.02) -> dict[str, list[float]]:
    """Seconds of each task in each turn; a short task runs several times in a turn. One turn before counts for nothing."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    counts: dict[str, int] = {}
    for name, run in tasks.items():
        run()
        begun = time.perf_counter()
        run()
        counts[name] = max(1, int(shortest / max(time.perf_counter() - begun, 1e-6)))
    for _ in range(repeat):
        for name, run in tasks.items():
            begun = time.perf_counter()
            for _ in range(counts[name]):
                run()
            times[name].append((time.perf_counter() - begun) / counts[name])
    return times


def compare(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """How many times faster than "plain" each other task was."""
    found = {}
    for name in times:
        if name != "plain":
            ratios = [ours / theirs for ours, theirs in zip(times["plain"], times[name], strict=True)]
            found[name] = {"median": statistics.median(ratios), "least": min(ratios), "largest": max(ratios)}
    return found


def peak(form: str, case: tuple[int, int, int], threads: int) -> float:
    """Peak resident bytes of a fresh process above what it held before the loss."""
    script = f"import benchmark; print(benchmark.measure_peak({form!r}, {case!r}, {threads}))"
    code = (
        "import importlib.util, sys; "
        f"spec = importlib.util.spec_from_file_location('benchmark', {str(Path(__file__).resolve())!r}); "
        "benchmark = importlib.util.module_from_spec(spec); sys.modules['benchmark'] = benchmark; "
        "spec.loader.exec_module(benchmark); " + script
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def measure_peak(form: str, case: tuple[int, int, int], threads: int) -> int:
    """What :func:`peak` runs: the form once on few samples, so that libraries are loaded, then on all."""
    import torch

    torch.set_num_threads(threads)
    task(form, (8, case[1], case[2]))()
    run = task(form, case)
    before = memory("VmRSS")
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    except OSError:
        before = max(before, memory("VmHWM"))
    run()
    return memory("VmHWM") - before


def memory(field: str) -> int:
    """A line of /proc/self/status, or the peak of the process where there is none, in bytes."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return int(next(line for line in lines if line.startswith(field)).split()[1]) * 1024


def on_gpu(case: tuple[int, int, int], repeat: int) -> dict[str, Any]:
    """Time, memory and share of the roofline of the tiled form on the first GPU.

    The roofline is the rate of one large product of matrices in the same run, with torch's settings as they are.
    """
    import torch

    n, d, k = case

    def seconds(run: Callable[[], Any]) -> float:
        times = []
        for turn in range(repeat + 1):
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            run()
            end.record()
            torch.cuda.synchronize()
            if turn:
                times.append(begin.elapsed_time(end) / 1000)
        return statistics.median(times)

    roofline = 2 * 8192**3 / seconds(partial(torch.matmul, *torch.randn(2, 8192, 8192, device="cuda")))
    run = task("auto", case, device="cuda")
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    took = seconds(run)
    used = torch.cuda.max_memory_allocated() - before
    rate = 3 * 2 * n * d * k / took
    return {
        "device": torch.cuda.get_device_name(),
        "seconds": took,
        "bytes": used,
        "matrix_bytes": 4 * n * k,
        "flop_per_second": rate,
        "share_of_roofline": rate / roofline,
    }


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5, help="turns that count")
    parser.add_argument("--quick", action="store_true", help="small sizes: seconds instead of minutes")
    parser.add_argument("--losses", action="store_true", help="also the other losses, on one size")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    chosen = parser.parse_args(argv)
    if chosen.threads < 1 or chosen.repeat < 1:
        parser.error("--threads and --repeat must be at least 1")
    os.environ["OMP_NUM_THREADS"] = str(chosen.threads)
    import torch

    from ddcl_core import kernels

    torch.set_num_threads(chosen.threads)
    available = kernels.available()
    forms = ["tiled", *(["native"] if available["native"] else [])]
    record: dict[str, Any] = {
        "threads": chosen.threads,
        "torch": torch.__version__,
        "instruction_set": available["instruction_set"],
        "rows": [],
    }
    print(f"{chosen.threads} threads, torch {torch.__version__}, native kernel: ", end="")
    print(available["instruction_set"] or f"none ({available['reason']})")
    print(f"{'loss':<14}{'n':>9}{'d':>6}{'k':>6}  form    times faster (least to largest)   memory: MB, times less")
    cases = QUICK if chosen.quick else CASES
    rows = [("L_q", case) for case in cases]
    if chosen.losses:
        rows += [(loss, cases[1]) for loss in LOSSES if loss != "L_q"]
    for loss, case in rows:
        names = ["plain", *forms]
        times = take_turns({name: task(name, case, loss) for name in names}, chosen.repeat)
        speed = compare(times)
        peaks = {name: peak(name, case, chosen.threads) for name in names} if loss == "L_q" else {}
        label = f"{loss:<14}{case[0]:>9}{case[1]:>6}{case[2]:>6}"
        if peaks:
            print(f"{label}  plain   {'1':>6}{'':<28}{peaks['plain'] / 1e6:>10.1f}")
        for form in forms:
            at = speed[form]
            line = f"{label}  {form:<8}{at['median']:>6.2f} ({at['least']:.2f} to {at['largest']:.2f})"
            if peaks:
                line = f"{line:<72}{peaks[form] / 1e6:>9.1f}{peaks['plain'] / max(peaks[form], 1):>9.1f}"
            print(line, flush=True)
        record["rows"].append({"loss": loss, "n": case[0], "d": case[1], "k": case[2], "speed": speed, "peak": peaks})
    if torch.cuda.is_available():
        record["gpu"] = found = on_gpu((20_000, 64, 512) if chosen.quick else GPU_CASE, chosen.repeat)
        print(
            f"{found['device']}: {found['seconds'] * 1000:.1f} ms, {found['bytes'] / 1e6:.0f} MB "
            f"(an n x k matrix: {found['matrix_bytes'] / 1e6:.0f} MB), {found['share_of_roofline']:.0%} of the rate of a "
            "large product of matrices"
        )
    if chosen.json:
        chosen.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

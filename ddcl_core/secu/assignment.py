"""Assignment of samples to clusters one mini-batch at a time, under a constraint on the clusters' sizes.

Source: Qian, "Stable Cluster Discrimination for Deep Clustering", equations (8)-(11) and Appendix B.
All of them choose the cheapest cluster of each sample after adding a price to each cluster. The cost of a cluster is
-log p_ij, or -⟨x_i, w_j⟩ as in the paper's experiments; with two views it is the mean of both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from ddcl_core._validation import check_choice, check_count, check_floating, check_magnitude, check_points, check_real
from ddcl_core.secu.loss import logits

SCORES = ("similarity", "log")
CONSTRAINTS = ("size", "entropy", "none")
# A label of a sample that has no cluster yet.
UNASSIGNED = -1


def assignment_costs(views: Sequence[Tensor], centres: Tensor, temperature: float, score: str = "similarity") -> Tensor:
    """Cost of each cluster for each sample, the mean over its views.

    views: one or more (n, m), centres (k, m) -> (n, k), without gradient. ``score="similarity"``: -⟨x, w⟩, in [-1, 1] on
    the sphere; ``"log"``: -log p at the temperature λ, in nats.
    """
    check_choice("score", score, SCORES)
    check_real("temperature", temperature, minimum=0, strict=True)
    if not views:
        raise ValueError("views: got none, accepted at least one")
    for view in views:
        check_points(view, centres)
    return mean_costs(views, centres, temperature, score)


def mean_costs(views: Sequence[Tensor], centres: Tensor, temperature: float, score: str) -> Tensor:
    """:func:`assignment_costs` without the checks."""
    with torch.no_grad():
        if score == "similarity":
            costs = [-(view @ centres.mT) for view in views]
        else:
            costs = [-torch.log_softmax(logits(view, centres, temperature), -1) for view in views]
        return torch.stack(costs).mean(0)


class Assigner(Protocol):
    """Labels for a mini-batch, and a state that a checkpoint can hold."""

    def assign(self, costs: Tensor, previous: Tensor) -> Tensor:
        """Labels (b,) from costs (b, k); ``previous`` (b,) are the labels they replace, -1 for none."""

    def state_dict(self) -> dict[str, Any]:
        """What :meth:`load_state_dict` needs to go on from here."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up a state of an assigner with the same parameters."""


class Greedy:
    """The cheapest cluster, without a constraint: in online training nothing keeps clusters from running empty."""

    def __init__(self, n_clusters: int) -> None:
        self.n_clusters = check_count("n_clusters", n_clusters)

    def assign(self, costs: Tensor, previous: Tensor) -> Tensor:
        _check_batch(costs, previous, self.n_clusters)
        return costs.detach().argmin(-1)

    def state_dict(self) -> dict[str, Any]:
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        _check_state(state, ())


class SizeConstraint:
    """Bounds on the clusters' shares, kept by dual variables (equations (8)-(9), Appendix B).

    Each cluster shall get at least ``lower``/k and (``upper`` not None) at most ``upper``/k of the samples. A batch is
    assigned to argmin_j cost_ij - ρ_j + ρ'_j; then ρ_j <- max(0, ρ_j - η (share_j - lower/k)) and
    ρ'_j <- max(0, ρ'_j + η (share_j - upper/k)), with the share of the batch and η = ``rate``.

    The bounds hold for the shares averaged over batches, not for each batch: over R batches that start from ρ = 0,
    lower/k - mean share_j <= ρ_j/(ηR) and mean share_j - upper/k <= ρ'_j/(ηR), and the prices stay bounded. They have
    the unit of the costs. With ``lower`` = 1 or ``upper`` = 1 all clusters are to be equally large.
    """

    def __init__(self, n_clusters: int, *, lower: float = 0.9, upper: float | None = None, rate: float = 0.1) -> None:
        self.n_clusters = check_count("n_clusters", n_clusters)
        self.lower, self.upper = check_bounds(lower, upper)
        self.rate = check_real("rate", rate, minimum=0, strict=True)
        self.lower_duals = torch.zeros(n_clusters, dtype=torch.float64)
        self.upper_duals = torch.zeros(n_clusters, dtype=torch.float64)

    def assign(self, costs: Tensor, previous: Tensor) -> Tensor:
        """Labels (b,) of the batch with costs (b, k), by the prices before it; then the prices move."""
        _check_batch(costs, previous, self.n_clusters)
        if self.lower_duals.device != costs.device:
            kind = torch.float32 if costs.device.type == "mps" else torch.float64
            self.lower_duals = self.lower_duals.to(costs.device, kind)
            self.upper_duals = self.upper_duals.to(costs.device, kind)
        labels = (costs.detach() - (self.lower_duals - self.upper_duals)).argmin(-1)
        shares = torch.bincount(labels, minlength=self.n_clusters).to(self.lower_duals.dtype) / labels.shape[0]
        self.lower_duals = (self.lower_duals - self.rate * (shares - self.lower / self.n_clusters)).clamp(min=0)
        if self.upper is not None:
            self.upper_duals = (self.upper_duals + self.rate * (shares - self.upper / self.n_clusters)).clamp(min=0)
        return labels

    def state_dict(self) -> dict[str, Any]:
        return {"lower_duals": self.lower_duals.clone(), "upper_duals": self.upper_duals.clone()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        _check_state(state, ("lower_duals", "upper_duals"))
        for name in ("lower_duals", "upper_duals"):
            if tuple(state[name].shape) != (self.n_clusters,):
                raise ValueError(f"{name}: got shape {tuple(state[name].shape)}, accepted ({self.n_clusters},)")
        self.lower_duals, self.upper_duals = state["lower_duals"].clone(), state["upper_duals"].clone()


class EntropyConstraint:
    """Entropy of the cluster sizes over all samples, rewarded with the weight α (equations (10)-(11)).

    Samples are relabelled one after another: j minimises cost_ij - α H(sizes with sample i in j), H in nats from
    counts that always hold all samples. Each step is exact, so Σ_i cost - α H never rises while costs stay. Samples
    without a label yet count for none; ``n_samples`` N stays the divisor. ``weight`` is α/N, which the paper sets to
    6/50. Only differences of H matter: a step costs O(k). It runs on the CPU, in double precision.
    """

    def __init__(self, n_clusters: int, n_samples: int, *, weight: float = 6 / 50) -> None:
        self.n_clusters = check_count("n_clusters", n_clusters)
        self.n_samples = check_count("n_samples", n_samples)
        self.weight = check_real("weight", weight, minimum=0)
        self.counts = [0] * n_clusters

    def assign(self, costs: Tensor, previous: Tensor) -> Tensor:
        """Labels (b,) of the batch with costs (b, k), its rows in turn."""
        _check_batch(costs, previous, self.n_clusters)
        table = costs.detach().to(device="cpu", dtype=torch.float64).numpy()
        counts = list(self.counts)
        total = sum(counts)
        prices = np.array([self._price(count) for count in counts])
        labels = []
        for row, old in zip(table, previous.tolist(), strict=True):
            if old == UNASSIGNED:
                total += 1
                if total > self.n_samples:
                    raise ValueError(f"previous: got new samples beyond n_samples={self.n_samples}")
            else:
                counts[old] -= 1
                if counts[old] < 0:
                    raise ValueError(f"previous: got the label {old} more often than the counts hold it")
                prices[old] = self._price(counts[old])
            new = int((row + prices).argmin())
            counts[new] += 1
            prices[new] = self._price(counts[new])
            labels.append(new)
        self.counts = counts
        return torch.tensor(labels, dtype=torch.int64, device=costs.device)

    def _price(self, count: int) -> float:
        """-α (H(count + 1) - H(count)) of one cluster: N drops out except in the logarithm."""
        n = self.n_samples
        before = count * math.log(count / n) if count else 0.0
        return self.weight * ((count + 1) * math.log((count + 1) / n) - before)

    def state_dict(self) -> dict[str, Any]:
        return {"counts": list(self.counts)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        _check_state(state, ("counts",))
        if len(state["counts"]) != self.n_clusters or sum(state["counts"]) > self.n_samples:
            raise ValueError(f"counts: got {state['counts']!r}, accepted {self.n_clusters} counts of {self.n_samples}")
        self.counts = [int(count) for count in state["counts"]]


def check_bounds(lower: float, upper: float | None) -> tuple[float, float | None]:
    """Return the bounds, relative to the mean size; raise ValueError unless 0 <= lower <= 1 <= upper."""
    low = check_real("lower", lower, minimum=0)
    if low > 1:
        raise ValueError(f"lower: got {lower!r}, accepted from 0 to 1 (k clusters above the mean size do not exist)")
    if upper is None:
        return low, None
    high = check_real("upper", upper)
    if high < 1:
        raise ValueError(f"upper: got {upper!r}, accepted at least 1 (k clusters below the mean size do not exist)")
    return low, high


def size_entropy(labels: Tensor, n_clusters: int) -> float:
    """Entropy of the cluster sizes H(y) in nats, from labels (n,); between 0 and log k."""
    counts = torch.bincount(labels, minlength=n_clusters).double().cpu()
    return float(torch.special.entr(counts / labels.shape[0]).sum())


def _check_batch(costs: Tensor, previous: Tensor, k: int) -> None:
    check_floating("costs", costs, 2)
    if costs.dim() != 2 or costs.shape[1] != k:
        raise ValueError(f"costs: got shape {tuple(costs.shape)}, accepted (b, {k})")
    check_magnitude("costs", costs, torch.finfo(costs.dtype).max)
    if tuple(previous.shape) != (costs.shape[0],) or previous.dtype != torch.int64:
        raise ValueError(
            f"previous: got {previous.dtype} {tuple(previous.shape)}, accepted torch.int64 ({costs.shape[0]},)"
        )
    if int(previous.min()) < UNASSIGNED or int(previous.max()) >= k:
        raise ValueError(
            f"previous: got labels from {int(previous.min())} to {int(previous.max())}, accepted -1 to {k - 1}"
        )


def _check_state(state: dict[str, Any], names: tuple[str, ...]) -> None:
    if set(state) != set(names):
        raise ValueError(f"state: got the entries {sorted(state)}, accepted {sorted(names)}")

"""The forms to be tested, and an oracle in extended precision that shares no formula with them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor

from ddcl_core import kernels

FUSED = ["tiled", "native"] if kernels.available()["native"] else ["tiled"]


@pytest.fixture(params=FUSED)
def form(request: pytest.FixtureRequest) -> str:
    """Each fused form that this machine can run."""
    return request.param


class Truth(NamedTuple):
    """What a sweep should give, means over the samples, in extended precision; ``unit`` is R^2."""

    value: np.longdouble
    grad_z: np.ndarray
    grad_prototypes: np.ndarray
    mass: np.ndarray
    counts: np.ndarray
    entropy: np.longdouble
    quantization: np.longdouble
    ols: np.longdouble
    variance: np.longdouble
    unit: float


def definitions(
    z: Tensor,
    prototypes: Tensor,
    temperature: float,
    weights: tuple[float, float, float] = (1.0, 0.0, 0.0),
    mode: str = "full",
    convention: str = "d/T",
) -> Truth:
    """The three losses and their gradients, each from its own definition, differences formed one by one.

    The chain rule runs over the distances: dq_j/dd_l = -(s/T) (q_j [j = l] - q_j q_l).
    """
    x, p = (np.asarray(tensor.detach().double().tolist(), dtype=np.longdouble) for tensor in (z, prototypes))
    rate = np.longdouble(0.5 if convention == "d/2T" else 1.0) / np.longdouble(temperature)
    first, second, third = (np.longdouble(weight) for weight in weights)
    n, k = len(x), len(p)
    losses = np.zeros((n, 3), dtype=np.longdouble)
    grad_z, grad_p = np.zeros_like(x), np.zeros_like(p)
    mass, counts, entropy = np.zeros(k, dtype=np.longdouble), np.zeros(k, dtype=int), np.longdouble(0)
    for i in range(n):
        to = x[i] - p
        d = (to * to).sum(1)
        e = np.exp(-(d - d.min()) * rate)
        q = e / e.sum()
        m = q @ p
        error, away = x[i] - m, p - m
        losses[i] = (q @ d, error @ error, q @ (away * away).sum(1))
        # At fixed q.
        grad_z[i] += 2 * first * (q @ to) + 2 * second * error
        grad_p += q[:, None] * (-2 * first * to - 2 * second * error + 2 * third * away)
        if mode == "full":
            slope = first * d - 2 * second * (p @ error) + third * (away * away).sum(1)
            to_distance = -rate * (np.diag(q) - np.outer(q, q)) @ slope
            grad_z[i] += 2 * to_distance @ to
            grad_p -= 2 * to_distance[:, None] * to
        mass += q
        counts[d.argmin()] += 1
        entropy -= (q[q > 0] * np.log(q[q > 0])).sum()
    means = losses.mean(0)
    middle = p.mean(0)
    unit = max(float(((points - middle) ** 2).sum(1).max()) for points in (x, p))
    return Truth(
        first * means[0] + second * means[1] + third * means[2],
        grad_z / n,
        grad_p / n,
        mass,
        counts,
        entropy / n,
        *means,
        unit,
    )


def compare(
    form: str,
    z: Tensor,
    prototypes: Tensor,
    temperature: float,
    weights: tuple[float, float, float] = (1.0, 0.0, 0.0),
    mode: str = "full",
    convention: str = "d/T",
) -> dict[str, float]:
    """Errors of a sweep as multiples of the bounds that docs/performance.md states; at most 1 where they hold.

    With eps of the type of the products, R^2 = ``unit`` and K = 1 + s R^2 / T: losses to 4 eps R^2 K, masses to
    4 eps K n, the entropy to 4 eps K (1 + log k), entries of gradients to 16 eps R K^2 (n times that for the sum over n
    samples), times the largest of 1 and the weights. Gradients in a type narrower than that of the products add its
    own rounding.
    """
    a, b, c = weights
    ours = kernels.sweep(
        z,
        prototypes,
        temperature,
        quantization=a,
        ols=b,
        variance=c,
        mode=mode,
        convention=convention,
        backend=form,
    )
    true = definitions(z, prototypes, temperature, weights, mode, convention)
    narrow = z.dtype not in (torch.float32, torch.float64)
    eps = torch.finfo(torch.float32 if narrow else z.dtype).eps
    size = max(1.0, *(abs(weight) for weight in weights))
    growth = 1 + (0.5 if convention == "d/2T" else 1.0) * true.unit / temperature
    n = z.shape[0]
    assert ours.grad_z is not None and ours.grad_prototypes is not None
    assert ours.grad_z.dtype == ours.grad_prototypes.dtype == z.dtype
    assert ours.counts.tolist() == true.counts.tolist()
    assert float(ours.variance) >= 0
    assert float(ours.ols) >= 0
    tiny = torch.finfo(torch.float32 if narrow else z.dtype).tiny

    def ratio(mine: object, right: object, bound: float, rounding: float = 0.0) -> float:
        difference = np.abs(np.asarray(mine, dtype=np.longdouble) - right)
        allowed = bound + rounding * np.abs(right) + 64 * tiny
        return float((difference / allowed).max())

    loss = 4 * eps * true.unit * growth
    slope = 16 * eps * true.unit**0.5 * growth**2 * size
    cast = torch.finfo(z.dtype).eps if narrow else 0.0
    return {
        "value": ratio(float(ours.value), true.value, 2 * loss * size),
        "quantization": ratio(float(ours.quantization), true.quantization, loss),
        "ols": ratio(float(ours.ols), true.ols, loss),
        "variance": ratio(float(ours.variance), true.variance, loss),
        "entropy": ratio(float(ours.entropy), true.entropy, 4 * eps * growth * (1 + math.log(prototypes.shape[0]))),
        "mass": ratio(ours.mass.tolist(), true.mass, 4 * eps * growth * n),
        "grad_z": ratio((ours.grad_z.double() * n).tolist(), true.grad_z * n, slope, cast),
        "grad_prototypes": ratio(ours.grad_prototypes.double().tolist(), true.grad_prototypes, slope, cast),
    }


@pytest.fixture
def truth() -> Callable[..., Truth]:
    """:func:`definitions`."""
    return definitions


@pytest.fixture
def excess() -> Callable[..., dict[str, float]]:
    """:func:`compare`."""
    return compare

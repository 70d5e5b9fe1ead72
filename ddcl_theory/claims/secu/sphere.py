"""Predicates of SeCu: predictions (2), weights 1 − p, their weighted sum (4) and the loss (3) of one centre.

A temperature λ of the paper is T here: e^{x·w/λ} is boltzmann(−x·w, T).  Labels are fixed, so a centre w is seen together
with its positives x and with the other centres v, which the stop-gradient holds.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.claim import Hypothesis
from ddcl_theory.relation import equals_zero


def attraction(x, w, t):
    """e^{x·w/λ}."""
    return ex.boltzmann(-ex.dot(x, w), t)


def rivals(x, others, t):
    """Σ_l e^{x·v_l/λ} over the other centres."""
    return ex.total(attraction(x, v, t) for v in others)


def prediction(x, w, others, t):
    """p (2) at the own centre w."""
    return attraction(x, w, t) / (attraction(x, w, t) + rivals(x, others, t))


def weight(x, w, others, t):
    """1 − p, as the share of the other centres."""
    return rivals(x, others, t) / (attraction(x, w, t) + rivals(x, others, t))


def pull(rows, w, others, t):
    """s = Σ_i (1 − p_i) x_i over the positives."""
    weights = [weight(x, w, others, t) for x in rows]
    return [ex.total(c * x[a] for c, x in zip(weights, rows, strict=True)) for a in range(len(w))]


def pulled(x):
    """s for the variables x (positives), w, v and T."""
    return pull(x.x, x.w, x.v, x.T)


def outward(x, scale=1):
    """s·w."""
    return scale * ex.dot(pulled(x), x.w)


def loss(rows, w, others, t):
    """Σ_i log(e^{x_i·w/λ} + Σ_l e^{x_i·v_l/λ}) − x_i·w/λ: the loss (3) as a function of one centre."""
    return ex.total(ex.log(attraction(x, w, t) + rivals(x, others, t)) - ex.dot(x, w) / t for x in rows)


def odds(rows, w, others, t):
    """e^{loss} = Π_i (1 + Σ_l e^{x_i·(v_l − w)/λ}): compares losses by rational numbers."""
    result = ex.ONE
    for x in rows:
        result = result * (1 + ex.total(ex.boltzmann(ex.dot(x, w) - ex.dot(x, v), t) for v in others))
    return result


def unit(*names):
    """|row|² = 1 for every row of the named variables, which have one or two axes."""

    def rows(value):
        return value if isinstance(value[0], list) else [value]

    return tuple(
        Hypothesis(
            f"unit-{name}",
            rf"\|{name}\| = 1",
            equals_zero(lambda x, name=name: [ex.norm2(row) - 1 for row in rows(getattr(x, name))]),
        )
        for name in names
    )


def spherical(domain, *names):
    """A sampler with unit rows in the named variables and λ from 1/5 to 10."""

    def draw(sizes, cases, generator):
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, cases, generator)
        for name in names:
            rows = torch.randn(batch[name].shape, generator=generator, dtype=torch.float64)
            batch[name] = rows / rows.norm(dim=-1, keepdim=True)
        if "T" in batch and domain.variable("T").kind == "temperature":
            batch["T"] = 10 ** (1.7 * torch.rand(cases, generator=generator, dtype=torch.float64) - 0.7)
        return batch

    return draw

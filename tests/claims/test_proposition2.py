"""Gradients in q against automatic differentiation of formulas written out here, and what the code rows notice."""

from __future__ import annotations

import pytest
import torch

from ddcl_core import functional as core
from ddcl_core.functional import gradients
from ddcl_proofs.ddcl import proposition2 as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement
from ddcl_theory.claims.ddcl import proposition2 as claim
from ddcl_theory.claims.ddcl.float_rows_gradients import assignment_parts
from ddcl_theory.evaluate import tensors

QUICK = Settings(profile=PROFILES["quick"])
FORMS = {
    "L_q": lambda z, p, q: (q * (z - p).square().sum(-1)).sum(),
    "L_OLS": lambda z, p, q: (z - q @ p).square().sum(),
    "printed": lambda z, p, q: (q * (p - q @ p).square().sum(-1)).sum(),
    "moments": lambda z, p, q: (q * p.square().sum(-1)).sum() - (q @ p).square().sum(),
    "difference": lambda z, p, q: (q * (z - p).square().sum(-1)).sum() - (z - q @ p).square().sum(),
}


def case(seed, simplex=True):
    g = torch.Generator().manual_seed(seed)
    z, p, q = (torch.randn(shape, generator=g, dtype=torch.float64) for shape in ((3,), (4, 3), (4,)))
    return z, p, torch.softmax(q, -1) if simplex else q


def gradient(name, z, p, q):
    return torch.func.grad(lambda r: FORMS[name](z, p, r))(q)


def predicate(function, z, p, q):
    x = claim.ANYWHERE.namespace({"k": 4, "d": 3})
    values = tensors(function(x), {"z": z[None], "p": p[None], "q": q[None], "v": q[None]})
    return torch.stack([v[0] for v in values])


@pytest.mark.parametrize("seed", range(3))
def test_printed_gradients_against_automatic_ones(seed):
    z, p, q = case(seed)
    printed = predicate(claim.difference, z, p, q)
    assert torch.allclose(predicate(claim.distances, z, p, q), gradient("L_q", z, p, q))
    assert torch.allclose(predicate(claim.fit, z, p, q), gradient("L_OLS", z, p, q))
    assert torch.allclose(printed, gradient("difference", z, p, q))
    ones, m = torch.ones(4, dtype=torch.float64), q @ p
    assert torch.allclose(printed - gradient("moments", z, p, q), z.square().sum() * ones)
    assert torch.allclose(printed - gradient("printed", z, p, q), (z.square().sum() - m.square().sum()) * ones)


@pytest.mark.parametrize("seed", range(3))
def test_corrected_gradients_hold_off_the_simplex(seed):
    z, p, q = case(seed, simplex=False)
    assert abs(float(q.sum()) - 1) > 0.1
    assert torch.allclose(predicate(claim.off_the_simplex, z, p, q), gradient("printed", z, p, q))
    assert torch.allclose(predicate(claim.off_the_simplex_expanded, z, p, q), gradient("printed", z, p, q))
    assert torch.allclose(predicate(claim.without_sample, z, p, q), gradient("moments", z, p, q))
    assert torch.allclose(predicate(claim.moment_slopes, z, p, q), gradient("moments", z, p, q))


def test_automatic_differentiation_of_the_pairwise_form_is_off_by_a_multiple_of_ones():
    z, p, q = case(0)
    slope = torch.func.grad(lambda r: core.prototype_variance(z[None], p, r[None], "sum"))(q)
    away = slope - predicate(claim.difference, z, p, q)
    assert float((away - away.mean()).abs().max()) < 1e-12 < abs(float(away.mean()))


def test_the_proof_uses_the_sum_of_the_direction_only_where_it_is_granted():
    residual = claim.slope("moments", claim.difference)
    assert proofs.slope(Statement(claim.TANGENT, residual)).covers_domain
    assert proofs.slope(Statement(claim.AMBIENT, residual)).outcome == "rejected"
    assert proofs.slope(Statement(claim.ANYWHERE, claim.slope("printed", claim.deviations))).outcome == "rejected"
    assert proofs.slope(Statement(claim.AMBIENT, claim.slope("printed", claim.deviations))).covers_domain


BROKEN = {
    "quantization_grad_q": lambda f: lambda z, p, q: f(2 * z, p, q),
    "ols_grad_q": lambda f: lambda z, p, q: f(z, p, q) / 2,
    "variance_grad_q": lambda f: lambda z, p, q: f(z, p, q) * q,
    "prototype_variance": lambda f: lambda z, p, q, *a, **o: 2 * f(z, p, q, *a, **o),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", BROKEN)
def test_broken_gradients_are_noticed(name, dtype, monkeypatch):
    def outcomes():
        return {part.id: part.checks[0].run(part.statement, QUICK).outcome.name for part in assignment_parts(dtype)}

    assert set(outcomes().values()) == {"SUPPORTS"}
    monkeypatch.setattr(core, name, BROKEN[name](getattr(core, name)))
    assert "REFUTES" in outcomes().values()


def test_the_closed_form_of_v_is_that_of_the_printed_form():
    z, p, q = case(1)
    assert torch.allclose(gradients.variance_grad_q(z[None], p, q[None])[0], gradient("printed", z, p, q))

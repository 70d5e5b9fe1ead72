"""S_q by hand: eigenvalues, minors, faces and slopes, and what the proofs and the code rows notice."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddcl_core import functional as core
from ddcl_proofs.ddcl import covariance as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import covariance as claim
from ddcl_theory.claims.ddcl import covariance_jacobian as slopes
from ddcl_theory.claims.ddcl.float_rows_assignment import covariance_parts
from ddcl_theory.domain import Domain, Variable, real
from ddcl_theory.relation import at_least_zero, equals_zero


def covariance(q):
    return np.diag(q) - np.outer(q, q)


@pytest.mark.parametrize("seed", range(4))
def test_rank_is_the_number_of_active_entries_less_one(seed):
    rng = np.random.default_rng(seed)
    q = rng.dirichlet(np.ones(5))
    assert np.linalg.matrix_rank(covariance(q), tol=1e-12) == 4
    assert np.linalg.det(covariance(q)[:-1, :-1]) == pytest.approx(q.prod(), rel=1e-6)
    q[:2] = 0
    assert np.linalg.matrix_rank(covariance(q / q.sum()), tol=1e-12) == 2


@pytest.mark.parametrize("seed", range(4))
def test_eigenvalues_lie_between_the_shares_and_below_a_half(seed):
    q = np.sort(np.random.default_rng(seed).dirichlet(np.ones(4)))
    values = np.linalg.eigvalsh(covariance(q))
    assert values[0] == pytest.approx(0, abs=1e-14) and values[-1] <= 0.5
    assert all(q[j] - 1e-14 <= values[j + 1] <= q[j + 1] + 1e-14 for j in range(3))


def test_jacobian_by_differences():
    p, z, t, h = np.array([[0.0, 1.0], [2.0, -1.0], [1.0, 1.0]]), np.array([0.3, -0.2]), 1.7, 1e-6

    def q(at, factor=1.0):
        w = np.exp(-factor * np.square(at - p).sum(1) / t)
        return w / w.sum()

    for factor in (1.0, 0.5):
        measured = np.stack([(q(z + h * e, factor) - q(z - h * e, factor)) / (2 * h) for e in np.eye(2)], 1)
        assert measured == pytest.approx(2 * factor / t * covariance(q(z, factor)) @ p, abs=1e-8)
    assert examine(slopes.SLOPE_HALVED.statement, slopes.TOWARDS).refutes


def test_faces_and_ties_enlarge_the_kernel():
    assert not covariance(np.array([1.0, 0.0])).any()
    assert examine(claim.ANY_KERNEL.statement, {"q": [1, 0], "v": [1, 0]}).refutes
    tie = examine(claim.COLD_LIMIT.statement, {"z": [0], "p": [[1], [-1]], "T": {"s": 0}})
    assert tie.refutes and "1/4" in tie.conclusion[1].value


def test_proofs_want_the_simplex():
    for kind, accepts in (("simplex", True), ("sum-one", False), ("nonnegative", False)):
        domain = Domain((Variable("q", kind, ("k",)), real("v", "k")), claim.ANY_V.sizes)
        conclusion = at_least_zero(lambda x: claim.u.quadratic(claim.matrix(x), x.v))
        assert proofs.semidefinite(Statement(domain, conclusion)).covers_domain is accepts
    ones = equals_zero(lambda x: claim.u.times(claim.matrix(x), [1] * x.k))
    assert proofs.vanishes(Statement(Domain((real("q", "k"),), {"k": (2, 4)}), ones)).outcome == "rejected"
    assert proofs.kernel(claim.ANY_KERNEL.statement).outcome == "rejected"
    assert proofs.kernel(claim.ANY_KERNEL.amendment.part.statement).covers_domain


BROKEN = {
    "assignment_covariance": lambda f: lambda q, **o: f(q, **o) * (1 + 1e-3),
    "soft_assignment": lambda f: lambda z, p, t, **o: f(z, p, 1.01 * t, **o),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", BROKEN)
def test_broken_code_is_noticed(name, dtype, monkeypatch):
    settings = Settings(profile=PROFILES["quick"])

    def outcomes():
        return {part.checks[0].run(part.statement, settings).outcome.name for part in covariance_parts(dtype)}

    assert outcomes() == {"SUPPORTS"}
    monkeypatch.setattr(core, name, BROKEN[name](getattr(core, name)))
    assert "REFUTES" in outcomes()


def test_the_jacobian_row_differentiates_the_code_itself():
    from ddcl_theory.claims.ddcl import code_assignment as code

    batch = {
        "z": torch.tensor([[0.0]], dtype=torch.float64),
        "p": torch.tensor([[[0.0], [1.0]]], dtype=torch.float64),
        "T": torch.tensor([2.0], dtype=torch.float64),
    }
    q = core.soft_assignment(batch["z"], batch["p"][0], 2.0)[0]
    assert code.jacobian(batch)[0].tolist() == pytest.approx([-float(q.prod()), float(q.prod())])
    assert torch.equal(code.jacobian_reversed(batch), code.jacobian(batch))

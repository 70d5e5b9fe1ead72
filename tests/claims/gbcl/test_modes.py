"""Modes that decay and stay: (43) against the matrix exponential, for every n up to 3d."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.linalg import expm

from ddcl_proofs.gbcl import modes as proofs
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.gbcl import modes as claim
from ddcl_theory.point import exact
from ddcl_theory.relation import equals_zero, positive


def printed(values: np.ndarray, c: np.ndarray, moving: int, t: float) -> np.ndarray:
    """Coordinates in the frame of the eigenvectors: the first `moving` carry e^{−σ² t}."""
    factors = np.exp(-t * values)
    factors[moving:] = 1.0
    return factors * c


@pytest.mark.parametrize(("n", "d"), [(n, d) for d in (1, 2, 3) for n in range(d + 1, 3 * d + 1)])
def test_the_formula_is_right_from_twice_as_many_samples_on(n: int, d: int) -> None:
    g = np.random.default_rng(10 * n + d)
    z = g.standard_normal((n, d))
    values, vectors = np.linalg.eigh(z @ z.T)
    values, vectors = np.clip(values[::-1], 0, None), vectors[:, ::-1]
    c, t = g.standard_normal(n), 0.7
    true = vectors.T @ expm(-t * z @ z.T) @ vectors @ c
    np.testing.assert_allclose(printed(values, c, d, t), true, atol=1e-12)
    assert bool(np.allclose(printed(values, c, n - d, t), true)) == (n >= 2 * d)


@pytest.mark.parametrize(("n", "d"), [(2, 1), (3, 1), (3, 2), (4, 2), (5, 2)])
def test_the_last_d_vectors_span_the_kernel_for_twice_as_many_samples_only(n: int, d: int) -> None:
    z = np.random.default_rng(n).standard_normal((n, d))
    _, vectors = np.linalg.eigh(z @ z.T)
    last = vectors[:, ::-1][:, n - d :]
    inside = bool(np.abs(z.T @ last).max() < 1e-12)
    assert (inside and d == n - d) == (n == 2 * d)


def test_the_witness_at_the_simplest_sizes() -> None:
    found = examine(claim.FORMULA.statement, claim.WITNESS)
    assert found.refutes and found.sizes == {"d": 2, "e": 1}
    # Mode 2 is said to be constant at c = 1 while its velocity is −σ² c = −1.
    x = claim.MODES.namespace({"d": 2, "e": 1})
    values = claim.ex.topological([claim.residuals(x, 1)[1]])
    assert {n.data[0] for n in values if n.op == "var"} == {"s", "c"}
    assert exact(claim.WITNESS["s"]) == (Fraction(1), Fraction(1))


def test_proofs_cover_the_parts_and_reject_their_twins() -> None:
    for part, proof in (
        (claim.FORMULA_MANY, proofs.formula),
        (claim.DECAYS_FEW, proofs.decays),
        (claim.KERNEL_TWICE, proofs.spans),
        (claim.RANGES, proofs.ranges),
        (claim.FIRST_DECAY, proofs.decays),
    ):
        assert proof(part.statement).covers_domain
        for twin in part.twins:
            assert proof(twin.statement).outcome == "rejected", twin.id


def test_proofs_need_the_number_of_samples() -> None:
    for part, proof in ((claim.FORMULA, proofs.formula), (claim.DECAYS, proofs.decays), (claim.KERNEL, proofs.spans)):
        assert proof(part.statement).outcome == "rejected"


@pytest.mark.parametrize("from_d", [2, 5, 7])
def test_proofs_reject_what_fails_for_many_features_only(from_d: int) -> None:
    def late(x):  # type: ignore[no-untyped-def]
        return max(0, x.d - from_d + 1)

    for part, proof in ((claim.RANGES, proofs.ranges), (claim.FORMULA_MANY, proofs.formula)):
        values = part.statement.conclusion.values
        assert values is not None
        shifted = equals_zero(lambda x, values=values: [v + late(x) * x.s[0] for v in values(x)])
        statement = Statement(claim.MODES, shifted, part.statement.given)
        assert proof(statement).outcome == "rejected"
    shrunk = positive(lambda x: [v - late(x) * x.c[0] ** 2 for v in claim.decay(x, x.d)])
    statement = Statement(claim.MODES, shrunk, claim.FIRST_DECAY.statement.given)
    assert proofs.decays(statement).outcome == "rejected"


def test_a_hypothesis_on_sizes_that_cuts_through_is_not_taken_for_all() -> None:
    within = Statement(claim.MODES, claim.RANGES.statement.conclusion, (claim.ONE_MORE,))
    assert proofs.ranges(within).outcome == "undecided"

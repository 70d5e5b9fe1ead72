"""Prices of size bounds: runs in fractions and in ddcl_core, slopes by automatic differentiation."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from ddcl_core.secu import assignment as core
from ddcl_proofs.secu import upper_bound as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.secu import float_rows_labels as rows
from ddcl_theory.claims.secu import upper_bound as claim
from ddcl_theory.domain import Domain, Variable
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact
from ddcl_theory.relation import at_least_zero

QUICK = Settings(profile=PROFILES["quick"])


def together(rho, eta=Fraction(1), gamma=1, upper=2):
    """One batch of two equal instances with costs (0, 1): the label of both, the prices after it (ρ' stays 0)."""
    label = 0 if -rho[0] <= 1 - rho[1] else 1
    share = [Fraction(int(j == label)) for j in range(2)]
    assert all(max(Fraction(0), eta * (s - Fraction(upper, 2))) == 0 for s in share)
    return label, tuple(max(Fraction(0), r - eta * (s - Fraction(gamma, 2))) for r, s in zip(rho, share, strict=True))


def test_the_cycle_is_entered_after_three_batches_and_never_left():
    rho, seen = (Fraction(0), Fraction(0)), []
    for _ in range(9):
        label, rho = together(rho)
        seen.append((label, rho))
    assert [label for label, _ in seen] == [0, 0, 0, 1, 0, 1, 0, 1, 0]
    assert seen[2][1] == (0, Fraction(3, 2)) == seen[4][1] and seen[3][1] == (Fraction(1, 2), 1)
    assert examine(claim.REACHES.statement, claim.TOGETHER).refutes


def test_ddcl_core_runs_the_same_cycle():
    constraint = core.SizeConstraint(2, lower=1.0, upper=2.0, rate=1.0)
    costs = torch.tensor([[0.0, 1.0], [0.0, 1.0]], dtype=torch.float64)
    labels = [constraint.assign(costs, torch.full((2,), -1)).tolist() for _ in range(9)]
    assert labels == [[j, j] for j in (0, 0, 0, 1, 0, 1, 0, 1, 0)]
    assert constraint.lower_duals.tolist() == [0.0, 1.5] and constraint.upper_duals.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("seed", range(4))
def test_slopes_are_those_of_automatic_differentiation(seed):
    g = torch.Generator().manual_seed(seed)
    c, y = (torch.randint(0, 5, (3, 2), generator=g).double() for _ in range(2))
    rho, rho2 = (torch.randint(0, 5, (2,), generator=g).double().requires_grad_() for _ in range(2))
    gamma, gamma2 = 0.5, 1.5
    value = (c * y).sum() - rho @ (y.sum(0) - gamma * 3 / 2) + rho2 @ (y.sum(0) - gamma2 * 3 / 2)
    wanted = torch.cat(torch.autograd.grad(value, (rho, rho2)))
    x = claim.STEP.namespace({"n": 3, "k": 2})
    point = {
        "c": exact(c.tolist()),
        "y": exact(y.tolist()),
        "rho": exact(rho.tolist()),
        "rho2": exact(rho2.tolist()),
        "gamma": exact(gamma),
        "gamma2": exact(gamma2),
        "eta": exact(1),
    }
    assert [float(v) for v in fractions(claim.slopes(x), point)] == wanted.tolist()


@pytest.mark.parametrize("seed", range(6))
def test_mean_shares_over_many_batches(seed):
    g = torch.Generator().manual_seed(seed)
    k, rounds, rate = 3, 200, 0.1
    constraint = core.SizeConstraint(k, lower=0.8, upper=1.3, rate=rate)
    shares = torch.zeros(k, dtype=torch.float64)
    for _ in range(rounds):
        costs = torch.rand(4, k, generator=g, dtype=torch.float64) + torch.tensor([0.0, 0.4, 0.8])
        shares += torch.bincount(constraint.assign(costs, torch.full((4,), -1)), minlength=k) / 4
    mean = shares / rounds
    assert (mean >= 0.8 / k - constraint.lower_duals / (rate * rounds) - 1e-12).all()
    assert (mean <= 1.3 / k + constraint.upper_duals / (rate * rounds) + 1e-12).all()


def test_infeasible_bounds_drive_the_prices_up():
    """γ = 3/2: Σ ρ grows by at least η (γ − 1) a batch."""
    rho = (Fraction(0), Fraction(0))
    for batch in range(1, 20):
        _, rho = together(rho, gamma=Fraction(3, 2))
        assert sum(rho) >= batch * Fraction(1, 2)


def test_proofs_reject_the_twins():
    cases = {proofs.ascent: claim.ASCENT, proofs.rises: claim.RISES, proofs.on_average: claim.ON_AVERAGE}
    for proof, part in cases.items():
        assert proof(part.statement).covers_domain
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]


def test_the_rise_wants_prices_that_start_above_zero():
    variables = tuple(Variable(v.name, "real", v.shape) if v.name == "rho" else v for v in claim.STEP.variables)
    loose = Statement(Domain(variables, claim.STEP.sizes), at_least_zero(claim.gained))
    assert proofs.rises(loose).outcome == "rejected"
    assert examine(loose, {**claim.PLAIN, "y": [[0, 1]], "rho": [0, -5]}).refutes


def twice_the_rate(original):
    def broken(self, costs, previous):
        self.rate = 2 * self.rate
        return original(self, costs, previous)

    return broken


def no_cut(original):
    """Prices may fall below 0."""

    def broken(self, costs, previous):
        before = self.lower_duals
        labels = original(self, costs, previous)
        share = torch.bincount(labels, minlength=self.n_clusters).double() / len(labels)
        self.lower_duals = before - self.rate * (share - self.lower / self.n_clusters)
        return labels

    return broken


@pytest.mark.parametrize("broken", [twice_the_rate, no_cut], ids=["twice the rate", "prices below 0"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_broken_code_is_noticed(broken, dtype, monkeypatch):
    part = rows.prices_part(dtype)
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "SUPPORTS"
    monkeypatch.setattr(core.SizeConstraint, "assign", broken(core.SizeConstraint.assign))
    assert part.checks[0].run(part.statement, QUICK).outcome.name == "REFUTES"

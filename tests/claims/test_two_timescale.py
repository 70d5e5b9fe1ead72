"""Symmetries of the fast subsystem and of the reduced energy, by `ddcl_core`."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ddcl_core import functional as core
from ddcl_proofs.ddcl import two_timescale as proofs
from ddcl_theory.claims.ddcl import two_timescale as claim


def random(seed, *shapes):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(*s, generator=generator, dtype=torch.float64) for s in shapes]


@pytest.mark.parametrize("mode", ["stopped", "full"])
def test_training_commutes_with_relabelling(mode):
    z, p = random(0, (5, 2), (3, 2))
    order = [2, 0, 1]
    assert torch.allclose(
        core.training_gradient(z, p[order], 0.7, mode=mode), core.training_gradient(z, p, 0.7, mode=mode)[order]
    )


def test_one_sample_attracts_all_prototypes():
    z, p = random(1, (1, 2), (4, 2))
    for _ in range(4000):
        p = p - 0.2 * core.training_gradient(z, p, 1.0)
    assert float((p - z).abs().max()) < 1e-6


def test_two_samples_have_a_pair_of_equilibria():
    z = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    p = torch.tensor([[0.25], [-0.25]], dtype=torch.float64)
    cold = -1 / torch.log(torch.tensor(0.6, dtype=torch.float64))
    for rows in (p, p.flip(0)):
        assert float(core.training_gradient(z, rows, float(cold)).abs().max()) < 1e-12


def test_a_common_shift_changes_no_energy():
    z, p, s = random(2, (5, 2), (3, 2), (2,))
    assert torch.allclose(core.free_energy(z + s, p + s, 0.4), core.free_energy(z, p, 0.4))
    assert not torch.allclose(core.free_energy(z + s, p, 0.4), core.free_energy(z, p, 0.4))
    centred = z - z.mean(0)
    collapsed = z.mean(0).expand(3, 2)
    reduced = core.free_energy(z, collapsed, 0.4) + 0.4 * torch.log(torch.tensor(3.0, dtype=torch.float64))
    assert torch.allclose(reduced, centred.square().sum(-1).mean())


def test_proofs_need_their_hypotheses():
    assert proofs.together(claim.TOGETHER.statement).covers_domain
    for h in (claim.REST, claim.UNIQUE):
        given = tuple(g for g in claim.TOGETHER.statement.given if g is not h)
        assert proofs.together(replace(claim.TOGETHER.statement, given=given, _traces={})).outcome == "rejected"
    assert proofs.met(replace(claim.MET.statement, given=(), _traces={})).outcome == "rejected"
    assert proofs.shift_invariant(claim.SLOW.amendment.part.twins[0].statement).outcome == "rejected"

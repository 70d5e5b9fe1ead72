"""The compiled flow takes the steps of the form in torch."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from ddcl_core import FlowStatus, ReducedEnergy, projected_gradient_flow
from ddcl_core.flow import native

PROBLEMS = {
    "plain": ({}, {}),
    "decay": ({"weight": 0.4}, {}),
    "separated": ({"separation": 0.3, "weight": 2.0, "pairs": "ordered"}, {}),
    "unbounded": ({"separation": 40.0}, {"bound": 50.0}),
    "fixed step": ({}, {"step": 0.01}),
    "long fixed step": ({}, {"step": 0.4}),
    "steps that overshoot": ({"weight": 30.0}, {"accuracy": 1e6}),
    "sparse record": ({}, {"record": 7}),
    "ends only": ({}, {"record": 0}),
    "few steps": ({}, {"max_steps": 5}),
    "tolerance": ({"weight": 0.1}, {"tolerance": 0.5}),
}


def data(n: int, k: int, d: int, batch: tuple[int, ...] = ()):
    generator = torch.Generator().manual_seed(3)
    z, prototypes = (torch.randn(*batch, size, d, generator=generator, dtype=torch.float64) for size in (n, k))
    q = torch.softmax(2 * torch.randn(*batch, n, k, generator=generator, dtype=torch.float64), -1)
    return z, prototypes, q


def both(monkeypatch: pytest.MonkeyPatch, energy: ReducedEnergy, prototypes, q, **options):
    used = []
    advance = native.Integrator.advance
    monkeypatch.setattr(native.Integrator, "advance", lambda self, n: (used.append(n), advance(self, n))[1])
    options = {"horizon": 1.0, "accuracy": 1e-4, **options}
    compiled = projected_gradient_flow(energy, prototypes, q, **options)
    assert bool(used) is (native.load() is not None)
    monkeypatch.setattr(native, "load", lambda: None)
    return compiled, projected_gradient_flow(energy, prototypes, q, **options)


def compare(first, second) -> None:
    assert first.status == second.status
    assert torch.equal(first.accepted, second.accepted)
    assert torch.equal(first.refused, second.refused)
    for name in ("times", "energies", "prototypes", "q", "dissipation"):
        # Rounding of one step, some 1e-15, grows at most by the few hundred steps and the flow's own expansion.
        torch.testing.assert_close(getattr(first, name), getattr(second, name), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", PROBLEMS)
def test_same_steps_as_in_torch(monkeypatch, name) -> None:
    terms, options = PROBLEMS[name]
    z, prototypes, q = data(9, 4, 3)
    compiled, plain = both(monkeypatch, ReducedEnergy(z, **terms), prototypes, q, **options)
    assert len(compiled.times) > 1
    compare(compiled, plain)


def test_batches_share_or_own_their_data(monkeypatch) -> None:
    z, prototypes, q = data(7, 3, 2, batch=(2, 3))
    prototypes[0, 0] *= 3
    for points in (z, z[0, 0]):
        with monkeypatch.context() as patch:
            compiled, plain = both(patch, ReducedEnergy(points, weight=0.2), prototypes, q, record=5)
        assert compiled.q.shape[1:] == (2, 3, 7, 3)
        compare(compiled, plain)


@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 1, 2), (1, 6, 1), (30, 17, 5)])
def test_degenerate_sizes(monkeypatch, sizes) -> None:
    z, prototypes, q = data(*sizes)
    compare(*both(monkeypatch, ReducedEnergy(z), prototypes, q))


def test_vertices_and_coincident_prototypes(monkeypatch) -> None:
    z, prototypes, q = data(8, 4, 2)
    prototypes[2] = prototypes[1]
    q = torch.eye(4, dtype=torch.float64)[q.argmax(-1)]
    compare(*both(monkeypatch, ReducedEnergy(z), prototypes, q))


def test_threads_change_nothing() -> None:
    z, prototypes, q = data(7, 3, 2, batch=(5,))
    before = torch.get_num_threads()
    try:
        runs = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            runs.append(projected_gradient_flow(ReducedEnergy(z), prototypes, q, horizon=1.0, accuracy=1e-4, record=0))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(runs[0].q, runs[1].q)
    assert torch.equal(runs[0].accepted, runs[1].accepted)


def test_only_what_the_kernel_knows_goes_there() -> None:
    z, _, q = data(4, 3, 2)

    class Own(ReducedEnergy):
        """May redefine anything."""

    there = native.load() is not None
    assert native.handles(ReducedEnergy(z, separation=1.0), q) is there
    for energy, assignment in (
        (ReducedEnergy(z, balance=0.1), q),
        (ReducedEnergy(z, entropy=-0.1), q),
        (Own(z), q),
        (ReducedEnergy(z.float()), q.float()),
    ):
        assert not native.handles(energy, assignment)


def test_long_runs_come_back_to_python(monkeypatch) -> None:
    z, prototypes, q = data(9, 4, 3)
    options = {"horizon": 1.0, "accuracy": 1e-4, "record": 0}
    whole = projected_gradient_flow(ReducedEnergy(z), prototypes, q, **options)
    monkeypatch.setattr(native, "WORK", 5000)
    parts = projected_gradient_flow(ReducedEnergy(z), prototypes, q, **options)
    assert whole.status is FlowStatus.HORIZON
    assert torch.equal(whole.q, parts.q)
    assert torch.equal(whole.accepted, parts.accepted)


COLLAPSED = """
import torch
from ddcl_core import ReducedEnergy, projected_gradient_flow
z = [[float.fromhex(v)] for v in ("0x1.fb184dbcd916dp-7", "0x1.98bf61631b827p-10")]
q = [["0x0p+0", "0x1.2fe3c9b75b2a9p-2", "0x1.680e1b24526abp-1"],
     ["0x1.fa41203f51391p-5", "0x1.20de152f30c2cp-2", "0x1.4fece364728b0p-1"]]
double = {"dtype": torch.float64}
z, q = torch.tensor(z, **double), torch.tensor([[float.fromhex(v) for v in row] for row in q], **double)
p = torch.full((3, 1), float.fromhex("-0x1.c93d404db775fp-8"), **double)
energies = [ReducedEnergy(z, separation=float.fromhex("0x1.08981ae4899fap-4"))]
starts = [(energies[0], p, q)]
generator = torch.Generator().manual_seed(0)
for k in range(2, 9):
    for _ in range(40):
        z = torch.randn(3, 2, generator=generator, **double) / 100
        p = torch.randn(1, 2, generator=generator, **double).expand(k, 2).contiguous()
        q = torch.rand(3, k, generator=generator, **double) * (torch.rand(3, k, generator=generator) < 0.5)
        q[:, 0] += 1e-3
        starts.append((ReducedEnergy(z), p, q / q.sum(-1, keepdim=True)))
for energy, p, q in starts:
    end = projected_gradient_flow(energy, p, q, horizon=0.1, accuracy=1e-2, max_steps=6).q[-1]
    assert (end >= 0).all() and (end.sum(-1) - 1).abs().max() < 1e-14
"""


def test_equal_prototypes_and_empty_shares_come_to_an_end() -> None:
    """All slopes are equal up to rounding there, which once sent the search for free entries round in circles."""
    subprocess.run([sys.executable, "-c", COLLAPSED], check=True, timeout=120)

"""The winner loss and the winners against loops, scikit-learn and autograd."""

from __future__ import annotations

import pytest
import torch
from sklearn.cluster import KMeans

from ddcl_core.layers import winner_loss, winners


def test_sum_is_the_inertia_of_kmeans() -> None:
    z = torch.randn(60, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    model = KMeans(4, n_init=1, random_state=0).fit(z.numpy())
    prototypes = torch.from_numpy(model.cluster_centers_)
    assert float(winner_loss(z, prototypes, "sum")) == pytest.approx(model.inertia_, rel=1e-12)
    assert float(winner_loss(z, prototypes)) == pytest.approx(model.inertia_ / 60, rel=1e-12)
    assert float(winner_loss(z, prototypes, "none").sum()) == pytest.approx(model.inertia_, rel=1e-12)
    assert winners(z, prototypes).first.tolist() == model.labels_.tolist()


def test_gradient_pulls_each_winner_by_its_samples(device: torch.device) -> None:
    z = torch.tensor([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0]], dtype=torch.float64, device=device)
    prototypes = torch.tensor([[0.0, 1.0], [4.0, 4.0], [99.0, 0.0]], dtype=torch.float64, device=device)
    prototypes.requires_grad_()
    winner_loss(z, prototypes, "sum").backward()
    assert prototypes.grad.tolist() == [[-2.0, 4.0], [-2.0, -2.0], [0.0, 0.0]]


def test_a_tie_shares_the_gradient() -> None:
    prototypes = torch.tensor([[1.0], [-1.0]], requires_grad=True)
    winner_loss(torch.tensor([[0.0]]), prototypes, "sum").backward()
    assert prototypes.grad.tolist() == [[1.0], [-1.0]]


def test_winners_are_the_two_nearest(device: torch.device) -> None:
    generator = torch.Generator().manual_seed(1)
    z, prototypes = (torch.randn(n, 2, generator=generator, dtype=torch.float64) for n in (40, 5))
    first, second = winners(z.to(device), prototypes.to(device))
    for sample, one, two in zip(z, first.tolist(), second.tolist(), strict=True):
        order = sorted(range(5), key=lambda j: float((sample - prototypes[j]).square().sum()))
        assert [one, two] == order[:2]


def test_ties_keep_the_order_of_the_prototypes() -> None:
    prototypes = torch.tensor([[9.0], [1.0], [-1.0], [1.0]])
    assert [index.tolist() for index in winners(torch.tensor([[0.0]]), prototypes)] == [[1], [2]]


def test_leading_axes() -> None:
    generator = torch.Generator().manual_seed(2)
    z, prototypes = torch.randn(3, 6, 2, generator=generator), torch.randn(3, 4, 2, generator=generator)
    batched = winner_loss(z, prototypes)
    assert batched.shape == (3,)
    assert batched.tolist() == [float(winner_loss(*pair)) for pair in zip(z, prototypes, strict=True)]
    assert winners(z, prototypes).second[1].equal(winners(z[1], prototypes[1]).second)


def test_wrong_input_is_named() -> None:
    z = torch.zeros(2, 1)
    with pytest.raises(ValueError, match="prototypes: got one row"):
        winners(z, z[:1])
    with pytest.raises(ValueError, match="reduction: got 'max'"):
        winner_loss(z, z, "max")

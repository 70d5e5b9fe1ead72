"""The graph of first and second winners against counting by hand, its soft form against enumeration."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations

import pytest
import torch
from torch import Tensor

from ddcl_core.layers import (
    competitive_loss,
    connected_components,
    data_topology,
    prune,
    topology_loss,
    winner_graph,
    winner_loss,
)


def problem(n: int = 25, k: int = 5, d: int = 2, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(n * k)
    z, prototypes = (torch.randn(m, d, generator=generator, dtype=torch.float64) for m in (n, k))
    return z.to(device), prototypes.to(device)


def squares(z: Tensor, prototypes: Tensor) -> list[list[float]]:
    return [[math.dist(x, p) ** 2 for p in prototypes.tolist()] for x in z.tolist()]


def test_counts_by_hand(device: torch.device) -> None:
    z, prototypes = problem(device=device)
    expected = [[0.0] * 5 for _ in range(5)]
    for row in squares(z, prototypes):
        first, second = sorted(range(5), key=row.__getitem__)[:2]
        expected[first][second] += 1
    found = winner_graph(z, prototypes, symmetric=False)
    assert found.tolist() == expected
    assert winner_graph(z, prototypes).equal(found + found.T)
    assert found.sum() == 25


@pytest.mark.parametrize("temperature", [0.05, 1.0, 30.0])
@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_soft_counts_are_draws_without_replacement(temperature: float, convention: str) -> None:
    z, prototypes = problem()
    expected = torch.zeros(5, 5, dtype=torch.float64)
    scale = temperature * (2 if convention == "d/2T" else 1)
    for row in squares(z, prototypes):
        mass = [math.exp(-d / scale) for d in row]
        for i, j in permutations(range(5), 2):
            rest = sum(m for l, m in enumerate(mass) if l != i)  # noqa: E741  # the index of the sum
            expected[i, j] += mass[i] / sum(mass) * mass[j] / rest
    found = winner_graph(z, prototypes, temperature=temperature, convention=convention, symmetric=False)
    # The enumeration loses digits where exp(-d/T) is small against the rest; entries add up to 25.
    assert torch.allclose(found, expected, rtol=1e-10, atol=1e-12)
    assert float(found.sum()) == pytest.approx(25, rel=1e-13)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_cold_soft_counts_are_the_counts(dtype: torch.dtype) -> None:
    z, prototypes = (tensor.to(dtype) for tensor in problem())
    gaps = [sorted(row)[2] - sorted(row)[1] for row in squares(z, prototypes)]
    temperature = min(gaps) / 200  # below e^-200, whatever the sample
    for cold in (temperature, torch.finfo(dtype).tiny):
        found = winner_graph(z, prototypes, temperature=cold)
        assert torch.allclose(found, winner_graph(z, prototypes), rtol=0, atol=1e-5)


def test_hot_soft_counts_are_uniform() -> None:
    z, prototypes = problem()
    hot = winner_graph(z, prototypes, temperature=torch.finfo(torch.float64).max, symmetric=False)
    expected = (1 - torch.eye(5, dtype=torch.float64)) * 25 / 20
    assert torch.allclose(hot, expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("kind", ["counts", "links"])
def test_soft_loss_has_the_right_gradient(kind: str, device: torch.device) -> None:
    z, prototypes = problem(n=6, k=4, device=device)

    def loss(z: Tensor, prototypes: Tensor, temperature: Tensor) -> Tensor:
        return competitive_loss(z, prototypes, weight=0.7, kind=kind, temperature=temperature, saturation=2.0)

    temperature = torch.tensor(0.8, dtype=torch.float64, device=device, requires_grad=True)
    assert torch.autograd.gradcheck(loss, (z.requires_grad_(), prototypes.requires_grad_(), temperature))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3, 1e6])
def test_soft_gradients_are_finite_at_any_scale(scale: float) -> None:
    z, prototypes = problem()
    prototypes = (prototypes * scale).requires_grad_()
    for kind in ("counts", "links"):
        loss = topology_loss(z * scale, prototypes, kind=kind, temperature=0.01)
        assert torch.autograd.grad(loss, prototypes)[0].isfinite().all()


@pytest.mark.parametrize("kind", ["counts", "links"])
def test_hard_counts_have_no_gradient_and_are_locally_constant(kind: str) -> None:
    z, prototypes = problem()
    assert not topology_loss(z, prototypes.requires_grad_(), kind=kind).requires_grad
    loss = competitive_loss(z, prototypes, weight=3.0, kind=kind)
    plain = winner_loss(z, prototypes, "sum")
    assert torch.autograd.grad(loss, prototypes)[0].equal(torch.autograd.grad(plain, prototypes)[0])
    moved = prototypes.detach() + 1e-7
    assert topology_loss(z, moved, kind=kind) == topology_loss(z, prototypes, kind=kind)


def test_norms_by_hand() -> None:
    """Winners on a line of three prototypes: samples 1 and 2 link (0, 1), sample 3 links (1, 2)."""
    z, prototypes = torch.tensor([[0.1], [0.2], [1.9]]), torch.tensor([[0.0], [1.0], [2.0]])
    assert winner_graph(z, prototypes).tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]
    assert float(topology_loss(z, prototypes)) == pytest.approx(math.sqrt(2 * (4 + 1)))
    assert float(topology_loss(z, prototypes, kind="links")) == pytest.approx(math.sqrt(2 * 2))
    q = 0.01 + 0.04 + 0.01
    assert float(competitive_loss(z, prototypes, weight=0.5)) == pytest.approx(q + 0.5 * math.sqrt(10), rel=1e-6)
    mean = competitive_loss(z, prototypes, weight=0.5, reduction="mean", kind="links")
    assert float(mean) == pytest.approx((q + 0.5 * 2) / 3, rel=1e-6)


def test_soft_links_saturate() -> None:
    z, prototypes = problem()
    graph = winner_graph(z, prototypes, temperature=0.3)
    expected = math.sqrt(sum((1 - math.exp(-entry / 1.5)) ** 2 for row in graph.tolist() for entry in row))
    found = topology_loss(z, prototypes, kind="links", temperature=0.3, saturation=1.5)
    assert float(found) == pytest.approx(expected, rel=1e-13)
    hard = topology_loss(z, prototypes, kind="links")
    cold = topology_loss(z, prototypes, kind="links", temperature=1e-9, saturation=1e-3)
    assert float(cold) == pytest.approx(float(hard), rel=1e-12)


def test_the_norm_of_counts_prefers_many_links_and_that_of_links_few() -> None:
    """Twelve samples: all on one pair of four prototypes, or two on each of the six pairs."""
    corners = torch.eye(4, dtype=torch.float64)
    pairs = torch.combinations(torch.arange(4))
    spread = (corners[pairs[:, 0]] * 0.6 + corners[pairs[:, 1]] * 0.4).repeat(2, 1)
    single = (corners[0] * 0.9 + corners[1] * 0.1).expand(12, 4)
    graphs = [winner_graph(z, corners) for z in (single, spread)]
    assert [float(graph.sum()) for graph in graphs] == [24, 24]
    assert [float((graph > 0).sum()) for graph in graphs] == [2, 12]
    links, counts = (
        [float(topology_loss(z, corners, kind=kind)) for z in (single, spread)] for kind in ("links", "counts")
    )
    assert links == pytest.approx([math.sqrt(2), math.sqrt(12)])
    assert counts == pytest.approx([12 * math.sqrt(2), 2 * math.sqrt(12)])


def test_one_prototype_has_no_links() -> None:
    z, prototypes = problem(k=1)
    for temperature in (None, 1.0):
        assert winner_graph(z, prototypes, temperature=temperature).tolist() == [[0.0]]
    prototypes.requires_grad_()
    competitive_loss(z, prototypes, weight=1.0, temperature=1.0).backward()
    expected = 2 * (25 * prototypes.detach() - z.sum(0))
    assert torch.allclose(prototypes.grad, expected, rtol=1e-12, atol=1e-12)
    topology = data_topology(z, prototypes.detach())
    assert topology.components.n_components == 1 and topology.labels.tolist() == [0] * 25


def graph_of(k: int, **edges: float) -> Tensor:
    graph = torch.zeros(k, k)
    for name, count in edges.items():
        graph[int(name[1]), int(name[2])] = count
    return graph


def test_components_by_hand(device: torch.device) -> None:
    graph = graph_of(6, e03=2, e35=1, e42=4).to(device)
    assert connected_components(graph).n_components == 3
    assert connected_components(graph).labels.tolist() == [0, 1, 2, 0, 2, 0]
    assert connected_components(graph, minimum=2).labels.tolist() == [0, 1, 2, 0, 2, 3]
    assert connected_components(torch.zeros(3, 3)).labels.tolist() == [0, 1, 2]


def test_components_are_those_of_reachability() -> None:
    for seed in range(20):
        graph = (torch.rand(9, 9, generator=torch.Generator().manual_seed(seed)) < 0.09).double()
        reach = torch.linalg.matrix_power(torch.eye(9).double() + graph + graph.T, 9) > 0
        labels = connected_components(graph).labels
        assert (labels.unsqueeze(0) == labels.unsqueeze(1)).equal(reach)
        assert connected_components(graph).n_components == len({tuple(row) for row in reach.tolist()})


def test_pruning_drops_what_has_no_link() -> None:
    graph = graph_of(5, e13=2, e34=1)
    prototypes = torch.arange(10.0).reshape(5, 2)
    pruned = prune(graph, prototypes)
    assert pruned.kept.tolist() == [1, 3, 4]
    assert pruned.prototypes.tolist() == [[2, 3], [6, 7], [8, 9]]
    assert pruned.graph.tolist() == [[0, 2, 0], [0, 0, 1], [0, 0, 0]]
    assert prune(graph, prototypes, minimum=2).kept.tolist() == [1, 3]
    assert prune(graph, prototypes, minimum=3).kept.tolist() == [0, 1, 2, 3, 4]


def test_two_groups_and_an_idle_prototype() -> None:
    generator = torch.Generator().manual_seed(3)
    groups = torch.tensor([[0.0, 0.0], [20.0, 0.0]]).repeat_interleave(30, 0)
    z = groups + torch.rand(60, 2, generator=generator)
    prototypes = torch.tensor([[0.2, 0.5], [0.8, 0.5], [500.0, 0.0], [20.2, 0.5], [20.8, 0.5]])
    topology = data_topology(z, prototypes)
    assert topology.pruned.kept.tolist() == [0, 1, 3, 4]
    assert topology.components.n_components == 2
    assert topology.components.labels.tolist() == [0, 0, 1, 1]
    assert topology.labels.tolist() == [0] * 30 + [1] * 30


def test_weak_links_can_be_ignored() -> None:
    """One sample half way joins two pairs; links of one sample do not count."""
    prototypes = torch.tensor([[0.0], [1.0], [10.0], [11.0]])
    z = torch.tensor([[0.2], [0.8], [10.2], [10.8], [5.4]])
    assert data_topology(z, prototypes).components.n_components == 1
    assert data_topology(z, prototypes, minimum=2).components.n_components == 2
    assert data_topology(z, prototypes, minimum=2).labels.tolist() == [0, 0, 1, 1, 0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda z: winner_graph(z.unsqueeze(0), z), r"z: got shape \(1, 25, 2\)"),
        (lambda z: winner_graph(z, z.unsqueeze(0)), r"prototypes: got shape \(1, 25, 2\)"),
        (lambda z: winner_graph(z, z, temperature=0.0), "temperature: got 0.0"),
        (lambda z: winner_graph(z, z, convention="d"), "convention: got 'd'"),
        (lambda z: topology_loss(z, z, kind="edges"), "kind: got 'edges'"),
        (lambda z: topology_loss(z, z, saturation=0), "saturation: got 0"),
        (lambda z: competitive_loss(z, z, weight=-1), "weight: got -1"),
        (lambda z: competitive_loss(z, z, reduction="none"), "reduction: got 'none'"),
        (lambda z: connected_components(z), r"graph: got shape \(25, 2\)"),
        (lambda z: connected_components(z @ z.T, minimum=0), "minimum: got 0"),
        (lambda z: prune(z @ z.T, z[:3]), r"prototypes: got shape \(3, 2\), accepted \(25, d\)"),
    ],
)
def test_wrong_input_is_named(call: Callable[[Tensor], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call(problem()[0])

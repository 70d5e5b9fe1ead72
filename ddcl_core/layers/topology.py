"""Competitive Hebbian learning: the graph that links the first and second winner of every sample.

The papers add lambda ||E|| to the quantisation error, with the adjacency matrix E of that graph (GBCL, equation (12);
DDCL, equation (5)). Here E_ij counts the samples whose two winners are i and j, in either order.

Two facts decide what such a term can do. Counts are constant between changes of winners, so their gradient is zero
wherever it exists: with hard winners the term ranks solutions and moves nothing. A temperature replaces the two winners
by draws of two different prototypes from softmax(-d/T), which has a gradient and tends to the counts as T -> 0.
And every sample makes one link, so the counts over i < j sum to n: their norm is least when the samples are spread evenly
over all pairs. What penalises the number of links is the norm of the 0/1 adjacency matrix, ``kind="links"``.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ddcl_core._validation import check_choice, check_floating, check_points, check_real, check_temperature
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional.assignment import CONVENTIONS
from ddcl_core.layers.base import check_samples
from ddcl_core.layers.winner import winner_loss, winners

KINDS = ("counts", "links")


class Components(NamedTuple):
    """Number of connected components and the component (k,) of each prototype."""

    n_components: int
    labels: Tensor


class Pruned(NamedTuple):
    """What is left without lonely prototypes: ``kept`` (k',) are the old indices of ``prototypes`` (k', d)."""

    prototypes: Tensor
    graph: Tensor
    kept: Tensor


class Topology(NamedTuple):
    """The pruned graph of a data set, its components, and the component (n,) of each sample."""

    pruned: Pruned
    components: Components
    labels: Tensor


def winner_graph(
    z: Tensor,
    prototypes: Tensor,
    *,
    temperature: float | Tensor | None = None,
    symmetric: bool = True,
    convention: str = "d/T",
) -> Tensor:
    """E (k, k) with E_ij the number of samples whose first and second winner are i and j, or j and i.

    z (n, d), prototypes (k, d). ``symmetric=False`` keeps the order: i first, j second; E is then C with
    C + C^T the symmetric one, and C sums to n. The diagonal is zero; a single prototype has no links.
    Without a temperature E holds counts and has no gradient. With one, C_ij = sum_n q_ni q_nj / (1 - q_ni), the expected
    number of times that two draws without replacement from q = softmax(-d/T) give i and then j; it is differentiable in
    z and the prototypes.
    """
    check_choice("convention", convention, tuple(CONVENTIONS))
    check_points(z, prototypes)
    check_samples(z)
    if prototypes.dim() != 2:
        raise ValueError(f"prototypes: got shape {tuple(prototypes.shape)}, accepted (k, d)")
    size = prototypes.shape[0]
    if temperature is not None:
        temperature = check_temperature(temperature, z)
        ordered = _expected_links(kernels.squared_distances(z, prototypes), temperature, convention)
    elif size == 1:
        ordered = z.new_zeros(1, 1)
    else:
        pair = winners(z, prototypes)
        counts = torch.bincount(pair.first * size + pair.second, minlength=size * size)
        ordered = counts.reshape(size, size).to(z.dtype)
    return ordered + ordered.mT if symmetric else ordered


def _expected_links(distances: Tensor, temperature: float | Tensor, convention: str) -> Tensor:
    """Expected ordered links (k, k) from squared distances (n, k)."""
    size = distances.shape[1]
    if size == 1:
        return 0 * distances.sum(0, keepdim=True).mT
    scale = CONVENTIONS[convention]
    nearest = torch.nn.functional.one_hot(distances.argmin(-1), size).bool()
    q = torch.softmax(kernels.logits(kernels.excess(distances), temperature, scale), -1)
    # 1 - q cancels for the nearest prototype: its partner is drawn from a softmax over the others instead.
    runner_up = distances.masked_fill(nearest, torch.inf).amin(-1, keepdim=True).detach()
    rest = kernels.logits((distances - runner_up).masked_fill(nearest, 0.0), temperature, scale)
    partner = torch.softmax(rest.masked_fill(nearest, -torch.inf), -1)
    other = q.masked_fill(nearest, 0.0)
    ordered = (other / (1 - other)).mT @ q + (q * nearest).mT @ partner
    return ordered * (1 - torch.eye(size, dtype=q.dtype, device=q.device))


def topology_loss(
    z: Tensor,
    prototypes: Tensor,
    *,
    kind: str = "counts",
    temperature: float | Tensor | None = None,
    saturation: float = 1.0,
    convention: str = "d/T",
) -> Tensor:
    """||E||_F of the symmetric winner graph, a 0-d tensor; z (n, d), prototypes (k, d).

    ``kind="counts"`` takes the counts. ``kind="links"`` takes the adjacency matrix: 1 where a sample links i and j, so
    that the norm is the square root of twice the number of links; with a temperature the entry is
    1 - exp(-E_ij/saturation), in which a link carried by few samples weighs most on the gradient.
    Without a temperature there is no gradient.
    """
    check_choice("kind", kind, KINDS)
    check_real("saturation", saturation, minimum=0, strict=True)
    graph = winner_graph(z, prototypes, temperature=temperature, convention=convention)
    if kind == "links":
        graph = (graph > 0).to(graph.dtype) if temperature is None else -torch.expm1(-graph / saturation)
    return torch.linalg.vector_norm(graph)


def competitive_loss(
    z: Tensor,
    prototypes: Tensor,
    *,
    weight: float = 0.0,
    reduction: str = "sum",
    kind: str = "counts",
    temperature: float | Tensor | None = None,
    saturation: float = 1.0,
    convention: str = "d/T",
) -> Tensor:
    """Q + lambda ||E||_F (GBCL, equation (12); DDCL, equation (5)) with ``weight`` = lambda, a 0-d tensor.

    Q is the sum of the winners' squared distances; ``reduction="mean"`` divides both terms by n. The other options are
    those of :func:`topology_loss`.
    """
    check_choice("reduction", reduction, ("mean", "sum"))
    check_real("weight", weight, minimum=0)
    loss = winner_loss(z, prototypes, "sum")
    if weight > 0:
        loss = loss + weight * topology_loss(
            z, prototypes, kind=kind, temperature=temperature, saturation=saturation, convention=convention
        )
    return loss / z.shape[0] if reduction == "mean" else loss


def connected_components(graph: Tensor, *, minimum: float = 1.0) -> Components:
    """Connected components of the prototypes, linked where an entry of ``graph`` (k, k), in either order, is at least
    ``minimum``.

    Components are numbered in the order of their lowest prototype. A prototype without links is a component of its
    own; :func:`prune` first if it should not count.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components as label

    linked = _links(graph, minimum)
    count, labels = label(csr_array(linked.cpu().numpy()), directed=False)
    return Components(int(count), torch.as_tensor(labels, dtype=torch.long, device=graph.device))


def prune(graph: Tensor, prototypes: Tensor, *, minimum: float = 1.0) -> Pruned:
    """Drop the prototypes without a link of at least ``minimum``: with 1, those that are nobody's first or second winner.

    graph (k, k), prototypes (k, d). If no prototype has such a link all are kept: none is lonelier than the others, as
    with k = 1.
    """
    linked = _links(graph, minimum)
    check_floating("prototypes", prototypes, 2)
    if prototypes.dim() != 2 or prototypes.shape[0] != graph.shape[0]:
        raise ValueError(
            f"prototypes: got shape {tuple(prototypes.shape)}, accepted ({graph.shape[0]}, d) as the graph"
        )
    degree = linked.any(0)
    kept = (degree if bool(degree.any()) else ~degree).nonzero().squeeze(1)
    return Pruned(prototypes[kept], graph[kept][:, kept], kept)


def data_topology(z: Tensor, prototypes: Tensor, *, minimum: float = 1.0) -> Topology:
    """Clusters as connected components: graph of z (n, d), pruning, components, and the label (n,) of each sample.

    A sample has the component of the nearest prototype that is kept. The number of clusters is ``components.n_components``.
    """
    pruned = prune(winner_graph(z, prototypes), prototypes, minimum=minimum)
    components = connected_components(pruned.graph, minimum=minimum)
    nearest = kernels.squared_distances(z, pruned.prototypes).argmin(-1)
    return Topology(pruned, components, components.labels[nearest])


def _links(graph: Tensor, minimum: float) -> Tensor:
    """Symmetric boolean adjacency (k, k) without the diagonal."""
    check_floating("graph", graph, 2)
    if graph.dim() != 2 or graph.shape[0] != graph.shape[1]:
        raise ValueError(f"graph: got shape {tuple(graph.shape)}, accepted (k, k)")
    check_real("minimum", minimum, minimum=0, strict=True)
    linked = graph.detach() >= minimum
    return (linked | linked.mT).fill_diagonal_(False)

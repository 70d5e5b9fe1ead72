"""Links between winners: counts by NumPy, minimality by enumeration, distances of midpoints, broken code."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch

from ddcl_core import layers
from ddcl_proofs.ddcl import chl as proofs
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Statement, examine
from ddcl_theory.claims.ddcl import chl as claim
from ddcl_theory.claims.ddcl import chl_clusters as clusters
from ddcl_theory.claims.ddcl import chl_moves as moves
from ddcl_theory.claims.ddcl import links
from ddcl_theory.claims.ddcl.float_rows_topology import topology_parts
from ddcl_theory.evaluate import fractions
from ddcl_theory.point import exact
from ddcl_theory.relation import at_least_zero, positive

QUICK = Settings(profile=PROFILES["quick"])


def counted(z, p):
    """{(i, j): samples whose two nearest prototypes are i and j}."""
    z, p = (np.array([[float(Fraction(v)) for v in row] for row in rows]) for rows in (z, p))
    found = {pair: 0 for pair in links.pairs(len(p))}
    for sample in z:
        first, second = np.argsort(((sample - p) ** 2).sum(1), kind="stable")[:2]
        found[min(first, second), max(first, second)] += 1
    return found


def predicate(z, p):
    sizes = {"n": len(z), "k": len(p), "d": len(p[0])}
    entries = links.counts(claim.DOMAIN.namespace(sizes).z, claim.DOMAIN.namespace(sizes).p)
    values = fractions(list(entries.values()), {"z": exact(z), "p": exact(p)})
    return dict(zip(entries, values, strict=True))


@pytest.mark.parametrize("case", [claim.SINGLE, claim.TRIANGLE, claim.SPACED], ids=["single", "triangle", "spaced"])
def test_the_predicate_counts_links(case):
    assert predicate(case["z"], case["p"]) == counted(case["z"], case["p"])


@pytest.mark.parametrize("seed", range(3))
def test_the_predicate_counts_links_at_random_points(seed):
    draw = np.random.default_rng(seed)
    z, p = draw.integers(-50, 50, (4, 2)).tolist(), draw.integers(-50, 50, (4, 2)).tolist()
    assert predicate(z, p) == counted(z, p)


@pytest.mark.parametrize(("n", "slots"), [(1, 3), (3, 3), (5, 3), (7, 4), (2, 6)])
def test_the_least_sum_of_squares_by_enumeration(n, slots):
    assert links.least(n, slots) == min(
        sum(c * c for c in counts) for counts in product(range(n + 1), repeat=slots) if sum(counts) == n
    )


def test_the_spaced_line_minimises_both_terms_of_the_loss():
    """No other prototypes on a grid have a smaller norm of counts; the error of these is 0."""
    z = claim.SPACED["z"]
    own = sum(c * c for c in counted(z, claim.SPACED["p"]).values())
    grid = [Fraction(i, 2) - Fraction(1, 7) for i in range(-4, 16)]
    others = [
        sum(c * c for c in counted(z, [[a], [b], [c]]).values()) for a, b, c in product(grid, repeat=3) if a < b < c
    ]
    assert own == 5 == min(others)
    assert all(row in claim.SPACED["p"] for row in z)
    assert abs(5 - 2) > abs(2 - 0)


def test_a_midpoint_of_an_equilateral_triangle_attains_the_bound():
    a, b, c = np.array([-1.0, 0]), np.array([1.0, 0]), np.array([0, 3**0.5])
    assert np.isclose(((c - a) ** 2).sum(), ((a - b) ** 2).sum())
    assert np.isclose(((c - (a + b) / 2) ** 2).sum(), 3 * ((a - (a + b) / 2) ** 2).sum())


def test_counts_prefer_more_links():
    one, two = (counted(claim.SPREAD["z"], claim.SPREAD[name]) for name in ("r", "p"))
    assert [sum(v > 0 for v in e.values()) for e in (one, two)] == [1, 2]
    assert [sum(v * v for v in e.values()) for e in (one, two)] == [4, 2]


def test_a_cluster_with_one_prototype_is_no_component_of_the_code():
    z = torch.tensor([[0.0], [0.1], [9.0], [9.1]])
    alone = layers.data_topology(z, torch.tensor([[0.0], [9.0]]))
    paired = layers.data_topology(z, torch.tensor([[0.0], [0.1], [9.0], [9.1]]))
    assert alone.components.n_components == 1
    assert paired.components.n_components == 2
    assert paired.labels.tolist() == [0, 0, 1, 1]


def test_proofs_reject_the_twins():
    cases = {
        proofs.midpoint: claim.MIDPOINT,
        proofs.enough_links: claim.SPREAD_EVENLY,
        proofs.sparse: claim.SPARSE_LINKS,
        proofs.components: clusters.PAIRED_CLUSTERS,
        proofs.flat: moves.FLAT,
    }
    for proof, part in cases.items():
        assert proof(part.statement).covers_domain
        assert [proof(twin.statement).outcome for twin in part.twins] == ["rejected"]


def test_proofs_want_their_hypotheses():
    bare = Statement(clusters.CLUSTER, positive(clusters.cross_margins), clusters.SEPARATED)
    assert proofs.components(bare).outcome == "rejected"
    assert proofs.midpoint(Statement(claim.POINTS, at_least_zero(claim.from_the_midpoint))).outcome == "rejected"
    assert proofs.flat(Statement(moves.MOVES, positive(moves.still_nearer))).outcome == "rejected"


def test_a_tie_for_the_second_place_is_in_no_domain():
    found = examine(Statement(claim.DOMAIN, at_least_zero(claim.enough_links)), {"z": [[0]], "p": [[0], [1], [-1]]})
    assert found.conclusion is None and found.undefined


def test_code_that_links_the_first_winner_with_the_farthest_is_noticed(monkeypatch):
    from ddcl_core.layers import topology
    from ddcl_core.layers.winner import Winners

    def outcomes():
        return {p.id: p.checks[0].run(p.statement, QUICK).outcome.name for p in topology_parts("float64")}

    assert set(outcomes().values()) == {"SUPPORTS"}

    def farthest(z, prototypes):
        d = (z[:, None] - prototypes).square().sum(-1)
        return Winners(d.argmin(-1), d.argmax(-1))

    monkeypatch.setattr(topology, "winners", farthest)
    assert outcomes()["graph"] == "REFUTES"

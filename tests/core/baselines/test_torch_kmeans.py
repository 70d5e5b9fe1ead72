"""Torch k-means against scikit-learn's, scipy's distances, enumeration and naive sums."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ddcl_core.baselines import kmeans as module
from ddcl_core.baselines.kmeans import kmeans, kmeans_plus_plus, kmeans_plus_plus_indices, nearest_centres


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def blobs(n: int = 300, d: int = 4, k: int = 5, seed: int = 0, **options: float) -> Tensor:
    return torch.from_numpy(make_blobs(n, d, centers=k, random_state=seed, **options)[0])


@pytest.mark.parametrize(("tolerance", "max_iter"), [(0.0, 300), (1e-4, 300), (1e-2, 300), (1e-4, 3)])
@pytest.mark.parametrize("data", ["blobs", "digits", "uniform"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_equals_scikit_learn_from_the_same_centres(
    data: str, tolerance: float, max_iter: int, device: torch.device
) -> None:
    rows = {
        "blobs": lambda: make_blobs(400, 3, centers=6, random_state=1)[0],
        # Irrational factors, because distances of integers tie exactly and rounding may break a tie either way.
        "digits": lambda: load_digits().data[:600] * np.sqrt(np.arange(2, 66)),
        "uniform": lambda: np.random.default_rng(0).random((500, 2)),
    }[data]()
    z = torch.from_numpy(rows).to(device)
    start = z[torch.randperm(len(z), generator=seeded())[:8].to(device)]
    ours = kmeans(z, 8, generator=seeded(), initial=start, tolerance=tolerance, max_iter=max_iter)
    theirs = KMeans(8, init=start.cpu().numpy(), n_init=1, tol=tolerance, max_iter=max_iter, algorithm="lloyd")
    theirs.fit(rows)
    assert_array_equal(ours.labels.cpu(), theirs.labels_)
    # Both sum n * d products of one sign in float64: 1e-12 is above n * d * eps for these sizes.
    assert_allclose(ours.inertia, theirs.inertia_, rtol=1e-11)
    assert_allclose(ours.centres.cpu(), theirs.cluster_centers_, rtol=1e-10, atol=1e-10)
    assert ours.iterations == theirs.n_iter_


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_labels_inertia_and_centres_belong_together(dtype: torch.dtype) -> None:
    z = blobs(k=7).to(dtype)
    result = kmeans(z, 7, generator=seeded(), tolerance=0.0)
    distances = cdist(z.double(), result.centres.double(), "sqeuclidean")
    assert_array_equal(result.labels, distances.argmin(1))
    assert_allclose(result.inertia, distances.min(1).sum(), rtol=100 * torch.finfo(dtype).eps)
    means = [z[result.labels == j].double().mean(0).numpy() for j in range(7)]
    assert_allclose(result.centres, means, rtol=0, atol=20 * float(z.abs().max()) * torch.finfo(dtype).eps)
    assert result.centres.dtype == dtype and result.labels.dtype == torch.int64


def test_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    z = blobs()
    whole = kmeans(z, 5, generator=seeded(3), n_init=2)
    monkeypatch.setattr(module, "TILE_ENTRIES", 35)
    tiled = kmeans(z, 5, generator=seeded(3), n_init=2)
    assert_array_equal(whole.labels, tiled.labels)
    assert_allclose(whole.inertia, tiled.inertia, rtol=1e-12)


def test_no_intermediate_of_size_n_times_k(monkeypatch: pytest.MonkeyPatch) -> None:
    n, d, k = 500, 3, 100
    sizes = []

    class Record(TorchDispatchMode):
        def __torch_dispatch__(self, operation, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]  # torch's signature
            out = operation(*args, **(kwargs or {}))
            sizes.extend(
                value.numel() for value in (out if isinstance(out, tuple) else (out,)) if torch.is_tensor(value)
            )
            return out

    monkeypatch.setattr(module, "TILE_ENTRIES", 1000)
    with Record():
        kmeans(torch.randn(n, d, generator=seeded()), k, generator=seeded(), max_iter=5)
    # The seeding holds n times the number of candidates, 2 + floor(log 100) = 6.
    assert 0 < max(sizes) <= n * 6


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_a_large_offset_leaves_the_clusters(offset: float) -> None:
    z = blobs(cluster_std=0.5, seed=4).round(decimals=3)
    plain = kmeans(z, 5, generator=seeded(1), n_init=3)
    shifted = kmeans(z + offset, 5, generator=seeded(1), n_init=3)
    assert_array_equal(plain.labels, shifted.labels)
    # Entries near 1e6 are spaced by 1e-10, the mean squared distance is near 1.
    assert_allclose(shifted.inertia, plain.inertia, rtol=1e-8)


def test_the_best_start_counts() -> None:
    z = torch.rand(200, 2, generator=seeded(), dtype=torch.float64)
    generator = seeded(5)
    single = [kmeans(z, 12, generator=generator).inertia for _ in range(6)]
    best = kmeans(z, 12, generator=seeded(5), n_init=6)
    assert len(set(single)) > 1
    assert best.inertia == min(single)


def test_same_seed_same_result() -> None:
    z = blobs()
    first, second = (kmeans(z, 9, generator=seeded(7), n_init=2) for _ in range(2))
    assert torch.equal(first.centres, second.centres) and torch.equal(first.labels, second.labels)


def test_one_cluster_and_as_many_clusters_as_samples() -> None:
    z = blobs(n=20)
    one = kmeans(z, 1, generator=seeded())
    assert_allclose(one.centres[0], z.mean(0), rtol=1e-12)
    assert_allclose(one.inertia, 20 * z.var(0, correction=0).sum(), rtol=1e-12)
    every = kmeans(z, 20, generator=seeded())
    assert every.inertia < 1e-20
    assert sorted(every.labels.tolist()) == list(range(20))


@pytest.mark.parametrize("empty", ["farthest", "perturb"])
def test_equal_samples_end_with_one_cluster(empty: str) -> None:
    result = kmeans(torch.full((6, 2), 0.1), 3, generator=seeded(), empty=empty)
    assert result.labels.tolist() == [0] * 6
    assert result.inertia == 0.0
    assert torch.equal(result.centres, torch.full((3, 2), 0.1))


def test_two_distinct_values_and_three_clusters() -> None:
    z = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
    for seed in range(5):
        result = kmeans(z, 3, generator=seeded(seed))
        assert result.inertia == 0.0
        assert torch.isfinite(result.centres).all()
        assert_array_equal(result.centres[result.labels], z)


@pytest.mark.parametrize("max_iter", [1, 300])
@pytest.mark.parametrize("seed", range(3))
def test_an_empty_cluster_takes_the_farthest_sample_as_in_scikit_learn(seed: int, max_iter: int) -> None:
    z = blobs(seed=seed)
    start = torch.cat([z[:4], torch.full((1, 4), 1e4, dtype=z.dtype)])
    ours = kmeans(z, 5, generator=seeded(), initial=start, tolerance=0.0, max_iter=max_iter)
    theirs = KMeans(5, init=start.numpy(), n_init=1, tol=0.0, max_iter=max_iter, algorithm="lloyd").fit(z.numpy())
    assert_array_equal(ours.labels, theirs.labels_)
    # After one iteration the centres show from which cluster the sample was taken.
    assert_allclose(ours.centres, theirs.cluster_centers_, rtol=1e-10)
    assert_allclose(ours.inertia, theirs.inertia_, rtol=1e-11)
    assert len(ours.labels.unique()) == 5


def test_an_empty_cluster_takes_a_perturbed_copy_of_an_occupied_centre() -> None:
    z = blobs(n=400, k=2, d=3)
    start = torch.cat([z[:2], torch.full((1, 3), 1e4, dtype=z.dtype)])
    nearest = cdist(z, start[:2], "sqeuclidean").argmin(1)
    means = np.stack([z.numpy()[nearest == j].mean(0) for j in range(2)])
    sources = set()
    for seed in range(12):
        # After one iteration the centres are the means, and the third a copy: the perturbation is not averaged away.
        result = kmeans(z, 3, generator=seeded(seed), initial=start, empty="perturb", max_iter=1)
        assert_allclose(result.centres[:2], means, rtol=1e-12)
        distance = np.linalg.norm(means - result.centres[2].numpy(), axis=1)
        # Six standard deviations of the longest coordinate.
        assert 0 < distance.min() < 6 * module.PERTURBATION * np.sqrt(3 * z.numpy().var(0).mean())
        sources.add(int(distance.argmin()))
    assert sources == {0, 1}
    assert len(kmeans(z, 3, generator=seeded(), initial=start, empty="perturb").labels.unique()) == 3


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_float32(dtype: torch.dtype) -> None:
    z = blobs().to(dtype)
    half = kmeans(z, 5, generator=seeded())
    single = kmeans(z.float(), 5, generator=seeded())
    assert half.centres.dtype == torch.float32
    assert torch.equal(half.centres, single.centres)


def test_features_with_a_gradient_give_centres_without_one() -> None:
    z = blobs().requires_grad_()
    assert not kmeans(z, 3, generator=seeded()).centres.requires_grad
    assert not kmeans_plus_plus(z, 3, seeded()).requires_grad


def test_seeding_has_the_probabilities_of_greedy_kmeans_plus_plus() -> None:
    points = np.array([0.0, 1.0, 3.0, 7.0])
    squared = (points[:, None] - points[None, :]) ** 2
    # By enumeration: a uniform first point, then the better of two candidates drawn by squared distance.
    expected = np.zeros((4, 4))
    for first in range(4):
        chance = squared[first] / squared[first].sum()
        for a, b in itertools.product(range(4), repeat=2):
            left = [np.minimum(squared[first], squared[c]).sum() for c in (a, b)]
            expected[first, a if left[0] <= left[1] else b] += chance[a] * chance[b] / 4
    z = torch.from_numpy(points).unsqueeze(-1)
    generator, draws = seeded(), 4000
    counts = np.zeros((4, 4))
    for _ in range(draws):
        first, second = kmeans_plus_plus_indices(z, 2, generator).tolist()
        counts[first, second] += 1
    assert_allclose(expected.sum(), 1)
    assert (counts[expected == 0] == 0).all()
    # Five standard deviations of each count.
    deviation = np.sqrt(draws * expected * (1 - expected))
    assert (np.abs(counts - draws * expected) <= 5 * deviation).all()


def test_seeds_are_distinct_rows_even_among_duplicates() -> None:
    z = torch.tensor([[0.0, 0.0]] * 5 + [[1.0, 1.0]] * 3)
    for seed in range(20):
        indices = kmeans_plus_plus_indices(z, 6, seeded(seed))
        assert len(set(indices.tolist())) == 6
        assert len(z[indices[:2]].unique(dim=0)) == 2
    assert torch.equal(kmeans_plus_plus(z, 6, seeded(2)), z[kmeans_plus_plus_indices(z, 6, seeded(2))])


def test_distances_of_the_seeding_vanish_at_the_rows_themselves() -> None:
    # So many products that their rounding alone would leave something.
    z = torch.randn(30, 20_000, generator=seeded()) + 5
    rows = torch.tensor([3, 17, 29])
    found = module._distances_to(z, rows, z.mean(0))
    assert_allclose(found, cdist(z.double(), z[rows].double(), "sqeuclidean"), rtol=1e-4)
    assert found[rows, torch.arange(3)].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("offset", [0.0, 1e5])
def test_nearest_centres_against_scipy(offset: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TILE_ENTRIES", 50)
    z, centres = blobs() + offset, blobs(n=11, seed=3) + offset
    labels, distances = nearest_centres(z, centres)
    expected = cdist(z, centres, "sqeuclidean")
    assert_array_equal(labels, expected.argmin(1))
    assert_allclose(distances, expected.min(1), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 7}, "k: got 7, accepted at most 6"),
        ({"k": 0}, "k: got 0"),
        ({"z": torch.zeros(6)}, "z: got shape"),
        ({"z": torch.zeros(2, 3, 2)}, r"accepted \(n, d\)"),
        ({"z": torch.tensor([[0.0], [torch.nan]]), "k": 1}, "z: got an entry of absolute value nan"),
        ({"z": torch.tensor([[0.0], [torch.inf]]), "k": 1}, "z: got an entry"),
        ({"z": torch.arange(6).reshape(3, 2)}, "z: got dtype torch.int64"),
        ({"n_init": 0}, "n_init: got 0"),
        ({"max_iter": 0}, "max_iter: got 0"),
        ({"tolerance": -1.0}, "tolerance: got -1.0"),
        ({"empty": "drop"}, "empty: got 'drop'"),
        ({"initial": torch.zeros(3, 2)}, r"initial: got shape \(3, 2\)"),
        ({"initial": torch.zeros(2, 2, dtype=torch.float64)}, "initial: got torch.float64"),
        ({"initial": torch.zeros(2, 2), "n_init": 2}, "n_init: got 2, accepted 1 with initial centres"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"z": torch.randn(6, 2, generator=seeded()), "k": 2, **change}
    with pytest.raises(ValueError, match=message):
        kmeans(arguments.pop("z"), arguments.pop("k"), generator=seeded(), **arguments)  # type: ignore[arg-type]  # on purpose

"""DeepCluster: its steps against scikit-learn and autograd, and runs that stop, go on and fail."""

from __future__ import annotations

import copy
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor, nn

from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines import deepcluster as module
from ddcl_core.baselines._run import Checkpointing
from ddcl_core.baselines.deepcluster import DeepClusterConfig, DeepClusterResult, deep_cluster
from ddcl_core.metrics import score_clustering
from ddcl_core.training.guard import TrainingDiverged

SHORT = DeepClusterConfig(epochs=4, batch_size=32, n_components=4)


def data(n: int = 120, d: int = 8, k: int = 3, dtype: torch.dtype = torch.float64) -> tuple[Tensor, np.ndarray]:
    rows, classes = make_blobs(n, d, centers=k, random_state=0)
    return torch.from_numpy((rows - rows.mean(0)) / rows.std()).to(dtype), classes


def network(d: int = 8, dropout: float = 0.2, dtype: torch.dtype = torch.float64) -> MLP:
    return MLP((d, 16, 6), dropout=dropout, seed=3).to(dtype)


def same(first: DeepClusterResult, second: DeepClusterResult) -> bool:
    return (
        torch.equal(first.centres, second.centres)
        and torch.equal(first.labels, second.labels)
        and all(np.array_equal(first.history[name], second.history[name], equal_nan=True) for name in first.history)
    )


def test_clustering_step_is_kmeans_of_whitened_normalised_features() -> None:
    x, _ = data()
    backbone = network()
    result = deep_cluster(backbone, x, 3, DeepClusterConfig(epochs=0, n_components=4, max_iter=300), seed=0)
    with torch.no_grad():
        features = backbone.eval()(x).numpy()
    white = PCA(4, whiten=True, svd_solver="full").fit_transform(features)
    white /= np.linalg.norm(white, axis=1, keepdims=True)
    # Signs of components are a convention: distances do not depend on it once the centres are formed from the labels.
    centres = np.stack([white[result.labels.numpy() == j].mean(0) for j in range(3)])
    distances = cdist(white, centres, "sqeuclidean")
    assert_array_equal(result.labels, distances.argmin(1))
    assert_allclose(result.inertia, distances.min(1).sum(), rtol=1e-9)
    assert_allclose(np.linalg.norm(result.centres, axis=1), np.linalg.norm(centres, axis=1), rtol=1e-9)
    assert result.history == {"loss": [], "inertia": [], "agreement": [], "clusters": []}


def test_training_step_is_gradient_descent_on_the_cross_entropy(monkeypatch: pytest.MonkeyPatch) -> None:
    x, classes = data()
    # Unequal classes, so that an equal share of each cluster is not the data themselves.
    x = torch.cat([x[classes == 0][:10], x[classes != 0]])
    backbone = nn.Linear(8, 6).double()
    before, heads, pseudo = copy.deepcopy(backbone), [], []
    new_head, sample = module._new_head, module.uniform_over_clusters

    def spy_head(*arguments: object) -> nn.Linear:
        heads.append(copy.deepcopy(new_head(*arguments)))  # type: ignore[arg-type]  # passed on as they came
        return copy.deepcopy(heads[-1])

    def spy_sample(labels: Tensor, size: int, generator: torch.Generator) -> Tensor:
        indices = sample(labels, size, generator)
        pseudo.append((indices, labels))
        return indices

    monkeypatch.setattr(module, "_new_head", spy_head)
    monkeypatch.setattr(module, "uniform_over_clusters", spy_sample)
    config = DeepClusterConfig(epochs=1, batch_size=90, rate=0.5, momentum=0.0, weight_decay=0.1, n_components=4)
    result = deep_cluster(backbone, x, 3, config, seed=0)
    (head,), ((indices, labels),) = heads, pseudo
    # Softmax minus indicator, through the two linear maps, written out.
    z = x[indices] @ before.weight.T + before.bias
    scores = z @ head.weight.T + head.bias
    chances = torch.exp(scores) / torch.exp(scores).sum(1, keepdim=True)
    error = (chances - torch.eye(3, dtype=x.dtype)[labels[indices]]) / 90
    step = (error @ head.weight).T @ x[indices] + 0.1 * before.weight
    assert_allclose(backbone.weight.detach(), (before.weight - 0.5 * step).detach(), rtol=1e-10)
    expected = -torch.log(chances[torch.arange(90), labels[indices]]).mean()
    assert_allclose(result.history["loss"], [float(expected.detach())], rtol=1e-10)
    # The new head is almost blind: its first loss is near that of a uniform guess.
    assert abs(result.history["loss"][0] - math.log(3)) < 0.05
    assert labels[indices].bincount().tolist() == [30, 30, 30] != labels.bincount().tolist()


def test_the_head_starts_anew_in_each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    x, _ = data()
    starts, new_head = [], module._new_head

    def spy(*arguments: object) -> nn.Linear:
        head = new_head(*arguments)  # type: ignore[arg-type]  # passed on as they came
        starts.append(head.weight.detach().clone())
        return head

    monkeypatch.setattr(module, "_new_head", spy)
    deep_cluster(network(), x, 3, SHORT, seed=0)
    assert len(starts) == SHORT.epochs
    for start in starts:
        # 18 normal numbers of standard deviation 0.01: the largest stays below six of them.
        assert 0 < float(start.abs().max()) < 6 * module.HEAD_SCALE
    assert not torch.equal(starts[0], starts[1])


def test_separated_classes_are_found() -> None:
    x, classes = data()
    result = deep_cluster(network(), x, 3, DeepClusterConfig(epochs=10, batch_size=32, n_components=4), seed=1)
    assert score_clustering(classes, result.labels).ari > 0.9
    assert result.history["loss"][-1] < result.history["loss"][0]


def test_agreement_is_the_nmi_with_the_epoch_before(monkeypatch: pytest.MonkeyPatch) -> None:
    x, _ = data(k=6)
    found, cluster = [], module.kmeans

    def spy(*arguments: object, **options: object) -> object:
        assert options["empty"] == "perturb"
        result = cluster(*arguments, **options)  # type: ignore[arg-type]  # passed on as they came
        found.append(result.labels.numpy())
        return result

    monkeypatch.setattr(module, "kmeans", spy)
    history = deep_cluster(network(), x, 5, SHORT, seed=0).history
    expected = [
        normalized_mutual_info_score(before, after, average_method="geometric")
        for before, after in zip(found[:3], found[1:4], strict=True)
    ]
    assert math.isnan(history["agreement"][0])
    assert_allclose(history["agreement"][1:], expected)
    assert history["clusters"] == [float(len(set(labels.tolist()))) for labels in found[:4]]


def test_the_seed_decides_all_and_nothing_global_is_touched() -> None:
    x, _ = data()
    torch.manual_seed(11)
    before = torch.get_rng_state()
    first = deep_cluster(network(), x, 3, SHORT, seed=5)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(12)
    assert same(first, deep_cluster(network(), x, 3, SHORT, seed=5))
    assert not same(first, deep_cluster(network(), x, 3, SHORT, seed=6))


class Interrupt:
    """An augmentation that presses Ctrl-C at its ``last`` call."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __call__(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return batch + 0.01 * torch.randn(batch.shape, generator=generator, dtype=batch.dtype)


@pytest.mark.parametrize("every", [1, 2])
def test_an_interrupted_run_goes_on_to_the_same_result(tmp_path: Path, every: int) -> None:
    x, _ = data()
    whole_network, network_again = network(), network()
    whole = deep_cluster(whole_network, x, 3, SHORT, seed=0, views=Interrupt(0))
    checkpointing = Checkpointing(tmp_path / "run", every)
    with pytest.raises(KeyboardInterrupt) as caught:
        # Four batches an epoch: in the middle of the fourth.
        deep_cluster(network_again, x, 3, SHORT, seed=0, views=Interrupt(14), checkpointing=checkpointing)
    assert caught.value.__notes__ == [f"fit again goes on from {str(tmp_path / 'run')!r}"]
    calls = Interrupt(0)
    resumed = deep_cluster(network_again, x, 3, SHORT, seed=0, views=calls, checkpointing=checkpointing)
    assert -calls.left == {1: 4, 2: 8}[every]
    assert same(whole, resumed)
    for expected, actual in zip(whole_network.parameters(), network_again.parameters(), strict=True):
        assert torch.equal(expected, actual)


def test_a_finished_run_goes_on_for_longer_but_not_shorter(tmp_path: Path) -> None:
    x, _ = data()
    checkpointing = Checkpointing(tmp_path / "run")
    longer = DeepClusterConfig(**{**SHORT.__dict__, "epochs": 6})
    deep_cluster(network(), x, 3, SHORT, seed=0, checkpointing=checkpointing)
    carried_on = deep_cluster(network(), x, 3, longer, seed=0, checkpointing=checkpointing)
    assert same(carried_on, deep_cluster(network(), x, 3, longer, seed=0))
    with pytest.raises(ValueError, match="epochs: got 4, accepted at least 6"):
        deep_cluster(network(), x, 3, SHORT, seed=0, checkpointing=checkpointing)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    x, _ = data()
    path = tmp_path / "run"
    deep_cluster(network(), x, 3, SHORT, seed=0, checkpointing=Checkpointing(path))
    with pytest.raises(ValueError, match="was written with"):
        deep_cluster(network(), x, 4, SHORT, seed=0, checkpointing=Checkpointing(path))
    with pytest.raises(ValueError, match="was written with"):
        deep_cluster(network(), x, 3, SHORT, seed=1, checkpointing=Checkpointing(path))
    with pytest.raises(ValueError, match="was written for other data"):
        deep_cluster(network(), x + 1, 3, SHORT, seed=0, checkpointing=Checkpointing(path))
    with pytest.raises(ValueError, match="holds weights of another backbone"):
        deep_cluster(MLP((8, 17, 6)).double(), x, 3, SHORT, seed=0, checkpointing=Checkpointing(path))
    without_seed = deep_cluster(network(), x, 3, SHORT, seed=1, checkpointing=Checkpointing(path, same_seed=False))
    assert same(without_seed, deep_cluster(network(), x, 3, SHORT, seed=0))
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(ValueError, match="cannot be read as a checkpoint"):
        deep_cluster(network(), x, 3, SHORT, seed=0, checkpointing=Checkpointing(path))


def test_divergence_stops_the_run_and_keeps_the_last_good_checkpoint(tmp_path: Path) -> None:
    x, _ = data()

    class Burst(Interrupt):
        def __call__(self, batch: Tensor, generator: torch.Generator) -> Tensor:
            self.left -= 1
            return batch if self.left else batch * torch.nan

    path = tmp_path / "run"
    with pytest.raises(TrainingDiverged, match="loss is not finite") as caught:
        deep_cluster(network(), x, 3, SHORT, seed=0, views=Burst(6), checkpointing=Checkpointing(path))
    assert caught.value.step == 5 and caught.value.checkpoint == path
    resumed = deep_cluster(network(), x, 3, SHORT, seed=0, checkpointing=Checkpointing(path))
    assert all(math.isfinite(value) for value in resumed.history["loss"])


def test_a_file_that_another_run_left_is_not_named_as_the_checkpoint(tmp_path: Path) -> None:
    x, _ = data()

    class Leaves(Interrupt):
        def __call__(self, batch: Tensor, generator: torch.Generator) -> Tensor:
            (tmp_path / "run").write_bytes(b"something else")
            return batch * torch.nan

    with pytest.raises(TrainingDiverged, match="no checkpoint was written") as caught:
        deep_cluster(network(), x, 3, SHORT, seed=0, views=Leaves(0), checkpointing=Checkpointing(tmp_path / "run"))
    assert (caught.value.step, caught.value.checkpoint) == (0, None)


def test_data_that_differ_inside_are_refused(tmp_path: Path) -> None:
    x, _ = data()
    deep_cluster(network(), x, 3, SHORT, seed=0, checkpointing=Checkpointing(tmp_path / "run"))
    x[len(x) // 2, 0] += 1e-9
    with pytest.raises(ValueError, match="was written for other data"):
        deep_cluster(network(), x, 3, SHORT, seed=0, checkpointing=Checkpointing(tmp_path / "run"))


def test_parameters_that_overflow_are_named() -> None:
    x, _ = data(dtype=torch.float32)
    config = DeepClusterConfig(epochs=2, batch_size=120, rate=1e38, n_components=4)
    with pytest.raises(TrainingDiverged, match="not finite"):
        deep_cluster(network(dtype=torch.float32), x, 3, config, seed=0)


def test_a_last_batch_of_one_joins_the_one_before() -> None:
    x, _ = data(n=33)
    # Batch normalisation refuses a single sample, so 32 + 1 would fail.
    result = deep_cluster(network(), x, 3, SHORT, seed=0)
    assert len(result.labels) == 33


def test_the_device_of_the_data_is_used(device: torch.device) -> None:
    x, classes = data(dtype=torch.float32)
    result = deep_cluster(network(dtype=torch.float32).to(device), x.to(device), 3, SHORT, seed=0)
    assert result.centres.device.type == result.labels.device.type == device.type


class Wide(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * x.unsqueeze(-1)


def test_bad_input_is_named() -> None:
    x, _ = data(n=10)
    with pytest.raises(ValueError, match="k: got 11, accepted at most 10"):
        deep_cluster(network(), x, 11, SHORT, seed=0)
    with pytest.raises(ValueError, match="n_components: got 7, accepted at most 6"):
        deep_cluster(network(), x, 2, DeepClusterConfig(n_components=7), seed=0)
    with pytest.raises(ValueError, match=r"backbone: got an output \(2, 8, 1\)"):
        deep_cluster(Wide(), x, 2, seed=0)
    with pytest.raises(ValueError, match="backbone: got no parameter that requires a gradient"):
        deep_cluster(nn.Flatten(), x, 2, seed=0)
    with pytest.raises(ValueError, match="checkpoint: got .* accepted a file in a folder that exists"):
        Checkpointing("/nowhere/at/all")
    with pytest.raises(ValueError, match="checkpoint_every: got 0"):
        Checkpointing(None, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", -1),
        ("batch_size", 1),
        ("rate", 0.0),
        ("momentum", 1.0),
        ("weight_decay", -1e-3),
        ("n_components", 0),
        ("n_init", 0),
        ("max_iter", 0),
    ],
)
def test_bad_settings_are_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: got {value}"):
        DeepClusterConfig(**{name: value})

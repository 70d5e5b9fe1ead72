"""The baselines as estimators: scikit-learn's contract, its own estimators as oracles, and the registry."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.estimator_checks import check_estimator
from torch import Tensor, nn

from ddcl_core.baselines import REGISTRY, make
from ddcl_core.metrics import score_clustering
from ddcl_core.training.checkpoints import load_checkpoint
from ddcl_core.training.guard import TrainingDiverged

# Settings that keep a fit short; the rest are the defaults.
QUICK: dict[str, dict[str, Any]] = {
    "kmeans": {"n_init": 2},
    "kmeans-pca": {"n_init": 2},
    "minibatch-kmeans": {},
    "deepcluster": {"epochs": 3, "batch_size": 32},
    "deep-kmeans": {"pretrain_epochs": 12, "epochs": 3, "batch_size": 32},
}
DEEP = ["deepcluster", "deep-kmeans"]


def quick(name: str, n_clusters: int = 3, random_state: Any = 0, **options: Any) -> Any:
    return make(name, n_clusters, random_state, **{**QUICK[name], **options})


def data(n: int = 90, d: int = 6, k: int = 3) -> tuple[np.ndarray, np.ndarray]:
    return make_blobs(n, d, centers=k, random_state=0)


@pytest.mark.parametrize("name", QUICK)
def test_contract_of_scikit_learn(name: str) -> None:
    # Checks of optional dependencies that are absent take no part.
    check_estimator(quick(name), on_skip=None)


@pytest.mark.parametrize("name", QUICK)
def test_same_seed_same_fit(name: str) -> None:
    rows, _ = data()
    first, second = (quick(name, 5, 7).fit(rows) for _ in range(2))
    assert_array_equal(first.cluster_centers_, second.cluster_centers_)
    assert_array_equal(first.labels_, second.labels_)
    state = quick(name, 5, np.random.RandomState(7)).fit(rows)
    assert_array_equal(first.labels_, state.labels_)
    assert not np.array_equal(first.cluster_centers_, quick(name, 5, 8).fit(rows).cluster_centers_)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", QUICK)
def test_tensors_in_tensors_out(name: str, dtype: torch.dtype) -> None:
    rows, _ = data()
    z = torch.from_numpy(rows).to(dtype)
    of_tensor, of_array = quick(name).fit(z), quick(name).fit(z.numpy())
    for method in ("predict", "transform"):
        tensor, array = getattr(of_tensor, method)(z), getattr(of_array, method)(z.numpy())
        assert isinstance(tensor, Tensor) and isinstance(array, np.ndarray)
        assert_array_equal(tensor, array)
    assert of_tensor.transform(z).dtype == of_tensor.cluster_centers_.dtype == dtype
    assert isinstance(of_tensor.labels_, Tensor)
    assert of_tensor.score(z) == of_array.score(z.numpy())


@pytest.mark.parametrize("name", QUICK)
def test_labels_are_predictions_and_rows_sum_to_one(name: str) -> None:
    rows, _ = data()
    model = quick(name).fit(rows)
    assert_array_equal(model.labels_, model.predict(rows))
    shares = model.transform(rows)
    assert_allclose(shares.sum(1), 1, rtol=1e-12)
    assert_array_equal(shares.argmax(1), model.labels_)
    assert model.get_feature_names_out().tolist() == [f"{type(model).__name__.lower()}{j}" for j in range(3)]
    assert model.score(rows) < 0


@pytest.mark.parametrize("name", QUICK)
def test_separated_classes_are_found(name: str) -> None:
    rows, classes = data(150)
    # The full default training for the deep ones, on few samples.
    model = make(name, 3, 0, **({} if name not in DEEP else {"batch_size": 32})).fit(rows)
    assert score_clustering(classes, model.labels_).ari > 0.9


@pytest.mark.parametrize("name", QUICK)
def test_units_of_the_data_do_not_matter(name: str) -> None:
    rows, _ = data()
    # Powers of two, so that not even rounding differs.
    labels = quick(name, 4).fit(rows).labels_
    for scale in (2.0**-10, 2.0**20):
        assert_array_equal(quick(name, 4).fit(rows * scale).labels_, labels)


@pytest.mark.parametrize("name", QUICK)
def test_a_pickled_model_predicts_the_same(name: str) -> None:
    rows, _ = data()
    model = quick(name).fit(rows)
    assert_array_equal(pickle.loads(pickle.dumps(model)).transform(rows), model.transform(rows))


@pytest.mark.parametrize("name", QUICK)
def test_bad_data_is_named(name: str) -> None:
    rows, _ = data()
    with pytest.raises(ValueError, match="n_clusters: got 91, accepted from 1 to n_samples=90"):
        quick(name, 91).fit(rows)
    with pytest.raises(ValueError, match="n_clusters: got 0"):
        quick(name, 0).fit(rows)
    with pytest.raises(ValueError, match="NaN"):
        quick(name).fit(np.where(rows == rows[3, 2], np.nan, rows))
    with pytest.raises(ValueError, match="NaN or infinity"):
        quick(name).fit(torch.full((9, 2), torch.inf))


@pytest.mark.parametrize("name", QUICK)
def test_equal_samples_warn_once_and_end_with_finite_centres(name: str) -> None:
    rows = np.full((12, 3), 0.7)
    with pytest.warns(ConvergenceWarning, match="1 distinct rows") as caught:
        model = quick(name, 3).fit(rows)
    assert len([entry for entry in caught if entry.category is ConvergenceWarning]) == 1
    assert Path(caught[0].filename) == Path(__file__)
    assert set(model.labels_) == {0}
    assert np.isfinite(model.cluster_centers_).all() and np.isfinite(model.transform(rows)).all()


@pytest.mark.parametrize("name", QUICK)
def test_constant_features_are_harmless(name: str) -> None:
    rows, _ = data()
    model = quick(name).fit(np.column_stack([rows, np.full(len(rows), 5.0)]))
    assert len(set(model.labels_)) == 3


@pytest.mark.parametrize("name", QUICK)
def test_one_sample_is_its_own_cluster(name: str) -> None:
    model = quick(name, 1).fit(np.array([[1.0, 2.0]]))
    assert model.labels_.tolist() == [0]
    assert model.score(np.array([[1.0, 2.0]])) == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("seed", range(3))
def test_kmeans_is_that_of_scikit_learn(seed: int) -> None:
    rows, _ = data(200, 4, 6)
    ours = make("kmeans", 5, seed, n_init=3).fit(rows)
    theirs = KMeans(5, n_init=3, random_state=np.random.RandomState(seed)).fit(rows)
    assert_array_equal(ours.labels_, theirs.labels_)
    assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-12)
    assert ours.inertia_ == theirs.inertia_ and ours.n_iter_ == theirs.n_iter_
    assert_allclose(ours.score(rows), theirs.score(rows) / len(rows), rtol=1e-9)


def test_minibatch_kmeans_is_that_of_scikit_learn() -> None:
    rows, _ = data(500, 4, 6)
    ours = make("minibatch-kmeans", 5, 1, batch_size=64, max_no_improvement=None, max_iter=7).fit(rows)
    theirs = MiniBatchKMeans(
        5, batch_size=64, n_init=3, max_no_improvement=None, max_iter=7, random_state=np.random.RandomState(1)
    ).fit(rows)
    assert_array_equal(ours.labels_, theirs.labels_)
    assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-12)


@pytest.mark.parametrize("n_components", [2, 0.7])
def test_kmeans_on_components_is_a_chain_of_scikit_learns(n_components: float) -> None:
    rows, _ = data(200, 5, 6)
    ours = make("kmeans-pca", 5, 3, n_components=n_components).fit(rows)
    state = np.random.RandomState(3)
    pca = PCA(n_components, random_state=state).fit(rows)
    theirs = KMeans(5, n_init=10, random_state=state).fit(pca.transform(rows))
    assert_array_equal(ours.labels_, theirs.labels_)
    assert ours.cluster_centers_.shape == theirs.cluster_centers_.shape
    fresh = rows[::7] + 0.1
    assert_array_equal(ours.predict(fresh), theirs.predict(pca.transform(fresh)))


def test_soft_assignment_of_kmeans_is_the_posterior_of_a_gaussian_mixture() -> None:
    rows, _ = data(100, 3, 4)
    rows += np.random.default_rng(0).normal(scale=3, size=rows.shape)
    model = make("kmeans", 4, 0).fit(rows)
    variance = np.mean((rows - model.cluster_centers_[model.labels_]) ** 2)
    densities = [multivariate_normal(centre, variance * np.eye(3)).logpdf(rows) for centre in model.cluster_centers_]
    assert_allclose(model.transform(rows), softmax(np.array(densities).T, axis=1), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("n_components", [0, 7, 1.0, -0.5, True, "mle", np.nan])
def test_components_of_kmeans_are_checked(n_components: Any) -> None:
    with pytest.raises(ValueError, match="n_components: got"):
        make("kmeans", 2, 0, n_components=n_components).fit(data()[0])


def test_deepcluster_scores_in_the_whitened_and_normalised_space() -> None:
    rows, _ = data()
    model = quick("deepcluster", n_components=4, max_iter=300).fit(rows)
    centred = rows - rows.mean(0)
    with torch.no_grad():
        features = model.backbone_(torch.from_numpy(centred / np.sqrt(np.mean(centred**2)))).numpy()
    white = PCA(4, whiten=True, svd_solver="full").fit_transform(features)
    white /= np.linalg.norm(white, axis=1, keepdims=True)
    centres = np.stack([white[model.labels_ == j].mean(0) for j in range(3)])
    squared = np.sum((white - centres[model.labels_]) ** 2, axis=1)
    assert_allclose(model.score(rows), -squared.mean(), rtol=1e-6)
    assert_allclose(model.temperature_, 2 * squared.mean() / 4, rtol=1e-6)


@pytest.mark.parametrize("name", DEEP)
def test_networks_are_copied_and_images_reshaped(name: str) -> None:
    rows, _ = data(60, 16)
    torch.manual_seed(0)
    backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 5))
    before = {key: value.clone() for key, value in backbone.state_dict().items()}
    options = {} if name == "deepcluster" else {"decoder": nn.Linear(5, 16)}
    model = quick(name, 3, 0, backbone=backbone, input_shape=(1, 4, 4), **options).fit(rows)
    assert all(torch.equal(before[key], value) for key, value in backbone.state_dict().items())
    assert any(not torch.equal(before[key], value) for key, value in model.backbone_.state_dict().items())
    assert model.cluster_centers_.shape == (3, 5)
    assert model.backbone_[0].weight.dtype == torch.float32 and model.transform(rows).dtype == np.float64
    with pytest.raises(ValueError, match=r"input_shape: got \(1, 4, 5\), accepted 16 entries"):
        quick(name, 3, 0, backbone=backbone, input_shape=(1, 4, 5), **options).fit(rows)


@pytest.mark.parametrize("name", DEEP)
def test_a_network_sees_standardised_data_or_the_data_as_they_are(name: str) -> None:
    rows, _ = data()
    rows = rows * 3 + 50
    seen: list[Tensor] = []

    class Spy(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            seen.append(x.detach().clone())
            return super().forward(x)

        def __deepcopy__(self, memo: object) -> Spy:
            return self

    for standardise in (True, False):
        seen.clear()
        quick(name, 3, 0, backbone=Spy(6, 4), standardise=standardise).fit(rows)
        largest = max(seen, key=len).numpy()
        centred = rows - rows.mean(0)
        expected = centred / np.sqrt(np.mean(centred**2)) if standardise else rows
        order = np.argsort(expected[:, 0])
        assert_allclose(largest[np.argsort(largest[:, 0])], expected[order], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", DEEP)
def test_fit_goes_on_from_a_checkpoint(name: str, tmp_path: Path) -> None:
    rows, _ = data()
    whole = quick(name, 3, 0).fit(rows)
    saved = quick(name, 3, 0, checkpoint=tmp_path / "run", checkpoint_every=2).fit(rows)
    written = (tmp_path / "run").stat().st_mtime_ns
    again = quick(name, 3, 0, checkpoint=tmp_path / "run", checkpoint_every=2).fit(rows)
    assert (tmp_path / "run").stat().st_mtime_ns == written
    for model in (saved, again):
        assert_array_equal(model.transform(rows), whole.transform(rows))
    with pytest.raises(ValueError, match="was written with"):
        quick(name, 3, 1, checkpoint=tmp_path / "run").fit(rows)
    # Without a seed of its own a fit takes that of the checkpoint.
    assert_array_equal(quick(name, 3, None, checkpoint=tmp_path / "run").fit(rows).labels_, whole.labels_)


KILLED = """
import sys
import numpy as np
from ddcl_core.baselines import make

rows = np.random.default_rng(0).normal(size=(90, 6))
make("deepcluster", 3, 0, checkpoint=sys.argv[1], batch_size=32, epochs=100_000).fit(rows)
"""


def test_a_killed_process_goes_on_to_the_same_result(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(90, 6))
    path = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stderr=subprocess.PIPE)
    while not path.exists() and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    _, errors = process.communicate()
    assert path.exists(), errors.decode()
    # However many epochs the process got through, going on from there ends as that many and 2 more at one go.
    done = int(load_checkpoint(path)["state"]["epoch"])
    resumed = make("deepcluster", 3, 0, checkpoint=path, batch_size=32, epochs=done + 2).fit(rows)
    whole = make("deepcluster", 3, 0, batch_size=32, epochs=done + 2).fit(rows)
    assert_array_equal(resumed.transform(rows), whole.transform(rows))


@pytest.mark.parametrize("name", DEEP)
def test_divergence_is_reported(name: str) -> None:
    with pytest.raises(TrainingDiverged):
        quick(name, 3, 0, rate=1e30).fit(data()[0].astype(np.float32))


@pytest.mark.parametrize("name", DEEP)
def test_progress_goes_to_standard_error(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    quick(name, 3, 0, progress=True).fit(data()[0])
    captured = capfd.readouterr()
    assert captured.out == "" and "Deep" in captured.err


def test_collapsed_features_warn() -> None:
    class Constant(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return 0 * super().forward(x)

    with pytest.warns(ConvergenceWarning, match="1 of 3 clusters are not empty") as caught:
        quick("deepcluster", 3, 0, backbone=Constant(6, 4)).fit(data()[0])
    assert len(caught) == 1 and Path(caught[0].filename) == Path(__file__)


@pytest.mark.parametrize("name", REGISTRY)
def test_every_registered_baseline_is_made_by_its_name(name: str) -> None:
    model = make(name, 4, 9)
    assert type(model).__name__ == REGISTRY[name].estimator
    assert model.get_params()["n_clusters"] == 4 and model.get_params()["random_state"] == 9
    for option, value in REGISTRY[name].options.items():
        assert model.get_params()[option] == value
    assert repr(clone(model).get_params()) == repr(model.get_params())


def test_unknown_names_and_options_are_refused() -> None:
    with pytest.raises(ValueError, match="name: got 'dec', accepted 'kmeans', 'kmeans-pca'"):
        make("dec", 3)
    with pytest.raises(ValueError, match="options: got 'epochs', accepted for 'kmeans': max_iter, n_components"):
        make("kmeans", 3, 0, epochs=3)
    assert make("kmeans-pca", 3, n_components=2).get_params()["n_components"] == 2


def test_importing_the_package_loads_neither_torch_nor_scikit_learn() -> None:
    code = "import sys, ddcl_core.baselines as b; list(b.REGISTRY); print('torch' in sys.modules, 'sklearn' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]


def test_fits_are_silent_on_plain_data() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in QUICK:
            quick(name).fit(data()[0])


WRONG = [
    ("backbone", "abc"),
    ("backbone", nn.Linear),
    ("input_shape", 5),
    ("standardise", "yes"),
    ("progress", 1),
    ("checkpoint", 5),
    ("checkpoint_every", 0),
]


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        *((name, *pair) for name in DEEP for pair in WRONG),
        ("deepcluster", "views", "abc"),
        ("deepcluster", "weight_decay", True),
        ("deep-kmeans", "decoder", "abc"),
    ],
)
def test_parameters_of_a_wrong_kind_are_named_and_change_nothing(name: str, option: str, value: Any) -> None:
    rows, _ = data()
    model = quick(name).fit(rows)
    before = model.transform(rows)
    with pytest.raises(ValueError, match=f"^{option}: got"):
        model.set_params(**{option: value}).fit(rows[:, :4])
    assert_array_equal(model.transform(rows), before)


@pytest.mark.parametrize("name", DEEP)
def test_a_backbone_of_another_width_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="^backbone: got a module that fails on"):
        quick(name, backbone=nn.Linear(7, 4)).fit(data()[0])


@pytest.mark.parametrize("name", DEEP)
def test_features_lie_in_the_space_of_the_centres(name: str) -> None:
    rows, _ = data()
    model = quick(name).fit(rows)
    squared = ((model.features(rows)[:, None] - model.cluster_centers_) ** 2).sum(-1)
    assert_array_equal(squared.argmin(1), model.labels_)
    assert_allclose(squared.min(1).mean(), -model.score(rows), rtol=1e-9)
    assert isinstance(model.features(torch.from_numpy(rows)), Tensor)


@pytest.mark.parametrize("name", DEEP)
def test_other_units_or_seeds_are_another_run(name: str, tmp_path: Path) -> None:
    rows, _ = data()
    whole = quick(name, 3, np.int64(4), epochs=np.int64(3), checkpoint=tmp_path / "run").fit(rows)
    assert_array_equal(quick(name, 3, 4, checkpoint=tmp_path / "run").fit(rows).labels_, whole.labels_)
    with pytest.raises(ValueError, match="^checkpoint: .* was written with seed"):
        quick(name, 3, np.int64(5), checkpoint=tmp_path / "run").fit(rows)
    # Rows that standardisation leaves as they are to the bit: then only the parameter tells the runs apart.
    rows = np.array([[1.0, -1.0], [-1.0, 1.0]] * 6)
    settings: dict[str, Any] = {"n_clusters": 2, "checkpoint": tmp_path / "other"}
    quick(name, **settings).fit(rows)
    with pytest.raises(ValueError, match="^checkpoint: .* was written with standardise True, accepted False"):
        quick(name, **settings, standardise=False).fit(rows)

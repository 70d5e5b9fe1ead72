"""The estimator: scikit-learn's contract, results on known groups, kinds of data, errors and resumption."""

from __future__ import annotations

import copy
import math
import pickle
import warnings

import numpy as np
import pytest
import torch
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import check_estimator
from torch import nn

from ddcl_core.estimators.secu import SeCu
from ddcl_core.training.guard import TrainingDiverged


def blobs(n: int = 90, d: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return make_blobs(n, d, centers=3, cluster_std=0.5, random_state=seed)


def quick(**changes) -> SeCu:
    return SeCu(**(dict(n_clusters=3, epochs=8, random_state=0, device="cpu") | changes))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_scikit_learn_contract() -> None:
    """Every check that scikit-learn runs on this machine; its check of array APIs asks for a global switch."""
    results = check_estimator(SeCu(epochs=20), on_skip=None, on_fail=None)
    failed = [
        (entry["check_name"], entry["exception"]) for entry in results if entry["status"] not in ("passed", "skipped")
    ]
    assert failed == []
    assert sum(entry["status"] == "passed" for entry in results) > 40


@pytest.mark.parametrize("changes", [dict(), dict(constraint="entropy"), dict(centre_update="closed-form", heads=2)])
def test_finds_the_groups(changes) -> None:
    X, y = blobs()
    found = quick(epochs=20, **changes).fit(X)
    assert adjusted_rand_score(y, found.labels_) > 0.95
    assert np.bincount(found.training_labels_, minlength=3).tolist() == found.history_["sizes"][-1]
    fresh, y_fresh = make_blobs(300, 6, centers=3, cluster_std=0.5, random_state=0)
    assert adjusted_rand_score(y_fresh, found.predict(fresh)) > 0.95


def test_results_follow_from_features_and_centres() -> None:
    X, _ = blobs()
    found = quick().fit(X)
    z = torch.from_numpy((X - X.mean(0)) / (X - X.mean(0)).std()).float()
    with torch.no_grad():
        features = nn.functional.normalize(found.model_.backbone(z), dim=-1).double().numpy()
    np.testing.assert_allclose(found.features(X), features, atol=1e-5)
    scores = features @ found.cluster_centers_.T
    shares = np.exp(scores / 0.05) / np.exp(scores / 0.05).sum(1, keepdims=True)
    # Features are float32: 32 products of eps 6e-8, times 1/λ = 20 in the exponent.
    np.testing.assert_allclose(found.transform(X), shares, rtol=0, atol=2e-4)
    assert (found.predict(X) == scores.argmax(1)).mean() == 1
    assert found.score(X) == pytest.approx(-np.mean(2 - 2 * scores.max(1)), abs=1e-5)
    assert found.temperature_ == 0.1
    np.testing.assert_array_equal(found.labels_, found.predict(X))
    np.testing.assert_allclose(np.linalg.norm(found.cluster_centers_, axis=1), 1, atol=1e-6)
    assert np.bincount(found.training_labels_, minlength=3).tolist() == found.history_["sizes"][-1]


def test_units_do_not_matter() -> None:
    """A power of two as the factor and integers as data: the standardised rows are equal to the last bit."""
    X = np.random.default_rng(0).integers(-8, 8, (60, 5)).astype(float)
    first, second = quick().fit(X), quick().fit(2.0**40 * X)
    np.testing.assert_array_equal(first.labels_, second.labels_)
    np.testing.assert_array_equal(first.cluster_centers_, second.cluster_centers_)
    shifted = quick().fit(X + 2.0**20)
    np.testing.assert_array_equal(first.labels_, shifted.labels_)
    raw = quick(standardise=False).fit(X)
    assert float(np.abs(raw.cluster_centers_ - first.cluster_centers_).max()) > 1e-3


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tensors_in_tensors_out(dtype) -> None:
    X = torch.from_numpy(blobs()[0]).to(dtype)
    found = quick().fit(X)
    for value in (found.labels_, found.training_labels_, found.cluster_centers_, found.transform(X)):
        assert isinstance(value, torch.Tensor)
    assert found.transform(X).dtype == found.cluster_centers_.dtype == dtype
    arrays = quick().fit(X.numpy())
    np.testing.assert_array_equal(arrays.labels_, found.labels_.numpy())
    assert arrays.transform(X.numpy()).dtype == X.numpy().dtype


class Convolutions(nn.Module):
    """Sees images (b, 1, 4, 4); its width is not declared."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.first = nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert x.shape[1:] == (1, 4, 4) and x.dtype == self.first.weight.dtype
        return torch.relu(self.first(x)).flatten(1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_images_own_backbone_views_and_projection(dtype) -> None:
    seen = []

    def view(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        seen.append(x.shape[1:])
        return torch.roll(x, 1, -1) + 0.1 * torch.randn(x.shape, generator=generator, dtype=x.dtype)

    X = np.random.default_rng(0).normal(size=(40, 16))
    backbone = Convolutions().to(dtype)
    before = copy.deepcopy(backbone.state_dict())
    found = quick(
        backbone=backbone, input_shape=(1, 4, 4), views=view, projection=(8, 5), rate=0.01, self_label_epochs=2
    ).fit(X)
    assert set(seen) == {torch.Size((1, 4, 4))}
    assert found.cluster_centers_.shape == (3, 5)
    assert found.model_.heads[0].dtype == dtype
    assert all(torch.equal(value, before[name]) for name, value in backbone.state_dict().items())
    assert len(found.self_label_history_["loss"]) == 2
    copied = pickle.loads(pickle.dumps(quick(backbone=backbone, input_shape=(1, 4, 4)).fit(X)))
    assert copied.predict(X).shape == (40,)


class Stop(Exception):
    """The interruption."""


@pytest.mark.parametrize("at", [10, 23])
def test_resumes_in_either_stage(tmp_path, at) -> None:
    """Two views a batch, one batch a pass, 9 passes, then one view a pass: the 10th and the 23rd interrupt."""
    X, _ = blobs()
    calls = 0

    def view(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == stop_at:
            raise Stop
        return x + 0.3 * torch.randn(x.shape, generator=generator, dtype=x.dtype)

    def fit(path) -> SeCu:
        return quick(views=view, checkpoint=path, self_label_epochs=8).fit(X)

    stop_at = 0
    whole = fit(None)
    assert calls == 26
    path, calls, stop_at = tmp_path / "run.pt", 0, at
    with pytest.raises(Stop):
        fit(path)
    assert (tmp_path / "run.pt").exists() and (tmp_path / "run.pt.self-labels").exists() == (at > 18)
    stop_at = 0
    resumed = fit(path)
    assert resumed.history_ == whole.history_ and resumed.self_label_history_ == whole.self_label_history_
    np.testing.assert_array_equal(resumed.cluster_centers_, whole.cluster_centers_)
    np.testing.assert_array_equal(resumed.transform(X), whole.transform(X))
    with pytest.raises(ValueError, match="seed differs"):
        quick(views=view, checkpoint=path, random_state=1).fit(X)
    anything = quick(views=view, checkpoint=path, random_state=None).fit(X)
    assert anything.history_ == whole.history_, "without a seed of its own, a fit goes on from any"
    with pytest.raises(ValueError, match="parameter lower differs"):
        quick(checkpoint=path, lower=0.5).fit(X)
    with pytest.raises(ValueError, match="data differs"):
        quick(views=view, checkpoint=path).fit(X + np.eye(90, 6))


def test_random_state() -> None:
    X, _ = blobs()
    first, second = quick(), quick()
    np.testing.assert_array_equal(first.fit(X).cluster_centers_, second.fit(X).cluster_centers_)
    other = quick(random_state=np.random.RandomState(7)).fit(X)
    same = quick(random_state=np.random.RandomState(7)).fit(X)
    np.testing.assert_array_equal(other.cluster_centers_, same.cluster_centers_)
    assert float(np.abs(first.cluster_centers_ - other.cluster_centers_).max()) > 1e-3


class Misdeclared(nn.Identity):
    """Says that it has four features and gives what it gets."""

    n_features = 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (dict(n_clusters=200), "n_clusters: got 200, accepted from 1 to n_samples=90"),
        (dict(n_clusters=0), "n_clusters: got 0"),
        (dict(heads=(1, 40)), r"heads: got \(1, 40\), a head of 120 clusters, accepted at most n_samples=90"),
        (dict(heads=(2, 1)), r"heads: got \(2, 1\)"),
        (dict(lower=1.2), "lower: got 1.2"),
        (dict(upper=0.8), "upper: got 0.8"),
        (dict(constraint="balance"), "constraint: got 'balance', accepted 'size', 'entropy', 'none'"),
        (dict(temperature=0), "temperature: got 0"),
        (dict(input_shape=(1, 2, 2)), r"input_shape: got \(1, 2, 2\), accepted 6 entries"),
        (dict(batch_size=1), "batch_size: got 1"),
        (dict(self_label_epochs=-1), "self_label_epochs: got -1"),
        (dict(device="gpu"), "device: got 'gpu'"),
        (dict(projection=(0,)), "got 0"),
        (dict(backbone=nn.Unflatten(1, (2, 3))), r"backbone: got an output \(1, 2, 3\)"),
        (dict(backbone=nn.Linear(7, 4)), r"^backbone: got RuntimeError .* for an input of shape \(1, 6\)"),
        (dict(backbone=Misdeclared()), r"^backbone: got an output \(1, 6\), accepted \(1, 4\), its n_features"),
        (dict(backbone="abc"), "^backbone: got 'abc', accepted a torch.nn.Module"),
        (dict(backbone=nn.Linear), "^backbone: got <class"),
        (dict(heads=None), "^heads: got None, accepted"),
        (dict(heads=1.5), "^heads: got 1.5, accepted"),
        (dict(heads="12"), "^heads: got '12', accepted"),
        (dict(heads=(1, 2.0)), "^heads: got 2.0, accepted"),
        (dict(projection=None), "^projection: got None, accepted"),
        (dict(projection=(4, 0)), r"^projection\[1\]: got 0, accepted"),
        (dict(input_shape=5), "^input_shape: got 5, accepted"),
        (dict(views="abc"), "^views: got 'abc', accepted a callable"),
        (dict(standardise="no"), "^standardise: got 'no', accepted True or False"),
        (dict(progress=1), "^progress: got 1, accepted True or False"),
        (dict(checkpoint=5), "^checkpoint: got 5, accepted a path"),
        (dict(weight_decay=True), "^weight_decay: got True"),
        (dict(temperature=np.ones(2)), "^temperature: got array"),
        (dict(random_state="abc"), "^random_state: got 'abc'"),
        (dict(self_label_epochs=1.5), "^self_label_epochs: got 1.5"),
    ],
)
def test_bad_parameters(changes, message) -> None:
    with pytest.raises(ValueError, match=message):
        quick(**changes).fit(blobs()[0])


def test_heads_of_more_clusters_than_samples_are_left_out() -> None:
    found = quick(heads=10).fit(blobs(20)[0])
    assert [head.shape[0] for head in found.model_.heads] == [3, 6, 9, 12, 15, 18]


def test_bad_data() -> None:
    X, _ = blobs()
    for poison in (math.nan, math.inf):
        broken = X.copy()
        broken[3, 2] = poison
        with pytest.raises(ValueError):
            quick().fit(broken)
        with pytest.raises(ValueError, match="NaN or infinity"):
            quick().fit(torch.from_numpy(broken))
    with pytest.raises(ValueError, match="n_samples=1"):
        quick(n_clusters=1).fit(X[:1])
    with pytest.raises(TrainingDiverged):
        quick(rate=1e38, warmup_epochs=0).fit(X)


@pytest.mark.parametrize("value", [0.0, 1e6])
def test_equal_samples_warn_and_stay_finite(value) -> None:
    X = np.full((20, 4), value)
    with pytest.warns(ConvergenceWarning) as caught:
        found = quick().fit(X)
    messages = [str(entry.message) for entry in caught]
    assert any("X has 1 distinct rows" in message for message in messages)
    assert any("only 1 of 3 clusters hold samples" in message for message in messages)
    assert np.isfinite(found.cluster_centers_).all() and np.isfinite(found.transform(X)).all()
    assert len(set(found.labels_)) == 1


def test_constant_features_and_one_cluster_are_fine() -> None:
    X, y = blobs()
    padded = np.hstack([X, np.full((90, 3), 5.0)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = quick(epochs=20).fit(padded)
        assert adjusted_rand_score(y, found.labels_) > 0.95
        for centre_update in ("sgd", "closed-form"):
            single = quick(n_clusters=1, centre_update=centre_update).fit(X)
            assert set(single.labels_) == {0} and np.isfinite(single.cluster_centers_).all()


def test_integers_of_numpy_are_integers(tmp_path) -> None:
    X, _ = blobs()
    counts = dict(n_clusters=3, epochs=20, batch_size=30, heads=2, warmup_epochs=1, self_label_epochs=1)
    plain = quick(**counts).fit(X)
    wide = {name: np.int64(value) for name, value in counts.items()}
    for heads in (np.int64(2), np.array([1, 2])):
        path = tmp_path / f"{np.ndim(heads)}.pt"
        other = quick(**(wide | dict(heads=heads, projection=np.array([], dtype=int), checkpoint=path))).fit(X)
        np.testing.assert_array_equal(other.cluster_centers_, plain.cluster_centers_)
        again = quick(**(counts | dict(checkpoint=path))).fit(X) if np.ndim(heads) == 0 else other
        assert again.history_ == plain.history_


def test_a_fit_that_fails_leaves_the_one_before() -> None:
    X, _ = blobs()
    found = quick(epochs=20).fit(X)
    expected, before = found.transform(X), dict(vars(found))
    for problem, changes in ((ValueError, dict(views="abc")), (TrainingDiverged, dict(rate=1e38, warmup_epochs=0))):
        with pytest.raises(problem):
            found.set_params(**changes).fit(X[:, :4])
        found.set_params(**{name: before[name] for name in changes})
        assert all(vars(found)[name] is value for name, value in before.items()) and len(vars(found)) == len(before)
        np.testing.assert_array_equal(found.transform(X), expected)

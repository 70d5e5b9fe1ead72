"""The base of the estimators, through the smallest one that can be built on it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from ddcl_core.estimators import _base
from ddcl_core.estimators._base import PrototypeClusterer, restored_on_failure


class FirstRows(PrototypeClusterer):
    """Takes the first rows of the data as prototypes."""

    def __init__(self, n_clusters=2, *, random_state=None, device="cpu"):
        self.n_clusters = n_clusters
        self.random_state = random_state
        self.device = device

    def fit(self, X, y=None):
        z = self._read(X, reset=True)
        self._check_clusters(z)
        self.cluster_centers_ = self._give(z[: self.n_clusters].clone(), X)
        self.temperature_ = 1.0
        self.labels_ = self.predict(X)
        return self


def points(n=12, d=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


@pytest.mark.filterwarnings("ignore:n_clusters=2, but X has 1 distinct:sklearn.exceptions.ConvergenceWarning")
def test_scikit_learn_contract():
    results = check_estimator(FirstRows(), on_skip=None)
    # The one that needs SCIPY_ARRAY_API in the environment before scipy is imported.
    left_out = {result["check_name"] for result in results if result["status"] != "passed"}
    assert len(results) > 40 and left_out <= {"check_array_api_input"}


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_the_kind_of_the_data_comes_back(dtype):
    x = (points() * 10).astype(dtype)
    array, tensor = FirstRows(3).fit(x), FirstRows(3).fit(torch.tensor(x))
    for method in ("predict", "transform"):
        there, here = getattr(array, method)(x), getattr(tensor, method)(torch.tensor(x))
        assert isinstance(there, np.ndarray) and isinstance(here, torch.Tensor)
        np.testing.assert_array_equal(there, here.numpy())
    assert array.transform(x).dtype == (np.float32 if dtype == np.float32 else np.float64)
    assert isinstance(tensor.labels_, torch.Tensor) and isinstance(array.cluster_centers_, np.ndarray)
    # A model trained on an array predicts tensors as well, and the other way round.
    assert isinstance(array.predict(torch.tensor(x)), torch.Tensor)
    assert isinstance(tensor.predict(x), np.ndarray)


def test_predictions_against_scikit_learn_and_the_softmax(monkeypatch):
    x, new = points(), points(50, seed=1)
    model = FirstRows(3).fit(x)
    reference = KMeans(3, init=x[:3], n_init=1, max_iter=1)
    reference.fit(x)
    reference.cluster_centers_ = x[:3].copy()
    np.testing.assert_array_equal(model.predict(new), reference.predict(new))
    assert model.score(new) == pytest.approx(reference.score(new) / 50, rel=1e-12)
    distances = ((new[:, None] - x[:3]) ** 2).sum(-1)
    shares = np.exp(-distances) / np.exp(-distances).sum(1, keepdims=True)
    np.testing.assert_allclose(model.transform(new), shares, rtol=1e-10)
    whole = model.transform(new)
    monkeypatch.setattr(_base, "TILE", 7)
    np.testing.assert_array_equal(model.transform(new), whole)
    np.testing.assert_array_equal(model.predict(new), whole.argmax(1))


def test_sixteen_bits_are_widened_and_gradients_are_cut():
    x = torch.tensor(points(), dtype=torch.bfloat16, requires_grad=True)
    model = FirstRows().fit(x)
    assert model.cluster_centers_.dtype == torch.float32
    assert not model.transform(x).requires_grad


@pytest.mark.parametrize(
    "bad, text",
    [
        (torch.tensor([[0.0, math.nan]] * 3), "X: got NaN or infinity"),
        (torch.tensor([[0.0, math.inf]] * 3), "X: got NaN or infinity"),
        (torch.zeros(3), r"X: got shape \(3,\)"),
        (torch.zeros(0, 3), r"X: got shape \(0, 3\)"),
        (torch.zeros(3, 3, dtype=torch.complex64), "X: got dtype torch.complex64"),
        (torch.full((3, 3), 1e200, dtype=torch.float64), "X: got an entry of absolute value 1e"),
        (np.full((3, 3), 1e200), "X: got an entry of absolute value 1e"),
    ],
)
def test_bad_data_is_named(bad, text):
    with pytest.raises(ValueError, match=text):
        FirstRows().fit(bad)


@pytest.mark.parametrize("clusters", [0, -1, 4, 2.0, True, "two"])
def test_bad_numbers_of_clusters_are_named(clusters):
    with pytest.raises(ValueError, match="n_clusters: got"):
        FirstRows(clusters).fit(points(3))


def test_numpy_integers_count_clusters():
    assert FirstRows(np.int64(2)).fit(points()).cluster_centers_.shape == (2, 3)


def test_width_and_fitting_are_checked_at_prediction():
    with pytest.raises(NotFittedError):
        FirstRows().predict(points())
    model = FirstRows().fit(torch.tensor(points()))
    for other in (points(d=4), torch.tensor(points(d=4))):
        with pytest.raises(ValueError, match="X has 4 features, but FirstRows is expecting 3"):
            model.predict(other)


def test_too_few_distinct_rows_warn():
    with pytest.warns(ConvergenceWarning, match="n_clusters=3, but X has 2 distinct rows"):
        FirstRows(3).fit(np.repeat(points(2), 10, axis=0))


def test_distinct_rows_far_down_are_found():
    x = np.zeros((100, 1))
    x[-2:] = [[1.0], [2.0]]
    assert FirstRows(3).fit(x).cluster_centers_.shape == (3, 1)


def test_data_frames_keep_the_names_of_the_columns_out():
    assert list(FirstRows(3).fit(points()).get_feature_names_out()) == ["firstrows0", "firstrows1", "firstrows2"]


def test_seeds_come_from_random_state_only():
    model = FirstRows(random_state=3)
    assert model._seed() == model._seed() == FirstRows(random_state=3)._seed()
    shared = FirstRows(random_state=np.random.RandomState(3))
    assert shared._seed() != shared._seed()


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt])
def test_a_fit_that_fails_leaves_everything_and_one_that_succeeds_nothing_old(problem):
    x = points()
    model = FirstRows(3).fit(x)
    model.stale_ = 1
    before = dict(vars(model))
    with pytest.raises(problem), restored_on_failure(model):
        assert not hasattr(model, "cluster_centers_") and not hasattr(model, "n_features_in_")
        model._read(x[:, :2], reset=True)
        model.labels_, model._hidden = None, 5
        raise problem
    assert list(vars(model)) == list(before) and all(vars(model)[name] is value for name, value in before.items())
    model._kept = 7
    with restored_on_failure(model):
        model.fit(x[:, :2])
    assert model.n_features_in_ == 2 and not hasattr(model, "stale_")
    with pytest.raises(problem), restored_on_failure(model, forget=False):
        assert model.n_features_in_ == 2
        model.n_features_in_ = 9
        raise problem
    assert model.n_features_in_ == 2


@pytest.mark.parametrize("value", ["abc", True, -1, 1.5, np.ones(3), np.random.default_rng(0)])
def test_a_random_state_of_another_kind(value):
    with pytest.raises(ValueError, match="^random_state: got .*, accepted None, an integer"):
        FirstRows(3, random_state=value)._seed()

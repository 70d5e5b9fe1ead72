"""DDCL on given features: against scikit-learn's k-means, soft k-means by hand, and itself in other units."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

from ddcl_core.estimators import DDCL, _annealing
from ddcl_core.metrics import clustering_accuracy
from ddcl_core.objective import DDCLLoss
from ddcl_core.training.guard import TrainingDiverged

FEW_ROWS = "ignore:n_clusters=3, but X has:sklearn.exceptions.ConvergenceWarning"


def blobs(n=300, d=2, k=4, seed=0, dtype=float):
    x, y = make_blobs(n, d, centers=k, cluster_std=0.6, random_state=seed)
    return x.astype(dtype), y


def softmax_of_distances(x, prototypes, temperature):
    distances = ((x[:, None] - prototypes[None]) ** 2).sum(-1)
    weights = np.exp(-(distances - distances.min(1, keepdims=True)) / temperature)
    return weights / weights.sum(1, keepdims=True), distances


@pytest.mark.filterwarnings(FEW_ROWS)
def test_scikit_learn_contract() -> None:
    results = check_estimator(DDCL(3, n_init=1, annealing=0.3), on_skip=None)
    # The one that needs SCIPY_ARRAY_API in the environment before scipy is imported.
    left_out = {result["check_name"] for result in results if result["status"] != "passed"}
    assert len(results) > 40 and left_out <= {"check_array_api_input"}


def test_raw_digits_by_default_as_well_as_ten_starts_of_kmeans() -> None:
    x, y = load_digits(return_X_y=True)
    ours = [DDCL(10, random_state=seed).fit(x) for seed in range(5)]
    one = [KMeans(10, n_init=1, random_state=seed).fit(x) for seed in range(10)]
    ten = [KMeans(10, n_init=10, random_state=seed).fit(x) for seed in range(5)]
    accuracy, of_one, of_ten = (np.array([clustering_accuracy(y, m.labels_) for m in ms]) for ms in (ours, one, ten))
    assert accuracy.mean() > of_one.mean()
    # Ten starts differ by 0.002 between seeds, by which samples at a border fall to which side.
    assert accuracy.mean() >= of_ten.mean() - 2 * max(of_ten.std(), 1e-3)
    assert max(-m.score(x) for m in ours) <= 1.001 * np.mean([m.inertia_ / len(x) for m in ten])


@pytest.mark.parametrize(
    "options",
    [{}, {"assignments": "full"}, {"prototypes": "native"}, {"loss": "ols"}, {"batch_size": 50}, {"balance": 0.1}],
)
def test_unit_and_origin_of_the_data_do_not_matter(options) -> None:
    x, _ = blobs(150, d=3)
    model = DDCL(4, random_state=0, n_init=1, **options).fit(x)
    spread = np.sqrt(((x - x.mean(0)) ** 2).sum(1).mean())
    for factor, shift in ((2.0**9, 0.0), (0.01, 0.0), (-300.0, 100.0)):
        other = clone(model).fit(factor * x + shift)
        np.testing.assert_array_equal(other.labels_, model.labels_)
        # Powers of two round nothing. Otherwise rounding errors grow in the passes where prototypes part, and what is
        # left of them at the end is within what the tolerance of the passes allows.
        exact = shift == 0 and factor > 0 and math.log2(factor).is_integer()
        allowed = 0.0 if exact else model.tol * spread * abs(factor)
        moved = np.abs(other.cluster_centers_ - (factor * model.cluster_centers_ + shift)).max()
        assert moved <= allowed
        assert other.temperature_ == pytest.approx(factor**2 * model.temperature_, rel=0 if exact else 1e-3)
        assert other.loss_ == pytest.approx(factor**2 * model.loss_, rel=0 if exact else 1e-3)


@pytest.mark.parametrize(
    "options", [{}, {"prototypes": "native", "max_iter": 3000}, {"batch_size": 100, "tol": 1e-4, "max_iter": 3000}]
)
def test_ends_at_a_fixed_point_of_soft_kmeans(options) -> None:
    x, _ = blobs(d=3)
    model = DDCL(5, **{"random_state": 0, "tol": 1e-7, "n_init": 1, **options}).fit(x)
    q, distances = softmax_of_distances(x, model.cluster_centers_, model.temperature_)
    means = q.T @ x / q.sum(0)[:, None]
    spread = np.sqrt(((x - x.mean(0)) ** 2).sum(1).mean())
    # A step of a pass in batches is a part 2/t of the way, so tol = 1e-4 leaves more than that.
    assert np.abs(means - model.cluster_centers_).max() <= (1e-5 if "batch_size" not in options else 5e-3) * spread
    np.testing.assert_allclose(model.transform(x), q, atol=1e-10)
    np.testing.assert_allclose(model.transform(x).sum(1), 1, rtol=1e-14)
    assert model.loss_ == pytest.approx((q * distances).sum(1).mean(), rel=1e-2)
    assert model.score(x) == pytest.approx(-distances.min(1).mean(), rel=1e-12)
    np.testing.assert_array_equal(model.labels_, distances.argmin(1))


def test_at_low_temperature_and_from_one_start_it_is_lloyds_kmeans() -> None:
    x, _ = blobs(400, 5, 6)
    start = x[:6]
    ours = DDCL(6, init=start, temperature=1e-9, tol=1e-12, max_iter=50).fit(x)
    theirs = KMeans(6, init=start, n_init=1, tol=0.0, algorithm="lloyd").fit(x)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-12)
    assert -ours.score(x) * len(x) == pytest.approx(theirs.inertia_, rel=1e-12)


def test_native_prototypes_are_mixtures_of_the_samples_with_the_weights_given() -> None:
    x, y = blobs(d=3)
    for options in ({}, {"batch_size": 64, "max_iter": 500}):
        model = DDCL(4, prototypes="native", random_state=0, **options).fit(x)
        made = model.dual_weights_.T @ (x - x.mean(0)) + x.mean(0)
        np.testing.assert_allclose(made, model.cluster_centers_, rtol=0, atol=1e-11)
        assert clustering_accuracy(y, model.labels_) > 0.99
    given = DDCL(4, prototypes="native", init=x[:4], max_iter=1, temperature=1.0)
    with pytest.warns(ConvergenceWarning, match="max_iter=1"):
        given.fit(x)


def test_data_beyond_the_size_of_a_full_batch(monkeypatch) -> None:
    x, y = blobs(12_000, 3, 5, seed=1)
    looked_at = []

    def anneal(descent, *rest):
        looked_at.append(len(descent.z))
        return _annealing.anneal(descent, *rest)

    monkeypatch.setattr("ddcl_core.estimators.ddcl.anneal", anneal)
    for options in ({}, {"prototypes": "native"}):
        model = DDCL(5, random_state=0, n_init=2, **options).fit(x)
        assert clustering_accuracy(y, model.labels_) > 0.97
        assert -model.score(x) <= 1.01 * KMeans(5, n_init=5, random_state=0).fit(x).inertia_ / len(x)
    assert looked_at == [5000] * 4


@pytest.mark.parametrize(("assignments", "factor"), [("stopped", 2.0), ("full", 4.0)])
def test_collapse_above_the_critical_temperature_is_reported(assignments, factor) -> None:
    x, _ = blobs(d=3)
    critical = factor * np.linalg.eigvalsh(np.cov(x.T, bias=True))[-1]
    options = {"assignments": assignments, "random_state": 0, "tol": 1e-7, "max_iter": 3000}
    with pytest.warns(ConvergenceWarning, match="one point"):
        above = DDCL(4, temperature=1.1 * critical, **options).fit(x)
    assert np.ptp(above.cluster_centers_, axis=0).max() < 1e-3
    below = DDCL(4, temperature=0.9 * critical, **options).fit(x)
    assert np.ptp(below.cluster_centers_, axis=0).max() > 0.1
    # Power iteration approaches the eigenvalue from below.
    assert below.critical_temperature_ == pytest.approx(critical, rel=1e-3)


def test_the_conventions_differ_by_the_factor_two_in_temperature() -> None:
    x, _ = blobs()
    one = DDCL(4, temperature=3.0, random_state=0).fit(x)
    half = DDCL(4, temperature=1.5, convention="d/2T", random_state=0).fit(x)
    np.testing.assert_allclose(one.cluster_centers_, half.cluster_centers_, rtol=1e-9)
    assert one.temperature_ == pytest.approx(half.temperature_) == pytest.approx(3.0)
    assert DDCL(4, convention="d/2T", random_state=0).fit(x).temperature_ == pytest.approx(
        DDCL(4, random_state=0).fit(x).temperature_, rel=1e-3
    )


def test_regularisers_do_what_they_are_for() -> None:
    x, _ = blobs(400, 2, 2, seed=3)
    x = np.vstack([x[:40], x[200:] + 8])
    shares = {}
    for name, options in {
        "none": {}, "balance": {"balance": 1.0}, "separation": {"separation": 0.05, "weight": 0.2}, "weight": {"weight": 0.2}
    }.items():  # fmt: skip
        model = DDCL(3, random_state=0, temperature=5.0, max_iter=2000, **options).fit(x)
        shares[name] = model.transform(x).mean(0), model
    uneven = [np.abs(shares[name][0] - 1 / 3).max() for name in ("none", "balance")]
    assert uneven[1] < uneven[0]
    apart = [shares[name][1].history_["prototype_separation"][-1] for name in ("weight", "none", "separation")]
    assert apart[0] < apart[1] and apart[0] < apart[2]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kind_dtype_and_seed(dtype) -> None:
    x, _ = blobs(dtype=dtype)
    first, again = (DDCL(4, random_state=3).fit(x) for _ in range(2))
    assert first.cluster_centers_.dtype == first.transform(x).dtype == dtype
    np.testing.assert_array_equal(first.cluster_centers_, again.cluster_centers_)
    tensor = DDCL(4, random_state=3).fit(torch.from_numpy(x))
    assert isinstance(tensor.cluster_centers_, torch.Tensor) and isinstance(tensor.labels_, torch.Tensor)
    np.testing.assert_array_equal(tensor.cluster_centers_.numpy(), first.cluster_centers_)
    assert set(first.history_.columns) == {"temperature", "loss", "movement", "prototype_separation"}
    assert first.history_["temperature"][-1] == pytest.approx(first.temperature_)


def test_float32_with_a_large_offset() -> None:
    x, y = blobs(d=3)
    model = DDCL(4, random_state=0).fit((x + 1000).astype(np.float32))
    assert clustering_accuracy(y, model.labels_) > 0.99
    # Rounding the data moves them by at most 6.1e-5 / 2.
    expected = DDCL(4, random_state=0).fit(x).cluster_centers_ + 1000
    np.testing.assert_allclose(np.sort(model.cluster_centers_, 0), np.sort(expected, 0), rtol=0, atol=2e-3)


@pytest.mark.parametrize("scale", [1e-170, 1e-100, 1e100, 1e150])
def test_extreme_units(scale) -> None:
    x, y = blobs()
    model = DDCL(4, random_state=0).fit(x * scale)
    assert np.isfinite(model.cluster_centers_).all() and model.temperature_ > 0
    if scale > 1e-150:
        assert clustering_accuracy(y, model.labels_) > 0.99


def test_degenerate_data_work() -> None:
    x, y = blobs()
    constant = np.hstack([x, np.full((len(x), 2), 7.0)])
    model = DDCL(4, random_state=0).fit(constant)
    np.testing.assert_array_equal(model.labels_, DDCL(4, random_state=0).fit(x).labels_)
    np.testing.assert_allclose(model.cluster_centers_[:, 2:], 7, rtol=1e-14)
    with pytest.warns(ConvergenceWarning, match="1 distinct"):
        equal = DDCL(3).fit(np.ones((10, 2)))
    np.testing.assert_allclose(equal.cluster_centers_, 1, rtol=0, atol=0)
    assert equal.loss_ == 0 and equal.temperature_ > 0 and np.isfinite(equal.transform(np.ones((4, 2)))).all()
    every = DDCL(10, random_state=0).fit(x[:10])
    assert len(np.unique(every.labels_)) == 10 and every.loss_ == pytest.approx(0, abs=1e-3)
    single = DDCL(1).fit(x)
    np.testing.assert_allclose(single.cluster_centers_[0], x.mean(0), rtol=1e-9)
    line = DDCL(3, random_state=0).fit(np.array([[0.0], [0.1], [5.0], [5.1], [9.0], [9.1]]))
    np.testing.assert_allclose(np.sort(line.cluster_centers_.ravel()), [0.05, 5.05, 9.05], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"n_clusters": 0}, "n_clusters"),
        ({"n_clusters": 301}, "n_clusters"),
        ({"temperature": 0.0}, "temperature"),
        ({"temperature": -1.0}, "temperature"),
        ({"temperature": math.nan}, "temperature"),
        ({"temperature": "warm"}, "temperature"),
        ({"loss": "hinge"}, "loss"),
        ({"assignments": "half"}, "assignments"),
        ({"prototypes": "dual"}, "prototypes"),
        ({"convention": "T"}, "convention"),
        ({"init": "grid"}, "init"),
        ({"init": np.zeros((3, 2))}, "init"),
        ({"init": np.full((4, 2), np.nan)}, "init"),
        ({"n_init": 0}, "n_init"),
        ({"annealing": 1.5}, "annealing"),
        ({"rate": 2.0}, "rate"),
        ({"batch_size": 0}, "batch_size"),
        ({"max_iter": 0}, "max_iter"),
        ({"tol": -1.0}, "tol"),
        ({"weight": -1.0}, "weight"),
        ({"loss": None}, "loss"),
        ({"loss": 5}, "loss"),
        ({"loss": math.nan}, "loss"),
        ({"init": None}, "init"),
        ({"init": 5}, "init"),
        ({"init": [["a", "b"]] * 4}, "init"),
        ({"init": [[1, 2], [3]]}, "init"),
        ({"init": np.full((4, 2), 1e300)}, "init"),
        ({"temperature": np.ones(2)}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"n_init": np.ones(2)}, "n_init"),
        ({"batch_size": np.array(["auto", "auto"])}, "batch_size"),
        ({"progress": 1}, "progress"),
        ({"random_state": "abc"}, "random_state"),
        ({"balance": np.array(1.0)}, "balance"),
        ({"device": "nowhere"}, "device"),
    ],
)
def test_bad_parameters_are_named(options, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}: got"):
        DDCL(**{"n_clusters": 4, **options}).fit(blobs()[0])


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_data_that_cannot_be_used(value) -> None:
    x, _ = blobs()
    x[3, 1] = value
    with pytest.raises(ValueError, match="NaN|infinity|X: got an entry"):
        DDCL(4).fit(x)


def test_few_passes_are_reported_with_how_far_they_were() -> None:
    x, _ = blobs(d=3)
    with pytest.warns(ConvergenceWarning, match="max_iter=2 passes were not enough: a prototype still moves by"):
        model = DDCL(4, random_state=0, max_iter=2, tol=0.0).fit(x)
    assert model.n_iter_ == 2


def test_integers_of_numpy_are_integers() -> None:
    x, _ = blobs(120)
    options = {"max_iter": 200, "n_init": 2, "batch_size": 40, "tol": 1e-2, "random_state": 0}
    wide = {name: np.int64(value) if isinstance(value, int) else value for name, value in options.items()}
    plain, other = DDCL(4, **options).fit(x), DDCL(np.int64(4), **wide).fit(x)
    np.testing.assert_array_equal(other.cluster_centers_, plain.cluster_centers_)
    search = GridSearchCV(DDCL(n_init=1, random_state=0), {"n_clusters": np.arange(2, 4)}, cv=3).fit(x)
    scores = [-search.best_estimator_.score(x), -DDCL(2, n_init=1, random_state=0).fit(x).score(x)]
    assert search.best_params_["n_clusters"] == 3 and scores[0] < scores[1]


@pytest.mark.parametrize("more", [{}, {"batch_size": 50}, {"prototypes": "native"}, {"loss": "ols"}])
@pytest.mark.parametrize("options", [{"separation": 5.0}, {"balance": 1e300}])
def test_divergence_names_the_step_and_the_quantity(options, more) -> None:
    for kind in (np.float32, np.float64):
        with pytest.raises(TrainingDiverged, match=r"^step \d+: .* is not finite") as caught:
            DDCL(2, random_state=0, **options, **more).fit(blobs(dtype=kind)[0])
        assert caught.value.step >= 0 and caught.value.quantity in (
            "the squared distance of a prototype",
            "objective",
            "loss",
            "gradient",
        )


def test_a_loss_that_overflows() -> None:
    with pytest.raises(TrainingDiverged, match="^step 0: loss is not finite"):
        DDCL(2, loss=(1e308, 1e308, 0.0), random_state=0).fit(blobs()[0])


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_weight_that_bounds_the_separation(k) -> None:
    """The regularisers are a quadratic form of the prototypes; its least eigenvalue is 0 at the weight stated."""
    coefficients = {"separation": 3.0, "weight": 2 / (k - 1) * 3.0}
    pairs = np.eye(k) - 1 / k
    form = coefficients["weight"] * np.eye(k) - coefficients["separation"] * 2 / (k - 1) * pairs
    least, directions = np.linalg.eigh(form)
    assert least[0] == pytest.approx(0, abs=1e-12)
    far = 1e3 * torch.from_numpy(directions[:, :1].copy())
    z, loss = torch.zeros(1, 1, dtype=torch.float64), DDCLLoss(**coefficients)
    terms = loss(z, far, 1.0)
    assert float(terms.separation + terms.weight) == pytest.approx(0, abs=1e-6)
    lower = DDCLLoss(separation=3.0, weight=0.9 * coefficients["weight"])(z, far, 1.0)
    assert float(lower.separation + lower.weight) < -1e3
    DDCL(k, random_state=0, n_init=1, max_iter=3000, **coefficients).fit(blobs()[0])
    with pytest.raises(TrainingDiverged):
        DDCL(k, random_state=0, n_init=1, max_iter=3000, separation=3.0).fit(blobs()[0])


def test_a_fit_that_fails_leaves_the_one_before_and_a_new_one_nothing_of_it() -> None:
    x, _ = blobs(d=3)
    model = DDCL(3, prototypes="native", random_state=0, n_init=1).fit(x)
    expected, before = model.transform(x), dict(vars(model))
    for problem, changes, data in (
        (ValueError, {"rate": 5.0}, x[:, :2]),
        (ValueError, {}, x[:2, :2]),
        (TrainingDiverged, {"separation": 5.0}, x[:, :2]),
    ):
        with pytest.raises(problem):
            model.set_params(**changes).fit(data)
        model.set_params(**{name: before[name] for name in changes})
        assert all(vars(model)[name] is value for name, value in before.items()) and len(vars(model)) == len(before)
        np.testing.assert_array_equal(model.transform(x), expected)
    model.set_params(prototypes="free").fit(x[:, :2])
    assert not hasattr(model, "dual_weights_") and model.n_features_in_ == 2


def test_what_is_wrong_with_init_is_said() -> None:
    x, _ = blobs()
    with pytest.raises(ValueError, match="^init: got NaN or infinity among its entries, accepted finite numbers"):
        DDCL(4, init=x[:4] * np.nan).fit(x)
    with pytest.raises(ValueError, match=r"^init: got shape \(3, 2\), accepted .* of shape \(4, 2\)"):
        DDCL(4, init=x[:3]).fit(x)


def test_device_and_progress(capfd) -> None:
    x, _ = blobs()
    assert DDCL().device == "auto"
    quiet = DDCL(4, random_state=0).fit(x)
    assert capfd.readouterr() == ("", "")
    shown = DDCL(4, random_state=0, progress=True).fit(x)
    out, err = capfd.readouterr()
    assert out == "" and "DDCL, starts" in err and "4/4" in err and "DDCL, passes" in err
    np.testing.assert_array_equal(shown.cluster_centers_, quiet.cluster_centers_)

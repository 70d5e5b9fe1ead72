"""IncrementalDDCL: the stream by hand, constant memory, continuing from a file, drift, and scikit-learn's contract."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from sklearn.cluster import MiniBatchKMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from ddcl_core.estimators import DDCL, IncrementalDDCL
from ddcl_core.metrics import clustering_accuracy
from ddcl_core.training.checkpoints import save_checkpoint
from ddcl_core.training.guard import TrainingDiverged


def blobs(n=2000, d=3, k=4, seed=1):
    return make_blobs(n, d, centers=k, cluster_std=0.6, random_state=seed)


@pytest.mark.filterwarnings("ignore:n_clusters=3, but X has:sklearn.exceptions.ConvergenceWarning")
def test_scikit_learn_contract() -> None:
    results = check_estimator(IncrementalDDCL(3), on_skip=None)
    # The one that needs SCIPY_ARRAY_API in the environment before scipy is imported.
    left_out = {result["check_name"] for result in results if result["status"] != "passed"}
    assert len(results) > 40 and left_out <= {"check_array_api_input"}


def test_one_pass_over_digits_beats_minibatch_kmeans_and_stays_below_all_at_once() -> None:
    x, y = load_digits(return_X_y=True)
    ours, theirs = [], []
    for seed in range(6):
        order = np.random.default_rng(seed).permutation(len(x))
        model = IncrementalDDCL(10, init_size=256, random_state=seed)
        other = MiniBatchKMeans(10, n_init=1, random_state=seed)
        for batch in np.array_split(order, 28):
            model.partial_fit(x[batch])
            other.partial_fit(x[batch])
        ours.append(clustering_accuracy(y, model.predict(x)))
        theirs.append(clustering_accuracy(y, other.predict(x)))
        assert model.n_samples_seen_ == len(x)
    whole = clustering_accuracy(y, DDCL(10, random_state=0).fit(x).labels_)
    noise = np.std(theirs) / np.sqrt(6)
    assert np.mean(ours) > np.mean(theirs) - noise
    assert whole - 0.08 < np.mean(ours) < whole + 0.02


def test_the_stream_is_the_soft_mean_of_what_was_gathered_and_of_each_batch() -> None:
    x, _ = blobs(300)
    model = IncrementalDDCL(4, init_size=100, random_state=0)
    start = DDCL(4, random_state=model._seed()).fit(x[:100])

    def assign(rows, prototypes):
        distances = ((rows[:, None] - prototypes) ** 2).sum(-1)
        weights = np.exp(-(distances - distances.min(1, keepdims=True)) / start.temperature_)
        return weights / weights.sum(1, keepdims=True), distances

    prototypes = start.cluster_centers_
    mass = assign(x[:100], prototypes)[0].sum(0)
    # The first batch is cut where the gathering ends.
    for begin, end in ((100, 150), (150, 210), (210, 300)):
        q, distances = assign(x[begin:end], prototypes)
        loss = (q * distances).sum(1).mean()
        total = mass + q.sum(0)
        prototypes = (mass[:, None] * prototypes + q.T @ x[begin:end]) / total[:, None]
        mass = total
    for begin, end in ((0, 40), (40, 150), (150, 210), (210, 300)):
        model.partial_fit(x[begin:end])
    np.testing.assert_allclose(model.cluster_centers_, prototypes, rtol=0, atol=1e-10)
    assert model.loss_ == pytest.approx(loss, rel=1e-9)
    assert (model.n_samples_seen_, model.n_steps_, model.temperature_) == (300, 3, start.temperature_)
    np.testing.assert_array_equal(model.labels_, model.predict(x[210:]))


def test_memory_does_not_grow_with_the_stream() -> None:
    generator = np.random.default_rng(0)
    model = IncrementalDDCL(4, random_state=0)
    sizes = []
    for number in range(200):
        model.partial_fit(generator.normal(size=(100, 3)))
        if number in (20, 199):
            sizes.append(len(pickle.dumps(model)))
    # Counters may take a few bytes more.
    assert abs(sizes[1] - sizes[0]) < 64
    assert model._gathered == []


@pytest.mark.parametrize(
    ("cut", "options"),
    [
        (30, {}),
        (70, {}),
        (200, {}),
        (200, {"rate": 0.3, "decay": 0.01, "loss": (0.5, 0.3, 0.1), "assignments": "full"}),
    ],
)
def test_a_stream_continues_from_a_file_to_the_bit(tmp_path, cut, options) -> None:
    x, _ = blobs(300)
    # An object that is drawn from cannot be written; the seed drawn is.
    states = (3, 3) if cut == 70 else (np.random.RandomState(3), np.random.RandomState(3))
    whole, part = (IncrementalDDCL(4, init_size=80, random_state=state, **options) for state in states)
    for begin in range(0, 300, 10):
        if begin == cut:
            part.save(tmp_path / "stream.pt")
            part = IncrementalDDCL.load(tmp_path / "stream.pt")
            for name, value in part.get_params().items():
                assert value == getattr(whole, name) or (name == "random_state" and cut != 70)
        for model in (whole, part):
            model.partial_fit(x[begin : begin + 10])
    np.testing.assert_array_equal(part.cluster_centers_, whole.cluster_centers_)
    assert (part.loss_, part.temperature_, part.n_steps_) == (whole.loss_, whole.temperature_, whole.n_steps_)
    np.testing.assert_array_equal(part.transform(x), whole.transform(x))


def test_a_file_of_something_else_is_refused(tmp_path) -> None:
    save_checkpoint(tmp_path / "other.pt", {"kind": "DDCL"})
    with pytest.raises(ValueError, match="accepted 'IncrementalDDCL'"):
        IncrementalDDCL.load(tmp_path / "other.pt")
    with pytest.raises(NotFittedError):
        IncrementalDDCL(3).save(tmp_path / "none.pt")


def test_forgetting_follows_a_drift() -> None:
    generator = np.random.default_rng(0)
    errors = {}
    for forgetting in (1.0, 0.8):
        model = IncrementalDDCL(2, forgetting=forgetting, init_size=100, random_state=0)
        for step in range(200):
            centres = np.array([[-3.0, 0.0], [3.0, 0.0]]) + [0, 0.05 * step]
            model.partial_fit(centres[generator.integers(2, size=50)] + 0.3 * generator.normal(size=(50, 2)))
        errors[forgetting] = np.abs(np.sort(model.cluster_centers_[:, 1]) - centres[:, 1]).max()
    # With a factor of 0.8 the prototype lags 0.05 * 0.8 / 0.2 = 0.2 behind; the mean of all lags half the way.
    assert errors[0.8] == pytest.approx(0.2, abs=0.1) and errors[1.0] > 3


def test_few_samples_are_gathered_until_there_are_enough() -> None:
    x, _ = blobs(30)
    model = IncrementalDDCL(4, random_state=0).partial_fit(x[:2])
    with pytest.raises(NotFittedError):
        model.predict(x)
    model.partial_fit(x[2:4])
    assert model.cluster_centers_.shape == (4, 3) and model.n_steps_ == 0
    model.partial_fit(x[4:])
    once = DDCL(4, n_init=1, random_state=model._fit_seed).fit(x)
    np.testing.assert_allclose(model.cluster_centers_, once.cluster_centers_, rtol=1e-12)
    whole = IncrementalDDCL(4, random_state=0, batch_size=7).fit(x)
    assert (whole.n_steps_, whole.n_samples_seen_) == (0, 30) and len(whole.labels_) == 30


@pytest.mark.parametrize("kind", [np.float32, np.float64, torch.float32])
def test_kind_and_dtype_are_kept(kind) -> None:
    x, y = blobs()
    data = torch.tensor(x, dtype=kind) if isinstance(kind, torch.dtype) else x.astype(kind)
    model = IncrementalDDCL(4, random_state=0, batch_size=100).fit(data)
    assert model.cluster_centers_.dtype == kind and model.transform(data).dtype == kind
    assert type(model.labels_) is type(data)
    assert clustering_accuracy(y, model.labels_) > 0.99
    again = IncrementalDDCL(4, random_state=0, batch_size=100).fit(data)
    np.testing.assert_array_equal(np.asarray(again.cluster_centers_), np.asarray(model.cluster_centers_))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"n_clusters": 0}, "n_clusters"),
        ({"temperature": 0.0}, "temperature"),
        ({"loss": "hinge"}, "loss"),
        ({"assignments": "half"}, "assignments"),
        ({"convention": "T"}, "convention"),
        ({"rate": 0.0}, "rate"),
        ({"decay": -1.0}, "decay"),
        ({"forgetting": 0.0}, "forgetting"),
        ({"init_size": 3}, "init_size"),
        ({"batch_size": 0}, "batch_size"),
        ({"max_iter": 0}, "max_iter"),
        ({"device": "nowhere"}, "device"),
        ({"n_clusters": "abc"}, "n_clusters"),
        ({"loss": None}, "loss"),
        ({"temperature": np.ones(2)}, "temperature"),
        ({"rate": np.ones(2)}, "rate"),
        ({"init_size": np.ones(2)}, "init_size"),
        ({"progress": "no"}, "progress"),
        ({"random_state": "abc"}, "random_state"),
    ],
)
def test_bad_parameters_are_named_before_data_are_used(options, named) -> None:
    for method in ("fit", "partial_fit"):
        with pytest.raises(ValueError, match=f"^({named}): got"):
            getattr(IncrementalDDCL(**{"n_clusters": 4, **options}), method)(blobs(50)[0])


def test_a_batch_of_another_width_or_with_nan_leaves_the_model_as_it_was() -> None:
    x, _ = blobs()
    model = IncrementalDDCL(4, random_state=0, init_size=100).partial_fit(x[:500])
    before = model.cluster_centers_.copy()
    for bad, message in ((x[:5, :2], "features"), (np.full((5, 3), np.nan), "NaN"), (np.full((5, 3), 1e200), "X: got")):
        with pytest.raises(ValueError, match=message):
            model.partial_fit(bad)
    np.testing.assert_array_equal(model.cluster_centers_, before)
    assert model.n_samples_seen_ == 500


def test_the_number_of_clusters_stays_what_it_was_when_the_stream_began(tmp_path) -> None:
    x, _ = blobs()
    model = IncrementalDDCL(4, random_state=0, init_size=100).partial_fit(x[:500])
    model.save(tmp_path / "stream.pt")
    for stream in (model, IncrementalDDCL.load(tmp_path / "stream.pt")):
        for other, message in ((5, "got 5, accepted 4, with which the stream began"), ("4", "got '4'"), (0, "got 0")):
            with pytest.raises(ValueError, match=f"^n_clusters: {message}"):
                stream.set_params(n_clusters=other).partial_fit(x[500:600])
        assert stream.n_samples_seen_ == 500
        assert stream.set_params(n_clusters=np.int64(4)).partial_fit(x[500:600]).n_samples_seen_ == 600
    assert model.set_params(n_clusters=5).fit(x).cluster_centers_.shape == (5, 3)


def test_divergence_names_the_step_and_leaves_the_estimator_as_it_was() -> None:
    x, _ = blobs()
    for kind, rate in ((np.float64, 1e200), (np.float32, 1e30)):
        with pytest.raises(TrainingDiverged, match="^step 0: the squared distance of a prototype is not finite"):
            IncrementalDDCL(4, rate=rate, init_size=100, batch_size=50, random_state=0).fit(x.astype(kind))
    model = IncrementalDDCL(4, random_state=0, init_size=100).fit(x)
    expected, before = model.transform(x), dict(vars(model))
    with pytest.raises(TrainingDiverged):
        model.set_params(rate=1e200).fit(x[:, :2])
    model.set_params(rate=None)
    assert dict(vars(model)).keys() == before.keys() and model.n_features_in_ == 3
    np.testing.assert_array_equal(model.transform(x), expected)
    # In one call: the gathering is complete, and the step over the rest fails.
    stream = IncrementalDDCL(4, rate=1e200, init_size=100, random_state=0).partial_fit(x[:90])
    old = stream.cluster_centers_.copy()
    with pytest.raises(TrainingDiverged):
        stream.partial_fit(x[90:300])
    assert stream.n_samples_seen_ == 90 and sum(map(len, stream._gathered)) == 90
    np.testing.assert_array_equal(stream.cluster_centers_, old)


def test_fewer_rows_than_init_size_are_gathered_once_and_then_make_steps() -> None:
    x, _ = blobs(30)
    model = IncrementalDDCL(4, random_state=0, batch_size=7, max_iter=3).fit(x)
    assert (model.n_samples_seen_, model.n_steps_, model.n_iter_) == (90, 10, 3)
    # Each pass adds a mass of 1 for each sample.
    assert float(model._online.mass.sum()) == pytest.approx(90, rel=1e-12)


def test_integers_of_numpy_are_integers_and_can_be_saved(tmp_path) -> None:
    x, _ = blobs()
    options = {"init_size": 100, "batch_size": 50, "max_iter": 2, "random_state": 3}
    wide = {name: np.int64(value) for name, value in options.items()}
    plain = IncrementalDDCL(4, **options).fit(x)
    other = IncrementalDDCL(np.int64(4), **wide, decay=np.float32(0.5), loss=np.array([1.0, 0.0, 0.0])).fit(x)
    np.testing.assert_array_equal(other.cluster_centers_, plain.cluster_centers_)
    other.save(tmp_path / "stream.pt")
    again = IncrementalDDCL.load(tmp_path / "stream.pt")
    np.testing.assert_array_equal(again.cluster_centers_, plain.cluster_centers_)
    assert again.random_state == 3 and again.decay == 0.5 and again.loss == (1.0, 0.0, 0.0)


def test_device_and_progress(capfd) -> None:
    x, _ = blobs(600)
    assert IncrementalDDCL().device == "auto"
    quiet = IncrementalDDCL(4, random_state=0, batch_size=100, max_iter=2).fit(x)
    assert capfd.readouterr() == ("", "")
    shown = IncrementalDDCL(4, random_state=0, batch_size=100, max_iter=2, progress=True).fit(x)
    out, err = capfd.readouterr()
    assert out == "" and "IncrementalDDCL" in err and "12/12" in err
    np.testing.assert_array_equal(shown.cluster_centers_, quiet.cluster_centers_)

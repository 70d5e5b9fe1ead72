"""DeepDDCL: the contract, interruptions, the unit of the features, both kinds of prototypes, images and new rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import make_blobs
from sklearn.utils.estimator_checks import check_estimator
from torch import nn

from ddcl_core.estimators import DeepDDCL
from ddcl_core.estimators._unit_scale import Affine, LayerScaledAdam, UnitScale
from ddcl_core.metrics import clustering_accuracy
from ddcl_core.schedules import constant
from ddcl_core.training import Trainer, TrainingDiverged
from ddcl_core.training.checkpoints import load_checkpoint

SHORT = {"warm_up_epochs": 2, "epochs": 3, "device": "cpu", "random_state": 0}


def blobs(n=200, d=5, k=3, seed=1, dtype=np.float32):
    x, y = make_blobs(n, d, centers=k, cluster_std=0.6, random_state=seed)
    return x.astype(dtype), y


@pytest.mark.filterwarnings("ignore:n_clusters=3, but X has:sklearn.exceptions.ConvergenceWarning")
def test_scikit_learn_contract() -> None:
    results = check_estimator(DeepDDCL(3, warm_up_epochs=1, epochs=1, device="cpu"), on_skip=None)
    # The one that needs SCIPY_ARRAY_API in the environment before scipy is imported.
    left_out = {result["check_name"] for result in results if result["status"] != "passed"}
    assert len(results) > 40 and left_out <= {"check_array_api_input"}


@pytest.mark.parametrize("options", [{}, {"prototypes": "native"}, {"reconstruction": 0.0}, {"loss": "ols"}])
def test_clusters_are_found_and_new_rows_get_the_nearest_prototype(options) -> None:
    x, y = blobs()
    model = DeepDDCL(3, **{**SHORT, "epochs": 10}, **options).fit(x[:150])
    assert clustering_accuracy(y[:150], model.labels_) > 0.97
    assert clustering_accuracy(y[150:], model.predict(x[150:])) > 0.97
    rows = (x[150:] - x[:150].mean(0)) / (x[:150] - x[:150].mean(0)).std()
    model.model_.eval()
    with torch.no_grad():
        z = model.model_.features(torch.tensor(rows, dtype=torch.float32)).numpy().astype(float)
    distances = ((z[:, None] - model.cluster_centers_) ** 2).sum(-1)
    np.testing.assert_array_equal(model.predict(x[150:]), distances.argmin(1))
    weights = np.exp(-(distances - distances.min(1, keepdims=True)) / model.temperature_)
    np.testing.assert_allclose(model.transform(x[150:]), weights / weights.sum(1, keepdims=True), atol=2e-4)
    assert model.score(x[150:]) == pytest.approx(-distances.min(1).mean(), rel=1e-3)


def test_the_loss_does_not_fall_by_shrinking_the_features() -> None:
    x, _ = blobs()
    model = DeepDDCL(3, **{**SHORT, "epochs": 40, "rate": 1e-2}).fit(x)
    with torch.no_grad():
        z = model._features(torch.tensor(x))
    # The running scale follows batches of 100, each of which has unit scale exactly.
    assert float((z - z.mean(0)).square().sum(-1).mean()) == pytest.approx(1, abs=0.1)
    assert len(np.unique(model.labels_)) == 3
    assert model.history_["base"][-1] < model.history_["base"][0]


class Interrupt:
    """Raises KeyboardInterrupt at the end of an epoch, before its checkpoint is written."""

    def __init__(self, epoch):
        self.epoch = epoch

    def __call__(self, state):
        if state.epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("options", "seed"), [({}, 5), ({}, None), ({"prototypes": "native"}, 5), ({"reconstruction": 0.0}, 5)]
)
def test_an_interrupted_fit_goes_on_to_the_same_result(tmp_path, options, seed) -> None:
    x, _ = blobs(dtype=np.float64)
    path = tmp_path / "run.pt"
    settings = {**SHORT, "epochs": 5, "batch_size": 64, "checkpoint": path, **options, "random_state": seed}
    with pytest.raises(KeyboardInterrupt) as caught:
        DeepDDCL(3, **settings, callbacks=[Interrupt(4)]).fit(x)
    assert caught.value.__notes__ == [f"{str(path)!r} holds the run up to epoch 3; fit again goes on from it"]
    assert load_checkpoint(path)["epoch"] == 3
    went_on = DeepDDCL(3, **settings).fit(x)
    drawn = load_checkpoint(f"{path}.start")["state"]["seed"]
    alone = DeepDDCL(3, **settings | {"checkpoint": None, "random_state": _GivesSeed(drawn)}).fit(x)
    np.testing.assert_array_equal(went_on.cluster_centers_, alone.cluster_centers_)
    np.testing.assert_array_equal(went_on.transform(x), alone.transform(x))
    assert went_on.history_.to_dict() == alone.history_.to_dict()
    assert went_on.warm_up_loss_ == alone.warm_up_loss_


class _GivesSeed(np.random.RandomState):
    """A random state that draws the seed that it was given."""

    def __init__(self, seed):
        super().__init__(0)
        self.seed_given = seed

    def randint(self, *_, **__):
        return self.seed_given


def test_an_interruption_of_the_start_leaves_nothing_half_done(tmp_path, monkeypatch) -> None:
    x, _ = blobs()
    path = tmp_path / "run.pt"
    settings = {**SHORT, "checkpoint": path}

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Trainer, "fit", stop)
        with pytest.raises(KeyboardInterrupt) as caught:
            DeepDDCL(3, **settings).fit(x)
    assert caught.value.__notes__ == [f"fit again goes on from {f'{path}.start'!r}"]
    assert not path.exists()
    went_on = DeepDDCL(3, **settings).fit(x)
    np.testing.assert_array_equal(went_on.cluster_centers_, DeepDDCL(3, **SHORT).fit(x).cluster_centers_)


def test_files_of_another_run_are_refused(tmp_path) -> None:
    x, _ = blobs()
    path = tmp_path / "run.pt"
    DeepDDCL(3, **SHORT, checkpoint=path).fit(x)
    for options, data in (
        ({"n_clusters": 2}, x),
        ({"random_state": np.int64(1)}, x),
        ({"standardise": False}, x),
        ({"reconstruction": 0.5}, x),
        ({"backbone": nn.Linear(5, 4)}, x),
        ({}, np.where(np.arange(200)[:, None] == 100, np.float32(1), x)),
        ({"random_state": 1}, x),
        ({"rate": 0.5}, x),
        ({"balance": 1.0}, x),
        ({}, x[:100]),
    ):
        with pytest.raises(ValueError, match="^checkpoint: "):
            DeepDDCL(**{"n_clusters": 3, **SHORT, "checkpoint": path, **options}).fit(data)
    (tmp_path / "run.pt.start").unlink()
    with pytest.raises(ValueError, match="accepted both files or none"):
        DeepDDCL(3, **SHORT, checkpoint=path).fit(x)


def test_a_backbone_of_ones_own_for_images() -> None:
    generator = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = 0.3 * generator.normal(size=(90, 1, 6, 6)).astype(np.float32)
    for label in range(3):
        x[y == label, :, 2 * label : 2 * label + 2] += 2
    with torch.random.fork_rng():
        torch.manual_seed(0)
        backbone = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 4))
    before = [parameter.clone() for parameter in backbone.parameters()]
    model = DeepDDCL(3, backbone=backbone, input_shape=(1, 6, 6), **SHORT | {"warm_up_epochs": 20}).fit(
        x.reshape(90, -1)
    )
    assert clustering_accuracy(y, model.labels_) > 0.97
    assert all(torch.equal(a, b) for a, b in zip(before, backbone.parameters(), strict=True)), "the argument is copied"
    with pytest.raises(ValueError, match="^input_shape: got"):
        DeepDDCL(3, backbone=backbone, input_shape=(1, 5, 6), **SHORT).fit(x.reshape(90, -1))


def test_native_prototypes_move_about_as_far_as_free_ones(tmp_path) -> None:
    x, _ = blobs()
    frozen = nn.Linear(5, 4, dtype=torch.float32).requires_grad_(False)
    with torch.no_grad():
        frozen.weight.copy_(torch.eye(4, 5))
    moved = {}
    for kind in ("free", "native"):
        path = tmp_path / f"{kind}.pt"
        model = DeepDDCL(
            3, backbone=frozen, reconstruction=0.0, prototypes=kind, checkpoint=path, schedule=constant(0.5), **SHORT
        ).fit(x)
        start = load_checkpoint(f"{path}.start")["state"]["prototypes"].numpy()
        moved[kind] = np.linalg.norm(model.cluster_centers_ - start)
    assert 0.2 < moved["native"] / moved["free"] < 5


def test_a_schedule_of_ones_own_and_its_switches() -> None:
    x, _ = blobs()
    model = DeepDDCL(3, schedule=constant(0.07, assignments="stopped", balance=0.3), convention="d/2T", **SHORT).fit(x)
    assert model.history_["temperature"] == [0.07] * 3 and model.temperature_ == pytest.approx(0.14)
    assert max(model.history_["balance"]) > 0
    assert model.n_iter_ == len(model.history_) == 3 and len(model.warm_up_loss_) == 2
    default = DeepDDCL(3, **SHORT).fit(x)
    hot, cold = default.history_["temperature"][0], default.schedule_.at(3).temperature
    assert cold < hot <= 4 * cold * (1 + 1e-9)


def test_the_same_seed_gives_the_same_model_and_kinds_are_kept() -> None:
    x, _ = blobs()
    first, again = DeepDDCL(3, **SHORT).fit(x), DeepDDCL(3, **SHORT).fit(torch.tensor(x))
    assert isinstance(again.labels_, torch.Tensor) and first.cluster_centers_.dtype == np.float32
    np.testing.assert_array_equal(again.cluster_centers_.numpy(), first.cluster_centers_)


def test_unit_scale_and_what_undoes_it() -> None:
    z = torch.randn(40, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 5 + 2
    unit = UnitScale(z.mean(0), 3.0)
    undo = Affine(z.mean(0), 3.0)
    torch.testing.assert_close(undo(unit.eval()(z)), z)
    out = unit.train()(z)
    variance = (z - z.mean(0)).square().sum(-1).mean()
    torch.testing.assert_close(out, (z - z.mean(0)) / variance.sqrt())
    assert float(unit.scale) == pytest.approx(0.9 * 3 + 0.1 * float(variance.sqrt()))
    single = unit(z[:1])
    torch.testing.assert_close(single, (z[:1] - unit.mean) / unit.scale)
    leaf = z.clone().requires_grad_()
    unit(leaf).square().sum().backward()
    # The sum of squares of the output is 40 whatever z is.
    assert float(leaf.grad.abs().max()) < 1e-12


def test_adam_scales_the_layer_only() -> None:
    parameters = [nn.Parameter(torch.zeros(2)) for _ in range(2)]
    groups = [
        {"params": [p], "lr": 0.1, "name": name} for p, name in zip(parameters, ("backbone", "layer"), strict=True)
    ]
    optimizer = LayerScaledAdam(groups, 0.01)
    torch.stack(list(parameters)).sum().backward()
    optimizer.step()
    # The first step of Adam has the length of the rate.
    moved = [float(parameter.detach()[0]) for parameter in parameters]
    assert moved == pytest.approx([-0.1, -0.001])
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.1]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"n_clusters": 0}, "n_clusters"),
        ({"n_clusters": 500}, "n_clusters"),
        ({"epochs": 0}, "epochs"),
        ({"warm_up_epochs": -1}, "warm_up_epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"rate": 0.0}, "rate"),
        ({"warm_up_rate": -1.0}, "warm_up_rate"),
        ({"reconstruction": -1.0}, "reconstruction"),
        ({"prototypes": "dual"}, "prototypes"),
        ({"loss": "hinge"}, "loss"),
        ({"schedule": "slow"}, "schedule"),
        ({"checkpoint": "/nowhere/at/all.pt"}, "checkpoint"),
        ({"device": "nowhere"}, "device"),
        ({"backbone": "abc"}, "backbone"),
        ({"backbone": nn.Linear(6, 4)}, "backbone"),
        ({"input_shape": 5}, "input_shape"),
        ({"callbacks": 5}, "callbacks"),
        ({"callbacks": [5]}, "callbacks"),
        ({"standardise": "yes"}, "standardise"),
        ({"progress": 1}, "progress"),
        ({"checkpoint": 5}, "checkpoint"),
    ],
)
def test_bad_parameters_are_named(options, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}: got"):
        DeepDDCL(**{"n_clusters": 3, **SHORT, **options}).fit(blobs()[0])


def test_a_fit_that_fails_leaves_the_estimator_as_it_was() -> None:
    x, _ = blobs()
    model = DeepDDCL(3, **SHORT).fit(x)
    before = model.transform(x)
    with pytest.raises(KeyboardInterrupt):
        model.set_params(callbacks=[Interrupt(1)]).fit(x[:, :4])
    np.testing.assert_array_equal(model.transform(x), before)
    squared = ((model.features(x)[:, None].astype(float) - model.cluster_centers_) ** 2).sum(-1)
    np.testing.assert_array_equal(squared.argmin(1), model.labels_)


def test_a_backbone_that_turns_nan_in_the_warm_up_has_diverged() -> None:
    class Turns(nn.Linear):
        def forward(self, rows):
            return super().forward(rows) * (1.0 if self.training or len(rows) == 1 else torch.nan)

    with pytest.raises(TrainingDiverged, match="step 3: features is not finite"):
        DeepDDCL(3, backbone=Turns(5, 4), **SHORT).fit(blobs()[0])

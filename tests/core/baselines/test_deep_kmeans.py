"""Deep k-Means: its loss against the authors' form, its law of annealing, and runs that stop, go on and fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from torch import Tensor, nn

from ddcl_core.backbones.mlp import MLP
from ddcl_core.baselines import deep_kmeans as module
from ddcl_core.baselines._run import Checkpointing
from ddcl_core.baselines.deep_kmeans import (
    DeepKMeansConfig,
    DeepKMeansResult,
    deep_kmeans,
    deep_kmeans_loss,
    inverse_temperatures,
)
from ddcl_core.metrics import score_clustering
from ddcl_core.training.guard import TrainingDiverged

SHORT = DeepKMeansConfig(pretrain_epochs=3, epochs=4, batch_size=32, n_init=1)


def data(n: int = 90, d: int = 6, k: int = 3) -> tuple[Tensor, np.ndarray]:
    rows, classes = make_blobs(n, d, centers=k, random_state=0)
    return torch.from_numpy((rows - rows.mean(0)) / rows.std()), classes


def networks(d: int = 6) -> tuple[MLP, MLP]:
    pair = MLP((d, 12, 3), dropout=0.1, seed=1), MLP((3, 12, d), norm=None, seed=2)
    return pair[0].double(), pair[1].double()


def same(first: DeepKMeansResult, second: DeepKMeansResult) -> bool:
    return (
        torch.equal(first.centres, second.centres)
        and torch.equal(first.labels, second.labels)
        and first.temperature == second.temperature
        and all(np.array_equal(first.history[name], second.history[name], equal_nan=True) for name in first.history)
    )


def dkm_form(z: Tensor, prototypes: Tensor, alpha: float) -> Tensor:
    """The loss as published: distances weighted by a softmax whose exponent is shifted by the smallest of them."""
    total = z.new_zeros(())
    for sample in z:
        distances = torch.stack([((sample - prototype) ** 2).sum() for prototype in prototypes])
        powers = torch.exp(-alpha * (distances - distances.min()))
        total = total + (distances * powers / powers.sum()).sum()
    return total / len(z)


@pytest.mark.parametrize("alpha", [0.1, 1.0, 20.0, 1000.0])
def test_loss_and_gradients_are_those_of_the_published_form(alpha: float) -> None:
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    centres = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    values, gradients = [], []
    for loss in (deep_kmeans_loss, dkm_form):
        z, prototypes = points.clone().requires_grad_(), centres.clone().requires_grad_()
        value = loss(z, prototypes, alpha)
        gradients.append(torch.autograd.grad(value, (z, prototypes)))
        values.append(float(value.detach()))
    assert_allclose(*values, rtol=1e-12)
    for ours, published in zip(*gradients, strict=True):
        assert_allclose(ours, published, rtol=1e-9, atol=1e-12)


def test_geometric_annealing_by_hand() -> None:
    assert_allclose(inverse_temperatures(4, 1.0, 8.0), [1, 2, 4, 8], rtol=1e-14)
    assert inverse_temperatures(3, 1.0, 8.0, "constant") == [8.0] * 3
    assert inverse_temperatures(1, 1.0, 8.0) == [8.0]


def test_the_authors_law_of_annealing() -> None:
    # Unstretched, from 0.1: the recursion itself.
    recursion = [0.1]
    for i in range(1, 40):
        recursion.append(recursion[-1] * 2 ** (1 / math.log(i + 1) ** 2))
    assert_allclose(inverse_temperatures(40, 0.1, recursion[-1], "fard"), recursion, rtol=1e-12)
    stretched = inverse_temperatures(40, 1.0, 5.0, "fard")
    growth = np.diff(np.log(stretched)) / np.diff(np.log(recursion))
    assert_allclose(growth, growth[0], rtol=1e-8)
    assert stretched[0] == 1.0 and stretched[-1] == 5.0


def test_pretraining_alone_ends_at_kmeans_of_the_features() -> None:
    x, classes = data()
    encoder, decoder = networks()
    config = DeepKMeansConfig(pretrain_epochs=5, epochs=0, batch_size=32, n_init=5)
    result = deep_kmeans(encoder, decoder, x, 3, config, seed=0)
    with torch.no_grad():
        features = encoder(x).numpy()
    found = KMeans(3, n_init=5, random_state=0).fit(features)
    distances = cdist(features, result.centres, "sqeuclidean")
    assert_array_equal(result.labels, distances.argmin(1))
    assert_allclose(distances.min(1).sum(), found.inertia_, rtol=1e-4)
    assert_allclose(result.temperature, found.inertia_ / len(x) / 100.0, rtol=1e-4)
    assert all(math.isnan(value) for value in result.history["clustering"])


def test_a_pretraining_step_is_one_of_adam_on_the_squared_error() -> None:
    x, _ = data()
    encoder, decoder = nn.Linear(6, 2).double(), nn.Linear(2, 6).double()
    before = [parameter.detach().clone() for parameter in (*encoder.parameters(), *decoder.parameters())]
    twin = [value.clone().requires_grad_() for value in before]
    error = ((x @ twin[0].T + twin[1]) @ twin[2].T + twin[3] - x) ** 2
    loss = error.sum() / len(x)
    gradients = torch.autograd.grad(loss, twin)
    config = DeepKMeansConfig(pretrain_epochs=1, epochs=0, batch_size=len(x), rate=1e-2)
    result = deep_kmeans(encoder, decoder, x, 3, config, seed=0)
    assert_allclose(result.history["reconstruction"], [float(loss.detach())], rtol=1e-12)
    after = (*encoder.parameters(), *decoder.parameters())
    for old, new, gradient in zip(before, after, gradients, strict=True):
        # Adam's first step is rate * g / (|g| + eps).
        assert_allclose((old - new).detach(), 1e-2 * gradient / (gradient.abs() + 1e-8), rtol=1e-6)


def test_frozen_features_end_at_a_soft_stationary_point() -> None:
    x = torch.rand(90, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    options: dict[str, Any] = {"batch_size": 90, "reconstruction": 0.0, "inverse_temperature": (1.0, 4.0), "n_init": 1}
    norms, losses = [], []
    for epochs in (0, 200):
        config = DeepKMeansConfig(epochs=epochs, rate=3e-3, annealing="constant", **options)
        result = deep_kmeans(nn.Identity(), None, x, 3, config, seed=0)
        prototypes = result.centres.clone().requires_grad_()
        loss = dkm_form(x, prototypes, 1 / result.temperature)
        (gradient,) = torch.autograd.grad(loss, prototypes)
        norms.append(float(gradient.norm()))
        losses.append(float(loss.detach()))
    # The k-means centres, where the run starts, are not stationary for soft assignments.
    assert norms[0] > 1e-3 and norms[1] < 1e-2 * norms[0]
    assert losses[1] < losses[0]
    assert_allclose(result.history["clustering"][-1], losses[1], rtol=1e-4)


def test_the_temperature_falls_as_it_should() -> None:
    x, _ = data()
    history = deep_kmeans(*networks(), x, 3, SHORT, seed=0).history
    temperatures = history["temperature"][3:]
    assert all(math.isnan(value) for value in history["temperature"][:3])
    assert_allclose(np.array(temperatures[:-1]) / temperatures[1:], 20 ** (1 / 3), rtol=1e-12)


def test_separated_classes_are_found() -> None:
    x, classes = data()
    config = DeepKMeansConfig(pretrain_epochs=20, epochs=10, batch_size=32)
    result = deep_kmeans(*networks(), x, 3, config, seed=0)
    assert score_clustering(classes, result.labels).ari > 0.9


def test_weights_of_the_terms_add_up() -> None:
    x, _ = data()
    config = DeepKMeansConfig(pretrain_epochs=1, epochs=1, batch_size=90, reconstruction=0.5, clustering=3.0)
    history = deep_kmeans(*networks(), x, 3, config, seed=0).history
    assert_allclose(history["loss"][1], 0.5 * history["reconstruction"][1] + 3 * history["clustering"][1], rtol=1e-12)


def test_frozen_parameters_stay() -> None:
    x, _ = data()
    encoder, decoder = networks()
    encoder.requires_grad_(False)
    before = [parameter.clone() for parameter in encoder.parameters()]
    deep_kmeans(encoder, decoder, x, 3, SHORT, seed=0)
    assert all(torch.equal(*pair) for pair in zip(before, encoder.parameters(), strict=True))


def test_the_seed_decides_all_and_nothing_global_is_touched() -> None:
    x, _ = data()
    torch.manual_seed(11)
    before = torch.get_rng_state()
    first = deep_kmeans(*networks(), x, 3, SHORT, seed=5)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(12)
    assert same(first, deep_kmeans(*networks(), x, 3, SHORT, seed=5))
    assert not same(first, deep_kmeans(*networks(), x, 3, SHORT, seed=6))


def failing(at: int, error: Callable[[Tensor], Tensor]) -> Callable[..., Any]:
    """The squared error of the reconstruction, with ``error`` applied at its call number ``at``."""
    plain, calls = module._squared_error, [0]

    def squared_error(made: Tensor, batch: Tensor) -> Tensor:
        calls[0] += 1
        value = plain(made, batch)
        return error(value) if calls[0] == at else value

    return squared_error


def interrupt(value: Tensor) -> Tensor:
    raise KeyboardInterrupt


# Three batches an epoch: in pretraining, right after it, and in the middle of the joint phase.
@pytest.mark.parametrize("call", [5, 10, 17])
def test_an_interrupted_run_goes_on_to_the_same_result(
    tmp_path: Path, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, _ = data()
    whole = deep_kmeans(*networks(), x, 3, SHORT, seed=0)
    checkpointing = Checkpointing(tmp_path / "run")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "_squared_error", failing(call, interrupt))
        deep_kmeans(*networks(), x, 3, SHORT, seed=0, checkpointing=checkpointing)
    assert same(whole, deep_kmeans(*networks(), x, 3, SHORT, seed=0, checkpointing=checkpointing))
    # And a finished run is handed back as it is.
    assert same(whole, deep_kmeans(*networks(), x, 3, SHORT, seed=0, checkpointing=checkpointing))


def test_divergence_stops_the_run_and_keeps_the_last_good_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, _ = data()
    checkpointing = Checkpointing(tmp_path / "run")
    with monkeypatch.context() as patch, pytest.raises(TrainingDiverged, match="loss is not finite") as caught:
        patch.setattr(module, "_squared_error", failing(14, lambda value: value * torch.nan))
        deep_kmeans(*networks(), x, 3, SHORT, seed=0, checkpointing=checkpointing)
    assert (caught.value.step, caught.value.checkpoint) == (13, tmp_path / "run")
    whole = deep_kmeans(*networks(), x, 3, SHORT, seed=0)
    assert same(whole, deep_kmeans(*networks(), x, 3, SHORT, seed=0, checkpointing=checkpointing))


@pytest.mark.parametrize("pretrain_epochs", [0, 2])
@pytest.mark.parametrize("value", [math.nan, 1e200])
def test_features_that_are_not_finite_are_no_bad_argument(pretrain_epochs: int, value: float) -> None:
    x, _ = data()
    calls = [0]

    class Turns(nn.Linear):
        def forward(self, rows: Tensor) -> Tensor:
            calls[0] += self.training
            return super().forward(rows) * (value if calls[0] > 8 else 1)

    config = DeepKMeansConfig(pretrain_epochs=pretrain_epochs, epochs=4, batch_size=32, reconstruction=0.0)
    with pytest.raises(TrainingDiverged, match="step 8: (squared )?features is not finite"):
        deep_kmeans(Turns(6, 3, dtype=torch.float64), None, x, 3, config, seed=0)


def test_a_gradient_that_is_not_finite_is_noticed_before_the_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    x, _ = data()

    def root(value: Tensor) -> Tensor:
        # Finite, with an infinite derivative.
        return value + torch.sqrt(value * 0)

    # The last batch of the first epoch: no later loss in this epoch would show it.
    monkeypatch.setattr(module, "_squared_error", failing(3, root))
    with pytest.raises(TrainingDiverged, match="step 2: net"):
        deep_kmeans(*networks(), x, 3, SHORT, seed=0)


def test_the_device_of_the_data_is_used(device: torch.device) -> None:
    x, _ = data()
    encoder, decoder = networks()
    result = deep_kmeans(encoder.to(device), decoder.to(device), x.to(device), 3, SHORT, seed=0)
    assert result.centres.device.type == result.labels.device.type == device.type


def test_bad_input_is_named(tmp_path: Path) -> None:
    x, _ = data()
    encoder, decoder = networks()
    with pytest.raises(ValueError, match="decoder: got None"):
        deep_kmeans(encoder, None, x, 3, seed=0)
    with pytest.raises(ValueError, match=r"decoder: got an output \(32, 5\)"):
        deep_kmeans(encoder, MLP((3, 5)).double(), x, 3, SHORT, seed=0)
    with pytest.raises(ValueError, match="k: got 91, accepted at most 90"):
        deep_kmeans(encoder, decoder, x, 91, DeepKMeansConfig(pretrain_epochs=0), seed=0)
    deep_kmeans(*networks(), x, 3, SHORT, seed=0, checkpointing=Checkpointing(tmp_path / "run"))
    with pytest.raises(ValueError, match="holds weights of another decoder"):
        other = MLP((3, 11, 6), norm=None).double()
        deep_kmeans(networks()[0], other, x, 3, SHORT, seed=0, checkpointing=Checkpointing(tmp_path / "run"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pretrain_epochs", -1),
        ("epochs", -1),
        ("batch_size", 1),
        ("rate", 0.0),
        ("reconstruction", -1.0),
        ("clustering", math.nan),
        ("inverse_temperature", 1.0),
        ("annealing", "linear"),
        ("n_init", 0),
    ],
)
def test_bad_settings_are_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{name}: got {value!r}"):
        DeepKMeansConfig(**{name: value})  # type: ignore[arg-type]  # on purpose


def test_inverse_temperatures_must_be_positive() -> None:
    with pytest.raises(ValueError, match=r"inverse_temperature\[0\]: got 0"):
        DeepKMeansConfig(inverse_temperature=(0.0, 1.0))

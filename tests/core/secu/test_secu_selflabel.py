"""Self-labelling: which samples take part, what is minimised, and that it resumes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from ddcl_core.secu import SeCuModel, SelfLabelConfig, SelfLabelling, confident_labels
from ddcl_core.training.guard import TrainingDiverged


def build(seed: int = 0, sizes: tuple[int, ...] = (3, 6), dropout: float = 0.0) -> SeCuModel:
    """Batch normalisation makes the training and the evaluation mode differ."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        backbone = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Dropout(dropout)).double()
    return SeCuModel(backbone, sizes, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def data(n: int = 30) -> torch.Tensor:
    return torch.randn(n, 5, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def strong(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return 1.5 * x + 0.2


def weak(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return x - 0.1


def test_confident_labels_by_hand() -> None:
    shares = torch.tensor([[0.95, 0.05], [0.25, 0.75], [0.5, 0.5]])
    labels, chosen = confident_labels(shares, 0.75)
    assert labels[:2].tolist() == [0, 1]
    assert chosen.tolist() == [True, False, False], "the threshold itself is not above it"
    with pytest.raises(ValueError, match="threshold: got 2"):
        confident_labels(shares, 2)
    with pytest.raises(ValueError, match="shares: got a sum"):
        confident_labels(2 * shares, 0.5)


@pytest.mark.parametrize("warmup", [0, 1])
def test_one_step_is_cross_entropy_on_the_strong_views_of_the_confident(warmup) -> None:
    """A batch of all samples, no momentum: the step of plain SGD on torch's cross entropy."""
    x, model, given = data(), build(), torch.arange(30) % 3
    config = SelfLabelConfig(
        epochs=1, warmup_epochs=warmup, threshold=0.6, temperature=0.4, batch_size=30, rate=0.2, momentum=0.0
    )
    literal = build()
    literal.eval()
    features = functional.normalize(literal.backbone(weak(x, torch.Generator())).detach(), dim=-1)
    shares = torch.softmax(features @ literal.heads[0].T.detach() / 0.4, 1)
    labels, chosen = (given, torch.ones(30, dtype=torch.bool)) if warmup else (shares.argmax(1), shares.amax(1) > 0.6)
    assert int(chosen.sum()) > 0 and (warmup or int(chosen.sum()) < 30)
    literal.train()
    taught = functional.normalize(literal.backbone(strong(x, torch.Generator())), dim=-1)[chosen]
    loss = functional.cross_entropy(taught @ literal.heads[0].T / 0.4, labels[chosen])
    parameters = [*literal.backbone.parameters(), literal.heads[0]]
    slopes = torch.autograd.grad(loss, parameters)
    expected = [value.detach() - 0.2 * slope for value, slope in zip(parameters, slopes, strict=True)]
    expected[-1] = functional.normalize(expected[-1], dim=-1)

    history = SelfLabelling(model, config, weak=weak, strong=strong).fit(x, given)
    got = [*model.backbone.parameters(), model.heads[0]]
    for mine, theirs in zip(got, expected, strict=True):
        torch.testing.assert_close(mine.detach(), theirs, rtol=1e-10, atol=1e-12)
    assert torch.equal(model.heads[1].detach(), build().heads[1].detach()), "the other heads rest"
    assert history["loss"] == [pytest.approx(float(loss.detach()), rel=1e-12)]
    assert history["confident"] == [int(chosen.sum()) / 30]


def test_nobody_confident_changes_nothing() -> None:
    model = build()
    before = [value.clone() for value in model.state_dict().values()]
    config = SelfLabelConfig(epochs=2, warmup_epochs=0, threshold=1.0, temperature=1.0, batch_size=10)
    history = SelfLabelling(model, config).fit(data(), torch.zeros(30, dtype=torch.int64))
    assert history == {"loss": [0.0, 0.0], "confident": [0.0, 0.0]}
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(model.state_dict().values(), before, strict=True))


class Stop(Exception):
    """The interruption."""


def test_resumes_and_refuses_other_labels(tmp_path) -> None:
    config = SelfLabelConfig(epochs=4, warmup_epochs=1, threshold=0.5, temperature=0.2, batch_size=10, rate=0.1)
    labels = torch.arange(30) % 3
    calls = 0

    def noisy(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == stop_at:
            raise Stop
        return x + torch.randn(x.shape, generator=generator, dtype=x.dtype)

    def fit(path) -> SelfLabelling:
        stage = SelfLabelling(build(dropout=0.3), config, strong=noisy, seed=5, checkpoint=path)
        stage.fit(data(), labels)
        return stage

    stop_at = 0
    whole = fit(None)
    path, calls, stop_at = tmp_path / "stage.pt", 0, 8
    with pytest.raises(Stop):
        fit(path)
    assert path.exists()
    stop_at = 0
    resumed = fit(path)
    assert whole.history == resumed.history
    for mine, theirs in zip(whole.model.state_dict().values(), resumed.model.state_dict().values(), strict=True):
        assert torch.equal(mine, theirs)
    labels = labels.flip(0)
    with pytest.raises(ValueError, match="as its labels differ"):
        fit(path)


@pytest.mark.parametrize(("warmup", "quantity"), [(1, "loss"), (0, "features")])
def test_nan_is_named(warmup, quantity) -> None:
    def poisoned(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        return x * math.nan

    config = SelfLabelConfig(epochs=1, warmup_epochs=warmup)
    stage = SelfLabelling(build(), config, weak=poisoned, strong=poisoned)
    with pytest.raises(TrainingDiverged, match=f"step 0: {quantity} is not finite"):
        stage.fit(data(), torch.zeros(30, dtype=torch.int64))


def test_bad_parameters() -> None:
    for changes in (dict(threshold=1.5), dict(epochs=0), dict(batch_size=1), dict(rate=0.0), dict(momentum=1.0)):
        with pytest.raises(ValueError, match=f"{next(iter(changes))}: got"):
            SelfLabelConfig(**changes)
    with pytest.raises(ValueError, match="labels: got 3, accepted integers from 0 to 2"):
        SelfLabelling(build(), SelfLabelConfig()).fit(data(), torch.full((30,), 3))

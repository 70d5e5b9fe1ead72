"""Warm-up against loops, principal components and closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from ddcl_core.training import Reconstruction, TrainingDiverged, contrastive_loss, warm_up


def test_contrastive_loss_by_loops() -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randn(2, 4, 3, generator=generator, dtype=torch.float64)
    rows = [[x / math.sqrt(sum(y * y for y in row)) for x in row] for row in (*first.tolist(), *second.tolist())]
    total = 0.0
    for i, row in enumerate(rows):
        scores = [sum(a * b for a, b in zip(row, other, strict=True)) / 0.3 for other in rows]
        others = sum(math.exp(score) for j, score in enumerate(scores) if j != i)
        total += math.log(others) - scores[(i + 4) % 8]
    assert contrastive_loss(first, second, 0.3).item() == pytest.approx(total / 8, rel=1e-12)
    # Scale does not matter.
    assert contrastive_loss(7 * first, 0.1 * second, 0.3).item() == pytest.approx(total / 8, rel=1e-12)


def test_reconstruction_error_of_images() -> None:
    decoder = nn.Linear(2, 6, dtype=torch.float64)
    x = torch.randn(5, 1, 2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    z = torch.ones(5, 2, dtype=torch.float64)
    with torch.no_grad():
        decoder.weight.zero_()
        decoder.bias.copy_(torch.arange(6.0))
    expected = sum((v - c) ** 2 for row in x.flatten(1).tolist() for c, v in enumerate(row)) / 30
    assert Reconstruction(decoder, 0.25)(x, z).item() == pytest.approx(0.25 * expected, rel=1e-12)


def test_linear_autoencoder_reaches_the_principal_components(blobs) -> None:
    """The error of a linear autoencoder with 2 features is at least the variance outside 2 components."""
    x = blobs(100, 5) * torch.tensor([1.0, 2.0, 0.5, 0.5, 0.5], dtype=torch.float64)
    x = x - x.mean(0)
    backbone, decoder = nn.Linear(5, 2, dtype=torch.float64), nn.Linear(2, 5, dtype=torch.float64)
    done = warm_up(
        backbone,
        x,
        epochs=400,
        batch_size=100,
        rate=0.02,
        noise=0.0,
        reconstruction=Reconstruction(decoder),
        device="cpu",
    )
    floor = torch.linalg.svdvals(x)[2:].square().sum().item() / x.numel()
    assert min(done.loss) >= floor * (1 - 1e-12)
    assert done.loss[-1] < 1.02 * floor
    assert done.reconstruction is not None and done.reconstruction.decoder is decoder
    assert not backbone.training


def network(seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(4, 6), nn.Dropout(0.2), nn.ReLU(), nn.Linear(6, 3)).double()


@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.0, 1.0), (1.0, 0.5)])
def test_warm_up_is_deterministic_and_lowers_the_loss(blobs, weights) -> None:
    x = blobs(40, 4)
    before = torch.get_rng_state()

    def run(seed):
        backbone = network()
        options = {"reconstruct": weights[0], "contrast": weights[1], "rate": 0.01}
        done = warm_up(backbone, x, epochs=15, batch_size=10, seed=seed, device="cpu", **options)
        return backbone, done

    (first, one), (second, two), (third, _) = run(0), run(0), run(1)
    assert one.loss == two.loss and len(one.loss) == 15 and one.loss[-1] < one.loss[0]
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert a.equal(b)
    assert not first[0].weight.equal(third[0].weight)
    assert (one.reconstruction is None) == (weights[0] == 0)
    assert torch.get_rng_state().equal(before)


def test_views_have_the_noise_that_was_asked_for(blobs) -> None:
    """A backbone that only records sees clean samples without noise, and noise of the given size with it."""
    x = blobs(2000, 4)

    class Recorder(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones((), dtype=torch.float64))
            self.seen = []

        def forward(self, x):
            if self.training:
                self.seen.append(x)
            return self.scale * x

    for noise in (0.0, 0.5):
        backbone = Recorder()
        warm_up(backbone, x, epochs=1, batch_size=2000, noise=noise, contrast=1.0, device="cpu")
        assert len(backbone.seen) == 2
        extra = [(view.sort(0).values - x.sort(0).values).abs().amax().item() for view in backbone.seen]
        if not noise:
            assert extra == [0.0, 0.0]
            continue
        difference = (backbone.seen[0] - backbone.seen[1]).std().item() / x.std(correction=0).item()
        # Two independent draws of 8000 numbers: the standard error of the spread is below 1 per cent.
        assert difference == pytest.approx(0.5 * math.sqrt(2), rel=0.04)


def test_bad_arguments_are_named(blobs) -> None:
    x = blobs(10, 4)
    for options, named in (
        ({"epochs": -1}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"rate": 0.0}, "rate"),
        ({"noise": -1.0}, "noise"),
        ({"reconstruct": -1.0}, "reconstruct"),
        ({"reconstruct": 0.0}, "reconstruct, contrast"),
        ({"contrast": 1.0, "batch_size": 1}, "batch_size"),
        ({"temperature": 0.0, "contrast": 1.0}, "temperature"),
        ({"seed": -1}, "seed"),
    ):
        with pytest.raises(ValueError, match=f"^{named}: got "):
            warm_up(network(), x, **{"epochs": 1, "device": "cpu", **options})
    with pytest.raises(ValueError, match="^first, second: got shapes"):
        contrastive_loss(x, x[:5])
    with pytest.raises(ValueError, match="^weight: got "):
        Reconstruction(nn.Identity(), -1.0)


def test_divergence_is_named(blobs) -> None:
    with pytest.raises(TrainingDiverged, match="^step 0: loss is not finite"):
        warm_up(network(), blobs(10, 4) * 1e200, epochs=1, noise=0.0, device="cpu")

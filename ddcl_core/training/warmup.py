"""Warm-up of a backbone before clustering: reconstruction, and agreement of two noisy views (DDCL, §7.5).

A backbone that has learnt nothing has features without cluster structure, which joint training would sharpen as they
are. ``Reconstruction`` can stay on as a Trainer's auxiliary term: it keeps the features from shrinking to a point,
which L_q alone rewards.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count, check_floating, check_real
from ddcl_core.devices import resolve_device
from ddcl_core.progress import track
from ddcl_core.training.data import Data, check_data, derived_seed, epoch_batches, fetch, seed_epoch
from ddcl_core.training.guard import check_finite

# What the generator of the noise is for; part of its seed.
_NOISE, _DECODER = 2, 3


class WarmUp(NamedTuple):
    """``loss`` holds the mean loss of each epoch; ``reconstruction`` the trained decoder, None if there is none."""

    loss: list[float]
    reconstruction: Reconstruction | None


class Reconstruction(nn.Module):
    """Mean squared error per entry of x as a decoder's function of z, times ``weight``: an auxiliary term.

    ``decoder`` maps features (b, d) to (b, m), with m entries in a sample.
    """

    def __init__(self, decoder: nn.Module, weight: float = 1.0) -> None:
        """Keep the decoder; ValueError for a negative weight."""
        super().__init__()
        self.decoder = decoder
        self.weight = check_real("weight", weight, minimum=0.0)

    @classmethod
    def of(
        cls, n_features: int, n_inputs: int, *, hidden: int = 256, weight: float = 1.0, seed: int = 0
    ) -> Reconstruction:
        """A decoder with one hidden layer, its start drawn from ``seed``."""
        for name, value in (("n_features", n_features), ("n_inputs", n_inputs), ("hidden", hidden)):
            check_count(name, value)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(derived_seed(seed, _DECODER))
            decoder = nn.Sequential(nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_inputs))
        return cls(decoder, weight)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        """The error over a batch x (b, ...) with features z (b, d): a 0-d tensor."""
        made: Tensor = self.decoder(z)
        return self.weight * (made - x.flatten(1).to(made.dtype)).square().mean()


def contrastive_loss(first: Tensor, second: Tensor, temperature: float = 0.5) -> Tensor:
    """Normalised temperature-scaled cross-entropy of two views (SimCLR): first and second (b, d), b at least 2 -> 0-d.

    Features are scaled to norm 1. Row i of one view should be nearest to row i of the other among all other 2b - 1
    rows. Chen et al., "A simple framework for contrastive learning of visual representations" (2020), equation (1).
    """
    check_floating("first", first, 2)
    if first.dim() != 2 or first.shape != second.shape or first.shape[0] < 2:
        raise ValueError(
            f"first, second: got shapes {tuple(first.shape)}, {tuple(second.shape)}, accepted two (b, d), b at least 2"
        )
    temperature = check_real("temperature", temperature, minimum=0.0, strict=True)
    views = nn.functional.normalize(torch.cat([first, second]), dim=-1)
    size = first.shape[0]
    itself = torch.eye(2 * size, dtype=torch.bool, device=views.device)
    similarities = (views @ views.mT / temperature).masked_fill(itself, -math.inf)
    partner = torch.arange(2 * size, device=views.device).roll(size)
    return nn.functional.cross_entropy(similarities, partner)


def warm_up(
    backbone: nn.Module,
    data: Data,
    *,
    epochs: int,
    batch_size: int = 256,
    rate: float = 1e-3,
    reconstruct: float = 1.0,
    contrast: float = 0.0,
    noise: float = 0.1,
    temperature: float = 0.5,
    reconstruction: Reconstruction | None = None,
    seed: int = 0,
    device: str | torch.device = "auto",
    progress: bool = False,
) -> WarmUp:
    """Train ``backbone`` in place with Adam on reconstruct * error + contrast * contrastive loss; ends in eval mode.

    data: tensor (n, ...) of a floating dtype, or a data set of such samples.
    noise: standard deviation of the Gaussian noise of a view, in units of the standard deviation of the batch. The
        reconstruction is of the clean sample from a noisy view; the two contrasted views have independent noise.
    reconstruction: decoder to train along; None makes one with a hidden layer of 256 if ``reconstruct`` is above 0.
    Batches of one sample cannot be contrasted. Deterministic for a ``seed``.
    Raises ValueError for other arguments, TrainingDiverged if the loss is not finite.
    """
    n = check_data(data)
    check_count("epochs", epochs, minimum=0)
    check_count("batch_size", batch_size)
    check_count("seed", seed, minimum=0)
    rate = check_real("rate", rate, minimum=0.0, strict=True)
    noise = check_real("noise", noise, minimum=0.0)
    weights = {"reconstruct": reconstruct, "contrast": contrast}
    for name, value in weights.items():
        check_real(name, value, minimum=0.0)
    if not any(weights.values()):
        raise ValueError("reconstruct, contrast: got 0 and 0, accepted at least one above 0")
    if contrast and n // -(-n // batch_size) < 2:
        raise ValueError(f"batch_size: got {batch_size}, accepted one that gives batches of at least 2 to contrast")
    where = resolve_device(device)
    backbone.to(where)
    if reconstruct and reconstruction is None:
        reconstruction = _decoder_for(backbone, data, where, seed)
    modules = nn.ModuleList([backbone] if reconstruction is None else [backbone, reconstruction]).to(where).train()
    optimizer = torch.optim.Adam(modules.parameters(), lr=rate)
    losses: list[float] = []
    step = 0
    with torch.random.fork_rng(devices=[where] if where.type == "cuda" else []):
        for epoch in track(range(epochs), total=epochs, description="warm-up", enabled=progress):
            total = 0.0
            seed_epoch(where, seed, epoch, 0)
            for index in epoch_batches(n, batch_size, seed, epoch):
                generator = torch.Generator().manual_seed(derived_seed(seed, _NOISE, step))
                x = fetch(data, index, where)
                loss = torch.zeros((), device=where)
                z = backbone(_view(x, noise, generator))
                if reconstruction is not None and reconstruct:
                    loss = loss + reconstruct * reconstruction(x, z)
                if contrast:
                    loss = loss + contrast * contrastive_loss(z, backbone(_view(x, noise, generator)), temperature)
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                check_finite(step, loss=loss)
                optimizer.step()
                total += float(loss.detach()) * len(index) / n
                step += 1
            losses.append(total)
    modules.eval()
    return WarmUp(losses, reconstruction)


def _view(x: Tensor, noise: float, generator: torch.Generator) -> Tensor:
    if not noise:
        return x
    draws = torch.randn(x.shape, generator=generator, dtype=x.dtype).to(x.device)
    return x + noise * x.std(correction=0) * draws


def _decoder_for(backbone: nn.Module, data: Data, device: torch.device, seed: int) -> Reconstruction:
    x = fetch(data, torch.zeros(1, dtype=torch.long), device)
    mode = backbone.training
    backbone.eval()
    with torch.no_grad():
        z = backbone(x)
    backbone.train(mode)
    return Reconstruction.of(z.shape[-1], x[0].numel(), seed=seed).to(device=device, dtype=z.dtype)

"""Losses and layers to try the suite on: right ones, and wrong ones with one mistake each."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def distances(z: Tensor, prototypes: Tensor) -> Tensor:
    return (z.unsqueeze(1) - prototypes.unsqueeze(0)).square().sum(-1)


def plain(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    return (q * distances(z, prototypes)).sum(-1).mean()


def per_sample(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    return (q * distances(z, prototypes)).sum(-1)


def gap(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """V, the gap between L_q and L_OLS, where L_q is claimed."""
    mixture = q @ prototypes
    return (q * distances(mixture, prototypes)).sum(-1).mean()


def forgets_the_mean(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    return per_sample(z, prototypes, q).sum()


def expanded_square(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """‖z‖² − 2 z·p + ‖p‖² loses the distances of points that are far from the origin."""
    squares = z.square().sum(-1, keepdim=True) + prototypes.square().sum(-1) - 2 * z @ prototypes.T
    return (q * squares).sum(-1).mean()


def root_and_square(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """The derivative of the root at distance 0 is infinite."""
    return (q * distances(z, prototypes).sqrt().square()).sum(-1).mean()


def detached(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    return plain(z, prototypes, q.detach())


def smoothed(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """A constant inside that has the unit of a squared distance."""
    return (q * ((distances(z, prototypes) + 0.25).sqrt() - 0.5).square()).sum(-1).mean()


def taxicab(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    reach = (z.unsqueeze(1) - prototypes.unsqueeze(0)).abs().sum(-1)
    return (q * reach.square()).sum(-1).mean()


def favours_the_first(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    return plain(z, prototypes, q) + (q[:, 0] * distances(z, prototypes[:1])[:, 0]).mean()


def centred_on_the_batch(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    """Moves the samples by their own mean, but not the prototypes."""
    return plain(z - z.mean(0), prototypes - prototypes.mean(0), q)


def keeps_single_precision(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    return plain(z, prototypes, q).float()


def centres_in_place(z: Tensor, prototypes: Tensor, q: Tensor) -> Tensor:
    with torch.no_grad():
        z += 1
        prototypes += 1
    return plain(z, prototypes, q)


class Soft(nn.Module):
    """Prototypes as a parameter, softmax of −‖z − p_j‖²/T."""

    def __init__(self, d: int = 3, k: int = 4, temperature: float = 2.0) -> None:
        super().__init__()
        self.prototypes = nn.Parameter(torch.randn(k, d))
        self.temperature = temperature

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return self.prototypes, self.assign(distances(z, self.prototypes))

    def assign(self, d: Tensor) -> Tensor:
        return torch.softmax(-d / self.temperature, -1)


class Encoded(Soft):
    """With an encoder before it, so that the prototypes live with the features."""

    def __init__(self) -> None:
        super().__init__(d=2)
        self.encoder = nn.Linear(3, 2)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # type: ignore[override]
        x = self.encoder(z)
        return (*super().forward(x), x)


class Dual(Soft):
    """Prototypes as weighted sums of the batch: they depend on all samples and on their order."""

    def __init__(self, n: int = 6) -> None:
        super().__init__(d=n)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        p = self.prototypes @ z
        return p, self.assign(distances(z, p))


class OverTheSamples(Soft):
    def assign(self, d: Tensor) -> Tensor:
        return torch.softmax(-d / self.temperature, 0)


class IgnoresTheTemperature(Soft):
    def assign(self, d: Tensor) -> Tensor:
        return torch.softmax(-d, -1)


class NotNormalised(Soft):
    def assign(self, d: Tensor) -> Tensor:
        return torch.exp(-d / self.temperature)


class Unguarded(Soft):
    """Normalised, but all weights of a far sample underflow to 0."""

    def assign(self, d: Tensor) -> Tensor:
        weights = torch.exp(-d / self.temperature)
        return weights / weights.sum(-1, keepdim=True)


class Farthest(Soft):
    def assign(self, d: Tensor) -> Tensor:
        return torch.softmax(d / self.temperature, -1)


class CutOff(Soft):
    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        p, q = super().forward(z)
        return p.detach(), q.detach()


class Unregistered(Soft):
    """Prototypes beside the parameters: nothing trains, saves or moves them."""

    def __init__(self) -> None:
        super().__init__()
        free = torch.randn(4, 3)
        del self.prototypes
        self.prototypes = free  # type: ignore[assignment]
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        p = self.scale * self.prototypes.to(z)
        return p, self.assign(distances(z, p))


class Noisy(Soft):
    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        p, q = super().forward(z + 0.1 * torch.randn_like(z))
        return p, q


class WithBatchStatistics(Soft):
    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        return self.prototypes, self.assign(distances(z, self.prototypes + z.mean(0)))


class SinglePrecision(Soft):
    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        p, q = super().forward(z.float())
        return p.float(), q.float()

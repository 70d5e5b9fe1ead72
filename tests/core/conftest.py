"""Random problems and the degenerate battery, on every device of the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])


class Problem(NamedTuple):
    """Features (n, d), prototypes (k, d) and an assignment (n, k) on the simplex."""

    z: Tensor
    prototypes: Tensor
    q: Tensor


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> torch.device:
    return torch.device(request.param)


@pytest.fixture
def draw(device: torch.device) -> Callable[..., Problem]:
    """Draw a problem of the given sizes; the same seed gives the same one on every device."""

    def make(
        n: int = 6,
        k: int = 4,
        d: int = 3,
        *,
        seed: int = 0,
        scale: float = 1.0,
        offset: float = 0.0,
        dtype: torch.dtype = torch.float64,
        batch: tuple[int, ...] = (),
    ) -> Problem:
        generator = torch.Generator().manual_seed(seed)
        z = torch.randn(*batch, n, d, generator=generator, dtype=torch.float64) * scale + offset
        prototypes = torch.randn(*batch, k, d, generator=generator, dtype=torch.float64) * scale + offset
        q = torch.softmax(2 * torch.randn(*batch, n, k, generator=generator, dtype=torch.float64), -1)
        return Problem(*(tensor.to(device=device, dtype=dtype) for tensor in (z, prototypes, q)))

    return make


def _coincident(problem: Problem) -> Problem:
    prototypes = problem.prototypes.clone()
    prototypes[1:] = prototypes[0]
    return problem._replace(prototypes=prototypes)


def _ties(problem: Problem) -> Problem:
    """Prototypes 0 and 1 at the same distance from every sample: mirror images in a plane that holds the samples."""
    z, prototypes = problem.z.clone(), problem.prototypes.clone()
    z[:, 0] = 0
    prototypes[1] = prototypes[0]
    prototypes[1, 0] = -prototypes[0, 0]
    return problem._replace(z=z, prototypes=prototypes)


def _vertices(problem: Problem) -> Problem:
    return problem._replace(q=torch.eye(problem.q.shape[-1]).to(problem.q)[problem.q.argmax(-1)])


def _on_prototypes(problem: Problem) -> Problem:
    z = problem.z.clone()
    z[: problem.prototypes.shape[0]] = problem.prototypes[: z.shape[0]]
    return problem._replace(z=z)


BATTERY: dict[str, Callable[[Callable[..., Problem]], Problem]] = {
    "generic": lambda draw: draw(),
    "one prototype": lambda draw: draw(k=1),
    "one sample": lambda draw: draw(n=1),
    "one dimension": lambda draw: draw(d=1),
    "all ones": lambda draw: draw(n=1, k=1, d=1),
    "coincident": lambda draw: _coincident(draw()),
    "ties": lambda draw: _ties(draw()),
    "vertices": lambda draw: _vertices(draw()),
    "samples on prototypes": lambda draw: _on_prototypes(draw()),
    "empty cluster": lambda draw: draw()._replace(q=torch.tensor([[0.5, 0.5, 0, 0]]).to(draw().q).expand(6, 4)),
    "tiny": lambda draw: draw(scale=1e-150),
    "huge": lambda draw: draw(scale=1e150),
    "offset": lambda draw: draw(offset=1000.0),
}


@pytest.fixture(params=list(BATTERY))
def degenerate(request: pytest.FixtureRequest, draw: Callable[..., Problem]) -> Problem:
    return BATTERY[request.param](draw)

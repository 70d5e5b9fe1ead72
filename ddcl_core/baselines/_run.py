"""What the deep baselines share: standardised inputs, features in tiles, seeds of an epoch, and resuming a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count
from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint
from ddcl_core.training.guard import check_finite

# Rows of one forward pass without gradient.
FEATURE_ROWS = 4096

History = dict[str, list[float]]


class Standardisation(NamedTuple):
    """Subtraction of each input's mean and division by one common scale, so that a network sees numbers near 1.

    One scale for all inputs, the root of their mean variance, keeps the proportions of the data: x -> a x + b with
    a > 0 gives the same result. Constant data get the scale 1.
    """

    mean: Tensor
    scale: float

    def apply(self, x: Tensor) -> Tensor:
        """Standardised rows of x (n, d), in the dtype of the fit."""
        return (x.to(self.mean.dtype) - self.mean) / self.scale


def fit_standardisation(x: Tensor) -> Standardisation:
    """Standardisation of the rows of x (n, d)."""
    mean = x[0] + (x - x[0]).mean(0)
    centred = x - mean
    # Divided first, so that no square of a tiny or huge entry leaves the range of the dtype.
    largest = float(centred.abs().amax())
    scale = largest * float((centred / largest).square().mean().sqrt()) if largest > 0 else 0.0
    return Standardisation(mean, scale if scale > 0 else 1.0)


def features_of(backbone: nn.Module, x: Tensor) -> Tensor:
    """Features (n, m) of x (n, ...) in evaluation mode, without gradient; the backbone's mode is put back."""
    training = backbone.training
    backbone.eval()
    try:
        with torch.no_grad():
            parts = [backbone(x[start : start + FEATURE_ROWS]) for start in range(0, len(x), FEATURE_ROWS)]
    finally:
        backbone.train(training)
    first = parts[0]
    if not isinstance(first, Tensor) or first.dim() != 2 or not first.is_floating_point():
        shape = tuple(first.shape) if isinstance(first, Tensor) else type(first).__name__
        raise ValueError(f"backbone: got an output {shape}, accepted floating features (n, m)")
    return torch.cat(parts)


def minibatches(indices: Tensor, batch_size: int) -> Iterator[Tensor]:
    """Consecutive blocks of ``indices``; a last block of one index joins the block before it.

    Batch normalisation has no statistics of a single sample.
    """
    start, total = 0, len(indices)
    while start < total:
        stop = start + batch_size
        stop = total if total - stop <= 1 else stop
        yield indices[start:stop]
        start = stop


@contextmanager
def seeded_epoch(generator: torch.Generator, device: torch.device) -> Iterator[None]:
    """Seed torch's global generators from ``generator`` for what draws from them, such as dropout, and restore them."""
    seed = int(torch.randint(2**62, (1,), generator=generator, device=generator.device))
    on_gpu = device.type == "cuda"
    index = torch.cuda.current_device() if on_gpu and device.index is None else device.index
    with torch.random.fork_rng(devices=[index] if on_gpu else []):
        torch.default_generator.manual_seed(seed)
        if on_gpu:
            torch.cuda.default_generators[index].manual_seed(seed)
        yield


@dataclass(frozen=True)
class Checkpointing:
    """Where a run's state goes after each ``every``-th epoch and after the last one; a run goes on from what is there.

    ``settings`` and the data are kept with the state, and a run resumes only where both are the same; the seed need not
    be without ``same_seed``, and is then that of the checkpoint.
    """

    path: str | os.PathLike[str] | None = None
    every: int = 1
    same_seed: bool = True

    def __post_init__(self) -> None:
        check_count("checkpoint_every", self.every)
        if self.path is not None and not Path(self.path).parent.is_dir():
            raise ValueError(f"checkpoint: got {str(self.path)!r}, accepted a file in a folder that exists")

    def restore(self, settings: dict[str, Any], x: Tensor) -> dict[str, Any] | None:
        """The state to go on from, its tensors on the CPU, or None to start anew. Raises ValueError for another run's."""
        if self.path is None or not os.path.exists(self.path):
            return None
        content = load_checkpoint(self.path)
        found = content.get("settings")
        if not isinstance(found, dict) or self._compared(found) != self._compared(settings):
            raise ValueError(f"checkpoint: {str(self.path)!r} was written with {found}, accepted {settings}")
        if not _same(content.get("data"), _fingerprint(x)):
            raise ValueError(f"checkpoint: {str(self.path)!r} was written for other data, accepted the data given")
        state: dict[str, Any] = content["state"]
        return state

    def store(self, epoch: int, epochs: int, settings: dict[str, Any], x: Tensor, state: dict[str, Any]) -> None:
        """Write ``state``, reached after ``epoch`` of ``epochs``, if it is due."""
        if self.path is not None and (epoch % self.every == 0 or epoch == epochs):
            save_checkpoint(self.path, {"settings": settings, "data": _fingerprint(x), "state": state})

    def _compared(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in settings.items() if name != "seed" or self.same_seed}


def check_parameters(step: int, checkpoint: str | os.PathLike[str] | None, *modules: nn.Module) -> None:
    """Raise TrainingDiverged, naming it, for the first parameter that is no longer finite."""
    for module in modules:
        check_finite(step, checkpoint, **dict(module.named_parameters()))


def load_weights(path: str | os.PathLike[str] | None, **modules: tuple[nn.Module, dict[str, Any]]) -> None:
    """Give each module the weights beside it; ValueError, naming the module, for those of another architecture."""
    for name, (module, weights) in modules.items():
        try:
            module.load_state_dict(weights)
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].strip()
            raise ValueError(f"checkpoint: {str(path)!r} holds weights of another {name} ({reason})") from error


def _fingerprint(x: Tensor) -> dict[str, Tensor]:
    """The first and last row of x (n, ...) and n: enough to notice that a run goes on with other data."""
    return {"first": x[0].cpu(), "last": x[-1].cpu(), "samples": torch.tensor(len(x))}


def _same(found: Any, expected: dict[str, Tensor]) -> bool:
    return isinstance(found, dict) and all(
        isinstance(found.get(name), Tensor) and found[name].dtype == value.dtype and torch.equal(found[name], value)
        for name, value in expected.items()
    )

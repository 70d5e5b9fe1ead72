"""What the deep baselines share: standardised inputs, features in tiles, seeds of an epoch, and resuming a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count, check_path
from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint
from ddcl_core.training.fingerprint import digest, plain
from ddcl_core.training.guard import check_finite, squares

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


def check_backbone(backbone: nn.Module, x: Tensor) -> int:
    """The number of features that the backbone gives for x (n, ...); ValueError, naming it, if it cannot take them."""
    try:
        return features_of(backbone, x[:1]).shape[1]
    except torch.OutOfMemoryError:
        raise
    except (RuntimeError, TypeError, IndexError, ValueError) as error:
        if str(error).startswith("backbone: "):
            raise
        raise ValueError(
            f"backbone: got a module that fails on {x.dtype} of shape {(1, *x.shape[1:])}, accepted one that maps it "
            f"to features (1, m) ({error})"
        ) from error


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


@dataclass
class Checkpointing:
    """Where a run's state goes after each ``every``-th epoch and after the last one; a run goes on from what is there.

    The settings, those in ``also`` and a digest of the data are kept with the state, and a run resumes only where all
    are the same; the seed need not be without ``same_seed``, and is then that of the checkpoint. ``saved`` is the file
    once this run has read or written it.
    """

    path: str | os.PathLike[str] | None = None
    every: int = 1
    same_seed: bool = True
    also: dict[str, Any] = field(default_factory=dict)
    saved: Path | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.every = check_count("checkpoint_every", self.every)
        found = check_path("checkpoint", self.path)
        if found is not None and not found.parent.is_dir():
            raise ValueError(f"checkpoint: got {str(found)!r}, accepted a file in a folder that exists")
        self._file = found

    def identity(self, settings: dict[str, Any], x: Tensor) -> dict[str, Any]:
        """What must be the same for a run on x to be continued; empty where nothing is kept."""
        return {} if self._file is None else {**plain({**settings, **self.also}), "data": digest(x)}

    def restore(self, identity: dict[str, Any]) -> dict[str, Any] | None:
        """The state to go on from, its tensors on the CPU, or None to start anew. Raises ValueError for another run's."""
        self.saved = None
        if self._file is None or not self._file.exists():
            return None
        content = load_checkpoint(self._file)
        found, state = content.get("identity"), content.get("state")
        if not isinstance(found, dict) or not isinstance(state, dict):
            raise ValueError(
                f"checkpoint: {str(self.path)!r} was written by something else, accepted a file of this run"
            )
        for name, value in identity.items():
            if name == "data" and found.get(name) != value:
                raise ValueError(f"checkpoint: {str(self.path)!r} was written for other data, accepted the data given")
            if found.get(name) != value and (name != "seed" or self.same_seed):
                raise ValueError(
                    f"checkpoint: {str(self.path)!r} was written with {name} {found.get(name)!r}, accepted {value!r}"
                )
        self.saved = self._file
        return state

    def store(self, epoch: int, epochs: int, identity: dict[str, Any], state: dict[str, Any]) -> None:
        """Write ``state``, reached after ``epoch`` of ``epochs``, if it is due."""
        if self._file is not None and (epoch % self.every == 0 or epoch == epochs):
            save_checkpoint(self._file, {"identity": identity, "state": state})
            self.saved = self._file


@dataclass
class Watch:
    """Stops a run whose numbers are no longer finite; ``step`` counts the gradient steps done."""

    checkpointing: Checkpointing
    step: int = 0

    def check(self, **quantities: Tensor | float | None) -> None:
        """Raise TrainingDiverged, naming it, for the first quantity that is not finite."""
        check_finite(self.step, self.checkpointing.saved, **quantities)

    def features(self, z: Tensor) -> None:
        """The same for features, whose squared distances must be finite as well."""
        self.check(features=z, **{"squared features": squares(z)})

    def parameters(self, *modules: nn.Module) -> None:
        """The same for the parameters after the last step."""
        for module in modules:
            named = dict(module.named_parameters())
            check_finite(max(self.step - 1, 0), self.checkpointing.saved, **named)


def load_weights(path: str | os.PathLike[str] | None, **modules: tuple[nn.Module, dict[str, Any]]) -> None:
    """Give each module the weights beside it; ValueError, naming the module, for those of another architecture."""
    for name, (module, weights) in modules.items():
        try:
            module.load_state_dict(weights)
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].strip()
            raise ValueError(f"checkpoint: {str(path)!r} holds weights of another {name} ({reason})") from error

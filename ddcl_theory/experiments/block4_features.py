"""Frozen features of Block 4: those of a file that the user has, or those of a stand-in.

The file is an `.npz` of NumPy, named by the environment variable DDCL_CIFAR10_FEATURES, with two arrays:
`features`, floating, (n, 512), row i the output of a pretrained ResNet-18 after global average pooling for image i;
`labels`, integers, (n,), from 0 to 9.  It needs at least 1000 rows, each class, and finite rows that are not zero; the
training set of CIFAR-10 gives n = 50 000.  `numpy.savez(path, features=features, labels=labels)` writes it.

Without the variable a stand-in takes its place, which says nothing about CIFAR-10: a perceptron with 512 outputs, trained
without labels (SimCLR) on scikit-learn's digits, gives the features of digits that have been rotated, zoomed and shifted
at random.  In both cases rows are scaled to length 1, as the text says.
"""

from __future__ import annotations

import functools
import hashlib
import os
import zipfile
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ddcl_core.backbones.mlp import MLP
from ddcl_theory.experiments.secu_training import Distorted, contrasted

VARIABLE = "DDCL_CIFAR10_FEATURES"
STAND_IN = "stand-in"
K, WIDTH, FEWEST = 10, 512, 1000
#: Epochs of the stand-in's network, and images that pass it at one time.
EPOCHS, BATCH, CHUNK = 6, 256, 4096


@dataclass(frozen=True)
class Features:
    """Rows (n, 512), float32, and classes (n,) from 0 to 9."""

    rows: NDArray[np.float32]
    classes: NDArray[np.int64]


def source() -> str:
    """What the features come from: the stand-in, or CIFAR-10 with the first digits of the file's SHA-256.

    ValueError where the variable names no file that can be read.
    """
    path = os.environ.get(VARIABLE, "")
    return f"CIFAR-10 {digest(path)[:12]}" if path else STAND_IN


def available(name: str, most: int) -> int:
    """How many samples a run takes: `most`, or all of a file that has fewer."""
    return most if name == STAND_IN else min(most, len(_file(os.environ[VARIABLE], name).classes))


def samples(name: str, n: int, seed: int) -> tuple[Tensor, NDArray[np.int64]]:
    """n rows of length 1 (n, 512), float32, and their classes (n,), from the source of this name.

    Rows of a file are drawn without replacement; ValueError where the file has changed or lacks rows.
    """
    found = _stand_in(n, seed) if name == STAND_IN else _drawn(name, n, seed)
    return nn.functional.normalize(torch.from_numpy(found.rows), dim=-1), found.classes


def read(path: str) -> Features:
    """The features of a file as the module describes it; ValueError that names what is wrong with it."""
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("it holds a single array")
        with archive:
            rows, classes = (np.asarray(archive[name]) for name in ("features", "labels"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _refusal(path, f"it cannot be read ({error})") from error
    if rows.dtype.kind != "f" or rows.ndim != 2 or rows.shape[1] != WIDTH:
        raise _refusal(path, f"features has shape {rows.shape} and type {rows.dtype}")
    if classes.dtype.kind not in "iu" or classes.shape != rows.shape[:1]:
        raise _refusal(path, f"labels has shape {classes.shape} and type {classes.dtype}")
    if len(rows) < FEWEST:
        raise _refusal(path, f"it has {len(rows)} rows")
    if sorted(set(classes.tolist())) != list(range(K)):
        raise _refusal(path, f"labels holds {sorted(set(classes.tolist()))[:12]}")
    if not np.isfinite(rows).all() or not rows.any(1).all():
        raise _refusal(path, "features holds a row that is zero or not finite")
    return Features(rows.astype(np.float32), classes.astype(np.int64))


def _refusal(path: str, why: str) -> ValueError:
    return ValueError(
        f"{VARIABLE}: got {path!r}, and {why}; accepted is an .npz with features, floating, (n, {WIDTH}), finite and "
        f"not zero, and labels, integers from 0 to {K - 1}, (n,), with n at least {FEWEST} and every class"
    )


def digest(path: str) -> str:
    """SHA-256 of the file, read again only when it has changed."""
    try:
        state = os.stat(path)
    except OSError as error:
        raise _refusal(path, f"it cannot be read ({error.strerror})") from error
    return _digest(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=4)
def _digest(path: str, changed: int, size: int) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _refusal(path, f"it cannot be read ({error.strerror})") from error


@functools.lru_cache(maxsize=1)
def _file(path: str, name: str) -> Features:
    return read(path)


def _drawn(name: str, n: int, seed: int) -> Features:
    if source() != name:
        raise ValueError(f"{VARIABLE}: got the features {source()!r} here, accepted {name!r}, with which the run began")
    whole = _file(os.environ[VARIABLE], name)
    if n > len(whole.classes):
        raise ValueError(f"{VARIABLE}: got {len(whole.classes)} rows, accepted at least {n}")
    chosen = np.random.default_rng(seed).permutation(len(whole.classes))[:n]
    return Features(whole.rows[chosen], whole.classes[chosen])


@functools.lru_cache(maxsize=1)
def _stand_in(n: int, seed: int) -> Features:
    """Features of n digits, each image as often as the others, up to one."""
    from sklearn.datasets import load_digits

    images, classes = load_digits(return_X_y=True)
    x = torch.from_numpy((images - images.mean()) / images.std()).to(torch.float32).reshape(-1, 1, 8, 8)
    network = nn.Sequential(nn.Flatten(), MLP((64, 256, WIDTH), seed=seed), nn.ReLU())
    contrasted(network, x, Distorted(), EPOCHS, seed, batch=BATCH)
    chosen = np.random.default_rng(seed).permutation(len(x))[np.arange(n) % len(x)]
    generator, view = torch.Generator().manual_seed(seed), Distorted(noise=0.0, contrast=0.0)
    with torch.no_grad():
        rows = [network(view(x[part], generator)) for part in torch.split(torch.from_numpy(chosen), CHUNK)]
    return Features(torch.cat(rows).numpy(), classes[chosen].astype(np.int64))

"""Competitive layers at several depths of one network (DDCL, Section 6.1, multi-scale variants)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice, check_count, check_real
from ddcl_core.backbones._taps import LAYOUTS, at_rest, dry_run, install, locate, record, width
from ddcl_core.functional import squared_distances


class MultiScale(nn.Module):
    """Features at several depths of ``module``, from one call of it.

    ``taps`` maps each point (see :class:`Attached`: "output", "pool", "penultimate" or a dotted name) to the number of
    prototypes wanted there: few for the coarse structure, many for the fine one. An output (b, c) is used as it is, a
    feature map is averaged over its positions. ``n_features`` maps each point to its c, found by calls on ``example``.

    Hooks, modes and errors are as in :class:`Attached`.
    """

    def __init__(
        self, module: nn.Module, taps: Mapping[str, int], *, example: Any, layout: str = "channels_first"
    ) -> None:
        super().__init__()
        check_choice("layout", layout, LAYOUTS)
        self.taps = check_taps(taps)
        calls = dry_run(module, example)
        self._points = {name: locate(module, name, calls, "taps") for name in self.taps}
        for tap in self._points.values():
            install(module, tap)
        self.module = module
        self.layout = layout
        self.n_features = {name: width(module, tap, example, layout) for name, tap in self._points.items()}

    def forward(self, *args: Any, **kwargs: Any) -> dict[str, Tensor]:
        """Features (b, n_features[name]) of each tap, in the order of ``taps``."""
        features = record(self.module, list(self._points.values()), self.layout, args, kwargs)
        return dict(zip(self._points, features, strict=True))


def check_taps(taps: Mapping[str, int]) -> dict[str, int]:
    """Return ``taps`` as a dict; raise ValueError unless it maps at least one name to a number of prototypes."""
    if not isinstance(taps, Mapping) or not taps:
        raise ValueError(f"taps: got {taps!r}, accepted a mapping of at least one name to a number of prototypes")
    return {name: check_count(f"taps[{name!r}]", count) for name, count in taps.items()}


class ScaleLosses(NamedTuple):
    """``total``, the weighted sum (0-d), and the unweighted loss of each scale (0-d each)."""

    total: Tensor
    scales: dict[str, Tensor]


class MultiScaleDDCL(nn.Module):
    """A sum of DDCL losses, one for each depth of a network, each with prototypes of its own.

    ``scales`` is a :class:`MultiScale`, or a module with the same attributes ``taps`` and ``n_features`` that gives a
    dict of features, such as :class:`LayerWise`. ``layers`` maps each tap to a competitive layer, called as
    ``layer(z, index)`` -> prototypes (k, d); by default a :class:`ddcl_core.layers.VanillaCompetitiveLayer` with
    ``taps[name]`` prototypes, drawn from ``seed``, ``seed + 1``, ... in the order of the taps; :meth:`initialise` puts
    them among the features. ``weights`` maps taps to their factors in the sum (default 1). ``loss`` is called as
    ``loss(z, prototypes, temperature)`` and gives a 0-d tensor or an object with a 0-d ``total``, as
    :class:`ddcl_core.objective.DDCLLoss` does; by default that one with its own defaults, the mean of L_q at
    q = softmax(-d/T), differentiated in full.

    Features of different depths differ in scale and T has the unit of a squared distance: give each tap its own, or
    make the features comparable. Prototypes of different depths do not interact; the hierarchy is that of the features.
    """

    def __init__(
        self,
        scales: nn.Module,
        layers: Mapping[str, nn.Module] | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        loss: Callable[[Tensor, Tensor, float], Any] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        taps, _ = _described(scales)
        layers = _free_layers(scales, seed) if layers is None else layers
        if set(layers) != set(taps):
            raise ValueError(f"layers: got {sorted(layers)}, accepted one layer for each of {sorted(taps)}")
        weights = {} if weights is None else weights
        for name in weights:
            check_choice("weights", name, tuple(taps))
        self.scales = scales
        self.names = tuple(taps)
        # A dotted name cannot be a key of a ModuleDict.
        self.layers = nn.ModuleList(layers[name] for name in taps)
        self.weights = {name: check_real(f"weights[{name!r}]", weights.get(name, 1.0), minimum=0.0) for name in taps}
        self.loss = _default_loss() if loss is None else loss

    def forward(
        self, x: Any, temperature: float | Mapping[str, float], index: Tensor | None = None, **options: Any
    ) -> ScaleLosses:
        """Losses of a batch x at ``temperature``, one number or one for each tap.

        ``index`` (b,) gives the samples' positions in the data set to layers whose weights belong to samples.
        ``options`` go to ``scales`` (masks, lengths).
        """
        given = temperature if isinstance(temperature, Mapping) else dict.fromkeys(self.names, temperature)
        if set(given) != set(self.names):
            raise ValueError(
                f"temperature: got {sorted(given)}, accepted a number or one for each of {sorted(self.names)}"
            )
        losses: dict[str, Tensor] = {}
        for (name, z), layer in zip(self.scales(x, **options).items(), self.layers, strict=True):
            value = self.loss(z, layer(z, index), given[name])
            losses[name] = getattr(value, "total", value)
        total = torch.stack([self.weights[name] * losses[name] for name in self.names]).sum()
        return ScaleLosses(total, losses)

    def initialise(self, x: Any, *, init: str = "k-means++", seed: int = 0, **options: Any) -> MultiScaleDDCL:
        """Start every layer from the features of x in evaluation mode, by its own ``initialise``; returns self.

        Layers whose weights belong to samples need all samples in x.
        """
        with at_rest(self.scales):
            features = self.scales(x, **options)
        for offset, (z, layer) in enumerate(zip(features.values(), self.layers, strict=True)):
            start: Any = getattr(layer, "initialise", None)
            if start is None:
                raise ValueError(f"layers: got {type(layer).__name__}, accepted layers with a method initialise")
            start(z, init, seed + offset)
        return self

    def predict(self, x: Any, **options: Any) -> dict[str, Tensor]:
        """Index (b,) of the nearest stored prototype at each tap, in evaluation mode; modes are put back."""
        with at_rest(self):
            features = self.scales(x, **options)
            return {
                name: squared_distances(z, layer(z, None)).argmin(-1)
                for (name, z), layer in zip(features.items(), self.layers, strict=True)
            }


def _described(scales: Any) -> tuple[dict[str, int], dict[str, int]]:
    """``taps`` and ``n_features`` of a module that has them."""
    taps, n_features = getattr(scales, "taps", None), getattr(scales, "n_features", None)
    if not isinstance(taps, dict) or not isinstance(n_features, dict):
        raise ValueError(f"scales: got {type(scales).__name__}, accepted a module with the dicts taps and n_features")
    return taps, n_features


def _free_layers(scales: nn.Module, seed: int) -> dict[str, nn.Module]:
    from ddcl_core.layers import VanillaCompetitiveLayer

    taps, n_features = _described(scales)
    parameter = next(scales.parameters(), None)
    dtype = None if parameter is None else parameter.dtype
    device = None if parameter is None else parameter.device
    return {
        name: VanillaCompetitiveLayer(count, n_features[name], random_state=seed + offset, dtype=dtype, device=device)
        for offset, (name, count) in enumerate(taps.items())
    }


def _default_loss() -> Callable[[Tensor, Tensor, float], Any]:
    from ddcl_core.objective import DDCLLoss

    return DDCLLoss()

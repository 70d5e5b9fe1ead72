"""A backbone and a competitive layer as one model (DDCL, equation (7))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_core import functional
from ddcl_core._validation import check_count
from ddcl_core.training.data import Data, check_data, fetch


class DDCLModel(nn.Module):
    """``backbone`` maps a batch to features (b, d); ``layer(z, index)`` makes prototypes (k, d) from them.

    through_layer: whether the gradient of native prototypes W^T z reaches the backbone through z. False detaches z
        before the layer; the layer's own parameters learn all the same. No difference for a layer whose prototypes do
        not depend on z.
    """

    def __init__(self, backbone: nn.Module, layer: nn.Module, *, through_layer: bool = True) -> None:
        """Join the two parts; ValueError unless both are modules."""
        super().__init__()
        for name, part in (("backbone", backbone), ("layer", layer)):
            if not isinstance(part, nn.Module):
                raise ValueError(f"{name}: got {type(part).__name__}, accepted a torch.nn.Module")
        self.backbone = backbone
        self.layer = layer
        self.through_layer = bool(through_layer)

    def features(self, x: Tensor) -> Tensor:
        """Features (b, d) of a batch x; ValueError if the backbone gives another shape."""
        z: Tensor = self.backbone(x)
        if not isinstance(z, Tensor) or z.dim() != 2 or not z.is_floating_point() or z.shape[0] != x.shape[0]:
            got = f"{tuple(z.shape)} {z.dtype}" if isinstance(z, Tensor) else type(z).__name__
            raise ValueError(f"backbone: got features {got}, accepted floating ({x.shape[0]}, d) for that batch")
        return z

    def prototypes(self, z: Tensor, index: Tensor | None = None) -> Tensor:
        """Prototypes (k, d) for features z (b, d) of the samples ``index`` (b,); in eval mode the stored ones."""
        made: Tensor = self.layer(z if self.through_layer else z.detach(), index)
        return made

    def forward(self, x: Tensor, index: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Features and prototypes of a batch."""
        z = self.features(x)
        return z, self.prototypes(z, index)

    @torch.no_grad()
    def encode(self, data: Data, *, batch_size: int = 1024) -> Tensor:
        """Features (n, d) of all samples of ``data`` in eval mode, without gradient, on the model's device."""
        return torch.cat([z for z, _ in self.encoded_batches(data, batch_size)])

    @torch.no_grad()
    def encoded_batches(self, data: Data, batch_size: int = 1024) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield features and sample indices of ``data`` in order, in eval mode; the mode is as before afterwards."""
        n = check_data(data)
        check_count("batch_size", batch_size)
        device = self.device
        for index in torch.split(torch.arange(n), batch_size):
            x = fetch(data, index, device)
            with evaluating(self.backbone):
                z = self.features(x)
            yield z, index.to(device)

    def stored_prototypes(self) -> Tensor:
        """The layer's stored prototypes (k, d), those of eval mode: a copy without gradient."""
        stored = getattr(self.layer, "stored_prototypes", None)
        prototypes: Any = self.layer.prototypes if stored is None else stored()
        found: Tensor = prototypes.detach().clone()
        return found

    @torch.no_grad()
    def current_prototypes(self, data: Data, *, batch_size: int = 1024) -> Tensor:
        """Prototypes (k, d) at the features of all samples, in a pass over ``data`` that changes nothing stored.

        A layer whose prototypes do not depend on the features needs no pass.
        """
        layer: Any = self.layer
        if not hasattr(layer, "moment"):
            return self.stored_prototypes()
        moment: Any = sum(layer.moment(z, index) for z, index in self.encoded_batches(data, batch_size))
        prototypes: Tensor = layer.from_moment(moment)
        return prototypes

    @torch.no_grad()
    def refresh(self, data: Data, *, batch_size: int = 1024) -> None:
        """Let a layer whose prototypes are a function of all features recompute the stored ones in a pass over data."""
        renew = getattr(self.layer, "refresh", None)
        if renew is not None:
            renew(self.encoded_batches(data, batch_size))

    @torch.no_grad()
    def assign(
        self, data: Data, temperature: float | Tensor, *, convention: str = "d/T", batch_size: int = 1024
    ) -> Tensor:
        """Soft assignments (n, k) to the stored prototypes."""
        prototypes = self.stored_prototypes()
        parts = [
            functional.soft_assignment(z, prototypes, temperature, convention=convention)
            for z, _ in self.encoded_batches(data, batch_size)
        ]
        return torch.cat(parts)

    @torch.no_grad()
    def predict(self, data: Data, *, batch_size: int = 1024) -> Tensor:
        """The nearest stored prototype of each sample, (n,) integers; the first of several at one distance."""
        prototypes = self.stored_prototypes()
        parts = [
            functional.squared_distances(z, prototypes).argmin(-1) for z, _ in self.encoded_batches(data, batch_size)
        ]
        return torch.cat(parts)

    @property
    def device(self) -> torch.device:
        """Where the parameters and buffers are; the CPU if there are none."""
        for tensor in (*self.parameters(), *self.buffers()):
            return tensor.device
        return torch.device("cpu")


class evaluating:
    """Context in which a module is in eval mode; each of its parts gets its own mode back."""

    def __init__(self, module: nn.Module) -> None:
        """Remember the module."""
        self.module = module

    def __enter__(self) -> None:
        self.modes = [(part, part.training) for part in self.module.modules()]
        self.module.eval()

    def __exit__(self, *_: object) -> None:
        for part, mode in self.modes:
            part.training = mode

"""Residual networks of basic blocks, with the stem for small images."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_choice, check_count
from ddcl_core.backbones._common import check_input, check_sizes, seeded

STEMS = ("cifar", "imagenet")


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut: the identity, or a 1x1 convolution where the shape changes."""

    def __init__(self, n_inputs: int, n_outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_inputs, n_outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_outputs)
        self.conv2 = nn.Conv2d(n_outputs, n_outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_outputs)
        self.downsample: nn.Module | None = None
        if stride != 1 or n_inputs != n_outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(n_inputs, n_outputs, 1, stride, bias=False), nn.BatchNorm2d(n_outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        inner = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(inner)) + shortcut)


class ResNet(nn.Module):
    """Residual network: a stem, stages of basic blocks, global average pooling and, with ``n_classes``, a classifier.

    ``blocks`` gives the number of basic blocks of each stage; stage i has width * 2^i channels and all but the first
    halve the resolution. ``stem="cifar"`` is a 3x3 convolution at full resolution, ``stem="imagenet"`` a 7x7
    convolution and a max-pool, each of stride 2. Images (b, in_channels, height, width) give features (b, n_features)
    with n_features = width * 2^(stages - 1), or class scores (b, n_classes) and n_features = n_classes.

    Parameters have the customary names (conv1, bn1, layer1.0.conv1, layer2.0.downsample.0, fc), so that weights
    trained elsewhere load. Convolutions start from He's normal initialisation (fan out), drawn from ``seed``. In
    training mode batch normalisation uses the statistics of the batch, and b >= 2 is required.

    Source: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR 2016; DDCL, Block 4.
    """

    def __init__(
        self,
        blocks: Sequence[int],
        *,
        width: int = 64,
        in_channels: int = 3,
        n_classes: int | None = None,
        stem: str = "cifar",
        seed: int = 0,
    ) -> None:
        super().__init__()
        depths = check_sizes("blocks", blocks, minimum=1)
        check_count("width", width)
        check_choice("stem", stem, STEMS)
        self.in_channels = check_count("in_channels", in_channels)
        with seeded(seed):
            if stem == "cifar":
                self.conv1 = nn.Conv2d(in_channels, width, 3, padding=1, bias=False)
                self.maxpool: nn.Module = nn.Identity()
            else:
                self.conv1 = nn.Conv2d(in_channels, width, 7, 2, padding=3, bias=False)
                self.maxpool = nn.MaxPool2d(3, 2, padding=1)
            self.bn1 = nn.BatchNorm2d(width)
            self.stages: tuple[str, ...] = tuple(f"layer{number}" for number in range(1, len(depths) + 1))
            before = width
            for position, (name, depth) in enumerate(zip(self.stages, depths, strict=True)):
                after = width * 2**position
                stage = [BasicBlock(before, after, 1 if position == 0 else 2)]
                stage += [BasicBlock(after, after, 1) for _ in range(depth - 1)]
                self.add_module(name, nn.Sequential(*stage))
                before = after
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            self.fc = None if n_classes is None else nn.Linear(before, check_count("n_classes", n_classes))
            for part in self.modules():
                if isinstance(part, nn.Conv2d):
                    nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
        self.n_features = before if n_classes is None else n_classes

    def forward(self, x: Tensor) -> Tensor:
        """Features (b, n_features) of images x (b, in_channels, height, width)."""
        check_input(x, ("b", self.in_channels, "height", "width"), self)
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        for name in self.stages:
            x = self.get_submodule(name)(x)
        pooled = self.avgpool(x).flatten(1)
        return pooled if self.fc is None else self.fc(pooled)


def resnet18(
    *,
    width: int = 64,
    in_channels: int = 3,
    n_classes: int | None = None,
    stem: str = "cifar",
    seed: int = 0,
) -> ResNet:
    """ResNet-18: :class:`ResNet` with four stages of two blocks; ``width`` below 64 gives smaller variants."""
    return ResNet((2, 2, 2, 2), width=width, in_channels=in_channels, n_classes=n_classes, stem=stem, seed=seed)

"""The three attachment points of a competitive layer in any network (DDCL, Section 6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from ddcl_core._validation import check_choice
from ddcl_core.backbones._common import check_sizes
from ddcl_core.backbones._taps import LAYOUTS, POINTS, dry_run, install, locate, record, width
from ddcl_core.backbones.mlp import MLP

# SimCLR's projection: one hidden layer as wide as the features, 128 outputs.
HEAD_OUTPUTS = 128


class Attached(nn.Module):
    """Features (b, n_features) read at one point of ``module``, followed by a projection head if there is one.

    ``at`` is one of

    - "pool": the last submodule whose output is a feature map (four axes or more), averaged over all positions;
    - "penultimate": the input of the last ``nn.Linear`` called, that is, what the classifier reads;
    - "head": "pool" followed by a projection head;
    - "output": the output of the module itself;
    - the dotted name of a submodule: its output. The four words above come first where a submodule bears one.

    An output (b, c) is used as it is, a feature map is averaged over its positions; ``layout`` says whether its
    channels come first, (b, c, ...), or last, (b, ..., c), as in a sequence of tokens. ``head_sizes`` = (hidden
    sizes..., n_features) adds a head, an :class:`MLP` drawn from ``seed``, after any point; for "head" it defaults to
    (c, 128). ``example`` is an input (a tensor, or a tuple of arguments; any batch size): calls on it, in evaluation
    mode and without gradient, find the point and its size. ``point`` is the dotted name that was found.

    Only submodules are seen: what the network computes outside of them after the point is not, and a point computed
    there (a functional pooling, say) is reached as the input or output of its neighbours. The whole network runs, and
    what comes after the point gets no gradient. Where a submodule is called repeatedly, the last call counts.

    The hook left on the submodule holds no state and no reference: copies, pickles and replicas in threads
    (``nn.DataParallel``) each see their own features. State in training and evaluation mode is that of ``module`` and
    of the head, whose batch normalisation needs b >= 2 in training mode.

    Raises ValueError for a point that does not exist (listing those that do) or that gives no (b, c, ...) tensor.
    """

    def __init__(
        self,
        module: nn.Module,
        at: str = "pool",
        *,
        example: Any,
        head_sizes: Sequence[int] | None = None,
        layout: str = "channels_first",
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_choice("layout", layout, LAYOUTS)
        sizes = None if head_sizes is None else check_sizes("head_sizes", head_sizes, minimum=1)
        calls = dry_run(module, example)
        self._tap = locate(module, "pool" if at == "head" else at, calls, words=(*POINTS, "head"))
        install(module, self._tap)
        self.module = module
        self.layout = layout
        self.head: MLP | None = None
        self.n_features = width(module, self._tap, example, layout)
        if at == "head" or sizes is not None:
            self.head = MLP((self.n_features, *(sizes or (self.n_features, HEAD_OUTPUTS))), seed=seed)
            parameter = next(module.parameters(), None)
            if parameter is not None:
                self.head.to(device=parameter.device, dtype=parameter.dtype)
            self.n_features = self.head.n_features

    @property
    def point(self) -> str:
        """Dotted name of the submodule that is read; empty for the module itself."""
        return self._tap.name

    def forward(self, *args: Any, **kwargs: Any) -> Tensor:
        """Features (b, n_features) of what ``module`` accepts."""
        (features,) = record(self.module, [self._tap], self.layout, args, kwargs)
        return features if self.head is None else self.head(features)

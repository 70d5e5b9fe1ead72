"""DeepCluster: k-means on whitened features gives pseudo-labels, a classifier learns them, and again.

Sources: Caron et al., "Deep clustering for unsupervised learning of visual features" (2018); DDCL, §3.1, steps 1-4 and
equations (1) and (2), and Block 2. An epoch is

1. features of all samples, in evaluation mode; PCA, whitening, l2 normalisation (:mod:`.whitening`);
2. k-means, an empty cluster taking a perturbed copy of the centre of a random non-empty one (:func:`.kmeans.kmeans`);
3. a new linear classifier on the features, trained with the backbone by stochastic gradient descent on the cross-entropy
   of the pseudo-labels, with every cluster drawn equally often (:mod:`.sampling`).

The classifier starts anew in each epoch because the numbering of the clusters is new. After the last epoch the features
are clustered once more, so that the centres belong to the backbone that is handed back.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ddcl_core._validation import check_count, check_real
from ddcl_core.baselines._run import (
    Checkpointing,
    History,
    Watch,
    features_of,
    load_weights,
    minibatches,
    seeded_epoch,
)
from ddcl_core.baselines.kmeans import KMeansResult, kmeans
from ddcl_core.baselines.sampling import uniform_over_clusters
from ddcl_core.baselines.whitening import Whitening, fit_whitening
from ddcl_core.progress import track
from ddcl_core.training.guard import noted_interruption

# Components that are kept by default, as in DDCL, Block 2; Caron et al. keep 256 of the features of large networks.
COMPONENTS = 20
# Standard deviation of the new classifier's weights; its biases start at zero.
HEAD_SCALE = 0.01

Views = Callable[[Tensor, torch.Generator], Tensor]


@dataclass(frozen=True)
class DeepClusterConfig:
    """How to train.

    epochs                 rounds of clustering and training; 0 clusters the features of the backbone as it is
    batch_size             samples of a gradient step
    rate, momentum         of stochastic gradient descent, for the backbone and the classifier
    weight_decay           of the same
    n_components           m, the principal components kept; None: min(20, n, number of features)
    n_init, max_iter       starts of k-means in each epoch, and its iterations at most
    """

    epochs: int = 20
    batch_size: int = 256
    rate: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 1e-5
    n_components: int | None = None
    n_init: int = 1
    max_iter: int = 50

    def __post_init__(self) -> None:
        check_count("epochs", self.epochs, minimum=0)
        check_count("batch_size", self.batch_size, minimum=2)
        check_real("rate", self.rate, minimum=0.0, strict=True)
        if not 0 <= check_real("momentum", self.momentum) < 1:
            raise ValueError(f"momentum: got {self.momentum!r}, accepted at least 0 and below 1")
        check_real("weight_decay", self.weight_decay, minimum=0.0)
        if self.n_components is not None:
            check_count("n_components", self.n_components)
        check_count("n_init", self.n_init)
        check_count("max_iter", self.max_iter)


class DeepClusterResult(NamedTuple):
    """Outcome of :func:`deep_cluster`.

    ``whitening`` of the final features; ``centres`` (k, m) in the whitened and normalised space, ``labels`` (n,) and
    ``inertia``, the sum of squared distances to the own centre there.
    ``history`` has one entry an epoch: "loss", the mean cross-entropy in nats; "inertia" of k-means for each sample;
    "agreement", the NMI of the pseudo-labels with those of the epoch before (NaN in the first); "clusters" in use.
    """

    whitening: Whitening
    centres: Tensor
    labels: Tensor
    inertia: float
    history: History


def deep_cluster(
    backbone: nn.Module,
    x: Tensor,
    k: int,
    config: DeepClusterConfig | None = None,
    *,
    seed: int,
    views: Views | None = None,
    checkpointing: Checkpointing | None = None,
    progress: bool = False,
) -> DeepClusterResult:
    """Train ``backbone``, in place, on x (n, ...) and cluster its features into ``k``.

    The backbone maps a batch to features (b, m) and lies on the device of x, as does the result. ``views`` changes a
    batch before a gradient step (augmentation) with numbers from the generator that it is given; the clustering sees
    the samples as they are. All randomness comes from ``seed``; a resumed run ends as an uninterrupted one.

    Raises ValueError for n < k, features that are not (n, m), and components beyond them; TrainingDiverged when a loss,
    a parameter or the features are no longer finite.
    """
    config = DeepClusterConfig() if config is None else config
    checkpointing = Checkpointing() if checkpointing is None else checkpointing
    generator = torch.Generator().manual_seed(seed)
    width = features_of(backbone, x[:2]).shape[-1]
    components = _check_components(config.n_components, len(x), width)
    optimiser = _optimiser(backbone.parameters(), config)
    history: History = {"loss": [], "inertia": [], "agreement": [], "clusters": []}
    labels, first = None, 0
    watch = Watch(checkpointing)

    settings = {"method": "DeepCluster", **asdict(config), "k": k, "seed": seed}
    # A finished run may be carried on for longer.
    del settings["epochs"]
    identity = checkpointing.identity(settings, x)
    restored = checkpointing.restore(identity)
    if restored is not None:
        load_weights(checkpointing.path, backbone=(backbone, restored["backbone"]))
        optimiser.load_state_dict(restored["optimiser"])
        generator.set_state(restored["generator"])
        history, labels, first = restored["history"], restored["labels"].to(x.device), restored["epoch"]
        watch.step = restored["step"]
        if first > config.epochs:
            raise ValueError(f"epochs: got {config.epochs}, accepted at least {first}, those of the checkpoint")

    left = range(first, config.epochs)
    with noted_interruption(lambda: checkpointing.saved):
        for epoch in track(left, total=len(left), description="DeepCluster", enabled=progress):
            _, found = _cluster(backbone, x, k, components, config, generator, watch)
            history["agreement"].append(math.nan if labels is None else _agreement(labels, found.labels))
            history["inertia"].append(found.inertia / len(x))
            history["clusters"].append(float(len(found.labels.bincount().nonzero())))
            labels = found.labels
            loss = _train(backbone, x, labels, k, width, config, generator, optimiser, views, watch)
            history["loss"].append(loss)
            watch.parameters(backbone)
            state: dict[str, Any] = {
                "backbone": backbone.state_dict(),
                "optimiser": optimiser.state_dict(),
                "generator": generator.get_state(),
                "history": history,
                "labels": labels,
                "epoch": epoch + 1,
                "step": watch.step,
            }
            checkpointing.store(epoch + 1, config.epochs, identity, state)

        backbone.eval()
        whitening, final = _cluster(backbone, x, k, components, config, generator, watch)
    return DeepClusterResult(whitening, final.centres, final.labels, final.inertia, history)


def _cluster(
    backbone: nn.Module,
    x: Tensor,
    k: int,
    components: int,
    config: DeepClusterConfig,
    generator: torch.Generator,
    watch: Watch,
) -> tuple[Whitening, KMeansResult]:
    """Steps 1 and 2."""
    features = features_of(backbone, x)
    watch.features(features)
    whitening = fit_whitening(features, components)
    result = kmeans(
        whitening.apply(features),
        k,
        generator=generator,
        n_init=config.n_init,
        max_iter=config.max_iter,
        empty="perturb",
    )
    return whitening, result


def _train(
    backbone: nn.Module,
    x: Tensor,
    labels: Tensor,
    k: int,
    width: int,
    config: DeepClusterConfig,
    generator: torch.Generator,
    optimiser: torch.optim.Optimizer,
    views: Views | None,
    watch: Watch,
) -> float:
    """Step 3; the mean cross-entropy over the samples drawn."""
    indices = uniform_over_clusters(labels, len(x), generator)
    if len(x) < 2:
        return 0.0
    head: nn.Linear | None = None
    head_optimiser: torch.optim.Optimizer | None = None
    total = 0.0
    backbone.train()
    with seeded_epoch(generator, x.device):
        for batch in minibatches(indices, config.batch_size):
            samples = x[batch] if views is None else views(x[batch], generator)
            z = backbone(samples)
            if head is None or head_optimiser is None:
                head = _new_head(width, k, z, generator)
                head_optimiser = _optimiser(head.parameters(), config)
            loss = nn.functional.cross_entropy(head(z), labels[batch])
            watch.check(loss=loss)
            optimiser.zero_grad(set_to_none=True)
            head_optimiser.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimiser.step()
            head_optimiser.step()
            watch.step += 1
            total += float(loss.detach()) * len(batch)
    return total / len(indices)


def _new_head(width: int, k: int, like: Tensor, generator: torch.Generator) -> nn.Linear:
    """A linear classifier with weights from ``generator``, of the dtype and device of ``like``."""
    head = nn.Linear(width, k, device=like.device, dtype=like.dtype)
    weights = torch.randn(k, width, generator=generator, device=generator.device)
    with torch.no_grad():
        head.weight.copy_(HEAD_SCALE * weights)
        head.bias.zero_()
    return head


def _optimiser(parameters: Any, config: DeepClusterConfig) -> torch.optim.Optimizer:
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    if not trained:
        raise ValueError("backbone: got no parameter that requires a gradient, accepted at least one")
    return torch.optim.SGD(trained, lr=config.rate, momentum=config.momentum, weight_decay=config.weight_decay)


def _agreement(before: Tensor, after: Tensor) -> float:
    from ddcl_core.metrics import score_clustering

    return score_clustering(before.cpu().numpy(), after.cpu().numpy()).nmi


def _check_components(asked: int | None, n: int, width: int) -> int:
    largest = min(n, width)
    if asked is None:
        return min(COMPONENTS, largest)
    if asked > largest:
        raise ValueError(
            f"n_components: got {asked}, accepted at most {largest}, the smaller of n_samples={n} and the backbone's "
            f"{width} features"
        )
    return asked

"""What SeCu's paper reports on CIFAR-10, for its tables and figures here."""

from __future__ import annotations

from collections.abc import Mapping

from ddcl_theory.experiments.protocol import Pairs, Scalar
from ddcl_theory.experiments.scores import SCORES, Reported
from ddcl_theory.experiments.secu_effects import SIZES
from ddcl_theory.experiments.secu_training import K

#: ACC, NMI and ARI on CIFAR-10, in per cent: Tables 2 to 5, 8, 9 and 10 (SeCu: Table 3); DeepCluster has ACC alone.
SCORED: dict[tuple[str, Pairs], tuple[float, ...]] = {
    ("SeCu", ()): (88.1, 79.3, 77.5),
    ("CE", ()): (51.6, 50.2, 35.0),
    ("closed form", ()): (87.4, 78.5, 76.4),
    ("uniform weights", ()): (85.7, 76.6, 73.2),
    ("DeepCluster", ()): (37.4,),
    ("SimCLR + k-means", ()): (65.9, 59.8, 50.9),
    ("entropy", (("alpha", 0.4),)): (85.3, 76.3, 73.1),
    ("entropy", (("alpha", 0.16),)): (87.9, 79.0, 77.1),
    ("entropy", (("alpha", 0.12),)): (88.0, 79.4, 77.4),
    ("entropy", (("alpha", 0.08),)): (84.9, 75.4, 72.2),
    ("entropy", (("alpha", 0.002),)): (19.9, 38.7, 17.0),
    ("entropy", (("alpha", 0.0),)): (10.0, 0.0, 0.0),
    ("sweep", (("gamma", 1.0),)): (85.4, 76.2, 73.0),
    ("sweep", (("gamma", 0.8),)): (87.6, 78.7, 76.6),
    ("sweep", (("gamma", 0.7),)): (86.6, 77.7, 75.1),
    ("sweep", (("batch", 32),)): (87.9,),
    ("sweep", (("batch", 64),)): (88.3,),
    ("sweep", (("batch", 256),)): (87.9,),
    ("sweep", (("output", 64),)): (88.0, 79.3, 77.4),
    ("sweep", (("output", 256),)): (88.2, 79.3, 77.5),
    ("sweep", (("output", 512),)): (87.8, 79.0, 77.2),
}
#: Standard deviations over eight trials (Table 3), where the paper gives them.
DEVIATIONS = {"closed form": (0.5, 0.6, 0.9), "SeCu": (0.3, 0.4, 0.4)}
#: #Max and #Min of Tables 2, 4 and 9, of 50 000 images.
CLUSTERS: dict[tuple[str, Pairs], tuple[int, int]] = {
    ("SeCu", ()): (5190, 4556),
    ("CE", ()): (6486, 4501),
    ("entropy", (("alpha", 0.4),)): (5056, 4913),
    ("entropy", (("alpha", 0.16),)): (5115, 4658),
    ("entropy", (("alpha", 0.12),)): (5120, 4579),
    ("entropy", (("alpha", 0.08),)): (5376, 4324),
    ("entropy", (("alpha", 0.002),)): (28575, 0),
    ("entropy", (("alpha", 0.0),)): (50000, 0),
    ("sweep", (("gamma", 1.0),)): (5015, 4973),
    ("sweep", (("gamma", 0.8),)): (5323, 4422),
    ("sweep", (("gamma", 0.7),)): (5721, 3789),
}
SELF_LABELLED = 93.0
#: Training images of CIFAR-10.
IMAGES = 50_000


def published(arm: str, condition: Mapping[str, Scalar], metric: str) -> Reported | None:
    """The paper's number for an arm and what its condition changes; None where there is none."""
    place = arm, tuple((n, v) for n, v in sorted(condition.items()) if n not in SIZES["standard"])
    if metric == "accuracy_self_labelled":
        return Reported(SELF_LABELLED / 100) if place == ("SeCu", ()) else None
    if metric in ("largest", "smallest"):
        sizes = CLUSTERS.get(place)
        return Reported(sizes[metric == "smallest"] / (IMAGES / K)) if sizes is not None else None
    which = list(SCORES).index(metric)
    numbers = SCORED.get(place, ())
    if which >= len(numbers):
        return None
    deviations = DEVIATIONS.get(arm)
    return Reported(numbers[which] / 100, deviations[which] / 100 if deviations is not None else None)

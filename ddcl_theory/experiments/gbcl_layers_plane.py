"""What GBCL says of its two layers in the plane: Table 1 and Figures 4 to 6.

Of the errors the text says that they are alike in all scenarios, and Table 1 has a row for each set: there every set must
agree.  Its other sentences compare the layers without saying where, so that each set counts by itself and the outcome
says on which of them a sentence holds.
"""

from __future__ import annotations

import math

from ddcl_theory.experiments.changes import planted, renumbered, scaled
from ddcl_theory.experiments.gbcl_layers_data import DATASETS
from ddcl_theory.experiments.protocol import Missing, Prediction, Runs

#: Largest and smallest singular value of each set.
TABLE_1 = {"spiral": (23.43, 21.24), "moons": (26.97, 16.51), "circles": (22.39, 22.34)}
#: Ours: relative error of the singular values, relative difference of errors that are alike, and what is near the
#: origin in units of the samples' root mean square norm.
SAME, ALIKE, ORIGIN = 0.02, 0.1, 0.5
LAYERS = ("VCL", "DCL")


def error_of_table_1(runs: Runs) -> float:
    """Larger relative difference of the two singular values from Table 1."""
    values = zip(("largest", "smallest"), TABLE_1[str(runs.fixed["dataset"])], strict=True)
    return max(abs(runs("k-means", name) - value) / value for name, value in values)


def difference_of_errors(runs: Runs) -> float:
    """Q of the vanilla layer minus Q of the dual one after 400 epochs, in units of the larger."""
    vanilla, dual = runs("VCL", "error"), runs("DCL", "error")
    return (vanilla - dual) / max(vanilla, dual)


def speed(runs: Runs, metric: str) -> float:
    """log2 of how many times as many epochs the vanilla layer takes."""
    vanilla, dual = (max(1.0, runs(arm, metric)) for arm in LAYERS)
    return math.log2(vanilla / dual)


def speed_to_own(runs: Runs) -> float:
    return speed(runs, "settled")


def speed_to_common(runs: Runs) -> float:
    return speed(runs, "arrived")


def more_valid(runs: Runs) -> float:
    return runs("DCL", "valid") - runs("VCL", "valid")


def simpler(runs: Runs) -> float:
    """‖E‖ of the vanilla layer minus that of the dual layer."""
    return runs("VCL", "edges") - runs("DCL", "edges")


def follows(runs: Runs) -> float:
    """How much farther from the samples the links of the vanilla layer run."""
    return runs("VCL", "off_the_data") - runs("DCL", "off_the_data")


def norm_of_start(runs: Runs) -> float:
    return runs("VCL", "start_norm")


def nearer_start(runs: Runs) -> float:
    """Mean squared distance of initial prototypes to the nearest sample, vanilla minus dual layer."""
    return runs("VCL", "start_distance") - runs("DCL", "start_distance")


def shorter_paths(runs: Runs) -> float:
    return runs("VCL", "length") - runs("DCL", "length")


def adequate(runs: Runs) -> float:
    """1 if the positions of both layers are adequate, of which the text gives no measure."""
    try:
        return float(all(runs(layer, "adequate") for layer in LAYERS))
    except Missing as missing:
        raise Missing(f"the text does not say what makes positions adequate ({missing})") from missing


def nearest_first(runs: Runs) -> float:
    """1 if the prototypes of the vanilla layer go to the cluster nearest to the origin first, which no run measures."""
    try:
        return runs("VCL", "nearest_first")
    except Missing as missing:
        raise Missing(f"the runs do not measure which samples a prototype reaches first ({missing})") from missing


PREDICTIONS = (
    Prediction(
        id="table-1",
        says=rf"\text{{the sets in the plane have the singular values of Table 1 to }} {100 * SAME:g}\,\%",
        place="Table 1",
        measure="larger relative difference of the two singular values",
        effect=error_of_table_1,
        relation="below",
        bound=SAME,
        arms=("k-means",),
        throughout={"dataset": DATASETS},
        changes=(planted("values of other data", {"largest": 30.0}, "k-means"), renumbered()),
        paper="23.43, 21.24; 26.97, 16.51; 22.39, 22.34",
    ),
    Prediction(
        id="similar-minima",
        says=rf"\text{{the quantisation errors after 400 epochs differ by less than }} {100 * ALIKE:g}\,\% "
        r"\text{ on every set}",
        place="Results, Fig. 4",
        measure="error of the vanilla layer minus that of the dual one, in units of the larger",
        effect=difference_of_errors,
        relation="within",
        bound=ALIKE,
        arms=LAYERS,
        throughout={"dataset": DATASETS},
        changes=(planted("no error", {"error": 0.0}, "DCL"), renumbered()),
        paper="both tend to similar local minima in all scenarios; the margin is ours",
    ),
    Prediction(
        id="adequate",
        says=r"\text{both layers estimate the positions of the prototypes adequately}",
        place="Results, Fig. 5",
        measure="replicates in which both do",
        effect=adequate,
        relation="every",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(planted("no adequate position", {"adequate": False}, "VCL"), renumbered()),
        paper="an adequate estimate after 800 epochs, judged by eye",
    ),
    Prediction(
        id="settles-faster",
        says=r"\text{the dual layer comes to within } 10\,\% \text{ of its own final error in fewer epochs}",
        place="Results, Fig. 4",
        measure="log2 of the ratio of epochs, vanilla to dual",
        effect=speed_to_own,
        relation="above",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(planted("as fast", {"settled": 100}), renumbered()),
        paper="much faster",
    ),
    Prediction(
        id="arrives-faster",
        says=r"\text{the dual layer comes below twice the error of } k\text{-means in fewer epochs}",
        place="Results, Fig. 4",
        measure="log2 of the ratio of epochs, vanilla to dual, 401 where it does not come there in 400",
        effect=speed_to_common,
        relation="above",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(planted("as fast", {"arrived": 100}), renumbered()),
        paper="much faster",
    ),
    Prediction(
        id="more-valid",
        says=r"\text{the dual layer keeps more valid prototypes}",
        place="Results, Fig. 4",
        measure="valid prototypes after 400 epochs, dual minus vanilla",
        effect=more_valid,
        relation="above",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(planted("as many", {"valid": 20}), renumbered()),
        paper="it employs more",
    ),
    Prediction(
        id="simpler-topology",
        says=r"\|E\|_F \text{ of the vanilla layer exceeds that of the dual layer}",
        place="Results, Fig. 4",
        measure="‖E‖ after 400 epochs, vanilla minus dual",
        effect=simpler,
        relation="above",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(
            planted("no links of the vanilla layer", {"edges": 0.0}, "VCL"),
            scaled("‖E‖ in another unit", "edges", 2.0),
            renumbered(),
        ),
        paper="the vanilla layer favours more complex solutions",
    ),
    Prediction(
        id="follows-the-data",
        says=r"\text{links of the dual layer run nearer to the samples, after 800 epochs}",
        place="Results, Fig. 5",
        measure="mean distance from the middle of a link to the nearest sample, vanilla minus dual",
        effect=follows,
        relation="above",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(planted("vanilla links on the samples", {"off_the_data": 0.0}, "VCL"), renumbered()),
        paper="the dual layer follows the manifolds far better",
    ),
    Prediction(
        id="starts-at-the-origin",
        says=rf"\text{{vanilla prototypes start within }} {ORIGIN:g} \text{{ of the samples' root mean square norm}}",
        place="Results, Fig. 6",
        measure="root mean square norm of initial prototypes in units of that of the samples",
        effect=norm_of_start,
        relation="below",
        bound=ORIGIN,
        arms=("VCL",),
        over={"dataset": DATASETS},
        changes=(planted("as far out as the samples", {"start_norm": 1.0}, "VCL"), renumbered()),
        paper="around the origin",
    ),
    Prediction(
        id="starts-near-the-data",
        says=r"\text{dual prototypes start nearer to the samples than vanilla ones}",
        place="Results, Fig. 6",
        measure="mean squared distance of initial prototypes to the nearest sample, vanilla minus dual",
        effect=nearer_start,
        relation="above",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(planted("vanilla starts at samples", {"start_distance": 0.0}, "VCL"), renumbered()),
        paper="close to a random choice of the samples",
    ),
    Prediction(
        id="nearest-first",
        says=r"\text{vanilla prototypes go to the cluster nearest to the origin first}",
        place="Results, Fig. 6",
        measure="replicates in which they do",
        effect=nearest_first,
        relation="every",
        arms=("VCL",),
        over={"dataset": DATASETS},
        changes=(planted("to another one", {"nearest_first": False}, "VCL"), renumbered()),
        paper="towards the nearest cluster, and then some of them to the farthest manifolds",
    ),
    Prediction(
        id="shorter-paths",
        says=r"\text{paths of dual prototypes are shorter than those of vanilla ones}",
        place="Results, Fig. 6",
        measure="mean length of the paths of valid prototypes over 400 epochs, vanilla minus dual",
        effect=shorter_paths,
        relation="above",
        arms=LAYERS,
        over={"dataset": DATASETS},
        changes=(
            planted("vanilla prototypes stay", {"length": 0.0}, "VCL"),
            scaled("length in another unit", "length", 3.0),
            renumbered(),
        ),
        paper="much shorter",
    ),
)

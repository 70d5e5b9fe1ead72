"""Block 6: the digits as a stream, one pass (DDCL, §7.6).

Prototypes that make one gradient step on L_q a batch, beside scikit-learn's MiniBatchKMeans on the same batches in the
same order, and beside batch training (Block 2, central setting) as the ceiling.  The replicates differ in the order of
the stream and in the start.  The size of the batches, the temperature and the learning rate are lost: the text has "a
temperature" and no schedule, so that T = 0.5, where Block 2 ends, is the centre, and so is Block 2's rate; 64 is a
usual size.  §4.5 assigns row by row, §7.6 describes a gradient step and a temperature, hence softmax: both are run.

Of the grid each value is run alone, everything else at its centre, and in all combinations the start with temperature, with
step, with assignment and with features, and the batch with the step: 41 settings of 5184 combinations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.block2_training import COLLAPSED
from ddcl_theory.experiments.block6_training import LAST
from ddcl_theory.experiments.changes import planted, renumbered, scaled
from ddcl_theory.experiments.protocol import Block, Grid, Prediction, Runs, Scalar

#: Largest difference of ACC that still counts as within the error margin.
SAME = 0.05
#: Largest sum of falls of D_P, as a part of its range, that still counts as monotone.
MONOTONE = 0.05
#: Largest part of its range that D_P may change by over the last quarter of the stream.
SETTLED = 0.1

INCREMENTAL, HARD, CEILING = "incremental L_q", "MiniBatchKMeans", "batch L_q"
_STEP = ("temperature", "convention", "init", "gradient", "step", "assignment")

GRID = Grid(
    {
        "features": ("PCA, then standardised", "standardised, then PCA", "PCA alone"),
        "batch": (64, 32, 128),
        "temperature": (0.5, 1.0, "2 to 0.5"),
        "convention": ("d/T", "d/2T"),
        "init": ("samples", "k-means++", "narrow", "wide"),
        "gradient": ("stopped", "full"),
        "step": ("rate 0.5", "rate 0.1", "mass"),
        "assignment": ("softmax", "row by row"),
        "seeds": ("k-means++", "samples"),
    },
    ignored={
        INCREMENTAL: ("seeds",),
        HARD: _STEP,
        CEILING: (*_STEP, "batch", "seeds"),
    },
    # The start decides which way the separation can go, the batch and the step how far a single pass can take it.
    crossed=(
        ("init", "temperature"),
        ("init", "step"),
        ("init", "assignment"),
        ("init", "features"),
        ("batch", "step"),
    ),
)


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """One stream an arm; there is nothing that the paper varies."""
    return [(arm, {}) for arm in (INCREMENTAL, HARD, CEILING)]


def advantage(runs: Runs) -> float:
    """ACC of incremental DDCL minus that of MiniBatchKMeans."""
    return runs(INCREMENTAL, "accuracy") - runs(HARD, "accuracy")


def below_ceiling(runs: Runs) -> float:
    """ACC of batch DDCL minus that of incremental DDCL."""
    return runs(CEILING, "accuracy") - runs(INCREMENTAL, "accuracy")


def hard_below_ceiling(runs: Runs) -> float:
    """ACC of batch DDCL minus that of MiniBatchKMeans."""
    return runs(CEILING, "accuracy") - runs(HARD, "accuracy")


def rise_of_accuracy(runs: Runs) -> float:
    """ACC after the stream minus ACC after its first batch."""
    return runs(INCREMENTAL, "accuracy") - runs(INCREMENTAL, "accuracy_start")


def extra_drops(runs: Runs) -> float:
    """Sum of all drops of ACC from batch to batch: of MiniBatchKMeans minus that of incremental DDCL."""
    return runs(HARD, "drops") - runs(INCREMENTAL, "drops")


def rise_of_separation(runs: Runs) -> float:
    """D_P after the stream minus D_P before it, in units of the data's variance."""
    return runs(INCREMENTAL, "separation") - runs(INCREMENTAL, "separation_start")


def falls_of_separation(runs: Runs) -> float:
    """Sum of all falls of D_P from batch to batch, as a part of its range."""
    return runs(INCREMENTAL, "falls")


def unsettled(runs: Runs) -> float:
    """Change of D_P over the last quarter of the stream, as a part of its range."""
    return runs(INCREMENTAL, "unsettled")


def stays_apart(runs: Runs) -> float:
    """1 if the prototypes have not collapsed."""
    return float(runs(INCREMENTAL, "separation") >= COLLAPSED)


PREDICTIONS = (
    Prediction(
        id="alike",
        says=r"\text{incremental } L_q \text{ and MiniBatchKMeans reach the same ACC (to 0.05)}",
        place="§7.6, Table 9",
        measure="ACC of incremental L_q minus ACC of MiniBatchKMeans",
        effect=advantage,
        relation="within",
        bound=SAME,
        arms=(INCREMENTAL, HARD),
        changes=(planted("MiniBatchKMeans always wrong", {"accuracy": 0.0}, HARD), renumbered()),
        paper="within the error margin, no significant difference; the margin here is ours",
    ),
    Prediction(
        id="below-ceiling",
        says=r"\text{incremental } L_q \text{ stays below the ACC of batch } L_q",
        place="§7.6, Table 9",
        measure="ACC of batch L_q minus ACC of incremental L_q",
        effect=below_ceiling,
        relation="above",
        arms=(INCREMENTAL, CEILING),
        changes=(planted("batch L_q always wrong", {"accuracy": 0.0}, CEILING), renumbered()),
        paper="below the batch ceiling",
    ),
    Prediction(
        id="hard-below-ceiling",
        says=r"\text{MiniBatchKMeans stays below the ACC of batch } L_q",
        place="§7.6, Table 9",
        measure="ACC of batch L_q minus ACC of MiniBatchKMeans",
        effect=hard_below_ceiling,
        relation="above",
        arms=(HARD, CEILING),
        changes=(planted("batch L_q always wrong", {"accuracy": 0.0}, CEILING), renumbered()),
        paper="below the batch ceiling",
    ),
    Prediction(
        id="accuracy-rises",
        says=r"\text{incremental } L_q: \text{ ACC rises as samples accumulate}",
        place="§7.6, Fig. 7 left",
        measure="ACC after the stream minus ACC after the first batch",
        effect=rise_of_accuracy,
        relation="above",
        arms=(INCREMENTAL,),
        changes=(planted("nothing learnt", {"accuracy": 0.4, "accuracy_start": 0.4}, INCREMENTAL), renumbered()),
        paper="converges as samples accumulate",
    ),
    Prediction(
        id="smoother",
        says=r"\text{the ACC of incremental } L_q \text{ drops less on its way than that of MiniBatchKMeans}",
        place="§7.6, Fig. 7 left",
        measure="sum of the drops of ACC of MiniBatchKMeans minus that of incremental L_q",
        effect=extra_drops,
        relation="above",
        arms=(INCREMENTAL, HARD),
        changes=(
            planted("MiniBatchKMeans without a drop", {"drops": 0.0}, HARD),
            scaled("ACC in another unit", "drops", 100.0),
            renumbered(),
        ),
        paper="smooth, without the oscillations of hard assignments",
    ),
    Prediction(
        id="separation-grows",
        says=r"\text{incremental } L_q: D_P \text{ is larger after the stream than before it}",
        place="§7.6, Fig. 7 right, §8.1 (vii)",
        measure="D_P after minus D_P before, in units of the data's variance",
        effect=rise_of_separation,
        relation="above",
        arms=(INCREMENTAL,),
        changes=(planted("D_P that falls", {"separation_start": 2.0, "separation": 1.0}, INCREMENTAL), renumbered()),
        paper="separation grows",
    ),
    Prediction(
        id="separation-monotone",
        says=r"\text{incremental } L_q: D_P \text{ grows monotonically (falls of at most } 5\,\% \text{ of its range)}",
        place="§7.6, Fig. 7 right, §8.1 (vii)",
        measure="sum of the falls of D_P as a part of its range",
        effect=falls_of_separation,
        relation="below",
        bound=MONOTONE,
        arms=(INCREMENTAL,),
        changes=(planted("D_P that falls by half its range", {"falls": 0.5}, INCREMENTAL), renumbered()),
        paper="separation grows monotonically; the tolerance is ours",
    ),
    Prediction(
        id="separation-settles",
        says=r"\text{incremental } L_q: D_P \text{ changes by less than } 10\,\% \text{ of its range in the last quarter}",
        place="§7.6, Fig. 7 right",
        measure="change of D_P over the last quarter of the stream as a part of its range",
        effect=unsettled,
        relation="below",
        bound=SETTLED,
        arms=(INCREMENTAL,),
        changes=(planted("D_P still moving", {"unsettled": 0.5}, INCREMENTAL), renumbered()),
        paper="separation stabilises; the tolerance is ours",
    ),
    Prediction(
        id="stays-apart",
        says=r"\text{incremental } L_q: \text{ the prototypes are apart after the stream, in every run}",
        place="§7.6, §9",
        measure="replicates without a collapse",
        effect=stays_apart,
        relation="every",
        arms=(INCREMENTAL,),
        changes=(planted("all at one point", {"separation": 0.0}, INCREMENTAL), renumbered()),
        paper="the separation force remains active in the stream",
    ),
)

BLOCK = Block(
    id="block6",
    claim="ddcl.block6",
    title="Block 6: handwritten digits as a stream",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 20},
    conditions=conditions,
    run="ddcl_theory.experiments.block6_training:run",
    predictions=PREDICTIONS,
    sources=(
        "ddcl_theory.experiments.block1_training",
        "ddcl_theory.experiments.block2_settings",
        "ddcl_theory.experiments.block2_training",
    ),
    note="one pass over 1797 samples in random order, 10 prototypes or centres, one start each, drawn from the first batch; "
    f"scored on all samples; the last quarter is the last {LAST:g} of the batches; collapsed: D_P below {COLLAPSED:g} of the "
    "data's variance",
)

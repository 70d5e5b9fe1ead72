"""What GBCL says of its layers over the number of features: Table 2 and Figure 7.

Table 2 has a row for each d, the theorem leaves none out, and "near 100 % until 2000-3000" holds at least until 2000:
there every d must agree.  Where the text compares methods without saying at which d, each d counts by itself.
"""

from __future__ import annotations

from ddcl_theory.experiments.changes import planted, renumbered
from ddcl_theory.experiments.protocol import Prediction, Runs
from ddcl_theory.experiments.quantified import without

#: Largest singular value over the features.
TABLE_2 = {1000: 112.0, 2000: 120.0, 3000: 126.0, 5000: 139.0, 10000: 154.0}
FEATURES = tuple(TABLE_2)
#: Where both ends of "until 2000-3000" have the accuracy near 100 %.
UNTIL = FEATURES[:2]
#: Ours: relative error of the singular values, what is near 100 %, and an accuracy that does not change.
SAME, NEAR, UNCHANGED = 0.05, 0.95, 0.05

VANILLA, DUAL, DEEP, KMEANS = "VCL, d", "DCL, d", "deep DCL", "k-means, d"
BASELINES = (KMEANS, "k-means, span", "k-means + PCA", "DeepCluster")
HIGH = (VANILLA, DUAL, DEEP, *BASELINES)


def error_of_table_2(runs: Runs) -> float:
    """Relative difference of the largest singular value from Table 2."""
    value = TABLE_2[int(runs.fixed["d"])]
    return (runs(KMEANS, "largest") - value) / value


def dual_accuracy(runs: Runs) -> float:
    return runs(DUAL, "accuracy")


def deep_accuracy(runs: Runs) -> float:
    return runs(DEEP, "accuracy")


def dual_over_vanilla(runs: Runs) -> float:
    return runs(DUAL, "accuracy") - runs(VANILLA, "accuracy")


def deep_over_other(runs: Runs) -> float:
    """Accuracy of the deep dual layer minus that of one of the others."""
    alone = without(runs, "layer")
    return alone(DEEP, "accuracy") - alone(str(runs.fixed["layer"]), "accuracy")


def influence_of_dimension(runs: Runs) -> float:
    """Accuracy of the dual layer here minus that at the smallest d."""
    return runs(DUAL, "accuracy") - runs(DUAL, "accuracy", d=FEATURES[0])


def curse(runs: Runs) -> float:
    """Accuracy of k-means at the smallest d minus here."""
    return runs(KMEANS, "accuracy", d=FEATURES[0]) - runs(KMEANS, "accuracy")


def dual_over_kmeans(runs: Runs) -> float:
    return runs(DUAL, "accuracy") - runs(KMEANS, "accuracy")


PREDICTIONS = (
    Prediction(
        id="table-2",
        says=rf"\text{{the MADELON data have the largest singular values of Table 2 to }} {100 * SAME:g}\,\%",
        place="Table 2",
        measure="relative difference of the largest singular value",
        effect=error_of_table_2,
        relation="within",
        bound=SAME,
        arms=(KMEANS,),
        throughout={"d": FEATURES},
        changes=(planted("values of noise", {"largest": 42.0}, KMEANS), renumbered()),
        paper="112, 120, 126, 139, 154",
    ),
    Prediction(
        id="dual-near-100",
        says=rf"\text{{the accuracy of the dual layer is above }} {NEAR:g} \text{{ until }} d = {UNTIL[-1]}",
        place="after Theorem 3.4, Fig. 7",
        measure="accuracy of the dual layer by majority vote",
        effect=dual_accuracy,
        relation="above",
        bound=NEAR,
        arms=(DUAL,),
        throughout={"d": UNTIL},
        changes=(planted("0.6", {"accuracy": 0.6}, DUAL), renumbered()),
        paper="near 100 % until 2000 to 3000 features",
    ),
    Prediction(
        id="deep-near-100",
        says=rf"\text{{the accuracy of the deep dual layer is above }} {NEAR:g} \text{{ until }} d = {UNTIL[-1]}",
        place="after Theorem 3.4, Fig. 7",
        measure="accuracy of the deep dual layer by majority vote",
        effect=deep_accuracy,
        relation="above",
        bound=NEAR,
        arms=(DEEP,),
        throughout={"d": UNTIL},
        changes=(planted("0.6", {"accuracy": 0.6}, DEEP), renumbered()),
        paper="near 100 % until 2000 to 3000 features",
    ),
    Prediction(
        id="dual-over-vanilla",
        says=r"\text{the dual layer is more accurate than the vanilla layer}",
        place="after Theorem 3.4, Fig. 7",
        measure="accuracy of the dual layer minus that of the vanilla layer",
        effect=dual_over_vanilla,
        relation="above",
        arms=(VANILLA, DUAL),
        over={"d": FEATURES},
        changes=(planted("both at 0.6", {"accuracy": 0.6}), renumbered()),
        paper="the dual methods deal better with many features",
    ),
    Prediction(
        id="deep-is-best",
        says=r"\text{the deep dual layer is the most accurate of the three}",
        place="after Theorem 3.4, Fig. 7",
        measure="accuracy of the deep dual layer minus that of the other layer",
        effect=deep_over_other,
        relation="above",
        arms=(VANILLA, DUAL, DEEP),
        over={"d": FEATURES},
        throughout={"layer": (VANILLA, DUAL)},
        changes=(planted("all at 0.6", {"accuracy": 0.6}), renumbered()),
        paper="the deep layer has the best accuracy",
    ),
    Prediction(
        id="not-influenced",
        says=rf"\text{{the accuracy of the dual layer changes by less than }} {UNCHANGED:g} \text{{ over all }} d",
        place="Theorem 3.4 and the sentence after it",
        measure="accuracy at d minus accuracy at d = 1000",
        effect=influence_of_dimension,
        relation="within",
        bound=UNCHANGED,
        arms=(DUAL,),
        throughout={"d": FEATURES[1:]},
        changes=(planted("always wrong at d = 1000", {"accuracy": 0.0}, DUAL, d=FEATURES[0]), renumbered()),
        paper="not influenced by d",
    ),
    Prediction(
        id="kmeans-suffers",
        says=r"k\text{-means is less accurate than at } d = 1000",
        place="Results, before Fig. 7",
        measure="accuracy at d = 1000 minus accuracy at d",
        effect=curse,
        relation="above",
        arms=(KMEANS,),
        over={"d": FEATURES[1:]},
        changes=(planted("0.9 throughout", {"accuracy": 0.9}, KMEANS), renumbered()),
        paper="distance-based algorithms suffer from many features",
    ),
    Prediction(
        id="dual-over-kmeans",
        says=r"\text{the dual layer is more accurate than } k\text{-means on the features}",
        place="Results, before Fig. 7, and the conclusion",
        measure="accuracy of the dual layer minus that of k-means",
        effect=dual_over_kmeans,
        relation="above",
        arms=(DUAL, KMEANS),
        over={"d": FEATURES},
        changes=(planted("both at 0.6", {"accuracy": 0.6}), renumbered()),
        paper="natively suited to many features, unlike all other clustering (no k-means is shown)",
    ),
)

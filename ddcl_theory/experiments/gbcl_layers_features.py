"""What GBCL says of its layers over the number of features: Table 2 and Figure 7."""

from __future__ import annotations

from ddcl_theory.experiments.changes import planted, renumbered
from ddcl_theory.experiments.protocol import Prediction, Runs

#: Largest singular value over the features.
TABLE_2 = {1000: 112.0, 2000: 120.0, 3000: 126.0, 5000: 139.0, 10000: 154.0}
FEATURES = tuple(TABLE_2)
#: Ours: relative error of the singular values, what is near 100 %, and an accuracy that does not change.
SAME, NEAR, UNCHANGED = 0.05, 0.95, 0.05

VANILLA, DUAL, DEEP, KMEANS = "VCL, d", "DCL, d", "deep DCL", "k-means, d"
BASELINES = (KMEANS, "k-means, span", "k-means + PCA", "DeepCluster")
HIGH = (VANILLA, DUAL, DEEP, *BASELINES)


def error_of_table_2(runs: Runs) -> float:
    """Relative difference of the largest singular value from Table 2."""
    value = TABLE_2[int(runs.fixed["d"])]
    return abs(runs(KMEANS, "largest") - value) / value


def dual_accuracy(runs: Runs) -> float:
    return runs(DUAL, "accuracy")


def deep_accuracy(runs: Runs) -> float:
    return runs(DEEP, "accuracy")


def dual_over_vanilla(runs: Runs) -> float:
    return runs(DUAL, "accuracy") - runs(VANILLA, "accuracy")


def deep_over_both(runs: Runs) -> float:
    return runs(DEEP, "accuracy") - max(runs(arm, "accuracy") for arm in (VANILLA, DUAL))


def influence_of_dimension(runs: Runs) -> float:
    """|accuracy of the dual layer at the smallest d − here|."""
    return abs(runs(DUAL, "accuracy", d=FEATURES[0]) - runs(DUAL, "accuracy"))


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
        relation="below",
        bound=SAME,
        arms=(KMEANS,),
        over={"d": FEATURES},
        changes=(planted("values of noise", {"largest": 42.0}, KMEANS), renumbered()),
        paper="112, 120, 126, 139, 154",
    ),
    Prediction(
        id="dual-near-100",
        says=rf"\text{{the accuracy of the dual layer is above }} {NEAR:g}",
        place="after Theorem 3.4, Fig. 7",
        measure="accuracy of the dual layer by majority vote",
        effect=dual_accuracy,
        relation="above",
        bound=NEAR,
        arms=(DUAL,),
        over={"d": FEATURES[:3]},
        changes=(planted("0.6", {"accuracy": 0.6}, DUAL), renumbered()),
        paper="near 100 % until 2000 to 3000 features",
    ),
    Prediction(
        id="deep-near-100",
        says=rf"\text{{the accuracy of the deep dual layer is above }} {NEAR:g}",
        place="after Theorem 3.4, Fig. 7",
        measure="accuracy of the deep dual layer by majority vote",
        effect=deep_accuracy,
        relation="above",
        bound=NEAR,
        arms=(DEEP,),
        over={"d": FEATURES[:3]},
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
        measure="accuracy of the deep dual layer minus the better of the other two",
        effect=deep_over_both,
        relation="above",
        arms=(VANILLA, DUAL, DEEP),
        over={"d": FEATURES},
        changes=(planted("all at 0.6", {"accuracy": 0.6}), renumbered()),
        paper="the deep layer has the best accuracy",
    ),
    Prediction(
        id="not-influenced",
        says=rf"\text{{the accuracy of the dual layer changes by less than }} {UNCHANGED:g} \text{{ over }} d",
        place="Theorem 3.4 and the sentence after it",
        measure="|accuracy at d = 1000 minus accuracy at d|",
        effect=influence_of_dimension,
        relation="below",
        bound=UNCHANGED,
        arms=(DUAL,),
        over={"d": FEATURES[1:]},
        changes=(planted("other accuracy at d = 1000", {"accuracy": 0.2}, DUAL, d=FEATURES[0]), renumbered()),
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

"""Block 4: frozen features of dimension 512 (DDCL, §7.4).

Prototypes on frozen features of length 1, k = 10, cooled linearly, by L_q and by L_OLS, beside k-means and DeepCluster.
The features are those of a file that the user has, or those of a stand-in that says nothing about CIFAR-10: see
`experiments.block4_features`.  The text gives n = 50 000, d = 512, k = 10 and the scaling to length 1; its temperatures,
learning rate and number of epochs are lost.  The central schedule is that of Block 2, T from 2 to 0.5, the only one that a
source gives; epochs, rate and start are ours and were declared before anything ran.  `VARIATIONS` change one of them at a
time, on the thorough profile: 10 of them beside the centre, and no two together.  It takes all 50 000 samples there, fewer on
the others.  Every run carries the features that it saw as a condition, and what is found on the stand-in is said of it.

The text writes that V grows while T falls, "confirming" a corollary (ddcl.corollary2) by which V falls with T, at fixed
prototypes; the sentence is measured as it stands, during training.  What D_P was correlated with is lost: tr S_q, as in
Blocks 1 and 2, or V.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ddcl_theory.experiments.block4_features import VARIABLE, available, source
from ddcl_theory.experiments.block4_training import COLLAPSED, COOLING, EPOCHS, FOLLOWED, RATE, VARIATIONS
from ddcl_theory.experiments.changes import planted, renumbered, scaled
from ddcl_theory.experiments.protocol import (
    Block,
    Change,
    Grid,
    Metrics,
    Missing,
    Pairs,
    Prediction,
    Results,
    Runs,
    Scalar,
    pairs,
)

SAMPLES = {"quick": 500, "standard": 4000, "thorough": 50_000}
BASELINES = ("k-means", "DeepCluster")
LOSSES = ("L_q", "L_OLS")
SCORES = ("accuracy", "nmi", "ari")
#: Equal to three decimals; a difference of ACC that still counts as the same.
THREE_DECIMALS, SAME = 5e-4, 0.02
#: Mean and standard deviation of ACC in the paper, from a secondary source.
PUBLISHED, PUBLISHED_SD = 0.265, 0.031
#: What D_P may have been correlated with.
AGAINST = ("tr S_q", "V")

GRID = Grid({"variation": tuple(VARIATIONS)}, ignored=dict.fromkeys(BASELINES, ("variation",)))


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """Every method on the same features; ValueError where the file of features cannot be used."""
    name = source()
    size: dict[str, Scalar] = {"features": name, "samples": available(name, SAMPLES[profile])}
    return [(arm, size) for arm in (*LOSSES, *BASELINES)]


def _features(runs: Runs) -> Pairs:
    """The features and the size that all runs share."""
    for _, condition, *_ in runs.index:
        return condition
    raise Missing("no finished run")


def of(runs: Runs, arm: str, metric: str) -> float:
    return replace(runs, fixed=dict(_features(runs)))(arm, metric)


def equal_scores(runs: Runs) -> float:
    """1 if ACC, NMI and ARI of both losses agree to three decimals."""
    return float(all(abs(of(runs, "L_q", m) - of(runs, "L_OLS", m)) < THREE_DECIMALS for m in SCORES))


def gain_of_accuracy(runs: Runs) -> float:
    """ACC with L_q minus ACC with L_OLS."""
    return of(runs, "L_q", "accuracy") - of(runs, "L_OLS", "accuracy")


def no_violation(runs: Runs) -> float:
    """1 if L_q = L_OLS + V and L_q ≥ L_OLS to rounding in every epoch, for both losses."""
    return float(not any(of(runs, arm, metric) for arm in LOSSES for metric in ("violations", "negative")))


def variance_grows(runs: Runs) -> float:
    """1 if V falls in no epoch of the cooling."""
    return float(of(runs, "L_q", "falls of V") == 0)


def rise_of_variance(runs: Runs) -> float:
    """V at the end of the cooling minus V at its beginning."""
    return of(runs, "L_q", "rise")


def correlation(runs: Runs) -> float:
    """Pearson correlation over the epochs of D_P with what `against` names."""
    return of(runs, "L_q", f"correlation with {runs.fixed['against']}")


def grow_together(runs: Runs) -> float:
    """1 if neither D_P nor the other quantity falls in any epoch."""
    return float(of(runs, "L_q", "falls of D_P") == 0 == of(runs, "L_q", f"falls of {runs.fixed['against']}"))


def kmeans_ahead(runs: Runs) -> float:
    """ACC of k-means minus that with one of the losses."""
    return of(runs, "k-means", "accuracy") - of(runs, str(runs.fixed["method"]), "accuracy")


def deepcluster_last(runs: Runs) -> float:
    """ACC of another method minus that of DeepCluster."""
    return of(runs, str(runs.fixed["method"]), "accuracy") - of(runs, "DeepCluster", "accuracy")


def published(runs: Runs) -> float:
    """ACC with one of the losses minus the paper's mean; on features of CIFAR-10 alone."""
    if not str(dict(_features(runs))["features"]).startswith("CIFAR-10"):
        raise Missing(f"features of CIFAR-10: {VARIABLE} names no file, and the stand-in has other images")
    return of(runs, str(runs.fixed["method"]), "accuracy") - PUBLISHED


def on_cifar(identifier: str, values: Metrics) -> Change:
    """A false change: these metrics in every run, as if its features were those of CIFAR-10."""

    def apply(results: Results) -> Results:
        made = {
            replace(c, condition=pairs({**dict(c.condition), "features": "CIFAR-10 made up"})): m | values
            for c, m in results
        }
        return replace(results, metrics=made)

    return Change(identifier, apply)


def _planted(identifier: str, arm: str | None = "L_q", **values: Any) -> Change:
    return planted(identifier, values, arm)


PREDICTIONS = (
    Prediction(
        id="same-metrics",
        says=r"\text{ACC, NMI and ARI of } L_q \text{ and } L_{\mathrm{OLS}} \text{ agree to three decimals in every run}",
        place="§7.4, (1); Table 7",
        measure="replicates in which all three agree",
        effect=equal_scores,
        relation="every",
        arms=LOSSES,
        changes=(_planted("no sample right", accuracy=0.0), renumbered()),
        paper="identical to three decimals, on CIFAR-10",
    ),
    Prediction(
        id="same-accuracy",
        says=rf"\text{{the accuracies of }} L_q \text{{ and }} L_{{\mathrm{{OLS}}}} \text{{ are the same (to {SAME:g})}}",
        place="§8.2",
        measure="ACC with L_q minus ACC with L_OLS",
        effect=gain_of_accuracy,
        relation="within",
        bound=SAME,
        arms=LOSSES,
        changes=(_planted("no sample right", accuracy=0.0), renumbered()),
        paper="indistinguishable, 0.265 ± 0.031 for both on CIFAR-10; the margin is ours",
        secondary=True,
    ),
    Prediction(
        id="decomposition",
        says=r"L_q = L_{\mathrm{OLS}} + V \text{ in every epoch, with no violation}",
        place="§7.4, (2)",
        measure=f"replicates without a violation, on {FOLLOWED} samples in each epoch and on all after the last",
        effect=no_violation,
        relation="every",
        arms=LOSSES,
        changes=(_planted("a violation", violations=1), renumbered()),
        paper="zero violations, on CIFAR-10",
    ),
    Prediction(
        id="variance-monotone",
        says=r"V \text{ grows in every epoch while } T \text{ falls}",
        place="§7.4, (2)",
        measure="replicates in which V never falls",
        effect=variance_grows,
        relation="every",
        arms=("L_q",),
        changes=(planted("half of the epochs fall", {"falls of V": 0.5}, "L_q"), renumbered()),
        paper="grows monotonically as temperature decreases, on CIFAR-10",
    ),
    Prediction(
        id="variance-grows",
        says=r"V \text{ is larger at the end of the cooling than at its beginning}",
        place="§7.4, (2)",
        measure="last V minus first V, in units of the data's variance",
        effect=rise_of_variance,
        relation="above",
        arms=("L_q",),
        changes=(_planted("a fall", rise=-1.0), scaled("V in another unit", "rise", 4.0), renumbered()),
        paper="grows monotonically as temperature decreases, on CIFAR-10",
    ),
    Prediction(
        id="correlation-positive",
        says=r"D_P \text{ and } \mathrm{tr}\, S_q \text{ (or } V\text{) are positively correlated over the epochs}",
        place="§7.4, (3)",
        measure="Pearson correlation",
        effect=correlation,
        relation="above",
        arms=("L_q",),
        over={"against": AGAINST},
        changes=(planted("negative", {f"correlation with {name}": -0.98 for name in AGAINST}, "L_q"), renumbered()),
        paper="positive on CIFAR-10; the number is lost, and what D_P was correlated with",
    ),
    Prediction(
        id="grow-together",
        says=r"D_P \text{ and } \mathrm{tr}\, S_q \text{ (or } V\text{) both grow in every epoch}",
        place="§7.4, (3)",
        measure="replicates in which neither falls",
        effect=grow_together,
        relation="every",
        arms=("L_q",),
        over={"against": AGAINST},
        changes=(planted("D_P falls", {"falls of D_P": 1.0}, "L_q"), renumbered()),
        paper="both quantities grow monotonically together, on CIFAR-10",
    ),
    Prediction(
        id="k-means-ahead",
        says=r"\text{ACC: } k\text{-means exceeds both losses}",
        place="§7.4",
        measure="ACC of k-means minus ACC of the method",
        effect=kmeans_ahead,
        relation="above",
        arms=(*LOSSES, "k-means"),
        throughout={"method": LOSSES},
        changes=(_planted("k-means at zero", "k-means", accuracy=0.0), renumbered()),
        paper="k-means dominates in absolute ACC, as features of ImageNet are discriminative on CIFAR-10 already",
    ),
    Prediction(
        id="deepcluster-last",
        says=r"\text{ACC: DeepCluster is the worst of all methods}",
        place="§8.1, (v)",
        measure="ACC of the method minus ACC of DeepCluster",
        effect=deepcluster_last,
        relation="above",
        arms=(*LOSSES, *BASELINES),
        throughout={"method": (*LOSSES, "k-means")},
        changes=(_planted("DeepCluster without error", "DeepCluster", accuracy=1.0), renumbered()),
        paper="worst across all methods, on CIFAR-10",
    ),
    Prediction(
        id="accuracy",
        says=r"\text{CIFAR-10: mean ACC of both losses lies within two standard deviations of } 0.265",
        place="Table 7",
        measure=f"ACC minus {PUBLISHED:g}",
        effect=published,
        relation="within",
        bound=2 * PUBLISHED_SD,
        arms=LOSSES,
        throughout={"method": LOSSES},
        changes=(on_cifar("no error on CIFAR-10", {"accuracy": 1.0}), renumbered()),
        paper="0.265 ± 0.031 for both losses",
        secondary=True,
    ),
)

BLOCK = Block(
    id="block4",
    claim="ddcl.block4",
    title="Block 4: frozen features",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.block4_training:run",
    predictions=PREDICTIONS,
    environment="features",
    sources=(
        "ddcl_theory.experiments.block4_features",
        "ddcl_theory.experiments.block1_training",
        "ddcl_theory.experiments.secu_training",
    ),
    note=f"features of the file that {VARIABLE} names, or else of a stand-in, which is not CIFAR-10; n = {SAMPLES['standard']} (quick "
    f"{SAMPLES['quick']}, thorough {SAMPLES['thorough']}), {EPOCHS} epochs, T linear from {COOLING[0]:g} to {COOLING[1]:g}, "
    f"learning rate {RATE:g}, collapsed: D_P below {COLLAPSED:g} of the data's variance",
)

"""Block 5: the network, the prototypes and the assignments trained together (DDCL, §7.5).

A perceptron of three layers on scikit-learn's digits (n = 1797, d = 64, k = 10), 50 epochs of warm-up by contrast and
reconstruction, 300 epochs of joint training in which the weight of L_sep grows over the first 100.  So much stands in
the text; its sizes, rates, temperatures, weights, batches and the noise are lost, and are the grid or stand in the note.

The central setting comes from the text where it speaks.  Prototypes are native outputs through which the gradient
reaches the features (Table 1, App. G, line 4), as functions of the whole feature matrix (6), hence one batch; q with
its full gradient, since §8.2 and App. C make that the reason for the advantage of L_q; T from 2 to 0.5 as in Block 2; the
rate of the network a tenth of that of the prototypes (§8.4, App. G, note 3); λ_P in proportion to λ_sep (Remark 3); the
decoder in the warm-up only.  Each alternative is run alone, everything else at its centre, and the gradient and the
prototypes in all combinations: 22 settings of 110592 combinations.  The quick profile has a few epochs, which its setting
says and which decide nothing about 300.

Budgets: every trained arm has one start, the same network and 300 passes over the data; DeepCluster clusters anew in
each of its 300 epochs and begins, like the others, with the warmed-up network; k-means has one start.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.block5_training import (
    COLLAPSED,
    EPOCHS,
    NOISE,
    SHORT,
    SHORT_WARM_UP,
    STRIDE,
    WARM_UP,
    WARM_UP_BATCH,
)
from ddcl_theory.experiments.changes import planted, renumbered, scaled
from ddcl_theory.experiments.protocol import Block, Prediction, Runs, Scalar
from ddcl_theory.experiments.quantified import without
from ddcl_theory.experiments.shortened import Shortened

TRAINED = ("L_q", "L_OLS")
FROZEN = ("L_q, frozen", "L_OLS, frozen")
OTHERS = ("DeepCluster", "k-means + PCA")
#: ACC (mean, standard deviation) of the trained arms as reported.
REPORTED = {"L_q": (0.378, 0.085), "L_OLS": (0.229, 0.041), "DeepCluster": (0.170, 0.042)}
#: Half of the relative gains of L_q that are reported: what still counts as a gain of their size.
HALF_GAIN = {"L_OLS": 0.65 / 2, "DeepCluster": 1.22 / 2}
#: Scores that agree to three decimals.
EQUAL = 5e-4
#: NMI below this is near zero.
NEAR_ZERO = 0.1

VALUES: dict[str, tuple[Scalar, ...]] = {
    "gradient": ("full", "stopped"),
    "prototypes": ("native", "detached", "free"),
    "convention": ("d/T", "d/2T"),
    "temperature": ("2 to 0.5", "0.5"),
    "separation": (0.1, 0.0, 1.0),
    "balance": (0.0, 1.0),
    "reconstruction": ("warm-up", "kept"),
    "output": ("linear", "BatchNorm", "BatchNorm + ReLU", "unit scale"),
    "layers": ("64-256-128-64", "64-128-64-10"),
    "init": ("samples", "random weights", "k-means"),
    "rate ratio": ("0.1", "1"),
    "batch": (1797, 256),
    "ols": ("soft", "simplex"),
    "deepcluster": ("warm-up", "from scratch"),
    "epochs": (EPOCHS,),
}
_NETWORK = ("output", "layers", "batch", "deepcluster", "epochs")
GRID = Shortened(
    VALUES,
    ignored={
        "L_q": ("ols", "deepcluster"),
        "L_OLS": ("deepcluster",),
        "L_q, frozen": ("ols", "deepcluster", "reconstruction"),
        "L_OLS, frozen": ("deepcluster", "reconstruction"),
        "DeepCluster": tuple(name for name in VALUES if name not in _NETWORK),
        "k-means + PCA": tuple(VALUES),
    },
    crossed=(("gradient", "prototypes"),),
    short=(("epochs", SHORT),),
)


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """All arms, on every profile; how long they run is a setting."""
    return [(arm, {}) for arm in (*TRAINED, *FROZEN, *OTHERS)]


def no_violation(runs: Runs) -> float:
    """1 if L_q = L_OLS + V to rounding whenever it was measured."""
    return float(not any(runs(arm, "violations") for arm in TRAINED))


def accuracy(runs: Runs, arm: str) -> float:
    """Clustering accuracy (45) at the end."""
    return runs(arm, "accuracy")


def gain(runs: Runs) -> float:
    """ACC with L_q minus ACC with L_OLS, trained end to end from the same start."""
    return accuracy(runs, "L_q") - accuracy(runs, "L_OLS")


def gain_of_size(runs: Runs, arm: str) -> float:
    """ACC with L_q minus that of the arm raised by half of the reported gain.

    Its mean is above 0 where the ratio of the two means is, which is what the paper reports.
    """
    return accuracy(runs, "L_q") - (1 + HALF_GAIN[arm]) * accuracy(runs, arm)


def gain_at_best(runs: Runs) -> float:
    """The gain where each run is scored at the measured epoch with its highest ACC."""
    quantization, ols = (runs(arm, "best_accuracy") for arm in TRAINED)
    return quantization - ols


def gain_over_deepcluster(runs: Runs) -> float:
    """ACC with L_q minus that of DeepCluster."""
    return accuracy(runs, "L_q") - accuracy(runs, "DeepCluster")


def excess(runs: Runs, arm: str) -> float:
    """ACC of the arm minus the reported mean."""
    return accuracy(runs, arm) - REPORTED[arm][0]


def deepcluster_nmi(runs: Runs) -> float:
    """NMI of DeepCluster."""
    return runs("DeepCluster", "nmi")


def lead_of_kmeans(runs: Runs) -> float:
    """ACC of k-means + PCA minus that of a trained arm."""
    arms = without(runs, "method")
    return accuracy(arms, "k-means + PCA") - accuracy(arms, str(runs.fixed["method"]))


def frozen_gain(runs: Runs) -> float:
    """ACC with L_q minus ACC with L_OLS on the features of the warm-up."""
    quantization, ols = (accuracy(runs, arm) for arm in FROZEN)
    return quantization - ols


def frozen_difference(runs: Runs) -> float:
    """How far the two ACC on frozen features are apart."""
    return abs(frozen_gain(runs))


def coadaptation(runs: Runs) -> float:
    """How much larger the gain of L_q is with the network trained than with it frozen."""
    return gain(runs) - frozen_gain(runs)


def stays_apart(runs: Runs) -> float:
    """1 if the prototypes of L_q end apart."""
    return 1 - runs("L_q", "collapsed")


def _level(arm: str, name: str, shown: str) -> Prediction:
    """A reported mean."""
    mean, sd = REPORTED[arm]
    return Prediction(
        id=name,
        says=rf"\text{{mean ACC of }} {shown} \text{{ lies within two reported standard deviations of }} {mean:g}",
        place="§7.5, Table 8",
        measure=f"ACC minus {mean:g}",
        effect=functools.partial(excess, arm=arm),
        relation="within",
        bound=2 * sd,
        arms=(arm,),
        changes=(planted("without error", {"accuracy": 1.0}, arm), renumbered()),
        paper=f"{mean:g} ± {sd:g}, 3 runs",
        secondary=True,
    )


PREDICTIONS = (
    Prediction(
        id="decomposition",
        says=r"L_q = L_{\mathrm{OLS}} + V \text{ throughout the joint training, with no violation}",
        place="abstract, §8.2",
        measure=f"replicates without a violation, of those measured every {STRIDE} epochs",
        effect=no_violation,
        relation="every",
        arms=TRAINED,
        changes=(planted("a violation with the reconstruction loss", {"violations": 1}, "L_OLS"), renumbered()),
        paper="zero violations",
    ),
    Prediction(
        id="gain",
        says=r"\text{end to end, ACC with } L_q \text{ exceeds ACC with } L_{\mathrm{OLS}}",
        place="§7.5, Table 8",
        measure="difference of ACC",
        effect=gain,
        relation="above",
        arms=TRAINED,
        changes=(
            planted("L_q always wrong", {"accuracy": 0.0}, "L_q"),
            scaled("ACC in per cent", "accuracy", 100.0),
            renumbered(),
        ),
        paper="0.378 ± 0.085 against 0.229 ± 0.041, 3 runs",
        secondary=True,
    ),
    Prediction(
        id="gain-size",
        says=r"\text{end to end, } L_q \text{ gains over } L_{\mathrm{OLS}} \text{ more than half of the reported } 65\,\%",
        place="§7.5, Table 8",
        measure=f"ACC with L_q minus {1 + HALF_GAIN['L_OLS']:g} times the ACC with L_OLS",
        effect=functools.partial(gain_of_size, arm="L_OLS"),
        relation="above",
        arms=TRAINED,
        changes=(
            planted("both alike", {"accuracy": 0.3}),
            scaled("ACC in per cent", "accuracy", 100.0),
            renumbered(),
        ),
        paper="65 %",
        secondary=True,
    ),
    Prediction(
        id="gain-at-best",
        says=r"\text{the same with each run scored at its best epoch}",
        place="§7.5, Table 8",
        measure="difference of the highest ACC of the runs",
        effect=gain_at_best,
        relation="above",
        arms=TRAINED,
        changes=(
            planted("L_q always wrong", {"best_accuracy": 0.0}, "L_q"),
            scaled("ACC in per cent", "best_accuracy", 100.0),
            renumbered(),
        ),
        paper="which epoch is scored is not stated",
    ),
    Prediction(
        id="over-deepcluster",
        says=r"\text{end to end, ACC with } L_q \text{ exceeds that of DeepCluster with the same network}",
        place="§7.5, Table 8",
        measure="difference of ACC",
        effect=gain_over_deepcluster,
        relation="above",
        arms=("L_q", "DeepCluster"),
        changes=(
            planted("DeepCluster without error", {"accuracy": 1.0}, "DeepCluster"),
            scaled("ACC in per cent", "accuracy", 100.0),
            renumbered(),
        ),
        paper="0.378 ± 0.085 against 0.170 ± 0.042, 3 runs",
        secondary=True,
    ),
    Prediction(
        id="over-deepcluster-size",
        says=r"\text{end to end, } L_q \text{ gains over DeepCluster more than half of the reported } 122\,\%",
        place="abstract, §7.5, §8.1 (vi)",
        measure=f"ACC with L_q minus {1 + HALF_GAIN['DeepCluster']:g} times that of DeepCluster",
        effect=functools.partial(gain_of_size, arm="DeepCluster"),
        relation="above",
        arms=("L_q", "DeepCluster"),
        changes=(
            planted("both alike", {"accuracy": 0.3}),
            scaled("ACC in per cent", "accuracy", 100.0),
            renumbered(),
        ),
        paper="122 %",
        secondary=True,
    ),
    _level("L_q", "level-quantization", "L_q"),
    _level("L_OLS", "level-ols", r"L_{\mathrm{OLS}}"),
    _level("DeepCluster", "level-deepcluster", r"\text{DeepCluster}"),
    Prediction(
        id="deepcluster-fails",
        says=r"\text{NMI of DeepCluster is near zero}",
        place="§8.3",
        measure="NMI",
        effect=deepcluster_nmi,
        relation="below",
        bound=NEAR_ZERO,
        arms=("DeepCluster",),
        changes=(planted("half of the information", {"nmi": 0.5}, "DeepCluster"), renumbered()),
        paper="near-zero NMI",
    ),
    Prediction(
        id="kmeans-leads",
        says=r"k\text{-means + PCA has the highest ACC}",
        place="§7.5, Table 8",
        measure="ACC of k-means + PCA minus ACC of the method",
        effect=lead_of_kmeans,
        relation="above",
        arms=(*REPORTED, "k-means + PCA"),
        throughout={"method": tuple(REPORTED)},
        changes=(planted("k-means always wrong", {"accuracy": 0.0}, "k-means + PCA"), renumbered()),
        paper="the highest of the four",
    ),
    Prediction(
        id="coadaptation",
        says=r"\text{the gain of } L_q \text{ over } L_{\mathrm{OLS}} \text{ is larger with the network trained than frozen}",
        place="§7.5, §8.2",
        measure="difference of the two differences of ACC",
        effect=coadaptation,
        relation="above",
        arms=(*TRAINED, *FROZEN),
        changes=(
            planted("the same ACC everywhere", {"accuracy": 0.5}),
            scaled("ACC in per cent", "accuracy", 100.0),
            renumbered(),
        ),
        paper="the largest gap of the six blocks against identical results",
    ),
    Prediction(
        id="frozen-alike",
        says=r"\text{on frozen features } L_q \text{ and } L_{\mathrm{OLS}} \text{ give the same ACC}",
        place="§7.5, §8.2",
        measure="distance of the two ACC in a run, as identity is asked and not equality on average",
        effect=frozen_difference,
        relation="below",
        bound=EQUAL,
        arms=FROZEN,
        changes=(planted("L_q always wrong", {"accuracy": 0.0}, "L_q, frozen"), renumbered()),
        paper="identical, in Block 4 to three decimals",
    ),
    Prediction(
        id="no-collapse",
        says=r"\text{end to end, the prototypes do not collapse under } L_q",
        place="§5.4, §8.1 (iv)",
        measure="replicates in which they end apart",
        effect=stays_apart,
        relation="every",
        arms=("L_q",),
        changes=(planted("a collapse", {"collapsed": True}, "L_q"), renumbered()),
        paper="never, in all settings",
    ),
)

BLOCK = Block(
    id="block5",
    claim="ddcl.block5",
    title="Block 5: end-to-end training with a trainable network",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.block5_training:run",
    predictions=PREDICTIONS,
    note=f"scikit-learn's digits, n = 1797, {WARM_UP} epochs of warm-up in batches of {WARM_UP_BATCH} with noise {NOISE:g}, then "
    f"{EPOCHS} of joint training ({SHORT_WARM_UP} and {SHORT} on the quick profile), measured every {STRIDE}; collapsed: D_P below "
    f"{COLLAPSED:g} of the variance of the features at the start of the joint training",
)

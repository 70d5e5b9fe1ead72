"""Block 3: accuracy over the number of features (DDCL, §7.3).

MADELON-style data, n = 100, k = 2, d from 10 to 5000, five methods.  The text fixes these; how many features inform, how
far the classes lie apart, the temperatures and the training it leaves open or has lost, and they are the grid.  At the
centre: 5 informative features, as many as MADELON has, the generator's default distance, DDCL trained as Block 2 trains it
(T from 2 to 0.5), prototypes native, since the section credits the dual layer, and 200 passes as in Block 1.  MADELON has
15 redundant features besides, and several clusters a class; here there are none, and one cluster a class, since the text
asks for k = 2.  Of the grid each value is run alone, everything else at its centre, and the distance of the classes in
all combinations with the start: 21 settings of 20736 combinations.

What the text says of every d must hold at each (`throughout`); a dimension that it has lost is left open (`over`).  "At
every d" excludes what the same section says of all methods at d = 10 and at d = 5000, where they are alike: it is measured
as it stands, and beside it the reading that allows for that.

k-means in coordinates of the span of the samples is ours.  Those coordinates follow from the Gram matrix, so that it
is a method that lives in the n-dimensional subspace of the dual layer.  They keep all distances, so that from the same seeds
it takes the same steps as on all features: every effect of `span-helps` is 0 by identity.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.block3_training import COLLAPSED, PASSES, RATE
from ddcl_theory.experiments.changes import copied, planted, renumbered
from ddcl_theory.experiments.madelon import COMPONENTS, SAMPLES
from ddcl_theory.experiments.protocol import Block, Grid, Missing, Prediction, Runs, Scalar
from ddcl_theory.experiments.quantified import pairs_of, without

DIMENSIONS = (10, 50, 200, 500, 1000, 5000)
#: The row of Table 6 that is called the transition, and the last one.
TRANSITION, EXTREME = 200, 5000
#: The paper's five methods.
METHODS = ("L_q", "L_OLS", "DeepCluster", "k-means + PCA", "k-means")
SPAN = "k-means, span"
DDCL = ("L_q", "L_OLS")
#: What finding (iii) calls the most fragile, and the others.
FRAGILE, ROBUST = ("DeepCluster", "k-means"), ("L_q", "L_OLS", "k-means + PCA")
PAIRS = pairs_of(METHODS)
#: Ours: accuracies within TOGETHER are one, below CHANCE are chance (the better of two matchings of 100 random labels
#: has mean 0.54), and the transition is where the accuracy falls through MIDDLE.
TOGETHER, CHANCE, MIDDLE = 0.1, 0.6, 0.75
#: The paper's accuracy of L_q at the transition and its standard deviation, from a secondary source.
REPORTED, DEVIATION = 0.807, 0.124

_TRAINED = ("temperature", "convention", "init", "gradient", "prototypes", "ols", "projection")
GRID = Grid(
    {
        "separation": (1.0, 2.0, 3.0),
        "informative": (5, 10),
        "features": ("standardised", "raw"),
        "projection": ("none", "PCA"),
        "temperature": ("2 to 0.5", "0.5", "largest variance"),
        "convention": ("d/T", "d/2T"),
        "init": ("samples", "narrow", "wide"),
        "gradient": ("stopped", "full"),
        "prototypes": ("native", "free"),
        "ols": ("gradient", "unweighted", "least squares"),
        "starts": (1, 5),
        "rounds": (20, 200),
    },
    ignored={
        "L_q": ("ols", "rounds"),
        "L_OLS": ("rounds",),
        "DeepCluster": (*_TRAINED, "starts"),
        **dict.fromkeys(("k-means", "k-means + PCA", SPAN), (*_TRAINED, "rounds")),
    },
    # The distance of the classes decides where accuracy falls, the start which cell captures all samples there.
    crossed=(("separation", "init"),),
)


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """All methods over the paper's dimensions, those of one dimension together (quick: L_q alone at two)."""
    whole = (10, 50, TRANSITION, EXTREME) if profile == "quick" else DIMENSIONS
    return [(arm, {"d": d}) for d in DIMENSIONS for arm in (*METHODS, SPAN) if arm == "L_q" or d in whole]


def accuracy(runs: Runs, **condition: Scalar) -> float:
    """ACC of the method that the prediction names."""
    return without(runs, "method")(str(runs.fixed["method"]), "accuracy", **condition)


def between_two(runs: Runs) -> float:
    """ACC of one method minus that of another at d = 10."""
    first, second = PAIRS[str(runs.fixed["pair of methods"])]
    alone = without(runs, "pair of methods")
    return alone(str(first), "accuracy", d=10) - alone(str(second), "accuracy", d=10)


def first_drop(runs: Runs) -> float:
    """The loss of ACC from d = 10 to d = 50."""
    return accuracy(runs, d=10) - accuracy(runs, d=50)


def lead_of_pca(runs: Runs) -> float:
    """ACC of k-means + PCA minus that of the method at d = 200."""
    return without(runs, "method")("k-means + PCA", "accuracy", d=TRANSITION) - accuracy(runs, d=TRANSITION)


def accuracy_at_transition(runs: Runs) -> float:
    return runs("L_q", "accuracy", d=TRANSITION)


def method_at_transition(runs: Runs) -> float:
    return accuracy(runs, d=TRANSITION)


def method_at_the_end(runs: Runs) -> float:
    return accuracy(runs, d=EXTREME)


def lead_over_kmeans(runs: Runs) -> float:
    """ACC of L_q minus that of k-means at d = 200."""
    return runs("L_q", "accuracy", d=TRANSITION) - runs("k-means", "accuracy", d=TRANSITION)


def lead_over_deepcluster(runs: Runs) -> float:
    """ACC of L_q minus that of DeepCluster at d = 200."""
    return runs("L_q", "accuracy", d=TRANSITION) - runs("DeepCluster", "accuracy", d=TRANSITION)


def lead_over_ols(runs: Runs) -> float:
    return runs("L_q", "accuracy") - runs("L_OLS", "accuracy")


def distance_of_transition(runs: Runs) -> float:
    """|log2(d*/n)| with d* the dimension at which the ACC of L_q first falls to MIDDLE, between two of ours in log d."""
    found = [runs("L_q", "accuracy", d=d) for d in DIMENSIONS]
    if found[0] <= MIDDLE:
        return abs(math.log2(DIMENSIONS[0] / SAMPLES))
    steps = zip(DIMENSIONS, DIMENSIONS[1:], found, found[1:], strict=False)
    for low, high, before, after in steps:
        if after <= MIDDLE:
            share = (before - MIDDLE) / (before - after)
            return abs(math.log2(low * (high / low) ** share / SAMPLES))
    return abs(math.log2(DIMENSIONS[-1] / SAMPLES))


def fragility(runs: Runs) -> float:
    """ACC of another method minus that of a fragile one."""
    alone = without(runs, "method", "other method")
    return alone(str(runs.fixed["other method"]), "accuracy") - alone(str(runs.fixed["method"]), "accuracy")


def pca_collapses(runs: Runs) -> float:
    return runs("k-means + PCA", "accuracy")


def growth_of_the_gap(runs: Runs) -> float:
    """Lead of L_q over DeepCluster in ACC, minus that at the dimension before."""
    before = DIMENSIONS[DIMENSIONS.index(int(runs.fixed["d"])) - 1]
    here, there = (
        runs("L_q", "accuracy", d=d) - runs("DeepCluster", "accuracy", d=d) for d in (runs.fixed["d"], before)
    )
    return here - there


def gain_by_the_span(runs: Runs) -> float:
    """ACC of k-means on the coordinates of the samples' span minus that of k-means on all features."""
    return runs(SPAN, "accuracy") - runs("k-means", "accuracy")


def stays_apart(runs: Runs) -> float:
    """1 if the prototypes of L_q end apart; Missing where they diverged."""
    return float(runs("L_q", "separation") >= COLLAPSED)


def ols_collapses(runs: Runs) -> float:
    """1 if the prototypes of L_OLS end at one point; Missing where they diverged."""
    return float(runs("L_OLS", "separation") < COLLAPSED)


def no_violation(runs: Runs) -> float:
    """1 if L_q = L_OLS + V in every epoch of both losses, which no run of this block measures."""
    try:
        return float(not any(runs(arm, "violations") for arm in DDCL))
    except Missing as missing:
        raise Missing(f"the runs of this block do not measure the decomposition ({missing})") from missing


def leaves_the_span(runs: Runs) -> float:
    """Largest share of the squared norm of a k-means centre outside the span of the samples."""
    return runs("k-means", "outside")


PREDICTIONS = (
    Prediction(
        id="together",
        says=rf"d = 10: \text{{the ACC of all five methods lies within }} {TOGETHER:g}",
        place="§7.3, Table 6",
        measure="ACC of one method minus that of another",
        effect=between_two,
        relation="within",
        bound=TOGETHER,
        arms=METHODS,
        throughout={"pair of methods": tuple(PAIRS)},
        changes=(planted("k-means always wrong", {"accuracy": 0.0}, "k-means", d=10), renumbered()),
        paper="all methods alike (the value is lost)",
    ),
    Prediction(
        id="first-drop",
        says=r"d = 50: k\text{-means and DeepCluster lose ACC against } d = 10",
        place="§7.3, Fig. 4",
        measure="loss of ACC from d = 10 to d = 50",
        effect=first_drop,
        relation="above",
        arms=FRAGILE,
        throughout={"method": FRAGILE},
        changes=(copied("d = 50 as d = 10", "d", 50, 10, lambda m, v: v), renumbered()),
        paper="both drop (the value is lost)",
    ),
    Prediction(
        id="pca-leads",
        says=r"d = 200: k\text{-means + PCA has the highest ACC}",
        place="§7.3, Table 6",
        measure="ACC of k-means + PCA minus that of the other method",
        effect=lead_of_pca,
        relation="above",
        arms=METHODS,
        throughout={"method": tuple(m for m in METHODS if m != "k-means + PCA")},
        changes=(planted("always wrong", {"accuracy": 0.0}, "k-means + PCA", d=TRANSITION), renumbered()),
        paper="k-means + PCA leads (the value is lost)",
    ),
    Prediction(
        id="graceful",
        says=rf"d = 200: \text{{the ACC of }} L_q \text{{ is above }} {REPORTED - DEVIATION:g}",
        place="§7.3, Table 6",
        measure="ACC of L_q, asked to exceed the paper's mean less its standard deviation",
        effect=accuracy_at_transition,
        relation="above",
        bound=REPORTED - DEVIATION,
        arms=("L_q",),
        changes=(planted("L_q at 0.55", {"accuracy": 0.55}, "L_q", d=TRANSITION), renumbered()),
        paper=f"{REPORTED:g} ± {DEVIATION:g}",
        secondary=True,
    ),
    Prediction(
        id="lead-over-kmeans",
        says=r"d = 200: L_q \text{ has a higher ACC than } k\text{-means}",
        place="§7.3, Table 6",
        measure="ACC of L_q minus that of k-means",
        effect=lead_over_kmeans,
        relation="above",
        arms=("L_q", "k-means"),
        changes=(planted("L_q always wrong", {"accuracy": 0.0}, "L_q", d=TRANSITION), renumbered()),
        paper="0.807 against about 0.5",
        secondary=True,
    ),
    Prediction(
        id="lead-over-deepcluster",
        says=r"d = 200: L_q \text{ has a higher ACC than DeepCluster}",
        place="§8.1 (ii)",
        measure="ACC of L_q minus that of DeepCluster",
        effect=lead_over_deepcluster,
        relation="above",
        arms=("L_q", "DeepCluster"),
        changes=(planted("L_q always wrong", {"accuracy": 0.0}, "L_q", d=TRANSITION), renumbered()),
        paper="0.807 against about 0.5",
        secondary=True,
    ),
    Prediction(
        id="others-at-chance",
        says=rf"d = 200: L_{{\mathrm{{OLS}}}}, k\text{{-means and DeepCluster have ACC below }} {CHANCE:g}",
        place="§7.3, Table 6",
        measure="ACC of the method",
        effect=method_at_transition,
        relation="below",
        bound=CHANCE,
        arms=("L_OLS", "k-means", "DeepCluster"),
        throughout={"method": ("L_OLS", "k-means", "DeepCluster")},
        changes=(planted("k-means at 0.8", {"accuracy": 0.8}, "k-means", d=TRANSITION), renumbered()),
        paper="near 0.5",
        secondary=True,
    ),
    Prediction(
        id="all-at-chance",
        says=rf"d = 5000: \text{{all five methods have ACC below }} {CHANCE:g}",
        place="§7.3, Table 6",
        measure="ACC of the method",
        effect=method_at_the_end,
        relation="below",
        bound=CHANCE,
        arms=METHODS,
        throughout={"method": METHODS},
        changes=(planted("k-means + PCA at 0.8", {"accuracy": 0.8}, "k-means + PCA", d=EXTREME), renumbered()),
        paper="chance level",
    ),
    Prediction(
        id="lead-over-ols",
        says=r"L_q \text{ has a strictly higher ACC than } L_{\mathrm{OLS}} \text{ at every } d",
        place="§7.3, finding (i)",
        measure="ACC of L_q minus that of L_OLS",
        effect=lead_over_ols,
        relation="above",
        arms=DDCL,
        throughout={"d": DIMENSIONS},
        changes=(planted("both at 0.5", {"accuracy": 0.5}), renumbered()),
        paper="a relation at every dimension whose sign is lost; read strictly, which the same section's words on d = 10 and "
        "d = 5000, all methods alike, exclude",
    ),
    Prediction(
        id="not-behind-ols",
        says=rf"\text{{the ACC of }} L_q \text{{ is at no }} d \text{{ lower than that of }} L_{{\mathrm{{OLS}}}} "
        rf"\text{{ by {TOGETHER:g}}}",
        place="§7.3, finding (i)",
        measure="ACC of L_q minus that of L_OLS",
        effect=lead_over_ols,
        relation="above",
        bound=-TOGETHER,
        arms=DDCL,
        throughout={"d": DIMENSIONS},
        changes=(planted("L_q always wrong", {"accuracy": 0.0}, "L_q"), renumbered()),
        paper="the same relation, read as ahead or level; the tolerance is ours",
    ),
    Prediction(
        id="transition-at-n",
        says=r"\text{the ACC of } L_q \text{ falls through } \tfrac34 \text{ at a } d^* \text{ with } "
        r"\tfrac n4 < d^* < 4n",
        place="§7.3, finding (ii)",
        measure="|log2(d*/n)|",
        effect=distance_of_transition,
        relation="below",
        bound=2.0,
        arms=("L_q",),
        changes=(planted("0.5 at every d", {"accuracy": 0.5}, "L_q"), renumbered()),
        paper="anchored where theory puts it (the dimension is lost)",
    ),
    Prediction(
        id="most-fragile",
        says=r"k\text{-means and DeepCluster have a lower ACC than each other method at every } d > 10",
        place="§7.3, finding (iii)",
        measure="ACC of the other method minus that of k-means or DeepCluster",
        effect=fragility,
        relation="above",
        arms=METHODS,
        throughout={"d": DIMENSIONS[1:], "method": FRAGILE, "other method": ROBUST},
        changes=(planted("k-means without error", {"accuracy": 1.0}, "k-means"), renumbered()),
        paper="the two are the most fragile; the range of d is lost, and all are at chance at its end",
    ),
    Prediction(
        id="pca-collapses",
        says=rf"k\text{{-means + PCA has ACC below }} {CHANCE:g} \text{{ beyond the transition}}",
        place="§7.3, finding (iii)",
        measure="ACC of k-means + PCA",
        effect=pca_collapses,
        relation="below",
        bound=CHANCE,
        arms=("k-means + PCA",),
        over={"d": (500, 1000, 5000)},
        changes=(planted("0.8 throughout", {"accuracy": 0.8}, "k-means + PCA"), renumbered()),
        paper="it collapses (the dimension is lost)",
    ),
    Prediction(
        id="gap-grows",
        says=r"\text{the lead of } L_q \text{ over DeepCluster grows with every step of } d",
        place="§8.1 (ii)",
        measure="lead in ACC minus that at the dimension before",
        effect=growth_of_the_gap,
        relation="above",
        arms=("L_q", "DeepCluster"),
        throughout={"d": DIMENSIONS[1:]},
        changes=(planted("the same lead", {"accuracy": 0.7}), renumbered()),
        paper="it grows monotonically",
    ),
    Prediction(
        id="no-collapse",
        says=r"L_q \text{ keeps the prototypes apart, at every } d \text{ and in every run}",
        place="§8.2 (3)",
        measure="replicates without a collapse",
        effect=stays_apart,
        relation="every",
        arms=("L_q",),
        throughout={"d": DIMENSIONS},
        changes=(planted("a collapse at d = 200", {"separation": 0.0}, "L_q", d=TRANSITION), renumbered()),
        paper="separation is kept in Blocks 1 and 3",
    ),
    Prediction(
        id="ols-collapses",
        says=r"L_{\mathrm{OLS}} \text{ collapses, in most runs}",
        place="§8.2 (3)",
        measure="share of replicates in which the prototypes of L_OLS end at one point",
        effect=ols_collapses,
        relation="above",
        bound=0.5,
        arms=("L_OLS",),
        over={"d": DIMENSIONS},
        changes=(planted("no collapse", {"separation": 1.0}, "L_OLS"), renumbered()),
        paper="it collapses at high temperature in Blocks 1 and 3; at which d is not said",
    ),
    Prediction(
        id="decomposition",
        says=r"L_q = L_{\mathrm{OLS}} + V \text{ in every epoch, with no violation}",
        place="§8.2 (1)",
        measure="replicates without a violation",
        effect=no_violation,
        relation="every",
        arms=DDCL,
        throughout={"d": DIMENSIONS},
        changes=(planted("a violation", {"violations": 1}, "L_OLS"), renumbered()),
        paper="zero violations in Blocks 1 to 3",
    ),
    Prediction(
        id="span-helps",
        says=r"k\text{-means gains ACC when it is given coordinates of the span of the samples}",
        place="§3.2, gradient subspace property",
        measure="ACC of k-means on the span's coordinates minus that on all features, 0 by identity",
        effect=gain_by_the_span,
        relation="above",
        arms=(SPAN, "k-means"),
        over={"d": DIMENSIONS[2:]},
        changes=(planted("both at 0.5", {"accuracy": 0.5}), renumbered()),
        paper="k-means works outside the subspace and drowns in its complement",
        ours=True,
    ),
    Prediction(
        id="kmeans-leaves-the-span",
        says=r"\text{centres of } k\text{-means leave the span of the samples}",
        place="§3.2, gradient subspace property",
        measure="largest share of a centre's squared norm outside the span",
        effect=leaves_the_span,
        relation="above",
        bound=1e-6,
        arms=("k-means",),
        over={"d": DIMENSIONS[2:]},
        changes=(planted("inside", {"outside": 0.0}, "k-means"), renumbered()),
        paper="k-means operates in the full ambient space; a mean of samples cannot leave their span",
    ),
)

BLOCK = Block(
    id="block3",
    claim="ddcl.block3",
    title="Block 3: accuracy over the number of features",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.block3_training:run",
    predictions=PREDICTIONS,
    sources=("ddcl_theory.experiments.madelon",),
    note=f"n = {SAMPLES}, k = 2, one cluster a class, 1 % of the labels drawn anew, {PASSES} passes a start for every "
    f"method (DeepCluster: one start, its rounds take about ten passes), learning rate {RATE:g}, PCA: {COMPONENTS} components, "
    f"collapsed: D_P below {COLLAPSED:g} of the data's variance",
)

"""Block 3: accuracy over the number of features (DDCL, §7.3).

MADELON-style data, n = 100, k = 2, d from 10 to 5000, five methods.  The text fixes these; how many features inform, how
far the classes lie apart, the temperatures and the training it leaves open or has lost, and they are the grid.  At the
centre: 5 informative features as MADELON has, the generator's default distance, DDCL trained as Block 2 trains it (T
from 2 to 0.5), prototypes native, since the section credits the dual layer, and 200 passes as in Block 1.

k-means in coordinates of the span of the samples is ours.  Those coordinates follow from the Gram matrix, so that it
is a method that lives in the n-dimensional subspace of the dual layer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.block3_training import PASSES, RATE
from ddcl_theory.experiments.changes import copied, planted, renumbered
from ddcl_theory.experiments.madelon import COMPONENTS, SAMPLES
from ddcl_theory.experiments.protocol import Block, Grid, Prediction, Runs, Scalar

DIMENSIONS = (10, 50, 200, 500, 1000, 5000)
#: The row of Table 6 that is called the transition, and the last one.
TRANSITION, EXTREME = 200, 5000
#: The paper's five methods.
METHODS = ("L_q", "L_OLS", "DeepCluster", "k-means + PCA", "k-means")
SPAN = "k-means, span"
DDCL = ("L_q", "L_OLS")
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


def accuracies(runs: Runs, arms: Sequence[str], **condition: Scalar) -> list[float]:
    return [runs(arm, "accuracy", **condition) for arm in arms]


def spread_of_methods(runs: Runs) -> float:
    """Best minus worst ACC of the five methods at d = 10."""
    found = accuracies(runs, METHODS, d=10)
    return max(found) - min(found)


def first_drop(runs: Runs) -> float:
    """The smaller of the two losses of ACC from d = 10 to d = 50, of k-means and of DeepCluster."""
    arms = ("k-means", "DeepCluster")
    return min(a - b for a, b in zip(accuracies(runs, arms, d=10), accuracies(runs, arms, d=50), strict=True))


def pca_leads(runs: Runs) -> float:
    """ACC of k-means + PCA minus the best of the others at d = 200."""
    others = [arm for arm in METHODS if arm != "k-means + PCA"]
    return runs("k-means + PCA", "accuracy", d=TRANSITION) - max(accuracies(runs, others, d=TRANSITION))


def accuracy_at_transition(runs: Runs) -> float:
    return runs("L_q", "accuracy", d=TRANSITION)


def best_of_the_collapsed(runs: Runs) -> float:
    """The best ACC of L_OLS, k-means and DeepCluster at d = 200."""
    return max(accuracies(runs, ("L_OLS", "k-means", "DeepCluster"), d=TRANSITION))


def lead_over_kmeans(runs: Runs) -> float:
    """ACC of L_q minus that of k-means at d = 200."""
    return runs("L_q", "accuracy", d=TRANSITION) - runs("k-means", "accuracy", d=TRANSITION)


def lead_over_ols(runs: Runs) -> float:
    return runs("L_q", "accuracy") - runs("L_OLS", "accuracy")


def best_at_the_end(runs: Runs) -> float:
    """The best ACC of the five methods at d = 5000."""
    return max(accuracies(runs, METHODS, d=EXTREME))


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
    """The worst ACC of L_q, L_OLS and k-means + PCA minus the best of DeepCluster and k-means."""
    robust = accuracies(runs, ("L_q", "L_OLS", "k-means + PCA"))
    return min(robust) - max(accuracies(runs, ("DeepCluster", "k-means")))


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


def leaves_the_span(runs: Runs) -> float:
    """Largest share of the squared norm of a k-means centre outside the span of the samples."""
    return runs("k-means", "outside")


PREDICTIONS = (
    Prediction(
        id="together",
        says=rf"d = 10: \text{{the ACC of all five methods lies within }} {TOGETHER:g}",
        place="§7.3, Table 6",
        measure="best minus worst ACC of the five methods",
        effect=spread_of_methods,
        relation="below",
        bound=TOGETHER,
        arms=METHODS,
        changes=(planted("k-means at 0.5", {"accuracy": 0.5}, "k-means", d=10), renumbered()),
        paper="all methods alike (the value is lost)",
    ),
    Prediction(
        id="first-drop",
        says=r"d = 50: k\text{-means and DeepCluster lose ACC against } d = 10",
        place="§7.3, Fig. 4",
        measure="smaller loss of ACC from d = 10 to d = 50, k-means and DeepCluster",
        effect=first_drop,
        relation="above",
        arms=("k-means", "DeepCluster"),
        changes=(copied("d = 50 as d = 10", "d", 50, 10, lambda m, v: v), renumbered()),
        paper="both drop (the value is lost)",
    ),
    Prediction(
        id="pca-leads",
        says=r"d = 200: k\text{-means + PCA has the highest ACC}",
        place="§7.3, Table 6",
        measure="ACC of k-means + PCA minus the best of the other four",
        effect=pca_leads,
        relation="above",
        arms=METHODS,
        changes=(planted("k-means + PCA at 0.5", {"accuracy": 0.5}, "k-means + PCA", d=TRANSITION), renumbered()),
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
        changes=(planted("L_q at 0.5", {"accuracy": 0.5}, "L_q", d=TRANSITION), renumbered()),
        paper="0.807 against about 0.5",
        secondary=True,
    ),
    Prediction(
        id="others-at-chance",
        says=rf"d = 200: L_{{\mathrm{{OLS}}}}, k\text{{-means and DeepCluster have ACC below }} {CHANCE:g}",
        place="§7.3, Table 6",
        measure="best ACC of the three",
        effect=best_of_the_collapsed,
        relation="below",
        bound=CHANCE,
        arms=("L_OLS", "k-means", "DeepCluster"),
        changes=(planted("k-means at 0.8", {"accuracy": 0.8}, "k-means", d=TRANSITION), renumbered()),
        paper="near 0.5",
        secondary=True,
    ),
    Prediction(
        id="all-at-chance",
        says=rf"d = 5000: \text{{all five methods have ACC below }} {CHANCE:g}",
        place="§7.3, Table 6",
        measure="best ACC of the five methods",
        effect=best_at_the_end,
        relation="below",
        bound=CHANCE,
        arms=METHODS,
        changes=(planted("k-means + PCA at 0.8", {"accuracy": 0.8}, "k-means + PCA", d=EXTREME), renumbered()),
        paper="chance level",
    ),
    Prediction(
        id="lead-over-ols",
        says=r"L_q \text{ has a higher ACC than } L_{\mathrm{OLS}} \text{ at every } d",
        place="§7.3, finding (i)",
        measure="ACC of L_q minus that of L_OLS",
        effect=lead_over_ols,
        relation="above",
        arms=DDCL,
        over={"d": DIMENSIONS},
        changes=(planted("both at 0.5", {"accuracy": 0.5}), renumbered()),
        paper="L_q ahead of L_OLS, or level: the sign between them is lost, and ahead is what the transition shows",
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
        says=r"k\text{-means and DeepCluster have the lowest ACC at every } d > 10",
        place="§7.3, finding (iii)",
        measure="worst ACC of L_q, L_OLS, k-means + PCA minus the best of k-means, DeepCluster",
        effect=fragility,
        relation="above",
        arms=METHODS,
        over={"d": DIMENSIONS[1:]},
        changes=(planted("k-means at 0.99", {"accuracy": 0.99}, "k-means"), renumbered()),
        paper="the two are the most fragile",
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
        says=r"\text{the lead of } L_q \text{ over DeepCluster grows with } d",
        place="§8.1 (ii)",
        measure="lead in ACC minus that at the dimension before",
        effect=growth_of_the_gap,
        relation="above",
        arms=("L_q", "DeepCluster"),
        over={"d": DIMENSIONS[1:]},
        changes=(planted("the same lead", {"accuracy": 0.7}), renumbered()),
        paper="it grows monotonically",
    ),
    Prediction(
        id="span-helps",
        says=r"k\text{-means gains ACC when it is given coordinates of the span of the samples}",
        place="§3.2, gradient subspace property",
        measure="ACC of k-means on the span's coordinates minus that on all features",
        effect=gain_by_the_span,
        relation="above",
        arms=(SPAN, "k-means"),
        over={"d": DIMENSIONS[2:]},
        changes=(planted("both at 0.5", {"accuracy": 0.5}), renumbered()),
        paper="methods outside the subspace drown in its complement",
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
        paper="k-means operates in the full ambient space",
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
    f"method (DeepCluster: one start, its rounds take about ten passes), learning rate {RATE:g}, PCA: {COMPONENTS} components",
)

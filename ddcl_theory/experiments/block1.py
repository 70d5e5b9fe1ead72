"""Block 1: structural properties on two-dimensional data (DDCL, §7.1).

Moons, Circles, Spiral (k = 2) and Blobs (k = 3), prototypes moved by gradient descent on L_q and on L_OLS for 200
epochs at a fixed temperature; the data stay, the initial prototypes change with the replicate.  The text fixes data
sets, temperatures and epochs.  Sizes, noise and the learning rate are ours; what else it leaves open is the grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.block1_training import COLLAPSED, EPOCHS, RATE, SAMPLES
from ddcl_theory.experiments.changes import copied, planted, renumbered, scaled
from ddcl_theory.experiments.protocol import Block, Grid, Prediction, Runs, Scalar

DATASETS = ("moons", "circles", "spiral", "blobs")
#: The paper's temperatures, and ours beyond them towards the two limits.
TEMPERATURES = (0.1, 0.5, 1.0)
BEYOND = (0.02, 2.0, 4.0, 8.0)
COLDEST, HOTTEST = BEYOND[0], BEYOND[-1]
#: Largest difference of a score that still counts as stable, and how negative a strong correlation is.
STABLE, STRONG = 0.05, -0.9

GRID = Grid(
    {
        "convention": ("d/T", "d/2T"),
        "features": ("standardised", "raw"),
        "init": ("samples", "narrow", "wide"),
        "gradient": ("stopped", "full"),
        "prototypes": ("free", "native"),
        "ols": ("gradient", "unweighted", "least squares"),
    },
    ignored={"L_q": ("ols",)},
)


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """Both losses on all data at the paper's temperatures, and on Moons beyond them (quick: L_q at the two limits)."""
    made = [(arm, d, t) for arm in ("L_q", "L_OLS") for d in DATASETS for t in TEMPERATURES]
    if profile == "quick":
        made += [("L_q", "moons", t) for t in (COLDEST, HOTTEST)]
    else:
        made += [(arm, "moons", t) for arm in ("L_q", "L_OLS") for t in BEYOND]
    return [(arm, {"dataset": d, "T": t}) for arm, d, t in made]


def no_violation(runs: Runs) -> float:
    """1 if L_q = L_OLS + V and L_q ≥ L_OLS to rounding in every epoch of every run."""
    every = [(arm, d, t) for arm in ("L_q", "L_OLS") for d in DATASETS for t in TEMPERATURES]
    return float(
        not any(runs(arm, metric, dataset=d, T=t) for arm, d, t in every for metric in ("violations", "negative"))
    )


def rise_of_variance(runs: Runs) -> float:
    """The smallest rise of the final V between neighbouring temperatures, over the data sets."""
    v = [[runs("L_q", "variance", dataset=d, T=t) for t in TEMPERATURES] for d in DATASETS]
    return min(b - a for row in v for a, b in zip(row, row[1:], strict=False))


def quantization_stays_apart(runs: Runs) -> float:
    """1 if no run with L_q collapses."""
    return float(not any(runs("L_q", "collapsed", dataset=d, T=t) for d in DATASETS for t in TEMPERATURES))


def ols_collapses_hot(runs: Runs) -> float:
    """1 if the run with L_OLS on Moons at T = 1 collapses."""
    return runs("L_OLS", "collapsed", dataset="moons", T=1.0)


def contrast(runs: Runs) -> float:
    """Final D_P with L_q minus that with L_OLS, on Moons at T = 1, in units of the data's variance."""
    return runs("L_q", "separation", dataset="moons", T=1.0) - runs("L_OLS", "separation", dataset="moons", T=1.0)


def rise_of_collapse(runs: Runs) -> float:
    """Share of the data sets on which L_OLS collapses at T = 1, minus that at T = 0.1."""
    hot, cold = (sum(runs("L_OLS", "collapsed", dataset=d, T=t) for d in DATASETS) for t in (1.0, 0.1))
    return (hot - cold) / len(DATASETS)


def table2(runs: Runs) -> float:
    """1 if at T = 0.5 L_OLS collapses on Circles and neither on Moons nor on Blobs."""
    circles, moons, blobs = (runs("L_OLS", "collapsed", dataset=d, T=0.5) for d in ("circles", "moons", "blobs"))
    return float(circles == 1 and moons == 0 and blobs == 0)


def correlation(runs: Runs) -> float:
    """Pearson correlation of D_P and U_q over the epochs, on Moons."""
    return runs("L_q", "correlation", dataset="moons")


def oscillates(runs: Runs) -> float:
    """1 if D_P turns at least twice, on Moons."""
    return float(runs("L_q", "turns", dataset="moons") >= 2)


def change_of_scores(runs: Runs) -> float:
    """The largest change of ACC, NMI or ARI over the temperatures, on Moons."""
    scores = [[runs("L_q", m, dataset="moons", T=t) for t in TEMPERATURES] for m in ("accuracy", "nmi", "ari")]
    return max(max(row) - min(row) for row in scores)


def gain_in_the_middle(runs: Runs) -> float:
    """ACC at T = 0.5 minus the better of the two limits, on Moons."""
    return runs("L_q", "accuracy", dataset="moons", T=0.5) - max(
        runs("L_q", "accuracy", dataset="moons", T=t) for t in (COLDEST, HOTTEST)
    )


PREDICTIONS = (
    Prediction(
        id="decomposition",
        says=r"L_q = L_{\mathrm{OLS}} + V \text{ in every epoch, with no violation}",
        place="§7.1, loss decomposition",
        measure="replicates without a violation",
        effect=no_violation,
        relation="every",
        arms=("L_q", "L_OLS"),
        changes=(planted("a violation on Circles", {"violations": 1}, dataset="circles"), renumbered()),
        paper="zero violations",
    ),
    Prediction(
        id="variance-grows",
        says=r"V \text{ grows over } T = 0.1, 0.5, 1 \text{ on every data set}",
        place="§7.1, loss decomposition and temperature continuum",
        measure="smallest rise of the final V, in units of the data's variance",
        effect=rise_of_variance,
        relation="above",
        arms=("L_q",),
        changes=(
            copied("half the V of T = 0.1 at T = 1", "T", 1.0, 0.1, lambda m, v: v / 2 if m == "variance" else v),
            scaled("V in another unit", "variance", 4.0),
            renumbered(),
        ),
        paper="V grows with T on all data",
    ),
    Prediction(
        id="no-collapse",
        says=r"L_q \text{ never collapses: no data set, temperature or run}",
        place="§7.1, collapse resistance, Fig. 2",
        measure="replicates without a collapse",
        effect=quantization_stays_apart,
        relation="every",
        arms=("L_q",),
        changes=(planted("a collapse on Spiral", {"collapsed": True}, "L_q", dataset="spiral", T=1.0), renumbered()),
        paper="no collapse in 10 runs at each temperature",
    ),
    Prediction(
        id="ols-collapses",
        says=r"\text{Moons, } T = 1: L_{\mathrm{OLS}} \text{ collapses in every run}",
        place="§7.1, collapse resistance, Fig. 2",
        measure="replicates that collapse",
        effect=ols_collapses_hot,
        relation="every",
        arms=("L_OLS",),
        changes=(planted("no collapse", {"collapsed": False}, "L_OLS"), renumbered()),
        paper="100 % of 10 runs",
    ),
    Prediction(
        id="contrast",
        says=r"\text{Moons, } T = 1: L_q \text{ keeps the prototypes further apart than } L_{\mathrm{OLS}}",
        place="§7.1, collapse resistance, Fig. 2 left",
        measure="D_P with L_q minus D_P with L_OLS, in units of the data's variance",
        effect=contrast,
        relation="above",
        arms=("L_q", "L_OLS"),
        changes=(
            planted("L_q at one point", {"separation": 0.0}, "L_q"),
            scaled("D_P in another unit", "separation", 4.0),
            renumbered(),
        ),
        paper="a positive plateau against a decay to zero",
    ),
    Prediction(
        id="collapse-grows",
        says=r"\text{the collapse rate of } L_{\mathrm{OLS}} \text{ grows with } T",
        place="§7.1, collapse resistance, Fig. 2 right",
        measure="share of data sets that collapse at T = 1 minus at T = 0.1",
        effect=rise_of_collapse,
        relation="above",
        arms=("L_OLS",),
        changes=(planted("no collapse at T = 1", {"collapsed": False}, "L_OLS", T=1.0), renumbered()),
        paper="grows to 100 % at T = 1",
    ),
    Prediction(
        id="table-2",
        says=r"T = 0.5: L_{\mathrm{OLS}} \text{ collapses on Circles, and neither on Moons nor on Blobs}",
        place="Table 2",
        measure="replicates with this pattern",
        effect=table2,
        relation="every",
        arms=("L_OLS",),
        changes=(planted("no collapse on Circles", {"collapsed": False}, "L_OLS", dataset="circles"), renumbered()),
        paper="stable, collapsed, stable",
    ),
    Prediction(
        id="correlation-negative",
        says=r"\text{Moons: } D_P \text{ and } U_q \text{ are negatively correlated over 200 epochs}",
        place="§7.1, negative feedback cycle",
        measure="Pearson correlation",
        effect=correlation,
        relation="below",
        arms=("L_q",),
        over={"T": TEMPERATURES},
        changes=(planted("positive correlation", {"correlation": 0.98}), renumbered()),
        paper="−0.98",
        secondary=True,
    ),
    Prediction(
        id="correlation-strong",
        says=r"\text{Moons: the correlation is below } -\tfrac{9}{10}",
        place="§7.1, negative feedback cycle",
        measure="Pearson correlation",
        effect=correlation,
        relation="below",
        bound=STRONG,
        arms=("L_q",),
        over={"T": TEMPERATURES},
        changes=(planted("weak correlation", {"correlation": -0.5}), renumbered()),
        paper="−0.98",
        secondary=True,
    ),
    Prediction(
        id="oscillations",
        says=r"\text{Moons: } D_P \text{ oscillates while it settles}",
        place="§7.1, negative feedback cycle",
        measure="share of replicates in which D_P turns at least twice",
        effect=oscillates,
        relation="above",
        bound=0.5,
        arms=("L_q",),
        over={"T": TEMPERATURES},
        changes=(planted("no turn", {"turns": 0}), renumbered()),
        paper="damped oscillations",
    ),
    Prediction(
        id="scores-stable",
        says=r"\text{Moons: ACC, NMI and ARI are the same at } T = 0.1, 0.5, 1",
        place="§7.1, temperature continuum",
        measure="largest change of a score",
        effect=change_of_scores,
        relation="below",
        bound=STABLE,
        arms=("L_q",),
        changes=(
            copied("ACC lower by 0.2 at T = 1", "T", 1.0, 0.1, lambda m, v: v - 0.2 if m == "accuracy" else v),
            renumbered(),
        ),
        paper="stable across the three temperatures",
    ),
    Prediction(
        id="optimal-temperature",
        says=r"\text{Moons: ACC at } T = 0.5 \text{ exceeds that of both limits of } T",
        place="§7.1, temperature continuum",
        measure=f"ACC at T = 0.5 minus the better of T = {COLDEST:g} and T = {HOTTEST:g}",
        effect=gain_in_the_middle,
        relation="above",
        arms=("L_q",),
        changes=(copied("the same ACC at the cold limit", "T", COLDEST, 0.5, lambda m, v: v), renumbered()),
        paper="an optimal T exists between the limits",
    ),
)

BLOCK = Block(
    id="block1",
    claim="ddcl.block1",
    title="Block 1: structural properties on two-dimensional data",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.block1_training:run",
    predictions=PREDICTIONS,
    note=f"n = {SAMPLES}, {EPOCHS} epochs, learning rate {RATE:g}, collapsed: D_P below {COLLAPSED:g} of the data's variance",
)

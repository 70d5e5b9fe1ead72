"""Block 1: structural properties on two-dimensional data (DDCL, §7.1).

Moons, Circles, Spiral (k = 2) and Blobs (k = 3), prototypes moved by gradient descent on L_q and on L_OLS for 200
epochs at a fixed temperature; the data stay, the initial prototypes change with the replicate.  The text fixes data
sets, temperatures and epochs.  Sizes, noise and the learning rate are ours; what else it leaves open is the grid, of
which all 144 combinations run.

A run that diverges has no D_P at its end, so that it counts neither as collapsed nor as kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.block1_training import COLLAPSED, EPOCHS, RATE, SAMPLES
from ddcl_theory.experiments.changes import copied, planted, renumbered, scaled
from ddcl_theory.experiments.protocol import Block, Grid, Prediction, Runs, Scalar
from ddcl_theory.experiments.quantified import pairs_of, without

DATASETS = ("moons", "circles", "spiral", "blobs")
#: The paper's temperatures, and ours beyond them towards the two limits.
TEMPERATURES = (0.1, 0.5, 1.0)
BEYOND = (0.02, 2.0, 4.0, 8.0)
COLDEST, HOTTEST = BEYOND[0], BEYOND[-1]
#: Largest difference of a score that still counts as stable, and how negative a strong correlation is.
STABLE, STRONG = 0.05, -0.9
SCORES = ("accuracy", "nmi", "ari")
CHANGES = pairs_of(TEMPERATURES)
#: The data sets of Table 2 at T = 0.5, and on which of them L_OLS collapses.
TABLE_2 = {"moons": False, "circles": True, "blobs": False}

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
    """Final V minus that at the paper's next lower temperature."""
    lower = TEMPERATURES[TEMPERATURES.index(float(runs.fixed["T"])) - 1]
    return runs("L_q", "variance") - runs("L_q", "variance", T=lower)


def collapsed(runs: Runs, arm: str, **condition: Scalar) -> bool:
    """Whether the prototypes end at one point; Missing where they diverged."""
    return runs(arm, "separation", **condition) < COLLAPSED


def quantization_stays_apart(runs: Runs) -> float:
    """1 if the run with L_q does not collapse."""
    return float(not collapsed(runs, "L_q"))


def ols_collapses_hot(runs: Runs) -> float:
    """1 if the run with L_OLS on Moons at T = 1 collapses."""
    return float(collapsed(runs, "L_OLS", dataset="moons", T=1.0))


def contrast(runs: Runs) -> float:
    """Final D_P with L_q minus that with L_OLS, on Moons at T = 1, in units of the data's variance."""
    return runs("L_q", "separation", dataset="moons", T=1.0) - runs("L_OLS", "separation", dataset="moons", T=1.0)


def rise_of_collapse(runs: Runs) -> float:
    """Share of the data sets on which L_OLS collapses at T = 1, minus that at T = 0.1."""
    hot, cold = (sum(collapsed(runs, "L_OLS", dataset=d, T=t) for d in DATASETS) for t in (1.0, 0.1))
    return (hot - cold) / len(DATASETS)


def table2(runs: Runs) -> float:
    """1 if at T = 0.5 L_OLS collapses where Table 2 says so, and does not where it does not."""
    return float(collapsed(runs, "L_OLS", T=0.5) is TABLE_2[str(runs.fixed["dataset"])])


def correlation(runs: Runs) -> float:
    """Pearson correlation of D_P and U_q over the epochs, on Moons."""
    return runs("L_q", "correlation", dataset="moons")


def oscillates(runs: Runs) -> float:
    """1 if D_P turns at least twice, on Moons."""
    return float(runs("L_q", "turns", dataset="moons") >= 2)


def change_of_scores(runs: Runs) -> float:
    """The change of a score between two of the temperatures, on Moons."""
    alone, score = without(runs, "score", "pair of temperatures"), str(runs.fixed["score"])
    before, after = (
        alone("L_q", score, dataset="moons", T=t) for t in CHANGES[str(runs.fixed["pair of temperatures"])]
    )
    return after - before


def gain_in_the_middle(runs: Runs) -> float:
    """ACC at a temperature between the limits minus that at one of them, on Moons."""
    limit = {"cold": COLDEST, "hot": HOTTEST}[str(runs.fixed["limit"])]
    alone = without(runs, "limit")
    return alone("L_q", "accuracy", dataset="moons") - alone("L_q", "accuracy", dataset="moons", T=limit)


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
        measure="final V minus that at the next lower T, in units of the data's variance",
        effect=rise_of_variance,
        relation="above",
        arms=("L_q",),
        throughout={"dataset": DATASETS, "T": TEMPERATURES[1:]},
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
        place="§7.1, collapse resistance, Fig. 2; §8.1 (iv)",
        measure="replicates without a collapse",
        effect=quantization_stays_apart,
        relation="every",
        arms=("L_q",),
        throughout={"dataset": DATASETS, "T": TEMPERATURES},
        changes=(planted("a collapse on Spiral", {"separation": 0.0}, "L_q", dataset="spiral", T=1.0), renumbered()),
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
        changes=(planted("no collapse", {"separation": 1.0}, "L_OLS"), renumbered()),
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
        changes=(planted("no collapse at T = 1", {"separation": 1.0}, "L_OLS", T=1.0), renumbered()),
        paper="grows to 100 % at T = 1",
    ),
    Prediction(
        id="table-2",
        says=r"T = 0.5: L_{\mathrm{OLS}} \text{ collapses on Circles, and neither on Moons nor on Blobs}",
        place="Table 2",
        measure="replicates as the table has them",
        effect=table2,
        relation="every",
        arms=("L_OLS",),
        throughout={"dataset": tuple(TABLE_2)},
        changes=(planted("no collapse on Circles", {"separation": 1.0}, "L_OLS", dataset="circles"), renumbered()),
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
        measure="change of a score from the lower temperature to the higher",
        effect=change_of_scores,
        relation="within",
        bound=STABLE,
        arms=("L_q",),
        throughout={"score": SCORES, "pair of temperatures": tuple(CHANGES)},
        changes=(
            copied("ACC lower by 0.2 at T = 1", "T", 1.0, 0.1, lambda m, v: v - 0.2 if m == "accuracy" else v),
            renumbered(),
        ),
        paper="stable across the three temperatures",
    ),
    Prediction(
        id="optimal-temperature",
        says=r"\text{Moons: ACC at a } T \text{ in between exceeds that at both limits of } T",
        place="§7.1, temperature continuum",
        measure=f"ACC at T minus that at the limit, T = {COLDEST:g} (cold) or T = {HOTTEST:g} (hot)",
        effect=gain_in_the_middle,
        relation="above",
        arms=("L_q",),
        over={"T": TEMPERATURES},
        throughout={"limit": ("cold", "hot")},
        changes=(planted("no error at the cold limit", {"accuracy": 1.0}, "L_q", T=COLDEST), renumbered()),
        paper="an optimal T exists between the limits; which one is lost",
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

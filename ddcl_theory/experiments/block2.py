"""Block 2: the digits of scikit-learn (DDCL, §7.2), a prediction for each sentence that says what is measured.

What is run stands in `block2_settings`.  Of the grid each value is run alone, everything else at its centre, and in all
combinations features with convention, with start and with prototypes, and start with convention and with gradient: 29
settings of 27648 combinations.  What appears only where three values leave the centre together is not seen.

Temperatures and weights of the ablation that the text has lost are conditions of their own (`over`): the sentence may hold
for one candidate and not for another.  What it says of all methods or all fixed temperatures must hold for each pair.
"""

from __future__ import annotations

from collections.abc import Callable

from ddcl_theory.experiments import block2_effects as effects
from ddcl_theory.experiments.block2_settings import (
    ACC_ANNEALED,
    ACC_MIDDLE,
    ACC_SEPARATED,
    DEVIATION,
    GRID,
    HARD,
    HIGH,
    LOW,
    METHODS,
    NONE,
    RANGE,
    SAME,
    SETTLED,
    STRONG,
    SWEEP,
    UNIFORM,
    WEIGHTS,
    conditions,
)
from ddcl_theory.experiments.block2_training import CLUSTERS, COLD, COLLAPSED, COMPONENTS, EPOCHS, HOT
from ddcl_theory.experiments.changes import copied, planted, renumbered, scaled
from ddcl_theory.experiments.protocol import Block, Prediction, Runs


def _level(name: str, effect: Callable[[Runs], float], arm: str, number: float, says: str) -> Prediction:
    """A number that a secondary source gives; it has one deviation, that of annealed L_q."""
    margin = "over its runs" if arm == "L_q" else "of annealed L_q, for lack of this arm's own, is the margin"
    return Prediction(
        id=name,
        says=rf"{says} \text{{ mean ACC is the paper's }} {number:g} \text{{ to }} {DEVIATION:g}",
        place="Exp 2.2, Table 4",
        measure=f"ACC minus {number:g}",
        effect=effect,
        relation="within",
        bound=DEVIATION,
        arms=(arm,),
        over={"separation": WEIGHTS} if arm == "L_q + L_sep" else {},
        changes=(planted("ACC at chance", {"accuracy": 1 / CLUSTERS}, arm), renumbered()),
        paper=f"ACC {number:g}; the standard deviation {DEVIATION:g} {margin}",
        secondary=True,
    )


COMPARISON = (
    Prediction(
        id="ols-alike",
        says=r"\text{annealed: } L_q \text{ and } L_{\mathrm{OLS}} \text{ reach the same ACC (to 0.05)}",
        place="Exp 2.1 (i)",
        measure="ACC of L_q minus ACC of L_OLS",
        effect=effects.advantage,
        relation="within",
        bound=SAME,
        arms=("L_q", "L_OLS"),
        changes=(planted("L_OLS always wrong", {"accuracy": 0.0}, "L_OLS"), renumbered()),
        paper="comparable accuracy on fixed features",
    ),
    Prediction(
        id="all-reach",
        says=r"\text{the ACC of all five methods lies in one narrow range (0.1 wide)}",
        place="Exp 2.1",
        measure="ACC of one method minus ACC of another",
        effect=effects.between_two,
        relation="within",
        bound=RANGE,
        arms=METHODS,
        throughout={"pair of methods": tuple(effects.PAIRS)},
        changes=(planted("k-means always wrong", {"accuracy": 0.0}, "k-means"), renumbered()),
        paper="all methods in one range, whose ends are lost",
    ),
    Prediction(
        id="deviation",
        says=r"\text{ACC deviates more from its mean over the starts for DeepCluster than for } L_q",
        place="Exp 2.1 (ii), §8.1 (i)",
        measure="distance of ACC from its mean, of DeepCluster minus of L_q",
        effect=effects.excess_deviation,
        relation="above",
        arms=("DeepCluster", "L_q"),
        changes=(
            planted("DeepCluster without deviation", {"accuracy": 0.6}, "DeepCluster"),
            scaled("ACC in another unit", "accuracy", 100.0),
            renumbered(),
        ),
        paper="standard deviation 0.091 against 0.053",
        secondary=True,
    ),
)

ABLATION = (
    Prediction(
        id="annealing-helps",
        says=r"\text{ACC with } T: 2 \to \tfrac12 \text{ exceeds ACC at } T = \tfrac12",
        place="Exp 2.2, Table 4",
        measure="ACC annealed minus ACC at T = 0.5",
        effect=effects.gain_over_middle,
        relation="above",
        arms=("L_q", "L_q, fixed T"),
        changes=(planted("annealed always wrong", {"accuracy": 0.0}, "L_q"), renumbered()),
        paper="0.576 against 0.563",
        secondary=True,
    ),
    Prediction(
        id="cold-underperforms",
        says=r"\text{ACC with } T: 2 \to \tfrac12 \text{ exceeds ACC at a fixed low } T",
        place="Exp 2.2, Table 4",
        measure="ACC annealed minus ACC at the low T",
        effect=effects.gain_of_annealing,
        relation="above",
        arms=("L_q", "L_q, fixed T"),
        over={"T": LOW},
        changes=(planted("annealed always wrong", {"accuracy": 0.0}, "L_q"), renumbered()),
        paper="the low temperature, now lost, underperforms",
    ),
    Prediction(
        id="hot-underperforms",
        says=r"\text{ACC with } T: 2 \to \tfrac12 \text{ exceeds ACC at a fixed high } T",
        place="Exp 2.2, Table 4",
        measure="ACC annealed minus ACC at the high T",
        effect=effects.gain_of_annealing,
        relation="above",
        arms=("L_q", "L_q, fixed T"),
        over={"T": HIGH},
        changes=(planted("annealed always wrong", {"accuracy": 0.0}, "L_q"), renumbered()),
        paper="the high temperature, now lost, underperforms",
    ),
    Prediction(
        id="cold-is-hard",
        says=r"\text{a fixed low } T \text{ gives nearly hard assignments, as in } k\text{-means}",
        place="Exp 2.2, §8.2 (5)",
        measure="final U_q as a part of that of uniform assignments",
        effect=effects.relative_uncertainty,
        relation="below",
        bound=HARD,
        arms=("L_q, fixed T",),
        over={"T": LOW},
        changes=(planted("soft assignments", {"uncertainty": 0.5}, "L_q, fixed T"), renumbered()),
        paper="the degenerate k-means limit",
    ),
    Prediction(
        id="hot-is-uniform",
        says=r"\text{a fixed high } T \text{ gives nearly uniform assignments}",
        place="Exp 2.2, §8.2 (5)",
        measure="final U_q as a part of that of uniform assignments",
        effect=effects.relative_uncertainty,
        relation="above",
        bound=UNIFORM,
        arms=("L_q, fixed T",),
        over={"T": HIGH},
        changes=(planted("half-hard assignments", {"uncertainty": 0.5}, "L_q, fixed T"), renumbered()),
        paper="the uniform limit",
    ),
    Prediction(
        id="separation-idle",
        says=r"L_q + \lambda L_{\mathrm{sep}} \text{ gains no ACC over } L_q \text{ (less than 0.01), both annealed}",
        place="Exp 2.2, Table 4",
        measure="ACC with L_sep minus ACC without",
        effect=effects.gain_of_separation,
        relation="below",
        bound=NONE,
        arms=("L_q", "L_q + L_sep"),
        over={"separation": WEIGHTS},
        changes=(planted("without L_sep always wrong", {"accuracy": 0.0}, "L_q"), renumbered()),
        paper="0.549 against 0.576",
        secondary=True,
    ),
    Prediction(
        id="variance-grows",
        says=r"V \text{ grows over fixed } T = 0.1, 0.5, 2",
        place="§8.2 (2)",
        measure="final V minus that at the next lower T, in units of the data's variance",
        effect=effects.rise_of_variance,
        relation="above",
        arms=("L_q, fixed T",),
        throughout={"T": SWEEP[1:]},
        changes=(
            copied(
                "half the V of T = 0.1 at T = 2", "T", HIGH[0], LOW[0], lambda m, v: v / 2 if m == "variance" else v
            ),
            scaled("V in another unit", "variance", 4.0),
            renumbered(),
        ),
        paper="V is monotone in T in the ablation",
    ),
    Prediction(
        id="accuracy-unchanged",
        says=r"\text{ACC is the same at fixed } T = 0.1, 0.5, 2",
        place="§8.2 (2)",
        measure="ACC at the higher T minus ACC at the lower",
        effect=effects.change_of_accuracy,
        relation="within",
        bound=SAME,
        arms=("L_q, fixed T",),
        throughout={"pair of temperatures": tuple(effects.CHANGES)},
        changes=(planted("always wrong at T = 2", {"accuracy": 0.0}, "L_q, fixed T", T=HIGH[0]), renumbered()),
        paper="ACC remains unchanged while V grows",
    ),
)

DYNAMICS = (
    Prediction(
        id="decomposition",
        says=r"L_q = L_{\mathrm{OLS}} + V,\ V \ge 0 \text{ in every epoch, with no violation}",
        place="Exp 2.3, Table 5",
        measure="replicates without a violation",
        effect=effects.no_violation,
        relation="every",
        arms=("L_q", "L_OLS"),
        changes=(planted("a violation under L_q", {"violations": 1}, "L_q"), renumbered()),
        paper="zero violations",
    ),
    Prediction(
        id="stable",
        says=r"L_q \text{ and } L_{\mathrm{OLS}} \text{ end with prototypes apart, in every run}",
        place="Table 5",
        measure="replicates in which neither collapses",
        effect=effects.stays_apart,
        relation="every",
        arms=("L_q", "L_OLS"),
        changes=(planted("L_OLS at one point", {"separation": 0.0}, "L_OLS"), renumbered()),
        paper="both are stable",
    ),
    Prediction(
        id="correlation-negative",
        says=r"D_P \text{ and } U_q \text{ are negatively correlated over the epochs}",
        place="Exp 2.3, §8.2 (4)",
        measure="Pearson correlation",
        effect=effects.correlation,
        relation="below",
        arms=("L_q",),
        changes=(planted("positive correlation", {"correlation": 0.98}), renumbered()),
        paper="a negative value, now lost",
    ),
    Prediction(
        id="correlation-strong",
        says=r"\text{the correlation is below } -\tfrac{9}{10}",
        place="Exp 2.3",
        measure="Pearson correlation",
        effect=effects.correlation,
        relation="below",
        bound=STRONG,
        arms=("L_q",),
        changes=(planted("weak correlation", {"correlation": -0.5}), renumbered()),
        paper="the cycle is sharply confirmed; the bound is ours",
    ),
    Prediction(
        id="uncertainty-falls",
        says=r"U_q \text{ is higher at the start than at the end}",
        place="Exp 2.3, phase portrait",
        measure="U_q at the start minus U_q at the end",
        effect=effects.fall_of_uncertainty,
        relation="above",
        arms=("L_q",),
        changes=(planted("U_q that rises", {"uncertainty_start": 0.0, "uncertainty": 0.5}), renumbered()),
        paper="from one regime to the other; the symbols are lost and read as high U_q, low D_P",
    ),
    Prediction(
        id="separation-rises",
        says=r"D_P \text{ is lower at the start than at the end}",
        place="Exp 2.3, phase portrait",
        measure="D_P at the end minus D_P at the start, in units of the data's variance",
        effect=effects.rise_of_separation,
        relation="above",
        arms=("L_q",),
        changes=(planted("D_P that falls", {"separation_start": 2.0, "separation": 1.0}), renumbered()),
        paper="from one regime to the other; the symbols are lost and read as high U_q, low D_P",
    ),
    Prediction(
        id="settles",
        says=r"\text{the trajectory settles: } D_P \text{ changes by less than } 5\,\% \text{ over the last tenth}",
        place="Exp 2.3, Fig. 3",
        measure="relative change of D_P over the last tenth of the epochs",
        effect=effects.unsettled,
        relation="below",
        bound=SETTLED,
        arms=("L_q",),
        changes=(planted("D_P still moving", {"unsettled": 0.5}), renumbered()),
        paper="the trajectory converges toward equilibrium; the bound is ours",
    ),
    Prediction(
        id="distinct-digits",
        says=r"\text{each of the ten prototypes stands for a digit of its own}",
        place="Exp 2.3, Fig. 3",
        measure="digits that are the majority of some cluster, of ten",
        effect=effects.distinct_digits,
        relation="above",
        bound=CLUSTERS - 0.5,
        arms=("L_q",),
        changes=(planted("six digits", {"digits": 6}), renumbered()),
        paper="each prototype converges to a visually distinct digit",
    ),
)

NUMBERS = (
    _level(
        "number-annealed",
        effects.excess_annealed,
        "L_q",
        ACC_ANNEALED,
        r"T: 2 \to \tfrac12:",
    ),
    _level(
        "number-fixed",
        effects.excess_middle,
        "L_q, fixed T",
        ACC_MIDDLE,
        r"T = \tfrac12:",
    ),
    _level(
        "number-separation",
        effects.excess_separated,
        "L_q + L_sep",
        ACC_SEPARATED,
        r"L_q + \lambda L_{\mathrm{sep}}:",
    ),
)

BLOCK = Block(
    id="block2",
    claim="ddcl.block2",
    title="Block 2: handwritten digits",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 30},
    conditions=conditions,
    run="ddcl_theory.experiments.block2_training:run",
    predictions=COMPARISON + ABLATION + DYNAMICS + NUMBERS,
    sources=("ddcl_theory.experiments.block1_training",),
    note=f"{COMPONENTS} principal components, T from {HOT:g} to {COLD:g}, {EPOCHS} epochs of one gradient step for the prototypes, as "
    f"many gradient steps for DeepCluster, {EPOCHS} passes at most for k-means, one start each, "
    f"collapsed: D_P below {COLLAPSED:g} of the data's variance",
)

"""The correlation of D_P and U_q in training, and what it shows (DDCL, §7.1, §8.2).

Moons as in Block 1, both drawn with the replicate, and the number beside what it is taken to exclude: the same values of
D_P without any dynamics, the first prototypes rescaled about their mean; a temperature at which the prototypes collapse,
so that nothing resists; and a disturbance of a state at rest, which can show feedback.

`correlation` and `return` are the paper's predictions, the other three are ours and have the paper's words beside them: it
compares its number with nothing.  At which T its number stands is lost, so that each counts by itself.  The central setting
is that of Block 1, and all 12 combinations of the grid run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.block1_training import EPOCHS, RATE, SAMPLES
from ddcl_theory.experiments.changes import planted, renumbered
from ddcl_theory.experiments.correlation_training import COLLAPSED, PUSH, RETURNING, SETTLING
from ddcl_theory.experiments.protocol import Block, Grid, Prediction, Runs, Scalar

#: The paper's temperatures, and one at which the prototypes of Moons collapse under L_q.
TEMPERATURES, HOT = (0.1, 0.5, 1.0), 8.0
#: A strong correlation.
STRONG = -0.9

GRID = Grid(
    {
        "convention": ("d/T", "d/2T"),
        "gradient": ("stopped", "full"),
        "init": ("samples", "narrow", "wide"),
    },
)


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """The same on every profile."""
    return [("L_q", {"T": t}) for t in (*TEMPERATURES, HOT)]


def correlation(runs: Runs) -> float:
    """Pearson of D_P and U_q over the epochs of training."""
    return runs("L_q", "correlation")


def excess(runs: Runs) -> float:
    """That correlation minus the one that rescaling gives at the same values of D_P."""
    return correlation(runs) - without_dynamics(runs)


def without_dynamics(runs: Runs) -> float:
    """The correlation of D_P and U_q of prototypes rescaled to the values of D_P that training goes through."""
    return runs("L_q", "rescaled")


def correlation_at_collapse(runs: Runs) -> float:
    """The correlation of a run whose prototypes collapse; 0 if they do not."""
    return runs("L_q", "correlation", T=HOT) * runs("L_q", "collapsed", T=HOT)


def taken_back(runs: Runs) -> float:
    """The part of a change of D_P at rest that training takes back."""
    return runs("L_q", "return")


PREDICTIONS = (
    Prediction(
        id="correlation",
        says=r"\text{Moons: Pearson of } D_P \text{ and } U_q \text{ in training is below } -\tfrac{9}{10}",
        place="§7.1, negative feedback cycle",
        measure="Pearson correlation",
        effect=correlation,
        relation="below",
        bound=STRONG,
        arms=("L_q",),
        over={"T": TEMPERATURES},
        changes=(planted("a weak correlation", {"correlation": -0.5}), renumbered()),
        paper="−0.98",
        secondary=True,
    ),
    Prediction(
        id="rescaling",
        says=r"\text{rescaling without dynamics, with the same } D_P, \text{ gives a negative correlation}",
        place="§7.1, §8.2, prediction 4",
        measure="Pearson correlation of rescaled prototypes with the values of D_P of training",
        effect=without_dynamics,
        relation="below",
        arms=("L_q",),
        over={"T": TEMPERATURES},
        changes=(planted("no correlation without dynamics", {"rescaled": 0.0}, "L_q"), renumbered()),
        paper="the correlation confirms the feedback",
        ours=True,
    ),
    Prediction(
        id="stronger",
        says=r"\text{training correlates more strongly than rescaling without dynamics}",
        place="§7.1, §8.2, prediction 4",
        measure="correlation in training minus that of rescaled prototypes with the same D_P",
        effect=excess,
        relation="below",
        arms=("L_q",),
        over={"T": TEMPERATURES},
        changes=(planted("both alike", {"correlation": -0.9, "rescaled": -0.9}), renumbered()),
        paper="the correlation confirms the feedback",
        ours=True,
    ),
    Prediction(
        id="collapse-correlates",
        says=rf"T = {HOT:g}\text{{: the prototypes collapse, and the correlation is below }} -\tfrac{{9}}{{10}} \text{{ too}}",
        place="§7.1, §8.2, prediction 4",
        measure="Pearson correlation of runs that collapse (0 for a run that does not)",
        effect=correlation_at_collapse,
        relation="below",
        bound=STRONG,
        arms=("L_q",),
        changes=(planted("no collapse", {"collapsed": False}, "L_q"), renumbered()),
        paper="the correlation confirms a feedback that resists collapse",
        ours=True,
    ),
    Prediction(
        id="return",
        says=rf"\text{{more than half of a change of }} D_P \text{{ by }} {100 * PUSH:g}\,\% \text{{ at rest is taken back}}",
        place="§5.5, Theorem 2",
        measure="part of the change that training takes back",
        effect=taken_back,
        relation="above",
        bound=0.5,
        arms=("L_q",),
        over={"T": TEMPERATURES},
        changes=(planted("nothing taken back", {"return": 0.0}, "L_q"), renumbered()),
        paper="negative feedback",
    ),
)

BLOCK = Block(
    id="correlation",
    claim="ddcl.correlation",
    title="The correlation of separation and uncertainty",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.correlation_training:run",
    predictions=PREDICTIONS,
    sources=("ddcl_theory.experiments.block1_training",),
    note=f"Moons, n = {SAMPLES}, k = 2, {EPOCHS} epochs, learning rate {RATE:g}, data and start drawn with the replicate; "
    f"collapsed: D_P below {COLLAPSED:g} of the data's variance; disturbed after {SETTLING} more epochs by ± "
    f"{100 * PUSH:g} % of D_P, then {RETURNING} epochs",
)

"""What decides: where training collapses, and what V does to the separation of the prototypes.

(a) Collapse in training against the temperatures at which theory lets it turn unstable, in units of the largest variance
λ of the data (with d/2T: of λ/2).  (b) V alone, and L_OLS + cV, over the separation of the prototypes.

Of the predictions `variance-separates` is the paper's, the others are ours and have the paper's words beside them; they
are said of all temperatures and must hold at each.  Of the grid each value is run alone, everything else at its centre, and
the start and k in all combinations: 8 settings of 24 combinations.
The central setting is that of Block 1 where both have one; the start near the mean is the place that the theory speaks of,
the start at samples that of the experiments.  The quick profile runs a short form of the diagram on Moons alone, which its
setting says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.changes import planted, renumbered, scaled
from ddcl_theory.experiments.decides_training import (
    ALONE,
    EPOCHS,
    NEAR,
    PHASE_EPOCHS,
    PHASE_RATE,
    RATE,
    RATIOS,
    SAMPLES,
    SPECTRA,
    V_RATE,
    WAYS,
)
from ddcl_theory.experiments.protocol import Block, Change, Missing, Prediction, Runs, Scalar
from ddcl_theory.experiments.shortened import Shortened

DATA = ("moons", *SPECTRA)
#: The paper's temperatures.
TEMPERATURES = (0.1, 0.5, 1.0)
#: Coefficients of V beside L_OLS; with 1 the two are L_q.
COEFFICIENTS = (0.0, 0.5, 1.0, 2.0)
OLS = ("L_OLS, stopped", "L_OLS, full", "L_OLS, free")
#: A rate that is met.
MET = 0.01

GRID = Shortened(
    {
        "convention": ("d/T", "d/2T"),
        "start": ("near the mean", "samples"),
        "k": (3, 2, 10),
        "gradient": ("stopped", "full"),
        "diagram": ("whole",),
    },
    ignored={
        **dict.fromkeys(WAYS, ("gradient",)),
        **dict.fromkeys(ALONE, ("gradient", "start", "diagram")),
        "L_OLS + cV": ("start", "diagram"),
    },
    crossed=(("start", "k"),),
    short=(("diagram", "short"),),
)


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """Everything; quick: the phase diagram on Moons alone, and two mixtures."""
    quick = profile == "quick"
    made: list[tuple[str, Mapping[str, Scalar]]] = []
    made += [(arm, {"data": d}) for arm in WAYS for d in data_of("short" if quick else "whole")]
    made += [(arm, {"T": t}) for arm in ALONE for t in TEMPERATURES]
    made += [("L_OLS + cV", {"T": t, "c": c}) for t in TEMPERATURES for c in ((0.0, 1.0) if quick else COEFFICIENTS)]
    return made


def data_of(diagram: str) -> tuple[str, ...]:
    """The data sets of the diagram."""
    return DATA if diagram == "whole" else DATA[:1]


def as_expected(runs: Runs, arm: str, below: float) -> bool:
    """Whether exactly the runs at T < below · λ end apart, on all data of the diagram.

    One that ends otherwise answers this even where another has no end.
    """
    missing = None
    for data in data_of(str(dict(runs.setting)["diagram"])):
        for ratio in RATIOS:
            try:
                if bool(runs(arm, f"apart at {ratio:g}", data=data)) is not (ratio < below):
                    return False
            except Missing as lacking:
                missing = missing or lacking
    if missing:
        raise missing
    return True


def stopped_threshold(runs: Runs) -> float:
    """1 if under L_q with q stopped exactly the runs at T < 2λ end apart."""
    return float(as_expected(runs, "L_q, stopped", 2.0))


def full_threshold(runs: Runs) -> float:
    """1 if under L_q with the full gradient exactly the runs at T < 4λ end apart."""
    return float(as_expected(runs, "L_q, full", 4.0))


def free_apart(runs: Runs) -> float:
    """1 if under L_q with free q every run ends apart."""
    return float(as_expected(runs, "L_q, free", float("inf")))


def fixed_together(runs: Runs) -> float:
    """1 if under L_q with uniform fixed q every run ends together."""
    return float(as_expected(runs, "L_q, fixed", 0.0))


def ols_apart(runs: Runs) -> float:
    """1 if under L_OLS every run ends apart, whatever becomes of q."""
    return float(all(as_expected(runs, arm, float("inf")) for arm in OLS))


def contracts(runs: Runs) -> float:
    """1 if D_P falls in every epoch of descent on V alone, q stopped."""
    return runs("V, stopped", "falls")


def contracts_in_full(runs: Runs) -> float:
    """The same with the full gradient of V."""
    return runs("V, full", "falls")


def rate_error(runs: Runs) -> float:
    """The largest relative distance of the rate from −4kV."""
    return runs("V, stopped", "rate_error")


def effect_of_variance(runs: Runs) -> float:
    """Final D_P of L_OLS + V minus that of L_OLS, in units of the data's variance."""
    with_v, without = (runs("L_OLS + cV", "separation", c=c) for c in (1.0, 0.0))
    return with_v - without


def flipped(arm: str, ratio: float, apart: bool) -> tuple[Change, ...]:
    """A false change, the runs of the arm at this ratio ending the other way, and a harmless one."""
    name = f"{'apart' if apart else 'together'} at T = {ratio:g} λ"
    return planted(name, {f"apart at {ratio:g}": apart}, arm), renumbered()


PREDICTIONS = (
    Prediction(
        id="threshold-stopped",
        says=r"L_q, q \text{ stopped: the prototypes end apart if } T < 2\lambda \text{ and together if } T > 2\lambda",
        place="§5.4, Propositions 5 and 6",
        measure="replicates in which exactly these runs end apart",
        effect=stopped_threshold,
        relation="every",
        arms=("L_q, stopped",),
        changes=flipped("L_q, stopped", 2.1, True),
        paper="collapse is unstable under L_q at every T",
        ours=True,
    ),
    Prediction(
        id="threshold-full",
        says=r"L_q, \text{ full gradient: apart if } T < 4\lambda \text{ and together if } T > 4\lambda",
        place="§5.4, Propositions 5 and 6",
        measure="replicates in which exactly these runs end apart",
        effect=full_threshold,
        relation="every",
        arms=("L_q, full",),
        changes=flipped("L_q, full", 3.8, False),
        paper="collapse is unstable under L_q at every T",
        ours=True,
    ),
    Prediction(
        id="free-apart",
        says=r"L_q, q \text{ free: the prototypes end apart}",
        place="§5.6, (42), (43)",
        measure="replicates in which every run ends apart",
        effect=free_apart,
        relation="every",
        arms=("L_q, free",),
        changes=flipped("L_q, free", 8.0, False),
        ours=True,
    ),
    Prediction(
        id="fixed-together",
        says=r"L_q, q \text{ uniform and fixed: the prototypes end together}",
        place="App. D, proof of Proposition 6",
        measure="replicates in which every run ends together",
        effect=fixed_together,
        relation="every",
        arms=("L_q, fixed",),
        changes=flipped("L_q, fixed", 0.5, True),
        paper="coinciding prototypes are driven apart",
        ours=True,
    ),
    Prediction(
        id="ols-apart",
        says=r"L_{\mathrm{OLS}}\text{: the prototypes end apart at every } T, q \text{ stopped, full or free}",
        place="§5.4, Proposition 5",
        measure="replicates in which every run ends apart",
        effect=ols_apart,
        relation="every",
        arms=OLS,
        changes=flipped("L_OLS, stopped", 8.0, False),
        paper="collapse is an attractor under L_OLS",
        ours=True,
    ),
    Prediction(
        id="variance-contracts",
        says=r"\text{along } -\nabla_P V \text{ alone, } q \text{ stopped, } D_P \text{ falls in every epoch}",
        place="§5.4",
        measure="replicates in which it falls in every epoch",
        effect=contracts,
        relation="every",
        arms=("V, stopped",),
        throughout={"T": TEMPERATURES},
        changes=(planted("a rise", {"falls": False}, "V, stopped"), renumbered()),
        paper="a step along −∇V separates the prototypes",
        ours=True,
    ),
    Prediction(
        id="variance-contracts-full",
        says=r"\text{along the full gradient of } V \text{ too, } D_P \text{ falls in every epoch}",
        place="§5.4",
        measure="replicates in which it falls in every epoch",
        effect=contracts_in_full,
        relation="every",
        arms=("V, full",),
        throughout={"T": TEMPERATURES},
        changes=(planted("a rise", {"falls": False}, "V, full"), renumbered()),
        paper="a step along −∇V separates the prototypes",
        ours=True,
    ),
    Prediction(
        id="variance-rate",
        says=r"\text{along } -\nabla_P V, q \text{ stopped: } \tfrac{d}{dt} \textstyle\sum_{i<j} \|p_i - p_j\|^2 = -4kV",
        place="§5.4",
        measure="largest relative distance of the measured rate",
        effect=rate_error,
        relation="below",
        bound=MET,
        arms=("V, stopped",),
        throughout={"T": TEMPERATURES},
        changes=(planted("twice the rate", {"rate_error": 1.0}, "V, stopped"), renumbered()),
        paper="a step along −∇V separates the prototypes",
        ours=True,
    ),
    Prediction(
        id="variance-separates",
        says=r"L_{\mathrm{OLS}} + V \text{ ends with a larger } D_P \text{ than } L_{\mathrm{OLS}}",
        place="abstract, §5.4",
        measure="difference of the final D_P, in units of the data's variance",
        effect=effect_of_variance,
        relation="above",
        arms=("L_OLS + cV",),
        over={"T": TEMPERATURES},
        changes=(
            planted("the same D_P with and without V", {"separation": 1.0}, "L_OLS + cV"),
            scaled("D_P in another unit", "separation", 4.0),
            renumbered(),
        ),
        paper="V acts as a separation force",
    ),
)

BLOCK = Block(
    id="decides",
    claim="ddcl.decides",
    title="What decides: thresholds of collapse, and V alone",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.decides_training:run",
    predictions=PREDICTIONS,
    sources=("ddcl_theory.experiments.block1_training",),
    note=f"n = {SAMPLES}, data and start drawn with the replicate; phase diagram: {PHASE_EPOCHS['whole']} epochs (quick profile: "
    f"{PHASE_EPOCHS['short']}, on Moons alone), learning rate {PHASE_RATE:g} k, T from {RATIOS[0]:g} to {RATIOS[-1]:g} λ, noise of "
    f"{NEAR:g} of the spread near the mean; on Moons {EPOCHS} epochs, learning rate {RATE:g}, of V alone {V_RATE:g}",
)

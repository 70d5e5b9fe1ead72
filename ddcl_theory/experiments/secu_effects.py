"""What SeCu's predictions measure: effects of a replicate, from the runs of one setting and one seed."""

from __future__ import annotations

from dataclasses import replace

from ddcl_theory.experiments.protocol import Grid, Missing, Runs, Scalar, describe, pairs
from ddcl_theory.experiments.secu_training import CENTRAL, TRAINED, VARIATIONS, K

#: Size of a run on each profile; on the quick one it shows that it runs, and is too short to mean more.
SIZES: dict[str, dict[str, Scalar]] = {
    "thorough": {"epochs": 80, "images": TRAINED},
    "standard": {"epochs": 25, "images": TRAINED},
    "quick": {"epochs": 2, "images": 240},
}
GAMMAS = (1.0, 0.9, 0.8, 0.7)
#: α/N of Table 4, with N = 50 000.
ALPHAS = (0.4, 0.16, 0.12, 0.08, 0.002, 0.0)
BATCHES, OUTPUTS = (32, 64, 256), (64, 256, 512)
#: The arms that run at every variation, and the others.
MAIN = ("SeCu", "CE", "closed form")
OTHERS = ("uniform weights", "DeepCluster", "SimCLR + k-means")
ELSEWHERE = "two-stage"

GRID = Grid(
    {"variation": tuple(VARIATIONS)},
    ignored=dict.fromkeys(("sweep", "entropy", ELSEWHERE, *OTHERS), ("variation",)),
)


def of(runs: Runs, arm: str, metric: str, **where: Scalar) -> float:
    """The metric of the arm at what the condition changes of the centre, whatever the size of the runs is."""
    alone = replace(runs, fixed={})
    for size in SIZES.values():
        try:
            return alone(arm, metric, **size, **where)
        except Missing:
            continue
    raise Missing(f"no finished run of {arm} at {describe(pairs(where)) if where else 'the centre'}")


def central(runs: Runs, metric: str, arm: str = "SeCu") -> float:
    """The metric at the central setting, where sweeps and other methods run."""
    return of(replace(runs, setting=GRID.central), arm, metric)


def swept(runs: Runs, metric: str, **where: Scalar) -> float:
    """The metric of SeCu with the size constraint at this value, which may be the central one."""
    return central(runs, metric) if where.items() <= CENTRAL.items() else of(runs, "sweep", metric, **where)


def loss(runs: Runs) -> float:
    """ACC with the stable loss minus ACC with the cross-entropy."""
    return of(runs, "SeCu", "accuracy") - of(runs, "CE", "accuracy")


def unrest(runs: Runs) -> float:
    """Share of labels that change in an epoch, over the last quarter: CE minus SeCu."""
    return of(runs, "CE", "relabelled") - of(runs, "SeCu", "relabelled")


def largest(runs: Runs) -> float:
    """#Max with the cross-entropy minus #Max with the stable loss."""
    return of(runs, "CE", "largest") - of(runs, "SeCu", "largest")


def smallest(runs: Runs) -> float:
    """Distance of the two #Min."""
    return abs(of(runs, "CE", "smallest") - of(runs, "SeCu", "smallest"))


def closed_form(runs: Runs) -> float:
    """Distance of ACC in closed form from ACC by SGD."""
    return abs(of(runs, "closed form", "accuracy") - of(runs, "SeCu", "accuracy"))


def spread(runs: Runs) -> float:
    """Distance of ACC from its mean over the replicates: closed form minus SGD (Levene, 1960)."""
    seeds = sorted({seed for *_, seed in runs.index})
    found = []
    for arm in ("closed form", "SeCu"):
        values = [of(replace(runs, seed=seed), arm, "accuracy") for seed in seeds]
        found.append(abs(of(runs, arm, "accuracy") - sum(values) / len(values)))
    return found[0] - found[1]


def coke(runs: Runs) -> float:
    """ARI of SeCu by SGD minus ARI with uniform weights."""
    return central(runs, "ari") - of(runs, "uniform weights", "ari")


def hardness(runs: Runs) -> float:
    """ARI in closed form, weighted by hardness minus uniform."""
    return central(runs, "ari", "closed form") - of(runs, "uniform weights", "ari")


def self_labelling(runs: Runs) -> float:
    """ACC after self-labelling minus ACC before."""
    return of(runs, "SeCu", "accuracy_self_labelled") - of(runs, "SeCu", "accuracy")


def without_entropy(runs: Runs) -> float:
    """1 if at α = 0 one cluster holds at least 99 % of the images."""
    return float(of(runs, "entropy", "largest", alpha=0.0) >= 0.99 * K)


def little_entropy(runs: Runs) -> float:
    """#Max at α = 0.002 N minus #Max at α = 0.12 N."""
    return of(runs, "entropy", "largest", alpha=0.002) - of(runs, "entropy", "largest", alpha=0.12)


def imbalance_over_alpha(runs: Runs) -> float:
    """The smallest rise of #Max - #Min as α falls through Table 4 (α = 0 apart)."""
    wide = [of(runs, "entropy", "largest", alpha=a) - of(runs, "entropy", "smallest", alpha=a) for a in ALPHAS[:-1]]
    return _least_rise(wide)


def _least_rise(series: list[float]) -> float:
    # Equal counts must not differ by the rounding of their division by n/k.
    return min(round(b - a, 9) for a, b in zip(series, series[1:], strict=False))


def gain_of_alpha(runs: Runs) -> float:
    """ACC at α = 0.12 N minus ACC at the other α."""
    other = float(runs.fixed["alpha"])
    return of(runs, "entropy", "accuracy", alpha=0.12) - of(runs, "entropy", "accuracy", alpha=other)


def entropy_for_size(runs: Runs) -> float:
    """ACC with the entropy constraint minus ACC with the size constraint."""
    return of(runs, "entropy", "accuracy", alpha=0.12) - central(runs, "accuracy")


def met(runs: Runs) -> float:
    """The smallest of #Min - γ over γ."""
    return min(swept(runs, "smallest", gamma=g) - g for g in GAMMAS)


def gain_of_gamma(runs: Runs) -> float:
    """ACC at γ = 0.9 minus ACC at the other γ."""
    return central(runs, "accuracy") - swept(runs, "accuracy", gamma=float(runs.fixed["gamma"]))


def imbalance_over_gamma(runs: Runs) -> float:
    """The smallest rise of #Max - #Min as γ falls through Table 9."""
    wide = [swept(runs, "largest", gamma=g) - swept(runs, "smallest", gamma=g) for g in GAMMAS]
    return _least_rise(wide)


def change_of_batch(runs: Runs) -> float:
    """Distance of ACC at another batch size from ACC at 128."""
    return abs(swept(runs, "accuracy", batch=runs.fixed["batch"]) - central(runs, "accuracy"))


def change_of_output(runs: Runs) -> float:
    """Distance of ACC at another output dimension from ACC at 128."""
    return abs(swept(runs, "accuracy", output=runs.fixed["output"]) - central(runs, "accuracy"))


def over_deepcluster(runs: Runs) -> float:
    """ACC of SeCu minus ACC of DeepCluster."""
    return central(runs, "accuracy") - of(runs, "DeepCluster", "accuracy")


def over_pretext(runs: Runs) -> float:
    """ACC of SeCu minus ACC of k-means on the features of SimCLR."""
    return central(runs, "accuracy") - of(runs, "SimCLR + k-means", "accuracy")


def over_two_stage(runs: Runs) -> float:
    """ACC of SeCu minus ACC of the best of SCAN, NNM and GCC, which no cell runs."""
    try:
        return central(runs, "accuracy") - of(runs, ELSEWHERE, "accuracy")
    except Missing as missing:
        raise Missing(f"SCAN, NNM and GCC are not among the methods of this package ({missing})") from missing

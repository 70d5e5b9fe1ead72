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
#: Arms that sentences speak of and no cell runs: methods of others, and SeCu with other heads (Table 1).
ELSEWHERE, PICA, SCAN = "two-stage", "PICA", "SCAN"
NO_HEAD, ONE_LAYER, DEEPER = "no head", "head of one layer", "head of more layers"
UNTRIED = (ELSEWHERE, PICA, SCAN, NO_HEAD, ONE_LAYER, DEEPER)

GRID = Grid(
    {"variation": tuple(VARIATIONS)},
    ignored=dict.fromkeys(("sweep", "entropy", *UNTRIED, *OTHERS), ("variation",)),
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
    """#Min with the cross-entropy minus #Min with the stable loss."""
    return of(runs, "CE", "smallest") - of(runs, "SeCu", "smallest")


def closed_form(runs: Runs) -> float:
    """ACC in closed form minus ACC by SGD."""
    return of(runs, "closed form", "accuracy") - of(runs, "SeCu", "accuracy")


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
    """#Max - #Min at this α of Table 4 minus that at the next larger one."""
    here = float(runs.fixed["alpha"])
    larger = ALPHAS[ALPHAS.index(here) - 1]
    wide = [of(runs, "entropy", "largest", alpha=a) - of(runs, "entropy", "smallest", alpha=a) for a in (larger, here)]
    return _rise(*wide)


def _rise(before: float, after: float) -> float:
    # Equal counts must not differ by the rounding of their division by n/k.
    return round(after - before, 9)


def gain_of_alpha(runs: Runs) -> float:
    """ACC at α = 0.12 N minus ACC at the other α."""
    other = float(runs.fixed["alpha"])
    return of(runs, "entropy", "accuracy", alpha=0.12) - of(runs, "entropy", "accuracy", alpha=other)


def entropy_for_size(runs: Runs) -> float:
    """ACC with the entropy constraint minus ACC with the size constraint."""
    return of(runs, "entropy", "accuracy", alpha=0.12) - central(runs, "accuracy")


def met(runs: Runs) -> float:
    """#Min - γ."""
    gamma = float(runs.fixed["gamma"])
    return swept(runs, "smallest", gamma=gamma) - gamma


def gain_of_gamma(runs: Runs) -> float:
    """ACC at γ = 0.9 minus ACC at the other γ."""
    return central(runs, "accuracy") - swept(runs, "accuracy", gamma=float(runs.fixed["gamma"]))


def imbalance_over_gamma(runs: Runs) -> float:
    """#Max - #Min at this γ of Table 9 minus that at the next larger one."""
    here = float(runs.fixed["gamma"])
    larger = GAMMAS[GAMMAS.index(here) - 1]
    wide = [swept(runs, "largest", gamma=g) - swept(runs, "smallest", gamma=g) for g in (larger, here)]
    return _rise(*wide)


def change_of_batch(runs: Runs) -> float:
    """ACC at another batch size minus ACC at 128."""
    return swept(runs, "accuracy", batch=runs.fixed["batch"]) - central(runs, "accuracy")


def change_of_output(runs: Runs) -> float:
    """ACC at another output dimension minus ACC at 128."""
    return swept(runs, "accuracy", output=runs.fixed["output"]) - central(runs, "accuracy")


def over_deepcluster(runs: Runs) -> float:
    """ACC of SeCu minus ACC of DeepCluster."""
    return central(runs, "accuracy") - of(runs, "DeepCluster", "accuracy")


def over_pretext(runs: Runs) -> float:
    """ACC of SeCu minus ACC of k-means on the features of SimCLR."""
    return central(runs, "accuracy") - of(runs, "SimCLR + k-means", "accuracy")


def over_two_stage(runs: Runs) -> float:
    """ACC of SeCu minus ACC of the best of SCAN, NNM and GCC, which no cell runs."""
    return central(runs, "accuracy") - _untried(runs, ELSEWHERE, "SCAN, NNM and GCC are not among the methods here")


def over_pica(runs: Runs) -> float:
    """ACC of SeCu minus ACC of PICA, which no cell runs."""
    return central(runs, "accuracy") - _untried(runs, PICA, "PICA is not among the methods here")


def without_head(runs: Runs) -> float:
    """ACC of SeCu without a head minus ACC of SCAN; no cell runs either."""
    bare = _untried(runs, NO_HEAD, "only a head of two layers is run")
    return bare - _untried(runs, SCAN, "SCAN is not among the methods here")


def gain_of_a_layer(runs: Runs) -> float:
    """ACC with a head of one layer minus ACC without one, which no cell runs."""
    heads = "only a head of two layers is run"
    return _untried(runs, ONE_LAYER, heads) - _untried(runs, NO_HEAD, heads)


def gain_of_a_second_layer(runs: Runs) -> float:
    """ACC with the head of two layers, the central one, minus ACC with one layer, which no cell runs."""
    return central(runs, "accuracy") - _untried(runs, ONE_LAYER, "only a head of two layers is run")


def gain_of_more_layers(runs: Runs) -> float:
    """ACC with a head of more layers, which no cell runs, minus ACC with two."""
    return _untried(runs, DEEPER, "only a head of two layers is run") - central(runs, "accuracy")


def _untried(runs: Runs, arm: str, why: str) -> float:
    try:
        return of(runs, arm, "accuracy")
    except Missing as missing:
        raise Missing(f"{why} ({missing})") from missing

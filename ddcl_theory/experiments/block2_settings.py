"""Block 2: what is run and what is asked for, in numbers.

Ten prototypes on twenty principal components, trained by gradient descent on L_q and on L_OLS while T falls from 2 to
0.5; beside them DeepCluster and k-means on pixels and on the components; the schedule and L_sep left out or changed.
The replicates differ in their start.  The order of PCA and standardisation is printed, the two temperatures come from a
secondary source.  Learning rate, epochs, the shape of the schedule, the fixed temperatures of the ablation, the weight
of L_sep and the sizes of DeepCluster are lost.  The rate of 1/2 is the largest at which no step with q held goes past
the weighted mean, whatever a prototype's mass; the epochs are those of Block 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory.experiments.protocol import Grid, Scalar

METHODS = ("L_q", "L_OLS", "DeepCluster", "k-means", "k-means + PCA")
#: Candidates for the two lost temperatures of the ablation, on either side of 0.5.
LOW, MIDDLE, HIGH = (0.1, 0.05), 0.5, (2.0, 1.0, 4.0)
#: Fixed temperatures over which V is compared.
SWEEP = (LOW[0], MIDDLE, HIGH[0])
#: Candidates for the lost weight of L_sep; from 1/k² = 0.01 on, its push exceeds the mean pull of L_q and nothing stays.
WEIGHTS = (0.001, 0.0001)
#: Largest difference of ACC that still counts as the same, and largest gain that counts as none.
SAME, NONE = 0.05, 0.01
#: Width of the range in which all methods lie: its ends are lost, the width is ours.
RANGE = 0.1
#: How negative a strong correlation is; how far from one point and from uniform the two limits may be.
STRONG, HARD, UNIFORM = -0.9, 0.05, 0.95
#: Largest relative change of D_P over the last tenth of the epochs in a run that has settled.
SETTLED = 0.05
#: ACC of the paper, and its standard deviation.
ACC_ANNEALED, ACC_MIDDLE, ACC_SEPARATED, DEVIATION = 0.576, 0.563, 0.549, 0.053

_PROTOTYPES = ("convention", "init", "gradient", "prototypes", "rate", "cooling")
_OTHERS = ("ols", "pairs", "quadratic", "rounds", "network sees", "starts")


def _without(*kept: str) -> tuple[str, ...]:
    return tuple(name for name in _OTHERS if name not in kept)


GRID = Grid(
    {
        "features": ("PCA, then standardised", "standardised, then PCA", "PCA alone"),
        "convention": ("d/T", "d/2T"),
        "init": ("samples", "narrow", "wide"),
        "gradient": ("stopped", "full"),
        "prototypes": ("free", "native"),
        "rate": (0.5, 0.1),
        "cooling": ("geometric", "linear"),
        "ols": ("gradient", "unweighted", "least squares"),
        "pairs": ("unordered", "mean"),
        "quadratic": ("none", "coercive"),
        "rounds": (25, 50),
        "network sees": ("features", "pixels"),
        "starts": (1, 10),
    },
    ignored={
        "L_q": _without(),
        "L_q, fixed T": (*_without(), "cooling"),
        "L_q + L_sep": _without("pairs", "quadratic"),
        "L_OLS": _without("ols"),
        "DeepCluster": (*_PROTOTYPES, *_without("rounds", "network sees")),
        "k-means": (*_PROTOTYPES, *_without("starts"), "features"),
        "k-means + PCA": (*_PROTOTYPES, *_without("starts")),
    },
    # The scale of the features sets what a temperature means, the start decides whether prototypes meet it apart.
    # On components of unit variance, the centre, native prototypes move as free ones do.
    crossed=(
        ("features", "convention"),
        ("convention", "init"),
        ("features", "init"),
        ("gradient", "init"),
        ("features", "prototypes"),
    ),
)


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """The five methods and the ablation."""
    made: list[tuple[str, Mapping[str, Scalar]]] = [(arm, {}) for arm in METHODS]
    made += [("L_q, fixed T", {"T": t}) for t in (*LOW, MIDDLE, *HIGH)]
    return [*made, *(("L_q + L_sep", {"separation": weight}) for weight in WEIGHTS)]

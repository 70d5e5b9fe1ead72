"""GBCL's experiments: the vanilla and the dual layer in the plane, and both with a deep one over the features (Figures 4-7).

The text fixes the sets, k = 30, 400 and 800 epochs and the learning rates; over the features n = 100, k = 10 and the
majority vote.  It names no optimiser, and Table 2, which is announced to hold the settings over the features, has the
data's.  At the centre: the loss (12) and the linear layer (14) of the text, and where it is silent the code that it
cites: Adam, 2000 epochs over the features, and the data, whose singular values Tables 1 and 2 confirm or not.  Of the grid
each value is run alone, everything else at its centre, and the optimiser and the rates in all combinations: 10 settings of
96 combinations.

k-means, on the features, on coordinates of the samples' span and on principal components, and DeepCluster are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddcl_theory.experiments import gbcl_layers_features as features
from ddcl_theory.experiments import gbcl_layers_plane as plane
from ddcl_theory.experiments import gbcl_layers_training as training
from ddcl_theory.experiments.gbcl_layers_data import DATASETS, SAMPLES
from ddcl_theory.experiments.gbcl_layers_features import BASELINES, DEEP, DUAL, FEATURES, HIGH, KMEANS, VANILLA
from ddcl_theory.experiments.gbcl_layers_plane import LAYERS
from ddcl_theory.experiments.protocol import Block, Scalar
from ddcl_theory.experiments.shortened import Shortened

GRID = Shortened(
    {
        "objective": ("sum", "norm"),
        "optimiser": ("Adam", "descent", "mean descent"),
        "glorot": ("normal", "uniform"),
        "rates": ("published", "equal"),
        "dual": ("linear", "bias"),
        # Over the features; in the plane the text gives them.
        "epochs": (2000, 400),
    },
    short=(("epochs", 100),),
    ignored={
        "VCL": ("rates", "dual", "epochs"),
        "DCL": ("epochs",),
        VANILLA: ("optimiser", "rates", "dual"),
        DUAL: ("optimiser",),
        # Its published rate is the vanilla layer's, and it has biases.
        DEEP: ("optimiser", "rates", "dual"),
        **dict.fromkeys(("k-means", *BASELINES), ("objective", "optimiser", "glorot", "rates", "dual", "epochs")),
    },
    # A rate means nothing without the optimiser that takes it.
    crossed=(("optimiser", "rates"),),
)


#: What the quick profile runs over the features: enough to try every prediction.
QUICK = {VANILLA: FEATURES[:1], DUAL: FEATURES[:2], DEEP: FEATURES[:1], KMEANS: FEATURES[:2]}


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """Both layers on the sets in the plane, all methods over the features (quick: layers on Moons, few features)."""
    made: list[tuple[str, Mapping[str, Scalar]]] = [("k-means", {"dataset": d}) for d in DATASETS]
    made += [(arm, {"dataset": d}) for d in DATASETS for arm in LAYERS if profile != "quick" or d == "moons"]
    return made + [(arm, {"d": d}) for d in FEATURES for arm in HIGH if profile != "quick" or d in QUICK.get(arm, ())]


BLOCK = Block(
    id="gbcl-layers",
    claim="gbcl.experiments",
    title="Vanilla and dual layers, in the plane and over the features",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.gbcl_layers_training:run",
    predictions=(*plane.PREDICTIONS, *features.PREDICTIONS),
    sources=(
        "ddcl_theory.experiments.gbcl_layers_data",
        "ddcl_theory.experiments.gbcl_layers_networks",
        "ddcl_theory.experiments.madelon",
    ),
    note=f"in the plane n = {SAMPLES}, k = {training.PROTOTYPES}; over the features n = 100, k = {training.FEW}, "
    f"k-means: {training.STARTS} starts, DeepCluster: {training.ROUNDS} rounds",
)

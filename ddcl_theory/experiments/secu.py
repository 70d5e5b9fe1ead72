"""SeCu at small scale: its ablations on scikit-learn's digits with a small encoder (SeCu, §4 and Appendix C).

The text fixes the parameters for ResNet-18 on CIFAR-10: λ, τ, γ, η, α/N, momentum and both learning rates, batch size,
output dimension, a head of two layers, a train/test split; they are kept.  What cannot be kept is declared before
anything runs: 1437 images of 8 × 8 for training and 360 for the scores; a perceptron with 128 features for ResNet-18; 3
heads of 10, 20 and 30 clusters, as 10 heads would leave 14 images a cluster in the largest; rotation, zoom, shift,
contrast and noise as views, as a mirrored digit is another; 25 epochs (80 on the thorough profile; 2 on the quick one,
which show only that it runs) for 400, with the warm-up and self-labelling shortened in proportion.  `VARIATIONS` change
one of these at a time, on the thorough profile and for the arms SeCu, CE and closed form; the sweeps over γ, α, batch
size and output dimension and the other methods run at the central setting alone: 7 variations beside the centre, and no
two together.

#Max and #Min are sizes of the training labels, in units of the mean size n/k; ACC, NMI and ARI those of the held-out
images by their nearest centre.  CE keeps the gradient of negatives in the centres' loss, as the encoder's loss has held
centres in either case.  CoKe's centres are the closed form with uniform weights (5); the rest of CoKe is taken as
SeCu's.  "log p" is (9) as printed; at λ = 0.05 and one η it is the experiments' ⟨x, w⟩ with a dual rate of η/20.
Numbers of the paper are those of CIFAR-10: only their trend can be compared.  Its other data sets are not run.  What it says
of heads with other layers (Table 1), of PICA and of two-stage methods is listed, and nothing here tests it.  Where it
varies a parameter and speaks of all values (α, γ, batch size, output dimension), each of them must agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ddcl_theory.experiments import secu_effects as effects
from ddcl_theory.experiments.changes import planted, renumbered, scaled
from ddcl_theory.experiments.protocol import Block, Cell, Change, Metrics, Prediction, Results, Scalar
from ddcl_theory.experiments.secu_effects import (
    ALPHAS,
    BATCHES,
    DEEPER,
    ELSEWHERE,
    GAMMAS,
    GRID,
    MAIN,
    NO_HEAD,
    ONE_LAYER,
    OTHERS,
    OUTPUTS,
    PICA,
    SCAN,
    SIZES,
    UNTRIED,
)
from ddcl_theory.experiments.secu_training import CENTRAL, HELD_OUT, TRAINED, K

#: A difference of ACC that still counts as similar; the same for sizes, in units of the mean size.
SIMILAR = 0.05
#: How far below γ the smallest cluster may stay: the constraint holds on average over batches.
SHORT = 0.02


def conditions(profile: str) -> Sequence[tuple[str, Mapping[str, Scalar]]]:
    """The main arms, the sweeps and the other methods, at the size of the profile."""
    size = SIZES[profile]
    return [
        *((arm, size) for arm in MAIN),
        *(("sweep", size | {"gamma": g}) for g in GAMMAS if g != CENTRAL["gamma"]),
        *(("sweep", size | {"batch": b}) for b in BATCHES),
        *(("sweep", size | {"output": m}) for m in OUTPUTS),
        *(("entropy", size | {"alpha": a}) for a in ALPHAS),
        *((arm, size) for arm in OTHERS),
    ]


def brought(identifier: str, values: Mapping[str, float]) -> Change:
    """A false change: each of these arms has this ACC, also one that no cell runs, beside SeCu at the central setting."""

    def apply(results: Results) -> Results:
        told = results.changed(lambda c, m: m | {"accuracy": values[c.arm]} if c.arm in values else m)
        made: dict[Cell, Metrics] = {
            Cell(c.block, arm, c.condition, (), c.seed, c.device): {"accuracy": values[arm]}
            for c, _ in results
            if c.arm == "SeCu" and c.setting == GRID.central
            for arm in values
            if arm in UNTRIED
        }
        return replace(told, metrics={**told.metrics, **made})

    return Change(identifier, apply)


AT_CHANCE = planted("SeCu at chance", {"accuracy": 0.0, "ari": -1.0}, "SeCu")

PREDICTIONS = (
    Prediction(
        id="loss",
        says=r"\text{ACC: the stable loss exceeds the cross-entropy}",
        place="Table 2, §4.1.2",
        measure="ACC with SeCu minus ACC with CE",
        effect=effects.loss,
        relation="above",
        arms=("SeCu", "CE"),
        changes=(AT_CHANCE, renumbered()),
        paper="0.881 against 0.516",
    ),
    Prediction(
        id="stable",
        says=r"\text{labels change less with the stable loss than with the cross-entropy}",
        place="§3.2, §4.1.2",
        measure="share of labels that change in an epoch of the last quarter, CE minus SeCu",
        effect=effects.unrest,
        relation="above",
        arms=("SeCu", "CE"),
        changes=(
            planted("no label rests", {"relabelled": 1.0}, "SeCu"),
            scaled("in percent", "relabelled", 100.0),
            renumbered(),
        ),
        paper="stable against unstable, without a number",
    ),
    Prediction(
        id="largest-cluster",
        says=r"\text{the largest cluster is larger with the cross-entropy}",
        place="Table 2, §4.1.2",
        measure="#Max with CE minus #Max with SeCu, in units of n/k",
        effect=effects.largest,
        relation="above",
        arms=("SeCu", "CE"),
        changes=(
            planted("one cluster", {"largest": float(K)}, "SeCu"),
            scaled("in images", "largest", TRAINED / K),
            renumbered(),
        ),
        paper="6486 against 5190 of 5000, which is 0.259",
    ),
    Prediction(
        id="smallest-cluster",
        says=r"\text{the smallest clusters are almost equally large}",
        place="Table 2, §4.1.2",
        measure="#Min with CE minus #Min with SeCu, in units of n/k",
        effect=effects.smallest,
        relation="within",
        bound=SIMILAR,
        arms=("SeCu", "CE"),
        changes=(planted("twice the mean", {"smallest": 2.0}, "CE"), renumbered()),
        paper="4501 and 4556 of 5000, which is 0.011",
    ),
    Prediction(
        id="closed-form",
        says=r"\text{ACC in closed form is similar to ACC by SGD}",
        place="Table 3, §4.1.3",
        measure="ACC in closed form minus ACC by SGD",
        effect=effects.closed_form,
        relation="within",
        bound=SIMILAR,
        arms=("SeCu", "closed form"),
        changes=(planted("closed form at zero", {"accuracy": 0.0}, "closed form"), renumbered()),
        paper="0.874 ± 0.005 and 0.881 ± 0.003",
    ),
    Prediction(
        id="sgd-steadier",
        says=r"\text{ACC varies less over the runs by SGD than in closed form}",
        place="Table 3, §4.1.3",
        measure="distance of ACC from its mean over the replicates, closed form minus SGD",
        effect=effects.spread,
        relation="above",
        arms=("SeCu", "closed form"),
        changes=(planted("one value in closed form", {"accuracy": 0.5}, "closed form"), renumbered()),
        paper="standard deviations 0.003 and 0.005",
    ),
    Prediction(
        id="coke",
        says=r"\text{ARI: SeCu exceeds CoKe, at equal size constraint}",
        place="Table 5, §4.2",
        measure="ARI with SeCu minus ARI with uniform weights",
        effect=effects.coke,
        relation="above",
        arms=("uniform weights",),
        changes=(AT_CHANCE, renumbered()),
        paper="0.775 against 0.732",
    ),
    Prediction(
        id="hardness",
        says=r"\text{ARI: centres weighted by hardness exceed uniform ones, both in closed form}",
        place="Remark on Theorem 1",
        measure="ARI weighted by hardness minus ARI with uniform weights",
        effect=effects.hardness,
        relation="above",
        arms=("uniform weights",),
        changes=(planted("closed form at chance", {"ari": -1.0}, "closed form"), renumbered()),
        paper="captures hard instances better, without a number",
    ),
    Prediction(
        id="self-labelling",
        says=r"\text{self-labelling raises ACC}",
        place="Table 5, §4.2",
        measure="ACC after self-labelling minus ACC before",
        effect=effects.self_labelling,
        relation="above",
        arms=("SeCu",),
        changes=(planted("at zero afterwards", {"accuracy_self_labelled": 0.0}, "SeCu"), renumbered()),
        paper="0.930 against 0.881",
    ),
    Prediction(
        id="alpha-zero",
        says=r"\alpha = 0: \text{ all images end in one cluster}",
        place="Table 4, §4.1.4",
        measure="replicates with at least 99 % in one cluster",
        effect=effects.without_entropy,
        relation="every",
        arms=("entropy",),
        changes=(planted("half in one cluster", {"largest": K / 2}, "entropy", alpha=0.0), renumbered()),
        paper="50 000 of 50 000",
    ),
    Prediction(
        id="alpha-small",
        says=r"\alpha = 0.002 N: \text{ the clusters are imbalanced}",
        place="Table 4, §4.1.4",
        measure="#Max at 0.002 N minus #Max at 0.12 N, in units of n/k",
        effect=effects.little_entropy,
        relation="above",
        bound=1.0,
        arms=("entropy",),
        changes=(planted("balanced", {"largest": 1.0}, "entropy", alpha=0.002), renumbered()),
        paper="28 575 and 5120 of 5000, which is 4.69",
    ),
    Prediction(
        id="alpha-balance",
        says=r"\#\text{Max} - \#\text{Min grows as } \alpha \text{ falls}",
        place="Table 4, §4.1.4",
        measure="#Max - #Min minus that at the next larger α/N of 0.4, 0.16, 0.12, 0.08, 0.002",
        effect=effects.imbalance_over_alpha,
        relation="above",
        arms=("entropy",),
        throughout={"alpha": ALPHAS[1:-1]},
        changes=(
            planted("one cluster at 0.4 N", {"largest": float(K), "smallest": 0.0}, "entropy", alpha=0.4),
            renumbered(),
        ),
        paper="143, 457, 541, 1052, 28 575",
    ),
    Prediction(
        id="alpha-best",
        says=r"\text{ACC at } \alpha = 0.12 N \text{ exceeds that at larger and smaller } \alpha",
        place="Table 4, §4.1.4",
        measure="ACC at 0.12 N minus ACC at the other α",
        effect=effects.gain_of_alpha,
        relation="above",
        arms=("entropy",),
        throughout={"alpha": (0.4, 0.08, 0.002)},
        changes=(planted("0.12 N at zero", {"accuracy": 0.0}, "entropy", alpha=0.12), renumbered()),
        paper="0.880 against 0.853, 0.849, 0.199",
    ),
    Prediction(
        id="entropy",
        says=r"\text{ACC with the entropy constraint is competitive with that of the size constraint}",
        place="Table 5, §4.2",
        measure="ACC with the entropy constraint minus ACC with the size constraint",
        effect=effects.entropy_for_size,
        relation="above",
        bound=-SIMILAR,
        arms=("entropy",),
        changes=(planted("entropy at zero", {"accuracy": 0.0}, "entropy"), renumbered()),
        paper="0.880 and 0.881",
    ),
    Prediction(
        id="gamma-met",
        says=r"\text{the dual variables keep every cluster above } \gamma n / k",
        place="Table 9, App. C.2.2",
        measure="#Min - γ, in units of n/k",
        effect=effects.met,
        relation="above",
        bound=-SHORT,
        arms=("sweep",),
        throughout={"gamma": GAMMAS},
        changes=(planted("an empty cluster at γ = 1", {"smallest": 0.0}, "sweep", gamma=1.0), renumbered()),
        paper="-0.005 at γ = 1",
    ),
    Prediction(
        id="gamma-balance",
        says=r"\#\text{Max} - \#\text{Min grows as } \gamma \text{ falls}",
        place="Table 9, App. C.2.2",
        measure="#Max - #Min minus that at the next larger γ of 1, 0.9, 0.8, 0.7",
        effect=effects.imbalance_over_gamma,
        relation="above",
        arms=("sweep",),
        throughout={"gamma": GAMMAS[1:]},
        changes=(
            planted("one cluster at γ = 1", {"largest": float(K), "smallest": 0.0}, "sweep", gamma=1.0),
            renumbered(),
        ),
        paper="42, 634, 901, 1932",
    ),
    Prediction(
        id="gamma-best",
        says=r"\text{ACC at } \gamma = 0.9 \text{ exceeds that at 1 and at 0.7}",
        place="Table 9, App. C.2.2",
        measure="ACC at γ = 0.9 minus ACC at the other γ",
        effect=effects.gain_of_gamma,
        relation="above",
        arms=("sweep",),
        throughout={"gamma": (1.0, 0.7)},
        changes=(planted("γ = 0.9 at zero", {"accuracy": 0.0}, "SeCu"), renumbered()),
        paper="0.881 against 0.854 and 0.866",
    ),
    Prediction(
        id="batch",
        says=r"\text{ACC is insensitive to the batch size}",
        place="Table 10, App. C.2.3",
        measure="ACC at another batch size minus ACC at 128",
        effect=effects.change_of_batch,
        relation="within",
        bound=SIMILAR,
        arms=("sweep",),
        throughout={"batch": BATCHES},
        changes=(planted("other sizes at zero", {"accuracy": 0.0}, "sweep"), renumbered()),
        paper="0.879, 0.883, 0.879 against 0.881",
    ),
    Prediction(
        id="output",
        says=r"\text{ACC is stable over the output dimension}",
        place="Table 8, App. C.2.1",
        measure="ACC at another output dimension minus ACC at 128",
        effect=effects.change_of_output,
        relation="within",
        bound=SIMILAR,
        arms=("sweep",),
        throughout={"output": OUTPUTS},
        changes=(planted("other dimensions at zero", {"accuracy": 0.0}, "sweep"), renumbered()),
        paper="0.880, 0.882, 0.878 against 0.881",
    ),
    Prediction(
        id="deepcluster",
        says=r"\text{ACC: SeCu exceeds DeepCluster}",
        place="Table 5, §4.2",
        measure="ACC of SeCu minus ACC of DeepCluster",
        effect=effects.over_deepcluster,
        relation="above",
        arms=("DeepCluster",),
        changes=(AT_CHANCE, renumbered()),
        paper="0.881 against 0.374",
    ),
    Prediction(
        id="pretext",
        says=r"\text{ACC: SeCu exceeds SimCLR followed by } k\text{-means}",
        place="Table 5, §4.2",
        measure="ACC of SeCu minus ACC of k-means on the features of SimCLR",
        effect=effects.over_pretext,
        relation="above",
        arms=("SimCLR + k-means",),
        changes=(AT_CHANCE, renumbered()),
        paper="0.881 against 0.659",
    ),
    Prediction(
        id="two-stage",
        says=r"\text{ACC: SeCu exceeds SCAN, NNM and GCC}",
        place="Table 5, §4.2",
        measure="ACC of SeCu minus the best ACC of the three",
        effect=effects.over_two_stage,
        relation="above",
        arms=(ELSEWHERE,),
        changes=(brought("a two-stage method without error", {ELSEWHERE: 1.0}), renumbered()),
        paper="0.881 against 0.856",
    ),
    Prediction(
        id="one-stage",
        says=r"\text{ACC: SeCu exceeds PICA}",
        place="Table 5, §4.2",
        measure="ACC of SeCu minus ACC of PICA",
        effect=effects.over_pica,
        relation="above",
        arms=(PICA,),
        changes=(brought("PICA without error", {PICA: 1.0}), renumbered()),
        paper="0.881 against 0.696",
    ),
    Prediction(
        id="no-head",
        says=r"\text{ACC: SeCu without a head exceeds SCAN}",
        place="Table 1, §4.1.1",
        measure="ACC of SeCu without a head minus ACC of SCAN",
        effect=effects.without_head,
        relation="above",
        arms=(NO_HEAD, SCAN),
        changes=(brought("SCAN without error", {NO_HEAD: 0.5, SCAN: 1.0}), renumbered()),
        paper="0.855 against 0.818",
    ),
    Prediction(
        id="head",
        says=r"\text{a head of one layer raises ACC}",
        place="Table 1, §4.1.1",
        measure="ACC with a head of one layer minus ACC without a head",
        effect=effects.gain_of_a_layer,
        relation="above",
        arms=(ONE_LAYER, NO_HEAD),
        changes=(brought("both alike", {ONE_LAYER: 0.5, NO_HEAD: 0.5}), renumbered()),
        paper="0.876 against 0.855",
    ),
    Prediction(
        id="second-layer",
        says=r"\text{a second layer of the head raises ACC}",
        place="Table 1, §4.1.1",
        measure="ACC with a head of two layers minus ACC with one of one",
        effect=effects.gain_of_a_second_layer,
        relation="above",
        arms=(ONE_LAYER,),
        changes=(brought("one layer without error", {ONE_LAYER: 1.0}), renumbered()),
        paper="0.881 against 0.876",
    ),
    Prediction(
        id="more-layers",
        says=rf"\text{{more than two layers of the head raise ACC by less than }} {SIMILAR:g}",
        place="Table 1, §4.1.1",
        measure="ACC with a head of more layers minus ACC with one of two",
        effect=effects.gain_of_more_layers,
        relation="below",
        bound=SIMILAR,
        arms=(DEEPER,),
        changes=(brought("two layers at zero", {DEEPER: 0.5, "SeCu": 0.0}), renumbered()),
        paper="0.881 and 0.882 against 0.881, no significant gain",
    ),
)

BLOCK = Block(
    id="secu-digits",
    claim="secu.experiments",
    title="SeCu's ablations at small scale",
    grid=GRID,
    replicates={"quick": 3, "standard": 3, "thorough": 10},
    conditions=conditions,
    run="ddcl_theory.experiments.secu_training:run",
    predictions=PREDICTIONS,
    note=f"digits of 8 × 8, {TRAINED} for training and {HELD_OUT} for the scores (quick: {SIZES['quick']['images']} and "
    f"{HELD_OUT}), {SIZES['standard']['epochs']} epochs (quick {SIZES['quick']['epochs']}, thorough "
    f"{SIZES['thorough']['epochs']})",
)

r"""§7.2: handwritten digits, a part for each sentence that predicts something.

What the runs are, and what the text leaves open, stands in `experiments.block2_settings`.  Each part is measured at
29 settings of that grid on the thorough profile (one value varied at a time, pairs where they can interact, of 27648
combinations) and at the declared central setting on the others.  Accuracies of the paper come from a secondary source where
one survives, and so does one standard deviation, that of annealed L_q; the text has lost its tables.

On components of unit variance Σ = I, so that theory has collapse at the mean attract under stopped L_q if and only if
T > 2 (with d/2T: T > 1): the schedule that starts at T = 2 starts at the threshold.  A gradient step in the dual weights
is there one in the prototypes, so that native and free ones move alike.

Two sentences of §8.2 about the ablation do not go together with §7.2: that ACC is unchanged over T, and that the low and
the high temperature underperform; both are measured.  Without a quadratic term λ L_sep (15) is outweighed by the pull of
L_q only while λ k < m_j for the mass m_j of each prototype.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.block2 import BLOCK
from ddcl_theory.experiments.claim import parts_of

FIXED = f"Fixed: n = 1797; {BLOCK.note}; replicates differ in their start."

CLAIM = Claim(
    id="ddcl.block2",
    title="Block 2: handwritten digits",
    source=Source(paper="ddcl", place="§7.2"),
    says=r"\text{on digits, annealing helps, explicit separation does not, and the feedback cycle shows}",
    readings=(Reading("runs", "the experiment run again", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=(
        "ddcl.theorem1",
        "ddcl.proposition1",
        "ddcl.corollary2",
        "ddcl.corollary4",
        "ddcl.theorem2",
        "ddcl.remark3",
        "ddcl.consistency",
    ),
    figures=(
        Figure(
            "accuracy",
            "Accuracy of the five methods and of the ablation",
            alt="Left: ACC of L_q, L_OLS, DeepCluster, k-means on pixels and on components, a row each. Right: ACC of L_q "
            "annealed, at fixed temperatures, and annealed with the separation term at two weights.",
            caption="Dots: mean, bars: one standard deviation, ticks below: the replicates, open diamonds: the paper's number "
            f"(secondary source). {FIXED}",
            draw="ddcl_theory.experiments.block2_figures:accuracy",
            experiment=BLOCK.id,
        ),
        Figure(
            "dynamics",
            "Loss terms, separation, uncertainty and accuracy during training",
            alt="Four panels: L_q, L_OLS and V over the epochs under L_q; the assignment uncertainty against the "
            "separation of the prototypes, a point every fourth epoch; the accuracy over the epochs; the path in the plane of "
            "separation and uncertainty with a circle at its start and a cross at its end, for both losses.",
            caption=FIXED,
            draw="ddcl_theory.experiments.block2_figures:dynamics",
            experiment=BLOCK.id,
            first=True,
        ),
        Figure(
            "prototypes",
            "Prototypes as images",
            alt="Two rows of ten images of 8 by 8 pixels: the prototypes under L_q and under L_OLS, each titled by the digit "
            "that its cluster is matched to.",
            caption="After the last epoch; dark pixels are ink; titles: the digit under the Hungarian matching of clusters and "
            f"classes. {FIXED}",
            draw="ddcl_theory.experiments.block2_figures:prototypes",
            experiment=BLOCK.id,
            first=True,
        ),
    ),
)

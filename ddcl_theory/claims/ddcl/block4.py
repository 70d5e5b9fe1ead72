r"""§7.4, with §8.1 and §8.2: frozen features of dimension 512, a part for each sentence that predicts something.

What the runs are, where their features come from, and what the text leaves open, stands in `experiments.block4`; on the
thorough profile each part is measured at the centre and at 10 variations of it, one at a time.  Every sentence of the text
is about CIFAR-10.  On the stand-in an outcome says what becomes of the sentence on its features, and nothing about
CIFAR-10.  What theory says beside the sentences:
- equal metrics would confirm nothing about Proposition 4, since ∇_z is never used, and are not implied by it: the
  prototype gradients differ by 2 P Σ_n S_qn (ddcl.proposition4.frozen);
- rows of length 1 have a total variance of at most 1, so λ_max(Σ) is small, and a stopped run of L_q collapses towards the
  mean while T > 2 λ_max(Σ); L_OLS does not (ddcl.proposition5, ddcl.proposition6).  Each run records 2 λ_max(Σ);
- the corollary that the text names says that V grows with T at fixed prototypes (ddcl.corollary2): a V that grows while T
  falls would be the work of the prototypes, and against it;
- the decomposition is an identity (ddcl.theorem1): a violation would be an error of the arithmetic.  It is checked on 200
  samples in each epoch and on all of them after the last.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.block4 import BLOCK
from ddcl_theory.experiments.block4_training import COLLAPSED, COOLING, EPOCHS, RATE
from ddcl_theory.experiments.claim import parts_of

FIXED = (
    f"Fixed: {EPOCHS} epochs, T linear from {COOLING[0]:g} to {COOLING[1]:g}, learning rate {RATE:g}, collapsed: D_P below "
    f"{COLLAPSED:g} of the data's variance; replicates differ in their start, on one draw of the data. Features named "
    "stand-in are those of other images and say nothing about CIFAR-10."
)

CLAIM = Claim(
    id="ddcl.block4",
    title="Block 4: frozen features",
    source=Source("ddcl", "§7.4, §8.1, §8.2"),
    says=r"\text{on frozen features of CIFAR-10 both losses give the same metrics, } V \text{ grows as } T \text{ falls, "
    r"and } D_P \text{ and its partner grow together}",
    readings=(Reading("runs", "the experiment run again", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=(
        "ddcl.theorem1",
        "ddcl.corollary2",
        "ddcl.proposition4.frozen",
        "ddcl.proposition5",
        "ddcl.proposition6",
    ),
    figures=(
        Figure(
            "dynamics",
            "Separation, uncertainty and variance while the temperature falls",
            alt="Three panels over the epochs, L_q as solid and L_OLS as dashed lines: the mean squared distance of the "
            "prototypes, the mean of tr S_q, and V.",
            caption=f"Both losses from the same start. {FIXED}",
            draw="ddcl_theory.experiments.block4_figures:dynamics",
            experiment=BLOCK.id,
            first=True,
        ),
        Figure(
            "scores",
            "Scores of the methods",
            alt="For L_q, L_OLS, k-means and DeepCluster the mean ACC, NMI and ARI with bars of one standard deviation, and "
            "open triangles at the paper's ACC of the two losses.",
            caption=f"All replicates, bars one standard deviation; the paper's ACC is that of CIFAR-10 and comes from a secondary "
            f"source. {FIXED}",
            draw="ddcl_theory.experiments.block4_figures:scores",
            experiment=BLOCK.id,
        ),
        Figure(
            "agreement",
            "Scores of both losses, run by run",
            alt="A point for each run and score: with L_q on the horizontal axis and with L_OLS on the vertical one, and the "
            "diagonal, on which equal scores would lie.",
            caption=f"All replicates. {FIXED}",
            draw="ddcl_theory.experiments.block4_figures:agreement",
            experiment=BLOCK.id,
        ),
    ),
)

r"""SeCu, §4 and Appendix C: the ablations at small scale, a part for each sentence that predicts something.

What the runs are, and where they leave the paper's setting, stands in `experiments.secu`.  The images are others, the
encoder is small and the training short, so that only the direction of an effect can be compared, and an outcome says
nothing about CIFAR-10 itself.  On the thorough profile the main arms run at the centre and at 7 variations of it, one at a
time, everything else at the centre.  What is said of heads with other layers, of PICA and of two-stage methods stays
open, since none of these runs.  What theory says beside it:
- At batch 128 and ten equal clusters a cluster is without positives in a batch with probability (9/10)^{128} ≈ 10^{-6},
  so the reason that Proposition 1 gives for unstable cross-entropy does not occur in the head that predicts; in the
  heads of 20 and 30 clusters it does with probability 0.001 and 0.013 (secu.proposition1).
- α = 0 has no constraint; collapse is a fixed point of greedy assignment, not the only one (secu.size-constraint).
- The duals bound the shares on average over batches, so #Min may end below γ n/k (secu.upper-bound).
- With uniform weights the closed form is the k-means centre (secu.hardness, secu.limit).
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.claim import parts_of
from ddcl_theory.experiments.secu import BLOCK
from ddcl_theory.experiments.secu_training import HELD_OUT

FIXED = f"Fixed: digits of 8 × 8, {HELD_OUT} images for the scores; replicates on one split of the data."

CLAIM = Claim(
    id="secu.experiments",
    title="SeCu's ablations at small scale",
    source=Source("secu", "§4, Tables 1-5, 8-10"),
    says=r"\text{the stable loss, the constraints and the closed form behave as in Tables 2-5 and 8-10}",
    readings=(Reading("runs", "the ablations run again on digits", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=(
        "secu.proposition1",
        "secu.loss",
        "secu.theorem1",
        "secu.hardness",
        "secu.size-constraint",
        "secu.upper-bound",
    ),
    figures=(
        Figure(
            "methods",
            "Accuracy of the methods, here and in the paper",
            alt="Eight methods in rows, with the mean accuracy here as a dot with a bar of one standard deviation, and the "
            "paper's accuracy on CIFAR-10 as an open diamond.",
            caption=f"All replicates. The data differ, so that only the order can be compared. {FIXED}",
            draw="ddcl_theory.experiments.secu_figures:methods",
            experiment=BLOCK.id,
        ),
        Figure(
            "sweeps",
            "Accuracy over the weight of the entropy, the size bound, the batch size and the output dimension",
            alt="Four panels, each with the mean accuracy here as dots with bars of one standard deviation, and the paper's "
            "on CIFAR-10 as open diamonds joined by a dashed line.",
            caption=f"All replicates, one parameter varied at a time. {FIXED}",
            draw="ddcl_theory.experiments.secu_figures:sweeps",
            experiment=BLOCK.id,
        ),
        Figure(
            "stability",
            "Changing labels and the largest cluster during training",
            alt="Left: the share of training labels that change in an epoch, for the stable loss as a solid line and for the "
            "cross-entropy as a dashed line. Right: the size of the largest cluster over the mean size.",
            caption=f"Both losses from the same start. {FIXED}",
            draw="ddcl_theory.experiments.secu_figures:stability",
            experiment=BLOCK.id,
            first=True,
        ),
        Figure(
            "exemplars",
            "Images nearest to the centres",
            alt="Ten rows of eight small images of handwritten digits: the training images nearest to each centre.",
            caption=f"SeCu. {FIXED}",
            draw="ddcl_theory.experiments.secu_figures:exemplars",
            experiment=BLOCK.id,
            first=True,
        ),
    ),
)

r"""§7.3: accuracy over the number of features, a part for each sentence that predicts something, and §3.2 on the subspace.

What the runs are, and what the text leaves open, stands in `experiments.block3`; on the thorough profile each part is
measured at each value of that grid alone, the others at their centre, and at all combinations of the distance of the
classes with the start (21 settings of 20736 combinations), on the other profiles at the declared central setting. The
protocol of the dual layer's own paper, with every feature informative and a majority vote over ten clusters, is
gbcl.experiments. What theory says beforehand:

span: §3.2 has DCL confined to the span of the n samples and k-means outside it.  A centre of k-means is a mean of
  samples, so that it lies in the span too; and coordinates of the span, which the Gram matrix gives, keep all distances,
  so that k-means on them takes the same steps.  Both parts can only come out as not reproduced; they are measured all the same.
gap: §8.1 has the lead of L_q over DeepCluster grow with d throughout; §7.3 has both at chance at the largest d.  A lead
  of a quarter at d = 200 and none at the end exclude one another, so that one of the two parts fails whatever is run.
every d: §7.3 has L_q ahead of L_OLS at every dimension, with a sign that is lost, and all methods alike at the smallest and
  at chance at the largest.  Read strictly the first excludes the others; read as "ahead or level" it does not.  Both are measured.
decomposition: §8.2 counts the epochs of this block among those without a violation.  The runs here keep no such count: the
  part stays open, and Blocks 1 and 2 have it.
transition: with classes Δ apart in units of the noise, the leading direction of the samples carries the classes while
  n Δ²/4 exceeds √(n d): the dimension at which they are lost is of the order n Δ⁴/16.  It grows with n, and it moves by a
  factor of 16 when Δ doubles; it lies at n for one Δ only.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.block3 import BLOCK
from ddcl_theory.experiments.claim import parts_of

CLAIM = Claim(
    id="ddcl.block3",
    title=BLOCK.title,
    source=Source(paper="ddcl", place="§7.3, §8.1 (ii), §3.2"),
    says=r"\text{with many features DDCL keeps an accuracy that } k\text{-means and DeepCluster lose}",
    readings=(Reading("runs", "the experiment run again", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=("ddcl.dcl-subspace", "ddcl.conditioning", "gbcl.theorem3.4", "gbcl.experiments"),
    figures=(
        Figure(
            "accuracy",
            "Accuracy and mutual information over the number of features",
            alt="Two panels over the number of features on a logarithmic axis: ACC on the left, NMI on the right, a line "
            "with its own dash and mark for each of six methods, and on the left a star for the paper's accuracy at 200.",
            caption=f"Mean and standard deviation, shifted a little sideways; the grey line is one half. Fixed: {BLOCK.note}; "
            "each replicate with its own draw of the data.",
            draw="ddcl_theory.experiments.block3_figures:accuracy",
            experiment=BLOCK.id,
        ),
    ),
)

r"""§7.5: the network trained together with the prototypes, a part for each sentence that predicts something.

What the runs are, what the text leaves open and how the central setting was chosen stand in `experiments.block5`; on the
thorough profile each part is measured at each value of the grid alone, the others at their centre, and at all combinations
of the gradient and the prototypes (22 settings of 110592 combinations), on the other profiles at the central setting.

What theory says beforehand.  With q stopped and the prototypes free or detached both losses give the network the same
gradient at the same prototypes (ddcl.proposition4, ddcl.corollary3), so that V reaches it through their positions alone.
Neither loss keeps the features from shrinking: along z → s z, P → s P with s → 0 both fall to 0 (ddcl.collapse-resistance, end to
end), which −λ_sep D_P + λ_P ‖P‖² may delay.  L_OLS is 0 also wherever Pq = z, however soft q is.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.block5 import BLOCK
from ddcl_theory.experiments.claim import parts_of

FIXED = f"Fixed: {BLOCK.note}."

CLAIM = Claim(
    id="ddcl.block5",
    title="Block 5: end-to-end training with a trainable network",
    source=Source(paper="ddcl", place="§7.5"),
    says=r"\text{trained end to end, } L_q \text{ clusters better than } L_{\mathrm{OLS}} \text{ and than DeepCluster}",
    readings=(Reading("runs", "the experiment run again", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=("ddcl.theorem1", "ddcl.proposition4", "ddcl.corollary3", "ddcl.collapse-resistance"),
    figures=(
        Figure(
            "scores",
            "Accuracy of all arms beside the reported values",
            alt="A row for each arm: the accuracy of each replicate as a dot, their mean and standard deviation as a circle with "
            "a bar; below it, as a square with a bar, the reported value where there is one.",
            caption=f"Reported values from a secondary source, 3 runs; bars one standard deviation. {FIXED}",
            draw="ddcl_theory.experiments.block5_figures:scores",
            experiment=BLOCK.id,
        ),
        Figure(
            "training",
            "Accuracy, separation and variance of the features during the joint training",
            alt="Three panels over the epochs, with L_q as solid and L_OLS as dashed lines: the accuracy, the mean squared "
            "distance of the prototypes, and the variance of the features, the last two on a logarithmic axis and in units "
            "of that variance when joint training begins.",
            caption=f"Thin lines are replicates, thick ones their mean. {FIXED}",
            draw="ddcl_theory.experiments.block5_figures:training",
            experiment=BLOCK.id,
        ),
        Figure(
            "settings",
            "The gain of the quantisation loss at every declared setting",
            alt="Two panels with a row for each setting: the mean gain in accuracy of L_q over L_OLS and over DeepCluster with "
            "its interval, a circle where the interval lies above 0 and a cross where it does not.",
            caption=f"95 % bootstrap intervals; each row changes what it names of the central setting. {FIXED}",
            draw="ddcl_theory.experiments.block5_figures:settings_compared",
            experiment=BLOCK.id,
        ),
    ),
)

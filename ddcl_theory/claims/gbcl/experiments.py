r"""Results, Tables 1 and 2, Figures 4 to 7: the vanilla and the dual layer trained again, a part for each sentence.

What the runs are, and what the text leaves open, stands in `experiments.gbcl_layers`; on the thorough profile each part is
measured at each value of that grid alone, the others at their centre, and at all combinations of the optimiser and the
rates (10 settings of 96 combinations), on the other profiles at the declared central setting.  Two sentences stay open:
that the positions of the prototypes are adequate has no measure in the text, and that vanilla prototypes first go to the
nearest cluster none in the runs.  They can be judged by the figures.

links: ‖E‖ is the Frobenius norm of the counts of first and second winners.  Its gradient is 0 between changes of winners, so
  that λ = 0.01 moves nothing (ddcl.chl), and the counts sum to 2n whatever the links: the norm is least where the samples
  are spread over many links, so that more valid prototypes tend to lower it.
majority vote: with k = 10 and n = 100 the largest class of a cluster is more than half of it by chance.  The figure
  shows the accuracy of the same clusters when the classes are shuffled.
features: every feature informs, half of them by 20 against noise of deviation √(d/3), so that the classes lie Δ² → 600
  apart in units of the noise.  At d = 10 000 n Δ²/4 = 15 000 is still far above √(nd) = 1000, below which the leading
  direction of the samples would lose the classes: a loss of accuracy there is one of the method.
starts: dual prototypes from Glorot weights have the covariance of the samples times 2n/(n + k), almost 2, whatever their
  shape (gbcl.initialisation).
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.claim import parts_of
from ddcl_theory.experiments.gbcl_layers import BLOCK

FIXED = f"Fixed: {BLOCK.note}"
PLANE = f"{FIXED}; replicates have different initial weights, on one draw of the data."

CLAIM = Claim(
    id="gbcl.experiments",
    title=BLOCK.title,
    source=Source(paper="gbcl", place="Results, Tables 1, 2, Figures 4-7"),
    says=r"\text{the dual layer converges faster, keeps more valid prototypes, gives a simpler topology, and stays "
    r"accurate with many features}",
    readings=(Reading("runs", "the experiments run again", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=("gbcl.theorem3.1", "gbcl.theorem3.4", "gbcl.initialisation", "ddcl.chl"),
    figures=(
        Figure(
            "course",
            "Quantisation error, links and valid prototypes over the epochs",
            alt="Nine panels: the rows show the quantisation error on a logarithmic axis, the norm of the link matrix and the "
            "number of valid prototypes, the columns Spiral, Moons and Circles; a solid line for the vanilla layer, a "
            "dashed one for the dual layer, and the error of k-means dotted.",
            caption=f"Mean over the replicates, bands one standard error. {PLANE}",
            draw="ddcl_theory.experiments.gbcl_layers_figures:course",
            experiment=BLOCK.id,
        ),
        Figure(
            "topology",
            "Prototypes and links after 800 epochs",
            alt="Six panels, the vanilla layer above and the dual layer below, on Spiral, Moons and Circles: samples as grey "
            "dots, prototypes as discs, links between first and second winners as lines.",
            caption=PLANE,
            draw="ddcl_theory.experiments.gbcl_layers_figures:topology",
            experiment=BLOCK.id,
            first=True,
        ),
        Figure(
            "trajectories",
            "Paths of the prototypes over 400 epochs",
            alt="Six panels, the vanilla layer above and the dual layer below, on Spiral, Moons and Circles: samples as grey "
            "dots, the paths of 30 prototypes as lines from a circle to a cross.",
            caption=PLANE,
            draw="ddcl_theory.experiments.gbcl_layers_figures:trajectories",
            experiment=BLOCK.id,
            first=True,
        ),
        Figure(
            "features",
            "Accuracy over the number of features",
            alt="Two panels with a common axis of the accuracy by majority vote over the number of features, logarithmic: on "
            "the left the vanilla, the dual and the deep dual layer, on the right k-means on the features, on "
            "coordinates of the span, on principal components, and DeepCluster; in both, the accuracy under shuffled classes in grey.",
            caption=f"Mean and standard error. {FIXED}; each replicate with its own draw of the data.",
            draw="ddcl_theory.experiments.gbcl_layers_figures:features",
            experiment=BLOCK.id,
        ),
    ),
)

r"""§7.1: structural properties on two-dimensional data, a part for each sentence that predicts something.

What the runs are, and what the text leaves open, stands in `experiments.block1`; each part is measured at every setting
of that grid on the thorough profile (all 144 combinations, or those of them that concern it), at the declared central
setting on the others.  Two sentences of the section are
no predictions of a run and are decided elsewhere: that collapse attracts under L_OLS (ddcl.proposition5), and that it
is a saddle of L_q (ddcl.proposition6).  Where prototypes start at samples of standardised data, theory predicts for the
stopped gradient: collapse at the mean attracts under L_q only if T > 2 λ_max(Σ) (with d/2T: T > λ_max(Σ), which raw Moons
meet at T = 1), and under L_OLS never, since Σ ≠ 0.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.block1 import BLOCK
from ddcl_theory.experiments.claim import parts_of

FIXED = f"Fixed: {BLOCK.note}; replicates differ in their start, on one draw of the data."

CLAIM = Claim(
    id="ddcl.block1",
    title="Block 1: structural properties on two-dimensional data",
    source=Source(paper="ddcl", place="§7.1"),
    says=r"\text{the four structural predictions are confirmed on Moons, Circles, Spiral and Blobs}",
    readings=(Reading("runs", "the experiment run again", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=(
        "ddcl.theorem1",
        "ddcl.corollary2",
        "ddcl.proposition5",
        "ddcl.proposition6",
        "ddcl.theorem2",
        "ddcl.theorem3",
    ),
    figures=(
        Figure(
            "separation",
            "Separation of the prototypes during training, and collapse over temperature",
            alt="Left: the mean squared distance of the two prototypes over 200 epochs on Moons, for both losses at three "
            "temperatures. Right: the share of runs that collapse over temperature, for both losses.",
            caption=f"Moons; left the first replicate, right all. {FIXED}",
            draw="ddcl_theory.experiments.block1_figures:separation",
            experiment=BLOCK.id,
        ),
        Figure(
            "trajectories",
            "Trajectories of the prototypes at T = 0.5",
            alt="Four panels, one a data set: samples as grey dots, the paths of the prototypes under L_q as solid lines "
            "and under L_OLS as dashed lines, with a circle at the start and a cross at the end.",
            caption=f"Both losses from the same start. {FIXED}",
            draw="ddcl_theory.experiments.block1_figures:trajectories",
            experiment=BLOCK.id,
            first=True,
        ),
        Figure(
            "temperature",
            "The variance term and the accuracy over temperature",
            alt="Left: V under L_q over the temperature on Moons, mean and standard deviation. Right: the accuracy.",
            caption=f"Moons, all replicates, bars one standard deviation. {FIXED}",
            draw="ddcl_theory.experiments.block1_figures:temperature",
            experiment=BLOCK.id,
        ),
    ),
)

r"""§7.6: the digits as a stream, a part for each sentence that predicts something.

What the runs are, and what the text leaves open, stands in `experiments.block6`.  Each part is measured at 41
settings of that grid on the thorough profile (one value varied at a time, pairs where they can interact, of 5184
combinations) and at the declared central setting on the others.  Of the paper's numbers none survives for this block.

D_P can grow during a stream only if the prototypes start closer together than they end: from a start near the mean it
grows, from samples it falls, since samples lie further apart (2 in units of the data's variance) than means of samples.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.block6 import BLOCK
from ddcl_theory.experiments.claim import parts_of

FIXED = f"Fixed: {BLOCK.note}; replicates differ in the order of the stream and in the start."

CLAIM = Claim(
    id="ddcl.block6",
    title="Block 6: handwritten digits as a stream",
    source=Source(paper="ddcl", place="§7.6"),
    says=r"\text{in a stream, incremental DDCL matches MiniBatchKMeans, and its prototypes separate steadily}",
    readings=(Reading("runs", "the experiment run again", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=("ddcl.incremental", "ddcl.proposition6"),
    figures=(
        Figure(
            "stream",
            "Accuracy and separation over the samples seen",
            alt="Three panels: the accuracy over the samples seen for incremental L_q, solid, and MiniBatchKMeans, dashed; the "
            "separation of the prototypes over the samples seen for both; the accuracy after the stream of both and of "
            "batch training.",
            caption="Left and middle: mean of the replicates, shaded from the least to the greatest; right: mean and one "
            f"standard deviation, ticks the replicates. {FIXED}",
            draw="ddcl_theory.experiments.block6_figures:stream",
            experiment=BLOCK.id,
        ),
    ),
)

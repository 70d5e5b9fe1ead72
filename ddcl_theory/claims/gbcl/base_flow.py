"""(20)-(23), (44): the base flow reaches the centroid, its one critical point, as e^{−t} in all directions; an epoch and Lloyd's step.

Frozen cells, (21): dW/dt = μ − W has the solution μ + e^{−t}(W(0) − μ): every direction shrinks alike, the path is straight.  The zero
of the field is unique.  Lloyd's second step goes to μ at once.  An epoch of length t leaves e^{−t} of that way, one step of (20) leaves
|1 − ε n_j| (with the gradient of (19) |1 − 2ε n_j|).  No length and no bound are given, so that "approximates" says nothing definite;
for every tolerance below 1 some length is too short.  At the published ε = 0.008, with 500/30 samples to a cell, a step leaves 87 %
(73 %) of the way.

What (20) is, word by word.  ∇E^j = 2 Σ (W − x_i) = 2 n_j (W − μ): (20) loses the factor 2, and (21) divides by n_j, another number for
each prototype.  In the one time that all prototypes share, Ẇ = −∇E, the modes are e^{−2 n_j t}; a prototype of an empty cell
stands, and every point is critical for it.  One step at the rate ε multiplies W − μ by 1 − ε n_j (as printed): nearer to μ iff
ε n_j < 2, Lloyd's step iff ε n_j = 1.  One epoch sample by sample depends on their order and moves a prototype off its centroid;
the rates 1, 1/2, 1/3, … give the mean.

Moving cells.  Cells need not stay: prototypes (−10, 12) on {0, 3, 10} have the cells {0 | 3, 10}; on the way to (0, 6.5) the sample 3
changes sides, and the flow ends at (1.5, 10).  There are several critical points: {0, 2 | 3, 5} with (1, 4) and {0 | 2, 3, 5} with
(0, 10/3).  It rests at centroids of its current cells only, but the path μ_j(0) + e^{−t}(W_j(0) − μ_j(0)) is a solution only until
a sample changes sides.  What remains: with the cells held the error falls by (1 − e^{−2t}) n_j ‖W − μ‖², and giving samples to
nearer prototypes lowers it further, so that E never rises.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Reading, Source
from ddcl_theory.claims.gbcl.base_flow_cells import EXPONENTIAL, REST, SAME_CELLS, STAYS
from ddcl_theory.claims.gbcl.base_flow_frozen import EPOCH, LEFT, SOLUTION, UNIQUE
from ddcl_theory.claims.gbcl.base_flow_gradient import RATE, SLOPE, UNIQUE_GRADIENT
from ddcl_theory.claims.gbcl.base_flow_steps import ONLINE_PART, STEP_ERROR, STEP_PART
from ddcl_theory.claims.gbcl.float_rows_flows import base_parts

CLAIM = Claim(
    id="gbcl.base-flow",
    title="The base flow reaches the centroids",
    source=Source("gbcl", "(20)-(23), (44)"),
    says=r"\dot W_j = \mu_j - W_j \text{: the centroid is the unique critical point, reached as } e^{-t} \text{ in all directions; one "
    r"epoch approximates the second step of Lloyd's iteration}",
    derivation=__doc__,
    readings=(
        Reading("frozen", "the flow (21) with frozen Voronoi cells", (SOLUTION, UNIQUE, LEFT), as_printed=True),
        Reading("any-epoch", "an approximation whatever the length of an epoch, as no bound is printed", (EPOCH,)),
        Reading("moving", "cells that follow the prototypes", (REST, SAME_CELLS, EXPONENTIAL)),
        Reading("cells-stay", "what frozen cells take for granted, which the paper does not say", (STAYS,)),
        Reading(
            "gradient",
            "the gradient flow of the error (19) in one time for all prototypes",
            (SLOPE, RATE, UNIQUE_GRADIENT),
        ),
        Reading("one-step", "an epoch as one step of (20)", (STEP_ERROR, STEP_PART)),
        Reading("sample-by-sample", "an epoch as a step for each sample", (ONLINE_PART,)),
        *(
            Reading(dtype, f"steps of the vanilla layer of ddcl_core in {dtype}", base_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)

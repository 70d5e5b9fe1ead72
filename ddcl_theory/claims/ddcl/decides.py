r"""What decides: two questions that the paper's experiments leave open, answered by measurement.

(a) When does training collapse?  Near p_j = mean + e_j with Σ e_j = 0 the gradients are linear in e.  With λ the largest
variance of the data, e grows along it under L_q at the rate (2/k)(2λ/T − 1) with q stopped, (2/k)(4λ/T − 1) with the full
gradient, −2/k with q uniform and fixed; under L_OLS at 4λ/(kT) with q stopped and twice that with the full gradient.  With q
free, its rate η times that of the prototypes, the rates s solve s² + (2/k)s = 4λη for L_q and s² = 4λη for L_OLS, each with a
positive root.  So L_q leaves collapse iff T < 2λ, iff T < 4λ, never, always, in this order; L_OLS always.  Starts far from
the mean are not in this.

(b) What does V do to the separation?  At fixed q, d/dt Σ_{i<j} ‖p_i − p_j‖² = −4kV along −∇_P V
(ddcl.proposition6.mechanism).

The parts are this project's predictions but one, which is the paper's: that L_OLS + V ends with a larger separation.
"""

from __future__ import annotations

from ddcl_theory.claim import Claim, Figure, Reading, Source
from ddcl_theory.experiments.claim import parts_of
from ddcl_theory.experiments.decides import BLOCK

FIXED = f"Fixed: {BLOCK.note}."

CLAIM = Claim(
    id="ddcl.decides",
    title="What decides: thresholds of collapse, and V alone",
    source=Source(paper="ddcl", place="§5.4"),
    says=r"\text{measured: where training collapses, and what } V \text{ does to the separation}",
    readings=(Reading("runs", "measured in training", parts_of(BLOCK), as_printed=True),),
    derivation=__doc__ or "",
    uses=(
        "ddcl.proposition5",
        "ddcl.proposition6",
        "ddcl.proposition6.mechanism",
        "ddcl.collapse-resistance",
    ),
    figures=(
        Figure(
            "phases",
            "Collapse in training over temperature and reading",
            alt="A row for each loss and treatment of q, a circle for each temperature: filled where all runs end with the "
            "prototypes apart, open where all end together, grey where they differ. Dotted lines at 2 and 4.",
            caption=f"All data sets and replicates; dotted: the predicted thresholds of L_q, stopped and full. {FIXED}",
            draw="ddcl_theory.experiments.decides_figures:phases",
            experiment=BLOCK.id,
        ),
        Figure(
            "variance",
            "What V does to the separation of the prototypes",
            alt="Left: the separation over the epochs of descent on V alone, with q stopped (filled marks) and full (open "
            "marks), at three temperatures. Right: the final separation over the coefficient of V beside L_OLS.",
            caption=f"Moons, mean of all replicates; right with bars of one standard deviation. {FIXED}",
            draw="ddcl_theory.experiments.decides_figures:variance",
            experiment=BLOCK.id,
        ),
    ),
)

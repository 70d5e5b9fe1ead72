"""Theorem 2: the cycle is a negative feedback; it resists D_P → 0 and D_P → ∞, and an equilibrium D_P* > 0 exists.

Stopped gradient of L_q.  Near total collapse Ḋ_P has the sign of the growth (2/k)(2S/T − N) of `collapsed`: positive below
T = 2 λ_max, negative above.  Far out nothing like resistance remains.  A prototype outside a ball that contains the data
is not driven further out (p·z ≤ ‖p‖‖z‖ ≤ ‖p‖²), but its share, and with it the pull, is at most e^{−(d_j − d_1)/T}: halving the
distance X of a prototype from one sample held by another takes at least (log 2 / 2) e^{X²/4T}, so that a lost prototype does
not return.  Nor does D_P itself have to fall, however large it is: one sample at 0, p = (1, X): p_1 runs to the sample, away from p_2.

Equilibrium.  At rest every prototype is the weighted mean p_j = g(p_j) of the data with weights w_n e^{2 z_n·p/T} / Z_n, the same map g for
all j.  Its derivative along a direction is (2/T) times a variance of the data there, at most (2/T)(range/2)² (Popoviciu).
For T ≥ diameter²/2 therefore p_i = p_j: total collapse on the mean is the only equilibrium, D_P* > 0 does not exist.  This
includes one sample, or identical samples, at every T; for two equal groups diameter²/2 = 2 λ_max, and the bound is sharp.
For T < 2 λ_max an equilibrium exists: F_T attains its minimum (moving prototypes to the nearest points of the convex hull of
the data lowers every distance), and no collapsed state is a minimum, since the best of them, on the mean, has a
displacement that grows.  In between both happen: with 0, 2 and −1 in the right masses and e^{−1/T} = 1/100 the prototypes (0, 1) are
at rest although T > 2 λ_max: a pass between collapse, which attracts, and a state with a prototype near 2, which does too.

Full gradient.  F_j = 2 q_j (z − p_j){1 − (d_j − L_q)/T} for one sample: beyond d_j = L_q + T a prototype is pushed away, so that the
full gradient drives dispersion on.  An equilibrium D_P > 0 exists there (for one sample between d_2 = T and 2T, where the
field changes sign from inward to outward), but it is unstable for that reason.
"""

from __future__ import annotations

from ddcl_theory.claim import (
    Claim,
    Figure,
    Reading,
    Source,
)
from ddcl_theory.claims.ddcl import theorem2_dispersion as dispersion
from ddcl_theory.claims.ddcl import theorem2_equilibria as equilibria

CLAIM = Claim(
    id="ddcl.theorem2",
    title="Negative feedback",
    source=Source("ddcl", "Theorem 2, Appendix E"),
    says=r"\text{the cycle resists } D_P \to 0 \text{ and } D_P \to \infty, \text{ and an equilibrium } D_P^* > 0 \text{ exists}",
    derivation=__doc__,
    uses=("ddcl.collapse-resistance", "ddcl.theorem4.scope", "ddcl.proposition6"),
    readings=(
        Reading(
            "stopped",
            "training of the prototypes on L_q with the stopped gradient, features frozen; D_P squared or not",
            (
                dispersion.resists_collapse("stopped"),
                dispersion.RESISTS_DISPERSION,
                dispersion.REMAINS,
                equilibria.ALL_APART,
                equilibria.ONLY_WHEN_COLD,
            ),
            as_printed=True,
        ),
        Reading(
            "full",
            "the gradient passes through the soft assignment; dispersion and equilibrium for one sample",
            (dispersion.resists_collapse("full"), dispersion.FULL_DISPERSION, equilibria.FULL_EXISTS),
        ),
    ),
    figures=(
        Figure(
            "spread",
            "Separated and collapsed equilibria over temperature",
            "For two equal groups the spread falls to zero at one temperature; with an outlier separated and collapsed ends coexist.",
            "Spread of two prototypes after descents of F_T from eight starts. Dashed: T = 2 λ_max, where collapse turns stable; solid: "
            "T = diameter²/2, from where on it is the only equilibrium. For two equal groups the lines coincide.",
            "ddcl_theory.claims.ddcl.figures.phase:spread_over_temperature",
        ),
    ),
)

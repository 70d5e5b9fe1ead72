"""Proposition 7: the force ∇_P V = 2PS_q over temperature, and where it is strongest.

Column j of 2PS_q is 2q_j (p_j − m), m = Pq, so ‖2PS_q‖_F² = 4 Σ_j q_j² ‖p_j − m‖².

Monotone: false for k ≥ 3.  z = 0, p = (0, 1, 1) gives 6 q_1²(1 − q_1)², which falls as soon as q_1 < ½: from 3/8 at
e^{−1/T} = 1/2 to 216/625 at 3/4.  In one dimension P is a row and both norms agree.  For k = 2, 2PS_q has the one singular
value √8 q_1 q_2 ‖p_1 − p_2‖, which grows with q_1 q_2.

T → 0: S_q → 0 if the nearest prototype is unique; at a tie of distinct prototypes the force stays.  T → ∞: q → 1/k.

Strongest when close: no.  At given q the force is homogeneous of degree 1 in the prototypes about any centre; with soft q it
is 0 at collapse and, the nearest being unique, tends to 0 as they move apart: it peaks in between.  In all cases
    ‖2PS_q‖_F² ≤ 2V,     because S_q ⪯ ½ I (a variance is at most a quarter of the squared range, (a − b)² ≤ 2(a² + b²)),
with equality for k = 2, q = (½, ½): close prototypes have a small V and a weak force.
Strongest when undecided: no for k ≥ 3.  p = (1, 0, 0), averaging q = (½, 0, ½) to (¼, ¼, ½) lowers the square from 1/2 to
4 (1/16 · 9/16 + 1/16 · 1/16 + 1/4 · 1/16) = 7/32.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    Claim,
    FailingStep,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import uncertainty as u
from ddcl_theory.claims.ddcl.corollary2 import COLD, HOT, UNIQUE
from ddcl_theory.claims.ddcl.float_rows_assignment import force_parts
from ddcl_theory.claims.ddcl.proposition7_monotone import COLUMNS, MONOTONE, OPERATOR, soft
from ddcl_theory.claims.ddcl.proposition7_strongest import CLOSE_FIXED, CLOSE_SOFT, UNDECIDED, force_at
from ddcl_theory.relation import equals_zero


def columns_of(x):
    return [c for column in u.pull(x.p, soft(x)) for c in column]


def _cold(value, says, given, checks, amendment=None):
    off = {"z": [0], "p": [[1], [2]], "T": {"s": 0}}
    return Part(
        id="cold",
        says=says,
        statement=Statement(COLD, equals_zero(value), given),
        checks=checks,
        example=off,
        twins=(
            Twin(
                "P diag(q) vanishes too",
                Statement(
                    COLD,
                    equals_zero(lambda x: [w * c for w, row in zip(soft(x), x.p, strict=True) for c in row]),
                    given,
                ),
                witness=off,
            ),
        ),
        neighbours=(
            Neighbour(
                "V, the nearest being unique",
                Statement(COLD, equals_zero(lambda x: a.variance(x.p, soft(x))), (UNIQUE,)),
            ),
        ),
        amendment=amendment,
    )


def _cold_limit(value, says):
    return _cold(
        value,
        says,
        (),
        (Certified(candidates=({"z": [0], "p": [[1], [-1]], "T": {"s": 0}},)), Property()),
        Amendment(
            _cold(
                value,
                says,
                (UNIQUE,),
                (
                    Symbolic("ddcl.proposition7:cold"),
                    Property(),
                    Ablation("ddcl.proposition7:cold", only=("unique-nearest",)),
                ),
            ),
            breaks=FailingStep(
                "Appendix D, proof of Proposition 7",
                "as T → 0 the assignment tends to a vertex only if one prototype is strictly nearest",
            ),
            advice="samples halfway between prototypes keep their force at every temperature",
            examples=lambda k, d: ({"z": [0] * d, "p": [[j] + [0] * (d - 1) for j in range(k)], "T": {"s": 0}}, "1/20"),
        ),
    )


def centred(p):
    middle = [ex.mean(row[i] for row in p) for i in range(len(p[0]))]
    return [ex.minus(row, middle) for row in p]


def hot_square(x, power=2):
    """k^power ‖2PS_q‖_F² − 4 Σ_j ‖p_j − p̄‖²."""
    return ex.lift(x.k) ** power * force_at(x) - 4 * ex.total(ex.norm2(row) for row in centred(x.p))


def hot_columns(x, power=1):
    """k^power 2PS_q − 2P(I − 11ᵀ/k), entry by entry."""
    wanted = [2 * c for row in centred(x.p) for c in row]
    return [ex.lift(x.k) ** power * c - w for c, w in zip(columns_of(x), wanted, strict=True)]


def _hot(value, wrong, says, twin):
    at = {"z": [0], "p": [[0], [1]], "T": {"s": 1}}
    return Part(
        id="hot",
        says=says,
        statement=Statement(HOT, equals_zero(value)),
        checks=(Symbolic("ddcl.proposition7:hot"), Property(also=(at,))),
        example=at,
        twins=(Twin(twin, Statement(HOT, equals_zero(wrong)), witness=at),),
        neighbours=(
            Neighbour(
                "the sum of the columns",
                Statement(
                    HOT, equals_zero(lambda x: [ex.total(c[i] for c in u.pull(x.p, soft(x))) for i in range(x.d)])
                ),
            ),
        ),
    )


CLAIM = Claim(
    id="ddcl.proposition7",
    title="Strength of the separation force over temperature",
    source=Source("ddcl", "Proposition 7, (34), §5.4, Appendix D"),
    says=r"\|\nabla_P V\| = \|2PS_q\| \text{ is non-decreasing in } T,\ \to 0 \text{ as } T \to 0,\ "
    r"\to \tfrac2k \|P(I - \mathbf 1 \mathbf 1^\top/k)\| \text{ as } T \to \infty",
    derivation=__doc__,
    uses=("ddcl.covariance", "ddcl.covariance.monotone"),
    readings=(
        Reading(
            "frobenius",
            "the Frobenius norm at soft q; with the sentence on where the force is strongest",
            (
                COLUMNS,
                MONOTONE,
                _cold_limit(force_at, r"\lim_{T \to 0} \|2PS_{q(T)}\|_F = 0"),
                _hot(
                    hot_square,
                    lambda x: hot_square(x, 1),
                    r"\lim_{T \to \infty} \|2PS_{q(T)}\|_F = \tfrac2k \|P(I - \mathbf 1 \mathbf 1^\top/k)\|_F",
                    "divided by √k",
                ),
                CLOSE_SOFT,
                CLOSE_FIXED,
                UNDECIDED,
            ),
            as_printed=True,
        ),
        Reading(
            "operator",
            "the operator norm; limits entry by entry, hence in every norm",
            (
                OPERATOR,
                _cold_limit(columns_of, r"\lim_{T \to 0} 2PS_{q(T)} = 0"),
                _hot(
                    hot_columns,
                    lambda x: hot_columns(x, 2),
                    r"\lim_{T \to \infty} 2PS_{q(T)} = \tfrac2k P(I - \mathbf 1 \mathbf 1^\top/k)",
                    "divided by k²",
                ),
            ),
        ),
        *(
            Reading(dtype, f"the force that ddcl_core computes in {dtype}", force_parts(dtype))
            for dtype in ("float64", "float32")
        ),
    ),
)

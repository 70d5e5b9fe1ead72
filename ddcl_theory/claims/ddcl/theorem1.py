"""Theorem 1: the soft quantisation loss splits into a reconstruction error and a variance of the prototypes.

Let m = Pq.  Then z − p_j = (z − m) + (m − p_j), and Σ_j q_j (m − p_j) = 0 because Σq = 1.  Expanding the square under
Σ_j q_j gives L_q = ‖z − m‖² + Σ_j q_j ‖p_j − m‖² = L_OLS + V.

V ≥ 0 has content only through q ≥ 0: as V is printed it is a sum of squares with weights q_j.  What the paper uses is
that L_q never falls below L_OLS; L_q − L_OLS = Σ_{i<j} q_i q_j ‖p_i − p_j‖² shows that for every k and d.

Floating point is another matter: L_q − L_OLS may come out negative although V never does, so that V has to be computed
as itself.  The rows "float64" and "float32" say what `ddcl_core` computes.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import at_least_zero, equals_zero

DOMAIN = Domain((real("z", "d"), real("p", "k", "d"), simplex("q", "k")), {"k": (1, 6), "d": (1, 4)})
EXAMPLE = {"z": [1, 0], "p": [[0, 0], [2, 0], [0, 1]], "q": ["1/2", "1/4", "1/4"]}


def residual(x):
    """L_q − L_OLS − V, each as the paper defines it."""
    return a.quantization(x.z, x.p, x.q) - a.ols(x.z, x.p, x.q) - a.variance(x.p, x.q)


def gap(x):
    """L_q − L_OLS."""
    return a.quantization(x.z, x.p, x.q) - a.ols(x.z, x.p, x.q)


def residual_with_plain_mean(x):
    """The same with V taken about the unweighted mean of the prototypes."""
    centre = [ex.mean(row[i] for row in x.p) for i in range(x.d)]
    spread = ex.total(w * ex.norm2(ex.minus(row, centre)) for w, row in zip(x.q, x.p, strict=True))
    return gap(x) - spread


def shifted_gap(x):
    """The gap after moving sample and prototypes by the same vector (z itself)."""
    moved, rows = ex.scaled(2, x.z), [ex.plus(row, x.z) for row in x.p]
    return a.quantization(moved, rows, x.q) - a.ols(moved, rows, x.q)


def gap_against_nearest(x):
    """L_q − ‖z − p_1‖²: the loss against one prototype instead of the mixture."""
    return a.quantization(x.z, x.p, x.q) - ex.norm2(ex.minus(x.z, x.p[0]))


IDENTITY = Part(
    id="identity",
    says=r"L_q = L_{\mathrm{OLS}} + V",
    statement=Statement(DOMAIN, equals_zero(residual)),
    checks=(
        Symbolic("ddcl.theorem1:decomposition"),
        Property(),
        Adversarial(),
        Ablation(proof="ddcl.theorem1:decomposition"),
    ),
    example=EXAMPLE,
    twins=(
        Twin(
            "variance about the plain mean",
            Statement(DOMAIN, equals_zero(residual_with_plain_mean)),
            witness={"z": [0], "p": [[0], [1]], "q": [1, 0]},
        ),
    ),
    neighbours=(
        Neighbour(
            "sample and prototypes shifted",
            Statement(DOMAIN, equals_zero(lambda x: shifted_gap(x) - a.variance(x.p, x.q))),
        ),
    ),
)

NON_NEGATIVE = Part(
    id="non-negative",
    says=r"L_q - L_{\mathrm{OLS}} \ge 0",
    statement=Statement(DOMAIN, at_least_zero(gap)),
    checks=(
        Symbolic("ddcl.theorem1:gap_is_nonnegative"),
        Property(),
        Adversarial(),
        Ablation(proof="ddcl.theorem1:gap_is_nonnegative"),
    ),
    example=EXAMPLE,
    twins=(
        Twin(
            "against the first prototype",
            Statement(DOMAIN, at_least_zero(gap_against_nearest)),
            witness={"z": [0], "p": [[1], [0]], "q": [0, 1]},
        ),
    ),
    neighbours=(Neighbour("sample and prototypes shifted", Statement(DOMAIN, at_least_zero(shifted_gap))),),
)


def _scale(x):
    """The size of the terms that cancel: ‖z‖² + Σ q_j ‖p_j‖²."""
    return (
        ex.norm2(x.z)
        + ex.total(w * ex.norm2(row) for w, row in zip(x.q, x.p, strict=True))
        + a.quantization(x.z, x.p, x.q)
    )


def _code(name, reference, dtype, **extra):
    return CodeStatement(DOMAIN, f"ddcl_theory.claims.ddcl.code:{name}", reference, _scale, dtype=dtype, **extra)


def _float_reading(dtype):
    def part(identifier, says, name, reference, twin, twin_reference, **extra):
        return Part(
            id=identifier,
            says=says,
            statement=_code(name, reference, dtype, **extra),
            checks=(Conforms(),),
            twins=(Twin(twin, _code(name, twin_reference, dtype)),),
            neighbours=(
                Neighbour("the same terms in another order", _code(f"{name}_reversed", reference, dtype, **extra)),
            ),
        )

    return Reading(
        dtype,
        f"what ddcl_core computes in {dtype}",
        parts=(
            part(
                "quantization",
                r"\mathrm{fl}(L_q) \approx L_q",
                "quantization",
                lambda x: a.quantization(x.z, x.p, x.q),
                "reference is L_OLS",
                lambda x: a.ols(x.z, x.p, x.q),
            ),
            part(
                "ols",
                r"\mathrm{fl}(L_{\mathrm{OLS}}) \approx L_{\mathrm{OLS}}",
                "ols",
                lambda x: a.ols(x.z, x.p, x.q),
                "reference is L_q",
                lambda x: a.quantization(x.z, x.p, x.q),
            ),
            part(
                "variance",
                r"\mathrm{fl}(V) \approx V",
                "variance",
                lambda x: a.variance(x.p, x.q),
                "reference is 2V",
                lambda x: 2 * a.variance(x.p, x.q),
            ),
        ),
    )


CLAIM = Claim(
    id="ddcl.theorem1",
    title="Loss decomposition",
    source=Source("ddcl", "Theorem 1, (22), (23), Appendix A"),
    says=r"L_q = L_{\mathrm{OLS}} + V \text{ and } V \ge 0 \text{ for every } z, P, q \in \Delta",
    derivation=__doc__,
    readings=(
        Reading(
            "simplex",
            "for every sample, all prototypes and every q in the simplex",
            (IDENTITY, NON_NEGATIVE),
            as_printed=True,
        ),
        _float_reading("float64"),
        _float_reading("float32"),
    ),
)

"""Parts on collapse of the prototypes while the features are frozen: free prototypes, and native ones P = ZᵀW."""

from __future__ import annotations

from dataclasses import replace

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import (
    Amendment,
    FailingStep,
    Hypothesis,
    Neighbour,
    Part,
    Statement,
    Twin,
)
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl import proposition6_collapse as existential
from ddcl_theory.claims.ddcl.dynamics.phase import Phase
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import equals_zero, positive

NATIVE = Domain((real("z", "n", "d"), real("w", "n", "k"), temperature("T")), c.SIZES)

BREAKS = FailingStep(
    "§5.4, after (33), and Proposition 6",
    "the force of V is counted with the wrong sign; the separation that does exist comes from the assignments and loses "
    "against V where T exceeds the variance of the data",
)


# --- frozen features, free prototypes ---
def exists(mode):
    """Proposition 6's part: some displacement grows.  Exact points and the proof; the runs are those of the next part."""
    part = existential.growing(mode)
    assert part.amendment is not None
    amended = part.amendment.part
    return replace(
        part,
        checks=tuple(check for check in part.checks if isinstance(check, Certified)),
        amendment=replace(
            part.amendment,
            part=replace(amended, checks=tuple(k for k in amended.checks if not isinstance(k, Dynamics))),
        ),
    )


def unstable(mode):
    """Growth along every displacement in which the data vary; amended: below the threshold."""
    multiple = c.MULTIPLE[mode]

    def statement(*given, factor=1, field=None):
        return Statement(c.DISPLACED, positive(lambda x: factor * c.growth(x, mode)), given, system=field)

    def phase(threshold, reduction="mean"):
        return Phase("quantization", mode, threshold, reduction)

    between = {**c.COOL, "T": multiple + 1}
    ablated = (
        (Ablation(f"ddcl.collapsed:grows_when_cold_{mode}", ("cold", "data-vary-along-v")),)
        if mode == "stopped"
        else ()
    )
    return Part(
        id="unstable-along-the-data",
        says=r"\text{displacements from collapse grow wherever the data vary along them}",
        statement=statement(c.VARY),
        checks=(Certified(candidates=(c.BOILING, c.COOL)), Property()),
        example=c.COOL,
        twins=(Twin("at twice the threshold", statement(c.VARY, c.cold(2 * multiple)), between),),
        neighbours=(Neighbour("in the cold", statement(c.VARY, c.cold(multiple)), c.COOL),),
        amendment=Amendment(
            Part(
                id="unstable-when-cold",
                says=rf"\text{{the same where }} T \textstyle\sum_j\|v_j\|^2 < {multiple} \sum_j v_j^\top\Sigma v_j",
                statement=statement(c.VARY, c.cold(multiple), field=phase(multiple)),
                checks=(
                    Symbolic(f"ddcl.collapsed:grows_when_cold_{mode}"),
                    Property(),
                    *ablated,
                    Dynamics(
                        "ddcl_theory.claims.ddcl.dynamics.phase:local", "eigenvalues and short runs from collapse"
                    ),
                ),
                example=c.COOL,
                twins=(
                    Twin(
                        "at twice the threshold",
                        statement(c.VARY, c.cold(2 * multiple), field=phase(2 * multiple)),
                        between,
                    ),
                ),
                neighbours=(
                    Neighbour(
                        "sums for means",
                        statement(c.VARY, c.cold(multiple), factor=2, field=phase(multiple, "sum")),
                    ),
                ),
            ),
            BREAKS,
            f"Keep T below {multiple} times the largest variance of the features, and watch that variance during training.",
            c.examples,
        ),
    )


def attracts(mode):
    """Above the threshold collapse does not attract; amended: it does."""
    multiple = c.MULTIPLE[mode]

    def statement(factor, *given):
        return Statement(c.DISPLACED, positive(lambda x: factor * c.growth(x, mode)), given)

    return Part(
        id="never-attracting",
        says=rf"\text{{no displacement decays, also at }} T > {multiple}\lambda_{{\max}}(\Sigma)",
        statement=statement(1, c.hot(multiple)),
        checks=(Certified(candidates=(c.BOILING,)),),
        example=c.BOILING,
        twins=(Twin("at any temperature", statement(1, c.APART), c.BOILING),),
        neighbours=(Neighbour("in the cold", statement(1, c.cold(multiple)), c.COOL),),
        amendment=Amendment(
            Part(
                id="attracting-when-hot",
                says=rf"T \textstyle\sum_j\|v_j\|^2 > {multiple} \sum_j v_j^\top\Sigma v_j \Rightarrow \text{{the displacement decays}}",
                statement=statement(-1, c.hot(multiple)),
                checks=(Symbolic(f"ddcl.collapsed:decays_when_hot_{mode}"),),
                example=c.BOILING,
                twins=(Twin("at any temperature", statement(-1, c.APART), c.COOL),),
                neighbours=(Neighbour("doubled", statement(-2, c.hot(multiple))),),
            ),
            BREAKS,
            "Treat T > 2 λ_max (4 λ_max with the full gradient) as a collapsed regime: prototypes that start together stay together.",
        ),
    )


def role(mode):
    """V adds to the growth of displacements; amended: it takes (2/k)N away."""

    def added(x):
        return c.growth(x, mode) - c.growth(x, mode, "ols")

    def statement(predicate):
        return Statement(c.DISPLACED, positive(predicate), (c.APART,))

    return Part(
        id="role-of-V",
        says=r"V = L_q - L_{\mathrm{OLS}} \text{ adds to the growth of displacements from collapse}",
        statement=statement(added),
        checks=(Certified(candidates=(c.COOL,)),),
        example=c.COOL,
        twins=(Twin("by half the size at least", statement(lambda x: added(x) - c.size(x) / 2), c.COOL),),
        neighbours=(Neighbour("takes away", statement(lambda x: -added(x)), c.COOL),),
        amendment=Amendment(
            Part(
                id="V-holds-together",
                says=r"V \text{ takes } \tfrac2k \textstyle\sum_j\|v_j\|^2 \text{ from the growth, at every } T",
                statement=statement(lambda x: -added(x)),
                checks=(Symbolic(f"ddcl.collapse_resistance:role_{mode}"),),
                example=c.COOL,
                twins=(
                    Twin("twice as much", statement(lambda x: -added(x) - ex.Fraction(4, x.k) * c.size(x)), c.COOL),
                ),
                neighbours=(Neighbour("samples in another order", statement(lambda x: -added(c.reordered(x)))),),
            ),
            BREAKS,
            "If collapse is the worry, V is the term to weigh down, not the one to rely on.",
        ),
    )


# --- native prototypes ---
def carried(x):
    """The displacement v = Zᵀω of the prototypes that a displacement ω of W carries."""
    rows = [[ex.total(row[j] * z[i] for row, z in zip(x.w, x.z, strict=True)) for i in range(x.d)] for j in range(x.k)]
    return type(x)(**{**vars(x), "v": rows})


def native_growth(x):
    """Growth of ω − mean_j ω from W = 1/n (all prototypes at z̄), P = ZᵀW, stopped gradient in W."""
    centred = [[entry - ex.mean(row) for entry in row] for row in x.w]

    def prototypes(e):
        return [
            [
                ex.total((ex.Fraction(1, x.n) + e * row[j]) * z[i] for row, z in zip(centred, x.z, strict=True))
                for i in range(x.d)
            ]
            for j in range(x.k)
        ]

    def power(e):
        shares = [f.collapsed_shares(z, prototypes(e), x.z, x.T) for z in x.z]
        return -ex.derivative_at_zero(
            lambda s: ex.mean(a.quantization(z, prototypes(e + s), q) for z, q in zip(x.z, shares, strict=True))
        )

    return ex.derivative_at_zero(power)


def _carried(hypothesis):
    """The hypothesis about v, for the displacement that ω carries."""
    relation = hypothesis.relation
    return Hypothesis(
        hypothesis.id, hypothesis.says, type(relation)(relation.op, lambda x: relation.values(carried(x)))
    )


NATIVE_COOL = {"z": [[1], [-1]], "w": [["1/2", "-1/2"], ["-1/2", "1/2"]], "T": 1}
NATIVE_HOT = {**NATIVE_COOL, "T": 9}


def _native(*given, factor=1):
    return Statement(NATIVE, positive(lambda x: factor * native_growth(x)), tuple(_carried(h) for h in given))


def _native_examples(k, d):
    tail = [0] * (d - 1)
    row = [ex.Fraction(j, 20) for j in range(k)]
    return {"z": [[10, *tail], [-10, *tail]], "w": [row, [-v for v in row]], "T": 1}, "1/1000"


NATIVE_UNSTABLE = Part(
    id="unstable-along-the-data",
    says=r"P = Z^\top W \text{: displacements of } W \text{ from collapse grow wherever the data vary along } Z^\top\omega",
    statement=_native(c.VARY),
    checks=(Certified(candidates=(NATIVE_HOT, NATIVE_COOL)),),
    example=NATIVE_COOL,
    twins=(Twin("at twice the threshold", _native(c.VARY, c.cold(4)), {**NATIVE_COOL, "T": 3}),),
    neighbours=(Neighbour("in the cold", _native(c.VARY, c.cold(2)), NATIVE_COOL),),
    amendment=Amendment(
        Part(
            id="unstable-when-cold",
            says=r"\text{the same where } T \textstyle\sum_j\|v_j\|^2 < 2 \sum_j v_j^\top\Sigma v_j,\ v = Z^\top\omega",
            statement=_native(c.VARY, c.cold(2)),
            checks=(Symbolic("ddcl.collapse_resistance:native"), Property()),
            example=NATIVE_COOL,
            twins=(Twin("at twice the threshold", _native(c.VARY, c.cold(4)), {**NATIVE_COOL, "T": 3}),),
            neighbours=(Neighbour("doubled", _native(c.VARY, c.cold(2), factor=2)),),
        ),
        BREAKS,
        "Native prototypes collapse at the same temperatures as free ones: keep T below 2 λ_max.",
        _native_examples,
    ),
)


def same_form(x, factor=1):
    """Growth in W minus factor · growth in P at v = Zᵀω."""
    return native_growth(x) - factor * c.growth(carried(x), "stopped")


SAME_FORM = Part(
    id="same-form",
    says=r"\text{the form of } W \text{ at } \omega \text{ is that of } P \text{ at } Z^\top\omega \text{: one inertia, one threshold}",
    statement=Statement(NATIVE, equals_zero(same_form)),
    checks=(Symbolic("ddcl.collapse_resistance:same_form"), Property()),
    example=NATIVE_COOL,
    twins=(Twin("half of it", Statement(NATIVE, equals_zero(lambda x: same_form(x, ex.Fraction(1, 2)))), NATIVE_COOL),),
    neighbours=(Neighbour("doubled", Statement(NATIVE, equals_zero(lambda x: 2 * same_form(x)))),),
)

"""Parts on total collapse of features and prototypes that are trained together."""

from __future__ import annotations

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
from ddcl_theory.claims.ddcl.dynamics.end_to_end import Joint
from ddcl_theory.claims.ddcl.float_rows_collapse import height
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import at_least_zero, not_zero, positive

SIZES = {"k": (1, 3), "d": (1, 2), "n": (1, 2)}
STATE = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), SIZES)
JOINT = Domain((real("z", "n", "d"), real("v", "k", "d"), temperature("T")), SIZES)
SPHERE = Domain((real("t", "n", "d"), real("v", "k", "d"), real("r", "k"), temperature("T")), SIZES)

BACKBONE = FailingStep(
    "§5.4 and §9",
    "the argument holds the features fixed; together with them the loss is least where everything coincides",
)


# --- a trainable backbone ---
def joint_growth(x):
    """Growth of a displacement (δz, v) from total collapse of features and prototypes: derivative of the power of the stopped field."""

    def power(e):
        features = [ex.scaled(e, z) for z in x.z]
        rows = [ex.scaled(e, v) for v in x.v]
        shares = [a.assignment(z, rows, x.T, anchor=0) for z in features]
        return -ex.mean(
            ex.total(2 * q[j] * ex.dot(ex.minus(dz, x.v[j]), ex.minus(z, rows[j])) for j in range(x.k))
            for dz, z, q in zip(x.z, features, shares, strict=True)
        )

    return ex.derivative_at_zero(power)


def gaps(x):
    return [entry for z in x.z for v in x.v for entry in ex.minus(z, v)]


PARTED = Hypothesis("not-moved-together", r"\delta z_n \ne v_j \text{ for some } n, j", not_zero(gaps))
TOGETHER = {"z": [[1]], "v": [[-1]], "T": 1}


def _joint(factor, *given, system=None):
    return Statement(JOINT, positive(lambda x: factor * joint_growth(x)), given, system=system)


END_TO_END_UNSTABLE = Part(
    id="unstable",
    says=r"\text{total collapse of features and prototypes has a growing displacement, at any } T \text{ and with any backbone}",
    statement=_joint(1, PARTED),
    checks=(Certified(candidates=(TOGETHER, {**TOGETHER, "T": {"s": "1/10"}})), Property()),
    example=TOGETHER,
    twins=(
        Twin(
            "by the square of the gap",
            Statement(JOINT, positive(lambda x: joint_growth(x) - ex.norm2(gaps(x))), (PARTED,)),
            TOGETHER,
        ),
    ),
    neighbours=(
        Neighbour(
            "with three times the squares of the gaps added",
            Statement(JOINT, positive(lambda x: joint_growth(x) + 3 * ex.norm2(gaps(x))), (PARTED,)),
        ),
    ),
    amendment=Amendment(
        Part(
            id="attracting",
            says=r"\text{every displacement but a common shift decays, at every } T \text{ and with any backbone}",
            statement=_joint(-1, PARTED, system=Joint(("free", "affine", "mlp"))),
            checks=(
                Symbolic("ddcl.collapse_resistance:joint_attracts"),
                Property(),
                Ablation(only=("not-moved-together",)),
                Dynamics("ddcl_theory.claims.ddcl.dynamics.end_to_end:returns", "training from near total collapse"),
            ),
            example=TOGETHER,
            twins=(
                Twin("common shifts as well", _joint(-1, system=Joint(("frozen",))), {"z": [[1]], "v": [[1]], "T": 1}),
            ),
            neighbours=(Neighbour("doubled", _joint(-2, PARTED, system=Joint(("normalised",)))),),
        ),
        BACKBONE,
        "With a trainable backbone the loss alone leads to total collapse at every temperature: anchor the features "
        "(reconstruction, augmentation, a spread constraint), and do not count on V or on a low T.",
    ),
)


def radial(x):
    """d/dt ½(‖θ‖² + ‖P‖²) for features homogeneous of degree 1 in θ: minus the slope of L_q at given q under joint scaling."""
    shares = [a.assignment(z, x.p, x.T, anchor=ex.minimum(*a.distances(z, x.p))) for z in x.z]

    def level(t):
        return ex.mean(
            a.quantization(ex.scaled(1 + t, z), [ex.scaled(1 + t, row) for row in x.p], q)
            for z, q in zip(x.z, shares, strict=True)
        )

    return -ex.derivative_at_zero(level)


UNEQUAL = Hypothesis(
    "not-collapsed",
    r"z_n \ne p_j \text{ for some } n, j",
    not_zero(lambda x: [entry for z in x.z for row in x.p for entry in ex.minus(z, row)]),
)
SPREAD = {"z": [[2], [-2]], "p": [[1], [-1]], "T": {"s": "1/2"}}
REST = {"z": [[1]], "p": [[1]], "T": 1}


def _radial(relation, predicate, *given, system=None):
    return Statement(STATE, relation(predicate), given, system=system)


KEEPS_SCALE = Part(
    id="keeps-its-scale",
    says=r"z = \theta x:\ \tfrac{d}{dt}(\|\theta\|^2 + \|P\|^2) \ge 0 \text{ (native: } \tfrac{d}{dt}\|\theta\|^2 \ge 0\text{)}",
    statement=_radial(at_least_zero, radial),
    checks=(Certified(candidates=(SPREAD, REST)), Property()),
    example=SPREAD,
    twins=(Twin("with a margin", _radial(at_least_zero, lambda x: radial(x) - ex.norm2(x.z[0])), SPREAD),),
    neighbours=(Neighbour("shrinks", _radial(at_least_zero, lambda x: -radial(x))),),
    amendment=Amendment(
        Part(
            id="shrinks-to-collapse",
            says=r"\tfrac{d}{dt}(\|\theta\|^2 + \|P\|^2) = -4 L_q < 0 \text{ unless totally collapsed}",
            statement=_radial(positive, lambda x: -radial(x), UNEQUAL, system=Joint(("linear", "relu"))),
            checks=(
                Symbolic("ddcl.collapse_resistance:shrinks"),
                Property(),
                Ablation(only=("not-collapsed",)),
                Dynamics("ddcl_theory.claims.ddcl.dynamics.end_to_end:shrinks", "joint training from random starts"),
            ),
            example=SPREAD,
            twins=(
                Twin(
                    "collapsed states as well", _radial(positive, lambda x: -radial(x), system=Joint(("frozen",))), REST
                ),
            ),
            neighbours=(
                Neighbour("doubled", _radial(positive, lambda x: -2 * radial(x), UNEQUAL, system=Joint(("relu",)))),
            ),
        ),
        BACKBONE,
        "Without a term that fixes the scale of the features no equilibrium but total collapse exists for a linear backbone.",
    ),
)

LOWEST = Part(
    id="collapse-costs",
    says=r"F_T \le -T\log k = F_T(\text{total collapse})",
    statement=Statement(STATE, at_least_zero(lambda x: -height(x))),
    checks=(Certified(candidates=(SPREAD,)), Property()),
    example=SPREAD,
    twins=(Twin("by more", Statement(STATE, at_least_zero(lambda x: -height(x) - x.T)), SPREAD),),
    neighbours=(Neighbour("at least", Statement(STATE, at_least_zero(lambda x: height(x)))),),
    amendment=Amendment(
        Part(
            id="collapse-is-the-minimum",
            says=r"F_T \ge -T\log k = F_T(\text{total collapse})",
            statement=Statement(STATE, at_least_zero(height)),
            checks=(Symbolic("ddcl.collapse_resistance:lowest"), Property()),
            example=SPREAD,
            twins=(
                Twin(
                    "above the mean distance",
                    Statement(
                        STATE, at_least_zero(lambda x: height(x) - ex.mean(d for z in x.z for d in a.distances(z, x.p)))
                    ),
                    SPREAD,
                ),
            ),
            neighbours=(Neighbour("doubled", Statement(STATE, at_least_zero(lambda x: 2 * height(x)))),),
        ),
        BACKBONE,
        "Whatever the optimiser: total collapse of features and prototypes is a global minimum of what training descends.",
    ),
)


# --- normalised features ---
def on_sphere(x, e):
    """Unit features at the stereographic coordinates e t_n, from the pole (1, 0)."""
    features = []
    for t in x.t:
        s = e**2 * ex.norm2(t)
        features.append([(1 - s) / (1 + s), *[2 * e * v / (1 + s) for v in t]])
    return features


def sphere_growth(x):
    """Minus the second derivative of F_T along unit features that leave the pole at 2t_n and prototypes at (r_j, v_j)."""

    def free(e):
        rows = [[1 + e * r, *ex.scaled(e, v)] for r, v in zip(x.r, x.v, strict=True)]
        return ex.mean(
            -x.T * ex.log(ex.total(ex.boltzmann(d, x.T) for d in a.distances(z, rows))) for z in on_sphere(x, e)
        )

    return -ex.derivative_at_zero(free, order=2)


def sphere_gaps(x):
    return [*x.r, *[entry for t in x.t for v in x.v for entry in ex.minus(ex.scaled(2, t), v)]]


SPHERE_PARTED = Hypothesis("not-moved-together", PARTED.says, not_zero(sphere_gaps))
POLE = {"t": [[1]], "v": [[-1]], "r": [0], "T": 1}


def _sphere(factor, *given, system=None):
    return Statement(SPHERE, positive(lambda x: factor * sphere_growth(x)), given, system=system)


SPHERE_UNSTABLE = Part(
    id="unstable",
    says=r"\|z_n\| = 1 \text{: total collapse of features and prototypes has a growing displacement}",
    statement=_sphere(1, SPHERE_PARTED),
    checks=(Certified(candidates=(POLE, {**POLE, "T": {"s": "1/10"}})),),
    example=POLE,
    twins=(
        Twin(
            "by the square of the gap",
            Statement(SPHERE, positive(lambda x: sphere_growth(x) - ex.norm2(sphere_gaps(x))), (SPHERE_PARTED,)),
            POLE,
        ),
    ),
    neighbours=(
        Neighbour(
            "with three times the squares of the gaps added",
            Statement(SPHERE, positive(lambda x: sphere_growth(x) + 3 * ex.norm2(sphere_gaps(x))), (SPHERE_PARTED,)),
            POLE,
        ),
    ),
    amendment=Amendment(
        Part(
            id="attracting",
            says=r"\|z_n\| = 1 \text{: every displacement but a common rotation decays, at every } T",
            statement=_sphere(-1, SPHERE_PARTED, system=Joint(("normalised", "normalised-mlp"))),
            checks=(
                Symbolic("ddcl.collapse_resistance:sphere_attracts"),
                Property(),
                Dynamics("ddcl_theory.claims.ddcl.dynamics.end_to_end:returns", "training from near total collapse"),
            ),
            example=POLE,
            twins=(
                Twin(
                    "common rotations as well",
                    _sphere(-1, system=Joint(("frozen",))),
                    {"t": [[1]], "v": [[2]], "r": [0], "T": 1},
                ),
            ),
            neighbours=(Neighbour("doubled", _sphere(-2, SPHERE_PARTED, system=Joint(("normalised",)))),),
        ),
        BACKBONE,
        "Normalising the features fixes their length, not their spread: they still collapse to one direction.",
    ),
)

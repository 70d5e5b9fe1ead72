"""Parts of §5.5 on spectra: the Jacobian of every flow of DDCL is symmetric up to the learning rates, so no pair turns."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import response as f
from ddcl_theory.claims.ddcl.dynamics.spectra import TrainingField
from ddcl_theory.domain import Domain, above_zero, real, temperature
from ddcl_theory.relation import equals_zero, not_zero, positive


def trace(j):
    return j[0][0] + j[1][1]


def determinant(j):
    return j[0][0] * j[1][1] - j[0][1] * j[1][0]


def spiral(j):
    """4 det J − (tr J)²: positive iff the two eigenvalues are not real."""
    return 4 * determinant(j) - trace(j) ** 2


NOT_A_GRADIENT = FailingStep(
    "(39), §5.5",
    "The entries −c and e of opposite signs are read off a verbal cycle. Both quantities follow one energy downhill, "
    "which makes the response matrix symmetric up to positive factors: its eigenvalues are real.",
)
ADVICE = "Do not read oscillations of the accuracy as this spiral: look at step sizes, momentum and batch noise."


# --- the Jacobian is symmetric up to the rates, at every point ---
GENERAL = Domain(
    (real("z", "n", "d"), real("p", "k", "d"), temperature("T"), above_zero("rate_p", "k"), above_zero("rate_z", "n")),
    {"k": (2, 2), "d": (1, 2), "n": (1, 2)},
)
TIED = {"z": [[0]], "p": [[1], [-1]], "T": 3, "rate_p": [1, 2], "rate_z": [3]}
INTERIOR = Domain(
    (real("z", "n", "d"), real("p", 2, "d"), real("share", "n"), above_zero("rate_p", 2), above_zero("rate_q", "n")),
    {"d": (1, 2), "n": (1, 2)},
)
INSIDE = {"z": [[0]], "p": [[1], [-1]], "share": ["1/2"], "rate_p": [1, 2], "rate_q": [3]}


def _rates(x, joint):
    flat = [r for r in x.rate_p for _ in range(x.d)]
    return flat + [r for r in x.rate_z for _ in range(x.d)] if joint else flat


def training_field(mode, x, joint):
    """Velocities of the prototypes, followed by those of the features where they move."""
    size = x.k * x.d

    def split(s):
        return (f.rows(s[size:], x.d) if joint else x.z), f.rows(s[:size], x.d)

    def stopped(s):
        z, p = split(s)
        return [*f.stopped_prototypes(z, p, x.T, [1] * x.n), *(f.stopped_features(z, p, x.T) if joint else [])]

    def full(s):
        return f.minus_gradient(lambda t: f.full_loss(*split(t), x.T, [1] * x.n), s)

    velocity = stopped if mode == "stopped" else full
    return lambda s: f.scaled_by(_rates(x, joint), velocity(s))


def _point(x, joint):
    return [c for row in x.p for c in row] + ([c for row in x.z for c in row] if joint else [])


def imbalance(mode, x, joint, turn=0):
    """J_ij r_j − J_ji r_i; `turn` adds to the first two velocities a quarter turn of each other: no gradient any more."""
    plain = training_field(mode, x, joint)

    def turned(s):
        v = plain(s)
        return [v[0] - turn * v[1], v[1] + turn * v[0], *v[2:]]

    return f.asymmetry(f.jacobian(turned if turn else plain, _point(x, joint)), _rates(x, joint))


def reduced_imbalance(x, turn=0):
    """The same for E with two prototypes and shares (s_n, 1 − s_n) inside the simplex."""
    size = 2 * x.d
    rates = [r for r in x.rate_p for _ in range(x.d)] + list(x.rate_q)

    def energy(s):
        return ex.total(
            a.quantization(z, f.rows(s[:size], x.d), [q, 1 - q]) for z, q in zip(x.z, s[size:], strict=True)
        )

    def velocity(s):
        v = f.scaled_by(rates, f.minus_gradient(energy, s))
        return [v[0] - turn * v[1], v[1] + turn * v[0], *v[2:]] if turn else v

    return f.asymmetry(f.jacobian(velocity, [*[c for row in x.p for c in row], *x.share]), rates)


def _symmetrisable(proof, domain, value, example, field_=None, turned=None, fast=None):
    """The spectrum is real at every point: the Jacobian is −D H with H symmetric."""
    checks = [Symbolic(f"ddcl.theorem3_applies:{proof}"), Certified(candidates=(example,))]
    if field_ is not None:
        checks.append(
            Dynamics(
                "ddcl_theory.claims.ddcl.dynamics.spectra:real_spectrum", "spectra of true Jacobians at true equilibria"
            )
        )
    return Part(
        id="real-spectrum",
        says=r"J = -DH,\ D > 0 \text{ diagonal}, H = H^\top: \text{ all eigenvalues are real}",
        statement=Statement(domain, equals_zero(value), system=field_),
        checks=tuple(checks),
        example=example,
        twins=(
            Twin(
                "a field with a quarter turn",
                Statement(domain, equals_zero(lambda x: value(x, 3)), system=turned),
                example,
            ),
        ),
        neighbours=(
            Neighbour(
                "rescaled rates", Statement(domain, equals_zero(lambda x: [2 * v for v in value(x)]), system=fast)
            ),
        ),
    )


def training(mode, joint):
    return _symmetrisable(
        {"stopped": "free_energy", "full": "loss"}[mode],
        GENERAL,
        lambda x, turn=0: imbalance(mode, x, joint, turn),
        TIED,
        TrainingField(mode, joint),
        TrainingField(mode, joint, turn=3.0),
        TrainingField(mode, joint, speed=2.0),
    )


# --- the reduced flow at a vertex: sample n sits on prototype n ---
APART = Domain((real("left"), above_zero("gap"), above_zero("shift"), above_zero("rate", 2)))
TWO = {"left": 0, "gap": 2, "shift": 1, "rate": [1, 2]}


def vertex_jacobian(x):
    z = [[x.left], [x.left + x.gap]]

    def velocity(s):
        p = f.rows(s, 1)
        return f.scaled_by(x.rate, [2 * (z[j][0] - p[j][0]) for j in range(2)])

    return f.jacobian(velocity, [z[0][0], z[1][0]])


FREE_OSCILLATES = Part(
    id="oscillation",
    says=r"\text{a stable equilibrium's Jacobian has a pair that is not real}",
    statement=Statement(APART, positive(lambda x: spiral(vertex_jacobian(x)))),
    checks=(Property(), Certified(candidates=(TWO,))),
    example=TWO,
    twins=(
        Twin(
            "for different rates",
            Statement(APART, positive(lambda x: -spiral(vertex_jacobian(x)))),
            {**TWO, "rate": [1, 1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "stable",
            Statement(APART, positive(lambda x: [-trace(vertex_jacobian(x)), determinant(vertex_jacobian(x))])),
        ),
    ),
    amendment=Amendment(
        _symmetrisable("reduced_energy", INTERIOR, lambda x, turn=0: reduced_imbalance(x, turn), INSIDE),
        NOT_A_GRADIENT,
        ADVICE,
    ),
)

# --- prototypes and features move: one sample, two prototypes, all at the origin ---
ORIGIN = Domain((temperature("T"), above_zero("rate", 3)))
AT_ORIGIN = {"T": 1, "rate": [1, 2, 3]}


def joint_jacobian(mode, x):
    def stopped(s):
        z, p = [[s[2]]], f.rows(s[:2], 1)
        return f.scaled_by(x.rate, [*f.stopped_prototypes(z, p, x.T, [1]), *f.stopped_features(z, p, x.T)])

    def full(s):
        return f.scaled_by(x.rate, f.minus_gradient(lambda t: f.full_loss([[t[2]]], f.rows(t[:2], 1), x.T, [1]), s))

    return f.jacobian(stopped if mode == "stopped" else full, [0, 0, 0])


def discriminant(j):
    """Of the characteristic polynomial λ³ + bλ² + cλ + d of a 3 × 3 matrix: negative iff two roots are not real."""
    b = -(j[0][0] + j[1][1] + j[2][2])
    c = ex.total(j[i][i] * j[k][k] - j[i][k] * j[k][i] for i in range(3) for k in range(i + 1, 3))
    d = -ex.total(
        j[0][i] * (j[1][(i + 1) % 3] * j[2][(i + 2) % 3] - j[1][(i + 2) % 3] * j[2][(i + 1) % 3]) for i in range(3)
    )
    return 18 * b * c * d - 4 * b**3 * d + b**2 * c**2 - 4 * c**3 - 27 * d**2


RATES_DIFFER = Hypothesis("rates-differ", r"r_1 \ne r_2", not_zero(lambda x: x.rate[0] - x.rate[1]))
JOINT_OSCILLATES = Part(
    id="oscillation",
    says=r"\text{the Jacobian of the joint training at rest has a pair that is not real}",
    statement=Statement(ORIGIN, positive(lambda x: -discriminant(joint_jacobian("stopped", x)))),
    checks=(Property(), Certified(candidates=(AT_ORIGIN,))),
    example=AT_ORIGIN,
    twins=(
        Twin(
            "far apart",
            Statement(ORIGIN, positive(lambda x: discriminant(joint_jacobian("stopped", x)) - 37 * x.rate[0] ** 6)),
            {"T": 1, "rate": [1, 1, 1]},
        ),
    ),
    neighbours=(
        Neighbour(
            "real and distinct",
            Statement(ORIGIN, positive(lambda x: discriminant(joint_jacobian("stopped", x))), (RATES_DIFFER,)),
        ),
    ),
    amendment=Amendment(training("stopped", True), NOT_A_GRADIENT, ADVICE),
)

"""Dissipation: along the reduced flow, dE/dt = −‖Ṗ‖² − Σ_n ‖q̇_n‖².

The chain rule gives dE/dt = −‖∇_P E‖² + Σ_n ⟨∇_{q_n} E, q̇_n⟩ whatever Q does ("rate", (46)).  The rest is one property
of the projection v of g = −∇_q E onto the tangent cone T of the simplex: ⟨g, v⟩ = ‖v‖² ("cone", (47)).
Off the support S of q, g = v + μ·1 − ν with ν_j = max(0, μ − g_j), v_j = max(0, g_j − μ), so that ν_j v_j = 0 while
Σ v = 0: ⟨g, v⟩ = ‖v‖² + μ·0 − 0.  That this v is the projection is a part of its own ("nearest"): for every u in T,
‖g − u‖² − ‖g − v‖² = ‖u − v‖² + 2 Σ ν_j u_j ≥ 0.

"inside" and "faces" put the pieces together, (48): with every term of E and any number of samples where all q_nj > 0;
and for one sample on any face, with entries that the flow frees and others that it holds at zero.  On a face the terms in
log q must be left out: there ∇_q E is infinite and (48) says nothing; see `ddcl.theorem4.hypotheses`.

(48) alone does not single out the tangent cone: any orthogonal projection v of g onto a subspace has ⟨g, v⟩ = ‖v‖² too.  So the
states compare the rate of E also with the distance of g from the normal cone, ‖v‖² = min_{ν ∈ N} ‖g − ν‖².  That fails where g is
projected onto Σ v = 0 or where the prototypes that a face leaves out are left out for good.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.adversarial import Adversarial
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Claim, Figure, Hypothesis, Neighbour, Part, Reading, Source, Statement, Twin
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl.dynamics.problems import Flow
from ddcl_theory.claims.ddcl.figures.lyapunov import balance_over_step, energy_over_time
from ddcl_theory.claims.ddcl.float_rows import cone_parts
from ddcl_theory.claims.ddcl.float_rows_flow import speed_part
from ddcl_theory.domain import Domain, nonnegative, real, simplex
from ddcl_theory.lemmas.cone import projection
from ddcl_theory.relation import at_least_zero, equals_zero, positive

RUNS = "ddcl_theory.claims.ddcl.dynamics"
SUPPORTED = Hypothesis("q-supported", r"q_j > 0 \text{ on its support}", positive(lambda x: x.q))
CONE = Domain((simplex("q", "s"), real("c", "s"), real("r", "e"), real("mu")), {"s": (1, 4), "e": (0, 3)})
BESIDE = Domain((*CONE.variables, real("b", "s"), nonnegative("w", "e")), CONE.sizes)
EDGE = {"q": [1], "c": [0], "r": [1], "mu": 0}


def moreau(x, change=lambda v: v):
    """⟨g, v⟩ − ‖v‖²."""
    g, v = projection(x.q, x.c, x.r, x.mu)
    v = change(v)
    return ex.dot(g, v) - ex.norm2(v)


def not_recentred(x):
    """The same with the clipped entries kept but the others not shifted, so that Σ v ≠ 0."""
    off = [ex.maximum(0, r) for r in x.r]
    v = [*x.c, *off]
    return ex.dot([c + x.mu for c in x.c] + [x.mu + r for r in x.r], v) - ex.norm2(v)


def nearest(x, freeze=False):
    """‖g − u‖² − ‖g − v‖² for u = (b − q (Σb + Σw), w), w ≥ 0: any point of the cone."""
    g, v = projection(x.q, x.c, x.r, x.mu)
    if freeze:
        surplus = ex.total(x.c)
        v = [c - q * surplus for c, q in zip(x.c, x.q, strict=True)] + [ex.ZERO for _ in x.r]
    surplus = ex.total(x.b) + ex.total(x.w)
    u = [b - q * surplus for b, q in zip(x.b, x.q, strict=True)] + list(x.w)
    return ex.norm2(ex.minus(g, u)) - ex.norm2(ex.minus(g, v))


NEAREST = Part(
    id="nearest",
    says=r"\|g - u\| \ge \|g - v\| \text{ for all } u \in T_\Delta(q)",
    statement=Statement(BESIDE, at_least_zero(nearest), (SUPPORTED,)),
    checks=(Symbolic("ddcl.theorem4_dissipation:nearest"), Property(), Adversarial()),
    example={**EDGE, "b": [0], "w": [1]},
    twins=(
        Twin(
            "entries held at zero",
            Statement(BESIDE, at_least_zero(lambda x: nearest(x, freeze=True)), (SUPPORTED,)),
            witness={"q": [1], "c": [0], "r": [1], "mu": 0, "b": [0], "w": [1]},
        ),
    ),
    neighbours=(
        Neighbour("distances scaled", Statement(BESIDE, at_least_zero(lambda x: 4 * nearest(x)), (SUPPORTED,))),
    ),
)

MOREAU = Part(
    id="cone",
    says=r"\langle g, v \rangle = \|v\|^2",
    statement=Statement(CONE, equals_zero(moreau), (SUPPORTED,)),
    checks=(
        Symbolic("ddcl.theorem4_dissipation:cone"),
        Property(),
        Adversarial(),
        Ablation("ddcl.theorem4_dissipation:cone"),
    ),
    example=EDGE,
    twins=(
        Twin(
            "not recentred",
            Statement(CONE, equals_zero(not_recentred), (SUPPORTED,)),
            witness={"q": [1], "c": [1], "r": [], "mu": 1},
        ),
    ),
    neighbours=(Neighbour("both scaled", Statement(CONE, equals_zero(lambda x: 3 * moreau(x)), (SUPPORTED,))),),
)

MOVING = Domain(
    (
        real("z", "n", "d"),
        real("p", "k", "d"),
        real("q", "n", "k"),
        real("v", "n", "k"),
        nonnegative("sep"),
        nonnegative("weight"),
    ),
    {"n": (1, 2), "k": (1, 4), "d": (1, 2)},
)


def slopes(f, rows):
    """Partial derivatives of f in a matrix of variables."""
    return [e.gradient(f, row) for row in rows]


def _flat(rows):
    return [entry for row in rows for entry in row]


def rate(x, mode="full"):
    """dE/dt + ‖∇_P E‖² − Σ ⟨∇_q E, v⟩ where P follows −∇_P E and every q_n moves by v_n."""
    energy = e.smooth(x.z, x.p, x.q, x.sep, x.weight)
    down = [ex.scaled(-1 if mode == "full" else -2, row) for row in slopes(energy, x.p)]
    change = ex.derivative_at_zero(
        lambda t: e.smooth(x.z, e.moved(x.p, t, down), e.moved(x.q, t, x.v), x.sep, x.weight)
    )
    return change + ex.norm2(_flat(down)) - ex.dot(_flat(slopes(energy, x.q)), _flat(x.v))


RATE = Part(
    id="rate",
    says=r"\dot E = -\|\nabla_P E\|^2 + \sum_n \langle \nabla_{q_n} E, \dot q_n \rangle",
    statement=Statement(MOVING, equals_zero(rate)),
    checks=(Symbolic("ddcl.theorem4_dissipation:rate"), Property()),
    example={"z": [[1]], "p": [[0], [2]], "q": [["1/2", "1/2"]], "v": [[1, -1]], "sep": 1, "weight": 3},
    twins=(
        Twin(
            "prototypes twice as fast",
            Statement(MOVING, equals_zero(lambda x: rate(x, "twice"))),
            witness={"z": [[1]], "p": [[0]], "q": [[1]], "v": [[0]], "sep": 0, "weight": 0},
        ),
    ),
    neighbours=(Neighbour("multiplied by n", Statement(MOVING, equals_zero(lambda x: x.n * rate(x)))),),
)

INSIDE = Domain(
    (
        real("z", "n", "d"),
        real("p", "k", "d"),
        simplex("q", "n", "k"),
        nonnegative("sep"),
        nonnegative("weight"),
        nonnegative("bal"),
        real("ent"),
    ),
    {"n": (1, 2), "k": (1, 3), "d": (1, 2)},
)
OPEN = Hypothesis("q-interior", r"q_{nj} > 0", positive(lambda x: _flat(x.q)))


def inside(x, recentre=True):
    """dE/dt + ‖Ṗ‖² + Σ ‖q̇_n‖² with all terms of E, at q inside the simplex, where projecting means recentring."""

    def energy(p, q):
        return e.smooth(x.z, p, q, x.sep, x.weight) + x.bal * e.balance(q) + x.ent * e.negative_entropy(q)

    value = energy(x.p, x.q)
    down = [ex.scaled(-1, row) for row in slopes(value, x.p)]
    turn = [ex.scaled(-1, row) for row in slopes(value, x.q)]
    if recentre:
        turn = [ex.minus(row, [ex.mean(row)] * x.k) for row in turn]
    change = ex.derivative_at_zero(lambda t: energy(e.moved(x.p, t, down), e.moved(x.q, t, turn)))
    return change + ex.norm2(_flat(down)) + (1 if recentre else 2) * ex.norm2(_flat(turn))


INTERIOR = Part(
    id="inside",
    says=r"\dot E = -\|\dot P\|^2 - \textstyle\sum_n \|\dot q_n\|^2 \text{ where all } q_{nj} > 0",
    statement=Statement(INSIDE, equals_zero(inside), (OPEN,), system=Flow()),
    checks=(
        Symbolic("ddcl.theorem4_dissipation:inside"),
        Property(),
        Dynamics(f"{RUNS}.flow_states:inside", "state by state"),
        Dynamics(f"{RUNS}.flow_balance:balances", "balance along runs"),
    ),
    example={"z": [[1]], "p": [[0], [2]], "q": [["1/4", "3/4"]], "sep": 1, "weight": 3, "bal": 1, "ent": 1},
    twins=(
        Twin(
            "dissipation of unprojected assignments doubled",
            Statement(INSIDE, equals_zero(lambda x: inside(x, recentre=False)), (OPEN,), system=Flow(reported=2.0)),
            witness={"z": [[1]], "p": [[0]], "q": [[1]], "sep": 0, "weight": 0, "bal": 0, "ent": 0},
        ),
    ),
    neighbours=(
        Neighbour(
            "time rescaled", Statement(INSIDE, equals_zero(lambda x: 3 * inside(x)), (OPEN,), system=Flow(clock=3.0))
        ),
    ),
)

FACE = Domain(
    (
        real("z", "d"),
        simplex("q", "s"),
        real("on", "s", "d"),
        real("free", "f", "d"),
        real("held", "b", "d"),
        nonnegative("sep"),
        nonnegative("weight"),
    ),
    {"s": (1, 2), "f": (0, 2), "b": (0, 1), "d": (1, 2)},
)


def _face(x):
    """(E as a function of rows and assignment, all rows, q, −∇_q E on them, μ)."""

    def energy(p, q):
        return e.smooth([x.z], p, [q], x.sep, x.weight)

    rows = [*x.on, *x.free, *x.held]
    q = [*x.q, *[ex.ZERO] * (x.f + x.b)]
    unit = [[int(i == j) for i in range(len(rows))] for j in range(len(rows))]
    g = [-ex.derivative_at_zero(lambda t, u=u: energy(rows, ex.plus(q, ex.scaled(t, u)))) for u in unit]
    return energy, rows, q, g, ex.mean(g[: x.s + x.f])


def face_motion(x, keep=False, moving=None):
    """(dE/dt, Ṗ, q̇) for one sample on a face: q̇ = g − μ on the support and the free entries, 0 on the held ones.

    keep: let the held entries move as well, out of the simplex.  moving: the number of entries that move, with μ their mean.
    """
    energy, rows, q, g, mu = _face(x)
    many = x.s + x.f if moving is None else moving
    mu = mu if moving is None else ex.mean(g[:many])
    turn = [gj - mu for gj in g[:many]] + [(gj - mu if keep else ex.ZERO) for gj in g[many:]]
    down = [ex.scaled(-1, row) for row in slopes(energy(rows, q), rows)]
    change = ex.derivative_at_zero(lambda t: energy(e.moved(rows, t, down), ex.plus(q, ex.scaled(t, turn))))
    return change, _flat(down), turn


def faces(x, keep=False):
    """dE/dt + ‖Ṗ‖² + ‖q̇‖²."""
    change, down, turn = face_motion(x, keep)
    return change + ex.norm2(down) + ex.norm2(turn)


def fallen_short(x, moving):
    """dE/dt along another motion of q, plus the dissipation of the flow."""
    _, down, turn = face_motion(x)
    return face_motion(x, moving=moving)[0] + ex.norm2(down) + ex.norm2(turn)


FREED = Hypothesis(
    "freed",
    r"g_j \ge \mu \text{ on the free entries}",
    at_least_zero(lambda x: [gj - _face(x)[4] for gj in _face(x)[3][x.s : x.s + x.f]] or [1]),
)
HELD = Hypothesis(
    "held",
    r"g_j \le \mu \text{ on the held entries}",
    at_least_zero(lambda x: [_face(x)[4] - gj for gj in _face(x)[3][x.s + x.f :]] or [1]),
)
ON_FACES = (SUPPORTED, FREED, HELD)


def _on_faces(value, system=None, given=ON_FACES):
    return Statement(FACE, equals_zero(value), given, system=system)


LONE = {"z": [0], "q": [1], "on": [[1]], "free": [], "held": [[2]], "sep": 0, "weight": 0}
FACES = Part(
    id="faces",
    says=r"\dot E = -\|\dot P\|^2 - \|\dot q\|^2 \text{ on every face, for one sample; state by state for several}",
    statement=_on_faces(faces, Flow()),
    checks=(
        Symbolic("ddcl.theorem4_dissipation:faces"),
        Property(),
        Dynamics(f"{RUNS}.flow_states:on_faces", "state by state"),
    ),
    example={"z": [0], "q": [1], "on": [[1]], "free": [[0]], "held": [[2]], "sep": 0, "weight": 1},
    twins=(
        Twin("held entries leave the simplex", _on_faces(lambda x: faces(x, keep=True)), witness=LONE),
        Twin(
            "projected onto Σ v = 0",
            _on_faces(lambda x: fallen_short(x, x.s + x.f + x.b), Flow(cone="space")),
            witness=LONE,
        ),
        Twin(
            "the face is never left",
            _on_faces(lambda x: fallen_short(x, x.s), Flow(cone="face")),
            witness={**LONE, "free": [[0]], "held": []},
        ),
    ),
    neighbours=(
        Neighbour("held first", _on_faces(faces, given=ON_FACES[::-1])),
        Neighbour("time rescaled", _on_faces(lambda x: 3 * faces(x), Flow(clock=3.0))),
    ),
)

CLAIM = Claim(
    id="ddcl.theorem4.dissipation",
    title="The dissipation identity",
    source=Source("ddcl", "Theorem 4, (46)-(48), Appendix F, step 1"),
    says=r"\frac{dE}{dt} = -\|\dot P\|^2 - \sum_n \|\dot q_n\|^2 \text{ along the reduced flow}",
    derivation=__doc__,
    uses=("ddcl.theorem4.hypotheses",),
    readings=(
        Reading(
            "cone",
            "the two facts the identity rests on, then the identity inside the simplex and on its faces",
            (RATE, NEAREST, MOREAU, INTERIOR, FACES),
            as_printed=True,
        ),
        *(
            Reading(dtype, f"projections and speed of ddcl_core in {dtype}", (*cone_parts(dtype), speed_part(dtype)))
            for dtype in ("float64", "float32")
        ),
    ),
    figures=(
        Figure(
            "energy",
            "Energy along the reduced flow",
            "Curves of the energy over time that never rise",
            "E(P, Q) along five trajectories of (42)-(43) from random starts, λ_P above the threshold, and the integral of the "
            "recorded dissipation added back (dotted, constant where the identity holds).",
            energy_over_time,
        ),
        Figure(
            "balance",
            "What the balance lacks over the step",
            "Two rising curves on logarithmic axes; the lower follows a straight line of slope two",
            "|E(0) − E(t) − ∫ dissipation| for 64 runs over the step h, medians: away from changes of face it falls like h² "
            "(dotted), the order of the integrator; in whole runs the steps that meet a face rule.",
            balance_over_step,
        ),
    ),
)

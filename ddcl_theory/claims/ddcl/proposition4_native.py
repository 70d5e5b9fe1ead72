"""Parts of Proposition 4 for native prototypes: P = ZᵀW moves with every sample, q = softmax, stopped or in the graph."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.claims.ddcl import native as nat
from ddcl_theory.domain import Domain, real, temperature
from ddcl_theory.relation import equals_zero

NATIVE = Domain(
    (real("z", "n", "d"), real("u", "n", "d"), real("w", "n", "k"), temperature("T")),
    {"n": (1, 2), "k": (1, 2), "d": (1, 2)},
)
ONE = {"z": [[1]], "u": [[1]], "w": [[2]], "T": {"s": "1/2"}}
OPPOSITE = {"z": [[1]], "u": [[1]], "w": [[0, -1]], "T": 1}
TWO = {"z": [[1]], "u": [[1]], "w": [[0, 1]], "T": {"s": "1/2"}}


def native_excess(name):
    """Σ_n ∇_{z_n} L · u_n, P in the graph, minus the printed Σ_n 2 u_n·(z_n − Pq_n)."""
    return lambda x: (
        nat.native_held(x, nat.LOSSES[name]) - nat.over_samples(x, lambda z, u, p, v, q: nat.pull(z, u, p, q))
    )


def native_rest(name, factor=1):
    """The excess minus Σ_n Σ_j W_nj u_n·∂L/∂p_j."""
    return lambda x: (
        native_excess(name)(x)
        - factor * nat.over_samples(x, lambda z, u, p, v, q: nat.dot_rows(v, nat.prototype_slopes(name, z, p, q)))
    )


def native_difference(x):
    return nat.native_held(x, a.quantization) - nat.native_held(x, a.ols)


def native_difference_rest(x, factor=1):
    return native_difference(x) - factor * nat.over_samples(
        x, lambda z, u, p, v, q: nat.dot_rows(v, nat.prototype_slopes("variance", z, p, q))
    )


def native_correction(name):
    """The full gradient minus the stopped one minus Σ_n (2/T) u_n·P S_q g."""
    return lambda x: (
        nat.native_through(x, nat.LOSSES[name])
        - nat.native_held(x, nat.LOSSES[name])
        - nat.over_samples(x, lambda z, u, p, v, q: nat.correction(name, z, u, p, q, x.T))
    )


def native_correction_rest(name, factor=1):
    """The same with the prototypes' own movement."""
    return lambda x: (
        nat.native_through(x, nat.LOSSES[name])
        - nat.native_held(x, nat.LOSSES[name])
        - factor * nat.over_samples(x, lambda z, u, p, v, q: nat.softmax_part(name, z, u, p, v, q, x.T))
    )


def at_rest(x):
    """The same point with W = 0: prototypes that do not move with the samples."""
    return type(x)(**{**vars(x), "w": [[ex.ZERO for _ in row] for row in x.w]})


def native_part(identifier, says, printed, amended_says, rest, proof, witness, breaks, advice, sampled=True):
    """A part that ignores how P moves with the samples; rest(x, factor) is the corrected identity."""

    def statement(value):
        return Statement(NATIVE, equals_zero(value))

    return Part(
        id=identifier,
        says=says,
        statement=statement(printed),
        checks=(Certified(candidates=(witness,)), Property()),
        example=witness,
        twins=(
            Twin("half of what the prototypes add", statement(lambda x: rest(x, ex.Fraction(1, 2))), witness=witness),
        ),
        neighbours=(Neighbour("weights zero, so that no prototype moves", statement(lambda x: printed(at_rest(x)))),),
        amendment=Amendment(
            Part(
                id=f"{identifier}-amended",
                says=amended_says,
                statement=statement(lambda x: rest(x, 1)),
                checks=(Symbolic(f"ddcl.proposition4:{proof}"), *((Property(),) if sampled else ())),
                example=witness,
                twins=(
                    Twin(
                        "half of what the prototypes add",
                        statement(lambda x: rest(x, ex.Fraction(1, 2))),
                        witness=witness,
                    ),
                ),
                neighbours=(Neighbour("doubled", statement(lambda x: 2 * rest(x, 1))),),
            ),
            breaks=breaks,
            advice=advice,
        ),
    )


BREAKS = FailingStep(
    "Appendix B, proof of Proposition 4",
    "the derivative is taken at constant P, but P = ZᵀW is an output of the same graph and moves with every sample",
)
ADVICE = (
    "compute P from detached features where the proposition is to hold; with native prototypes the term "
    "Σ_j W_nj ∂L/∂p_j belongs to the backbone's gradient"
)


def _native_to(name, symbol):
    return native_part(
        name,
        rf"\nabla_{{z_n}} {symbol} = 2(z_n - Pq_n),\ P = Z^\top W",
        native_excess(name),
        rf"\nabla_{{z_n}} \textstyle\sum_m {symbol} = 2(z_n - Pq_n) + \sum_j W_{{nj}} \partial {symbol} / \partial p_j",
        lambda x, factor: native_rest(name, factor)(x),
        f"native_{name}",
        ONE,
        BREAKS,
        ADVICE,
    )


def _native_correction(name, symbol):
    return native_part(
        f"correction-{name}",
        rf"\text{{the softmax adds }} \tfrac2T P S_q g \text{{ to }} \nabla_{{z_n}} {symbol},\ P = Z^\top W",
        native_correction(name),
        r"\text{it adds } -\tfrac2T \textstyle\sum_m \sum_j q_{mj} (g_{mj} - \langle g_m\rangle)"
        r"(z_m - p_j)\cdot(u_m - v_j),\ v_j = \sum_n W_{nj} u_n",
        lambda x, factor: native_correction_rest(name, factor)(x),
        f"native_soft_{name}",
        OPPOSITE,
        BREAKS,
        "distances change with the prototypes as well; a sample's gradient collects softmax terms of all samples",
        sampled=False,
    )


NATIVE_PARTS = (
    _native_to("quantization", "L_q"),
    _native_to("ols", r"L_{\mathrm{OLS}}"),
    native_part(
        "equal",
        r"\nabla_{z_n} L_q = \nabla_{z_n} L_{\mathrm{OLS}},\ P = Z^\top W",
        native_difference,
        r"\nabla_{z_n} \textstyle\sum_m (L_q - L_{\mathrm{OLS}}) = 2 \sum_j W_{nj} \sum_m q_{mj} (p_j - Pq_m)",
        native_difference_rest,
        "native_equal",
        TWO,
        BREAKS,
        ADVICE,
    ),
    _native_correction("quantization", "L_q"),
    _native_correction("ols", r"L_{\mathrm{OLS}}"),
)

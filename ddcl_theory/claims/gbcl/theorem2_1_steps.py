"""Parts of Theorem 2.1 about training: a step of W_2 against a step of W_1 from the same prototypes."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.dynamics import Dynamics
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.claims.gbcl.paths import Flows
from ddcl_theory.claims.gbcl.theorem2_1_output import INPUT, OPPOSITE, TURN, outputs, standard
from ddcl_theory.domain import Domain, above_zero, real

STATE = (INPUT, real("W2", "k", "n"), real("V", "k", "n"), real("G", "k", "d"), real("eta"), real("beta"))
STEP = Domain(STATE, net.SIZES)
SCALED_STEP = Domain((*STATE, above_zero("c")), net.SIZES)


def weight_slope(x):
    """∂L/∂W_2 by exact rules, for a loss whose gradient at Y_2 is G: every such loss has that of Y ↦ Σ G·Y."""
    value = ex.total(ex.dot(g, y) for g, y in zip(x.G, net.dual_output(x), strict=True))
    return [[ex.differentiate(value, w) for w in row] for row in x.W2]


def moved(state, velocity, slope, rate, momentum):
    """W + V⁺ with V⁺ = momentum · V − rate · slope."""
    return [
        [w + momentum * v - rate * s for w, v, s in zip(*rows, strict=True)]
        for rows in zip(state, velocity, slope, strict=True)
    ]


def step_gap(x, dual_rate, base_rate):
    """Prototypes after a step of the dual network minus those of the base network from the same place and velocity."""
    after = net.product(moved(x.W2, x.V, weight_slope(x), dual_rate, x.beta), net.transposed(x.X))
    velocity = net.product(x.V, net.transposed(x.X))
    return net.difference(after, moved(net.dual_output(x), velocity, x.G, base_rate, x.beta))


STEP_POINT = {"X": TURN, "W2": [[1, 0]], "V": [[0, 1]], "G": [[1]], "eta": 1, "beta": "1/2"}
SAME_STEP = outputs(
    "same-step",
    r"XX^\top = I_d \Rightarrow \text{a step of heavy-ball descent moves } Y_2 \text{ and } W_1 = Y_2 \text{ alike}",
    STEP,
    (net.UNIT_FEATURES,),
    lambda x: step_gap(x, x.eta, x.eta),
    lambda x: step_gap(x, x.eta, x.eta / 2),
    "same_step",
    net.draw(STEP, "d"),
    STEP_POINT,
    "half the rate for the base network",
    more=(
        Ablation("gbcl.theorem2_1:same_step"),
        Dynamics("ddcl_theory.claims.gbcl.paths:same_paths", "both gradient flows, Voronoi cells that move"),
    ),
    systems=(Flows(), Flows(base_rate=0.5), Flows(base_rate=2.0, dual_rate=2.0)),
)

# --- unit variance in its statistical sense ---
SCALED_STEP_POINT = {**STEP_POINT, "X": OPPOSITE, "c": 2}
STEPS_SCALED = outputs(
    "same-step-amended",
    r"XX^\top = c I_d \Rightarrow \text{the dual step at the rate } \eta/c \text{ is the base step at the rate } \eta",
    SCALED_STEP,
    (net.EVEN_FEATURES,),
    lambda x: step_gap(x, x.eta / x.c, x.eta),
    lambda x: step_gap(x, x.eta, x.eta),
    "scaled_step",
    None,
    SCALED_STEP_POINT,
    "one rate for both",
)
STANDARD_STEP = standard(
    "same-step",
    r"X 1 = 0,\ XX^\top = n I_d \Rightarrow \text{a step of descent moves } Y_2 \text{ and } W_1 = Y_2 \text{ alike}",
    STEP,
    lambda x: step_gap(x, x.eta, x.eta),
    lambda x: step_gap(x, x.eta, x.n * x.eta - x.eta / 2),
    "n − 1/2 times the rate",
    lambda x: step_gap(x, x.eta, x.n * x.eta),
    {**STEP_POINT, "X": OPPOSITE},
    STEPS_SCALED,
    "uncorrelated features of variance 1 over n samples give XXᵀ = n I_d, so Y_2 moves n times as far",
)

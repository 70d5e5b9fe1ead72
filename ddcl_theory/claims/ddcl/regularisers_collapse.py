"""Parts on L_bal and L_ent: what they do at total collapse, and what they prevent instead."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.ablation import Ablation
from ddcl_theory.checks.certified import Certified
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
from ddcl_theory.claims.ddcl import collapsed as c
from ddcl_theory.claims.ddcl import energy as e
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.claims.ddcl import theorem4_hypotheses as bounds
from ddcl_theory.claims.ddcl.float_rows import inside
from ddcl_theory.relation import at_least_zero, equals_zero, not_zero, positive


def uniform(x):
    return [[ex.Fraction(1, x.k)] * x.k]


def no_balance(x):
    """L_bal at total collapse minus L_bal at q."""
    return e.balance(uniform(x)) - e.balance(x.q)


def no_entropy(x):
    return e.negative_entropy(uniform(x)) - e.negative_entropy(x.q)


UNEVEN = {"q": [["1/4", "3/4"]]}


def costs(identifier, symbol, gap, corrected):
    """Total collapse costs at least as much as any other assignment; amended: it costs least."""

    def statement(predicate):
        return Statement(bounds.ASSIGNED, at_least_zero(predicate), (bounds.OPEN,))

    return Part(
        id=identifier,
        says=rf"{symbol}(\text{{total collapse}}) \ge {symbol}(q) \text{{ for every }} q",
        statement=statement(gap),
        checks=(Certified(candidates=(UNEVEN,)), Property(draw=inside(bounds.ASSIGNED))),
        example=UNEVEN,
        twins=(Twin("by 1 at least", statement(lambda x: gap(x) - 1), UNEVEN),),
        neighbours=(Neighbour("the other way round", statement(lambda x: -gap(x))),),
        amendment=Amendment(
            corrected,
            FailingStep(
                "§4.3, after (12)",
                "coinciding prototypes give every sample the uniform assignment, at which this term is least: the trivial solution "
                "that it prevents is another one",
            ),
            "Monitor the distances of the prototypes: neither L_bal nor L_ent reacts to total collapse.",
        ),
    )


def shares_at(x, t):
    """The soft assignments at z̄ + t ṽ."""
    rows = c.moved(x, t, c.centred(x))
    return [f.collapsed_shares(z, rows, x.z, x.T) for z in x.z]


def growth(x, term):
    """Minus the second derivative of the term along the displacement, through the soft assignment."""
    return -ex.derivative_at_zero(lambda t: term(shares_at(x, t)), order=2)


def entropy_closed(x):
    """(4/(kT²)) S."""
    return ex.Fraction(4, x.k * x.n) * c.reach(x) / x.T**2


def _grown(relation, predicate, *given):
    return Statement(c.DISPLACED, relation(predicate), given)


def balance_growth(x):
    return growth(x, e.balance)


def entropy_growth(x):
    return growth(x, e.negative_entropy)


BALANCE_NEUTRAL = Part(
    id="balance-neutral",
    says=r"L_{\mathrm{bal}} \text{ has no second-order change at total collapse}",
    statement=_grown(equals_zero, balance_growth),
    checks=(Symbolic("ddcl.regularisers:balance_neutral"), Property()),
    example=c.COOL,
    twins=(Twin("nor has L_ent", _grown(equals_zero, entropy_growth), c.COOL),),
    neighbours=(Neighbour("doubled", _grown(equals_zero, lambda x: 2 * balance_growth(x))),),
)
ENTROPY_HOLDS = Part(
    id="entropy-holds-together",
    says=r"\lambda_{\mathrm{ent}} > 0 \text{ makes total collapse more stable along everything in which the data vary}",
    statement=_grown(positive, lambda x: -entropy_growth(x), c.VARY),
    checks=(Symbolic("ddcl.regularisers:entropy_holds"), Property(), Ablation(only=("data-vary-along-v",))),
    example=c.COOL,
    twins=(
        Twin(
            "along any displacement",
            _grown(positive, lambda x: -entropy_growth(x), c.APART),
            {**c.COOL, "z": [[1], [1]]},
        ),
    ),
    neighbours=(
        Neighbour("samples in another order", _grown(positive, lambda x: -entropy_growth(c.reordered(x)), c.VARY)),
    ),
)


def pushes(identifier, symbol, value, corrected):
    """Near total collapse the term pushes prototypes apart along everything in which the data vary."""
    return Part(
        id=identifier,
        says=rf"{symbol} \text{{ pushes prototypes apart near total collapse}}",
        statement=_grown(positive, value, c.VARY),
        checks=(Certified(candidates=(c.COOL,)),),
        example=c.COOL,
        twins=(Twin("by 1 at least", _grown(positive, lambda x: value(x) - 1, c.VARY), c.COOL),),
        neighbours=(
            Neighbour(
                "with twice the growth under the entropy added",
                _grown(positive, lambda x: value(x) + 2 * entropy_closed(x), c.VARY),
            ),
        ),
        amendment=Amendment(
            corrected,
            FailingStep("§4.3, after (12)", "a term that is least at total collapse has no force away from it"),
            "Do not raise λ_bal or λ_ent against collapse. L_ent with λ_ent ≥ T makes total collapse stable at every variance of the data.",
        ),
    )


ENTROPY_SEPARATES = Part(
    id="entropy-separates",
    says=r"-L_{\mathrm{ent}} \text{ (the entropy penalised) pushes prototypes apart near total collapse}",
    statement=ENTROPY_HOLDS.statement,
    checks=ENTROPY_HOLDS.checks[:1],
    example=c.COOL,
    twins=ENTROPY_HOLDS.twins,
    neighbours=ENTROPY_HOLDS.neighbours,
)

# --- what they do prevent ---
NOT_UNIFORM = Hypothesis(
    "mean-not-uniform",
    r"\bar q \ne u",
    not_zero(lambda x: [x.k * ex.mean(row[j] for row in x.q) - 1 for j in range(x.k)]),
)


def _assigned(relation, predicate, *given):
    return Statement(bounds.ASSIGNED, relation(predicate), (bounds.OPEN, *given))


IMBALANCE = Part(
    id="balance-penalises-imbalance",
    says=r"\bar q \ne u \Rightarrow L_{\mathrm{bal}} > 0",
    statement=_assigned(positive, lambda x: e.balance(x.q), NOT_UNIFORM),
    checks=(
        Symbolic("ddcl.regularisers:imbalance"),
        Property(draw=inside(bounds.ASSIGNED)),
        Ablation(only=("mean-not-uniform",)),
    ),
    example=UNEVEN,
    twins=(Twin("by 1 at least", _assigned(positive, lambda x: e.balance(x.q) - 1, NOT_UNIFORM), UNEVEN),),
    neighbours=(Neighbour("doubled", _assigned(positive, lambda x: 2 * e.balance(x.q), NOT_UNIFORM)),),
)


def hardness(x, factor=1):
    """−L_ent − factor · mean_n (1 − ‖q_n‖²)."""
    return -e.negative_entropy(x.q) - factor * ex.mean(1 - ex.norm2(row) for row in x.q)


HARD = Part(
    id="entropy-penalises-hardness",
    says=r"L_{\mathrm{ent}} \le -(1 - \mathrm{mean}\,\|q_n\|^2) \text{, below its value 0 at hard assignments}",
    statement=_assigned(at_least_zero, hardness),
    checks=(Symbolic("ddcl.regularisers:hardness"), Property(draw=inside(bounds.ASSIGNED))),
    example=UNEVEN,
    twins=(
        Twin(
            "by half as much again",
            _assigned(at_least_zero, lambda x: hardness(x, ex.Fraction(3, 2))),
            {"q": [["1/2", "1/2"]]},
        ),
    ),
    neighbours=(Neighbour("doubled", _assigned(at_least_zero, lambda x: 2 * hardness(x))),),
)

BALANCE = (
    costs("balance-against-collapse", r"L_{\mathrm{bal}}", no_balance, bounds.BALANCE_SIGN),
    pushes("balance-pushes", r"L_{\mathrm{bal}}", balance_growth, BALANCE_NEUTRAL),
    IMBALANCE,
)
ENTROPY = (
    costs("entropy-against-collapse", r"L_{\mathrm{ent}}", no_entropy, bounds.BELOW),
    pushes("entropy-pushes", r"L_{\mathrm{ent}}", entropy_growth, ENTROPY_HOLDS),
    HARD,
)

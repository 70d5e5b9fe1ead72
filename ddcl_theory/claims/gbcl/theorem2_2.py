"""Theorem 2.2: when two dual networks can share their weights, W_1 = Y_2 and W_2 = Y_1.

(6), (7): both constraints give W_1 (XXᵀ − I) = 0 and W_2 (XᵀX − I) = 0; the last step cancels W_1 and W_2, which needs full column
rank. Without it nothing follows: X = [1 0], W_1 = 1, W_2 = [1 0] share their weights with XᵀX = diag(1, 0), and its transpose
with XXᵀ = diag(1, 0).
- Exactly: the rows of W_1 are left eigenvectors of XXᵀ for the eigenvalue 1, and W_2 = W_1 X. So networks with weights ≠ 0 can
  share iff 1 is a singular value of X.
- rank W_1 = d gives XXᵀ = I_d, rank W_2 = n gives XᵀX = I_n.
- The exception suffices: under XᵀX = I_n (Theorem 2.3) all dual weights are shared, for n < d without XXᵀ = I_d.
- For every W_1 at once, or for every W_2, the cancelled weights may be I: then XXᵀ = I_d, or XᵀX = I_n, is necessary.
- Both together only for n = d, X orthogonal: n = tr XᵀX = tr XXᵀ = d.
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
    Hypothesis,
    Neighbour,
    Part,
    Reading,
    Source,
    Statement,
    Twin,
)
from ddcl_theory.claims.gbcl import networks as net
from ddcl_theory.claims.gbcl import theorem2_3
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero, not_zero

BOTH = (net.FIRST, net.SECOND)
SHARED = {"X": [[1, 0]], "W1": [[1]], "W2": [[1, 0]]}
TURNED = {"X": [["3/5", "4/5"]], "W1": [[1]], "W2": [["3/5", "4/5"]]}
SHARED_FEATURES = {"X": [[1], [0]], "W1": [[1, 0]], "W2": [[1]]}
TURNED_FEATURES = {"X": [["3/5"], ["4/5"]], "W1": [["3/5", "4/5"]], "W2": [[1]]}


def left_over_features(x):
    """W_1 (XXᵀ − I)."""
    return net.difference(net.product(net.base_output(x), net.transposed(x.X)), x.W1)


def left_over_samples(x):
    """W_2 (XᵀX − I)."""
    return net.difference(net.product(net.dual_output(x), x.X), x.W2)


def off_diagonal(gram, size):
    """The entries of a square matrix off its diagonal."""
    return lambda x: [v for place, v in enumerate(gram(x)) if place % (getattr(x, size) + 1)] or [0]


def _networks(value, given=BOTH):
    return Statement(net.NETWORKS, equals_zero(value), given)


def _doubled(value):
    return lambda x: [2 * v for v in value(x)]


# --- with independent columns ---
def _independent(across, symbol, weights, gram, conclusion, example, witness):
    """rank W = number of its columns, by a left inverse L."""
    domain = Domain((*net.NETWORKS.variables, real("L", across, "k")), net.SIZES)
    inverse = Hypothesis(
        "left-inverse",
        rf"L {symbol} = I_{across}",
        equals_zero(lambda x: net.difference(net.product(x.L, getattr(x, weights)), net.identity(getattr(x, across)))),
    )
    given = (*BOTH, inverse)
    proof = {"W1": "full_column_rank", "W2": "full_column_rank_dual"}[weights]
    return Part(
        id="full-column-rank",
        says=rf"W_1 = Y_2,\ W_2 = Y_1,\ L {symbol} = I_{across} \Rightarrow {conclusion}",
        statement=Statement(domain, equals_zero(gram), given),
        checks=(
            Symbolic(f"gbcl.theorem2_2:{proof}"),
            Certified(candidates=(example,)),
            Ablation(f"gbcl.theorem2_2:{proof}", only=("left-inverse",)),
        ),
        example=example,
        twins=(Twin("L without the left inverse", Statement(domain, equals_zero(gram), BOTH), witness),),
        neighbours=(Neighbour("doubled", Statement(domain, equals_zero(_doubled(gram)), given), example=example),),
    )


ONE = {"X": [[1]], "W1": [[1]], "W2": [[1]], "L": [[1]]}
RANK_DUAL = _independent("n", "W_2", "W2", net.sample_gram, r"X^\top X = I_n", ONE, {**SHARED, "L": [[1], [0]]})
RANK_BASE = _independent(
    "d", "W_1", "W1", net.feature_gram, r"XX^\top = I_d", ONE, {**SHARED_FEATURES, "L": [[1], [0]]}
)


# --- for every weight matrix ---
def _for_all(size, weights, output, constraint, gram, says, proof, example, alone):
    """The constraints at weights I, one row a unit vector e_i each; the other weights are whatever they make them."""
    across = {"d": "n", "n": "d"}[size]
    domain = Domain((real("X", "d", "n"), real(weights, size, across)), {"n": (1, 3), "d": (1, 3)})
    own = Hypothesis(
        f"{weights}-output",
        rf"{constraint[0]} \text{{ at }} I",
        equals_zero(lambda x: net.difference(getattr(x, weights), output(x))),
    )
    shared = Hypothesis(
        "realised",
        rf"{constraint[1]} \text{{ at }} I",
        equals_zero(
            lambda x: net.difference(
                net.product(getattr(x, weights), net.transposed(output(x))), net.identity(getattr(x, size))
            )
        ),
    )
    return Part(
        id={"d": "features", "n": "samples"}[size],
        says=says,
        statement=Statement(domain, equals_zero(gram), (own, shared)),
        checks=(Symbolic(f"gbcl.theorem2_2:{proof}"), Certified(candidates=(example,))),
        example=example,
        twins=(Twin("without the other constraint", Statement(domain, equals_zero(gram), (own,)), alone),),
        neighbours=(
            Neighbour("doubled", Statement(domain, equals_zero(_doubled(gram)), (own, shared)), example=example),
        ),
    )


FOR_ALL_BASE = _for_all(
    "d",
    "W2",
    lambda x: x.X,
    ("W_2 = Y_1", "W_1 = Y_2"),
    net.feature_gram,
    r"\text{for every } W_1 \text{ some } W_2 \text{ has } W_1 = Y_2,\ W_2 = Y_1 \Rightarrow XX^\top = I_d "
    r"\quad (W_1 = I_d \text{ suffices})",
    "for_all_base",
    {"X": [["3/5", "4/5"]], "W2": [["3/5", "4/5"]]},
    {"X": [[1, 1]], "W2": [[1, 1]]},
)
FOR_ALL_DUAL = _for_all(
    "n",
    "W1",
    lambda x: net.transposed(x.X),
    ("W_1 = Y_2", "W_2 = Y_1"),
    net.sample_gram,
    r"\text{for every } W_2 \text{ some } W_1 \text{ has } W_1 = Y_2,\ W_2 = Y_1 \Rightarrow X^\top X = I_n "
    r"\quad (W_2 = I_n \text{ suffices})",
    "for_all_dual",
    {"X": [["3/5"], ["4/5"]], "W1": [["3/5", "4/5"]]},
    {"X": [[1], [1]], "W1": [[1, 1]]},
)


# --- exactly when ---
def _eigenvectors(identifier, says, value, proof, wrong, twin):
    return Part(
        id=identifier,
        says=says,
        statement=_networks(value),
        checks=(
            Symbolic(f"gbcl.theorem2_2:{proof}"),
            Certified(candidates=(SHARED, TURNED, SHARED_FEATURES, TURNED_FEATURES)),
        ),
        example=TURNED,
        twins=(Twin(twin, _networks(wrong), SHARED),),
        neighbours=(Neighbour("doubled", _networks(_doubled(value)), example=SHARED),),
    )


NECESSARY = _eigenvectors(
    "eigenvectors",
    r"W_1 = Y_2,\ W_2 = Y_1 \Rightarrow W_1 XX^\top = W_1",
    left_over_features,
    "eigenvectors",
    lambda x: net.difference(net.product(net.base_output(x), net.transposed(x.X)), x.W1, 2),
    "the eigenvalue 2",
)
NECESSARY_DUAL = _eigenvectors(
    "eigenvectors-dual",
    r"W_1 = Y_2,\ W_2 = Y_1 \Rightarrow W_2 X^\top X = W_2",
    left_over_samples,
    "eigenvectors_of_samples",
    lambda x: net.difference(net.product(net.dual_output(x), x.X), x.W2, 2),
    "the eigenvalue 2",
)
EIGENVECTORS = Hypothesis("eigenvectors", r"W_1 XX^\top = W_1", equals_zero(left_over_features))
FIXED_SUM = Hypothesis(
    "eigenvectors",
    r"W_1 XX^\top 1 = W_1 1",
    equals_zero(
        lambda x: [
            ex.total(row) - ex.total(w)
            for row, w in zip(net.product(net.base_output(x), net.transposed(x.X)), x.W1, strict=True)
        ]
    ),
)

SUM_ONLY = {"X": [[1, 0], [1, 0]], "W1": [[1, -1]], "W2": [[0, 0]]}


def _first_gap(x):
    return net.difference(x.W1, net.dual_output(x))


SUFFICIENT = Part(
    id="shared",
    says=r"W_1 XX^\top = W_1,\ W_2 = Y_1 \Rightarrow W_1 = Y_2",
    statement=_networks(_first_gap, (EIGENVECTORS, net.SECOND)),
    checks=(
        Symbolic("gbcl.theorem2_2:shared"),
        Property(also=(SHARED, SUM_ONLY), draw=net.draw(net.NETWORKS, "d", net.with_second)),
        Ablation("gbcl.theorem2_2:shared"),
    ),
    example=SHARED,
    twins=(
        Twin(
            "eigenvectors in the sum of their entries only",
            _networks(_first_gap, (FIXED_SUM, net.SECOND)),
            SUM_ONLY,
        ),
    ),
    neighbours=(Neighbour("doubled", _networks(_doubled(_first_gap), (EIGENVECTORS, net.SECOND)), example=SHARED),),
)

# --- the two conclusions together ---
COUNTED = Domain((real("X", "d", "n"),), {"n": (1, 3), "d": (1, 3)})
ORTHOGONAL = {"X": [[0, 1], [1, 0]]}
WHITE = (net.UNIT_FEATURES, net.UNIT_SAMPLES)
SQUARE = Part(
    id="square",
    says=r"XX^\top = I_d,\ X^\top X = I_n \Rightarrow n = d",
    statement=Statement(COUNTED, equals_zero(lambda x: x.n - x.d), WHITE),
    checks=(
        Symbolic("gbcl.theorem2_2:square"),
        Certified(candidates=(ORTHOGONAL,)),
    ),
    example=ORTHOGONAL,
    twins=(
        Twin(
            "XXᵀ = I_d alone",
            Statement(COUNTED, equals_zero(lambda x: x.n - x.d), (net.UNIT_FEATURES,)),
            {"X": [["3/5", "4/5"]]},
        ),
        Twin(
            "XᵀX = I_n alone",
            Statement(COUNTED, equals_zero(lambda x: x.n - x.d), (net.UNIT_SAMPLES,)),
            {"X": [["3/5"], ["4/5"]]},
        ),
    ),
    neighbours=(Neighbour("doubled", Statement(COUNTED, equals_zero(lambda x: 2 * (x.n - x.d)), WHITE)),),
)

# --- as printed ---
ADVICE = "look at the singular values of X: weights can be shared in the directions whose singular value is 1, and only there"
NONZERO = Hypothesis("weights", r"W_1 \ne 0", not_zero(lambda x: net.entries(x.W1)))


def _printed(identifier, says, gram, size, left_over, point, turned, amended, place, given=BOTH):
    return Part(
        id=identifier,
        says=says,
        statement=_networks(gram, given),
        checks=(Certified(candidates=(point,)),),
        example=point,
        twins=(Twin("uncorrelated, whatever the variance", _networks(off_diagonal(gram, size), given), turned),),
        neighbours=(Neighbour("times the weights", _networks(left_over, given), example=point),),
        amendment=Amendment(
            amended,
            breaks=FailingStep(
                place,
                "the weights are cancelled from W (A − I) = 0, which needs as many independent rows as A has columns",
            ),
            advice=ADVICE,
        ),
    )


def _pair(samples, features, given=BOTH):
    return (
        _printed(
            "samples",
            r"W_1 = Y_2,\ W_2 = Y_1 \Rightarrow X^\top X = I_n",
            net.sample_gram,
            "n",
            left_over_samples,
            SHARED,
            TURNED,
            samples,
            "(7)",
            given,
        ),
        _printed(
            "features",
            r"W_1 = Y_2,\ W_2 = Y_1 \Rightarrow XX^\top = I_d",
            net.feature_gram,
            "d",
            left_over_features,
            SHARED_FEATURES,
            TURNED_FEATURES,
            features,
            "(6)",
            given,
        ),
    )


CLAIM = Claim(
    id="gbcl.theorem2.2",
    title="Impossible complete duality",
    source=Source("gbcl", "Theorem 2.2, (6), (7)"),
    says=r"W_1 = Y_2,\ W_2 = Y_1 \Rightarrow X^\top X = I_n,\ XX^\top = I_d",
    derivation=__doc__,
    uses=("gbcl.theorem2.3",),
    readings=(
        Reading("any-weights", "as the sentence says, for all weights", _pair(RANK_DUAL, RANK_BASE), as_printed=True),
        Reading("non-zero", "for weights that are not zero", _pair(NECESSARY_DUAL, NECESSARY, (*BOTH, NONZERO))),
        Reading("exactly", "the weights that two dual networks can share", (NECESSARY, NECESSARY_DUAL, SUFFICIENT)),
        Reading("exception", "under XᵀX = I_n all dual weights are shared", (theorem2_3.SECOND,)),
        Reading("both", "what the two conclusions say together", (SQUARE,)),
        Reading(
            "all-weights",
            "the constraints hold for every weight matrix, not for one pair",
            (FOR_ALL_DUAL, FOR_ALL_BASE),
        ),
    ),
)

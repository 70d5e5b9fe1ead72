"""Parts of Proposition 6 for assignments that do not follow the prototypes: q is any constant in the simplex."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.ddcl import force as f
from ddcl_theory.domain import Domain, real, simplex
from ddcl_theory.relation import equals_zero, not_zero, one_of, positive

FIXED = Domain(
    (real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k")), {"k": (2, 3), "d": (1, 2), "n": (1, 1)}
)
DISTINCT = Hypothesis("pair-distinct", r"u \ne 0", not_zero(lambda x: f.direction(x.p)))
EVEN = {"z": [[1]], "p": [[1], [-1]], "q": [["1/2", "1/2"]]}
UNEVEN = {"z": [[1]], "p": [[1], [-1]], "q": [["3/4", "1/4"]]}
USED = Hypothesis("pair-in-use", r"q_1 + q_2 > 0", positive(lambda x: ex.total(q[0] + q[1] for q in x.q)))


def fixed_rate(x, p):
    return f.rate_fixed(x.z, p, x.q)


def fixed_ols_rate(x, p):
    return f.rate_fixed(x.z, p, x.q, f.pull_ols)


def renamed_shares(x):
    return [[q[1], q[0], *q[2:]] for q in x.q]


ATTRACTED = Statement(FIXED, positive(lambda x: -fixed_rate(x, x.p)), (DISTINCT, USED))
RENAMED = Neighbour(
    "the pair renamed, attracted",
    Statement(FIXED, positive(lambda x: -f.rate_fixed(x.z, f.swapped(x.p), renamed_shares(x))), (DISTINCT, USED)),
)
UNUSED = Twin(
    "attracted although unused",
    Statement(FIXED, positive(lambda x: -fixed_rate(x, x.p)), (DISTINCT,)),
    witness={"z": [[0]], "p": [[1], [-1], [0]], "q": [[0, 0, 1]]},
)
SEPARATES = Part(
    id="separates",
    says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) > 0 \text{ at } \varepsilon = 0",
    statement=Statement(FIXED, positive(lambda x: fixed_rate(x, x.p)), (DISTINCT,)),
    checks=(Property(), Certified(candidates=(EVEN,))),
    example=EVEN,
    twins=(UNUSED,),
    neighbours=(RENAMED,),
    amendment=Amendment(
        Part(
            id="attracted",
            says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) < 0",
            statement=ATTRACTED,
            example=EVEN,
            checks=(Symbolic("ddcl.proposition6:fixed_attracts"), Certified(candidates=(EVEN, UNEVEN))),
            twins=(UNUSED,),
            neighbours=(RENAMED,),
        ),
        FailingStep(
            "Appendix D, proof of Proposition 6",
            "u·(F_1 − F_2) = 2(q_1 − q_2)t − 2ε(q_1 + q_2): the last term has the opposite sign.",
        ),
        "At constant assignments every temperature and every data set contract the pair.",
    ),
)


SIZE = Part(
    id="size",
    says=r"|\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2)| = 2(q_1 + q_2)",
    statement=Statement(
        FIXED,
        one_of(
            equals_zero(lambda x: fixed_rate(x, x.p) + f.printed_size(x.p, x.q)),
            equals_zero(lambda x: fixed_rate(x, x.p) - f.printed_size(x.p, x.q)),
        ),
        (DISTINCT,),
    ),
    checks=(Symbolic("ddcl.proposition6:fixed_size"), Property(also=(EVEN,)), Certified(candidates=(EVEN, UNEVEN))),
    example=EVEN,
    twins=(
        Twin(
            "half the size",
            Statement(
                FIXED,
                one_of(
                    equals_zero(lambda x: 2 * fixed_rate(x, x.p) + f.printed_size(x.p, x.q)),
                    equals_zero(lambda x: 2 * fixed_rate(x, x.p) - f.printed_size(x.p, x.q)),
                ),
                (DISTINCT,),
            ),
            witness=EVEN,
        ),
    ),
    neighbours=(
        Neighbour(
            "the pair renamed",
            Statement(
                FIXED,
                one_of(
                    equals_zero(
                        lambda x: f.rate_fixed(x.z, f.swapped(x.p), renamed_shares(x)) + f.printed_size(x.p, x.q)
                    ),
                    equals_zero(lambda x: fixed_rate(x, x.p) - f.printed_size(x.p, x.q)),
                ),
                (DISTINCT,),
            ),
        ),
    ),
)
EQUAL_SHARES = Hypothesis("equal-shares", r"q_1 = q_2", equals_zero(lambda x: [q[0] - q[1] for q in x.q]))
OLS_EXACT = Statement(FIXED, equals_zero(lambda x: fixed_ols_rate(x, x.p)), (DISTINCT, EQUAL_SHARES))
OLS_TWIN = Twin(
    "under L_q", Statement(FIXED, equals_zero(lambda x: fixed_rate(x, x.p)), (DISTINCT, EQUAL_SHARES)), witness=EVEN
)
OLS_NEIGHBOUR = Neighbour(
    "the pair renamed, equal shares",
    Statement(
        FIXED, equals_zero(lambda x: f.rate_fixed(x.z, f.swapped(x.p), x.q, f.pull_ols)), (DISTINCT, EQUAL_SHARES)
    ),
)
OLS = Part(
    id="absent-under-ols",
    says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) = 0 \text{ under } L_{\mathrm{OLS}}",
    statement=Statement(FIXED, equals_zero(lambda x: fixed_ols_rate(x, x.p)), (DISTINCT,)),
    checks=(Property(), Certified(candidates=(UNEVEN, EVEN))),
    example=EVEN,
    twins=(OLS_TWIN,),
    neighbours=(OLS_NEIGHBOUR,),
    amendment=Amendment(
        Part(
            id="absent-at-equal-shares",
            says=r"\tfrac{d}{d\varepsilon}\,u\cdot(F_1 - F_2) = 0",
            statement=OLS_EXACT,
            example=EVEN,
            checks=(Symbolic("ddcl.proposition6:fixed_ols"), Certified(candidates=(EVEN,))),
            twins=(OLS_TWIN,),
            neighbours=(OLS_NEIGHBOUR,),
        ),
        FailingStep("Proposition 6", "With constant shares that differ the rate is −2(q_1 − q_2)²."),
        "True for shares that agree, a null set of constant assignments.",
    ),
)

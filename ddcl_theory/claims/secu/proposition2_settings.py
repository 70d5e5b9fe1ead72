"""The settings of Proposition 2: how the other centres lie, and the parts that are the same in each.

Independent centres with mean zero enter through their values, all equally likely; given centres enter as they are.  Either
way Var_pos = 1 − a² and Var_neg = 1 − |μ̄|², μ̄ the mean of the other centres.
"""

from __future__ import annotations

import itertools

from ddcl_theory import expression as ex
from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.property import Property
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.claims.secu import proposition2_draws as draws
from ddcl_theory.domain import Domain, above_zero, nonnegative, real
from ddcl_theory.relation import at_least_zero, equals_zero, positive

HALF = ex.Fraction(1, 2)
DRAWN = Domain((real("c", "g", "m", "d"), nonnegative("a"), above_zero("M")), {"g": (1, 3), "m": (2, 3), "d": (1, 2)})
GIVEN = Domain((real("mu", "k", "d"), above_zero("M")), {"k": (2, 5), "d": (1, 3)})


def drawn_square(x):
    """a²."""
    return x.a**2


def drawn_negative(x):
    """E Var_neg: each of the g = K − 1 other centres is one of its m values, all equally likely and independent."""
    tuples = list(itertools.product(range(x.m), repeat=x.g))
    sums = [[ex.total(x.c[j][t[j]][i] for j in range(x.g)) for i in range(x.d)] for t in tuples]
    return 1 - ex.total(ex.norm2(v) for v in sums) / (x.g**2 * len(tuples))


def given_square(x):
    return ex.norm2(x.mu[0])


def given_negative(x):
    """Var_neg for cluster 0."""
    return 1 - ex.norm2([ex.total(row[i] for row in x.mu[1:]) for i in range(x.d)]) / (x.k - 1) ** 2


def others(x):
    """K − 1."""
    return x.g if hasattr(x, "g") else x.k - 1


LENGTHS = Hypothesis(
    "lengths",
    r"\|\mu_j\| = a",
    equals_zero(lambda x: [ex.norm2(value) - x.a**2 for values in x.c for value in values]),
)
CENTRED = Hypothesis(
    "centred",
    r"E\,\mu_j = 0",
    equals_zero(lambda x: [ex.total(value[i] for value in values) for values in x.c for i in range(x.d)]),
)
EQUAL = Hypothesis(
    "lengths", r"\|\mu_j\| = a", equals_zero(lambda x: [ex.norm2(row) - ex.norm2(x.mu[0]) for row in x.mu[1:]])
)
BALANCED = Hypothesis(
    "balanced",
    r"\textstyle\sum_j \mu_j = 0",
    equals_zero(lambda x: [ex.total(row[i] for row in x.mu) for i in range(x.d)]),
)


class Setting:
    """A domain with its Var_neg, a², hypotheses, sampler and the points that decide it."""

    def __init__(self, name, domain, negative, square, hypotheses, draw, points):
        self.name, self.domain, self.negative, self.square = name, domain, negative, square
        self.draw, self.points = draw, points
        self.inside = Hypothesis("inside", r"a < 1", positive(lambda x: 1 - square(x)))
        self.compact = Hypothesis(
            "compact", r"M (1 - a^2) \le \tfrac12", at_least_zero(lambda x: HALF - x.M * (1 - square(x)))
        )
        self.given = (*hypotheses, self.inside)

    def ratio(self, x, scale=1, share=1):
        """Var_neg less the printed multiple of Var_pos."""
        g, gap = others(x), 1 - self.square(x)
        printed = (ex.lift(share * (g - 1)) / (g * gap) + ex.lift(1) / g) * gap
        return scale * (self.negative(x) - printed)

    def room(self, x, scale=1, share=1):
        """Var_pos/(1 − a²) − Var_neg, the bound with constant 1."""
        gap = 1 - self.square(x)
        return scale * (share * gap / gap - self.negative(x))

    def lead(self, x, scale=1):
        """Var_neg − M Var_pos."""
        return scale * (self.negative(x) - x.M * (1 - self.square(x)))

    def order(self):
        """Var_neg ≤ 1 for unit instances, wherever the centres lie: as an upper bound the proposition cannot fail."""
        return Part(
            id="order",
            says=r"\mathrm{Var}_{neg} \le \tfrac{1}{1 - a^2} \mathrm{Var}_{pos} = 1, \text{ wherever the centres lie}",
            statement=Statement(self.domain, at_least_zero(self.room), (self.inside,)),
            checks=(
                Symbolic(f"secu.proposition2:order_{self.name}"),
                Property(also=self.points["also"], draw=self.draw),
            ),
            example=self.points["example"],
            twins=(
                Twin(
                    "with the constant 1/2",
                    Statement(self.domain, at_least_zero(lambda x: self.room(x, share=HALF)), (self.inside,)),
                    witness=self.points["loose"],
                ),
            ),
            neighbours=(
                Neighbour("tripled", Statement(self.domain, at_least_zero(lambda x: self.room(x, 3)), (self.inside,))),
            ),
        )

    def least(self, x, scale=1, share=HALF):
        """Var_neg − share · Var_pos/(1 − a²)."""
        return scale * (self.negative(x) - ex.lift(share))

    def theta(self, refuted, neighbour, amendment):
        """O(·) read as Θ(·), with the constant 1/2 from below; `refuted` is the point against it."""
        return self._theta(
            self.domain,
            (Certified(candidates=(refuted,)), Property(also=(refuted, *self.points["also"]), draw=self.draw)),
            neighbour,
            amendment,
        )

    def theta_from_three(self, domain):
        """The same over sizes with three clusters or more."""
        return self._theta(
            domain,
            (Symbolic(f"secu.proposition2:theta_{self.name}"), Property(also=self.points["also"], draw=self.draw)),
            Statement(domain, at_least_zero(lambda x: self.least(x, 3)), self.given),
            None,
        )

    def _theta(self, domain, checks, neighbour, amendment):
        return Part(
            id=f"theta-{self.name}",
            says=r"\mathrm{Var}_{neg} \ge \tfrac12 \cdot \tfrac{1}{1 - a^2} \mathrm{Var}_{pos}"
            + (r", \quad K \ge 3" if amendment is None else ""),
            statement=Statement(domain, at_least_zero(self.least), self.given),
            checks=checks,
            example=self.points["example"],
            twins=(
                Twin(
                    "with the constant 1",
                    Statement(domain, at_least_zero(lambda x: self.least(x, share=1)), self.given),
                    witness=self.points["example"],
                ),
            ),
            neighbours=(Neighbour("a variation that holds", neighbour, self.points["example"]),),
            amendment=amendment,
        )

    def remark(self, amendment, domain=None, refuted=None, neighbour=None):
        """The Remark over the given sizes; `refuted` is the point against it, where there is one."""
        domain = self.domain if domain is None else domain
        hypotheses = (*self.given, self.compact)
        checks = (
            (Certified(candidates=(refuted,)), Property(also=(refuted, *self.points["also"]), draw=self.draw))
            if refuted is not None
            else (
                Symbolic(f"secu.proposition2:remark_{self.name}"),
                Property(also=self.points["also"], draw=self.draw),
            )
        )
        spared = (
            neighbour
            if neighbour is not None
            else Statement(domain, at_least_zero(lambda x: self.lead(x, 3)), hypotheses)
        )
        return Part(
            id="remark",
            says=r"M (1 - a^2) \le \tfrac12 \Rightarrow \mathrm{Var}_{neg} \ge M\, \mathrm{Var}_{pos}"
            + ("" if refuted is not None else r", \quad K \ge 3"),
            statement=Statement(domain, at_least_zero(self.lead), hypotheses),
            checks=checks,
            example=self.points["example"],
            twins=(
                Twin(
                    "the other way round",
                    Statement(domain, at_least_zero(lambda x: self.lead(x, -1)), hypotheses),
                    witness=self.points["example"],
                ),
            ),
            neighbours=(Neighbour("a variation that holds", spared),),
            amendment=amendment,
        )  # fmt: skip


INDEPENDENT = Setting(
    "independent", DRAWN, drawn_negative, drawn_square, (LENGTHS, CENTRED), draws.drawn,
    {
        "example": {"c": [[["9/10"], ["-9/10"]], [["9/10"], ["-9/10"]]], "a": "9/10", "M": 2},
        "loose": {"c": [[[0], [0]]], "a": 0, "M": "1/4"},
        "also": (
            {"c": [[[0], [0]]], "a": 0, "M": "1/4"},
            {"c": [[["9/10"], ["-9/10"]], [["9/10"], ["-9/10"]]], "a": "9/10", "M": 2},
        ),
    },
)  # fmt: skip
ZERO_SUM = Setting(
    "balanced", GIVEN, given_negative, given_square, (EQUAL, BALANCED), draws.balanced,
    {
        "example": {"mu": [["9/10"], ["9/10"], ["-9/10"], ["-9/10"]], "M": 2},
        "loose": {"mu": [[0], [0]], "M": "1/4"},
        "also": (
            {"mu": [[0], [0]], "M": "1/4"},
            {"mu": [["9/10"], ["9/10"], ["-9/10"], ["-9/10"]], "M": 2},
            {"mu": [["1/2"], ["1/2"], ["-1/2"], ["-1/2"]], "M": "1/4"},
        ),
    },
)  # fmt: skip
ANY = Setting(
    "any", GIVEN, given_negative, given_square, (EQUAL,), draws.alike,
    {**ZERO_SUM.points, "also": (*ZERO_SUM.points["also"], {"mu": [["9/10"]] * 3, "M": 2})},
)  # fmt: skip

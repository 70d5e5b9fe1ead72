"""Pairs of facts that the paper reports in two places, as numbers: 1 for yes, 0 for no, a correlation for a correlation."""

from __future__ import annotations

from ddcl_theory.checks.certified import Certified
from ddcl_theory.checks.symbolic import Symbolic
from ddcl_theory.claim import Amendment, FailingStep, Hypothesis, Neighbour, Part, Statement, Twin
from ddcl_theory.domain import Domain, real
from ddcl_theory.relation import equals_zero, positive


def reported(identifier, says, first, second, example, agrees, breaks, advice):
    """Two recorded numbers: `first` and `second` cite their places; the conclusion is that they agree."""
    domain = Domain((real("first"), real("second")))
    conclusion, opposite, weaker = agrees
    return Part(
        id=identifier,
        says=says,
        statement=Statement(domain, conclusion, (first, second)),
        checks=(Certified(candidates=(example,)),),
        example=example,
        twins=(Twin("in a stronger form", Statement(domain, opposite, (first, second)), example),),
        neighbours=(Neighbour("that they differ", Statement(domain, weaker, (first, second))),),
        amendment=Amendment(
            Part(
                id=f"{identifier}-differ",
                says=r"\text{the two places say different things}",
                statement=Statement(domain, weaker, (first, second)),
                checks=(Symbolic("ddcl.consistency:algebra"), Certified(candidates=(example,))),
                example=example,
                twins=(Twin("that they agree", Statement(domain, conclusion, (first, second)), example),),
                neighbours=(
                    Neighbour(
                        "doubled",
                        Statement(domain, type(weaker)(weaker.op, lambda x: 2 * weaker.values(x)), (first, second)),
                    ),
                ),
            ),
            breaks,
            advice,
        ),
    )


def says_no(place):
    return Hypothesis("first-place", rf"\text{{no ({place})}}", equals_zero(lambda x: x.first))


def says_yes(place):
    return Hypothesis("second-place", rf"\text{{yes ({place})}}", equals_zero(lambda x: x.second - 1))


SAME_ANSWER = (
    equals_zero(lambda x: x.first - x.second),
    equals_zero(lambda x: 2 * (x.first - x.second)),
    positive(lambda x: x.second - x.first),
)
SAME_SIGN = (
    positive(lambda x: x.first * x.second),
    positive(lambda x: 2 * x.first * x.second - 1),
    positive(lambda x: -x.first * x.second),
)
ANSWERS = {"first": 0, "second": 1}
REPORTED = (
    reported(
        "correlation",
        r"\text{the correlations that confirm the feedback cycle have one sign (Blocks 2 and 4)}",
        Hypothesis("block-2", r"r_2 < 0 \text{ (Blocks 1, 2)}", positive(lambda x: -x.first)),
        Hypothesis("block-4", r"r_4 > 0 \text{ (Block 4)}", positive(lambda x: x.second)),
        {"first": "-98/100", "second": "1/2"},
        SAME_SIGN,
        FailingStep(
            "§7.4 (3), §8.2 (4)", "the opposite sign is declared coherent with the same theorem after it was seen"
        ),
        "State before the run which sign the theorem predicts in which regime.",
    ),
    reported(
        "table",
        r"\text{the end-to-end experiment uses neither decoder nor augmentation (Table 1, Block 5)}",
        says_no("Table 1"),
        says_yes("Block 5, warm-up"),
        ANSWERS,
        SAME_ANSWER,
        FailingStep(
            "Table 1 and §7.5", "the warm-up of the end-to-end experiment trains an autoencoder on augmented views"
        ),
        "Count the warm-up as part of the method, or run Block 5 without it.",
    ),
    reported(
        "auxiliary",
        r"\text{the experiment on collapse end to end uses no auxiliary separation (Abstract, Block 5)}",
        says_no("Abstract, §5.4"),
        says_yes("Block 5, separation weight"),
        ANSWERS,
        SAME_ANSWER,
        FailingStep(
            "§7.5",
            "the difference of the losses is ascribed to V while a separation term with growing weight is active",
        ),
        "Run Block 5 with the separation weight at 0.",
    ),
    reported(
        "frozen",
        r"\text{on fixed features the losses differ in no block (§8.2, §7.1)}",
        says_no("§8.2, Blocks 2 and 4"),
        says_yes("Block 1"),
        ANSWERS,
        SAME_ANSWER,
        FailingStep(
            "§8.2",
            "what two blocks show on fixed features is stated of fixed features as such; Block 1 learns no features, and there they differ",
        ),
        "Separate what is said of ∇_z (the same) from the prototype gradients (different) before comparing metrics.",
    ),
)

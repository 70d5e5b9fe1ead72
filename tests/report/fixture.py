"""A fabricated record with every verdict and every feature.

Its claims are examples: no paper makes them, no run computed them, and their numbers are invented.
"""

from __future__ import annotations

from typing import Any

DIGEST = "9f2c1a7be04d5566aa01bb23cc45dd67ee89ff0011223344556677889900aabb"

SVG = """<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="430pt"
 height="215pt" viewBox="0 0 430 215">
<defs><style>* { stroke-linejoin: round; }</style>
<clipPath id="frame"><rect x="40" y="10" width="380" height="170"/></clipPath>
<path id="tick" d="M0 0V4" stroke="#161a1d"/></defs>
<path d="M40 10V180H420" fill="none" stroke="#161a1d"/>
<use xlink:href="#tick" x="135" y="180"/>
<use xlink:href="#tick" x="230" y="180"/><use xlink:href="#tick" x="325" y="180"/>
<g clip-path="url(#frame)" fill="none" stroke-width="2">
<path d="M40 175C90 172 110 40 170 32S300 120 420 96" stroke="#2f6f9f"/>
<path d="M40 178C120 170 150 84 250 66S380 60 420 58" stroke="#c4472f" stroke-dasharray="6 4"/></g>
<text x="230" y="206" text-anchor="middle" font-size="11" fill="#161a1d">temperature T</text>
<text x="300" y="52" font-size="11" fill="#161a1d">entropy</text>
<text x="300" y="132" font-size="11" fill="#161a1d">spread</text>
</svg>"""


def evidence(check: str, outcome: str, **changes: Any) -> dict[str, Any]:
    item: dict[str, Any] = {
        "check": check,
        "kind": check,
        "outcome": outcome,
        "strength": None,
        "scope": "k ≤ 8, d ≤ 6, float64",
        "cases": 0,
        "worst_margin": None,
        "chance_bound": None,
        "seconds": 0.0,
        "detail": "",
        "twins": [],
        "neighbours": [],
    }
    return item | changes


def twin(name: str, killed: bool = True, detail: str = "") -> dict[str, Any]:
    return {"id": name, "killed": killed, "detail": detail}


def neighbour(name: str, spared: bool = True, detail: str = "") -> dict[str, Any]:
    return {"id": name, "spared": spared, "detail": detail}


def witness(point: dict[str, Any], **changes: Any) -> dict[str, Any]:
    item: dict[str, Any] = {
        "role": "simplest",
        "type": "point",
        "sizes": {"k": 3, "d": 1},
        "point": point,
        "predicate": DIGEST,
        "exact": True,
        "shows": "With s = 1/2 at the lower temperature the spread is 12/49, "
        "and with s = 3/4 at the higher one it is 30/121.",
        "relations": [
            {
                "role": "given",
                "id": "order",
                "says": "T_1 < T_2",
                "op": "gt0",
                "trees": {"left": ["sub", "T2", "T1"]},
                "value": "[2.0333 +/- 3.1e-5]",
            },
            {
                "role": "conclusion",
                "id": "monotone",
                "says": "",
                "op": "ge0",
                "trees": {"left": ["v"]},
                "value": "-18/5929",
            },
        ],
    }
    return item | changes


def hypothesis(name: str, says: str, ablation: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "says": says, "ablation": ablation}


def part(name: str, says: str, verdict: str, **changes: Any) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": name,
        "says": says,
        "verdict": verdict,
        "verdict_says": SENTENCES[verdict],
        "strength": None,
        "scope": "k ≤ 8, d ≤ 6",
        "doubt": None,
        "missing": None,
        "predicate": {"digest": DIGEST, "free": ["z", "p", "T1", "T2"]},
        "evidence": [],
        "witnesses": [],
        "failing_step": None,
        "amendment": None,
    }
    return item | changes


def reading(name: str, says: str, parts: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    order = list(SENTENCES)
    verdict = min((item["verdict"] for item in parts), key=order.index)
    worst = next(item for item in parts if item["verdict"] == verdict)
    item: dict[str, Any] = {
        "id": name,
        "says": says,
        "as_printed": False,
        "verdict": verdict,
        "strength": worst["strength"],
        "scope": worst["scope"],
        "hypotheses": [],
        "parts": parts,
    }
    return item | changes


def claim(name: str, title: str, says: str, readings: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    verdict = next(item["verdict"] for item in readings if item["as_printed"])
    item: dict[str, Any] = {
        "id": f"example.{name}",
        "title": title,
        "source": {"paper": "example", "place": "§1"},
        "says": says,
        "derivation": "",
        "verdict": verdict,
        "verdict_says": SENTENCES[verdict],
        "uses": [],
        "figures": [],
        "readings": readings,
        "reproduce": f"ddcl-verify example.{name} --profile standard --seed 0",
    }
    return item | changes


SENTENCES = {
    "ERROR": "A check crashed, or two pieces of evidence contradict each other.",
    "REFUTED": "A witness violates the statement, and an independent evaluator replays it.",
    "CONDITIONAL": "Refuted as it stands; with a further hypothesis the same conclusion is established.",
    "VACUOUS": "The hypotheses cannot be met, or the conclusion cannot fail.",
    "PROVED": "A proof covers the whole domain, and nothing contradicts it.",
    "HOLDS": "No counterexample was found; the doubt that is left is stated.",
    "INCONCLUSIVE": "The evidence does not decide.",
}


def _decomposition() -> dict[str, Any]:
    identity = part(
        "identity",
        r"\sum_j q_j \|z - p_j\|^2 = \|z - Pq\|^2 + \sum_j q_j \|p_j - Pq\|^2",
        "PROVED",
        strength="formal",
        scope="all k, d",
        evidence=[
            evidence(
                "formal",
                "PROVES",
                strength="formal",
                scope="all k, d",
                seconds=4.2,
                detail="The proof compiles; its definitions agree with the predicate on 20 rational points.",
                twins=[twin("half the spread", detail="no proof of the variation goes through")],
            ),
            evidence(
                "symbolic",
                "PROVES",
                strength="symbolic",
                scope="all k, d by coordinate separability",
                cases=1,
                seconds=0.31,
                twins=[twin("half the spread", detail="the difference does not expand to zero")],
                neighbours=[neighbour("a translated copy")],
            ),
            evidence(
                "property",
                "SUPPORTS",
                strength="sampled",
                cases=120_000,
                worst_margin=-3.1e-16,
                chance_bound=2.5e-5,
                seconds=1.84,
                twins=[twin("half the spread"), twin("q not normalised")],
                neighbours=[neighbour("a translated copy")],
            ),
        ],
    )
    return claim(
        "decomposition",
        "The quantisation loss splits into a fit and a spread",
        r"L_q = L_{\mathrm{OLS}} + V \text{ for every } z,\ P \text{ and } q \in \Delta",
        [
            reading(
                "simplex",
                "Any q on the simplex.",
                [identity],
                as_printed=True,
                hypotheses=[
                    hypothesis(
                        "simplex",
                        r"q \in \Delta",
                        {
                            "status": "NEEDED",
                            "detail": "Without Σ q = 1 the cross term survives.",
                            "witness": witness(
                                {"z": ["1"], "p": [["1"]], "q": ["2"]},
                                sizes={"k": 1, "d": 1},
                                relations=[],
                                shows="With q = 2 the two sides are 0 and 3.",
                            ),
                        },
                    )
                ],
            )
        ],
        derivation="Write m = Pq, and z − p_j = (z − m) + (m − p_j).\n\nThen\n\n"
        "    Σ q_j |z − p_j|² = |z − m|² + 2⟨z − m, Σ q_j (m − p_j)⟩ + Σ q_j |m − p_j|²\n\n"
        "and the middle term vanishes, because Σ q_j (m − p_j) = m − m = 0.",
        verdict_says="Proved for every k and d, in two ways.",
    )


def _spread() -> dict[str, Any]:
    amendment = {
        "id": "example.spread.softmax.monotone.amended",
        "says": r"V(q(T_1), P) \le V(q(T_2), P) \text{ for all } 0 < T_1 < T_2",
        "adds": [
            hypothesis(
                "two-levels",
                r"d_j \in \{a, b\} \text{ for all } j",
                {"status": "NEEDED", "detail": "At three levels the witness above applies.", "witness": None},
            )
        ],
        "same_conclusion": True,
        "verdict": "HOLDS",
        "strength": "searched",
        "scope": "k ≤ 6, d ≤ 4",
        "doubt": "2 000 000 cases, worst margin 4e-9.",
        "makes_conditional": False,
        "because": "the added hypothesis has no interior among the prototypes.",
        "advice": "Do not read a growing spread as a sign of rising temperature: "
        "log the spread and the temperature side by side.",
        "evidence": [
            evidence(
                "adversarial",
                "SUPPORTS",
                strength="searched",
                scope="k ≤ 6, d ≤ 4, float64",
                cases=2_000_000,
                worst_margin=4e-9,
                seconds=12.5,
                twins=[twin("three levels")],
                neighbours=[neighbour("scaled prototypes")],
            )
        ],
        "witnesses": [],
        "examples": [{"k": 2, "d": 1, "point": {"z": ["0"], "p": [["1"], ["-1"]]}, "radius": "1/100"}],
    }
    monotone = part(
        "monotone",
        r"T_1 < T_2 \implies V(q(T_1), P) \le V(q(T_2), P)",
        "REFUTED",
        strength="exact",
        evidence=[
            evidence(
                "adversarial",
                "REFUTES",
                strength="searched",
                cases=4_096_000,
                worst_margin=-0.0416,
                seconds=3.4,
                detail="Reached in 11 steps from 96 % of the starts.",
                twins=[twin("the spread falls")],
                neighbours=[neighbour("a permuted copy")],
            ),
            evidence(
                "certified",
                "REFUTES",
                strength="exact",
                scope="the witness",
                cases=1,
                worst_margin=-0.00304,
                seconds=0.02,
            ),
            evidence("formal", "NOT_RUN", scope="", detail="Coq is not installed."),
        ],
        witnesses=[
            witness({"z": ["0"], "p": [["0"], ["1"], ["1"]], "T1": {"s": "1/2"}, "T2": {"s": "3/4"}}),
            witness(
                {"z": ["0", "0"], "p": [["0", "1/3"], ["2", "0"], ["-1", "-3/2"]], "q": ["1/2", "1/4", "1/4"]},
                role="worst",
                sizes={"k": 3, "d": 2},
                exact=False,
                shows="The spread falls by 0.0416 between the two temperatures, the largest fall that was found.",
            ),
        ],
        failing_step={
            "place": "Appendix, proof of §1",
            "says": "The step differentiates the spread and keeps only the first of two terms; "
            "the second one is negative where "
            "a near prototype loses mass to a pair that coincides.",
        },
        amendment=amendment,
    )
    limit = part(
        "limit",
        r"V(q(T), P) \to \frac{1}{k} \sum_{j=1}^{k} \|p_j - \bar p\|^2 \text{ as } T \to \infty",
        "PROVED",
        strength="symbolic",
        scope="all k, d",
        evidence=[
            evidence(
                "symbolic",
                "PROVES",
                strength="symbolic",
                scope="all k, d",
                cases=1,
                seconds=0.12,
                twins=[twin("the sum in place of the mean")],
            )
        ],
    )
    fixed = part(
        "monotone",
        r"V(q, P) \text{ does not depend on } T",
        "HOLDS",
        strength="sampled",
        doubt="50 000 cases, worst margin 0; the chance that the next one refutes is at most 6e-5 (95 %).",
        evidence=[
            evidence(
                "property",
                "SUPPORTS",
                strength="sampled",
                cases=50_000,
                worst_margin=0.0,
                chance_bound=6e-5,
                seconds=0.7,
                twins=[twin("q drifts", False, "its witness lies beyond k ≤ 8"), twin("p drifts")],
            )
        ],
    )
    return claim(
        "spread",
        "The spread of the prototypes grows with temperature",
        r"V(q(T), P) \text{ is non-decreasing in } T, \text{ and tends to the variance of } P \text{ as } T \to \infty",
        [
            reading(
                "softmax",
                "q is the softmax of −d/T and is recomputed at each temperature.",
                [monotone, limit],
                as_printed=True,
                hypotheses=[
                    hypothesis(
                        "temperature-positive",
                        "T_1, T_2 > 0",
                        {"status": "UNDECIDED", "detail": "The softmax is not defined elsewhere.", "witness": None},
                    ),
                    hypothesis(
                        "ordered",
                        "T_1 < T_2",
                        {
                            "status": "NEEDED",
                            "detail": "Exchanging the two turns the inequality round.",
                            "witness": None,
                        },
                    ),
                    hypothesis(
                        "centred",
                        r"\sum_j p_j = 0",
                        {"status": "REDUNDANT", "detail": "V does not change under translation.", "witness": None},
                    ),
                ],
            ),
            reading("fixed", "q is a constant that does not depend on the temperature.", [fixed]),
        ],
        uses=["example.decomposition", "example.softmax"],
        source={"paper": "example", "place": "§2, Corollary 4"},
        derivation="Let q(T) be the softmax of −d/T. The derivative of V along T has two terms.\n\n"
        "Only the first of them is a variance.",
        figures=[
            {
                "id": "curves",
                "title": "Spread and entropy",
                "svg": SVG,
                "alt": "Two curves over temperature: entropy rises throughout, spread rises and then falls.",
                "caption": "The spread peaks where the far pair holds half of the mass.",
            }
        ],
        verdict_says="An exact witness with k = 3 and d = 1 shows the spread falling while the temperature rises.",
    )


def _simple(name: str, title: str, says: str, verdict: str, uses: list[str], **changes: Any) -> dict[str, Any]:
    only = part("statement", says, verdict, **changes)
    return claim(
        name,
        title,
        says,
        [reading("plain", "The statement as it stands.", [only], as_printed=True)],
        uses=[f"example.{used}" for used in uses],
    )


def _threshold() -> dict[str, Any]:
    amended = {
        "id": "example.threshold.plain.statement.amended",
        "says": r"\lambda_P > k \lambda_{\mathrm{sep}} \implies E(P) \to \infty \text{ as } \|P\| \to \infty",
        "adds": [hypothesis("strong-decay", r"\lambda_P > k \lambda_{\mathrm{sep}}")],
        "same_conclusion": True,
        "verdict": "PROVED",
        "strength": "symbolic",
        "scope": "all k, d",
        "doubt": None,
        "makes_conditional": True,
        "because": "the conclusion is the same, and the added hypothesis holds on an open set for every k and d.",
        "advice": "Set the weight decay above k times the separation weight.",
        "evidence": [
            evidence(
                "symbolic",
                "PROVES",
                strength="symbolic",
                scope="all k, d",
                cases=1,
                seconds=0.2,
                twins=[twin("half the bound")],
            )
        ],
        "witnesses": [],
        "examples": [],
    }
    return _simple(
        "threshold",
        "A little weight decay bounds the prototypes",
        r"\lambda_P > 0 \implies E(P) \to \infty \text{ as } \|P\| \to \infty",
        "CONDITIONAL",
        ["spread"],
        strength="exact",
        amendment=amended,
        witnesses=[
            witness(
                {"P": [["t"], ["-t"]]},
                type="ray",
                sizes={"k": 2, "d": 1},
                shows="Along P = (t, −t) the energy is −2t², which falls without bound.",
                relations=[],
            )
        ],
        evidence=[
            evidence(
                "certified",
                "REFUTES",
                strength="exact",
                scope="an explicit ray",
                cases=1,
                worst_margin=-2.0,
                seconds=0.01,
            )
        ],
    )


def _measured_figure() -> dict[str, Any]:
    """A figure with what a record may leave out: the function that drew it and its data."""
    line = {"kind": "line", "label": "entropy", "x": [0, 1, 2], "y": [0, 0.5, None], "mark": "o", "face": "none"}
    plot = {"title": "", "xlabel": "T", "ylabel": "entropy", "xscale": "linear", "yscale": "linear", "artists": [line]}
    return {
        "id": "entropy",
        "title": "Entropy over temperature",
        "svg": SVG,
        "alt": "The entropy rises with the temperature.",
        "caption": "Three replicates.",
        "script": "example_package.figures:entropy_over_temperature",
        "data": {"axes": [plot]},
    }


def _table() -> dict[str, Any]:
    return {
        "id": "scores",
        "title": "Scores of the methods",
        "caption": "Mean and standard deviation of three replicates.",
        "columns": ["Method", "Condition", "n", "ACC", "ACC, paper", "NMI"],
        "rows": [
            [
                "softmax",
                "T = 0.5",
                3,
                {"mean": 0.57612, "sd": 0.053},
                {"mean": 0.563, "sd": None, "secondary": True},
                {"mean": 0.4, "sd": None, "n": 1},
            ],
            ["hard <b>", "", 0, None, None, None],
        ],
    }


def record() -> dict[str, Any]:
    """A new copy of the whole record."""
    claims = [
        _decomposition(),
        _simple(
            "softmax",
            "The softmax minimises free energy",
            r"q(T) = \arg\min_{q \in \Delta} \sum_j q_j d_j + T \sum_j q_j \log q_j",
            "HOLDS",
            [],
            strength="sampled",
            doubt="100 000 cases, worst margin 2e-16.",
            evidence=[
                evidence(
                    "property",
                    "SUPPORTS",
                    strength="sampled",
                    cases=100_000,
                    worst_margin=2e-16,
                    chance_bound=3e-5,
                    seconds=2.2,
                    twins=[twin("no entropy")],
                    neighbours=[neighbour("shifted", False, "killed in float32 at scale 1e30")],
                )
            ],
        ),
        _spread(),
        _threshold(),
        _simple(
            "descent",
            "The loss never rises in training",
            r"\dot{P} = -\nabla_P L_q \implies \tfrac{d}{dt} L_q \le 0",
            "INCONCLUSIVE",
            ["softmax", "threshold"],
            missing="A case in which the drift of q outweighs the descent, or a bound on that drift.",
            evidence=[
                evidence(
                    "dynamics",
                    "UNDECIDED",
                    cases=64,
                    worst_margin=-1e-7,
                    seconds=31.0,
                    detail="The margin is below the error of the integrator.",
                )
            ],
        ),
        _simple(
            "unique",
            "The equilibrium is unique",
            r"\text{if } P \text{ is constant then every } p_i = p_j \text{ is the only equilibrium}",
            "VACUOUS",
            ["decomposition", "descent"],
            strength="symbolic",
            scope="all k ≥ 2",
            evidence=[
                evidence(
                    "symbolic",
                    "VACUOUS",
                    strength="symbolic",
                    scope="all k ≥ 2",
                    cases=1,
                    seconds=0.4,
                    detail="No point meets both hypotheses.",
                )
            ],
        ),
        _simple(
            "crash",
            "The <script>alert('x')</script> & \"quoted\" claim",
            r"a < b \text{ \& } b > a",
            "ERROR",
            [],
            evidence=[
                evidence(
                    "property", "CRASHED", detail="RuntimeError: <b>not bold</b> & \x1b[31mnot red\x1b[0m </script><!--"
                )
            ],
        ),
    ]
    claims[-1]["uses"] = ["elsewhere.lemma1"]
    claims[1] |= {"figures": [_measured_figure()], "tables": [_table()]}
    return {
        "schema": "ddcl-verify/1",
        "versions": {"ddcl-verify": "0.1.0", "python": "3.11.7", "torch": "2.13.0", "sympy": "1.14.0", "coq": None},
        "seed": 0,
        "profile": "standard",
        "device": "cpu",
        "command": "ddcl-verify all --profile standard --seed 0 --report audit.html",
        "times": {"started": "2026-03-14T15:09:26Z", "seconds": 83.9, "claims": {item["id"]: 12.0 for item in claims}},
        "interrupted": True,
        "missing": ["example.late"],
        "teeth": {"twins": {"killed": 13, "total": 14}, "neighbours": {"spared": 5, "total": 6}},
        "limits": [
            "HOLDS rests on finite samples: "
            "a counterexample outside of the scope that is printed beside it remains possible.",
            "The statement over the reals and the behaviour of float code are two rows; "
            "a proof of the one says nothing about the other.",
        ],
        "claims": claims,
    }

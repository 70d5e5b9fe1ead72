"""The variance of numbers near 100 in single precision: good from the centred numbers, lost as a difference of moments.

The centred form has an error of a few units of the variance.  In the mean of the squares less the square of the mean numbers
of size 10⁴ cancel to about 1, so that of 24 bits about 11 are left.
"""

from __future__ import annotations

from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Claim, Neighbour, Twin
from ddcl_theory.domain import Domain, Sizes, real
from twenty_claims.form import claim, part

DOMAIN = Domain((real("a", "k"),), {"k": (2, 4)})


def two_pass(batch: Any) -> Any:
    a = batch["a"]
    return (a - a.mean(-1, keepdim=True)).square().mean(-1)


def two_pass_reversed(batch: Any) -> Any:
    return two_pass({"a": batch["a"].flip(-1)})


def one_pass(batch: Any) -> Any:
    a = batch["a"]
    return a.square().mean(-1) - a.mean(-1).square()


def near_a_hundred(sizes: Sizes, cases: int, generator: Any) -> dict[str, Any]:
    import torch

    return {"a": 100 + torch.randn(cases, sizes["k"], generator=generator, dtype=torch.float64)}


def variance(x: Any) -> Any:
    return ex.mean((v - ex.mean(x.a)) ** 2 for v in x.a)


def scale(x: Any) -> Any:
    """The variance, and what an error of a rounding unit in each centred number adds to it."""
    return variance(x) + ex.sqrt(variance(x)) + ex.Fraction(1, 100)


def row(name: str, title: str) -> Claim:
    def statement(code: str, factor: int = 1) -> CodeStatement:
        return CodeStatement(
            DOMAIN,
            f"twenty_claims.floats:{code}",
            lambda x: factor * variance(x),
            scale,
            dtype="float32",
            units=256,
            draw=near_a_hundred,
        )

    return claim(
        name,
        title,
        __doc__,
        part(
            rf"\mathrm{{fl}}(\mathrm{{Var}}(a)) \approx \mathrm{{Var}}(a) \text{{ ({title})}}",
            statement(name.removeprefix("variance-").replace("-", "_")),
            (Conforms(),),
            None,
            (Twin("twice the variance", statement("two_pass", 2)),),
            (Neighbour("the opposite order", statement("two_pass_reversed")),),
        ),
    )


CLAIMS = [
    row("variance-two-pass", "from centred numbers"),
    row("variance-one-pass", "as a difference of moments"),
]

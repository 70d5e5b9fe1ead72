"""The difference of two squares in floating point: good as a product of sum and difference, not as it is written."""

from __future__ import annotations

from typing import Any

from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Claim, Neighbour, Part, Reading, Source, Twin
from ddcl_theory.domain import Domain, Sizes, real

DOMAIN = Domain((real("a"), real("b")))


def product(batch: Any) -> Any:
    return (batch["a"] - batch["b"]) * (batch["a"] + batch["b"])


def product_reversed(batch: Any) -> Any:
    return (batch["a"] + batch["b"]) * (batch["a"] - batch["b"])


def naive(batch: Any) -> Any:
    return batch["a"] * batch["a"] - batch["b"] * batch["b"]


def nearly_equal(sizes: Sizes, cases: int, generator: Any) -> dict[str, Any]:
    """Pairs that differ by about one part in ten thousand, whose squares cancel."""
    import torch

    a = 1 + torch.rand(cases, generator=generator)
    return {"a": a, "b": a * (1 + 1e-4 * torch.rand(cases, generator=generator))}


def _code(name: str, factor: int = 1) -> CodeStatement:
    def reference(x: Any) -> Any:
        return factor * (x.a - x.b) * (x.a + x.b)

    # The scale is the value itself: what cancels is not allowed for.
    return CodeStatement(
        DOMAIN, f"ddcl_example.floats:{name}", reference, reference, dtype="float32", units=4, draw=nearly_equal
    )


def _part(name: str) -> Part:
    return Part(
        id=name,
        says=rf"\mathrm{{fl}}(a^2 - b^2) \approx a^2 - b^2 \text{{ ({name})}}",
        statement=_code(name),
        checks=(Conforms(),),
        twins=(Twin("twice the difference", _code(name, 2)),),
        neighbours=(Neighbour("the factors exchanged", _code("product_reversed")),),
    )


def claims() -> list[Claim]:
    return [
        Claim(
            id="example.sum",
            title="The difference of two squares in floating point",
            source=Source("example", "§4"),
            says=r"\mathrm{fl}(a^2 - b^2) \approx a^2 - b^2",
            derivation=__doc__ or "",
            readings=(
                Reading("product", "computed as a product", (_part("product"),), as_printed=True),
                Reading("naive", "computed as it is written", (_part("naive"),)),
            ),
        )
    ]

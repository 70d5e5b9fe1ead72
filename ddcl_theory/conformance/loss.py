"""check_loss: the property suite for a loss of samples, prototypes and assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from ddcl_theory.conformance import arguments
from ddcl_theory.conformance.cases import GRID, Case, degenerate, ordinary
from ddcl_theory.conformance.loss_properties import PROPERTIES, Loss
from ddcl_theory.conformance.reference import KINDS
from ddcl_theory.conformance.report import ConformanceReport, judge, name_of, selected

#: Properties that need a claim of their own: "value" a declared kind, "above-ols" the wish to have it checked.
CLAIMED = ("value", "above-ols")
ARGUMENTS = ("z", "prototypes", "q")


def check_loss(
    loss: Callable[[Tensor, Tensor, Tensor], Any],
    *,
    kind: str | None = None,
    reduction: str = "mean",
    differentiable: Iterable[str] = ARGUMENTS,
    k: int = 4,
    d: int = 3,
    n: int = 5,
    dtype: torch.dtype | str = torch.float64,
    device: torch.device | str = "cpu",
    seed: int = 0,
    cases: int = 12,
    properties: Iterable[str] | None = None,
) -> ConformanceReport:
    """Run the suite on `loss(z, prototypes, q)`: z (n, d), prototypes (k, d), q (n, k) on the simplex -> () or (n,).

    kind: "quantization", "ols" or "variance" where it claims to be L_q, L_OLS or V; its values are then compared with
        exact arithmetic.  reduction: "mean" or "sum", how a scalar result sums the samples up.
    differentiable: the arguments whose gradients are compared; leave out those that are detached on purpose.
    k, d, n: the largest sizes that are used; smaller ones are used as well.  cases: random cases a property.
    properties: names from `loss_properties.PROPERTIES`; by default all but "above-ols", and "value" if `kind` is given.
    The degenerate battery also runs in float32.  Raises TypeError if `loss` cannot be called this way, ValueError for
    other arguments out of range.
    """
    arguments.function("loss", loss, "a function (z, prototypes, q) -> tensor")
    subject = _subject(loss, kind, reduction, differentiable)
    k, d, n = arguments.count("k", k, GRID // 2), arguments.count("d", d, 4096), arguments.count("n", n, 4096)
    number = arguments.count("cases", cases, 10_000)
    wanted_dtype, where = arguments.dtype(dtype), arguments.device(device)
    default = [p for p in PROPERTIES if p not in CLAIMED or (p == "value" and kind is not None)]
    names = selected(properties, tuple(PROPERTIES), default)
    if "value" in names and kind is None:
        raise ValueError(
            f"kind: got None, accepted {', '.join(map(repr, KINDS))} because the property 'value' was asked for"
        )
    generator = torch.Generator().manual_seed(arguments.seed(seed))
    common = ordinary(k, d, n, number, wanted_dtype, where, generator)
    battery = degenerate(k, d, n, wanted_dtype, where, generator)
    if wanted_dtype != torch.float32:
        battery += [c.to(torch.float32) for c in battery]
    _probe(subject, common[0])
    rows = tuple(
        judge(
            name,
            PROPERTIES[name].demands,
            battery if PROPERTIES[name].battery else common,
            lambda c: c.size,
            lambda c, name=name: PROPERTIES[name].check(subject, c),  # type: ignore[misc]
            lambda c, name=name: _reproduction(subject, name, c),  # type: ignore[misc]
        )
        for name in names
    )
    setting = f"k ≤ {k}, d ≤ {d}, n ≤ {n}, {str(wanted_dtype).removeprefix('torch.')} on {where}, seed {seed}"
    return ConformanceReport(name_of(loss), setting, rows)


def assert_loss(loss: Callable[[Tensor, Tensor, Tensor], Any], **options: Any) -> ConformanceReport:
    """`check_loss` that raises AssertionError, with a reproduction, where a property fails."""
    __tracebackhide__ = True
    report = check_loss(loss, **options)
    report.raise_if_failed()
    return report


def reproduce_loss(
    loss: Callable[[Tensor, Tensor, Tensor], Any],
    name: str,
    z: Tensor,
    prototypes: Tensor,
    q: Tensor,
    *,
    kind: str | None = None,
    reduction: str = "mean",
    differentiable: Iterable[str] = ARGUMENTS,
) -> None:
    """Check one property at one case; AssertionError says what came out."""
    __tracebackhide__ = True
    arguments.choice("name", name, tuple(PROPERTIES))
    found = PROPERTIES[name].check(_subject(loss, kind, reduction, differentiable), Case("this case", z, prototypes, q))
    if not found.passed:
        raise AssertionError(f"{name}: {PROPERTIES[name].demands}; {found.says}")


def _subject(loss: Any, kind: str | None, reduction: str, differentiable: Iterable[str]) -> Loss:
    if kind is not None:
        arguments.choice("kind", kind, KINDS)
    arguments.choice("reduction", reduction, ("mean", "sum"))
    named = tuple(differentiable)
    if not named or any(a not in ARGUMENTS for a in named):
        raise ValueError(f"differentiable: got {named!r}, accepted some of {', '.join(map(repr, ARGUMENTS))}")
    return Loss(loss, kind, reduction, named)


def _probe(subject: Loss, case: Case) -> None:
    """One call on an ordinary case: what fails here does not have the signature that the suite is about."""
    try:
        subject.raw(case.z, case.prototypes, case.q)
    except Exception as error:
        shapes = f"z {tuple(case.z.shape)}, prototypes {tuple(case.prototypes.shape)}, q {tuple(case.q.shape)}"
        raise TypeError(
            f"loss: calling it on {shapes} raised {type(error).__name__}: {error}; "
            "accepted is a function (z (n, d), prototypes (k, d), q (n, k)) -> tensor () or (n,)"
        ) from error


def _reproduction(subject: Loss, name: str, case: Case) -> str:
    options = []
    if subject.kind is not None:
        options.append(f"kind={subject.kind!r}")
    if subject.reduction != "mean":
        options.append(f"reduction={subject.reduction!r}")
    if subject.differentiable != ARGUMENTS:
        options.append(f"differentiable={subject.differentiable!r}")
    call = ", ".join(["loss", repr(name), "z", "prototypes", "q", *options])
    return "\n".join(
        ["import torch", "from ddcl_theory.conformance import reproduce_loss", case.code(), f"reproduce_loss({call})"]
    )

"""The suite on losses: right ones pass, and each mistake is found under its own name."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import conformance_subjects as im
import pytest
import torch

from ddcl_core import functional
from ddcl_theory.conformance import arguments, check_loss, reproduce_loss
from ddcl_theory.conformance.cases import assignments, degenerate, ordinary
from ddcl_theory.conformance.loss_properties import PROPERTIES
from ddcl_theory.conformance.reference import exactly

DTYPES = ("float32", "float64")
OWN = {
    "quantization": functional.quantization_loss,
    "ols": functional.ols_loss,
    "variance": functional.prototype_variance,
}


def failing(loss: Callable[..., Any], **options: Any) -> set[str]:
    return {row.property for row in check_loss(loss, **options).failed}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", [im.plain, im.per_sample])
def test_right_losses_pass(loss: Callable[..., Any], dtype: str) -> None:
    report = check_loss(loss, kind="quantization", dtype=dtype)
    assert report.passed, str(report)
    assert {row.property for row in report.rows} == set(PROPERTIES) - {"above-ols"}
    assert all(row.cases > 0 for row in report.rows)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("kind", OWN)
def test_the_losses_of_ddcl_core_pass(kind: str, reduction: str, dtype: str) -> None:
    def loss(z: torch.Tensor, prototypes: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
        return OWN[kind](z, prototypes, q, reduction)

    claimed = "mean" if reduction == "none" else reduction
    properties = [p for p in PROPERTIES if p != "above-ols" or kind != "variance"]
    report = check_loss(loss, kind=kind, reduction=claimed, dtype=dtype, k=7, d=5, n=9, properties=properties)
    assert report.passed, str(report)


@pytest.mark.parametrize(
    ("loss", "options", "expected"),
    [
        (im.gap, {"kind": "quantization"}, {"value"}),
        (im.forgets_the_mean, {"kind": "quantization"}, {"samples"}),
        (im.expanded_square, {"kind": "quantization", "dtype": "float32"}, {"translation"}),
        (im.expanded_square, {"kind": "quantization", "dtype": "float64"}, {"translation"}),
        (im.root_and_square, {"kind": "quantization"}, {"finite-gradient"}),
        (im.detached, {"kind": "quantization"}, {"gradient"}),
        (im.smoothed, {}, {"homogeneity"}),
        (im.taxicab, {}, {"rotation"}),
        (im.favours_the_first, {}, {"permutation"}),
        (im.centred_on_the_batch, {}, {"samples"}),
        (im.keeps_single_precision, {"properties": ["output", "finite", "repeatable"]}, {"output"}),
        (im.centres_in_place, {"properties": ["output", "finite", "repeatable"]}, {"repeatable"}),
    ],
)
def test_each_mistake_fails_exactly_its_property(
    loss: Callable[..., Any], options: dict[str, Any], expected: set[str]
) -> None:
    assert failing(loss, **options) == expected


def test_claims_decide_what_is_a_mistake() -> None:
    assert failing(im.forgets_the_mean, kind="quantization", reduction="sum") == set()
    assert failing(im.detached, kind="quantization", differentiable=("z", "prototypes")) == set()
    assert failing(im.gap, kind="variance") == set()
    assert failing(im.gap, properties=["above-ols"]) == {"above-ols"}


def test_a_loss_that_raises_on_admissible_cases_fails_there() -> None:
    def refuses_single_prototypes(z: torch.Tensor, prototypes: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
        if len(prototypes) == 1:
            raise RuntimeError("needs two prototypes")
        return im.plain(z, prototypes, q)

    report = check_loss(refuses_single_prototypes)
    assert {row.property for row in report.failed} == {"finite", "finite-gradient"}
    assert "it raises RuntimeError: needs two prototypes" in str(report)


@pytest.mark.parametrize(
    ("loss", "options", "name"),
    [
        (im.gap, {"kind": "quantization"}, "value"),
        (im.forgets_the_mean, {}, "samples"),
        (im.expanded_square, {"dtype": "float32"}, "translation"),
        (im.root_and_square, {}, "finite-gradient"),
    ],
)
def test_a_reproduction_fails_on_the_broken_and_passes_on_the_right_loss(
    loss: Callable[..., Any], options: dict[str, Any], name: str
) -> None:
    (row,) = [r for r in check_loss(loss, **options).rows if r.property == name]
    assert row.counterexample is not None
    with pytest.raises(AssertionError, match=name):
        exec(row.counterexample, {"loss": loss})
    exec(row.counterexample, {"loss": im.plain})


def test_reports_say_what_ran_and_raise_on_demand() -> None:
    good, bad = check_loss(im.plain), check_loss(im.taxicab)
    good.raise_if_failed()
    assert str(good).startswith("plain: 10 of 10 properties hold (k ≤ 4, d ≤ 3, n ≤ 5, float64 on cpu, seed 0)")
    with pytest.raises(AssertionError, match=r"FAILS  rotation.*(\n.*)*To reproduce rotation"):
        bad.raise_if_failed()
    assert check_loss(im.taxicab) == bad
    assert check_loss(im.taxicab, seed=1).rows != bad.rows


def test_references_by_hand() -> None:
    z, p, q = torch.tensor([0.0, 1.0]), torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor([0.75, 0.25])
    assert exactly("quantization", z, p, q) == Fraction(3, 4) * 1 + Fraction(1, 4) * 5
    assert exactly("ols", z, p, q) == Fraction(1, 4) + 1
    assert exactly("variance", z, p, q) == Fraction(3, 4) * Fraction(1, 4) + Fraction(1, 4) * Fraction(9, 4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_cases_are_exact_where_the_suite_relies_on_it(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(3)
    for case in ordinary(5, 3, 4, 16, dtype, torch.device("cpu"), generator):
        assert bool((case.q.sum(-1) == 1).all()) and float(case.q.amin()) > 0
        for points in (case.z, case.prototypes):
            assert torch.equal((points + 1000) - 1000, points)
    for case in degenerate(5, 3, 4, dtype, torch.device("cpu"), generator):
        assert bool((case.q.sum(-1) == 1).all()) and float(case.q.amin()) >= 0
        assert case.z.shape[1] == case.prototypes.shape[1] and case.q.shape == (len(case.z), len(case.prototypes))
    weights = assignments(50, 512, generator)
    assert bool((weights.sum(-1) == 1).all()) and float(weights.amin()) == 1 / 1024


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "l2"}, r"^kind: got 'l2', accepted 'quantization', 'ols', 'variance'$"),
        ({"reduction": "none"}, r"^reduction: got 'none', accepted 'mean', 'sum'$"),
        ({"differentiable": ("w",)}, r"^differentiable: got \('w',\), accepted"),
        ({"k": 0}, r"^k: got 0, accepted an integer from 1 to 512$"),
        ({"d": 1.5}, r"^d: got 1\.5, accepted an integer"),
        ({"n": True}, r"^n: got True, accepted an integer"),
        ({"cases": -1}, r"^cases: got -1, accepted an integer"),
        ({"seed": -1}, r"^seed: got -1, accepted an integer"),
        ({"dtype": torch.float16}, r"^dtype: got torch\.float16, accepted torch\.float32, torch\.float64"),
        ({"device": "nowhere"}, r"^device: got 'nowhere', accepted a device of this machine"),
        ({"properties": ["speed"]}, r"^properties: got 'speed', accepted output, "),
        ({"properties": []}, r"^properties: got none, accepted output, "),
        ({"properties": ["value"]}, r"^kind: got None, accepted .* because the property 'value' was asked for$"),
    ],
)
def test_misuse_names_the_argument(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_loss(im.plain, **options)


def test_what_is_no_such_loss_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^loss: got int, accepted a function"):
        check_loss(3)  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match=r"^loss: calling it on z \(5, 3\), prototypes \(4, 3\), q \(5, 4\) raised TypeError"
    ):
        check_loss(lambda z: z)  # type: ignore[misc, arg-type]
    with pytest.raises(
        TypeError, match=r"returned a tensor of shape \(5, 4\), accepted a tensor of shape \(\) or \(5,\)"
    ):
        check_loss(lambda z, prototypes, q: q)
    with pytest.raises(TypeError, match=r"^properties: got the string 'value'"):
        check_loss(im.plain, properties="value")
    with pytest.raises(ValueError, match=r"^name: got 'speed'"):
        reproduce_loss(im.plain, "speed", torch.zeros(1, 1), torch.zeros(1, 1), torch.ones(1, 1))
    with pytest.raises(ValueError, match=r"^temperature: got 0"):
        arguments.temperature(0)

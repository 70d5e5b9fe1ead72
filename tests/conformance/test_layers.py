"""The suite on layers: right ones pass, and each mistake is found under its own name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import conformance_subjects as im
import pytest
import torch
from torch import nn

from ddcl_theory.conformance import check_layer
from ddcl_theory.conformance.layer_properties import PROPERTIES

WITH_TEMPERATURE: dict[str, Any] = {"d": 3, "temperature": 2.0}


def failing(layer: Callable[[], nn.Module] | nn.Module, **options: Any) -> set[str]:
    return {row.property for row in check_layer(layer, **options).failed}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layer", [im.Soft, im.Encoded, im.Soft()])
def test_right_layers_pass(layer: Callable[[], nn.Module] | nn.Module, dtype: str) -> None:
    report = check_layer(layer, dtype=dtype, k=4, **WITH_TEMPERATURE)
    assert report.passed, str(report)
    assert {row.property for row in report.rows} == set(PROPERTIES)


def test_a_layer_whose_prototypes_come_from_the_batch_passes_when_that_is_said() -> None:
    assert failing(im.Dual, batch_dependent=True, **WITH_TEMPERATURE) == set()
    assert failing(im.Dual, **WITH_TEMPERATURE) == {"finite", "sample-order", "batch-of-one"}


@pytest.mark.parametrize(
    ("layer", "options", "expected"),
    [
        (im.OverTheSamples, {"batch_dependent": True}, {"simplex", "ordering"}),
        (im.IgnoresTheTemperature, {"temperature": 2.0}, {"assignment"}),
        (im.NotNormalised, {}, {"simplex"}),
        (im.Unguarded, {}, {"finite"}),
        (im.Farthest, {}, {"ordering"}),
        (im.CutOff, {}, {"gradients"}),
        (im.Unregistered, {}, {"state"}),
        (im.Noisy, {"properties": ["output", "simplex", "repeatable", "gradients"]}, {"repeatable"}),
        (im.WithBatchStatistics, {"properties": ["output", "simplex", "batch-of-one"]}, {"batch-of-one"}),
        (im.SinglePrecision, {"properties": ["output", "simplex", "precision"]}, {"precision"}),
    ],
)
def test_each_mistake_fails_exactly_its_property(
    layer: Callable[[], nn.Module], options: dict[str, Any], expected: set[str]
) -> None:
    assert failing(layer, d=3, **options) == expected


def test_convention_and_temperature_are_claims() -> None:
    assert failing(lambda: im.Soft(temperature=2.0), d=3, temperature=1.0, convention="d/2T") == set()
    assert failing(lambda: im.Soft(temperature=2.0), d=3, temperature=1.0) == {"assignment"}


@pytest.mark.parametrize(("layer", "options", "name"), [
    (im.IgnoresTheTemperature, {"temperature": 2.0}, "assignment"),
    (im.NotNormalised, {}, "simplex"),
    (im.Unguarded, {"seed": 5}, "finite"),
])  # fmt: skip
def test_a_reproduction_fails_on_the_broken_and_passes_on_the_right_layer(
    layer: Callable[[], nn.Module], options: dict[str, Any], name: str
) -> None:
    (row,) = check_layer(layer, d=3, **options).failed
    assert row.property == name and row.counterexample is not None
    with pytest.raises(AssertionError, match=name):
        exec(row.counterexample, {"layer": layer})
    exec(row.counterexample, {"layer": im.Soft})


def test_nothing_outside_is_changed() -> None:
    layer = im.Soft()
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    torch.manual_seed(0)
    random_state = torch.get_rng_state()
    check_layer(layer, d=3)
    check_layer(im.Soft, d=3)
    assert torch.equal(torch.get_rng_state(), random_state)
    assert layer.training and all(p.grad is None for p in layer.parameters())
    assert all(torch.equal(before[name], value) for name, value in layer.state_dict().items())


def test_the_same_seed_gives_the_same_report() -> None:
    assert check_layer(im.Unguarded, d=3) == check_layer(im.Unguarded, d=3)
    assert check_layer(im.Unguarded, d=3, seed=1).rows != check_layer(im.Unguarded, d=3).rows


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"d": 0}, r"^d: got 0, accepted an integer"),
        ({"d": 3, "n": 0}, r"^n: got 0, accepted an integer"),
        ({"d": 3, "k": 0}, r"^k: got 0, accepted an integer"),
        ({"d": 3, "temperature": -1.0}, r"^temperature: got -1\.0, accepted a positive finite number or None$"),
        ({"d": 3, "convention": "T/d"}, r"^convention: got 'T/d', accepted 'd/T', 'd/2T'$"),
        ({"d": 3, "properties": ["assignment"]}, r"^temperature: got None, accepted a positive number because"),
        ({"d": 3, "properties": ["speed"]}, r"^properties: got 'speed', accepted output, "),
    ],
)
def test_misuse_names_the_argument(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_layer(im.Soft, **options)


def test_what_is_no_such_layer_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^layer: got str, accepted a torch\.nn\.Module"):
        check_layer("soft", d=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^layer: the function returned int, accepted a torch\.nn\.Module$"):
        check_layer(lambda: 3, d=3)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match=r"^layer: calling it on z \(6, 5\) raised RuntimeError"):
        check_layer(im.Soft, d=5)
    with pytest.raises(TypeError, match=r"returned Tensor, accepted \(prototypes, q\)"):
        check_layer(nn.Linear(3, 2), d=3)
    with pytest.raises(TypeError, match=r"returned shapes \(4, 3\), \(6, 4\), \(6, 3\); accepted \(7, e\)"):
        check_layer(im.Soft, d=3, k=7)

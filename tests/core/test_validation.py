"""Bad input gives one ValueError that names the argument, its value and what is accepted."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from ddcl_core import _validation
from ddcl_core import functional as F
from ddcl_core.objective import DDCLLoss

Z, P, Q = "z", "prototypes", "q"
WITH_Q = [
    F.quantization_loss,
    F.ols_loss,
    F.prototype_variance,
    F.decomposition,
    F.quantization_grad_q,
    F.ols_grad_q,
    F.variance_grad_q,
    F.quantization_grad_prototypes,
    F.ols_grad_prototypes,
    F.variance_grad_prototypes,
]
WITH_TEMPERATURE = [F.soft_assignment, F.free_energy, F.training_gradient, F.training_gradient_features]
REDUCED = [f for f in WITH_Q if f not in (F.decomposition, F.quantization_grad_q, F.ols_grad_q, F.variance_grad_q)] + [
    F.free_energy,
    F.training_gradient,
    F.training_gradient_features,
]


@pytest.fixture
def arguments(draw):
    """Calls any function of the two families with one argument replaced."""
    problem = draw()

    def call(function, **changes):
        values = {"z": problem.z, "prototypes": problem.prototypes}
        values |= {"q": problem.q} if function in WITH_Q else {}
        values |= {"temperature": 0.5} if function in WITH_TEMPERATURE else {}
        return function(**(values | changes))

    return call


@pytest.mark.parametrize("function", [*WITH_Q, *WITH_TEMPERATURE, F.squared_distances])
def test_points(arguments, draw, function) -> None:
    z = draw().z
    arguments(function)
    spoiled = z.clone()
    spoiled[1, 1] = math.nan
    bad = {
        "NaN": ({"z": spoiled}, "z: got an entry of absolute value nan, accepted at most"),
        "infinity": ({"prototypes": draw().prototypes * math.inf}, "prototypes: got an entry of absolute value"),
        "overflow": ({"z": z * 1e160}, "z: got an entry of absolute value"),
        "no samples": ({"z": z[:0]}, r"z: got shape \(0, 3\), accepted no empty axis"),
        "no prototypes": ({"prototypes": draw().prototypes[:0]}, r"prototypes: got shape \(0, 3\)"),
        "one axis": ({"z": z[0]}, r"z: got shape \(3,\), accepted at least 2 axes"),
        "dimension": ({"prototypes": draw(d=2).prototypes}, r"prototypes: got shape \(4, 2\), accepted \(..., k, 3\)"),
        "integers": ({"z": z.long()}, "z: got dtype torch.int64, accepted a floating-point dtype"),
        "list": ({"z": [[1.0, 2.0, 3.0]]}, "z: got list, accepted a torch.Tensor"),
        "dtype": ({"prototypes": draw().prototypes.float()}, "prototypes: got torch.float32 on"),
        "batches": ({"z": z.expand(2, 6, 3), "prototypes": draw(batch=(3,)).prototypes}, "z, prototypes: got shapes z"),
    }
    for changes, message in bad.values():
        with pytest.raises(ValueError, match=f"^{message}"):
            arguments(function, **changes)


@pytest.mark.parametrize("function", WITH_Q)
def test_assignments(arguments, draw, function) -> None:
    q = draw().q
    negative = q.clone()
    negative[0, 0] -= 1
    negative[0, 1] += 1
    for bad, message in (
        (q * 1.1, "q: got a sum that differs from 1 by 0.1, accepted at most 1e-06"),
        (negative, "q: got an entry -"),
        (q * math.nan, "q: got an entry nan, accepted entries of at least 0"),
        (q[:-1], r"q: got shape \(5, 4\), accepted \(..., 6, 4\)"),
        (q.float(), "q: got torch.float32 on"),
        (q[0], r"q: got shape \(4,\), accepted at least 2 axes"),
    ):
        with pytest.raises(ValueError, match=f"^{message}"):
            arguments(function, q=bad)
    with pytest.raises(
        ValueError, match=r"^points, q: got shapes points \(2,\), q \(3,\), accepted shapes that broadcast"
    ):
        arguments(function, z=draw(batch=(2,)).z, q=draw(batch=(3,)).q)


@pytest.mark.parametrize("function", WITH_TEMPERATURE)
def test_temperatures(arguments, function) -> None:
    for bad in (0, 0.0, -1.0, math.nan, math.inf, 5e-324, torch.tensor(-2.0), torch.tensor(math.nan), "warm"):
        with pytest.raises(ValueError, match="^temperature: got .*, accepted "):
            arguments(function, temperature=bad)
    with pytest.raises(ValueError, match=r"^temperature: got shape \(4,\), accepted "):
        arguments(function, temperature=torch.ones(4))
    with pytest.raises(ValueError, match="^convention: got 'T', accepted 'd/T', 'd/2T'"):
        arguments(function, convention="T")


def test_temperature_that_vanishes_in_the_dtype(draw) -> None:
    problem = draw(dtype=torch.float32)
    with pytest.raises(ValueError, match="^temperature: got 1e-300, accepted a number from 1.17549e-38"):
        F.soft_assignment(problem.z, problem.prototypes, 1e-300)


@pytest.mark.parametrize("function", REDUCED)
def test_reductions(arguments, function) -> None:
    with pytest.raises(ValueError, match="^reduction: got 'average', accepted 'none', 'mean', 'sum'"):
        arguments(function, reduction="average")


@pytest.mark.parametrize(
    ("function", "option"),
    list(itertools.product([F.training_gradient, F.training_gradient_features], ["loss", "mode"])),
)
def test_options(arguments, function, option) -> None:
    with pytest.raises(ValueError, match=f"^{option}: got 'other', accepted "):
        arguments(function, **{option: "other"})


def test_projections(device) -> None:
    v = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, device=device)
    q = torch.tensor([0.5, 0.5, 0.0], dtype=torch.float64, device=device)
    for entry in (math.nan, math.inf, -math.inf):
        bad = v.clone()
        bad[0] = entry
        with pytest.raises(ValueError, match="^v: got an entry"):
            F.project_simplex(bad)
        with pytest.raises(ValueError, match="^v: got an entry"):
            F.project_tangent_cone(bad, q)
    with pytest.raises(ValueError, match="^q: got a sum"):
        F.project_tangent_cone(v, 2 * q)
    with pytest.raises(ValueError, match="^v: got dtype"):
        F.project_simplex(torch.ones(3, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"^v: got shape \(0,\)"):
        F.project_simplex(torch.ones(0))
    with pytest.raises(ValueError, match="^v, q: got "):
        F.project_tangent_cone(v[:2], q)
    with pytest.raises(ValueError, match="^dim: got 1, accepted "):
        F.project_simplex(v, dim=1)


def test_regularisers(draw) -> None:
    problem = draw()
    for function in (F.balance, F.negative_entropy):
        with pytest.raises(ValueError, match="^q: got a sum"):
            function(problem.q * 2)
        with pytest.raises(ValueError, match=r"^q: got shape \(4,\)"):
            function(problem.q[0])
    with pytest.raises(ValueError, match="^pairs: got 'some', accepted 'unordered', 'ordered', 'mean'"):
        F.separation(problem.prototypes, "some")
    with pytest.raises(ValueError, match="^prototypes: got an entry"):
        F.weight_norm(problem.prototypes * math.nan)
    with pytest.raises(ValueError, match="^q: got an entry"):
        F.assignment_covariance(-problem.q)


def test_counts_take_any_integer_and_give_an_int() -> None:
    for value in (3, np.int64(3), np.uint8(3)):
        assert type(_validation.check_count("n", value)) is int and _validation.check_count("n", value) == 3
    for bad in (True, np.True_, 3.0, "3", None, 0, np.int64(-1), np.array(3)):
        with pytest.raises(ValueError, match="^n: got .*, accepted an integer of at least 1"):
            _validation.check_count("n", bad)
    assert _validation.check_sizes("shape", np.array([2, 3])) == _validation.check_sizes("shape", range(2, 4)) == (2, 3)
    for bad in (None, 5, "23", (2, 0), (2.0,), np.array(5)):
        with pytest.raises(ValueError, match=r"^shape(\[.\])?: got .*, accepted "):
            _validation.check_sizes("shape", bad)


def test_real_numbers_are_neither_words_nor_truth_values_nor_arrays() -> None:
    for value in (2, 2.0, np.float32(2), np.int64(2), Fraction(2), torch.tensor(2.0)):
        assert _validation.check_real("x", value) == 2 and type(_validation.check_real("x", value)) is float
    for bad in (True, np.False_, "2", b"2", None, [2.0], np.array([2.0]), np.array(2.0), torch.ones(1), 10**400):
        with pytest.raises(ValueError, match="^x: got .*, accepted a real number"):
            _validation.check_real("x", bad)
    with pytest.raises(ValueError, match="^c: got array"):
        _validation.check_choice("c", np.array(["a", "b"]), ("a", "b"))


def test_kinds_of_what_is_no_number(tmp_path) -> None:
    assert _validation.check_flag("f", np.True_) is True and _validation.check_flag("f", False) is False
    assert _validation.check_path("p", None) is None
    assert _validation.check_path("p", "a/b") == Path("a/b") and _validation.check_path("p", tmp_path) == tmp_path
    assert _validation.check_callable("v", math.sin) is math.sin
    module = torch.nn.Identity()
    assert _validation.check_module("m", module) is module
    for check, accepted, values in (
        (_validation.check_flag, "True or False", (0, 1, None, "yes", np.array([True]))),
        (_validation.check_path, "a path", (5, b"a", "", True, ["a"])),
        (_validation.check_callable, "a callable", (None, "abc", 5)),
        (_validation.check_module, "a torch.nn.Module", (None, "abc", torch.nn.Linear, math.sin)),
    ):
        for bad in values:
            with pytest.raises(ValueError, match=f"^name: got .*, accepted {accepted}"):
                check("name", bad)


@pytest.mark.parametrize("loss", [None, 5, math.nan, (1.0, 2.0), "hinge", (True, 0, 0), np.eye(3), np.array(1.0)])
def test_a_loss_of_another_kind(loss) -> None:
    with pytest.raises(ValueError, match="^loss: got .*, accepted "):
        DDCLLoss(loss)
    assert DDCLLoss(np.array([1.0, 0.5, 0.0])).mixture == (1.0, 0.5, 0.0)

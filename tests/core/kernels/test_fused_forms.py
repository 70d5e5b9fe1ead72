"""Every fused form against definitions evaluated in extended precision, within the bounds stated in the documentation."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ddcl_core import kernels

FUSED = ["tiled", "native"] if kernels.available()["native"] else ["tiled"]

WEIGHTS = [(1.0, 0.0, 0.0), (-2.5, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.3, 1.2, 0.7), (1.0, 0.0, -0.5)]
DTYPES = [torch.float64, torch.float32, torch.bfloat16]


def data(n: int, d: int, k: int, seed: int = 0, offset: float = 0.0, scale: float = 1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    z, prototypes = (torch.randn(size, d, generator=generator, dtype=torch.float64) for size in (n, k))
    return (z * scale + offset).to(dtype), (prototypes * scale + offset).to(dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
@pytest.mark.parametrize("mode", ["full", "stopped"])
def test_every_mixture_is_within_the_bounds(form, dtype, weights, mode, excess) -> None:
    sizes = [(1, 1, 1), (7, 3, 5), (60, 20, 10), (33, 5, 70), (13, 130, 1), (250, 17, 33)]
    for (n, d, k), temperature in itertools.product(sizes, (0.3, 30.0)):
        z, prototypes = data(n, d, k, seed=n, offset=3.0, dtype=dtype)
        worst = excess(form, z, prototypes, temperature, weights, mode)
        assert max(worst.values()) <= 1, (n, d, k, temperature, worst)


# The fixture is a function without state.
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(FUSED),
    dtype=st.sampled_from(DTYPES[:2]),
    n=st.integers(1, 40),
    d=st.integers(1, 70),
    k=st.integers(1, 70),
    seed=st.integers(0, 2**16),
    temperature=st.floats(-6, 6).map(lambda power: 10.0**power),
    scale=st.floats(-3, 3).map(lambda power: 10.0**power),
    weights=st.sampled_from(WEIGHTS),
    mode=st.sampled_from(["full", "stopped"]),
    convention=st.sampled_from(["d/T", "d/2T"]),
)
def test_any_shape(form, dtype, n, d, k, seed, temperature, scale, weights, mode, convention, excess) -> None:
    z, prototypes = data(n, d, k, seed=seed, scale=scale, dtype=dtype)
    worst = excess(form, z, prototypes, temperature * scale**2, weights, mode, convention)
    assert max(worst.values()) <= 1, worst


def test_more_samples_than_a_block_and_more_columns_than_a_panel(form, excess) -> None:
    for n, d, k in ((700, 3, 4), (241, 64, 50), (500, 49, 97)):
        z, prototypes = data(n, d, k, dtype=torch.float32)
        worst = excess(form, z, prototypes, 5.0, (0.5, 1.0, 2.0))
        assert max(worst.values()) <= 1, worst


def test_tiles_of_any_size_give_the_same(monkeypatch) -> None:
    z, prototypes = data(300, 6, 9)
    whole = kernels.sweep(z, prototypes, 2.0, ols=0.5, backend="tiled")
    monkeypatch.setitem(kernels.tiled.TILE, "cpu", 1)
    parts = kernels.sweep(z, prototypes, 2.0, ols=0.5, backend="tiled")
    for first, second in zip(whole, parts, strict=True):
        torch.testing.assert_close(first, second, rtol=1e-12, atol=1e-13)


def test_prototypes_that_coincide(form) -> None:
    z, prototypes = data(20, 4, 1)
    together = prototypes.expand(6, 4).contiguous()
    ours = kernels.sweep(z, together, 0.7, ols=0.3, variance=2.0, backend=form)
    assert float(ours.variance) == 0
    torch.testing.assert_close(ours.mass, torch.full((6,), 20 / 6, dtype=torch.float64), rtol=1e-14, atol=0)
    alone = kernels.sweep(z, prototypes, 0.7, ols=0.3, variance=2.0, backend=form)
    torch.testing.assert_close(ours.grad_z, alone.grad_z, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(ours.grad_prototypes, alone.grad_prototypes.expand(6, 4) / 6, rtol=1e-12, atol=1e-14)


def test_ties_share_equally_and_count_once(form) -> None:
    z = torch.tensor([[0.0, 1.0], [0.0, -2.0]], dtype=torch.float64)
    prototypes = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    ours = kernels.sweep(z, prototypes, 1e-3, backend=form)
    assert ours.mass.tolist() == [1.0, 1.0]
    assert int(ours.counts.sum()) == 2
    torch.testing.assert_close(ours.value, torch.tensor(3.5, dtype=torch.float64))


@pytest.mark.parametrize("dtype", DTYPES[:2], ids=str)
def test_extreme_temperatures(form, dtype) -> None:
    z, prototypes = data(30, 5, 7, dtype=dtype)
    limits = torch.finfo(dtype)
    distances = torch.cdist(z.double(), prototypes.double(), compute_mode="donot_use_mm_for_euclid_dist").square()
    cold = kernels.sweep(z, prototypes, limits.tiny, ols=0.5, variance=0.25, backend=form)
    assert float(cold.variance) == 0
    assert cold.mass.tolist() == cold.counts.tolist() == torch.bincount(distances.argmin(1), minlength=7).tolist()
    torch.testing.assert_close(cold.quantization, distances.amin(1).mean(), rtol=40 * limits.eps, atol=0)
    nearest = 3.0 * (z - prototypes[distances.argmin(1)]) / 30
    torch.testing.assert_close(cold.grad_z, nearest, rtol=100 * limits.eps, atol=100 * limits.eps)
    hot = kernels.sweep(z, prototypes, limits.max / 2, ols=0.5, variance=0.25, backend=form)
    torch.testing.assert_close(hot.mass, torch.full((7,), 30 / 7, dtype=torch.float64), rtol=40 * limits.eps, atol=0)
    torch.testing.assert_close(hot.quantization, distances.mean(), rtol=40 * limits.eps, atol=0)
    assert bool(hot.grad_prototypes.isfinite().all())


@pytest.mark.parametrize("exponent", [-140, 140])
def test_extreme_scales(form, exponent) -> None:
    z, prototypes = data(12, 4, 5)
    unit = kernels.sweep(z, prototypes, 1.5, ols=0.5, backend="tiled")
    factor = 2.0 ** (exponent * 3)
    ours = kernels.sweep(z * factor, prototypes * factor, 1.5 * factor**2, ols=0.5, backend=form)
    torch.testing.assert_close(ours.value / factor**2, unit.value, rtol=1e-12, atol=0)
    torch.testing.assert_close(ours.grad_z / factor, unit.grad_z, rtol=1e-11, atol=1e-13)


def test_the_largest_entries_that_can_be_squared(form) -> None:
    bound = (torch.finfo(torch.float32).max / 4) ** 0.5 / 4
    z = torch.full((3, 4), 0.9 * bound)
    ours = kernels.sweep(z, -z[:2], 1e30, backend=form)
    expected = 4 * (1.8 * bound) ** 2
    torch.testing.assert_close(float(ours.value), expected, rtol=1e-6, atol=0)


def test_variance_at_a_large_offset_in_float32(form, truth) -> None:
    z, prototypes = data(400, 16, 12, offset=1000.0, dtype=torch.float32)
    for temperature in (0.5, 8.0, 100.0):
        ours = kernels.sweep(z, prototypes, temperature, backend=form)
        right = float(truth(z, prototypes, temperature).variance)
        assert abs(float(ours.variance) - right) <= 2e-5 * right


def test_variance_never_negative_sample_by_sample_in_float32(form) -> None:
    z, prototypes = data(300, 8, 40, offset=50.0, dtype=torch.float32)
    prototypes[20:] = prototypes[:20] + 1e-4 * prototypes[20:] / 50
    literal_is_negative = 0
    for row in z:
        for temperature in (0.01, 1.0):
            one = kernels.sweep(row.unsqueeze(0), prototypes, temperature, backend=form)
            assert float(one.variance) >= 0
            literal_is_negative += float(one.quantization) - float(one.ols) < 0
    assert literal_is_negative > 0, "the data no longer show what the anchored form is for"


def test_anchored_variance_keeps_its_digits_where_q_is_nearly_hard(form, truth) -> None:
    prototypes = torch.tensor([[3.0, 0.0], [-3.0, 1.0], [0.0, -4.0]])
    z = prototypes[:1] + 0.1
    for temperature in (2.0, 4.0):
        ours = kernels.sweep(z, prototypes, temperature, backend=form)
        right = float(truth(z, prototypes, temperature).variance)
        assert 0 < right < 0.2
        assert abs(float(ours.variance) - right) <= 2e-5 * right


def test_variance_of_prototypes_closer_than_the_mean_can_be_told(form, truth) -> None:
    for seed in range(40):
        z, prototypes = data(4, 3, 3, seed=seed, dtype=torch.float32)
        prototypes[1] = prototypes[0] + 6e-8 * z[1]
        prototypes[2] = -prototypes[0]
        z = prototypes[:1] + 0.1 * z[:1]
        right = float(truth(z, prototypes, 0.05).variance)
        # V is at least q_a sum_j q_j |p_j - p_a|^2, here nearly equal to it, and the differences are exact down to 1e-38.
        assert float(kernels.sweep(z, prototypes, 0.05, backend=form).variance) >= 0.45 * right - 1e-38


def test_strides_and_offsets_in_memory(form) -> None:
    for dtype in (torch.float64, torch.float32):
        base, prototypes = data(40, 11, 6, dtype=dtype)
        expected = kernels.sweep(base, prototypes, 2.0, ols=1.0, backend=form)
        wide = torch.full((40, 17), torch.nan, dtype=dtype)
        wide[:, 3:14] = base
        shifted = torch.cat((base.new_full((1,), torch.nan), base.flatten()))[1:].view(40, 11)
        for z in (wide[:, 3:14], base.T.contiguous().T, shifted):
            got = kernels.sweep(z, prototypes.T.contiguous().T, 2.0, ols=1.0, backend=form)
            for first, second in zip(got, expected, strict=True):
                torch.testing.assert_close(first, second, rtol=0, atol=0)


def test_repeated_rows_without_memory_of_their_own(form) -> None:
    row, prototypes = data(1, 5, 4)
    got = kernels.sweep(row.expand(9, 5), prototypes, 2.0, backend=form)
    expected = kernels.sweep(row.repeat(9, 1), prototypes, 2.0, backend=form)
    torch.testing.assert_close(got.grad_z, expected.grad_z, rtol=0, atol=0)


def test_threads_change_nothing_but_rounding() -> None:
    z, prototypes = data(3000, 24, 70, dtype=torch.float32)
    before = torch.get_num_threads()
    try:
        runs = []
        for threads in (1, 2, 2, 3):
            torch.set_num_threads(threads)
            runs.append(kernels.sweep(z, prototypes, 4.0, ols=0.5, backend=FUSED[-1]))
    finally:
        torch.set_num_threads(before)
    for first, second in zip(runs[1], runs[2], strict=True):
        assert torch.equal(first, second)
    for run in (runs[1], runs[3]):
        for first, second in zip(runs[0], run, strict=True):
            torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-7)


def test_what_is_not_asked_for_is_none(form) -> None:
    z, prototypes = data(10, 3, 4)
    bare = kernels.sweep(z, prototypes, 1.0, gradients=(), details=False, backend=form)
    assert bare.grad_z is bare.grad_prototypes is bare.mass is bare.counts is bare.entropy is None
    assert bare.ols is bare.variance is None
    full = kernels.sweep(z, prototypes, 1.0, backend=form)
    for wanted in (("z",), ("prototypes",)):
        part = kernels.sweep(z, prototypes, 1.0, gradients=wanted, details=False, backend=form)
        assert (part.grad_z is None) == ("z" not in wanted)
        kept = part.grad_z if "z" in wanted else part.grad_prototypes
        torch.testing.assert_close(kept, full.grad_z if "z" in wanted else full.grad_prototypes, rtol=1e-12, atol=1e-14)


def test_statistics_of_parts_add_up(form, truth) -> None:
    z, prototypes = data(50, 6, 8, offset=1000.0, dtype=torch.float32)
    for mode, weights in itertools.product(("full", "stopped"), WEIGHTS):
        named = dict(zip(("quantization", "ols", "variance"), weights, strict=True), mode=mode, backend=form)
        parts = [kernels.statistics(part, prototypes, 2.0, features=True, **named) for part in (z[:13], z[13:])]
        weight, moment = (sum(getattr(part, name) for part in parts) for name in ("weight", "moment"))
        gradient = kernels.prototype_gradient(prototypes, weight, moment, samples=50)
        true = truth(z, prototypes, 2.0, weights, mode)
        bound = 16 * torch.finfo(torch.float32).eps * true.unit**0.5 * (1 + true.unit / 2) ** 2 * 1.2
        right = torch.tensor(true.grad_prototypes.astype(float))
        torch.testing.assert_close(gradient.double(), right, rtol=0, atol=bound)
        features = torch.cat([part.grad_z for part in parts]).double()
        torch.testing.assert_close(features, torch.tensor(true.grad_z.astype(float)) * 50, rtol=0, atol=bound)
        assert [int(sum(part.counts[j] for part in parts)) for j in range(8)] == true.counts.tolist()
        assert sum(part.samples for part in parts) == 50
        assert abs(float(sum(part.value for part in parts)) / 50 - float(true.value)) <= bound * true.unit**0.5


def test_the_plain_sweep_is_the_oracle_in_float64(excess) -> None:
    z, prototypes = data(30, 4, 6)
    for mode, weights in itertools.product(("full", "stopped"), WEIGHTS):
        assert max(excess("plain", z, prototypes, 1.5, weights, mode).values()) <= 1


def test_bad_input_is_named(form) -> None:
    z, prototypes = data(6, 3, 4)
    broken = z.clone()
    broken[2, 1] = torch.nan
    cases = [
        ("z", lambda: kernels.sweep(broken, prototypes, 1.0, backend=form)),
        ("z", lambda: kernels.sweep(z * 1e200, prototypes, 1.0, backend=form)),
        ("prototypes", lambda: kernels.sweep(z, prototypes[:, :2], 1.0, backend=form)),
        ("prototypes", lambda: kernels.sweep(z, prototypes * torch.nan, 1.0, backend=form)),
        ("prototypes", lambda: kernels.sweep(z, prototypes.float(), 1.0, backend=form)),
        ("temperature", lambda: kernels.sweep(z, prototypes, 0.0, backend=form)),
        ("temperature", lambda: kernels.sweep(z, prototypes, torch.ones(6, 1).double(), backend=form)),
        ("mode", lambda: kernels.mixture_loss(z, prototypes, 1.0, mode="half", backend=form)),
        ("convention", lambda: kernels.mixture_loss(z, prototypes, 1.0, convention="T", backend=form)),
        ("reduction", lambda: kernels.mixture_loss(z, prototypes, 1.0, reduction="none", backend=form)),
        ("backend", lambda: kernels.mixture_loss(z, prototypes, 1.0, backend="fast")),
        ("backend", lambda: kernels.mixture_loss(z[None], prototypes, 1.0, backend=form)),
        ("gradients", lambda: kernels.sweep(z, prototypes, 1.0, gradients=("q",), backend=form)),
        ("z, prototypes", lambda: kernels.sweep(z[None], prototypes, 1.0, backend=form)),
        ("ols", lambda: kernels.sweep(z, prototypes, 1.0, ols=float("nan"), backend=form)),
    ]
    for name, call in cases:
        with pytest.raises(ValueError, match=f"^{name}: "):
            call()

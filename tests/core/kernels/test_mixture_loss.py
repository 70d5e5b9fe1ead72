"""The differentiable loss: its gradients, what autograd may ask of it, and when the plain form takes over."""

from __future__ import annotations

import pytest
import torch

from ddcl_core import kernels
from ddcl_core.functional import decomposition, soft_assignment, training_gradient, training_gradient_features


def data(n: int = 20, d: int = 4, k: int = 5, dtype=torch.float64):
    generator = torch.Generator().manual_seed(n + d + k)
    z, prototypes = (torch.randn(size, d, generator=generator, dtype=dtype) for size in (n, k))
    return z.requires_grad_(), prototypes.requires_grad_()


@pytest.mark.parametrize("mode", ["full", "stopped"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("convention", ["d/T", "d/2T"])
def test_value_and_gradients_are_those_of_the_functional(form, mode, reduction, convention) -> None:
    z, prototypes = data()
    options = {"mode": mode, "reduction": reduction, "convention": convention}
    for name, weights in {
        "quantization": {},
        "ols": {"quantization": 0.0, "ols": 1.0},
        "variance": {"quantization": 0.0, "variance": 1.0},
    }.items():
        loss = kernels.mixture_loss(z, prototypes, 0.8, **weights, **options, backend=form)
        q = soft_assignment(z, prototypes, 0.8, convention=convention)
        rows = getattr(decomposition(z, prototypes, q), name)
        torch.testing.assert_close(loss, rows.mean() if reduction == "mean" else rows.sum(), rtol=1e-12, atol=0)
        grad_z, grad_prototypes = torch.autograd.grad(loss, (z, prototypes))
        named = {"loss": name, **options}
        torch.testing.assert_close(
            grad_prototypes, training_gradient(z, prototypes, 0.8, **named), rtol=1e-10, atol=1e-12
        )
        torch.testing.assert_close(
            grad_z, training_gradient_features(z, prototypes, 0.8, **named), rtol=1e-10, atol=1e-12
        )


def test_finite_differences(form) -> None:
    z, prototypes = data(6, 3, 4)
    assert torch.autograd.gradcheck(
        lambda x, p: kernels.mixture_loss(x, p, 1.3, quantization=0.4, ols=0.7, variance=1.1, backend=form),
        (z, prototypes),
    )


def test_native_prototypes_by_the_chain_rule(form) -> None:
    z, _ = data()
    weights = torch.softmax(torch.randn(20, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64), 0)
    weights.requires_grad_()
    grads = [
        torch.autograd.grad(kernels.mixture_loss(z, weights.T @ z, 0.8, ols=0.5, backend=name), (z, weights))
        for name in (form, "plain")
    ]
    for first, second in zip(*grads, strict=True):
        torch.testing.assert_close(first, second, rtol=1e-10, atol=1e-12)


def test_upstream_factor_and_repeated_backward(form) -> None:
    z, prototypes = data()
    expected = torch.autograd.grad(kernels.mixture_loss(z, prototypes, 0.8, backend="plain"), (z, prototypes))
    loss = kernels.mixture_loss(z, prototypes, 0.8, backend=form)
    for factor in (1.0, -2.5, 1.0):
        got = torch.autograd.grad(loss * factor, (z, prototypes), retain_graph=True)
        for first, second in zip(got, expected, strict=True):
            torch.testing.assert_close(first, factor * second, rtol=1e-10, atol=1e-13)
    torch.autograd.grad(loss, z)
    with pytest.raises(RuntimeError, match="second time"):
        torch.autograd.grad(loss, z)


def test_a_change_in_place_is_noticed_when_the_gradient_is_swept_again(form) -> None:
    z, prototypes = data()
    loss = kernels.mixture_loss(z, prototypes, 0.8, backend=form)
    torch.autograd.grad(loss, z, retain_graph=True)
    with torch.no_grad():
        prototypes += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(loss, z)


def test_gradients_accumulate_like_any_other(form) -> None:
    z, prototypes = data()
    loss = kernels.mixture_loss(z, prototypes, 0.8, backend=form)
    loss.backward(retain_graph=True)
    once = (z.grad.clone(), prototypes.grad.clone())
    loss.backward()
    torch.testing.assert_close(z.grad, 2 * once[0])
    torch.testing.assert_close(prototypes.grad, 2 * once[1])


def test_only_what_needs_a_gradient_gets_one(form) -> None:
    z, prototypes = data()
    loss = kernels.mixture_loss(z.detach(), prototypes, 0.8, backend=form)
    loss.backward()
    assert z.grad is None
    assert prototypes.grad is not None
    with torch.no_grad():
        assert not kernels.mixture_loss(z, prototypes, 0.8, backend=form).requires_grad
    assert not kernels.mixture_loss(z.detach(), prototypes.detach(), 0.8, backend=form).requires_grad


def test_second_derivatives(form) -> None:
    z, prototypes = data(6, 3, 4)
    assert torch.autograd.gradgradcheck(
        lambda x, p: kernels.mixture_loss(x, p, 1.3, ols=0.7, backend=form), (z, prototypes)
    )

    def penalised(backend: str) -> torch.Tensor:
        loss = kernels.mixture_loss(z, prototypes, 0.8, backend=backend)
        (first,) = torch.autograd.grad(loss, prototypes, create_graph=True)
        return torch.autograd.grad(loss + first.square().sum(), prototypes)[0]

    torch.testing.assert_close(penalised(form), penalised("plain"), rtol=1e-10, atol=1e-12)


def test_plain_takes_over_where_a_fused_form_cannot() -> None:
    z, prototypes = data()
    temperature = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(kernels.mixture_loss(z, prototypes, temperature), temperature)
    step = 1e-5
    above, below = (kernels.mixture_loss(z, prototypes, 0.8 + sign * step) for sign in (1, -1))
    torch.testing.assert_close(slope, (above - below).detach() / (2 * step), rtol=1e-6, atol=0)

    batch = torch.stack((z.detach(), 2 * z.detach()))
    losses = kernels.mixture_loss(batch, prototypes, 0.8, ols=1.0)
    for index in range(2):
        torch.testing.assert_close(losses[index], kernels.mixture_loss(batch[index], prototypes, 0.8, ols=1.0))

    mapped = torch.func.vmap(lambda x: kernels.mixture_loss(x, prototypes, 0.8))(batch)
    torch.testing.assert_close(mapped[1], kernels.mixture_loss(batch[1], prototypes, 0.8))

    each = torch.linspace(0.5, 2, 20, dtype=torch.float64).unsqueeze(1)
    rows = [kernels.mixture_loss(z[i : i + 1], prototypes, float(each[i])) for i in range(20)]
    torch.testing.assert_close(kernels.mixture_loss(z, prototypes, each), torch.stack(rows).mean())


def test_the_gradient_is_handed_over_and_not_copied(form) -> None:
    z, prototypes = data(500, 8, 3)
    loss = kernels.mixture_loss(z, prototypes, 0.8, backend=form)
    stored = loss.grad_fn.gradients[0].data_ptr()
    loss.backward()
    assert z.grad.data_ptr() == stored


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_narrow_types_keep_their_dtype(form, dtype) -> None:
    z, prototypes = data(50, 6, 5)
    narrow = [tensor.detach().to(dtype).requires_grad_() for tensor in (z, prototypes)]
    wide = [tensor.detach().double().requires_grad_() for tensor in narrow]
    loss = kernels.mixture_loss(*narrow, 1.0, ols=0.5, backend=form)
    right = kernels.mixture_loss(*wide, 1.0, ols=0.5, backend="plain")
    assert loss.dtype == dtype
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(loss.double(), right, rtol=eps, atol=0)
    grads = torch.autograd.grad(loss, narrow)
    rights = torch.autograd.grad(right, wide)
    for first, second in zip(grads, rights, strict=True):
        assert first.dtype == dtype
        torch.testing.assert_close(first.double(), second, rtol=eps, atol=1e-5)

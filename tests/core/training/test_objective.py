"""The objectives against closed-form gradients and hand-written sums."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from ddcl_core import functional as F
from ddcl_core.objective import MIXTURES, CrossEntropyDDCL, DDCLLoss
from ddcl_core.schedules import Setting

CASES = list(itertools.product(MIXTURES, ("stopped", "full"), ("d/T", "d/2T")))


def leaves(problem):
    return problem.z.clone().requires_grad_(), problem.prototypes.clone().requires_grad_()


def close(got, expected, *, factor=1.0):
    # Sums of a few dozen products of numbers of order 1: 1e-13 is some 500 ulp.
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-13 * factor)


@pytest.mark.parametrize(("loss", "assignments", "convention"), CASES)
@pytest.mark.parametrize("backend", ["auto", "plain"])
def test_base_loss_and_gradients_in_closed_form(draw, loss, assignments, convention, backend) -> None:
    problem = draw(n=40, k=5, d=3)
    z, prototypes = leaves(problem)
    terms = DDCLLoss(loss, assignments=assignments, convention=convention, backend=backend)(z, prototypes, 1.7)
    terms.total.backward()
    q = F.soft_assignment(problem.z, problem.prototypes, 1.7, convention=convention)
    index = list(MIXTURES).index(loss)
    close(terms.base.detach(), F.decomposition(problem.z, problem.prototypes, q)[index].mean())
    options = dict(loss=loss, mode=assignments, convention=convention)
    close(prototypes.grad, F.training_gradient(problem.z, problem.prototypes, 1.7, **options))
    close(z.grad, F.training_gradient_features(problem.z, problem.prototypes, 1.7, **options))
    assert terms.total.equal(terms.base)


def test_mixture_is_linear(draw) -> None:
    problem = draw(n=30, k=4, d=3)
    z, prototypes = leaves(problem)
    DDCLLoss((0.5, 2.0, 0.25))(z, prototypes, 0.8).total.backward()
    parts = [
        F.training_gradient(problem.z, problem.prototypes, 0.8, loss=name, mode="full")
        for name in ("quantization", "ols", "variance")
    ]
    close(prototypes.grad, 0.5 * parts[0] + 2.0 * parts[1] + 0.25 * parts[2])


def by_hand(z, prototypes, temperature):
    """Balance, entropy, separation and weight norm from loops over plain numbers."""
    rows, points = z.tolist(), prototypes.tolist()
    q = []
    for row in rows:
        scores = [math.exp(-sum((a - b) ** 2 for a, b in zip(row, p, strict=True)) / temperature) for p in points]
        q.append([score / sum(scores) for score in scores])
    k, n = len(points), len(rows)
    mean = [sum(row[j] for row in q) / n for j in range(k)]
    balance = sum(m * math.log(m * k) for m in mean)
    entropy = sum(x * math.log(x) for row in q for x in row) / n
    pairs = [sum((a - b) ** 2 for a, b in zip(p, r, strict=True)) for p, r in itertools.combinations(points, 2)]
    weight = sum(x * x for p in points for x in p)
    return balance, entropy, -sum(pairs) / len(pairs), weight


@pytest.mark.parametrize("assignments", ["stopped", "full"])
@pytest.mark.parametrize(("convention", "temperature"), [("d/T", 1.5), ("d/2T", 0.75)])
def test_regularisers_by_hand(draw, assignments, convention, temperature) -> None:
    """The second case is the first in the other convention."""
    problem = draw(n=12, k=3, d=2)
    z, prototypes = leaves(problem)
    coefficients = {"balance": 0.5, "entropy": -0.25, "separation": 2.0, "weight": 0.125}
    terms = DDCLLoss(assignments=assignments, convention=convention, **coefficients)(z, prototypes, temperature)
    expected = [
        c * v for c, v in zip((0.5, -0.25, 2.0, 0.125), by_hand(problem.z, problem.prototypes, 1.5), strict=True)
    ]
    for got, value in zip(terms[2:], expected, strict=True):
        assert got.item() == pytest.approx(value, rel=1e-12, abs=1e-13)
    close(terms.total.detach(), sum(terms[1:]).detach())
    # Balance and entropy learn through q even where the base loss holds it: compare with differences.
    terms.balance.backward(retain_graph=True)
    step = 1e-6
    for j, axis in itertools.product(range(3), range(2)):
        shift = torch.zeros_like(problem.prototypes)
        shift[j, axis] = step
        ahead, behind = (by_hand(problem.z, problem.prototypes + sign * shift, 1.5)[0] for sign in (1, -1))
        # Truncation is of order step^2, rounding of order 1e-16 / step.
        assert prototypes.grad[j, axis].item() == pytest.approx(0.5 * (ahead - behind) / (2 * step), abs=1e-8)


def test_pairs_are_passed_on(draw) -> None:
    problem = draw(k=4)
    for pairs in ("mean", "unordered", "ordered"):
        terms = DDCLLoss(separation=1.0, pairs=pairs)(problem.z, problem.prototypes, 1.0)
        close(terms.separation, F.separation(problem.prototypes, pairs))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_unused_prototypes_leave_finite_gradients(draw, dtype) -> None:
    problem = draw(dtype=dtype)
    prototypes = problem.prototypes.clone()
    prototypes[0] += 1e4
    z, prototypes = problem.z.requires_grad_(), prototypes.requires_grad_()
    terms = DDCLLoss(balance=1.0, entropy=1.0)(z, prototypes, 0.1)
    terms.total.backward()
    q = F.soft_assignment(problem.z, prototypes, 0.1)
    assert q[:, 0].amax() == 0
    assert torch.isfinite(z.grad).all() and torch.isfinite(prototypes.grad).all()
    torch.testing.assert_close(terms.balance, F.balance(q))


def test_detached_prototypes_get_no_gradient(draw) -> None:
    problem = draw()
    z, prototypes = leaves(problem)
    DDCLLoss(prototypes="detached", balance=0.1, separation=1.0, weight=1.0)(z, prototypes, 1.0).total.backward()
    assert prototypes.grad is None
    attached, again = leaves(problem)
    DDCLLoss(balance=0.1)(attached, again, 1.0).total.backward()
    close(z.grad, attached.grad)


def test_native_prototypes_by_the_chain_rule(draw) -> None:
    """With P = W^T Z the gradient in W is Z G^T and that in Z gains W G, G the gradient in P."""
    problem = draw(n=20, k=3, d=4)
    z = problem.z.clone().requires_grad_()
    weights = problem.q.clone().requires_grad_()
    DDCLLoss()(z, weights.mT @ z, 2.0).total.backward()
    prototypes = problem.q.mT @ problem.z
    gradient = F.training_gradient(problem.z, prototypes, 2.0, mode="full")
    close(weights.grad, problem.z @ gradient.mT, factor=10)
    direct = F.training_gradient_features(problem.z, prototypes, 2.0, mode="full")
    close(z.grad, direct + problem.q @ gradient, factor=10)


def test_stopped_assignments_give_one_backbone_gradient(draw) -> None:
    """Proposition 4: with q held, L_q and L_OLS have the same gradient in the features, 2 (z - Pq) / n."""
    problem = draw(n=30)
    gradients = []
    for loss in ("quantization", "ols"):
        z, prototypes = leaves(problem)
        DDCLLoss(loss, assignments="stopped")(z, prototypes, 1.0).total.backward()
        gradients.append(z.grad)
    q = F.soft_assignment(problem.z, problem.prototypes, 1.0)
    for gradient in gradients:
        close(gradient, 2 * (problem.z - q @ problem.prototypes) / 30)


def test_setting_replaces_what_it_names() -> None:
    loss = DDCLLoss("ols", balance=0.1, entropy=0.2, convention="d/2T")
    changed = loss.under(Setting(1.0, assignments="stopped", entropy=0.0, weight=3.0))
    assert changed == DDCLLoss("ols", assignments="stopped", balance=0.1, entropy=0.0, weight=3.0, convention="d/2T")
    assert loss.under(Setting(1.0)) is loss


class TestCrossEntropy:
    def parts(self, draw, assignments="stopped", prototype_loss=0.0, **options):
        problem = draw(n=25, k=4, d=3)
        objective = DDCLLoss(assignments=assignments, **options)
        module = CrossEntropyDDCL(3, 4, objective=objective, prototype_loss=prototype_loss).double()
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            module.head.weight.copy_(torch.randn(4, 3, generator=generator, dtype=torch.float64))
            module.head.bias.copy_(torch.randn(4, generator=generator, dtype=torch.float64))
        z, prototypes = leaves(problem)
        terms = module(z, prototypes, 1.3)
        terms.total.backward()
        y = torch.softmax(problem.z @ module.head.weight.detach().mT + module.head.bias.detach(), -1)
        return problem, module, z, prototypes, terms, y

    def test_stopped_targets(self, draw) -> None:
        problem, module, z, prototypes, terms, y = self.parts(draw)
        q = F.soft_assignment(problem.z, problem.prototypes, 1.3)
        close(terms.base.detach(), -(q * y.log()).sum() / 25)
        close(module.head.weight.grad, (y - q).mT @ problem.z / 25)
        close(module.head.bias.grad, (y - q).sum(0) / 25)
        close(z.grad, (y - q) @ module.head.weight.detach() / 25)
        assert prototypes.grad is None

    def test_prototype_loss_does_not_reach_the_features_directly(self, draw) -> None:
        problem, module, z, prototypes, _, y = self.parts(draw, prototype_loss=0.5)
        q = F.soft_assignment(problem.z, problem.prototypes, 1.3)
        close(z.grad, (y - q) @ module.head.weight.detach() / 25)
        close(prototypes.grad, 0.5 * F.training_gradient(problem.z, problem.prototypes, 1.3, mode="stopped"))

    def test_full_targets(self, draw) -> None:
        """d/dp_l of -sum_j q_j log y_j is sum_n c_nl 2 (p_l - z_n), c = -(1/T) q (g - <g>), g = -log y."""
        problem, _, _, prototypes, _, y = self.parts(draw, assignments="full")
        q = F.soft_assignment(problem.z, problem.prototypes, 1.3)
        slope = -y.log()
        weights = -q * (slope - (q * slope).sum(-1, keepdim=True)) / 1.3
        difference = problem.prototypes - problem.z.unsqueeze(1)
        close(prototypes.grad, 2 * (weights.unsqueeze(-1) * difference).sum(0) / 25)

    def test_regularisers_are_those_of_the_objective(self, draw) -> None:
        problem, _, _, _, terms, _ = self.parts(draw, balance=0.3, weight=0.2)
        plain = DDCLLoss(balance=0.3, weight=0.2)(problem.z, problem.prototypes, 1.3)
        close(terms.balance.detach(), plain.balance)
        close(terms.weight.detach(), plain.weight)

    def test_starts_uniform(self, draw) -> None:
        problem = draw(n=5, k=4, d=3)
        terms = CrossEntropyDDCL(3, 4, prototype_loss=0.0).double()(problem.z, problem.prototypes, 1.0)
        assert terms.total.item() == pytest.approx(math.log(4), rel=1e-14)


@pytest.mark.parametrize("form", ["unified", "cross-entropy"])
def test_shares_of_processes_add_up(draw, in_parallel, form) -> None:
    """7 + 4 samples in two processes: terms and gradients are those of 11 samples in one."""
    problem = draw(n=11, k=3, d=2)
    loss = DDCLLoss(balance=0.4, entropy=0.3, separation=0.2, weight=0.1)
    make = (lambda: loss) if form == "unified" else (lambda: CrossEntropyDDCL(2, 3, objective=loss).double())
    z, prototypes = leaves(problem)
    whole = make()(z, prototypes, 1.1)
    whole.total.backward()

    def work(reducer):
        part = slice(0, 7) if reducer.rank == 0 else slice(7, 11)
        mine, replica = problem.z[part].clone().requires_grad_(), problem.prototypes.clone().requires_grad_()
        terms = make()(mine, replica, 1.1, reducer=reducer)
        terms.total.backward()
        return terms, mine.grad, replica.grad

    results = in_parallel(work)
    for position, value in enumerate(whole):
        close(sum(terms[position].detach() for terms, _, _ in results), value.detach())
    close(torch.cat([gradient for _, gradient, _ in results]), z.grad)
    close(sum(gradient for _, _, gradient in results), prototypes.grad)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"loss": "l2"}, "loss"),
        ({"loss": (1.0, 2.0)}, "loss"),
        ({"loss": (1.0, -2.0, 0.0)}, "loss"),
        ({"assignments": "half"}, "assignments"),
        ({"prototypes": "free"}, "prototypes"),
        ({"convention": "T"}, "convention"),
        ({"pairs": "all"}, "pairs"),
        ({"backend": "cuda"}, "backend"),
        ({"balance": -1.0}, "balance"),
        ({"separation": math.nan}, "separation"),
        ({"weight": -0.1}, "weight"),
        ({"entropy": math.inf}, "entropy"),
    ],
)
def test_bad_options_are_named(options, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}: got "):
        DDCLLoss(**options)


def test_bad_cross_entropy_options_are_named() -> None:
    for arguments, options, named in (
        ((0, 3), {}, "n_features"),
        ((3, 0), {}, "n_prototypes"),
        ((3, 3), {"prototype_loss": -1}, "prototype_loss"),
    ):
        with pytest.raises(ValueError, match=f"^{named}: got "):
            CrossEntropyDDCL(*arguments, **options)


def test_loss_of_bfloat16_and_float32_is_near_float64(draw) -> None:
    problem = draw(n=50, k=4, d=3)
    loss = DDCLLoss(balance=0.1, entropy=0.1, separation=0.1)
    exact = loss(problem.z, problem.prototypes, 2.0).total
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.bfloat16, 0.05)):
        rough = loss(problem.z.to(dtype), problem.prototypes.to(dtype), 2.0).total
        # Some ten ulp of the dtype per rounded operation on terms of order 1 to 10.
        assert abs(rough.double() - exact) <= tolerance * abs(exact)

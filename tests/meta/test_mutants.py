"""Break ddcl_core on purpose: the rows of the right claim must change for the worse, next to an unbroken run.

Each mutant replaces one function wherever ddcl_core looks it up.  A mutant that no claim notices is either equivalent,
and said to be so here, or a hole in the claims.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch

import ddcl_core
from ddcl_core import functional as core
from ddcl_core import incremental, layers, secu
from ddcl_core.energy import ReducedEnergy
from ddcl_core.flow import native
from ddcl_core.functional import _kernels as kernels
from ddcl_core.functional import assignment, gradients, losses, projections, regularisers
from ddcl_core.layers import DualCompetitiveLayer
from ddcl_core.secu import EntropyConstraint, SizeConstraint, centres
from ddcl_core.secu import assignment as labelling
from ddcl_core.secu import loss as stable
from ddcl_theory import registry
from ddcl_theory.checks.base import PROFILES, Settings
from ddcl_theory.claim import Claim
from ddcl_theory.engine import ClaimResult, run_claim
from ddcl_theory.verdict import Verdict

QUICK = Settings(profile=PROFILES["quick"])
STANDS = (Verdict.PROVED, Verdict.HOLDS)
FLOATS = ("float64", "float32")
CLASSES = {c.__name__: c for c in (ReducedEnergy, DualCompetitiveLayer, EntropyConstraint, SizeConstraint)}
Function = Callable[..., Any]


@dataclass(frozen=True)
class Mutant:
    """original: the function that is broken, or "Class.method".  broken: its replacement, given the original.

    claim: the claim whose readings must notice; readings and kinds: what runs of it.  shows: calls that must change.
    """

    original: Any
    broken: Callable[[Function], Function]
    claim: str
    shows: Callable[[], Any]
    readings: tuple[str, ...] = FLOATS
    kinds: tuple[str, ...] = ("property",)


def native_prototypes() -> Any:
    """Three prototypes of a dual layer over the two samples Z."""
    layer = DualCompetitiveLayer(2, 3, estimate="unbiased", dtype=torch.float64)
    with torch.no_grad():
        layer.weights.copy_(Q)
    return layer(Z)


def native_slope() -> Any:
    """∂/∂Z of the sum of the prototypes, by automatic differentiation."""
    z = Z.clone().requires_grad_()
    layer = DualCompetitiveLayer(2, 3, estimate="unbiased", dtype=torch.float64)
    with torch.no_grad():
        layer.weights.copy_(Q)
    return torch.autograd.grad((layer(z).sum() + z.sum()), z)[0]


def scaled(factor: float) -> Callable[[Function], Function]:
    return lambda original: lambda *args, **options: factor * original(*args, **options)


Z = torch.tensor([[0.5, -1.0], [2.0, 0.25]], dtype=torch.float64)
P = torch.tensor([[0.0, 0.0], [1.0, 2.0], [-1.0, 0.5]], dtype=torch.float64)
Q = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]], dtype=torch.float64)
EDGE = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]], dtype=torch.float64)
SLOPE = torch.tensor([[1.0, -2.0, 3.0], [0.5, 1.0, -4.0]], dtype=torch.float64)
ENERGY = ReducedEnergy(Z, separation=1.0, weight=4.0)


UX = torch.tensor([[0.6, 0.8], [1.0, 0.0], [0.0, -1.0]], dtype=torch.float64)
UW = torch.eye(2, dtype=torch.float64)
UY = torch.tensor([0, 1, 0])


def centre_slope() -> Any:
    w = UW.clone().requires_grad_()
    return torch.autograd.grad(secu.secu_loss(UX, w, UY, 1.0), w)[0]


UNLABELLED = torch.tensor([-1, -1])


def old_counts(original: Function) -> Function:
    """All rows of a batch from the counts before it."""

    def broken(self: Any, costs: Any, previous: Any) -> Any:
        start, labels = list(self.counts), []
        for row, old in zip(costs, previous, strict=True):
            self.counts = list(start)
            labels.append(original(self, row[None], old[None]))
        return torch.cat(labels)

    return broken


def twice_the_rate(original: Function) -> Function:
    def broken(self: Any, costs: Any, previous: Any) -> Any:
        self.rate = 2 * self.rate
        return original(self, costs, previous)

    return broken


def entropy_labels() -> Any:
    """Two equal samples in cluster 0: the first leaves it, the second then stays."""
    constraint = EntropyConstraint(2, 2, weight=0.5)
    constraint.load_state_dict({"counts": [2, 0]})
    return constraint.assign(torch.tensor([[0.0, 0.5], [0.0, 0.5]]), torch.tensor([0, 0])).double()


def size_labels() -> Any:
    return SizeConstraint(3).assign(Z @ P.mT, UNLABELLED).double()


def size_prices() -> Any:
    constraint = SizeConstraint(3)
    constraint.assign(Z @ P.mT, UNLABELLED)
    return constraint.lower_duals


def off_diagonal_flipped(original: Function) -> Function:
    def broken(q: Any, *, ambient: bool = False) -> Any:
        s = original(q, ambient=ambient)
        return 2 * torch.diag_embed(s.diagonal(dim1=-2, dim2=-1)) - s

    return broken


def moments(p: Any, q: Any) -> Any:
    """Σ q ‖p‖² − ‖Σ q p‖², equal to V over the reals, and what cancellation leaves of it in floats."""
    return (q @ p.square().sum(-1, keepdim=True)).squeeze(-1) - (q @ p).square().sum(-1)


def without_clamp(original: Function) -> Function:
    """The projection onto the hyperplane Σ = 1, which leaves the simplex."""
    return lambda v: v - (v.sum(-1, keepdim=True) - 1) / v.shape[-1]


def without_normalisation(original: Function) -> Function:
    """Negative parts cut off, and the sum left as it is."""
    return lambda v: v.clamp(min=0)


def blocked_entries_move(original: Function) -> Function:
    """The projection onto Σ = 0 that forgets which entries are at the boundary."""
    return lambda v, q: v - v.mean(-1, keepdim=True)


def free_entries_held(original: Function) -> Function:
    """Entries at the boundary never move, even where the slope points inwards."""

    def broken(v: Any, q: Any) -> Any:
        inside = q > 0
        kept = torch.where(inside, v, torch.zeros_like(v))
        return torch.where(
            inside, kept - kept.sum(-1, keepdim=True) / inside.sum(-1, keepdim=True), torch.zeros_like(v)
        )

    return broken


MUTANTS: dict[str, Mutant] = {
    "V is doubled": Mutant(losses.variance, scaled(2.0), "ddcl.theorem1", lambda: core.prototype_variance(Z, P, Q)),
    "L_OLS is taken from the mean prototype": Mutant(
        kernels.residual, lambda _: lambda z, p, q: (z - p.mean(-2, keepdim=True)) + 0 * (q @ p), "ddcl.theorem1",
        lambda: core.ols_loss(Z, P, Q)),
    "L_q loses its last prototype": Mutant(
        losses.quantization_loss, lambda f: lambda z, p, q, *a, **o: f(z, torch.cat([p[..., :-1, :], p[..., :1, :]], -2), q, *a, **o),
        "ddcl.theorem1", lambda: core.quantization_loss(Z, P, Q)),
    "V is a difference of moments": Mutant(
        losses.variance, lambda _: moments, "ddcl.theorem1.equality", lambda: core.prototype_variance(Z, P + 1e8, Q)),
    "V at soft assignments is halved": Mutant(losses.variance, scaled(0.5), "ddcl.theorem1.gap", lambda: core.prototype_variance(Z, P, Q)),
    "the gradient of V has the other sign": Mutant(
        gradients.variance_fixed, scaled(-1.0), "ddcl.proposition6.mechanism", lambda: core.variance_grad_prototypes(Z, P, Q)),
    "S_q has the other sign off the diagonal": Mutant(
        assignment.assignment_covariance, off_diagonal_flipped, "ddcl.proposition6.mechanism", lambda: core.assignment_covariance(Q)),
    "S_q lacks the square": Mutant(
        assignment.assignment_covariance, lambda f: lambda q, **o: torch.diag_embed(q), "ddcl.proposition6.mechanism",
        lambda: core.assignment_covariance(Q)),
    "the gradient of L_q lacks the factor 2": Mutant(
        gradients.pull, scaled(0.5), "ddcl.proposition6", lambda: core.quantization_grad_prototypes(Z, P, Q)),
    "the gradient of L_OLS lacks the factor 2": Mutant(
        gradients.ols_fixed, scaled(0.5), "ddcl.proposition6", lambda: core.training_gradient(Z, P, 1.0, "ols")),
    "the temperature is doubled": Mutant(
        assignment.assign, lambda f: lambda d, t, convention: f(d, 2 * t, convention), "ddcl.corollary2",
        lambda: core.soft_assignment(Z, P, 1.0)),
    "the distance is not squared": Mutant(
        assignment.assign, lambda f: lambda d, t, convention: f(d.sqrt(), t, convention), "ddcl.corollary2",
        lambda: core.soft_assignment(Z, P, 1.0)),
    "the assignment prefers the farthest prototype": Mutant(
        assignment.assign, lambda f: lambda d, t, convention: f(d.amax(-1, keepdim=True) - d, t, convention), "ddcl.corollary2",
        lambda: core.soft_assignment(Z, P, 1.0)),
    "the projection leaves the simplex": Mutant(
        projections.nearest_on_simplex, without_clamp, "ddcl.theorem4.dissipation", lambda: core.project_simplex(SLOPE)),
    "the projection is not normalised": Mutant(
        projections.nearest_on_simplex, without_normalisation, "ddcl.theorem4.dissipation", lambda: core.project_simplex(SLOPE)),
    "the cone's projection leaves the cone": Mutant(
        projections.nearest_in_cone, blocked_entries_move, "ddcl.theorem4.dissipation", lambda: core.project_tangent_cone(SLOPE, EDGE)),
    "the cone's projection never frees an entry": Mutant(
        projections.nearest_in_cone, free_entries_held, "ddcl.theorem4.dissipation", lambda: core.project_tangent_cone(SLOPE, EDGE)),
    "the flow leaves the simplex": Mutant(
        projections.nearest_on_simplex, without_clamp, "ddcl.theorem4", lambda: core.project_simplex(SLOPE)),
    "the slope of the energy lacks the separation": Mutant(
        "ReducedEnergy.unchecked_grad_prototypes", lambda f: lambda self, p, q: f(replace(self, separation=0.0), p, q),
        "ddcl.theorem4", lambda: ENERGY.grad_prototypes(P, Q)),
    "the energy counts every pair twice": Mutant(
        regularisers.separation_of, scaled(2.0), "ddcl.theorem4", lambda: ENERGY.value(P, Q)),
    "the slope in q is halved": Mutant(
        "ReducedEnergy.unchecked_grad_q", scaled(0.5), "ddcl.theorem4", lambda: ENERGY.grad_q(P, Q)),
    "the threshold is that for λ_P = λ_sep": Mutant(
        "ReducedEnergy.coercivity_threshold", lambda f: lambda self, k: f(self, k) / k, "ddcl.remark3",
        lambda: torch.tensor(ENERGY.coercivity_threshold(4))),
    "the balance is not divided by k": Mutant(
        regularisers.balance_of, lambda f: lambda q: q.shape[-1] * f(q), "ddcl.theorem4.hypotheses", lambda: core.balance(Q)),
    "the entropy has the other sign": Mutant(
        regularisers.negative_entropy_of, scaled(-1.0), "ddcl.theorem4.hypotheses", lambda: core.negative_entropy(Q)),
    "the free energy has the other sign": Mutant(
        losses.free, scaled(-1.0), "ddcl.theorem4.scope", lambda: core.free_energy(Z, P, 1.0)),
    "the free energy forgets the temperature": Mutant(
        losses.free, lambda f: lambda d, t, convention: f(d, 1.0 + 0 * t, convention), "ddcl.theorem4.scope",
        lambda: core.free_energy(Z, P, 3.0)),
    "features are pushed away": Mutant(
        "training.training_gradient_features", scaled(-1.0), "ddcl.theorem3.applies",
        lambda: core.training_gradient_features(Z, P, 1.0)),
    "prototypes forget the softmax": Mutant(
        "training._softmax_weights", scaled(0.0), "ddcl.proposition6.mechanism", lambda: core.training_gradient(Z, P, 1.0, mode="full")),
    "a stopped gradient is a full one": Mutant(
        "training.prototype_gradient", lambda f: lambda z, p, t, loss, mode, *rest: f(z, p, t, loss, "full", *rest), "ddcl.theorem4.scope",
        lambda: core.training_gradient(Z, P, 1.0)),
    "the gradient of L_OLS in q is halved": Mutant(
        gradients.ols_grad_q, scaled(0.5), "ddcl.proposition2", lambda: core.ols_grad_q(Z, P, Q)),
    "the gradient of V in q is weighted": Mutant(
        gradients.variance_grad_q, lambda f: lambda z, p, q: q * f(z, p, q), "ddcl.proposition2", lambda: core.variance_grad_q(Z, P, Q)),
    "the gradient of V in P is halved": Mutant(
        gradients.variance_fixed, scaled(0.5), "ddcl.proposition3", lambda: core.variance_grad_prototypes(Z, P, Q)),
    "the term of the softmax has the other sign": Mutant(
        "training._softmax_weights", scaled(-1.0), "ddcl.proposition3", lambda: core.training_gradient(Z, P, 1.0, mode="full")),
    "cold assignments prefer the farthest prototype": Mutant(
        assignment.assign, lambda f: lambda d, t, convention: f(d.amax(-1, keepdim=True) - d, t, convention), "ddcl.relaxation",
        lambda: core.soft_assignment(Z, P, 1e-30)),
    "the correction of the features has the other sign": Mutant(
        "training._softmax_weights", scaled(-1.0), "ddcl.proposition4", lambda: core.training_gradient_features(Z, P, 1.0, mode="full")),
    "the stopped losses push prototypes alike": Mutant(
        gradients.ols_fixed, lambda _: gradients.pull, "ddcl.proposition4.frozen",
        lambda: core.training_gradient(Z, P, 1.0, "ols")),
    "the correction of the features is halved": Mutant(
        "training._softmax_weights", scaled(0.5), "ddcl.corollary3.release",
        lambda: core.training_gradient_features(Z, P, 1.0, "variance", "full")),
    "native prototypes are halved": Mutant(
        "DualCompetitiveLayer.from_moment", lambda f: lambda self, moment: f(self, moment * 0.5), "ddcl.corollary3", native_slope),
    "native prototypes have a bias": Mutant(
        "DualCompetitiveLayer.from_moment", lambda f: lambda self, moment: f(self, moment) + 0.001, "ddcl.dcl-subspace", native_prototypes),
    "native prototypes are doubled": Mutant(
        "DualCompetitiveLayer.from_moment", lambda f: lambda self, moment: 2 * f(self, moment), "ddcl.duality", native_prototypes),
    "features go uphill": Mutant(
        "training.training_gradient_features", scaled(-1.0), "ddcl.corollary5", lambda: core.training_gradient_features(Z, P, 1.0)),
    "features go at half the speed": Mutant(
        "training.training_gradient_features", scaled(0.5), "ddcl.two-timescale", lambda: core.training_gradient_features(Z, P, 1.0)),
    "the slope in q has the other sign": Mutant(
        "ReducedEnergy.unchecked_grad_q", scaled(-1.0), "ddcl.corollary6", lambda: ENERGY.grad_q(P, Q)),
    "the separation is halved": Mutant(
        regularisers.separation_of, scaled(0.5), "ddcl.remark1", lambda: core.separation(P)),
    "the separation has the other sign": Mutant(
        regularisers.separation_of, scaled(-1.0), "ddcl.correlation", lambda: core.separation(P)),
    "the separation forgets a pair": Mutant(
        regularisers.separation_of, lambda f: lambda p, pairs: f(p[..., :-1, :], pairs), "ddcl.consistency", lambda: core.separation(P)),
    "the free energy is halved": Mutant(
        losses.free, scaled(0.5), "ddcl.proposition1", lambda: core.free_energy(Z, P, 1.0)),
    "S_q is doubled": Mutant(
        assignment.assignment_covariance, scaled(2.0), "ddcl.covariance", lambda: core.assignment_covariance(Q)),
    "S_q is halved": Mutant(
        assignment.assignment_covariance, scaled(0.5), "ddcl.covariance.monotone", lambda: core.assignment_covariance(Q)),
    "the force has the wrong shares": Mutant(
        assignment.assignment_covariance, off_diagonal_flipped, "ddcl.proposition7", lambda: core.assignment_covariance(Q)),
    "the assignment is uniform": Mutant(
        assignment.assign, lambda f: lambda d, t, convention: f(0 * d, t, convention), "ddcl.feedback",
        lambda: core.soft_assignment(Z, P, 1.0)),
    "every link counts twice": Mutant(
        layers.winner_graph, scaled(2.0), "ddcl.chl", lambda: layers.winner_graph(Z, P)),
    "the assignment takes a double step": Mutant(
        incremental.widrow_hoff_step, lambda f: lambda q, row, target, step: f(q, row, target, 2 * step), "ddcl.incremental",
        lambda: incremental.widrow_hoff_step(Q, P[:, 0], Z[:, 0], 0.1)[0]),
    "the pull of L_OLS is a little weaker": Mutant(
        gradients.ols_fixed, scaled(0.99), "ddcl.proposition5", lambda: core.training_gradient(Z, P, 1.0, "ols") * 100),
    "the force of L_OLS is a little weaker": Mutant(
        gradients.ols_fixed, scaled(0.99), "ddcl.proposition5.force", lambda: core.training_gradient(Z, P, 1.0, "ols") * 100),
    "the separation is a little larger": Mutant(
        regularisers.separation_of, scaled(1.01), "ddcl.corollary4", lambda: core.separation(P)),
    "the entropy is a little larger": Mutant(
        regularisers.negative_entropy_of, scaled(1.01), "ddcl.regularisers", lambda: core.negative_entropy(Q)),
    "the free energy is a little larger": Mutant(
        losses.free, scaled(1.001), "ddcl.collapse-resistance", lambda: core.free_energy(Z, P, 1.0)),
    "weights of given prototypes are a little small": Mutant(
        layers.least_norm_weights, scaled(0.999), "gbcl.theorem2.1", lambda: layers.least_norm_weights(Z, P)),
    "features leak into each other": Mutant(
        "DualCompetitiveLayer.from_moment", lambda f: lambda self, moment: f(self, moment) + 0.001 * f(self, moment).flip(-1),
        "gbcl.forward", native_prototypes),
    "distances are a little long": Mutant(
        kernels.squared_distances, scaled(1.001), "gbcl.voronoi", lambda: core.squared_distances(Z, P)),
    "the quantisation error is a little larger (base)": Mutant(
        losses.quantization_loss, scaled(1.001), "gbcl.base-flow", lambda: 100 * core.quantization_loss(Z, P, Q)),
    "the quantisation error is a little larger (dual)": Mutant(
        losses.quantization_loss, scaled(1.001), "gbcl.dual-flow", lambda: 100 * core.quantization_loss(Z, P, Q)),
    "least-norm weights are a little longer": Mutant(
        layers.initialisation.least_norm_weights, scaled(1.001), "gbcl.minimum-norm",
        lambda: 100 * layers.initialisation.least_norm_weights(Z, P)),
    "labels do not see one another move": Mutant(
        "EntropyConstraint.assign", old_counts, "secu.theorem2", entropy_labels),
    "labels go to the dearest cluster": Mutant(
        "SizeConstraint.assign", lambda f: lambda self, costs, previous: f(self, -costs, previous),
        "secu.size-constraint", size_labels),
    "the entropy of the sizes is a little larger": Mutant(
        labelling.size_entropy, scaled(1.01), "secu.entropy-dual",
        lambda: torch.tensor(secu.size_entropy(torch.tensor([0, 1]), 2))),
    "prices move twice as fast": Mutant("SizeConstraint.assign", twice_the_rate, "secu.upper-bound", size_prices),
    "native prototypes are a little larger": Mutant(
        "DualCompetitiveLayer.from_moment", lambda f: lambda self, moment: 1.01 * f(self, moment), "gbcl.ranges",
        lambda: native_prototypes() * 1000),
    "native prototypes are a little smaller": Mutant(
        "DualCompetitiveLayer.from_moment", lambda f: lambda self, moment: 0.99 * f(self, moment), "gbcl.theorem3.2",
        lambda: native_prototypes() * 1000),
    "weights of least norm are a little larger": Mutant(
        layers.initialisation.least_norm_weights, scaled(1.001), "gbcl.lemma3.3",
        lambda: layers.initialisation.least_norm_weights(Z, P[1:])),
    "native prototypes forget the last feature": Mutant(
        "DualCompetitiveLayer.from_moment",
        lambda f: lambda self, moment: torch.nn.functional.pad(f(self, moment)[..., :-1], (0, 1)), "gbcl.theorem3.4",
        native_prototypes),
    "native prototypes turn in the plane": Mutant(
        "DualCompetitiveLayer.from_moment", lambda f: lambda self, moment: f(self, moment).flip(-1), "gbcl.theorem3.5",
        native_prototypes),
    "uniform weights are wider": Mutant(
        layers.initialisation.uniform_weights, scaled(1.5), "gbcl.initialisation",
        lambda: layers.initialisation.uniform_weights(2, 3)),
    "a weight is p instead of 1 - p": Mutant(
        centres.hardness, lambda f: lambda *a: 1 - f(*a), "secu.hardness", lambda: secu.hardness(UX, UW, UY, 1.0)),
    "all weights are equal": Mutant(
        centres.hardness, lambda f: lambda *a: torch.ones_like(f(*a)), "secu.theorem1",
        lambda: secu.closed_form_centres(UX, UW, UY, 1.0)),
    "centres move away from their sums": Mutant(
        centres.centres_from_sums, lambda f: lambda s, w: f(-s, w), "secu.theorem1.iteration",
        lambda: secu.closed_form_centres(UX, UW, UY, 1.0)),
    "centres leave the sphere": Mutant(
        stable.normalise, lambda f: lambda rows: rows, "secu.limit",
        lambda: secu.closed_form_centres(UX, UW, UY, 1.0)),
    "negatives push the centres": Mutant(
        stable.stable_loss, lambda f: lambda x, w, y, t, n, r: f(x, w, y, t, "attached", r), "secu.loss", centre_slope),
    "the speed of the flow is doubled": Mutant(
        "ReducedEnergy.unchecked_speed", scaled(2.0), "ddcl.theorem4.dissipation", lambda: ENERGY.kkt_residual(P, Q)),
}  # fmt: skip


def install(monkeypatch: pytest.MonkeyPatch, original: Any, broken: Callable[[Function], Function]) -> None:
    """Replace a function in every module of ddcl_core that holds it, or a method in its class."""
    if isinstance(original, str) and original.partition(".")[0] in CLASSES:
        owner, _, name = original.partition(".")
        monkeypatch.setattr(CLASSES[owner], name, broken(getattr(CLASSES[owner], name)))
        return
    if isinstance(original, str):
        module, _, name = original.partition(".")
        original = getattr(sys.modules[f"ddcl_core.functional.{module}"], name)
    mutant = broken(original)
    places = [
        (module, name)
        for path, module in list(sys.modules.items())
        if path.split(".")[0] == ddcl_core.__name__
        for name, value in vars(module).items()
        if value is original
    ]
    assert places
    for module, name in places:
        monkeypatch.setattr(module, name, mutant)


def rows(identifier: str, readings: tuple[str, ...]) -> Claim:
    """The claim with only the given readings; which of them is printed does not matter here."""
    claim = next(e for e in registry.builtin() if e.id == identifier).load()
    kept = [r for r in claim.readings if r.id in readings]
    assert [r.id for r in kept] == list(readings)
    return replace(claim, readings=tuple(replace(r, as_printed=i == 0) for i, r in enumerate(kept)))


def verdicts(result: ClaimResult) -> dict[tuple[str, str], Verdict]:
    return {(r.reading.id, p.part.id): p.verdict for r in result.readings for p in r.parts}


@pytest.fixture(scope="module")
def unbroken() -> Callable[[str, tuple[str, ...], tuple[str, ...]], ClaimResult]:
    """Runs of the unbroken library; each is made once."""
    cache: dict[Any, ClaimResult] = {}

    def run(claim: str, readings: tuple[str, ...], kinds: tuple[str, ...]) -> ClaimResult:
        key = (claim, readings, kinds)
        if key not in cache:
            cache[key] = run_claim(rows(claim, readings), QUICK, only=kinds, figures=False)
        return cache[key]

    return run


@pytest.fixture(autouse=True)
def flow_in_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled flow calls none of the functions that are broken here; tests of its own hold it to this form."""
    monkeypatch.setattr(native, "load", lambda: None)


@pytest.mark.parametrize("name", list(MUTANTS))
def test_the_right_claim_notices(
    monkeypatch: pytest.MonkeyPatch, unbroken: Callable[..., ClaimResult], name: str
) -> None:
    mutant = MUTANTS[name]
    before = unbroken(mutant.claim, mutant.readings, mutant.kinds)
    healthy = mutant.shows()
    install(monkeypatch, mutant.original, mutant.broken)
    assert not torch.allclose(mutant.shows(), healthy), "the mutant has no effect"
    after = run_claim(rows(mutant.claim, mutant.readings), QUICK, only=mutant.kinds, figures=False)
    assert all(r.verdict in STANDS for r in before.readings), "the unbroken library must stand, or nothing is shown"
    fallen = [r.reading.id for r in after.readings if r.verdict not in STANDS]
    assert fallen == list(mutant.readings), f"not noticed: {verdicts(after)}"


def test_the_dynamics_notice_a_wrong_slope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Besides the rows about code: the runs of the flow go against the statement over the reals."""
    kinds = ("dynamics",)

    def evidence() -> list[Any]:
        result = run_claim(rows("ddcl.theorem4.dissipation", ("cone",)), QUICK, only=kinds, figures=False)
        return [e for r in result.readings for p in r.parts for e in p.evidence if e.kind == "dynamics"]

    before = evidence()
    assert before and not any(e.violated for e in before)
    install(monkeypatch, "ReducedEnergy.unchecked_grad_prototypes", scaled(2.0))
    assert any(e.violated or e.outcome.name in ("CRASHED", "UNDECIDED") for e in evidence())


def test_a_mutant_that_cannot_be_noticed(monkeypatch: pytest.MonkeyPatch, unbroken: Callable[..., ClaimResult]) -> None:
    """S_q is symmetric, so transposing it is an equivalent mutant: nothing changes, and nothing should."""
    healthy = core.assignment_covariance(Q)
    before = verdicts(unbroken("ddcl.proposition6.mechanism", FLOATS, ("property",)))
    install(monkeypatch, assignment.assignment_covariance, lambda f: lambda q, **options: f(q, **options).mT)
    assert torch.equal(core.assignment_covariance(Q), healthy)
    result = run_claim(rows("ddcl.proposition6.mechanism", FLOATS), QUICK, only=("property",), figures=False)
    assert verdicts(result) == before


def test_every_claim_about_code_has_a_mutant() -> None:
    """A float row that no mutant can topple would show nothing."""
    with_code = {e.id for e in registry.builtin() if {"float64", "float32"} & {r.id for r in e.load().readings}}
    assert with_code == {m.claim for m in MUTANTS.values()}

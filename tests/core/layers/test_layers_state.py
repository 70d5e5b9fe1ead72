"""What a layer stores: eval mode, refresh, state_dict, resuming."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ddcl_core.layers import DeepDualCompetitiveLayer, DualCompetitiveLayer, VanillaCompetitiveLayer, winner_loss

N, K, D = 12, 3, 2
OPTIONS: list[dict[str, Any]] = [{"features": "moving"}, {"features": "frozen"}, {"estimate": "unbiased"}]
KINDS = [DualCompetitiveLayer, DeepDualCompetitiveLayer]


@pytest.fixture
def z(device: torch.device) -> Tensor:
    return torch.randn(N, D, generator=torch.Generator().manual_seed(1), dtype=torch.float64).to(device)


def make(kind: type[Any], z: Tensor, **options: Any) -> Any:
    return kind(N, K, dtype=torch.float64, device=z.device, **options)


def train(layer: nn.Module, z: Tensor, steps: range, optimizer: torch.optim.Optimizer) -> list[Tensor]:
    """Batches of 5 in an order that depends on the step alone, features that drift with it."""
    path = []
    for step in steps:
        index = torch.randperm(N, generator=torch.Generator().manual_seed(step))[:5].to(z.device)
        moved = z * (1 + 0.05 * step)
        optimizer.zero_grad()
        prototypes = layer(moved[index], index)
        winner_loss(moved, prototypes).backward()
        optimizer.step()
        path.append(prototypes.detach().clone())
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS)
def test_eval_mode_without_stored_prototypes_says_what_to_do(
    kind: type[Any], options: dict[str, Any], z: Tensor
) -> None:
    layer = make(kind, z, **options)
    if options.get("estimate") == "unbiased":
        layer(z[:2], torch.arange(2))
    layer.eval()
    for call in (layer, layer.predict, lambda z: layer.assign(z, 1.0)):
        with pytest.raises(RuntimeError, match="none are stored yet; call refresh"):
            call(z)
    layer.refresh([(z, None)])
    assert layer(z).shape == (K, D)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS)
def test_eval_mode_has_the_last_step_of_the_optimizer(kind: type[Any], options: dict[str, Any], z: Tensor) -> None:
    layer = make(kind, z, **options)
    optimizer = torch.optim.SGD(layer.parameters(), 0.05)
    winner_loss(z, layer(z), "sum").backward()
    optimizer.step()
    stale = layer.prototypes.clone()
    layer.eval()
    fresh = layer.from_moment(layer.weights.T @ z).detach()
    assert (stale - fresh).abs().max() > 1e-3
    assert layer.prototypes.equal(fresh)
    assert layer(z).equal(fresh) and layer().equal(fresh)
    assert not layer(z).requires_grad


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS)
def test_refresh_is_one_pass_over_all_samples(kind: type[Any], options: dict[str, Any], z: Tensor) -> None:
    layer = make(kind, z, **options)
    train(layer, z, range(4), torch.optim.Adam(layer.parameters(), 0.05))
    order = torch.randperm(N, generator=torch.Generator().manual_seed(0))
    found = layer.refresh((z[index.to(z.device)], index) for index in order.split(5))
    exact = layer.from_moment(layer.weights.T @ z).detach()
    # 12 terms of order 1, added in another order.
    assert torch.allclose(found, exact, rtol=0, atol=1e-13)
    assert not found.requires_grad
    assert layer.stored_prototypes().equal(found)
    if options.get("estimate") != "unbiased":
        assert torch.allclose(layer(z[:3], torch.arange(3)), exact, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("batches", "words"),
    [
        ([], "got 0 of 12 samples"),
        ([range(11)], "got 11 of 12 samples"),
        ([range(12), range(1)], "a sample in two batches"),
        ([[0, 1, 1]], "index: got 1 more than once"),
        ([range(6), [12]], "index: got 12"),
    ],
)
def test_a_refresh_that_fails_changes_nothing(batches: list[Any], words: str, z: Tensor) -> None:
    for options in OPTIONS:
        layer = make(DualCompetitiveLayer, z, **options)
        layer.refresh([(z, None)])
        before = copy.deepcopy(layer.state_dict())
        pairs = [(2 * z[[i % N for i in part]], torch.tensor(list(part))) for part in batches]
        with pytest.raises(ValueError, match=words):
            layer.refresh(pairs)
        after = layer.state_dict()
        assert list(after) == list(before)
        assert all(after[name].equal(value) for name, value in before.items())


def through_a_file(state: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS)
def test_a_resumed_run_is_bitwise_the_uninterrupted_one(kind: type[Any], options: dict[str, Any], z: Tensor) -> None:
    whole = make(kind, z, **options)
    expected = train(whole, z, range(9), torch.optim.Adam(whole.parameters(), 0.05))

    first = make(kind, z, **options)
    optimizer = torch.optim.Adam(first.parameters(), 0.05)
    found = train(first, z, range(4), optimizer)
    state = through_a_file({"layer": first.state_dict(), "optimizer": optimizer.state_dict()})
    second = make(kind, z, random_state=9, **options)
    second.load_state_dict(state["layer"])
    resumed = torch.optim.Adam(second.parameters(), 0.05)
    resumed.load_state_dict(state["optimizer"])
    found += train(second, z, range(4, 9), resumed)

    assert all(ours.equal(theirs) for ours, theirs in zip(found, expected, strict=True))
    ours, theirs = second.state_dict(), whole.state_dict()
    assert list(ours) == list(theirs)
    assert all(ours[name].equal(theirs[name]) for name in theirs)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS)
def test_saving_between_loss_and_step_does_not_disturb(kind: type[Any], options: dict[str, Any], z: Tensor) -> None:
    paths = []
    for save in (False, True):
        layer = make(kind, z, **options)
        optimizer = torch.optim.SGD(layer.parameters(), 0.05)
        train(layer, z, range(3), optimizer)
        winner_loss(z, layer(z[:4], torch.arange(4))).backward()
        if save:
            layer.state_dict()
        optimizer.step()
        paths.append(train(layer, z, range(3, 6), optimizer))
    # Saving splits one addition to the running sum in two, of which the first adds zero.
    assert all(ours.equal(theirs) for ours, theirs in zip(*paths, strict=True))


def test_state_of_stored_prototypes_travels_inside_a_model(z: Tensor) -> None:
    model = nn.Sequential(nn.Identity(), make(DualCompetitiveLayer, z).initialise(z))
    other = nn.Sequential(nn.Identity(), make(DualCompetitiveLayer, z, random_state=3))
    other.load_state_dict(through_a_file(model.state_dict()))
    other.eval()
    assert other[1]().equal(model[1].stored_prototypes())
    assert other[1].predict(z).equal(model[1].predict(z))


def test_loading_an_early_state_forgets_later_prototypes(z: Tensor) -> None:
    layer = make(DualCompetitiveLayer, z)
    early = copy.deepcopy(layer.state_dict())
    layer(z)
    layer.load_state_dict(early)
    assert layer.prototypes is None and layer.total is None and layer.seen is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS)
def test_loading_and_refreshing_forget_the_last_batch(kind: type[Any], options: dict[str, Any], z: Tensor) -> None:
    other = make(kind, z, **options)
    other.refresh([(z, None)])
    for index in (None, torch.arange(5)):
        layer = make(kind, z, random_state=1, **options)
        layer(-z if index is None else -z[index], index)
        layer.load_state_dict(other.state_dict())
        assert layer.stored_prototypes().equal(other.stored_prototypes())
        layer(-z if index is None else -z[index], index)
        layer.refresh([(2 * z, None)])
        assert layer.stored_prototypes().equal(layer.from_moment(layer.weights.T @ (2 * z)))


def test_unbiased_batches_leave_the_stored_prototypes_as_they_are(z: Tensor) -> None:
    layer = make(DualCompetitiveLayer, z, estimate="unbiased")
    layer(z)
    stored = layer.stored_prototypes().clone()
    optimizer = torch.optim.SGD(layer.parameters(), 0.05)
    train(layer, z, range(3), optimizer)
    assert (layer.weights.T @ z - stored).abs().max() > 1e-3
    assert layer.stored_prototypes().equal(stored)


def test_states_of_other_options_are_refused(z: Tensor) -> None:
    states = {str(options): make(DualCompetitiveLayer, z, **options).initialise(z).state_dict() for options in OPTIONS}
    moving, frozen, unbiased = states.values()
    for state, options, words in (
        (frozen, {"features": "moving"}, "recorded_features: missing"),
        (moving, {"features": "frozen"}, "Unexpected key.*recorded_features"),
        (moving, {"estimate": "unbiased"}, "Unexpected key.*recorded_weights"),
    ):
        with pytest.raises(RuntimeError, match=words):
            make(DualCompetitiveLayer, z, **options).load_state_dict(state)
    make(DualCompetitiveLayer, z).load_state_dict(unbiased)


def test_copies_and_conversions_keep_the_prototypes(z: Tensor) -> None:
    layer = make(DualCompetitiveLayer, z)
    optimizer = torch.optim.SGD(layer.parameters(), 0.05)
    train(layer, z, range(4), optimizer)
    twin = copy.deepcopy(layer)
    assert twin.eval()().equal(layer.stored_prototypes())
    single = copy.deepcopy(layer).float()
    assert single.stored_prototypes().dtype == torch.float32
    # Twelve products and four updates in float32, entries of order 1.
    assert torch.allclose(single.stored_prototypes().double(), layer.stored_prototypes(), rtol=0, atol=1e-5)
    assert single.train()(z[:2].float(), torch.arange(2)).dtype == torch.float32


def test_what_a_forward_returned_can_be_changed_without_harm(z: Tensor) -> None:
    for options in OPTIONS:
        layer = make(DualCompetitiveLayer, z, **options)
        layer(z).detach().zero_()
        assert torch.allclose(layer.stored_prototypes(), layer.weights.T @ z, rtol=0, atol=1e-13)


def test_vanilla_state_is_its_parameter(z: Tensor) -> None:
    layer = VanillaCompetitiveLayer(K, D, dtype=torch.float64, device=z.device).initialise(z)
    other = VanillaCompetitiveLayer(K, D, dtype=torch.float64, device=z.device, random_state=4)
    other.load_state_dict(through_a_file(layer.state_dict()))
    assert list(layer.state_dict()) == ["prototypes"]
    assert other.eval()(z).equal(layer.prototypes)

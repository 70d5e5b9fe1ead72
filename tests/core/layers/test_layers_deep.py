"""The deep dual layer against a network applied to one feature at a time."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from ddcl_core.layers import DeepDualCompetitiveLayer, winner_loss

CLOSE = 1e-12


def problem(activation: str, hidden: tuple[int, ...] = (5, 4)) -> tuple[DeepDualCompetitiveLayer, Tensor]:
    z = torch.randn(8, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    layer = DeepDualCompetitiveLayer(8, 2, hidden=hidden, activation=activation, dtype=torch.float64)
    with torch.no_grad():
        for number, bias in enumerate(layer.biases):
            bias.copy_(torch.linspace(-0.5, 0.3 + number, len(bias)))
    return layer, z


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("hidden", [(5, 4), (3,)])
def test_each_feature_passes_the_network_by_itself(activation: str, hidden: tuple[int, ...]) -> None:
    layer, z = problem(activation, hidden)
    squash = math.tanh if activation == "tanh" else lambda x: max(x, 0.0)
    found = layer(z)
    assert found.shape == (2, 3)
    matrices = [layer.weights.tolist(), *(weights.tolist() for weights in layer.upper)]
    biases = [bias.tolist() for bias in layer.biases]
    for feature in range(3):
        units = z[:, feature].tolist()
        for level, (matrix, bias) in enumerate(zip(matrices, biases, strict=True)):
            if level:
                units = [squash(unit) for unit in units]
            units = [bias[j] + sum(u * row[j] for u, row in zip(units, matrix, strict=True)) for j in range(len(bias))]
        assert found[:, feature].tolist() == pytest.approx(units, abs=CLOSE)


def test_a_feature_moves_its_own_coordinate_only() -> None:
    """GBCL, equation (14), for the deep variant too."""
    layer, z = problem("tanh")
    before = layer(z).detach()
    z[:, 1] += 1
    change = layer(z).detach() - before
    assert change[:, 1].abs().min() > 1e-4
    assert change[:, [0, 2]].count_nonzero() == 0


def test_batches_sum_before_the_network() -> None:
    layer, z = problem("tanh")
    layer.refresh([(z, None)])
    optimizer = torch.optim.SGD(layer.parameters(), 0.05)
    for index in torch.arange(8).split(3) * 3:
        prototypes = layer(z[index], index)
        exact = layer.from_moment(layer.weights.T @ z)
        assert torch.allclose(prototypes, exact, rtol=0, atol=CLOSE)
        optimizer.zero_grad()
        winner_loss(z, prototypes).backward()
        assert {i for i, row in enumerate(layer.weights.grad) if row.any()} == set(index.tolist())
        assert all(parameter.grad.any() for parameter in (*layer.upper, *layer.biases[1:]))
        optimizer.step()
        after = layer.from_moment(layer.weights.T @ z)
        assert torch.allclose(layer.stored_prototypes(), after, rtol=0, atol=CLOSE)


def test_gradients_by_finite_differences() -> None:
    layer, z = problem("tanh")
    names = [name for name, _ in layer.named_parameters()]
    values = [value.detach().requires_grad_() for value in layer.parameters()]

    def prototypes(z: Tensor, *parameters: Tensor) -> Tensor:
        return torch.func.functional_call(layer, dict(zip(names, parameters, strict=True)), (z,))

    layer.estimate = "unbiased"
    assert torch.autograd.gradcheck(prototypes, (z.requires_grad_(), *values))


def test_it_quantises_where_samples_are_fewer_than_features() -> None:
    """Two groups of 10 samples in 300 dimensions, 20 apart: training finds both group means."""
    generator = torch.Generator().manual_seed(1)
    side = torch.tensor([1.0, -1.0]).repeat_interleave(10).unsqueeze(1)
    z = side * torch.randn(1, 300, generator=generator).sign() + 0.3 * torch.randn(20, 300, generator=generator)
    layer = DeepDualCompetitiveLayer(20, 2)
    optimizer = torch.optim.Adam(layer.parameters(), 0.01)
    for _ in range(150):
        optimizer.zero_grad()
        winner_loss(z, layer(z)).backward()
        optimizer.step()
    layer.eval()
    labels = layer.predict(z)
    assert labels.unique_consecutive().shape == (2,)
    means = torch.stack([z[:10].mean(0), z[10:].mean(0)])[labels[[0, 10]].argsort()]
    assert (layer() - means).norm(dim=1).max() < 0.5 * means.norm(dim=1).min()


def test_the_start_keeps_the_scale_of_standardised_features() -> None:
    z = torch.randn(500, 400, generator=torch.Generator().manual_seed(2))
    for activation in ("tanh", "relu"):
        starts = [
            DeepDualCompetitiveLayer(500, 20, activation=activation, random_state=seed)(z).detach() for seed in range(5)
        ]
        assert 0.2 < float(torch.stack(starts).std()) < 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hidden": ()}, "hidden: got no layer"),
        ({"hidden": (4, 0)}, "hidden: got 0"),
        ({"activation": "gelu"}, "activation: got 'gelu'"),
        ({"estimate": "none"}, "estimate: got 'none'"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DeepDualCompetitiveLayer(4, 2, **options)  # type: ignore[arg-type]  # what is tested

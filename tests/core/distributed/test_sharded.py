"""Fits on several ranks against plain gradient descent by autograd on one."""

from __future__ import annotations

import itertools

import pytest
import torch

from ddcl_core import functional
from ddcl_core.distributed import fit_sharded
from ddcl_core.training.data import epoch_batches

N, K, TEMPERATURE = 53, 5, 2.0
SPREADS = {1: [53], 2: [27, 26], 3: [49, 0, 4]}  # the last with a rank without samples and one with fewer than K


def samples(n=N, d=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    centres = 4 * torch.randn(4, d, generator=generator, dtype=torch.float64)
    labels = torch.randint(4, (n,), generator=generator)
    return centres[labels] + torch.randn(n, d, generator=generator, dtype=torch.float64)


def reference(z, start, configuration):
    """Gradient descent on P, or on W with P = W^T Z, by autograd and torch.optim: the parameter and the losses."""
    native = configuration["parametrisation"] == "native"
    leaf = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([leaf], lr=configuration["rate"], momentum=configuration["momentum"])
    value = {"quantization": functional.quantization_loss, "ols": functional.ols_loss}[configuration["loss"]]
    losses = []
    for epoch in range(configuration["epochs"]):
        batches = [torch.arange(len(z))]
        if configuration["batch_size"] is not None:
            batches = epoch_batches(len(z), configuration["batch_size"], configuration["seed"], epoch)
        total = 0.0
        for rows in batches:
            part, prototypes = z[rows], leaf.mT @ z if native else leaf
            q = torch.softmax(-((part[:, None] - prototypes) ** 2).sum(-1) / TEMPERATURE, -1)
            batch_loss = value(part, prototypes, q.detach() if configuration["mode"] == "stopped" else q)
            optimizer.zero_grad()
            batch_loss.backward()
            optimizer.step()
            total += batch_loss.item() * len(rows)
        losses.append(total / len(z))
    return leaf.detach(), losses


def starts(parametrisation):
    """An initial value of the parameter that owes nothing to the library: near some samples, or dense weights."""
    generator = torch.Generator().manual_seed(7)
    if parametrisation == "native":
        return torch.softmax(3 * torch.randn(N, K, generator=generator, dtype=torch.float64), 0)
    return samples()[:K] + torch.randn(K, 3, generator=generator, dtype=torch.float64)


CONFIGURATIONS = [
    {
        "n_clusters": K,
        "temperature": TEMPERATURE,
        "loss": loss,
        "mode": mode,
        "parametrisation": parametrisation,
        "batch_size": batch_size,
        "epochs": 11 if batch_size else 50,
        "rate": 0.7 if parametrisation == "free" else 3e-4,
        "momentum": 0.5,
        "seed": 3,
        "init" if parametrisation == "free" else "weights": starts(parametrisation),
    }
    for parametrisation, loss, mode, batch_size in itertools.product(
        ("free", "native"), ("quantization", "ols"), ("stopped", "full"), (None, 12)
    )
]


def relative(found, expected):
    return ((found - expected).norm() / expected.norm()).item()


@pytest.mark.parametrize("world_size", SPREADS)
def test_any_number_of_ranks_does_what_plain_descent_does(ranks, world_size):
    # Both sides add the same numbers in float64, in another order, over 50 or 55 steps.
    z = samples()
    ended = ranks("fits", world_size, z=z, counts=SPREADS[world_size], configurations=CONFIGURATIONS)
    assert [one.code for one in ended] == [0] * world_size
    for position, configuration in enumerate(CONFIGURATIONS):
        found = ended[0].result[position]
        native = configuration["parametrisation"] == "native"
        start = starts(configuration["parametrisation"])
        expected, losses = reference(z, start, configuration)
        prototypes = expected.mT @ z if native else expected
        assert relative(prototypes, start.mT @ z if native else start) > 0.05, "the reference must have moved"
        assert relative(found["prototypes"], prototypes) < 1e-10
        assert found["losses"] == pytest.approx(losses, rel=1e-10)
        assert found["steps"] == (55 if configuration["batch_size"] else 50)
        assert torch.equal(found["labels"], torch.cdist(z, prototypes).argmin(-1))
        if native:
            assert relative(found["weights"], expected) < 1e-10
        for other in ended[1:]:
            assert torch.equal(other.result[position]["prototypes"], found["prototypes"])


def test_seeding_chooses_the_same_samples_on_any_number_of_ranks(ranks, alone):
    z = samples()
    configurations = [
        {"n_clusters": K, "temperature": TEMPERATURE, "epochs": 0, "init": init, "seed": seed, "parametrisation": kind}
        for init, seed, kind in itertools.product(("k-means++", "random"), (0, 1), ("free", "native"))
    ]
    single = [fit_sharded(z, **configuration) for configuration in configurations]
    for world_size in (2, 3):
        ended = ranks("fits", world_size, z=z, counts=SPREADS[world_size], configurations=configurations)
        for found, expected in zip(ended[0].result, single, strict=True):
            # Rows of the data pass through a sum with zeros, which changes no bit.
            assert torch.equal(found["prototypes"], expected.prototypes)
            if expected.weights is not None:
                assert torch.equal(found["weights"], expected.weights)
    for fit in single:
        distances = (fit.prototypes[:, None] - z).abs().sum(-1)
        assert (distances.amin(-1) == 0).all() and len(set(distances.argmin(-1).tolist())) == K


def test_seeding_draws_in_proportion_to_the_squared_distance(alone):
    # k = 2 makes 2 trials; with one far and many near samples the far one is missed only if both trials miss it.
    z = torch.tensor([[0.0]] * 90 + [[1.0]] * 9 + [[3.0]], dtype=torch.float64)
    hits = 0
    for seed in range(300):
        fit = fit_sharded(z, 2, temperature=1.0, epochs=0, seed=seed)
        first, second = fit.prototypes.flatten().tolist()
        assert first != second
        hits += {first, second} == {0.0, 1.0}
    # From a start at 0 (90 %), the ones and the three each have a weight of 9, and keeping a one leaves 4, keeping the
    # three leaves 9: a one is kept whenever one is drawn, with probability 3/4. From a start at 1 (9 %): zeros 90,
    # three 4; a zero is kept if drawn, always up to (4/94)^2. From 3: zeros 810, ones 36; keeping a zero leaves 9, a
    # one 36 + ..., so a zero again. In all 0.9 * 0.75 + 0.09 * 0.998 = 0.765, and 300 draws vary by 0.025.
    assert abs(hits / 300 - 0.765) < 0.1


def test_duplicate_samples_can_be_seeds(alone):
    z = torch.ones(6, 2, dtype=torch.float64)
    fit = fit_sharded(z, 3, temperature=1.0, epochs=2)
    assert torch.equal(fit.prototypes, torch.ones(3, 2, dtype=torch.float64))


def test_single_precision_differs_between_ranks_by_its_rounding(ranks):
    # P itself is kept in float64; distances are rounded to float32, a relative 6e-8 that 20 steps may add up.
    z = samples().float()
    configuration = {"n_clusters": K, "temperature": TEMPERATURE, "epochs": 20, "mode": "full", "batch_size": 20}
    results = [
        ranks("fits", size, z=z, counts=SPREADS[size], configurations=[configuration])[0].result[0] for size in (1, 3)
    ]
    assert results[0]["prototypes"].dtype == torch.float32
    assert relative(results[1]["prototypes"], results[0]["prototypes"]) < 20 * 3 * 6e-8


def test_a_step_communicates_k_d_and_k_numbers(ranks):
    """Whatever n and the batch; everything else is once a run or once an epoch."""
    k, d = 7, 3
    counted = {}
    for epochs, batch_size in ((1, 53), (1, 27), (2, 27), (1, 53)):
        for kind in ("free", "native"):
            given = {"n_clusters": k, "temperature": 1.0, "epochs": epochs, "batch_size": batch_size}
            ended = ranks("counts", 2, z=samples(), counts=[27, 26], configuration={**given, "parametrisation": kind})
            counted[epochs, batch_size, kind] = ended[0].result
            assert ended[1].result == ended[0].result
    for kind in ("free", "native"):
        one, two, four = counted[1, 53, kind], counted[1, 27, kind], counted[2, 27, kind]
        assert two - one == k * d + k
        assert four - two == 2 * (k * d + k) + k * d + 1  # an epoch: P, from rank 0 or from W anew, and the loss
    # Once a native run: Z^T Z and its largest eigenvalue.
    assert counted[1, 53, "native"] - counted[1, 53, "free"] == d * d + 1


def test_a_schedule_is_read_at_every_step(alone):
    seen = []

    def temperature(epoch):
        seen.append(epoch)
        return 1.0 + epoch

    fit_sharded(samples(), 2, temperature=temperature, epochs=2, batch_size=27)
    assert seen[1:] == [0.0, 0.5, 1.0, 1.5]


def test_default_rates_descend(alone):
    z = samples()
    for kind in ("free", "native"):
        losses = fit_sharded(z, 4, temperature=1e-3, epochs=30, parametrisation=kind).losses
        assert all(later <= earlier for earlier, later in itertools.pairwise(losses))
        assert losses[-1] < 0.999 * losses[0]


def test_data_without_spread_are_accepted(alone):
    z = torch.zeros(4, 2, dtype=torch.float64)
    for kind in ("free", "native"):
        fit = fit_sharded(z, 2, temperature=1.0, epochs=2, parametrisation=kind)
        assert torch.equal(fit.prototypes, torch.zeros(2, 2, dtype=torch.float64)) and fit.losses == [0.0, 0.0]

"""Training against a literal Algorithm 1, and what a run promises: seeds, checkpoints, bounds, a stop at NaN."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from ddcl_core.secu import NoisyView, SeCuConfig, SeCuModel, SeCuTrainer, encode, head_sizes
from ddcl_core.secu.trainer import make_assigner
from ddcl_core.training.checkpoints import load_checkpoint, save_checkpoint
from ddcl_core.training.guard import TrainingDiverged


def identity(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return x


def shifted(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Views that differ."""
    return x + 0.1 * torch.randn(x.shape, generator=generator, dtype=x.dtype)


def data(n: int = 24, d: int = 5, seed: int = 0) -> torch.Tensor:
    """Three groups, equally large."""
    generator = torch.Generator().manual_seed(seed)
    middles = 2 * torch.randn(3, d, generator=generator, dtype=torch.float64)
    return middles[torch.arange(n) % 3] + torch.randn(n, d, generator=generator, dtype=torch.float64)


def build(sizes: tuple[int, ...] = (3,), seed: int = 0, d: int = 5, dropout: bool = False) -> SeCuModel:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers: list[nn.Module] = [nn.Linear(d, 4)]
        if dropout:
            layers = [nn.Linear(d, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 4)]
        backbone = nn.Sequential(*layers).double()
    return SeCuModel(backbone, sizes, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def tensors(model: nn.Module) -> list[torch.Tensor]:
    return [value.clone() for value in model.state_dict().values()]


class LiteralRun:
    """Algorithm 1 in the plainest form, from the state and batches of a trainer: loops over samples and heads."""

    def __init__(self, trainer: SeCuTrainer) -> None:
        layer = trainer.model.backbone[0]
        self.weight, self.bias = layer.weight.detach().clone(), layer.bias.detach().clone()
        self.centres = [head.detach().clone() for head in trainer.model.heads]
        self.labels = [labels.clone() for labels in trainer.labels]
        self.duals = [assigner.state_dict() for assigner in trainer.assigners]
        self.config = trainer.config

    def features(self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return functional.normalize(x @ weight.T + bias, dim=-1)

    def epoch(self, batches: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]], rate: float) -> None:
        config = self.config
        of_centres = config.centre_temperature or config.temperature
        previous = [centres.clone() for centres in self.centres]
        sums = [torch.zeros_like(centres) for centres in self.centres]
        for index, one, two in batches:
            weight, bias = (value.clone().requires_grad_() for value in (self.weight, self.bias))
            views = [self.features(one, weight, bias), self.features(two, weight, bias)]
            loss = torch.zeros((), dtype=torch.float64)
            for number, old in enumerate(previous):
                k = old.shape[0]
                hard = functional.one_hot(self.labels[number][index], k).double()
                shares = [torch.softmax(view @ old.T / config.temperature, 1) for view in views]
                for mine, other in ((0, 1), (1, 0)):
                    y = config.label_weight * hard + (1 - config.label_weight) * shares[other].detach()
                    loss = loss - (y * shares[mine].log()).sum(1).mean() / 2
                centres, fixed = self.centres[number], [view.detach() for view in views]
                gain = (fixed[0] @ centres.T + fixed[1] @ centres.T) / 2 + self.duals[number]["lower_duals"]
                chosen = gain.argmax(1)
                self.labels[number][index] = chosen
                frequencies = functional.one_hot(chosen, k).double().mean(0)
                self.duals[number]["lower_duals"] = torch.clamp(
                    self.duals[number]["lower_duals"] - config.dual_rate * (frequencies - config.lower / k), min=0
                )
                gradient = torch.zeros_like(centres)
                for view in fixed:
                    p = torch.softmax(view @ centres.T / of_centres, 1)
                    for i, j in enumerate(chosen.tolist()):
                        gradient[j] += (p[i, j] - 1) * view[i] / of_centres / len(index) / 2
                        sums[number][j] += (1 - p[i, j]) * view[i]
                if config.centre_update == "sgd":
                    self.centres[number] = functional.normalize(centres - config.centre_rate * gradient, dim=-1)
                else:
                    filled = sums[number].norm(dim=-1, keepdim=True) > 0
                    self.centres[number] = torch.where(filled, functional.normalize(sums[number], dim=-1), centres)
            slopes = torch.autograd.grad(loss, (weight, bias))
            self.weight = self.weight - rate * slopes[0]
            self.bias = self.bias - rate * slopes[1]


@pytest.mark.parametrize("centre_update", ["sgd", "closed-form"])
@pytest.mark.parametrize("heads", [1, 3])
def test_epochs_are_algorithm_1(centre_update, heads) -> None:
    """Two views, soft labels, duals, both updates, the sum over heads: equal to the literal run, epoch by epoch."""
    config = SeCuConfig(
        epochs=4,
        batch_size=8,
        temperature=0.3,
        centre_temperature=0.5 if heads == 1 else None,
        lower=0.8,
        centre_update=centre_update,
        rate=0.3,
        centre_rate=0.2,
        momentum=0.0,
        warmup_epochs=0,
    )
    seen: list[torch.Tensor] = []

    def recorded(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        seen.append(shifted(x, generator))
        return seen[-1]

    x = data()
    trainer = SeCuTrainer(build(head_sizes(2, heads)), config, view=recorded)
    orders: list[torch.Tensor] = []
    original = trainer.batches

    def batches(n: int, batch_size: int):
        parts = list(original(n, batch_size))
        orders.extend(parts)
        return parts

    trainer.batches = batches  # type: ignore[method-assign]  # keeps the order that was drawn
    # A constant rate, so that the literal run needs no schedule.
    trainer._set_rate = lambda epoch: None  # type: ignore[method-assign]
    runs: list[LiteralRun] = []
    original_epoch = trainer.epoch

    def epoch(x: torch.Tensor, number: int):
        literal = LiteralRun(trainer)
        start = len(orders)
        row = original_epoch(x, number)
        pairs = zip(seen[2 * start :: 2], seen[2 * start + 1 :: 2], strict=True)
        literal.epoch([(index, *pair) for index, pair in zip(orders[start:], pairs, strict=True)], config.rate)
        runs.append(literal)
        torch.testing.assert_close(trainer.model.backbone[0].weight.detach(), literal.weight, rtol=1e-9, atol=1e-11)
        torch.testing.assert_close(trainer.model.backbone[0].bias.detach(), literal.bias, rtol=1e-9, atol=1e-11)
        for number, head in enumerate(trainer.model.heads):
            assert torch.equal(trainer.labels[number], literal.labels[number])
            torch.testing.assert_close(head.detach(), literal.centres[number], rtol=1e-9, atol=1e-11)
            torch.testing.assert_close(
                trainer.assigners[number].state_dict()["lower_duals"], literal.duals[number]["lower_duals"]
            )
        return row

    trainer.epoch = epoch  # type: ignore[method-assign]
    trainer.fit(x)
    assert len(runs) == 4 and len(orders) == 5 * 3


def test_encoder_does_not_move_in_the_first_pass_and_centres_stay_on_the_sphere() -> None:
    model = build()
    before = model.backbone[0].weight.detach().clone()
    trainer = SeCuTrainer(model, SeCuConfig(epochs=1, batch_size=8), view=identity)
    trainer.labels = [torch.full((24,), -1)]
    trainer.assigners = [make_assigner(trainer.config, 3, 24)]
    trainer.begin(data())
    assert torch.equal(model.backbone[0].weight.detach(), before)
    assert int(trainer.labels[0].min()) >= 0
    torch.testing.assert_close(model.heads[0].detach().norm(dim=-1), torch.ones(3, dtype=torch.float64))


def test_bounds_hold_over_the_last_epoch() -> None:
    """share >= lower/k - ρ/(ηR) over R equal batches, whatever the encoder does; greedy labels break it here."""
    x = torch.cat([data(60)[:20].mean(0) + 0.05 * data(60, seed=1)[:54], data(60)[:6]])
    sizes, entropies = {}, {}
    for constraint in ("size", "none", "entropy"):
        config = SeCuConfig(epochs=6, batch_size=10, constraint=constraint, rate=0.01, dual_rate=0.5, centre_rate=0.1)
        trainer = SeCuTrainer(build(seed=1), config, view=NoisyView(0.1, 0.0))
        history = trainer.fit(x)
        assert history["sizes"][-1] == torch.bincount(trainer.labels[0], minlength=3).tolist()
        shares = sizes[constraint] = torch.tensor(history["sizes"][-1]).double() / 60
        entropies[constraint] = history["entropy"][-1]
        assert entropies[constraint] == pytest.approx(-float((shares * shares.log()).sum()), abs=1e-14)
        if constraint == "size":
            duals = trainer.assigners[0].state_dict()["lower_duals"]
            assert bool((shares >= 0.9 / 3 - duals / (0.5 * 6) - 1e-12).all())
        if constraint == "entropy":
            assert trainer.assigners[0].state_dict()["counts"] == history["sizes"][-1]
    assert float(sizes["size"].min()) > 3 * float(sizes["none"].min())
    assert min(entropies["size"], entropies["entropy"]) > 2 * entropies["none"]


def run(path: Path | None = None, view=shifted, seed: int = 3, **changes) -> SeCuTrainer:
    options = dict(epochs=5, batch_size=8, warmup_epochs=1, rate=0.05) | changes
    trainer = SeCuTrainer(
        build(head_sizes(3, 2), dropout=True), SeCuConfig(**options), view=view, seed=seed, checkpoint=path
    )
    trainer.fit(data())
    return trainer


def test_seed_decides_everything_and_global_generators_are_left_alone() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = run()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    second = run()
    for mine, theirs in zip(tensors(first.model), tensors(second.model), strict=True):
        assert torch.equal(mine, theirs)
    assert first.history == second.history
    assert run(seed=4).history != first.history


class Stop(Exception):
    """The interruption."""


@pytest.mark.parametrize(
    "changes",
    [
        dict(),
        dict(constraint="entropy", centre_update="closed-form"),
        dict(constraint="size", upper=1.1, optimiser="adam", rate=0.01, score="log"),
    ],
    ids=["sgd", "closed-form", "adam"],
)
@pytest.mark.parametrize("at", [9, 27])
def test_interrupted_run_ends_as_the_uninterrupted_one(tmp_path, changes, at) -> None:
    """Six views an epoch, one epoch before the first: interruptions in epochs 0 and 3."""
    whole = run(**changes)
    calls = 0

    def broken(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Stop
        return shifted(x, generator)

    path = tmp_path / "run.pt"
    with pytest.raises(Stop):
        run(path, broken, **changes)
    assert path.exists() == (at > 12)
    resumed = run(path, **changes)
    for mine, theirs in zip(tensors(whole.model), tensors(resumed.model), strict=True):
        assert torch.equal(mine, theirs)
    assert whole.history == resumed.history
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(whole.labels, resumed.labels, strict=True))
    again = run(path, view=broken, **changes)
    assert again.history == whole.history, "a finished run is read, not repeated"


def test_checkpoint_of_another_run_is_refused(tmp_path) -> None:
    path = tmp_path / "run.pt"
    run(path)
    with pytest.raises(ValueError, match="parameter temperature differs: got 0.05, accepted 0.1"):
        run(path, temperature=0.1)
    with pytest.raises(ValueError, match="seed differs: got 3, accepted 4"):
        run(path, seed=4)
    trainer = SeCuTrainer(build(dropout=True), SeCuConfig(epochs=5, batch_size=8), checkpoint=path)
    with pytest.raises(ValueError, match="comes from another run"):
        trainer.fit(data(seed=9))
    save_checkpoint(path, {"other": 1})
    with pytest.raises(ValueError, match="comes from another run"):
        run(path)
    with pytest.raises(ValueError, match="checkpoint: got .* accepted a file in a folder that exists"):
        run(tmp_path / "nowhere" / "run.pt")


def test_an_interruption_says_how_to_go_on(tmp_path) -> None:
    def interrupted(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        if (tmp_path / "run.pt").exists():
            raise KeyboardInterrupt
        return shifted(x, generator)

    with pytest.raises(KeyboardInterrupt) as caught:
        run(tmp_path / "run.pt", interrupted)
    assert caught.value.__notes__ == [f"fit again goes on from {str(tmp_path / 'run.pt')!r}"]


def test_nan_stops_the_run_and_keeps_the_last_checkpoint(tmp_path) -> None:
    calls = 0

    def poisoned(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return shifted(x, generator) * (math.nan if calls == 22 else 1.0)

    path = tmp_path / "run.pt"
    with pytest.raises(TrainingDiverged) as caught:
        run(path, poisoned)
    # View 22 belongs to batch 11 of 3 a pass, counted from 0: step 10, after the first pass and 2 epochs.
    assert (caught.value.step, caught.value.quantity) == (10, "features")
    assert caught.value.checkpoint == path
    state = load_checkpoint(path)
    assert state["done"] == 2
    assert all(bool(torch.isfinite(value).all()) for value in state["model"].values())


def test_gradient_that_is_not_finite_is_named() -> None:
    class Steep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, slope):
            return slope * math.inf

    class Bad(nn.Linear):
        def forward(self, x):
            return Steep.apply(super().forward(x))

    backbone = nn.Sequential(Bad(5, 4)).double()
    model = SeCuModel(backbone, (3,), 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with pytest.raises(TrainingDiverged, match="gradient of backbone.0.weight is not finite"):
        SeCuTrainer(model, SeCuConfig(epochs=1, batch_size=8)).fit(data())


def test_rate_warms_up_and_falls_as_a_cosine() -> None:
    config = SeCuConfig(epochs=12, warmup_epochs=2)
    assert config.rate_factor(1.0) == 0.5
    assert config.rate_factor(2.0) == 1.0
    assert config.rate_factor(7.0) == pytest.approx(0.5, abs=1e-15)
    assert config.rate_factor(12.0) == pytest.approx(0.0, abs=1e-15)
    assert SeCuConfig(epochs=2, warmup_epochs=10).rate_factor(1.0) == 0.5


@pytest.mark.parametrize(("n", "size"), [(24, 8), (25, 8), (129, 128), (7, 2), (5, 128), (2, 2)])
def test_batches_cover_the_samples_without_a_single_one(n, size) -> None:
    trainer = SeCuTrainer(build(), SeCuConfig(epochs=1, batch_size=size))
    parts = list(trainer.batches(n, size))
    assert torch.equal(torch.cat(parts).sort().values, torch.arange(n))
    assert min(map(len, parts)) >= 2
    assert max(map(len, parts)) <= (size if size > 2 else 3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (dict(epochs=0), "epochs: got 0"),
        (dict(batch_size=1), "batch_size: got 1"),
        (dict(temperature=0.0), "temperature: got 0.0"),
        (dict(centre_temperature=-1.0), "centre_temperature: got -1.0"),
        (dict(label_weight=1.5), "label_weight: got 1.5"),
        (dict(constraint="sizes"), "constraint: got 'sizes'"),
        (dict(lower=1.5), "lower: got 1.5"),
        (dict(upper=0.5), "upper: got 0.5"),
        (dict(momentum=1.0), "momentum: got 1.0"),
        (dict(rate=math.inf), "rate: got inf"),
        (dict(optimiser="lars"), "optimiser: got 'lars'"),
        (dict(warmup_epochs=-1), "warmup_epochs: got -1"),
    ],
)
def test_bad_parameters(changes, message) -> None:
    with pytest.raises(ValueError, match=message):
        SeCuConfig(**changes)


def test_heads_and_shapes() -> None:
    assert head_sizes(4, 3) == (4, 8, 12) and head_sizes(4, (1, 5)) == (4, 20)
    for bad in (0, (), (2, 1), (1, 0), (1, 1.5)):
        with pytest.raises(ValueError, match="heads: got"):
            head_sizes(4, bad)
    with pytest.raises(ValueError, match="a head of 50 clusters, accepted at most n_samples=24"):
        SeCuTrainer(build((3, 50)), SeCuConfig(epochs=1)).fit(data())
    with pytest.raises(ValueError, match=r"backbone: got an output of shape \(24, 4, 1\)"):
        model = SeCuModel(
            nn.Sequential(nn.Linear(5, 4), nn.Unflatten(1, (4, 1))).double(),
            (3,),
            4,
            generator=torch.Generator().manual_seed(0),
            dtype=torch.float64,
        )
        encode(model, data())
    trainer = run()
    with pytest.raises(ValueError, match="fit: got a second call"):
        trainer.fit(data())

"""Steps of the trainer against closed forms, batches, collapse, devices of safety and arguments."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from ddcl_core import functional as F
from ddcl_core.layers import VanillaCompetitiveLayer
from ddcl_core.monitors import Monitor, critical_temperature
from ddcl_core.objective import CrossEntropyDDCL, DDCLLoss
from ddcl_core.schedules import annealing, constant
from ddcl_core.training import DDCLModel, History, Reconstruction, Trainer, TrainingDiverged
from ddcl_core.training.data import count_batches, derived_seed, epoch_batches


def linear(inputs, features, seed=0):
    backbone = nn.Linear(inputs, features, bias=False, dtype=torch.float64)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        backbone.weight.copy_(torch.randn(features, inputs, generator=generator, dtype=torch.float64) / inputs**0.5)
    return backbone


def close(got, expected):
    # A few steps on sums of some hundred numbers of order 1.
    torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("assignments", ["stopped", "full"])
@pytest.mark.parametrize("loss", ["quantization", "ols"])
def test_one_step_in_closed_form(blobs, loss, assignments) -> None:
    """Prototypes move by -rate G, the linear backbone by -ratio rate (dL/dz)^T x."""
    x = blobs(30, 5)
    backbone, layer = linear(5, 3), VanillaCompetitiveLayer(4, 3, dtype=torch.float64)
    weight, prototypes = backbone.weight.detach().clone(), layer.prototypes.detach().clone()
    z = x @ weight.mT
    options = {"loss": loss, "mode": assignments}
    trainer = Trainer(
        DDCLModel(backbone, layer),
        DDCLLoss(loss, assignments=assignments),
        constant(2.0, rate_ratio=0.25),
        rate=0.1,
        optimizer="sgd",
        device="cpu",
    )
    history = trainer.fit(x, epochs=1, batch_size=30)
    close(layer.prototypes.detach(), prototypes - 0.1 * F.training_gradient(z, prototypes, 2.0, **options))
    slope = F.training_gradient_features(z, prototypes, 2.0, **options)
    close(backbone.weight.detach(), weight - 0.025 * slope.mT @ x)
    q = F.soft_assignment(z, prototypes, 2.0)
    expected = {"quantization": F.quantization_loss, "ols": F.ols_loss}[loss](z, prototypes, q).item()
    assert history["total"] == history["base"] == pytest.approx([expected], rel=1e-12)


@pytest.mark.parametrize("through_layer", [True, False])
def test_native_step_in_closed_form(blobs, make_layer, through_layer) -> None:
    """W moves by -rate Z G^T; the backbone sees dL/dz and, through the layer, W G."""
    x = blobs(20, 4)
    backbone, layer = linear(4, 3), make_layer("unbiased", 20, 2, 3)
    weight, weights = backbone.weight.detach().clone(), layer.weights.detach().clone()
    z = x @ weight.mT
    prototypes = weights.mT @ z
    trainer = Trainer(
        DDCLModel(backbone, layer, through_layer=through_layer),
        DDCLLoss(),
        constant(2.0, rate_ratio=0.5),
        rate=0.01,
        optimizer="sgd",
        device="cpu",
    )
    trainer.fit(x, epochs=1, batch_size=20)
    gradient = F.training_gradient(z, prototypes, 2.0, mode="full")
    slope = F.training_gradient_features(z, prototypes, 2.0, mode="full")
    if through_layer:
        slope = slope + weights @ gradient
    close(layer.weights.detach(), weights - 0.01 * z @ gradient.mT)
    close(backbone.weight.detach(), weight - 0.005 * slope.mT @ x)
    close(layer.prototypes, layer.weights.detach().mT @ (x @ backbone.weight.detach().mT))


def test_schedule_is_read_at_every_step(blobs) -> None:
    rates = []

    class Recorder(torch.optim.SGD):
        def step(self, closure=None):
            rates.append({group["name"]: group["lr"] for group in self.param_groups})
            return super().step(closure)

    x = blobs(10, 3)
    schedule = annealing(2, (4.0, 2.0), shape="linear", rate_ratio=0.5)
    trainer = Trainer(
        DDCLModel(linear(3, 2), VanillaCompetitiveLayer(2, 2, dtype=torch.float64)),
        DDCLLoss(),
        schedule,
        rate=0.2,
        optimizer=lambda groups: Recorder(groups),
        device="cpu",
    )
    history = trainer.fit(x, epochs=2, batch_size=4)
    assert rates == [{"backbone": 0.1, "layer": 0.2}] * 6
    assert history["epoch"] == [1, 2] and history["step"] == [3, 6]
    # The last of three steps of an epoch is at 2/3 of it: T = 4 - 2/3 and 4 - 5/3.
    assert history["temperature"] == pytest.approx([4 - 2 / 3, 4 - 5 / 3])


def test_ratio_zero_freezes_the_backbone(blobs) -> None:
    x = blobs(20, 3)
    backbone, layer = linear(3, 2), VanillaCompetitiveLayer(2, 2, dtype=torch.float64)
    before = backbone.weight.detach().clone(), layer.prototypes.detach().clone()
    Trainer(DDCLModel(backbone, layer), DDCLLoss(), constant(1.0, rate_ratio=0), rate=0.1, device="cpu").fit(
        x, epochs=2, batch_size=7
    )
    assert backbone.weight.equal(before[0]) and not layer.prototypes.equal(before[1])


@pytest.mark.parametrize(("n", "batch_size"), [(1, 1), (10, 3), (10, 10), (10, 99), (257, 64), (65, 64)])
def test_an_epoch_has_every_sample_once(n, batch_size) -> None:
    batches = epoch_batches(n, batch_size, 3, 0)
    sizes = [len(batch) for batch in batches]
    assert sorted(torch.cat(batches).tolist()) == list(range(n))
    assert len(sizes) == count_batches(n, batch_size) == math.ceil(n / batch_size)
    assert max(sizes) <= batch_size and max(sizes) - min(sizes) <= 1
    again = epoch_batches(n, batch_size, 3, 0)
    assert all(a.equal(b) for a, b in zip(batches, again, strict=True))
    if n > 50:
        for other in ((3, 1), (4, 0)):
            assert not torch.cat(batches).equal(torch.cat(epoch_batches(n, batch_size, *other)))


def test_derived_seeds_differ() -> None:
    seeds = {derived_seed(a, b, c) for a in range(8) for b in range(8) for c in range(8)}
    assert len(seeds) == 512 and all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("kind", ["vanilla", "unbiased"])
@pytest.mark.parametrize("assignments", ["stopped", "full"])
def test_collapse_above_the_critical_temperature_only(blobs, make_layer, kind, assignments) -> None:
    """From prototypes a little apart: above they merge, below they run to a distance of the order of the data's."""
    x = blobs(40, 2, distance=6.0)
    loss = DDCLLoss(assignments=assignments)
    critical = critical_temperature(x, loss)
    apart = {}
    for factor in (0.7, 1.4):
        layer = make_layer(kind, 40, 2, 2)
        with torch.no_grad():
            offset = torch.tensor([[0.2, 0.1], [-0.2, -0.1]], dtype=torch.float64)
            if kind == "vanilla":
                layer.prototypes.copy_(x.mean(0) + offset)
            else:
                # W = 1/n + X (X^T X)^-1 (offset - correction): any W with W^T X = mean + offset.
                layer.weights.copy_(torch.linalg.pinv(x).mT @ (x.mean(0) + offset).mT)
        # A step on W moves P by Z^T Z, some n lambda, times the gradient.
        rate = 0.4 if kind == "vanilla" else 0.4 / float(x.mT.matmul(x).diagonal().amax())
        trainer = Trainer(
            DDCLModel(nn.Identity(), layer),
            loss,
            constant(factor * critical),
            rate=rate,
            optimizer="sgd",
            callbacks=(Monitor(every=50, warn=False),),
            device="cpu",
        )
        history = trainer.fit(x, epochs=150, batch_size=40)
        apart[factor] = history["prototype_separation"]
        assert history["collapse_margin"][-1] == pytest.approx((1 - factor) * critical)
    # The start is at D_P = 0.2. Above, e^(-2 rate t (1 - 1/1.4)) bounds the slowest mode's decay.
    assert apart[1.4][-1] < 1e-4
    assert apart[0.7][-1] > 5.0


def test_dataset_and_tensor_agree(blobs) -> None:
    x = blobs(24, 3)

    class Pairs:
        def __len__(self):
            return 24

        def __getitem__(self, index):
            return x[index], "label"

    results = []
    for data, workers in ((x, 0), (torch.utils.data.TensorDataset(x), 0), (Pairs(), 0), (Pairs(), 1)):
        layer = VanillaCompetitiveLayer(2, 3, dtype=torch.float64)
        model = DDCLModel(nn.Identity(), layer)
        Trainer(model, DDCLLoss(), constant(1.0), rate=0.1, device="cpu").fit(
            data, epochs=2, batch_size=5, workers=workers
        )
        results.append((layer.prototypes.detach(), model.predict(data)))
    for prototypes, labels in results[1:]:
        assert prototypes.equal(results[0][0]) and labels.equal(results[0][1])


def test_the_callers_generators_are_left_alone(blobs) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    layer = VanillaCompetitiveLayer(2, 3, dtype=torch.float64)
    model = DDCLModel(nn.Dropout(0.5), layer)
    Trainer(model, DDCLLoss(), constant(1.0), rate=0.1, device="cpu").fit(blobs(24, 3), epochs=2, batch_size=5)
    assert torch.get_rng_state().equal(before)
    # The seed alone decides what dropout draws, not what was drawn before.
    torch.rand(17)
    again = VanillaCompetitiveLayer(2, 3, dtype=torch.float64)
    Trainer(DDCLModel(nn.Dropout(0.5), again), DDCLLoss(), constant(1.0), rate=0.1, device="cpu").fit(
        blobs(24, 3), epochs=2, batch_size=5
    )
    assert again.prototypes.equal(layer.prototypes)
    other = VanillaCompetitiveLayer(2, 3, dtype=torch.float64)
    Trainer(DDCLModel(nn.Dropout(0.5), other), DDCLLoss(), constant(1.0), rate=0.1, device="cpu").fit(
        blobs(24, 3), epochs=2, batch_size=5, seed=1
    )
    assert not other.prototypes.equal(layer.prototypes)


def test_model_on_new_data(blobs) -> None:
    x = blobs(11, 3)
    model = DDCLModel(nn.Sequential(linear(3, 2), nn.Dropout(0.5)), VanillaCompetitiveLayer(4, 2, dtype=torch.float64))
    model.train()
    z = x @ model.backbone[0].weight.detach().mT
    close(model.encode(x, batch_size=4), z)
    distances = torch.cdist(z, model.layer.prototypes.detach()).square()
    assert model.predict(x, batch_size=4).equal(distances.argmin(-1))
    close(model.assign(x, 0.7, convention="d/2T", batch_size=3), torch.softmax(-distances / 1.4, -1))
    assert model.backbone[1].training and not model.encode(x).requires_grad


def test_auxiliary_term_is_added_and_learns(blobs) -> None:
    x = blobs(30, 4)

    def run(auxiliary):
        model = DDCLModel(linear(4, 2), VanillaCompetitiveLayer(2, 2, dtype=torch.float64))
        start = model.backbone.weight.detach().clone()
        trainer = Trainer(
            model, DDCLLoss(), constant(1.0), rate=0.1, optimizer="sgd", auxiliary=auxiliary, device="cpu"
        )
        return trainer.fit(x, epochs=1, batch_size=30), model.backbone.weight.detach() - start

    plain, moved = run(None)
    decoder = nn.Linear(2, 4, bias=False, dtype=torch.float64)
    matrix = decoder.weight.detach().clone()
    history, further = run(Reconstruction(decoder, weight=0.5))
    z = x @ linear(4, 2).weight.detach().mT
    error = z @ matrix.mT - x
    assert history["auxiliary"] == pytest.approx([0.5 * error.square().mean().item()], rel=1e-12)
    assert history["total"][0] == pytest.approx(plain["total"][0] + history["auxiliary"][0], rel=1e-12)
    close(further - moved, -0.1 * 0.5 * 2 / error.numel() * (error @ matrix).mT @ x)
    close(decoder.weight.detach() - matrix, -0.1 * 0.5 * 2 / error.numel() * error.mT @ z)


def test_cross_entropy_form_learns_the_assignments(blobs) -> None:
    x = blobs(60, 3, distance=8.0)
    layer = VanillaCompetitiveLayer.from_prototypes(x[[0, -1]])
    loss = CrossEntropyDDCL(3, 2).double()
    trainer = Trainer(DDCLModel(nn.Identity(), layer), loss, constant(0.5), rate=0.1, device="cpu")
    history = trainer.fit(x, epochs=30, batch_size=20)
    head = loss.head(x).argmax(-1)
    assert head.equal(trainer.model.predict(x)) and head[:30].unique().numel() == head[30:].unique().numel() == 1
    assert history["base"][-1] < history["base"][0]


@pytest.mark.parametrize("kind", ["vanilla", "unbiased"])
@pytest.mark.parametrize("form", ["unified", "cross-entropy"])
def test_processes_give_the_result_of_one(blobs, make_layer, in_parallel, kind, form) -> None:
    x = blobs(23, 3)

    def run(reducer=None):
        # Other processes start elsewhere: they take the parameters of rank 0.
        model = DDCLModel(linear(3, 2, seed=0 if reducer is None else reducer.rank), make_layer(kind, 23, 3, 2))
        objective = DDCLLoss(balance=0.2, entropy=0.1, separation=0.05)
        loss = objective if form == "unified" else CrossEntropyDDCL(2, 3, objective=objective).double()
        trainer = Trainer(
            model,
            loss,
            constant(1.5, rate_ratio=0.5),
            rate=0.02,
            optimizer="sgd",
            auxiliary=lambda x, z: z.square().mean(),
            device="cpu",
            reducer=reducer,
        )
        return trainer.fit(x, epochs=3, batch_size=8), model

    history, model = run()
    for world_size in (2, 3):
        for other_history, other in in_parallel(run, world_size):
            for a, b in zip(model.state_dict().values(), other.state_dict().values(), strict=True):
                close(b, a)
            for name in history.columns:
                assert other_history[name] == pytest.approx(history[name], rel=1e-11, abs=1e-12)


def test_nan_in_one_process_stops_all(blobs, in_parallel) -> None:
    errors = {}

    def work(reducer):
        class Breaking(nn.Identity):
            calls = 0

            def forward(self, x):
                Breaking.calls += 1
                return x * (math.nan if reducer.rank == 1 and Breaking.calls == 3 else 1.0)

        model = DDCLModel(Breaking(), VanillaCompetitiveLayer(2, 3, dtype=torch.float64))
        trainer = Trainer(model, DDCLLoss(), constant(1.0), rate=0.1, device="cpu", reducer=reducer)
        with pytest.raises(TrainingDiverged) as caught:
            trainer.fit(blobs(24, 3), epochs=4, batch_size=12)
        errors[reducer.rank] = (caught.value.step, caught.value.quantity)

    in_parallel(work)
    assert errors == {0: (2, "features on rank 1"), 1: (2, "features on rank 1")}


class TestArguments:
    def make(self, **options):
        model = DDCLModel(nn.Identity(), VanillaCompetitiveLayer(2, 3, dtype=torch.float64))
        arguments = {"model": model, "loss": DDCLLoss(), "schedule": constant(1.0), "rate": 0.1, "device": "cpu"}
        arguments.update(options)
        return Trainer(arguments.pop("model"), arguments.pop("loss"), arguments.pop("schedule"), **arguments)

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            ({"model": nn.Identity()}, "model"),
            ({"loss": "quantization"}, "loss"),
            ({"schedule": 0.5}, "schedule"),
            ({"rate": 0.0}, "rate"),
            ({"rate": math.nan}, "rate"),
            ({"optimizer": "lbfgs"}, "optimizer"),
            ({"optimizer": 3}, "optimizer"),
            ({"callbacks": (3,)}, "callbacks"),
            ({"auxiliary": 3}, "auxiliary"),
            ({"checkpoint": "/nowhere/at/all.pt"}, "checkpoint"),
            ({"checkpoint_every": 0}, "checkpoint_every"),
            ({"device": "abacus"}, "device"),
        ],
    )
    def test_of_the_trainer(self, options, named) -> None:
        with pytest.raises(ValueError, match=f"^{named}: got "):
            self.make(**options)

    @pytest.mark.parametrize(
        ("data", "options", "named"),
        [
            (torch.zeros(0, 3), {}, "data"),
            (torch.full((4, 3), math.nan), {}, "data"),
            (iter([1]), {}, "data"),
            ([], {}, "data"),
            (None, {"epochs": -1}, "epochs"),
            (None, {"batch_size": 0}, "batch_size"),
            (None, {"seed": -1}, "seed"),
            (None, {"workers": -1}, "workers"),
            (None, {"resume": True}, "resume"),
            (torch.zeros(4, 3, 2, dtype=torch.float64), {}, "backbone"),
        ],
    )
    def test_of_fit(self, blobs, data, options, named) -> None:
        data = blobs(8, 3) if data is None else data
        with pytest.raises(ValueError, match=f"^{named}: got "):
            self.make().fit(data, **{"epochs": 1, "batch_size": 4, **options})

    def test_that_belong_together(self, blobs, make_layer, in_parallel) -> None:
        x = blobs(8, 3)
        for kind in ("running", "unbiased"):
            with pytest.raises(ValueError, match="^data: got 8 samples, accepted 9 "):
                self.make(model=DDCLModel(nn.Identity(), make_layer(kind, 9, 2, 3))).fit(x, epochs=1, batch_size=4)
        with pytest.raises(ValueError, match="^loss: got one that no parameter"):
            self.make(loss=DDCLLoss(prototypes="detached")).fit(x, epochs=1, batch_size=4)
        with pytest.raises(ValueError, match="^optimizer: got groups named"):
            self.make(optimizer=lambda groups: torch.optim.SGD([p for g in groups for p in g["params"]], lr=1.0)).fit(
                x, epochs=1, batch_size=4
            )
        with pytest.raises(ValueError, match="^layer: got str"):
            DDCLModel(nn.Identity(), "vanilla")

        def running(reducer):
            model = DDCLModel(nn.Identity(), make_layer("running", 8, 2, 3))
            return self.make(model=model, reducer=reducer).fit(x, epochs=1, batch_size=4)

        def thin(reducer):
            return self.make(reducer=reducer).fit(x, epochs=1, batch_size=1)

        for work, named in ((running, "reducer"), (thin, "batch_size")):
            with pytest.raises(ValueError, match=f"^{named}: got "):
                in_parallel(work)


def test_no_epochs_change_nothing(blobs) -> None:
    layer = VanillaCompetitiveLayer(2, 3, dtype=torch.float64)
    before = layer.prototypes.detach().clone()
    model = DDCLModel(nn.Identity(), layer)
    history = Trainer(model, DDCLLoss(), constant(1.0), rate=0.1, device="cpu").fit(blobs(8, 3), epochs=0, batch_size=4)
    assert len(history) == 0 and layer.prototypes.equal(before)


def test_history_fills_gaps() -> None:
    history = History()
    history.append({"a": 1})
    history.append({"a": 2, "b": 5})
    history.append({"b": 6})
    assert history["a"][:2] == [1, 2] and math.isnan(history["a"][2])
    assert math.isnan(history["b"][0]) and history["b"][1:] == [5, 6]
    assert len(history) == 3 and "b" in history and "c" not in history
    assert [row["b"] for row in history.rows()][1:] == [5, 6]
    again = History(history.to_dict())
    assert again["b"][1:] == [5, 6]
    again.append({"a": 0})
    assert len(history) == 3
    with pytest.raises(KeyError, match="there are a, b"):
        history["c"]
    with pytest.raises(ValueError, match="^columns: got lengths"):
        History({"a": [1], "b": []})

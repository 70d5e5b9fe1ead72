"""Rows about the layers of ddcl_core as the claims on ranges and frozen flows see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.ddcl.dcl_subspace import row_of
from ddcl_theory.domain import Domain, above_zero, real

MODULE = "ddcl_theory.claims.gbcl.code_subspaces"
SIZES = {"n": (1, 3), "d": (1, 2)}
STEPPED = Domain((real("z", "n", "d", latex="x"), real("o", "n"), real("c", "d"), above_zero("eta")), SIZES)
Batch = Mapping[str, Any]


def cases(batch: Batch, function: Any) -> Any:
    """(cases, m): one case after the other, because a layer holds the weights of one."""
    import torch

    count = len(batch["z"])
    return torch.stack([function({n: t[i] for n, t in batch.items()}).detach().flatten() for i in range(count)])


def dual_layer(o: Any) -> Any:
    """The dual layer of ddcl_core with one prototype and the weights o (n,)."""
    import torch

    from ddcl_core import layers

    layer = layers.DualCompetitiveLayer(len(o), 1, estimate="unbiased", dtype=o.dtype, device=o.device)
    with torch.no_grad():
        layer.weights.copy_(o[:, None])
    return layer


def descend(layer: Any, z: Any, centre: Any, eta: float, steps: int = 1) -> None:
    """Steps of SGD on ½‖y − c‖², y what the layer gives out."""
    import torch

    optimiser = torch.optim.SGD(layer.parameters(), lr=eta)
    for _ in range(steps):
        optimiser.zero_grad()
        (0.5 * (layer(z)[0] - centre).square().sum()).backward()
        optimiser.step()


def displacement(batch: Batch) -> Any:
    """Ω after a step minus Ω before it."""

    def one(case: Batch) -> Any:
        layer = dual_layer(case["o"])
        descend(layer, case["z"], case["c"], float(case["eta"]))
        return layer.weights[:, 0] - case["o"]

    return cases(batch, one)


def displacement_moved(batch: Batch) -> Any:
    """The same for samples in the opposite order."""
    return displacement({**batch, "z": batch["z"].flip(1), "o": batch["o"].flip(1)}).flip(1)


def size(values: Any) -> ex.Expr:
    """1 + Σ |entry|."""
    flat = [v for row in values for v in (row if isinstance(row, list) else [row])]
    return 1 + ex.total(ex.maximum(v, -v) for v in flat)


def step_scale(x: Any) -> ex.Expr:
    """The size of the terms of a step."""
    return 4 * size(x.z) ** 2 * size(x.o) * size(x.c) * (1 + x.eta)


def row(identifier: str, says: str, domain: Domain, code: str, other: str, reference: Any, scale: Any, twin: tuple[str, Any],
        dtype: str, renamed: str, draw: Any = None) -> Part:  # fmt: skip
    """A row with a twin of another reference, and a neighbour that calls the code with its input renamed."""

    def statement(function: str, wanted: Any) -> CodeStatement:
        return CodeStatement(domain, f"{MODULE}:{function}", wanted, scale, dtype=dtype, draw=draw)

    return Part(
        id=identifier,
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin[0], statement(code, twin[1])),),
        neighbours=(Neighbour(renamed, statement(other, reference)),),
    )


def displacement_part(dtype: str) -> Part:
    """A step of the weights is −η Xᵀ(XΩ − c), a vector of R(Xᵀ)."""

    def step(x: Any, factor: ex.Scalar = 1) -> list[ex.Expr]:
        error = ex.minus(row_of(x.z, x.o), ex.scaled(factor, x.c))
        return [-x.eta * ex.dot(s, error) for s in x.z]

    return row(
        "displacement",
        r"\mathrm{fl}(\Omega^+ - \Omega) = -\eta\, X^\top (X\Omega - c)",
        STEPPED,
        "displacement",
        "displacement_moved",
        step,
        step_scale,
        ("towards 2c", lambda x: step(x, 2)),
        dtype,
        "samples in the opposite order",
    )


STEPS = 3
PROTOTYPE = Domain((real("w", "d"), real("c", "d"), above_zero("eta")), {"d": (1, 2)})


def gentle(domain: Domain):
    """Cases whose rate is at most 1/8 over the square of the largest entry, so that steps do not blow up."""

    def draw(sizes: Any, count: int, generator: Any) -> dict[str, Any]:
        import torch

        from ddcl_theory.checks.sampling import float_batch

        batch = float_batch(domain, sizes, count, generator)
        if "z" in batch:
            batch["z"] = torch.randn(batch["z"].shape, generator=generator, dtype=torch.float64)
        batch["eta"] = torch.rand(count, generator=generator, dtype=torch.float64) / 8 + 0.01
        return batch

    return draw


def dual_outputs(batch: Batch) -> Any:
    """XΩ after steps of SGD on Ω."""

    def one(case: Batch) -> Any:
        layer = dual_layer(case["o"])
        descend(layer, case["z"], case["c"], float(case["eta"]), STEPS)
        return layer(case["z"])[0]

    return cases(batch, one)


def dual_outputs_moved(batch: Batch) -> Any:
    """The same for samples in the opposite order."""
    return dual_outputs({**batch, "z": batch["z"].flip(1), "o": batch["o"].flip(1)})


def vanilla_outputs(batch: Batch) -> Any:
    """W after steps of SGD on W."""
    from ddcl_core import layers

    def one(case: Batch) -> Any:
        layer = layers.VanillaCompetitiveLayer.from_prototypes(case["w"][None])
        descend(layer, None, case["c"], float(case["eta"]), STEPS)
        return layer()[0]

    return cases({**batch, "z": batch["w"]}, one)


def vanilla_outputs_moved(batch: Batch) -> Any:
    """The same for features in the opposite order."""
    return vanilla_outputs({**batch, "w": batch["w"].flip(1), "c": batch["c"].flip(1)}).flip(1)


def dual_course(x: Any, gram: bool = True) -> list[ex.Expr]:
    """c + (I − η XXᵀ)³ (XΩ − c), or with XXᵀ left out."""
    gap = ex.minus(row_of(x.z, x.o), x.c)
    for _ in range(STEPS):
        turned = row_of(x.z, [ex.dot(s, gap) for s in x.z]) if gram else gap
        gap = ex.minus(gap, ex.scaled(x.eta, turned))
    return ex.plus(x.c, gap)


def output_part(dtype: str) -> Part:
    """The output of the dual layer after three steps."""
    return row(
        "dual-course",
        r"\mathrm{fl}(X\Omega_3) = c + (I - \eta XX^\top)^3 (X\Omega_0 - c)",
        STEPPED,
        "dual_outputs",
        "dual_outputs_moved",
        dual_course,
        lambda x: 8 * size(x.z) ** 6 * size(x.o) * size(x.c),
        ("the course of the vanilla layer", lambda x: dual_course(x, gram=False)),
        dtype,
        "samples in the opposite order",
        gentle(STEPPED),
    )


def vanilla_part(dtype: str) -> Part:
    """The vanilla layer after three steps."""

    def course(x: Any, steps: int = STEPS) -> list[ex.Expr]:
        return [c + (1 - x.eta) ** steps * (w - c) for w, c in zip(x.w, x.c, strict=True)]

    return row(
        "vanilla-course",
        r"\mathrm{fl}(W_3) = c + (1 - \eta)^3 (W_0 - c)",
        PROTOTYPE,
        "vanilla_outputs",
        "vanilla_outputs_moved",
        course,
        lambda x: 8 * (size(x.w) + size(x.c)),
        ("after two steps", lambda x: course(x, 2)),
        dtype,
        "features in the opposite order",
        gentle(PROTOTYPE),
    )


MEAN = Domain((real("z", "n", "d", latex="x"), real("q", "n")), SIZES)


def near_axes(sizes: Any, count: int, generator: Any) -> dict[str, Any]:
    """Well-conditioned samples: X = [I, 0] and a tenth of a normal matrix; shares of a centroid."""
    import torch

    z = torch.eye(sizes["n"], sizes["d"], dtype=torch.float64)
    noise = torch.randn(count, sizes["n"], sizes["d"], generator=generator, dtype=torch.float64)
    return {"z": z + noise / 10, "q": torch.full((count, sizes["n"]), 1 / sizes["n"], dtype=torch.float64)}


def least_norm_output(batch: Batch) -> Any:
    """What the dual layer gives out with the weights of least norm for the prototype Xα."""
    from ddcl_core import layers

    def one(case: Batch) -> Any:
        centre = case["q"] @ case["z"]
        return layers.DualCompetitiveLayer.from_prototypes(case["z"], centre[None])(case["z"])[0]

    return cases(batch, one)


def least_norm_output_moved(batch: Batch) -> Any:
    """The same for samples in the opposite order."""
    return least_norm_output({"z": batch["z"].flip(1), "q": batch["q"].flip(1)})


def least_norm_part(dtype: str) -> Part:
    """X X⁺ μ = μ for a centroid."""
    return row(
        "least-norm",
        r"\mathrm{fl}(X X^+ \mu) = \mu = X\alpha",
        MEAN,
        "least_norm_output",
        "least_norm_output_moved",
        lambda x: row_of(x.z, x.q),
        lambda x: 8 * size(x.z) ** 2 * size(x.q),
        ("the sum of the samples", lambda x: [ex.total(s[i] for s in x.z) for i in range(x.d)]),
        dtype,
        "samples in the opposite order",
        near_axes,
    )


WIDER = Domain((*STEPPED.variables, real("f", "n")), SIZES)


def appended_displacement(batch: Batch) -> Any:
    """Ω after a step minus Ω before it, for samples with one more feature f, towards (c, 0)."""
    import torch

    wide = torch.cat([batch["z"], batch["f"][..., None]], -1)
    return displacement({**batch, "z": wide, "c": torch.nn.functional.pad(batch["c"], (0, 1))})


def appended_displacement_moved(batch: Batch) -> Any:
    """The same for samples in the opposite order."""
    return appended_displacement({**batch, **{n: batch[n].flip(1) for n in ("z", "o", "f")}}).flip(1)


def appended_part(dtype: str) -> Part:
    """The feature f adds −η f f·Ω to a step of the weights."""

    def step(x: Any, factor: int = 1) -> list[ex.Expr]:
        error = ex.minus(row_of(x.z, x.o), x.c)
        share = factor * ex.dot(x.f, x.o)
        return [-x.eta * (ex.dot(s, error) + f * share) for s, f in zip(x.z, x.f, strict=True)]

    return row(
        "appended-feature",
        r"\mathrm{fl}(\Omega^+ - \Omega) = -\eta\, \{X^\top (X\Omega - c) + f\, f \cdot \Omega\}",
        WIDER,
        "appended_displacement",
        "appended_displacement_moved",
        step,
        lambda x: 4 * size([*x.z, x.f]) ** 2 * size(x.o) * size(x.c) * (1 + x.eta),
        ("without the feature", lambda x: step(x, 0)),
        dtype,
        "samples in the opposite order",
    )


AXES = Domain((above_zero("s", "d"), real("o", "d"), real("c", "d"), above_zero("eta")), {"d": (2, 2)})


def on_axes(sizes: Any, count: int, generator: Any) -> dict[str, Any]:
    """Two samples s_1, s_2 along the axes, with rates that keep the steps short."""
    import torch

    from ddcl_theory.checks.sampling import float_batch

    batch = float_batch(AXES, sizes, count, generator)
    batch["s"] = 0.5 + torch.rand(count, 2, generator=generator, dtype=torch.float64)
    batch["eta"] = torch.rand(count, generator=generator, dtype=torch.float64) / 8 + 0.01
    return batch


def axes_outputs(batch: Batch) -> Any:
    """XΩ after steps of SGD on Ω for X = diag(s)."""
    return dual_outputs({"z": batch["s"].diag_embed(), "o": batch["o"], "c": batch["c"], "eta": batch["eta"]})


def axes_outputs_moved(batch: Batch) -> Any:
    """The same with the axes exchanged."""
    return axes_outputs({**batch, **{n: batch[n].flip(1) for n in ("s", "o", "c")}}).flip(1)


def axes_part(dtype: str) -> Part:
    """Each axis at its own rate s²."""

    def course(x: Any, power: int = 2) -> list[ex.Expr]:
        return [c + (1 - x.eta * s**power) ** STEPS * (s * o - c) for s, o, c in zip(x.s, x.o, x.c, strict=True)]

    return row(
        "axes",
        r"\mathrm{fl}(X\Omega_3)_i = c_i + (1 - \eta s_i^2)^3 (s_i \Omega_i - c_i),\ X = \operatorname{diag}(s)",
        AXES,
        "axes_outputs",
        "axes_outputs_moved",
        course,
        lambda x: 16 * (size(x.o) + size(x.c)),
        ("the same rate on both axes", lambda x: course(x, 0)),
        dtype,
        "axes exchanged",
        on_axes,
    )

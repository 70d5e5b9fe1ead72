"""check_layer: the property suite for a module that returns prototypes and soft assignments."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ddcl_theory.conformance import arguments
from ddcl_theory.conformance.cases import literal, points
from ddcl_theory.conformance.layer_properties import PROPERTIES, Layer, run
from ddcl_theory.conformance.report import ConformanceReport, judge, name_of, selected

#: What the squared distance is divided by, in units of the temperature.
CONVENTIONS = {"d/T": 1.0, "d/2T": 2.0}

#: Properties that a layer whose prototypes depend on the batch does not have.
SEPARABLE = ("sample-order", "batch-of-one")


def check_layer(
    layer: nn.Module | Callable[[], nn.Module],
    *,
    d: int,
    n: int = 6,
    k: int | None = None,
    temperature: float | None = None,
    convention: str = "d/T",
    batch_dependent: bool = False,
    dtype: torch.dtype | str = torch.float32,
    device: torch.device | str = "cpu",
    seed: int = 0,
    cases: int = 6,
    properties: Iterable[str] | None = None,
) -> ConformanceReport:
    """Run the suite on a module whose `forward(z)`, z (n, d), returns prototypes (k, e) and q (n, k).

    A third output, features (n, e), says what the prototypes are compared with if that is not z itself (then e = d).
    layer: the module, which is copied and stays as it is, or a function without arguments that makes one; only with a
        function can a plain tensor that is missing from the state_dict be noticed.
    temperature, convention: where given, q must be the softmax of −‖z − p_j‖²/T ("d/T") or −‖z − p_j‖²/(2T) ("d/2T").
    batch_dependent: the prototypes are functions of the whole batch, so that samples may interact and n is fixed.
    properties: names from `layer_properties.PROPERTIES`; by default all that the claims above leave.
    The random state of torch is left alone; a layer that is made here is made with `seed`.
    Raises TypeError if the layer cannot be called this way, ValueError for other arguments out of range.
    """
    d, n = arguments.count("d", d, 2**20), arguments.count("n", n, 2**20)
    number, seed = arguments.count("cases", cases, 10_000), arguments.seed(seed)
    wanted, where = arguments.dtype(dtype), arguments.device(device)
    exponent = _exponent(temperature, convention)
    if k is not None:
        arguments.count("k", k, 2**20)
    left_out = [*(SEPARABLE if batch_dependent else ()), *(() if exponent else ("assignment",))]
    names = selected(properties, tuple(PROPERTIES), [p for p in PROPERTIES if p not in left_out])
    if "assignment" in names and exponent is None:
        raise ValueError(
            "temperature: got None, accepted a positive number because the property 'assignment' was asked for"
        )
    subject = _subject(layer, seed, wanted, where, exponent, k)
    generator = torch.Generator().manual_seed(seed)
    batches = [points(n, d, wanted, generator).to(where, wanted) for _ in range(number)]
    battery = batches + _degenerate(batches[0], batch_dependent)
    _probe(subject, batches[0])
    options = {
        "temperature": temperature, "convention": convention, "k": k, "seed": seed,
    }  # fmt: skip
    rows = tuple(
        judge(
            name,
            PROPERTIES[name].demands,
            battery if PROPERTIES[name].battery else batches,
            Tensor.numel,
            lambda z, name=name: PROPERTIES[name].check(subject, z),  # type: ignore[misc]
            lambda z, name=name: _reproduction(name, z, options),  # type: ignore[misc]
        )
        for name in names
    )
    setting = f"d = {d}, n = {n}, {str(wanted).removeprefix('torch.')} on {where}, seed {seed}"
    return ConformanceReport(name_of(layer), setting, rows)


def assert_layer(layer: nn.Module | Callable[[], nn.Module], **options: Any) -> ConformanceReport:
    """`check_layer` that raises AssertionError, with a reproduction, where a property fails."""
    __tracebackhide__ = True
    report = check_layer(layer, **options)
    report.raise_if_failed()
    return report


def reproduce_layer(
    layer: nn.Module | Callable[[], nn.Module],
    name: str,
    z: Tensor,
    *,
    temperature: float | None = None,
    convention: str = "d/T",
    k: int | None = None,
    seed: int = 0,
) -> None:
    """Check one property on one batch; AssertionError says what came out."""
    __tracebackhide__ = True
    arguments.choice("name", name, tuple(PROPERTIES))
    subject = _subject(layer, arguments.seed(seed), z.dtype, z.device, _exponent(temperature, convention), k)
    found = PROPERTIES[name].check(subject, z)
    if not found.passed:
        raise AssertionError(f"{name}: {PROPERTIES[name].demands}; {found.says}")


def _exponent(temperature: float | None, convention: str) -> float | None:
    arguments.choice("convention", convention, tuple(CONVENTIONS))
    checked = arguments.temperature(temperature)
    return None if checked is None else CONVENTIONS[convention] * checked


def _subject(
    layer: Any, seed: int, dtype: torch.dtype, device: torch.device, exponent: float | None, k: int | None
) -> Layer:
    def another() -> nn.Module:
        return copy.deepcopy(layer) if isinstance(layer, nn.Module) else _made(layer, seed + 1)

    arguments.function("layer", layer, "a torch.nn.Module or a function that makes one")
    module = copy.deepcopy(layer) if isinstance(layer, nn.Module) else _made(layer, seed)
    return Layer(module.to(device, dtype).eval(), another, exponent, k)


def _made(factory: Callable[[], Any], seed: int) -> nn.Module:
    """A module made with a seed of its own, whatever the state of the global generator, which stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = factory()
    if not isinstance(module, nn.Module):
        raise TypeError(f"layer: the function returned {type(module).__name__}, accepted a torch.nn.Module")
    return module


def _degenerate(z: Tensor, batch_dependent: bool) -> list[Tensor]:
    """Coincident samples, zeros, tiny, huge and far away samples, and one sample where the batch size is free."""
    found = [z[:1].repeat(z.shape[0], 1), torch.zeros_like(z), z * 2.0**-40, z * 2.0**20, z + 1000]
    return found if batch_dependent else [*found, z[:1]]


def _probe(subject: Layer, z: Tensor) -> None:
    """One call on an ordinary batch: what fails here does not follow the protocol that the suite is about."""
    try:
        with torch.no_grad():
            run(subject.module, z, subject.k)
    except Exception as error:
        raise TypeError(
            f"layer: calling it on z {tuple(z.shape)} raised {type(error).__name__}: {error}; accepted is a module whose "
            "forward(z) returns prototypes (k, e) and q (n, k)"
        ) from error


def _reproduction(name: str, z: Tensor, options: dict[str, Any]) -> str:
    plain = {"temperature": None, "convention": "d/T", "k": None, "seed": 0}
    given = [f"{key}={value!r}" for key, value in options.items() if value != plain[key]]
    call = ", ".join(["layer", repr(name), "z", *given])
    return "\n".join(
        [
            "import torch",
            "from ddcl_theory.conformance import reproduce_layer",
            literal("z", z),
            f"reproduce_layer({call})",
        ]
    )

"""The stopped gradients of ddcl_core against the gradient of the free energy, in float64 and float32."""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Reading, Twin
from ddcl_theory.claims.ddcl import algebra as a
from ddcl_theory.domain import Domain, real, temperature

CODE = Domain((real("z", "n", "d"), real("p", "k", "d"), temperature("T")), {"k": (2, 3), "d": (1, 2), "n": (1, 2)})


def free_energy(z, p, temperature_):
    """−T log Σ_j e^{−d_j/T}, relative to the distance to the first prototype."""
    d = a.distances(z, p)
    return d[0] - temperature_ * ex.log(ex.total(ex.boltzmann(dj - d[0], temperature_) for dj in d))


def energy_gradient(x, wrt):
    """Gradient of the mean free energy in the prototypes (wrt = "p") or the features ("z"), flattened."""
    value = ex.mean(free_energy(z, x.p, x.T) for z in x.z)
    return [ex.differentiate(value, c) for row in getattr(x, wrt) for c in row]


def _scale(x):
    return (
        ex.total(ex.norm2(ex.minus(z, row)) for z in x.z for row in x.p)
        + ex.total(ex.norm2(r) for r in (*x.z, *x.p))
        + 1
    )


def _scale_soft(x):
    return _scale(x) * (1 + _scale(x) / x.T)


def _moderate(sizes, cases, generator):
    import torch

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    n, k, d = sizes["n"], sizes["k"], sizes["d"]
    exponent = 2 * torch.rand(cases, generator=generator, dtype=torch.float64) - 1
    return {"z": normal(cases, n, d), "p": normal(cases, k, d), "T": 10**exponent}


def float_reading(dtype):
    def part(identifier, name, wrt):
        def code(suffix, sign):
            return CodeStatement(
                CODE,
                f"ddcl_theory.claims.ddcl.code_response:{name}{suffix}",
                lambda x: [sign * g for g in energy_gradient(x, wrt)],
                _scale_soft,
                dtype,
                256,
                draw=_moderate,
            )

        return Part(
            id=identifier,
            says=rf"\mathrm{{fl}}(\nabla_{wrt} L_q|_q) \approx \nabla_{wrt} F_T",
            statement=code("", 1),
            checks=(Conforms(),),
            twins=(Twin("uphill", code("", -1)),),
            neighbours=(Neighbour("prototypes in the opposite order", code("_reversed", 1)),),
        )

    return Reading(
        dtype,
        f"what ddcl_core computes in {dtype}",
        (part("prototypes", "prototypes", "p"), part("features", "features", "z")),
    )

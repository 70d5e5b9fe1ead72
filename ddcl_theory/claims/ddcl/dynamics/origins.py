"""Where do oscillations come from?  Spectra and multipliers at equilibria continued in T, over the ratios of learning rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ddcl_theory.checks.base import Settings
from ddcl_theory.checks.dynamics import Runs
from ddcl_theory.claims.ddcl.dynamics.continuation import RANGE, SIZES, continued
from ddcl_theory.claims.ddcl.dynamics.kinds import KINDS, Fields, Kind, first_half, jacobian, split
from ddcl_theory.claims.ddcl.dynamics.spectra import RATIOS, TOLERANCE

#: Momentum of the steps, and their length times the largest |λ|.
MOMENTA, LENGTHS = (0.0, 0.9), (0.5, 1.5)
#: Multipliers count as non-real above this imaginary part; modes this near to a double root are left out.
NON_REAL, NEAR_DOUBLE = 1e-5, 1e-3


def scaled(j: Any, first: int, ratio: float) -> Any:
    """The Jacobian with all rates but the first multiplied by the ratio."""
    import torch

    rates = torch.ones(j.shape[-1], dtype=j.dtype)
    rates[first:] = ratio
    return rates[:, None] * j


def slant(values: Any) -> Any:
    """Largest |Im λ|/|Re λ| over the eigenvalues (…, s) that are not 0 up to rounding."""
    import torch

    size = values.abs()
    kept = size > 1e-8 * size.amax(-1, keepdim=True)
    return torch.where(kept, values.imag.abs() / values.real.abs().clamp_min(1e-300), 0.0).amax(-1)


def multipliers(j: Any, eta: Any, beta: float) -> Any:
    """Eigenvalues of the heavy-ball step (x, x_previous) → ((1 + β + ηJ) x − β x_previous, x), eta (b,)."""
    import torch

    eye = torch.eye(j.shape[-1], dtype=j.dtype).expand_as(j)
    step = (1 + beta) * eye + eta[:, None, None] * j
    top = torch.cat([step, -beta * eye], -1)
    return torch.linalg.eigvals(torch.cat([top, torch.cat([eye, torch.zeros_like(eye)], -1)], -2))


def predicted(values: Any, eta: Any, beta: float) -> tuple[Any, Any]:
    """How many multipliers are not real if the eigenvalues −λ (b, s) of J are real, and which states have no near double root."""
    lower, upper = (1 - beta**0.5) ** 2, (1 + beta**0.5) ** 2
    level = -eta[:, None] * values.real
    near = ((level - lower).abs() < NEAR_DOUBLE) | ((level - upper).abs() < NEAR_DOUBLE)
    return 2 * ((level > lower) & (level < upper)).sum(-1), ~near.any(-1)


@dataclass
class Tally:
    """What was measured of one kind of field."""

    slants: list[float] = field(default_factory=list)
    at: float = 1.0
    worst: float = 0.0
    bracketed: int = 0
    branches: int = 0
    equilibria: int = 0
    apart: int = 0
    unsettled: int = 0
    turning: dict[float, list[int]] = field(default_factory=lambda: {beta: [0, 0] for beta in MOMENTA})
    reversing: dict[float, int] = field(default_factory=dict)


def extent(settings: Settings) -> tuple[int, int]:
    """Data sets and temperatures of a profile."""
    runs = settings.profile.trajectories
    return (1, 4) if runs < 32 else (4, 12) if runs < 1000 else (24, 40)


def measure(kind: Kind, system: Fields, settings: Settings, margins: list[float]) -> Tally:
    """Continue one kind of field, and compare the spectra with the statement if the field should be a gradient."""
    import torch

    x, branch = continued(kind, *extent(settings), settings.seed)
    tally, first, k = Tally(branches=x.shape[0]), first_half(kind, x, SIZES[0]), SIZES[0]
    if kind.leaves is not None:
        unstable = torch.stack(branch.collapse_unstable)
        expected = torch.tensor([[t < kind.leaves] for t in branch.temperatures])
        tally.bracketed = int((unstable == expected).all(0).sum())
        margins += [0.0 if bool(row) else -1.0 for row in (unstable == expected).all(0)]
    rows = zip(branch.temperatures, branch.states, branch.jacobians, branch.settled, strict=True)
    for temperature, state, plain, settled in rows:
        tally.unsettled += int((~settled).sum())
        if not bool(settled.any()):
            continue
        p = split(kind, x, k, state)[0][settled]
        tally.equilibria += p.shape[0]
        tally.apart += int(((p - p.mean(1, keepdim=True)).abs().amax((-2, -1)) > 1e-3).sum())
        own = jacobian(kind, system, x, k, temperature, state) if system.turn else system.speed * plain
        j = own[settled]
        for ratio in RATIOS:
            matrix = scaled(j, first, ratio)
            values = torch.linalg.eigvals(matrix)
            slants = slant(values)
            if float(slants.max()) > tally.worst:
                tally.worst, tally.at = float(slants.max()), ratio
            tally.slants += slants.tolist()
            if not kind.gradient:
                continue
            margins += (TOLERANCE - slants).tolist()
            for length in LENGTHS if ratio in (RATIOS[0], 1.0, RATIOS[-1]) else ():
                eta = length / values.abs().amax(-1)
                for beta in MOMENTA:
                    found = multipliers(matrix, eta, beta + system.unseen)
                    turning = (found.imag.abs() > NON_REAL).sum(-1)
                    wanted, clear = predicted(values, eta, beta)
                    margins += (0.5 - (turning - wanted).abs().double())[clear].tolist()
                    tally.turning[beta][0] += int(turning.sum())
                    tally.turning[beta][1] += found.numel()
                    if beta == 0:
                        reversing = (found.real < -NON_REAL).sum(-1)
                        overshooting = (eta[:, None] * -values.real > 1 + NON_REAL).sum(-1)
                        margins += (0.5 - (reversing - overshooting).abs().double())[clear].tolist()
                        tally.reversing[length] = tally.reversing.get(length, 0) + int(reversing.sum())
    return tally


def origins(system: Fields, settings: Settings) -> Runs:
    """Gradient fields: real spectra at all ratios of rates, and under momentum as many non-real multipliers as predicted.

    Fields that are no gradients are measured and reported; nothing is demanded of them.  The first kind of field that goes against
    the statement ends the run.
    """
    margins: list[float] = []
    texts = []
    unsettled = total = 0
    for kind in KINDS:
        tally = measure(kind, system, settings, margins)
        unsettled, total = unsettled + tally.unsettled, total + tally.equilibria + tally.unsettled
        text = f"{kind.name}: |Im|/|Re| ≤ {tally.worst:.1g}"
        if tally.worst > TOLERANCE:
            text += f" (most at the ratio {tally.at:g})"
        if kind.gradient:
            counts = [f"{turned} of {count} at β = {beta:g}" for beta, (turned, count) in tally.turning.items()]
            text += f"; multipliers not real: {', '.join(counts)}; negative without momentum: "
            text += ", ".join(f"{count} at ηλ_max = {length:g}" for length, count in tally.reversing.items())
        if kind.leaves is not None:
            text += f"; collapse left at T = {kind.leaves:g} on {tally.bracketed} of {tally.branches} branches"
        texts.append(f"{text}; {tally.apart} of {tally.equilibria} equilibria with prototypes apart")
        if any(not m >= 0 for m in margins):
            break
    high, low = RANGE
    return Runs(
        margins,
        f"k = {SIZES[0]}, d = {SIZES[2]}, n = {SIZES[1]}, float64, {low:g} ≤ T ≤ {high:g}, rate ratios 1/1000 to 1000",
        f"{total} stable equilibria continued from collapse, of which {unsettled} did not settle. " + ". ".join(texts),
        unfinished=unsettled,
    )

"""How points of a domain are drawn: float batches, a smooth parametrisation for search, small exact values, and the
degenerate battery.  One table a purpose, by the kind of the variable."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ddcl_theory.domain import Domain, Sizes, Variable, is_limit
from ddcl_theory.point import Point, Temperature, Value

#: Float stand-ins for the limits T → 0 and T → ∞: d/T overflows to ∞ or underflows to 0, except where d = 0.
COLD, HOT = 1e-300, 1e300


def float_batch(domain: Domain, sizes: Sizes, cases: int, generator: Any) -> dict[str, Any]:
    """Independent float64 points (cases, *shape): scales from 1e-2 to 1e2, repeated rows, sparse assignments."""
    return {v.name: _float_values(v, (cases, *v.extent(sizes)), generator) for v in domain.variables}


def _float_values(v: Variable, shape: tuple[int, ...], g: Any) -> Any:
    import torch

    def uniform(*size: int) -> Any:
        return torch.rand(size, generator=g, dtype=torch.float64)

    def normal(*size: int) -> Any:
        return torch.randn(size, generator=g, dtype=torch.float64)

    cases = shape[0]
    per_case = (cases,) + (1,) * (len(shape) - 1)
    if v.kind == "cold":
        return torch.full(shape, COLD, dtype=torch.float64)
    if v.kind == "hot":
        return torch.full(shape, HOT, dtype=torch.float64)
    if v.kind == "temperature":
        return 10 ** (4 * uniform(*shape) - 2)
    scale = (10 ** (4 * uniform(cases) - 2)).reshape(per_case)
    if v.kind in ("positive", "nonnegative"):
        values = scale * uniform(*shape).clamp_min(1e-12)
        return values if v.kind == "positive" else values * (uniform(*shape) > 0.2)
    if v.kind == "sum-one":
        raw = normal(*shape)
        return raw - raw.mean(-1, keepdim=True) + 1.0 / shape[-1]
    if v.kind == "simplex":
        sharpness = (10 ** (3 * uniform(cases) - 1.5)).reshape(per_case)
        weights = torch.softmax(normal(*shape) * sharpness, -1)
        weights = weights * (uniform(*shape) > 0.15)
        mass = weights.sum(-1, keepdim=True)
        return torch.where(mass > 0, weights / mass.clamp_min(1e-300), torch.full_like(weights, 1.0 / shape[-1]))
    values = normal(*shape)
    if len(shape) > 2 and shape[1] > 1:
        repeat = (uniform(cases) < 0.1).reshape(per_case)
        values = torch.where(repeat, values[:, :1].expand_as(values), values)
    return values * scale


def search_parameters(domain: Domain, sizes: Sizes, starts: int, generator: Any) -> dict[str, Any]:
    """Unconstrained starting values for gradient search, one tensor a variable."""
    import torch

    return {
        v.name: torch.randn((starts, *v.extent(sizes)), generator=generator, dtype=torch.float64) * 1.2
        for v in domain.variables
    }


def from_parameters(domain: Domain, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Points of the domain as smooth functions of unconstrained parameters, inside a box of moderate size."""
    import torch

    def value(v: Variable, u: Any) -> Any:
        match v.kind:
            case "cold":
                return torch.full_like(u, COLD)
            case "hot":
                return torch.full_like(u, HOT)
            case "temperature":
                return torch.exp(2.5 * torch.tanh(u / 2))
            case "positive" | "nonnegative":
                return torch.exp(2.5 * torch.tanh(u / 2))
            case "simplex":
                return torch.softmax(3 * u, -1)
            case "sum-one":
                return u - u.mean(-1, keepdim=True) + 1.0 / u.shape[-1]
        return 3 * torch.tanh(u / 2)

    return {v.name: value(v, raw[v.name]) for v in domain.variables}


def rationalise(domain: Domain, values: Mapping[str, Any], denominator: int) -> dict[str, Value]:
    """A nearby exact point of the domain; entries become fractions with at most the given denominator."""
    return {v.name: _rational(v, values[v.name].tolist(), denominator) for v in domain.variables}


def _rational(v: Variable, raw: Any, denominator: int) -> Value:
    if isinstance(raw, list):
        if raw and not isinstance(raw[0], list) and v.kind in ("simplex", "sum-one"):
            return _normalised([Fraction(x).limit_denominator(denominator) for x in raw])
        return tuple(_rational(v, r, denominator) for r in raw)
    limit = is_limit(v)
    if limit is not None:
        return limit
    if v.kind == "temperature":
        s = Fraction(math.exp(-1.0 / raw)).limit_denominator(denominator)
        return Temperature(s) if 0 < s < 1 else Fraction(raw).limit_denominator(denominator)
    return Fraction(raw).limit_denominator(denominator)


def _normalised(row: list[Fraction]) -> Value:
    mass = sum(row)
    return tuple(x / mass for x in row) if mass > 0 else tuple(row)


def simpler(value: Fraction | Temperature) -> Iterator[Fraction | Temperature]:
    """Simpler candidates for one entry, the simplest first."""
    if isinstance(value, Temperature):
        for s in (
            Fraction(1, 2),
            Fraction(1, 3),
            Fraction(2, 3),
            Fraction(1, 4),
            Fraction(3, 4),
            Fraction(1, 10),
            Fraction(9, 10),
        ):
            yield Temperature(s)
        for denominator in (5, 8, 10, 100):
            s = value.s.limit_denominator(denominator)
            if 0 < s < 1:
                yield Temperature(s)
        return
    yield Fraction(0)
    sign = 1 if value >= 0 else -1
    for candidate in (1, 2, 3, Fraction(1, 2)):
        yield sign * Fraction(candidate)
        yield -sign * Fraction(candidate)
    yield Fraction(round(value))
    for denominator in (2, 3, 4, 10):
        yield value.limit_denominator(denominator)


def battery(domain: Domain, sizes: Sizes, most: int = 400) -> list[Point]:
    """Degenerate exact points: coincident and tied rows, vertices, zeros, huge and tiny scales, extreme temperatures.

    Where there are more than `most` combinations, those taken lie a step apart that has no factor in common with their
    number, so that no option of a variable is left out because its place keeps time with the step.
    """
    options = [_degenerate(v, v.extent(sizes)) for v in domain.variables]
    count = math.prod(len(o) for o in options)
    step = max(1, -(-count // most))
    while math.gcd(step, count) > 1:
        step += 1
    points: list[Point] = []
    for place in range(0, min(most, count) * step, step):
        rest = place % count
        chosen: list[Value] = []
        for option in reversed(options):
            rest, digit = divmod(rest, len(option))
            chosen.append(option[digit])
        points.append(dict(zip([v.name for v in domain.variables], reversed(chosen), strict=True)))
    return points


def _filled(shape: tuple[int, ...], entry: Any, index: tuple[int, ...] = ()) -> Value:
    if len(index) == len(shape):
        return entry(index)  # type: ignore[no-any-return]
    return tuple(_filled(shape, entry, (*index, i)) for i in range(shape[len(index)]))


def _degenerate(v: Variable, shape: tuple[int, ...]) -> Sequence[Value]:
    limit = is_limit(v)
    if limit is not None:
        return [limit]
    if v.kind == "temperature":
        return [Temperature(s) for s in (Fraction(1, 2), Fraction(1, 10**9), Fraction(10**9 - 1, 10**9))] + [
            Fraction(1)
        ]
    if v.kind in ("simplex", "sum-one"):
        k = shape[-1]
        rows: list[Value] = [
            _filled(shape, lambda i: Fraction(int(i[-1] == 0))),
            _filled(shape, lambda i: Fraction(int(i[-1] == sum(i[:-1]) % k))),
            _filled(shape, lambda i: Fraction(1, k)),
        ]
        if k > 2:
            rows.append(_filled(shape, lambda i: Fraction(int(i[-1] < 2), 2)))
        if v.kind == "sum-one" and k > 1:
            rows.append(_filled(shape, lambda i: Fraction({0: 2, 1: -1}.get(i[-1], 0))))
        return rows
    if v.kind in ("positive", "nonnegative"):
        sizes = [Fraction(1), Fraction(1, 10**6), Fraction(10**6)] + ([Fraction(0)] if v.kind == "nonnegative" else [])
        return [_filled(shape, lambda i, x=x: x) for x in sizes]
    values: list[Value] = [
        _filled(shape, lambda i: Fraction(0)),
        _filled(shape, lambda i: Fraction(1 + sum(i))),
        _filled(shape, lambda i: Fraction((-1) ** sum(i))),
        _filled(shape, lambda i: Fraction(10**6 * (1 + sum(i)), 3)),
        _filled(shape, lambda i: Fraction(1 - sum(i), 10**6)),
    ]
    if len(shape) > 1 and shape[0] > 2:
        values.append(_filled(shape, lambda i: Fraction(min(i[0], 1))))
    return values


def _simplest_first(values: set[Fraction]) -> list[Fraction]:
    return sorted(values, key=lambda x: (x.denominator + abs(x.numerator), x.denominator, x < 0))


#: Small rationals of either sign, positive ones, and ones between 0 and 1; Hypothesis shrinks towards the first.
SMALL = _simplest_first({Fraction(a, b) for a in range(-6, 7) for b in (1, 2, 3, 4)})
ABOVE = _simplest_first({Fraction(a, b) for a in range(1, 9) for b in (1, 2, 3, 4, 8)})
INSIDE = _simplest_first({Fraction(a, b) for b in (2, 3, 4, 5, 10, 20) for a in range(1, b)})


def strategies(domain: Domain, sizes: Sizes) -> Any:
    """A Hypothesis strategy of small exact points; failures shrink towards small numerators and denominators."""
    from hypothesis import strategies as st

    small, above, inside = (st.sampled_from(values) for values in (SMALL, ABOVE, INSIDE))

    def tensor(shape: tuple[int, ...], entry: Any) -> Any:
        if not shape:
            return entry
        return st.tuples(*[tensor(shape[1:], entry)] * shape[0])

    def row(k: int, lowest: int) -> Any:
        return st.lists(st.integers(lowest, 6), min_size=k, max_size=k).map(_share)

    def one(v: Variable) -> Any:
        shape = v.extent(sizes)
        limit = is_limit(v)
        if limit is not None:
            return st.just(limit)
        if v.kind == "temperature":
            return inside.map(Temperature)
        if v.kind == "positive":
            return tensor(shape, above)
        if v.kind == "nonnegative":
            return tensor(shape, st.just(Fraction(0)) | above)
        if v.kind in ("simplex", "sum-one"):
            return tensor(shape[:-1], row(shape[-1], 0 if v.kind == "simplex" else -4))
        return tensor(shape, small)

    return st.fixed_dictionaries({v.name: one(v) for v in domain.variables})


def _share(parts: list[int]) -> Value:
    mass = sum(parts)
    if mass == 0:
        return (Fraction(1), *(Fraction(0) for _ in parts[1:]))
    return tuple(Fraction(p, mass) for p in parts)

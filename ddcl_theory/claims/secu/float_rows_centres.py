"""Rows about float code for SeCu's centres: weights, updates and gradients, instance i with the label i mod k.

Rounding of an exponent x·w/λ is of the size |x·w|/λ, and a direction Π(s) suffers by Σ(1 − p)|x| / |s|: the scales say so.
"""

from __future__ import annotations

from ddcl_theory import expression as ex
from ddcl_theory.checks.code import CodeStatement, Conforms
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.claims.secu import sphere as s
from ddcl_theory.domain import Domain, real, temperature

MODULE = "ddcl_theory.claims.secu.code_centres"
SIZES = {"n": (3, 4), "k": (2, 3), "d": (1, 2)}
DOMAIN = Domain((real("x", "n", "d"), real("w", "k", "d"), temperature("T")), SIZES)
#: On a line positives may cancel exactly, and a direction of 0 is none.
DIRECTIONS = Domain(DOMAIN.variables, {**SIZES, "d": (2, 3)})
draw = s.spherical(DOMAIN, "x", "w")


def others(x, j):
    return [w for m, w in enumerate(x.w) if m != j]


def positives(x, j):
    return [row for i, row in enumerate(x.x) if i % x.k == j]


def weights(x, share=s.weight):
    return [share(row, x.w[i % x.k], others(x, i % x.k), x.T) for i, row in enumerate(x.x)]


def projected(row):
    length = ex.sqrt(ex.norm2(row))
    return [v / length for v in row]


def update(x, share=s.weight):
    """Π(Σ (1 − p) x) for every centre."""
    rows = []
    for j in range(x.k):
        own = positives(x, j)
        held = [share(row, x.w[j], others(x, j), x.T) for row in own]
        rows += projected([ex.total(c * row[a] for c, row in zip(held, own, strict=True)) for a in range(x.d)])
    return rows


def mean(x):
    return update(x, lambda *_: ex.ONE)


def centre_gradient(x, share=s.weight):
    """(1/λ) Σ (p − 1) x for every centre."""
    return [
        -ex.total(share(row, x.w[j], others(x, j), x.T) * row[a] for row in positives(x, j)) / x.T
        for j in range(x.k)
        for a in range(x.d)
    ]


def feature_gradient(x, share=s.prediction):
    """(1/λ) (Σ_j p_j w_j − w_y) for every instance."""
    return [
        (ex.total(share(row, x.w[j], others(x, j), x.T) * x.w[j][a] for j in range(x.k)) - x.w[i % x.k][a]) / x.T
        for i, row in enumerate(x.x)
        for a in range(x.d)
    ]


def size(x):
    return 1 + ex.total(ex.maximum(v, -v) for row in (*x.x, *x.w) for v in row)


def scale(x):
    return 4 * size(x) * (1 + size(x) / x.T) * (1 + 1 / x.T)


def turning(x, share=s.weight):
    """Σ (1 − p) / |s|, the largest over the centres: by how much a direction feels the rounding of its sum."""
    ratios = []
    for j in range(x.k):
        own = positives(x, j)
        held = [share(row, x.w[j], others(x, j), x.T) for row in own]
        pull = [ex.total(c * row[a] for c, row in zip(held, own, strict=True)) for a in range(x.d)]
        ratios.append(ex.total(held) / ex.sqrt(ex.norm2(pull)))
    return ex.maximum(*ratios)


def direction_scale(x, share=s.weight):
    return scale(x) * turning(x, share)


def _part(dtype, name, code, says, reference, twin, measure=scale):
    domain = DOMAIN if measure is scale else DIRECTIONS

    def statement(function, wanted):
        return CodeStatement(domain, f"{MODULE}:{function}", wanted, measure, dtype=dtype, draw=draw)

    return Part(
        id=name,
        says=says,
        statement=statement(code, reference),
        checks=(Conforms(),),
        twins=(Twin(twin[0], statement(code, twin[1])),),
        neighbours=(Neighbour("the opposite order", statement(f"{code}_reversed", reference)),),
    )


def hardness_part(dtype):
    return _part(
        dtype, "weights", "weights", r"\mathrm{fl}(1 - p_i)", weights, ("p instead", lambda x: weights(x, s.prediction))
    )


def update_part(dtype):
    return _part(
        dtype, "update", "update", r"\mathrm{fl}\big(\Pi(\textstyle\sum (1 - p) x)\big)", update,
        ("weighted by p", lambda x: update(x, s.prediction)), direction_scale,
    )  # fmt: skip


def mean_part(dtype):
    return _part(
        dtype, "mean", "mean", r"\mathrm{fl}\big(\Pi(\textstyle\sum x)\big)", mean, ("weighted by 1 − p", update),
        lambda x: direction_scale(x, lambda *_: ex.ONE),
    )  # fmt: skip


def hot_part(dtype):
    return _part(
        dtype, "hot", "hot", r"\mathrm{fl}\big(\Pi(\textstyle\sum (1 - p) x)\big) \text{ at } \lambda = 10^{30}", mean,
        ("weighted as at λ", update), lambda x: direction_scale(x, lambda *_: ex.ONE),
    )  # fmt: skip


def gradient_parts(dtype):
    return (
        _part(
            dtype, "centre", "centre_gradient", r"\mathrm{fl}(\nabla_{w_j} \textstyle\sum_i \ell_i)", centre_gradient,
            ("weighted by p", lambda x: centre_gradient(x, s.prediction)),
        ),
        _part(
            dtype, "encoder", "feature_gradient", r"\mathrm{fl}(\nabla_{x_i} \textstyle\sum_i \ell_i)", feature_gradient,
            ("own centre only", lambda x: feature_gradient(x, lambda *_: ex.ZERO)),
        ),
    )  # fmt: skip


def second_update_part(dtype):
    """Two updates in turn, as exact arithmetic makes them."""

    def again(x, share=s.weight):
        flat = update(x)
        rows = [flat[j * x.d : (j + 1) * x.d] for j in range(x.k)]
        return update(type(x)(**{**vars(x), "w": rows}), share)

    def measure(x):
        flat = update(x)
        rows = [flat[j * x.d : (j + 1) * x.d] for j in range(x.k)]
        second = type(x)(**{**vars(x), "w": rows})
        return (1 + 1 / x.T) ** 2 * turning(x) * turning(second)

    return _part(
        dtype, "two-updates", "two_updates", r"\mathrm{fl}(F(F(W))),\ F \text{ the update (4)}", again,
        ("one update", update), measure,
    )  # fmt: skip

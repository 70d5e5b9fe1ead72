"""Runs of the frozen and moving flows, integrated as ODEs and compared with a closed form over the whole time "
"course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ddcl_theory.checks.dynamics import Dynamics, Runs

#: Times at which a run is compared, and how far it may be off, relative to 1 + the largest value.
HORIZON, POINTS, TOLERANCE = 4.0, 41, 1e-8

#: (n, d) of the runs, in turn.
SHAPES = ((2, 3), (4, 2), (3, 3), (5, 2))


@dataclass(frozen=True)
class Course:
    """What is followed and the law that it should obey.

    quantity: a key of `QUANTITIES`.  clock: the law runs this many times as fast.  decays: it has one factor e^{−t} more.
    scale: factor on both sides.
    """

    quantity: str
    clock: float = 1.0
    decays: bool = False
    scale: float = 1.0

    def doubled(self) -> Course:
        return replace(self, scale=2 * self.scale)

    def law(self, times: Any, rate: float = 1.0) -> Any:
        """e^{−rate · clock · t}, once more e^{−t} where it decays; a column."""
        import numpy as np

        return np.exp(-(rate * self.clock + self.decays) * times)[:, None]


@dataclass(frozen=True, eq=False)
class Problem:
    """x (d, n) with samples as columns, shares (n,), starts w (d,) and o (n,)."""

    x: Any
    shares: Any
    w: Any
    o: Any

    @property
    def centre(self) -> Any:
        return self.x @ self.shares


def solve(field: Callable[[Any], Any], start: Any, times: Any) -> Any:
    """States (times, …) of ẏ = field(y)."""
    import numpy as np
    from scipy.integrate import solve_ivp

    shape = start.shape
    run = solve_ivp(
        lambda _, y: field(y.reshape(shape)).ravel(),
        (0.0, float(times[-1])),
        start.ravel(),
        t_eval=times,
        method="DOP853",
        rtol=1e-11,
        atol=1e-12,
    )
    return np.moveaxis(run.y, 0, -1).reshape(len(times), *shape)


def base_run(p: Problem, times: Any) -> Any:
    return solve(lambda w: p.centre - w, p.w, times)


def dual_run(p: Problem, times: Any, start: Any = None) -> Any:
    return solve(lambda o: -p.x.T @ (p.x @ o - p.centre), p.o if start is None else start, times)


def _complement(x: Any) -> Any:
    """Columns that span the orthogonal complement of the columns of x."""
    import numpy as np

    u, s, _ = np.linalg.svd(x, full_matrices=True)
    return u[:, int((s > 1e-12).sum()) :]


def _shaped(p: Problem, more_samples: bool) -> Problem:
    """The problem itself or with the roles of samples and features exchanged, so that n > d, or n < d; square "
    "ones lose a row."""
    import numpy as np

    d, n = p.x.shape
    if d == n:
        p = Problem(p.x[:-1], p.shares, p.w[:-1], p.o)
    if (p.x.shape[1] > p.x.shape[0]) is not more_samples:
        p = Problem(p.x.T, np.full(p.x.shape[0], 1 / p.x.shape[0]), p.o, p.w)
    return p


def _orthonormal(p: Problem) -> Problem:
    """Samples with XXᵀ = I, more of them than features."""
    import numpy as np

    p = _shaped(p, more_samples=True)
    return replace(p, x=np.linalg.qr(p.x.T)[0].T)


def _base_off(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """v·W(t) for v orthogonal to all samples."""
    p = _shaped(p, more_samples=False)
    v = _complement(p.x)
    return base_run(p, times) @ v, course.law(times) * (p.w @ v)


def _dual_null(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """u·Ω(t) for Xu = 0."""
    p = _shaped(p, more_samples=True)
    u = _complement(p.x.T)
    return dual_run(p, times) @ u, course.law(times, rate=0.0) * (p.o @ u)


def _output_off(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """The output, and its projection on the span of the samples."""
    p = _shaped(p, more_samples=False)
    y = dual_run(p, times) @ p.x.T
    v = _complement(p.x)
    return course.law(times, rate=0.0) * y, y - y @ v @ v.T


def _outputs(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """Under XXᵀ = I: outputs of the dual flow, and the base flow from the same start."""
    p = _orthonormal(p)
    start = p.x @ p.o
    return dual_run(p, times) @ p.x.T, p.centre + course.law(times) * (start - p.centre)


def _scaled_outputs(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """Under XXᵀ = nI: the base flow at n times the speed."""
    p = _orthonormal(p)
    n = p.x.shape[1]
    p = replace(p, x=p.x * n**0.5)
    start = p.x @ p.o
    return dual_run(p, times) @ p.x.T, p.centre + course.law(times, rate=n) * (start - p.centre)


def _weights(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """Under XXᵀ = I: Ω(t) = Ω(0) − (1 − e^{−t}) Xᵀ(XΩ(0) − μ)."""
    p = _orthonormal(p)
    return dual_run(p, times), p.o - (1 - course.law(times)) * (p.x.T @ (p.x @ p.o - p.centre))


#: Step of descent for moving cells, whose field jumps where a sample changes its cell.
STEP = 0.02


def _moving(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """Under XXᵀ = I, two prototypes and moving cells: small steps of descent on Ω, and on the prototypes themselves."""
    import numpy as np

    p = _orthonormal(p)
    weights = [np.stack([p.o, p.shares - p.o])]
    free = [weights[0] @ p.x.T]

    def force(y: Any) -> Any:
        gaps = y[:, None] - p.x.T
        nearest = (gaps**2).sum(-1).argmin(0)
        return np.stack([gaps[j][nearest == j].sum(0) for j in range(2)])

    for _ in times[1:]:
        weights.append(weights[-1] - STEP * force(weights[-1] @ p.x.T) @ p.x)
        free.append(free[-1] - course.clock * STEP * force(free[-1]))
    return np.stack(weights) @ p.x.T, np.stack(free)


def _principal(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """The error of the output along the principal axes: e^{−σ_i² t}."""
    import numpy as np

    u, s, _ = np.linalg.svd(p.x, full_matrices=False)
    start = (p.x @ p.o - p.centre) @ u
    wanted = np.hstack([course.law(times, rate=r) for r in s**2]) * start
    return (dual_run(p, times) @ p.x.T - p.centre) @ u, wanted


def _gram(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """The weights for samples that are turned and put into two more dimensions."""
    import numpy as np

    d, _ = p.x.shape
    turn = np.linalg.qr(np.vander(np.linspace(-1, 1, d + 2)))[0][:, :d]
    return dual_run(replace(p, x=turn @ p.x), times), dual_run(p, course.clock * times)


def _biased(p: Problem, times: Any, course: Course) -> tuple[Any, Any]:
    """u·Ω(t) for Xu = 0, with a bias that is trained too."""
    import numpy as np

    p = _shaped(p, more_samples=True)
    d, n = p.x.shape
    wide = np.hstack([p.x, np.ones((d, 1))])
    run = solve(lambda o: -wide.T @ (wide @ o - p.centre), np.append(p.o, 0.5), times)
    u = _complement(p.x.T)
    return run[:, :n] @ u, course.law(times, rate=0.0) * (p.o @ u)


QUANTITIES: dict[str, Callable[[Problem, Any, Course], tuple[Any, Any]]] = {
    "base-off": _base_off,
    "dual-null": _dual_null,
    "output-off": _output_off,
    "outputs": _outputs,
    "weights": _weights,
    "scaled-outputs": _scaled_outputs,
    "moving": _moving,
    "principal": _principal,
    "gram": _gram,
    "biased": _biased,
}


def follow(system: Course, settings: Any) -> Runs:
    """Integrate random problems and compare the quantity with its law at every recorded time."""
    import numpy as np

    rng = np.random.default_rng(settings.at("course").stream)
    times = np.linspace(0, HORIZON, POINTS)

    margins = []
    for run in range(settings.profile.trajectories):
        n, d = SHAPES[run % len(SHAPES)]
        p = Problem(rng.normal(size=(d, n)), rng.dirichlet(np.ones(n)), rng.normal(size=d), rng.normal(size=n))
        found, wanted = (system.scale * side for side in QUANTITIES[system.quantity](p, times, system))
        size = 1 + max(float(np.abs(found).max(initial=0.0)), float(np.abs(wanted).max(initial=0.0)))
        margins.append(1 - float(np.abs(found - wanted).max(initial=0.0)) / size / TOLERANCE)
    return Runs(
        margins,
        scope=f"{len(margins)} runs up to t = {HORIZON:g}, n and d up to 5",
        detail=f"integrated with DOP853 and compared at {POINTS} times; at most {1 - min(margins):.2g} of the tolerance {TOLERANCE:g}",
    )


FOLLOWS = Dynamics("ddcl_theory.claims.gbcl.subspaces_runs:follow", "frozen flow")

"""What measurements say about a run, in words."""

from __future__ import annotations

from ddcl_core.monitors.measurements import Measurements


class MonitorWarning(UserWarning):
    """A measurement suggests that training goes wrong."""


def advise(measurements: Measurements, *, rate_ratio: float | None = None) -> dict[str, str]:
    """Warnings with advice, by cause: "dead", "collapse", "residual", "ratio"; empty if there is nothing to say.

    rate_ratio: the backbone's learning rate divided by the prototypes'. Corollary 5 bounds it; 1 is its guideline.
    """
    found: dict[str, str] = {}
    if measurements.dead_prototypes:
        found["dead"] = (
            f"{measurements.dead_prototypes} prototypes are dead (smallest mass {measurements.smallest_mass:.3g} of the "
            "uniform share): raise the temperature or the balance coefficient, or start from k-means++"
        )
    if measurements.collapse_margin < 0:
        found["collapse"] = (
            f"temperature {measurements.temperature:.4g} is above the critical {measurements.critical_temperature:.4g} of "
            "these features: collapse of the prototypes is stable and expected; lower the temperature, or rescale the "
            "features if they have shrunk"
        )
    # Not "residual > bound": NaN has to be reported too.
    if not measurements.residual <= measurements.residual_bound:
        found["residual"] = (
            f"L_q - L_OLS - V is {measurements.residual:.3g} of its scale, rounding explains "
            f"{measurements.residual_bound:.3g}: features or prototypes are too large for their dtype; centre them or "
            "use float64"
        )
    if rate_ratio is not None and rate_ratio > 1:
        found["ratio"] = (
            f"the backbone's rate is {rate_ratio:.3g} times that of the prototypes, above the guideline 1 of "
            "Corollary 5: the prototypes may not follow the features; lower the ratio"
        )
    return found

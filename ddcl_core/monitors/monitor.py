"""The callback that measures during training."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from ddcl_core._validation import check_count, check_real
from ddcl_core.monitors.advice import MonitorWarning, advise
from ddcl_core.monitors.measurements import measure
from ddcl_core.monitors.writers import Writer

if TYPE_CHECKING:
    from ddcl_core.training.state import TrainerState


class Monitor:
    """Measure at the end of every ``every``-th epoch; write a row to each writer; warn once for each cause.

    A row has the epoch, the step, the temperature, the learning-rate ratio, the means of the loss terms over the epoch
    and the :class:`~ddcl_core.monitors.measurements.Measurements` at its end, in eval mode, on up to ``limit`` samples
    spread evenly over the data. The measurements become columns of the trainer's history. With several processes only
    rank 0 writes and warns. Training is not affected.
    threshold: see :func:`~ddcl_core.monitors.measurements.measure`. warn: False keeps the advice to itself.
    """

    def __init__(
        self, *writers: Writer, every: int = 1, limit: int = 4096, threshold: float = 0.01, warn: bool = True
    ) -> None:
        """Check the arguments."""
        for writer in writers:
            if not callable(getattr(writer, "write", None)):
                raise ValueError(f"writers: got {writer!r}, accepted objects with a method write(row)")
        self.writers = writers
        self.every = check_count("every", every)
        self.limit = check_count("limit", limit)
        self.threshold = check_real("threshold", threshold, minimum=0.0)
        self.warn = warn
        self._warned: set[str] = set()

    def __call__(self, state: TrainerState) -> dict[str, float] | None:
        """Measure, write and warn if it is the epoch for it; returns the measurements then."""
        if state.epoch % self.every:
            return None
        prototypes = state.prototypes()
        measurements = measure(
            state.sample(self.limit),
            prototypes,
            state.setting.temperature,
            loss=state.objective,
            threshold=self.threshold,
        )
        values = measurements._asdict()
        if state.rank == 0:
            row = {"epoch": state.epoch, "step": state.step, "rate_ratio": state.setting.rate_ratio}
            row.update(state.terms)
            row.update(values)
            for writer in self.writers:
                writer.write(row)
            if self.warn:
                self._advise(advise(measurements, rate_ratio=state.setting.rate_ratio), state.epoch)
        return values

    def _advise(self, advice: dict[str, str], epoch: int) -> None:
        for cause, text in advice.items():
            if cause not in self._warned:
                self._warned.add(cause)
                warnings.warn(f"epoch {epoch}: {text}", MonitorWarning, stacklevel=3)

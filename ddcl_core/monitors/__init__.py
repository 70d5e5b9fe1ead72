"""What to watch in training: the diagnostics of DDCL (§5.5, Appendix G), where they are written, and when to worry.

``measure`` works on any features and prototypes; :class:`Monitor` is a callback for the trainer that measures, writes
rows to CSV or TensorBoard and warns.
"""

from ddcl_core.monitors.advice import MonitorWarning, advise
from ddcl_core.monitors.critical import critical_temperature, largest_eigenvalue
from ddcl_core.monitors.measurements import Measurements, measure
from ddcl_core.monitors.monitor import Monitor
from ddcl_core.monitors.writers import CSVWriter, TensorBoardWriter, Writer

__all__ = [
    "CSVWriter",
    "Measurements",
    "Monitor",
    "MonitorWarning",
    "TensorBoardWriter",
    "Writer",
    "advise",
    "critical_temperature",
    "largest_eigenvalue",
    "measure",
]

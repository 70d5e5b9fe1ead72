"""SeCu: one-stage deep clustering by stable cluster discrimination, in parts and as a whole.

Source: Qian, "Stable Cluster Discrimination for Deep Clustering". Features and centres are unit vectors, centres are
rows, and the paper's temperature λ equals T = 2λ in the convention exp(-d/T) of this package.
"""

from ddcl_core.secu.assignment import (
    Assigner,
    EntropyConstraint,
    Greedy,
    SizeConstraint,
    assignment_costs,
    size_entropy,
)
from ddcl_core.secu.centres import ClosedFormCentres, closed_form_centres, hardness
from ddcl_core.secu.config import SeCuConfig
from ddcl_core.secu.loss import normalise, predictions, secu_loss, soft_labels, two_view_loss
from ddcl_core.secu.model import SeCuModel, head_sizes
from ddcl_core.secu.selflabel import SelfLabelConfig, SelfLabelling, confident_labels
from ddcl_core.secu.trainer import SeCuTrainer, encode
from ddcl_core.secu.views import NoisyView, View

__all__ = [
    "Assigner",
    "ClosedFormCentres",
    "EntropyConstraint",
    "Greedy",
    "NoisyView",
    "SeCuConfig",
    "SeCuModel",
    "SeCuTrainer",
    "SelfLabelConfig",
    "SelfLabelling",
    "SizeConstraint",
    "View",
    "assignment_costs",
    "closed_form_centres",
    "confident_labels",
    "encode",
    "hardness",
    "head_sizes",
    "normalise",
    "predictions",
    "secu_loss",
    "size_entropy",
    "soft_labels",
    "two_view_loss",
]

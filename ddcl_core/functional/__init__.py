"""The DDCL functional: pure functions of features, prototypes and assignments.

Shapes: z (..., n, d), prototypes (..., k, d) with row j = p_j, q (..., n, k); leading axes broadcast.
Every function works on any device in float32 and float64 and is differentiable.
"""

from ddcl_core.functional.assignment import assignment_covariance, soft_assignment, squared_distances
from ddcl_core.functional.gradients import (
    ols_grad_prototypes,
    ols_grad_q,
    quantization_grad_prototypes,
    quantization_grad_q,
    variance_grad_prototypes,
    variance_grad_q,
)
from ddcl_core.functional.losses import (
    Decomposition,
    decomposition,
    free_energy,
    ols_loss,
    prototype_variance,
    quantization_loss,
)
from ddcl_core.functional.projections import project_simplex, project_tangent_cone
from ddcl_core.functional.regularisers import balance, negative_entropy, separation, weight_norm
from ddcl_core.functional.training import training_gradient, training_gradient_features

__all__ = [
    "Decomposition",
    "assignment_covariance",
    "balance",
    "decomposition",
    "free_energy",
    "negative_entropy",
    "ols_grad_prototypes",
    "ols_grad_q",
    "ols_loss",
    "project_simplex",
    "project_tangent_cone",
    "prototype_variance",
    "quantization_grad_prototypes",
    "quantization_grad_q",
    "quantization_loss",
    "separation",
    "soft_assignment",
    "squared_distances",
    "training_gradient",
    "training_gradient_features",
    "variance_grad_prototypes",
    "variance_grad_q",
    "weight_norm",
]

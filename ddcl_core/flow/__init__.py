"""Flows of DDCL: the projected gradient flow of the reduced energy and the flows of training."""

from ddcl_core.flow.projected import Trajectory, projected_gradient_flow
from ddcl_core.flow.status import FlowStatus
from ddcl_core.flow.training import TrainingTrajectory, training_flow

__all__ = ["FlowStatus", "TrainingTrajectory", "Trajectory", "projected_gradient_flow", "training_flow"]

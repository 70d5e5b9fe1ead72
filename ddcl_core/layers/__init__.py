"""Competitive layers: modules whose output is the prototypes, rows of a tensor (k, d).

``layer(z, index)`` gives the prototypes of training; in eval mode the stored ones come back. ``predict`` and ``assign``
work on new data with the stored prototypes.
"""

from ddcl_core.layers.deep import DeepDualCompetitiveLayer
from ddcl_core.layers.dual import DualCompetitiveLayer
from ddcl_core.layers.initialisation import kmeans_plus_plus, least_norm_weights
from ddcl_core.layers.topology import (
    Components,
    Pruned,
    Topology,
    competitive_loss,
    connected_components,
    data_topology,
    prune,
    topology_loss,
    winner_graph,
)
from ddcl_core.layers.vanilla import VanillaCompetitiveLayer
from ddcl_core.layers.variance import sampling_variance
from ddcl_core.layers.winner import Winners, winner_loss, winners

__all__ = [
    "Components",
    "DeepDualCompetitiveLayer",
    "DualCompetitiveLayer",
    "Pruned",
    "Topology",
    "VanillaCompetitiveLayer",
    "Winners",
    "competitive_loss",
    "connected_components",
    "data_topology",
    "kmeans_plus_plus",
    "least_norm_weights",
    "prune",
    "sampling_variance",
    "topology_loss",
    "winner_graph",
    "winner_loss",
    "winners",
]

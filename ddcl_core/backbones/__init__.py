"""Networks that map a batch to features (b, d), and the points of any network where a competitive layer attaches.

Every backbone has ``n_features`` (= d), draws its weights from a ``seed`` that leaves torch's global generator alone,
and is moved with ``.to(device, dtype)`` like any module.
"""

from ddcl_core.backbones._sequences import Samples
from ddcl_core.backbones.attachment import Attached
from ddcl_core.backbones.mlp import MLP, mlp
from ddcl_core.backbones.multiscale import MultiScale, MultiScaleDDCL, ScaleLosses
from ddcl_core.backbones.recurrent import Hierarchy, RecurrentEncoder
from ddcl_core.backbones.resnet import ResNet, resnet18
from ddcl_core.backbones.transformer import LayerWise, TransformerEncoder

__all__ = [
    "MLP",
    "Attached",
    "Hierarchy",
    "LayerWise",
    "MultiScale",
    "MultiScaleDDCL",
    "RecurrentEncoder",
    "ResNet",
    "Samples",
    "ScaleLosses",
    "TransformerEncoder",
    "mlp",
    "resnet18",
]

"""The parts of an experiment's claim, made from the predictions of its block."""

from __future__ import annotations

from ddcl_theory.checks.experiment import Experiment, Predicted
from ddcl_theory.claim import Neighbour, Part, Twin
from ddcl_theory.experiments.protocol import Block, Prediction


def parts_of(block: Block) -> tuple[Part, ...]:
    """One part a prediction, in the order of the block."""
    return tuple(part_of(block, prediction) for prediction in block.predictions)


def part_of(block: Block, prediction: Prediction) -> Part:
    """The prediction as a part: its false changes are the twins, its harmless ones the neighbours."""
    return Part(
        id=prediction.id,
        says=prediction.says,
        statement=Predicted(block.id, prediction.id),
        checks=(Experiment(),),
        twins=tuple(Twin(c.id, Predicted(block.id, prediction.id, c.id)) for c in prediction.changes if not c.harmless),
        neighbours=tuple(
            Neighbour(c.id, Predicted(block.id, prediction.id, c.id)) for c in prediction.changes if c.harmless
        ),
    )

"""The blocks by name; none is imported before it is asked for."""

from __future__ import annotations

import importlib

from ddcl_theory.experiments.protocol import Block
from ddcl_theory.registry import Entry

#: name -> (claim, title, module of the claim, module with a constant BLOCK).
INDEX: dict[str, tuple[str, str, str, str]] = {
    "block1": (
        "ddcl.block1",
        "Block 1: structural properties on two-dimensional data",
        "ddcl_theory.claims.ddcl.block1",
        "ddcl_theory.experiments.block1",
    ),
    "block2": (
        "ddcl.block2",
        "Block 2: handwritten digits",
        "ddcl_theory.claims.ddcl.block2",
        "ddcl_theory.experiments.block2",
    ),
    "block3": (
        "ddcl.block3",
        "Block 3: accuracy over the number of features",
        "ddcl_theory.claims.ddcl.block3",
        "ddcl_theory.experiments.block3",
    ),
    "block4": (
        "ddcl.block4",
        "Block 4: frozen features",
        "ddcl_theory.claims.ddcl.block4",
        "ddcl_theory.experiments.block4",
    ),
    "block5": (
        "ddcl.block5",
        "Block 5: end-to-end training with a trainable network",
        "ddcl_theory.claims.ddcl.block5",
        "ddcl_theory.experiments.block5",
    ),
    "block6": (
        "ddcl.block6",
        "Block 6: handwritten digits as a stream",
        "ddcl_theory.claims.ddcl.block6",
        "ddcl_theory.experiments.block6",
    ),
    "correlation": (
        "ddcl.correlation",
        "The correlation of separation and uncertainty",
        "ddcl_theory.claims.ddcl.correlation",
        "ddcl_theory.experiments.correlation",
    ),
    "decides": (
        "ddcl.decides",
        "What decides: thresholds of collapse, and V alone",
        "ddcl_theory.claims.ddcl.decides",
        "ddcl_theory.experiments.decides",
    ),
    "gbcl-layers": (
        "gbcl.experiments",
        "Vanilla and dual layers, in the plane and over the features",
        "ddcl_theory.claims.gbcl.experiments",
        "ddcl_theory.experiments.gbcl_layers",
    ),
    "secu-digits": (
        "secu.experiments",
        "SeCu's ablations at small scale",
        "ddcl_theory.claims.secu.experiments",
        "ddcl_theory.experiments.secu",
    ),
}


def load_block(name: str) -> Block:
    """The block of this name, or the one at "module:constant"; ValueError that lists the names where there is none."""
    module, _, constant = name.partition(":")
    if not constant:
        if name not in INDEX:
            raise ValueError(f"block: {name!r} is unknown; accepted are {', '.join(INDEX)}")
        module, constant = INDEX[name][3], "BLOCK"
    found: Block = getattr(importlib.import_module(module), constant)
    return found


def entry(name: str) -> Entry:
    """The registry entry of the block's claim; `block1` and `ddcl.block1` name the same.

    ValueError that lists the blocks where there is none of this name.
    """
    block = block_of_claim(name) or name
    if block not in INDEX:
        raise ValueError(f"unknown experiment {name!r}; accepted are {', '.join(INDEX)}")
    claim, title, module, _ = INDEX[block]
    return Entry(claim, title, module)


def block_of_claim(claim: str) -> str | None:
    """The name of the block whose claim this is."""
    return next((name for name, (of, *_) in INDEX.items() if of == claim), None)

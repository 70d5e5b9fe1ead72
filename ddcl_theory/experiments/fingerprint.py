"""What a result depends on besides its cell: the text of the code that computed it and versions of libraries."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import platform
from importlib import metadata
from pathlib import Path

from ddcl_theory.experiments.protocol import Block

#: Libraries whose version can change what a cell measures.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch")


def fingerprint(block: Block) -> str:
    """Identifies the code and the libraries that run the cells of a block."""
    modules = (block.run.partition(":")[0], *block.sources)
    return _fingerprint(tuple(dict.fromkeys(modules)))


@functools.cache
def _fingerprint(modules: tuple[str, ...]) -> str:
    text = hashlib.sha256(platform.python_version().encode())
    for name in LIBRARIES:
        text.update(f"{name} {metadata.version(name)}\n".encode())
    core = _origin("ddcl_core").parent
    for path in sorted(core.rglob("*.py")):
        text.update(path.relative_to(core).as_posix().encode() + b"\0" + path.read_bytes())
    for module in modules:
        text.update(module.encode() + b"\0" + _origin(module).read_bytes())
    return text.hexdigest()


def _origin(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        raise ValueError(f"sources: the module {module!r} has no file; accepted are modules with source text")
    return Path(spec.origin)

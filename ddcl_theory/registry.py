"""The registry: which claims there are, without importing any of them until they are asked for.

The claims of the three papers are listed by identifier and module, so that listing them costs nothing.  A plugin
registers claims through the entry-point group `ddcl_theory.claims`: each entry point names a claim identifier and an
object that is a `Claim`, a list of claims, or a function that returns either.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddcl_theory.claim import Claim

GROUP = "ddcl_theory.claims"


@dataclass(frozen=True)
class Entry:
    """A claim that can be loaded: its identifier, its title and where its declaration stands."""

    id: str
    title: str
    origin: str

    def load(self) -> Claim:
        """The claim as it is declared, with the formal proofs that name its parts among their checks."""
        from ddcl_theory.checks.formal import attach

        module, _, attribute = self.origin.partition(":")
        return attach(
            _claim_named(self.id, getattr(importlib.import_module(module), attribute or "CLAIM"), self.origin)
        )


class UnknownClaim(ValueError):
    """No claim has this name; the message suggests some that exist."""


def builtin() -> list[Entry]:
    from ddcl_theory.claims import INDEX

    return [Entry(i, title, f"ddcl_theory.claims.{module}") for i, title, module in INDEX]


def plugins() -> list[Entry]:
    """Claims of installed plugins, sorted by identifier; a plugin is not imported here."""
    return sorted(
        (Entry(point.name, f"plugin {point.value}", point.value) for point in metadata.entry_points(group=GROUP)),
        key=lambda e: e.id,
    )


def entries() -> list[Entry]:
    found = builtin() + plugins()
    doubled = {e.id for e in found if [f.id for f in found].count(e.id) > 1}
    if doubled:
        raise ValueError(f"claim registered twice: {', '.join(sorted(doubled))}")
    return found


def resolve(name: str, among: Iterable[Entry] | None = None) -> Entry:
    """The entry with this name; `theorem4`, `prop6` and `remark3` stand for `ddcl.theorem4` and so on."""
    pool = list(among) if among is not None else entries()
    by_id = {e.id: e for e in pool}
    wanted = name.strip().lower()
    for short, long in (("prop", "proposition"), ("cor", "corollary"), ("thm", "theorem"), ("rem", "remark")):
        head, _, tail = (
            wanted.rpartition(".") if wanted.count(".") and wanted.split(".")[0] in _papers(pool) else ("", "", wanted)
        )
        if tail.startswith(short) and tail[len(short) : len(short) + 1].isdigit():
            wanted = f"{head}.{long}{tail[len(short) :]}" if head else f"{long}{tail[len(short) :]}"
    candidates = [wanted, *(f"{paper}.{wanted}" for paper in _papers(pool))]
    for candidate in candidates:
        if candidate in by_id:
            return by_id[candidate]
    close = difflib.get_close_matches(wanted, list(by_id) + [i.split(".", 1)[-1] for i in by_id], n=4, cutoff=0.5)
    hint = f"; did you mean {', '.join(dict.fromkeys(close))}?" if close else "; `ddcl-verify list` shows all claims"
    raise UnknownClaim(f"unknown claim {name!r}{hint}")


def _papers(pool: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(e.id.split(".")[0] for e in pool))


def load(name: str) -> Claim:
    return resolve(name).load()


def _claim_named(identifier: str, declared: object, origin: str) -> Claim:
    from ddcl_theory.claim import Claim

    value: Any = declared if isinstance(declared, Claim) or not callable(declared) else declared()
    for claim in [value] if isinstance(value, Claim) else list(value):
        if isinstance(claim, Claim) and claim.id == identifier:
            return claim
    raise ValueError(f"{origin} declares no claim with the identifier {identifier!r}")

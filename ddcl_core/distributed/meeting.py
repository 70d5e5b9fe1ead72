"""How ranks find each other at a store that may hold what earlier ranks left there.

A launcher that restarts workers, or a file that a killed run left behind, offers the new ranks the keys of the old ones,
among them addresses where nobody listens any more. So each attempt gets a name of its own, under which everything else
is kept:

1. rank 0 writes a new random name c under "call";
2. rank r reads a name, perhaps an old one, and writes a random token of its own under "answer/c/r";
3. rank 0, when all have answered its c, writes their tokens under "go/c";
4. rank r accepts c if its token is among those of "go/c", which no old attempt can have; else it reads "call" again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

PAUSE = 0.02


class RanksMissing(RuntimeError):
    """Ranks did not come to the meeting in time."""


def name_attempt(store: Any, rank: int, world_size: int, timeout: float) -> str:
    """A name on which the ``world_size`` ranks agree and that was never used at ``store``.

    Raises RanksMissing if they do not all come within ``timeout`` seconds; rank 0 can say who is missing.
    """
    deadline = time.monotonic() + timeout
    return _call(store, world_size, deadline) if rank == 0 else _answer(store, rank, deadline)


def _call(store: Any, world_size: int, deadline: float) -> str:
    name = secrets.token_hex(8)
    store.set("call", name)
    missing = list(range(1, world_size))

    def complete() -> bool:
        missing[:] = [rank for rank in missing if not store.check([f"answer/{name}/{rank}"])]
        return not missing

    if not _poll(complete, deadline):
        raise RanksMissing(f"rank {', '.join(map(str, missing))} did not come")
    tokens = [store.get(f"answer/{name}/{rank}").decode() for rank in range(1, world_size)]
    store.set(f"go/{name}", " ".join(tokens))
    return name


def _answer(store: Any, rank: int, deadline: float) -> str:
    token = secrets.token_hex(8)
    answered: set[str] = set()
    name = ""

    def accepted() -> bool:
        nonlocal name
        if not store.check(["call"]):
            return False
        name = store.get("call").decode()
        if name not in answered:
            store.set(f"answer/{name}/{rank}", token)
            answered.add(name)
        return store.check([f"go/{name}"]) and token in store.get(f"go/{name}").decode().split()

    if not _poll(accepted, deadline):
        raise RanksMissing("rank 0 did not come, or waits for others")
    return name


def _poll(done: Callable[[], bool], deadline: float) -> bool:
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True

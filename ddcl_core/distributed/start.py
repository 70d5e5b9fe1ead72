"""Joining or starting a group of ranks."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from ddcl_core._validation import check_choice, check_count, check_real
from ddcl_core.devices import resolve_device
from ddcl_core.distributed.failure import WorkerLost, in_words
from ddcl_core.distributed.group import Group, remember
from ddcl_core.distributed.meeting import RanksMissing, name_attempt

BACKENDS = ("auto", "gloo", "nccl")
# What torchrun and compatible launchers tell a worker.
VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
# torch gives no types for the stores.
STORES: Any = dist


def init(
    backend: str = "auto",
    *,
    device: str | torch.device = "auto",
    timeout: float = 60.0,
    rendezvous: str | None = None,
    rank: int | None = None,
    world_size: int | None = None,
) -> Group:
    """Join the other workers, or start a group of one process.

    Under torchrun (or any launcher that sets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT) everything is read from the
    environment. Otherwise ``rendezvous`` names a meeting point, "file:///a/new/file" or "tcp://host:port", with this
    process's ``rank`` and the ``world_size``. With neither, the group has this process alone.

    ``backend``: "auto" is NCCL if the device is CUDA, else gloo. ``device``: "auto" is the CUDA device of LOCAL_RANK,
    else the CPU (other accelerators have no backend). ``timeout``: seconds that any one operation between the ranks,
    and the first meeting, may take; past it the run ends with :class:`~ddcl_core.distributed.WorkerLost`, so it must
    exceed what the slowest rank computes between two of them. While the group lasts, the SIGTERM that torchrun sends to
    the workers that are left when one has died raises the same error, unless the program handles that signal itself.

    Raises ValueError for arguments outside these ranges, RuntimeError where torch has no distributed package or a group
    exists already.
    """
    check_choice("backend", backend, BACKENDS)
    timeout = check_real("timeout", timeout, minimum=0.0, strict=True)
    if not dist.is_available():
        raise RuntimeError("this build of torch has no torch.distributed")
    if dist.is_initialized():
        raise RuntimeError("a process group exists already; ddcl_core.distributed.current() returns it")
    found = _device(device, backend)
    backend = ("nccl" if found.type == "cuda" else "gloo") if backend == "auto" else backend
    if (backend == "nccl") != (found.type == "cuda"):
        raise ValueError(f"backend: got {backend!r} with device {str(found)!r}, accepted 'nccl' with CUDA, else 'gloo'")
    if found.type == "cuda":
        torch.cuda.set_device(found)
    rank, world_size = _place(rendezvous, rank, world_size)
    limit = timedelta(seconds=timeout)
    try:
        store = _store(rendezvous, rank, world_size, limit)
        store.set_timeout(limit)
        attempt = name_attempt(store, rank, world_size, timeout)
        parts = [STORES.PrefixStore(f"{name}/{attempt}", store) for name in ("group", "ddcl")]
        dist.init_process_group(backend, store=parts[0], rank=rank, world_size=world_size, timeout=limit)
    except RuntimeError as error:
        reason = str(error) if isinstance(error, RanksMissing) else in_words(error)
        raise WorkerLost(rank, None, timeout, f"the {world_size} ranks did not meet: {reason}") from error
    group = remember(Group(rank, world_size, found, backend, timeout, parts[1]))
    _heed_launcher(group)
    return group


def _heed_launcher(group: Group) -> None:
    """Turn the SIGTERM by which torchrun ends what is left of a job into an error that says what to resume from."""
    ours = "TORCHELASTIC_RUN_ID" in os.environ and threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return

    def end(number: int, frame: object) -> None:
        raise group.loss(None, "SIGTERM from the launcher, which ends the job")

    signal.signal(signal.SIGTERM, end)
    group.when_closed = lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _device(device: str | torch.device, backend: str) -> torch.device:
    if device == "auto" and (backend == "gloo" or not torch.cuda.is_available()):
        return torch.device("cpu")
    found = resolve_device(device)
    if found.type not in ("cpu", "cuda"):
        raise ValueError(f"device: got {str(found)!r}, accepted 'cpu' or 'cuda': torch has no backend for others")
    if found.type == "cuda" and found.index is None:
        local = int(os.environ.get("LOCAL_RANK", "0"))
        if local >= torch.cuda.device_count():
            raise ValueError(f"LOCAL_RANK: got {local}, accepted below {torch.cuda.device_count()}, one GPU a process")
        return torch.device("cuda", local)
    return found


def _place(rendezvous: str | None, rank: int | None, world_size: int | None) -> tuple[int, int]:
    """This process's rank and the number of ranks, from the arguments, the launcher or neither."""
    if rendezvous is None and (rank is not None or world_size is not None):
        raise ValueError(f"rendezvous: got None with rank {rank!r} and world_size {world_size!r}, accepted all or none")
    if rendezvous is not None:
        world_size = check_count("world_size", 0 if world_size is None else world_size)
        rank = check_count("rank", -1 if rank is None else rank, minimum=0)
        if rank >= world_size:
            raise ValueError(f"rank: got {rank}, accepted below world_size={world_size}")
        _check_rendezvous(rendezvous)
        return rank, world_size
    found = [name for name in VARIABLES if name in os.environ]
    if 0 < len(found) < len(VARIABLES):
        raise ValueError(f"environment: got {', '.join(found)}, accepted all or none of {', '.join(VARIABLES)}")
    return (int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])) if found else (0, 1)


def _check_rendezvous(rendezvous: str) -> None:
    scheme, _, place = rendezvous.partition("://")
    host, _, port = place.rpartition(":")
    is_file = scheme == "file" and place.startswith("/") and os.path.isdir(os.path.dirname(place))
    if not is_file and not (scheme == "tcp" and host and port.isdecimal()):
        raise ValueError(
            f"rendezvous: got {rendezvous!r}, accepted 'file:///path' in a folder that exists or 'tcp://host:port'"
        )


def _store(rendezvous: str | None, rank: int, world_size: int, limit: timedelta) -> Any:
    """The store at which the ranks meet; RuntimeError if they do not."""
    if rendezvous is None:
        if "RANK" not in os.environ:
            return STORES.HashStore()
        return next(STORES.rendezvous("env://", timeout=limit))[0]
    scheme, _, place = rendezvous.partition("://")
    if scheme == "file":
        return STORES.FileStore(place, world_size)
    host, _, port = place.rpartition(":")
    return STORES.TCPStore(host, int(port), world_size, rank == 0, limit)

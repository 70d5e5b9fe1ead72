"""Devices by name, and generators on them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddcl_core.devices import device_generator, resolve_device
from ddcl_core.progress import track


def test_auto_prefers_an_accelerator(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert resolve_device("auto") == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert resolve_device("auto") == torch.device("cuda")


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="device: got 'cuda', accepted what this machine has: cpu"):
        resolve_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ValueError, match="an index below 1"):
        resolve_device("cuda:1")


@pytest.mark.parametrize("name", ["gpu", "cpu:x", None])
def test_an_unknown_device_is_named(name):
    with pytest.raises(ValueError, match="device: got"):
        resolve_device(name)


@pytest.mark.parametrize("wrong", [np.zeros(2), torch.zeros(2), ["cpu"], 1.5])
def test_what_is_no_name_is_refused(wrong):
    with pytest.raises(ValueError, match=rf"device: got {type(wrong).__name__} .*, accepted 'auto', 'cpu'"):
        resolve_device(wrong)


def test_generators_repeat():
    draws = [torch.rand(3, generator=device_generator(5, torch.device("cpu"))) for _ in range(2)]
    assert torch.equal(*draws)


def test_the_bar_changes_nothing_and_stays_off_standard_output(capsys):
    assert list(track(range(4), total=4, description="epochs", enabled=True)) == [0, 1, 2, 3]
    out, err = capsys.readouterr()
    assert out == "" and "epochs" in err
    assert list(track(range(2), total=2, description="epochs", enabled=False)) == [0, 1]
    assert capsys.readouterr() == ("", "")

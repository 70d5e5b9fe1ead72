"""Whitening against its defining identity and scikit-learn's PCA."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA
from torch import Tensor

from ddcl_core.baselines import whitening as module
from ddcl_core.baselines.whitening import fit_whitening


def correlated(n: int = 200, d: int = 6, dtype: torch.dtype = torch.float64, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(d, d, generator=generator, dtype=torch.float64)
    return (torch.randn(n, d, generator=generator, dtype=torch.float64) @ mixing + 3).to(dtype)


def covariance(z: Tensor) -> np.ndarray:
    return np.atleast_2d(np.cov(z.double().cpu().numpy(), rowvar=False))


@pytest.mark.parametrize("m", [1, 3, 6, None])
def test_covariance_is_the_identity(m: int | None, device: torch.device) -> None:
    z = correlated().to(device)
    white = fit_whitening(z, m).apply(z, normalise=False)
    size = 6 if m is None else m
    assert_allclose(covariance(white), np.eye(size), atol=1e-11)
    assert_allclose(white.cpu().mean(0), np.zeros(size), atol=1e-12)


@pytest.mark.parametrize(("n", "d", "m"), [(200, 6, 4), (200, 6, 6), (8, 20, 5), (8, 20, 7)])
def test_equals_scikit_learn_up_to_sign(n: int, d: int, m: int) -> None:
    z = correlated(n, d)
    ours = fit_whitening(z, m).apply(z, normalise=False).numpy()
    theirs = PCA(m, whiten=True, svd_solver="full").fit_transform(z.numpy())
    signs = np.sign((ours * theirs).sum(0))
    assert_allclose(ours, theirs * signs, atol=1e-8)


def test_tiles_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    z = correlated()
    whole = fit_whitening(z, 4)
    monkeypatch.setattr(module, "ROWS", 7)
    assert_allclose(fit_whitening(z, 4).components, whole.components, rtol=1e-9)


def test_new_samples_are_mapped_as_by_scikit_learn() -> None:
    z, fresh = correlated(), correlated(seed=1)
    ours = fit_whitening(z, 4).apply(fresh, normalise=False).numpy()
    theirs = PCA(4, whiten=True, svd_solver="full").fit(z.numpy()).transform(fresh.numpy())
    assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-8)


def test_normalised_rows_have_length_one() -> None:
    z = correlated()
    whitening = fit_whitening(z, 4)
    plain, normalised = whitening.apply(z, normalise=False), whitening.apply(z)
    lengths = np.linalg.norm(plain.numpy(), axis=1, keepdims=True)
    assert_allclose(normalised, plain.numpy() / lengths, rtol=1e-12)
    assert torch.equal(whitening.apply(whitening.mean.unsqueeze(0)), torch.zeros(1, 4, dtype=z.dtype))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("singular", ["constant", "repeated", "sum", "offset"])
def test_directions_without_variance_become_zero(singular: str, dtype: torch.dtype) -> None:
    z = correlated(d=3, dtype=dtype)
    extra = {
        "constant": torch.full((200, 2), 0.1, dtype=dtype),
        "repeated": z[:, :2],
        "sum": torch.stack([z[:, 0] + z[:, 1], z[:, 1] - z[:, 2]], 1),
        "offset": torch.full((200, 2), 1000.1, dtype=dtype),
    }[singular]
    joined = torch.cat([z, extra], 1)
    whitening = fit_whitening(joined)
    white = whitening.apply(joined, normalise=False)
    assert whitening.rank == 3
    expected = np.diag([1.0, 1.0, 1.0, 0.0, 0.0])
    assert_allclose(covariance(white), expected, atol=1e-10 if dtype == torch.float64 else 2e-4)
    assert torch.equal(white[:, 3:], torch.zeros(200, 2, dtype=dtype))


def test_a_small_but_real_variance_is_kept() -> None:
    z = correlated(d=3)
    z[:, 0] *= 1e-4
    z = z.float()
    whitening = fit_whitening(z)
    assert whitening.rank == 3
    # Rounding of entries near 3 (1e-7) relative to a deviation near 1e-4.
    assert_allclose(covariance(whitening.apply(z, normalise=False)), np.eye(3), atol=1e-2)


def test_more_components_than_directions_of_few_samples() -> None:
    z = correlated(n=4, d=9)
    whitening = fit_whitening(z)
    white = whitening.apply(z, normalise=False)
    # Four samples about their mean span three directions.
    assert whitening.rank == 3 and white.shape == (4, 4)
    assert_allclose(covariance(white), np.diag([1.0, 1.0, 1.0, 0.0]), atol=1e-12)


@pytest.mark.parametrize("n", [1, 5])
def test_no_variance_at_all_maps_to_zero(n: int) -> None:
    z = torch.full((n, 3), 0.3)
    whitening = fit_whitening(z)
    assert whitening.rank == 0
    assert torch.equal(whitening.apply(z), torch.zeros(n, min(n, 3)))


def test_a_large_offset_changes_little() -> None:
    z = correlated()
    near, far = fit_whitening(z), fit_whitening(z + 1e6)
    # Entries near 1e6 are spaced by 1e-10 and the smallest deviation of these features is near 0.1.
    assert_allclose(far.apply(z + 1e6), near.apply(z), atol=1e-7)


@pytest.mark.parametrize(
    ("z", "m", "message"),
    [
        (torch.zeros(9, 5), 6, "n_components: got 6, accepted at most 5"),
        (torch.zeros(4, 5), 5, "n_components: got 5, accepted at most 4"),
        (torch.zeros(4, 5), 0, "n_components: got 0"),
        (torch.zeros(4), 1, "z: got shape"),
        (torch.zeros(2, 4, 5), 1, r"accepted \(n, d\)"),
        (torch.full((4, 5), torch.nan), 1, "z: got an entry"),
    ],
)
def test_bad_input_is_named(z: Tensor, m: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_whitening(z, m)


def test_other_features_than_those_of_the_fit_are_refused() -> None:
    whitening = fit_whitening(correlated())
    with pytest.raises(ValueError, match=r"z: got shape \(2, 5\), accepted \(n, 6\)"):
        whitening.apply(torch.zeros(2, 5, dtype=torch.float64))
    with pytest.raises(ValueError, match="z: got torch.float32"):
        whitening.apply(torch.zeros(2, 6))

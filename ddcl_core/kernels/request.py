"""What a sweep is asked for and what it returns, common to all forms.

For one sample let l_j = -s d_j / T (s = 1, or 1/2 in the convention "d/2T"), q = softmax(l), m = Pq and <.> the mean
under q. Since L_q = L_OLS + V, two numbers describe every mixture:

    a L_q + b L_OLS + c V = A L_q + G V = A L_OLS + B V,     A = a + b,  G = c - b,  B = a + c.

With q held ("stopped") the gradients are 2 A (z - m) in z and, in p_j, 2 A q_j (p_j - z) + 2 G q_j (p_j - m).
The slope of the mixture in q_j is A d_j + G |p_j - m|^2 up to a constant, and through the softmax it adds the weights
-(s/T) q_j (slope_j - <slope>) to those of q on the distances. With h_j = A l_j - (s/T) G |p_j - m|^2 the weights on
the distances are together c_j = q_j (A + h_j - <h>), which sum to A, so that

    dz = 2 (A z - sum_j c_j p_j),    dp_j = 2 sum_n c_nj (p_j - z_n) + 2 G sum_n q_nj (p_j - m_n),

both times the weight 1/n of a sample for the mean. For G = 0 that takes three products of an (n, k) by a (k, d)
matrix, with q held three for every mixture, and otherwise six.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Request:
    """One sweep over z (n, d) and prototypes (k, d), both of one floating dtype, without leading axes."""

    z: Tensor
    prototypes: Tensor
    temperature: float
    scale: float  # s
    losses: float  # A
    spread: float  # G
    full: bool
    factor: float  # weight of a sample in grad_z
    want_z: bool
    want_prototypes: bool
    details: bool

    @property
    def inverse(self) -> float:
        """s / T, finite for every temperature that the dtype holds as a normal number."""
        return self.scale / self.temperature

    @property
    def both(self) -> float:
        """B, the weight of V beside A L_OLS."""
        return self.losses + self.spread

    @property
    def needs_mean(self) -> bool:
        """True if m = Pq is needed: for L_OLS, V, the slope of V, or the gradient in z at fixed q."""
        return self.details or self.spread != 0 or (self.want_z and not self.full)

    @property
    def needs_variance(self) -> bool:
        """True if the value of V is needed."""
        return self.details or (self.spread != 0 and self.both != 0)


@dataclass(frozen=True, eq=False)
class Sums:
    """Plain sums over the samples in float64 (float32 on devices without it); coordinates relative to ``middle``.

    grad_prototypes of the sum is 2 (diag(weight) (P - middle) - moment). ``largest`` is the largest
    |z_n - middle|^2 or |p_j - middle|^2, NaN or infinite if z is. Entries that were not asked for are None.
    """

    middle: Tensor  # (1, d), the mean prototype
    largest: float
    quantization: Tensor
    ols: Tensor | None
    variance: Tensor | None
    grad_z: Tensor | None  # (n, d), dtype of z, times the request's factor
    weight: Tensor | None  # (k,)
    moment: Tensor | None  # (k, d)
    mass: Tensor | None  # (k,)
    counts: Tensor | None  # (k,), int64
    entropy: Tensor | None

    def value(self, request: Request) -> Tensor:
        """Sum over the samples of the mixture."""
        if request.spread == 0 or self.ols is None:
            return request.losses * self.quantization
        total = request.losses * self.ols
        return total if self.variance is None or request.both == 0 else total + request.both * self.variance

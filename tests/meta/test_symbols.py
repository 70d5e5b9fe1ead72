"""Names of variables as symbols, in hypotheses as in witnesses."""

from __future__ import annotations

import pytest

from ddcl_theory.domain import Domain, above_zero, nonnegative, real, simplex, temperature
from ddcl_theory.report.plaintext import plain
from ddcl_theory.symbols import symbol


@pytest.mark.parametrize(
    ("name", "indices", "written"),
    [
        ("T", (), "T"),
        ("T1", (), "T_1"),
        ("p", (2,), "p_2"),
        ("p", (12,), "p_{12}"),
        ("r", (1, 2), "r_{1,2}"),
        ("eta", (), r"\eta"),
        ("eta_P", (), r"\eta_P"),
        ("eta_theta", (), r"\eta_\theta"),
        ("rate_p", (), r"\eta_p"),
        ("sep", (), r"\lambda_{\mathrm{sep}}"),
        ("weight", (3,), r"(\lambda_P)_3"),
        ("heat", (), r"\mathrm{heat}"),
        ("c12", (), "c_{12}"),
    ],
)
def test_names_become_symbols(name: str, indices: tuple[int, ...], written: str) -> None:
    assert symbol(name, *indices) == written
    assert plain(written)


def test_constraints_are_written_in_symbols() -> None:
    domain = Domain(
        (
            simplex("q", "n", "k"),
            simplex("w", "k"),
            nonnegative("sep"),
            temperature("T1"),
            above_zero("rate", 2),
            nonnegative("m", "k", "d"),
        ),
        {"n": (1, 2), "k": (1, 2), "d": (1, 2)},
    )
    assert [(name, says) for name, says, _ in domain.constraints()] == [
        ("q-nonnegative", r"q_{nj} \ge 0"),
        ("q-sums-to-one", r"\textstyle\sum_j q_{nj} = 1"),
        ("w-nonnegative", r"w_j \ge 0"),
        ("w-sums-to-one", r"\textstyle\sum_j w_j = 1"),
        ("sep-nonnegative", r"\lambda_{\mathrm{sep}} \ge 0"),
        ("T1-positive", "T_1 > 0"),
        ("rate-positive", r"\eta_j > 0"),
        ("m-nonnegative", r"m_{ij} \ge 0"),
    ]


def test_a_variable_may_bring_its_own_symbol() -> None:
    assert real("h", latex=r"\hat h").symbol == r"\hat h" and real("h").symbol == "h"
    domain = Domain(
        (above_zero("gain", latex=r"\gamma"), simplex("mix", "k", latex=r"\pi"), temperature("cool", latex=r"\theta"))
    )
    assert [says for _, says, _ in domain.constraints()] == [
        r"\gamma > 0",
        r"\pi_j \ge 0",
        r"\textstyle\sum_j \pi_j = 1",
        r"\theta > 0",
    ]

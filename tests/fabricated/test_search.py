"""What the searching checks rely on: a battery that leaves no option out, and scopes that name the sizes that ran."""

from __future__ import annotations

import itertools

import pytest

from ddcl_theory.checks.property import extent
from ddcl_theory.checks.sampling import battery
from ddcl_theory.domain import Domain, nonnegative, real, simplex, temperature

DOMAINS = {
    "two tensors": Domain((real("z", "d"), real("p", "k", "d"))),
    "softmax": Domain((real("z", "d"), real("p", "k", "d"), temperature("T"))),
    "four tensors": Domain((real("z", "n", "d"), real("p", "k", "d"), simplex("q", "n", "k"), real("v", "k", "d"))),
    "two temperatures": Domain((nonnegative("e", "k"), temperature("T1"), temperature("T2"))),
}


@pytest.mark.parametrize("sizes", [{"k": k, "d": d, "n": 2} for k in (1, 2, 3) for d in (1, 2)])
@pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS)
def test_every_option_of_every_variable_is_in_a_small_battery(domain: Domain, sizes: dict[str, int]) -> None:
    full, small = battery(domain, sizes, most=10**6), battery(domain, sizes, most=60)
    assert len(small) == min(60, len(full))
    for v in domain.variables:
        assert {str(p[v.name]) for p in small} == {str(p[v.name]) for p in full}


def test_a_full_battery_has_every_combination() -> None:
    domain = DOMAINS["softmax"]
    full = battery(domain, {"k": 3, "d": 1}, most=10**6)
    options = [{str(p[v.name]) for p in full} for v in domain.variables]
    found = {tuple(str(p[v.name]) for v in domain.variables) for p in full}
    assert found == set(itertools.product(*options))


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ([{}], ""),
        ([{"k": 2}], "k = 2"),
        ([{"k": 2, "d": 1}, {"k": 2, "d": 2}], "k = 2, 1 ≤ d ≤ 2"),
        ([{"k": k, "d": d} for k in (2, 3) for d in (1, 2, 3)], "2 ≤ k ≤ 3, 1 ≤ d ≤ 3"),
        ([{"k": 2, "d": 1}, {"k": 3, "d": 3}], "(k, d) = (2, 1), (3, 3)"),
        ([{"k": 2}, {"k": 4}], "(k) = (2), (4)"),
    ],
)
def test_scopes_name_the_sizes_that_ran(sizes: list[dict[str, int]], text: str) -> None:
    assert extent(sizes) == text

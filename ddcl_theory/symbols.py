"""The symbol of a variable: what its name in code looks like in a formula."""

from __future__ import annotations

_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi"),
    *("rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
)
#: Names that stand for a symbol which Python cannot spell or already uses.
_SPELT = {
    "sep": r"\lambda_{\mathrm{sep}}",
    "weight": r"\lambda_P",
    "bal": r"\lambda_{\mathrm{bal}}",
    "ent": r"\lambda_{\mathrm{ent}}",
    "eps": r"\varepsilon",
    "lam": r"\lambda",
    "rate": r"\eta",
    "ratio": r"\rho",
    "radius": r"\varrho",
}


def symbol(name: str, *indices: int) -> str:
    r"""LaTeX of a variable, or with `indices` of one entry: T1 is T_1, eta_P is \eta_P, (p, 2) is p_2.

    A word that is no Greek letter stands upright.
    """
    if name in _SPELT:
        return _with_indices(_SPELT[name], indices)
    digits = name[len(name.rstrip("0123456789")) :]
    stem, _, mark = name.removesuffix(digits).rstrip("_").partition("_")
    marks = [_letters(mark)] if mark else []
    return _with_indices(_letters(stem), (*marks, *([digits] if digits else []), *indices))


def _letters(word: str) -> str:
    if word in _SPELT:
        return _SPELT[word]
    if word in _GREEK:
        return "\\" + word
    return word if len(word) == 1 else rf"\mathrm{{{word}}}"


def _with_indices(base: str, indices: tuple[str | int, ...]) -> str:
    if not indices:
        return base
    if "_" in base:
        base = f"({base})"
    text = ",".join(map(str, indices))
    return f"{base}_{text}" if len(text) == 1 or (len(indices) == 1 and text.startswith("\\")) else f"{base}_{{{text}}}"

"""Recorded texts may hold anything, terminal commands included; a reader must see them, not suffer them."""

from __future__ import annotations

import unicodedata

UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")


def visible(text: str) -> str:
    """`text` with control, direction-changing and unpaired surrogate characters as escapes such as \\x1b.

    Line breaks and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in UNSAFE else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode()

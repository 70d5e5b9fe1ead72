"""A grid whose quick profile runs something shorter, and says so in its setting."""

from __future__ import annotations

from dataclasses import dataclass

from ddcl_theory.experiments.protocol import Grid, Pairs, pairs


@dataclass(frozen=True)
class Shortened(Grid):
    """short: settings with the values that they have on the quick profile, where the central ones would last too long.

    What is measured there is labelled by its setting and says nothing about the central one.
    """

    short: Pairs = ()

    def settings(self, profile: str) -> list[Pairs]:
        """As for any grid, but for the quick profile: the central setting with the short values."""
        if profile != "quick":
            return super().settings(profile)
        return [pairs({**dict(self.central), **dict(self.short)})]

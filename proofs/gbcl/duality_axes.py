"""Which variables of the statements on duality carry the index of a sample, a prototype or a feature."""

from __future__ import annotations

from ddcl_theory.lemmas.support import Carriers

N = Carriers("n", {"X": 1, "W2": 1, "V": 1, "R": 0, "f": 0, "A": 1, "B": 1, "q": 1})
K = Carriers("k", {"W1": 0, "W2": 0, "P": 0, "V": 0, "G": 0, "q": 0, "U": 0})
D = Carriers("d", {"X": 0, "W1": 1, "P": 1, "G": 1, "R": 1, "v": 0, "A": 0, "B": 0})
AXES = (N, K, D)

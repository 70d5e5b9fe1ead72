"""Claims about numbers, to show how an extension registers its own.

An entry point may name a module that has `CLAIM`, a list of claims, or a function that returns either.
"""

from ddcl_example.cube import CLAIM as CUBE

CLAIMS = [CUBE]

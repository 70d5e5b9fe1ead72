"""Executable claims: the vocabulary, the engine, and the claims of the DDCL theory."""

__version__ = "0.1.0"

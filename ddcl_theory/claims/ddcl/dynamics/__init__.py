"""Numerical experiments on flows, one file a question."""

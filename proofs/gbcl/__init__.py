"""Exact proofs of statements of *Gradient-Based Competitive Learning: Theory*."""

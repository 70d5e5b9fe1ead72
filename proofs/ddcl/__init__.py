"""Exact proofs of statements of *DDCL: Deep Dual Competitive Learning*."""

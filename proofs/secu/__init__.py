"""Exact proofs of statements of *Stable Cluster Discrimination for Deep Clustering*."""

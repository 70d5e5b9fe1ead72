"""Claims of *Stable Cluster Discrimination for Deep Clustering*."""

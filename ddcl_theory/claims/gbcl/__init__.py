"""Claims of *Gradient-Based Competitive Learning: Theory*."""

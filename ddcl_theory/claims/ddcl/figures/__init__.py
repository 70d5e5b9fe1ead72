"""Figures of the claims, computed from data when they are drawn."""

"""What lifts an exact computation at small sizes to all sizes; each lemma is code that can fail."""

"""One file a kind of check; each turns a statement into evidence, up to the ceiling of its kind."""

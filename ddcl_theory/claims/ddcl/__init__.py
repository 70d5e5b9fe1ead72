"""Claims of the paper 'ddcl'."""

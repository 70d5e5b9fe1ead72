"""Exact proofs, a folder a paper, one module a statement, named as the claim's file; imported as `ddcl_proofs`."""

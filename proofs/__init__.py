"""Exact proofs, one module a statement, named as the claim's file; installed under the import name `ddcl_proofs`."""

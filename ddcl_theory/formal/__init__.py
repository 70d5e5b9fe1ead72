"""Formal proofs: Coq files beside the claims, found, compiled, checked and compared with what the claims say.

A theorem names the part that it decides in the comment before it:

    (** claim: ddcl.theorem1/simplex/non-negative
        value: quantization k d z p q - ols k d z p q
        compared: 0123456789ab-ba9876543210 *)

claim: the part as claim/reading/part, with "/amended" for its amendment; several lines for several parts.
role: "proves" (the default), "refutes" (with a `witness` that the part's statement has to fail at) or "vacuous".
value: the expressions of the part's conclusion as a Coq term over the variables of the claim, evaluated over the
    rationals and compared with the claim's own, a temperature T bound to e^(-1/T), as `boltzmann` takes it; in a value
    that names them, `T_value`, `log`, `exponential` and `root` stand in for what is irrational (`stand_ins`); or truth: a
    boolean term that has to agree with the conclusion.
scope: the sizes, where the theorem does not hold for all of them; and where it does without naming each, "all ..." again.
compared: the digests of both statements when a person last compared them.
"""

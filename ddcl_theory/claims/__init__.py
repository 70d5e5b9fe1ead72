"""The claims of the papers: one file a numbered statement.  The index lists them without importing any."""

#: (identifier, title, module) in the order of the paper.
INDEX: tuple[tuple[str, str, str], ...] = (
    ("ddcl.theorem1", "Loss decomposition", "ddcl.theorem1"),
    ("ddcl.theorem1.equality", "When the decomposition gap vanishes", "ddcl.theorem1_equality"),
    ("ddcl.theorem1.gap", "The gap, hard assignments and dispersion", "ddcl.theorem1_gap"),
    ("ddcl.corollary1", "Upper bound of the variance term", "ddcl.corollary1"),
    ("ddcl.relaxation", "Constrained least squares and k-means", "ddcl.relaxation"),
    ("ddcl.relaxation.vertex", "Minimisers of the loss over the simplex", "ddcl.relaxation_vertex"),
    ("ddcl.corollary2", "The variance term grows with temperature", "ddcl.corollary2"),
    ("ddcl.proposition2", "Gradients in the assignment", "ddcl.proposition2"),
    ("ddcl.proposition3", "Gradients in the prototypes", "ddcl.proposition3"),
    ("ddcl.proposition6", "Separation under the soft quantisation loss", "ddcl.proposition6"),
    ("ddcl.proposition6.mechanism", "A descent step on the loss increases the spread", "ddcl.proposition6_mechanism"),
    ("ddcl.theorem3", "Local stability of the linear model", "ddcl.theorem3"),
    ("ddcl.theorem3.applies", "The linear model describes the dynamics", "ddcl.theorem3_applies"),
    ("ddcl.theorem4", "Global Lyapunov stability of the reduced flow", "ddcl.theorem4"),
    ("ddcl.theorem4.dissipation", "The dissipation identity", "ddcl.theorem4_dissipation"),
    ("ddcl.theorem4.hypotheses", "The regularisers satisfy the theorem's hypotheses", "ddcl.theorem4_hypotheses"),
    ("ddcl.theorem4.scope", "The theorem covers DDCL as trained", "ddcl.theorem4_scope"),
    ("ddcl.remark3", "The coercivity condition", "ddcl.remark3"),
)

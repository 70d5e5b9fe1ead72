"""Random optima of the sphere: positives around a direction u, and w by damped updates (see `secu.theorem1.iteration`)."""

from __future__ import annotations

from ddcl_theory.claims.secu import sphere as s


def optima(domain):
    """Points of a domain with the variables x, w, v, u, T, and copies c where it has them; all x_i·u mostly positive."""
    copied = any(v.name == "c" for v in domain.variables)

    def draw(sizes, cases, generator):
        import torch

        batch = s.spherical(domain, "v", "u")(sizes, cases, generator)
        noise = torch.randn(batch["x"].shape, generator=generator, dtype=torch.float64)
        x = batch["u"][:, None] + 0.7 * noise
        x = x / x.norm(dim=-1, keepdim=True)
        copies = torch.ones(x.shape[:2], dtype=torch.float64)
        if copied:
            copies = copies + 2 * torch.rand(copies.shape, generator=generator, dtype=torch.float64)
            batch["c"] = copies
        t = batch["T"][:, None]
        rivals = torch.exp(x @ batch["v"].mT / t[..., None]).sum(-1)
        w = batch["u"]
        for _ in range(400):
            own = torch.exp((x * w[:, None]).sum(-1) / t)
            weights = copies * rivals / (own + rivals)
            pulled = (weights[..., None] * x).sum(1) + copies.sum(1, keepdim=True) / (4 * t) * w
            w = pulled / pulled.norm(dim=-1, keepdim=True)
        return {**batch, "x": x, "w": w}

    return draw

"""Clusters of sequences of unequal length: a GRU encoder and the DDCL loss, end to end.

Each class is an autoregressive law x_t = 2 r cos(w) x_{t-1} - r^2 x_{t-2} + noise with its own frequency w. Phases are
random and every sequence is standardised, so that neither the raw values nor their size tell the classes apart. The
encoder is trained on two terms: the DDCL loss L_q, and the error of a small network that predicts the next value from
the last two and the sequence's code. The second term is what keeps the codes from collapsing onto one point, where L_q
is zero; it also makes them say which law holds. Training starts with the prediction alone; then prototypes are put at
the centres of k-means and everything is trained on both.
"""

from __future__ import annotations

import argparse
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from sklearn.cluster import KMeans
from torch import Tensor, nn

from ddcl_core.backbones import RecurrentEncoder, mlp
from ddcl_core.functional import quantization_loss, soft_assignment, squared_distances
from ddcl_core.metrics import score_clustering

FREQUENCIES = (0.3, 0.8, 1.4, 2.2)
RADIUS = 0.95
SHORTEST, LONGEST = 15, 50
N_SEQUENCES = 400
N_FEATURES = 8
BATCH = 100
WARM_UP_EPOCHS, EPOCHS = 15, 25
CLUSTERING_WEIGHT = 0.1


class Sequences(NamedTuple):
    """x (n, t, 1), zero after the lengths (n,); the class (n,) of each."""

    x: Tensor
    lengths: Tensor
    labels: Tensor


def draw_sequences(generator: torch.Generator) -> Sequences:
    """Standardised sequences of the autoregressive laws, in equal shares."""
    settled = 100  # Steps before the first one shown, after which the start is forgotten: 0.95^100 is below 0.01.
    labels = torch.arange(N_SEQUENCES) % len(FREQUENCIES)
    slope = 2 * RADIUS * torch.cos(torch.tensor(FREQUENCIES))[labels]
    x = torch.randn(N_SEQUENCES, settled + LONGEST, generator=generator)
    for step in range(2, settled + LONGEST):
        x[:, step] += slope * x[:, step - 1] - RADIUS**2 * x[:, step - 2]
    x = x[:, settled:]
    lengths = torch.randint(SHORTEST, LONGEST + 1, (N_SEQUENCES,), generator=generator)
    valid = torch.arange(LONGEST) < lengths.unsqueeze(1)
    mean = (x * valid).sum(1, keepdim=True) / lengths.unsqueeze(1)
    scale = (((x - mean) * valid).square().sum(1, keepdim=True) / lengths.unsqueeze(1)).sqrt()
    return Sequences(((x - mean) / scale * valid).unsqueeze(-1), lengths, labels)


def prediction_loss(predictor: nn.Module, codes: Tensor, x: Tensor, lengths: Tensor) -> Tensor:
    """Mean squared error of the next value, given the last two and the code of the sequence."""
    values = x.squeeze(-1)
    last_two = values.unfold(1, 2, 1)[:, :-1]
    inputs = torch.cat([last_two, codes.unsqueeze(1).expand(-1, last_two.shape[1], -1)], -1)
    valid = torch.arange(2, LONGEST) < lengths.unsqueeze(1)
    predicted: Tensor = predictor(inputs[valid]).squeeze(-1)
    return (predicted - values[:, 2:][valid]).square().mean()


def main(argv: list[str] | None = None) -> None:
    """Train, print the scores beside those of k-means, and draw the codes."""
    parser = argparse.ArgumentParser(description="Sequences of unequal length: GRU and DDCL, end to end.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="gru_sequences.png")
    options = parser.parse_args(argv)
    generator = torch.Generator().manual_seed(options.seed)
    data = draw_sequences(generator)
    k = len(FREQUENCIES)

    encoder = RecurrentEncoder(1, N_FEATURES, pooling="mean", seed=options.seed)
    predictor = mlp(2 + N_FEATURES, 32, 1, norm=None, seed=options.seed)
    optimizer = torch.optim.Adam([*encoder.parameters(), *predictor.parameters()], lr=1e-2)

    def train_epoch(prototypes: Tensor | None, temperature: float) -> None:
        for index in torch.randperm(N_SEQUENCES, generator=generator).split(BATCH):
            x, lengths = data.x[index], data.lengths[index]
            codes = encoder(x, lengths)
            loss = prediction_loss(predictor, codes, x, lengths)
            if prototypes is not None:
                q = soft_assignment(codes, prototypes, temperature)
                # L_q is measured in units of the temperature, so that its weight does not depend on the codes' scale.
                loss = loss + CLUSTERING_WEIGHT / temperature * quantization_loss(codes, prototypes, q)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def encode() -> Tensor:
        with torch.no_grad():
            return encoder(data.x, data.lengths)

    def k_means(values: Tensor) -> KMeans:
        return KMeans(k, n_init=10, random_state=options.seed).fit(values.numpy())

    print(f"k-means, padded sequences  {score_clustering(data.labels, k_means(data.x.squeeze(-1)).labels_)}")
    for _ in range(WARM_UP_EPOCHS):
        train_epoch(None, 1.0)
    start = k_means(encode())
    print(f"k-means, codes at warm-up  {score_clustering(data.labels, start.labels_)}")

    prototypes = nn.Parameter(torch.tensor(start.cluster_centers_))
    optimizer.add_param_group({"params": [prototypes]})
    temperature = float(squared_distances(encode(), prototypes.detach()).amin(1).mean())
    for _ in range(EPOCHS):
        train_epoch(prototypes, temperature)
    codes = encode()
    labels = squared_distances(codes, prototypes.detach()).argmin(1)
    print(f"DDCL, end to end           {score_clustering(data.labels, labels)}")
    draw_picture(options.picture, data, codes, prototypes.detach(), labels)
    print(f"picture                    {options.picture}")


def draw_picture(path: str, data: Sequences, codes: Tensor, prototypes: Tensor, labels: Tensor) -> None:
    """One sequence of each class; the codes and prototypes on the codes' two main axes."""
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    series, plane = figure.subplots(1, 2)
    for label in range(len(FREQUENCIES)):
        sample = int((data.labels == label).nonzero()[0])
        values = data.x[sample, : int(data.lengths[sample]), 0]
        series.plot(values - 6.0 * label, color="black", linewidth=0.8)
    series.set(title="one sequence of each class", xlabel="step", yticks=[])
    mean = codes.mean(0)
    axes = torch.linalg.svd(codes - mean, full_matrices=False).Vh[:2].T
    plane.scatter(*((codes - mean) @ axes).T, c=labels, cmap="tab10", vmin=0, vmax=9, s=12)
    plane.scatter(*((prototypes - mean) @ axes).T, color="black", marker="x", s=60, label="prototypes")
    plane.set(title="codes on their two main axes, by cluster", xlabel="axis 1", ylabel="axis 2")
    plane.legend()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()

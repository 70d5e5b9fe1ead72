"""An MLP and its prototypes trained together on handwritten digits (batch DDCL, in the manner of Block 5).

1. k-means on the pixels, for comparison.
2. Warm-up: the MLP learns to reconstruct the digits from noisy ones and to agree on two noisy views.
3. k-means on its features starts the prototypes.
4. Four phases of joint training on L_q; the decoder stays on, because L_q alone is least where all features coincide.

Run: python examples/mlp_end_to_end.py [--seed 0] [--picture PATH] [--csv PATH] [--epochs 40]
Writes one row of diagnostics an epoch to the CSV file and four panels to the picture.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from ddcl_core.backbones import mlp
from ddcl_core.baselines.kmeans import kmeans
from ddcl_core.layers import VanillaCompetitiveLayer
from ddcl_core.metrics import clustering_accuracy, score_clustering
from ddcl_core.monitors import CSVWriter, Monitor, critical_temperature
from ddcl_core.objective import DDCLLoss
from ddcl_core.schedules import Schedule, four_phases
from ddcl_core.training import DDCLModel, History, Trainer, TrainerState, warm_up


def train(
    x: torch.Tensor, labels: np.ndarray, *, seed: int, epochs: int, csv: str
) -> tuple[torch.Tensor, torch.Tensor, Schedule, History]:
    """Clusters of the warmed-up features and after joint training, the schedule and the history."""
    backbone = mlp(64, 256, 128, 16, seed=seed)
    decoder = warm_up(backbone, x, epochs=30, contrast=0.2, noise=0.3, seed=seed, device="cpu").reconstruction

    with torch.no_grad():
        z = backbone(x)
    start = kmeans(z, 10, generator=torch.Generator().manual_seed(seed), n_init=3)
    model = DDCLModel(backbone, VanillaCompetitiveLayer.from_prototypes(start.centres))

    # Below the temperature at which the prototypes would merge while q is stopped.
    critical = critical_temperature(z, DDCLLoss(assignments="stopped"))
    schedule = four_phases(epochs, temperature=(0.5 * critical, 0.1 * critical))

    def accuracy(state: TrainerState) -> dict[str, float]:
        return {"accuracy": clustering_accuracy(labels, state.model.predict(x))}

    trainer = Trainer(
        model,
        DDCLLoss("quantization"),
        schedule,
        rate=1e-3,
        auxiliary=decoder,
        callbacks=(Monitor(CSVWriter(csv)), accuracy),
        device="cpu",
    )
    history = trainer.fit(x, epochs=epochs, batch_size=256, seed=seed)
    return start.labels, model.predict(x), schedule, history


def draw(history: History, schedule: Schedule, baseline: float, path: str) -> None:
    """Four panels over the epochs, with the boundaries of the phases."""
    figure = Figure(figsize=(10, 7), layout="constrained")
    losses, feedback, heat, accuracy = figure.subplots(2, 2).flat
    epochs = history["epoch"]

    for name, text in (("quantization", "$L_q$"), ("ols", "$L_{OLS}$"), ("variance", "$V$")):
        losses.plot(epochs, history[name], label=text)
    losses.set(title="Loss decomposition", xlabel="epoch", ylabel="mean of a sample")
    losses.legend()

    points = feedback.scatter(history["prototype_separation"], history["concentration"], c=epochs, s=14)
    figure.colorbar(points, ax=feedback, label="epoch")
    feedback.set(title="Feedback quantities", xlabel="separation $D_P$", ylabel="concentration $C_q$")

    heat.semilogy(epochs, history["temperature"], label="$T$")
    heat.semilogy(epochs, history["critical_temperature"], "--", label="critical")
    heat.set(title="Temperature", xlabel="epoch", ylabel="squared distance")
    heat.legend()

    accuracy.plot(epochs, history["accuracy"], label="joint training")
    accuracy.axhline(baseline, color="0.5", linestyle="--", label="k-means on the warmed-up features")
    accuracy.set(title="Clustering accuracy", xlabel="epoch", ylabel="ACC")
    accuracy.legend(loc="lower right")

    for axes in (losses, heat, accuracy):
        for boundary in np.cumsum([phase.epochs for phase in schedule.phases])[:-1]:
            axes.axvline(boundary, color="0.85", zorder=0)
    figure.savefig(path, dpi=120)


def main(argv: list[str] | None = None) -> None:
    """Run the example; prints one line a method and where the files are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", default="mlp_end_to_end.png")
    parser.add_argument("--csv", default="mlp_end_to_end.csv")
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args(argv)
    torch.set_num_threads(1)

    pixels, labels = load_digits(return_X_y=True)
    x = torch.tensor(pixels / 16, dtype=torch.float32)
    generator = torch.Generator().manual_seed(options.seed)
    raw = kmeans(x, 10, generator=generator, n_init=10).labels
    before, after, schedule, history = train(x, labels, seed=options.seed, epochs=options.epochs, csv=options.csv)

    warmed = score_clustering(labels, before)
    print(f"k-means, pixels               {score_clustering(labels, raw)}")
    print(f"k-means, warmed-up features   {warmed}")
    print(f"DDCL (L_q), end to end        {score_clustering(labels, after)}")
    print(schedule.describe())
    draw(history, schedule, warmed.accuracy, options.picture)
    print(f"diagnostics: {options.csv}")
    print(f"picture: {options.picture}")


if __name__ == "__main__":
    main()

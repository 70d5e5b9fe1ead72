"""Pictures by what is drawn: the data of the artists, against the numbers that went in."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from ddcl_core.layers.topology import winner_graph
from ddcl_core.plots import new_figure, plot_dynamics, plot_prototypes, plot_topology
from ddcl_core.training.history import History


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def offsets(ax):
    return [np.asarray(c.get_offsets()) for c in ax.collections if not isinstance(c, LineCollection)]


def test_prototypes_as_images_in_a_mosaic() -> None:
    prototypes = random(5, 12)
    ax = plot_prototypes(torch.tensor(prototypes), image_shape=(3, 4), columns=2, titles=list("abcde"))
    (image,) = ax.images
    mosaic = np.asarray(image.get_array())
    assert mosaic.shape == (3 * 4 - 1, 2 * 5 - 1)
    grey = (prototypes - prototypes.min()) / np.ptp(prototypes)
    for number in range(5):
        top, left = 4 * (number // 2), 5 * (number % 2)
        np.testing.assert_allclose(mosaic[top : top + 3, left : left + 4], grey[number].reshape(3, 4), atol=1e-15)
    assert (mosaic[8:, 5:] == 1).all() and (mosaic[3] == 1).all() and (mosaic[:, 4] == 1).all()
    assert [text.get_text() for text in ax.texts] == list("abcde")
    assert [text.get_position() for text in ax.texts] == [(0, 0), (5, 0), (0, 4), (5, 4), (0, 8)]


def test_prototypes_as_colour_images() -> None:
    ax = plot_prototypes(random(2, 12), image_shape=(2, 2, 3))
    assert ax.images[0].get_array().shape == (2, 5, 3)
    flat = plot_prototypes(np.ones((1, 4)), image_shape=(2, 2))
    assert np.isfinite(flat.images[0].get_array()).all()


def test_prototypes_among_data_of_two_features() -> None:
    x, prototypes = random(30, 2), random(3, 2, seed=1)
    labels = np.repeat(["u", "v", "w"], 10)
    ax = plot_prototypes(prototypes, x, labels=labels, titles=["A", "B", "C"], ax=new_figure().add_subplot())
    points, crosses = offsets(ax)
    np.testing.assert_array_equal(points, x)
    np.testing.assert_array_equal(crosses, prototypes)
    np.testing.assert_array_equal(ax.collections[0].get_array(), np.repeat([0, 1, 2], 10))
    assert [text.xy for text in ax.texts] == [tuple(row) for row in prototypes]
    assert ax.get_xlabel() == "feature 1"


@pytest.mark.parametrize("seed", range(4))
def test_many_features_are_shown_in_the_principal_plane_of_the_data(seed) -> None:
    mixing = random(6, 6, seed=seed)
    x, prototypes = random(200, 6) @ mixing, random(4, 6, seed=1)
    points, crosses = offsets(plot_prototypes(prototypes, torch.tensor(x)))
    values, vectors = np.linalg.eigh(np.cov(x.T))
    for axis in (0, 1):
        direction = vectors[:, -1 - axis]
        direction = direction * np.sign(direction[np.abs(direction).argmax()])
        np.testing.assert_allclose(points[:, axis], (x - x.mean(0)) @ direction, atol=1e-10)
        np.testing.assert_allclose(crosses[:, axis], (prototypes - x.mean(0)) @ direction, atol=1e-10)
    assert plot_prototypes(prototypes).get_xlabel() == "principal component 1"
    (alone,) = offsets(plot_prototypes(random(3, 1)))
    np.testing.assert_array_equal(alone, np.hstack([random(3, 1), np.zeros((3, 1))]))


HISTORY = {
    "epoch": [1, 2, 3],
    "total": [3.0, 2.0, 1.5],
    "base": [2.5, 1.8, 1.4],
    "balance": [0.5, 0.2, 0.1],
    "entropy": [0.0, 0.0, 0.0],
    "prototype_separation": [1.0, 4.0, 5.0],
    "concentration": [0.2, 0.5, 0.9],
    "temperature": [8.0, 4.0, 2.0],
    "rate_ratio": [0.1, 0.1, 0.1],
}


@pytest.mark.parametrize("kind", [dict, History])
def test_dynamics_in_four_panels(kind) -> None:
    figure = plot_dynamics(kind(HISTORY))
    assert isinstance(figure, Figure) and len(figure.axes) == 4
    drawn = [{line.get_label(): line.get_xydata() for line in ax.lines} for ax in figure.axes]
    assert list(drawn[0]) == ["total", "base", "balance"]
    assert [list(panel) for panel in drawn[1:]] == [["prototype_separation"], ["concentration"], ["temperature"]]
    for panel in drawn:
        for name, points in panel.items():
            np.testing.assert_array_equal(points, np.column_stack([HISTORY["epoch"], HISTORY[name]]))
    assert [ax.get_yscale() for ax in figure.axes] == ["linear"] * 3 + ["log"]
    assert {ax.get_xlabel() for ax in figure.axes} == {"epoch"}
    assert figure.axes[0].get_legend() is not None and figure.axes[1].get_legend() is None


def test_dynamics_on_axes_of_ones_own() -> None:
    figure = new_figure()
    above, below = figure.subfigures(2, 1)
    axes = below.subplots(1, 2)
    assert plot_dynamics({"loss": [2.0, 1.0], "temperature": [1.0, 0.5]}, axes=list(axes)) is figure
    np.testing.assert_array_equal(axes[0].lines[0].get_xydata(), [[0, 2], [1, 1]])
    assert axes[0].get_xlabel() == "pass"
    with pytest.raises(ValueError, match="^axes: got 2, accepted 1"):
        plot_dynamics({"loss": [2.0, 1.0]}, axes=list(axes))


def test_topology_draws_each_link_once_and_as_wide_as_it_is_strong() -> None:
    x, prototypes = random(100, 2), random(5, 2, seed=1)
    graph = winner_graph(torch.tensor(x), torch.tensor(prototypes), symmetric=False)
    ax = plot_topology(prototypes, graph, x, labels=np.zeros(100), components=[4, 4, 9, 9, 9])
    (lines,) = (c for c in ax.collections if isinstance(c, LineCollection))
    counts = (graph + graph.T).numpy()
    pairs = [(i, j) for i in range(5) for j in range(i + 1, 5) if counts[i, j] > 0]
    drawn = [tuple(map(tuple, segment)) for segment in lines.get_segments()]
    assert drawn == [(tuple(prototypes[i]), tuple(prototypes[j])) for i, j in pairs]
    widths = [0.5 + 2.5 * counts[i, j] / counts.max() for i, j in pairs]
    np.testing.assert_allclose(lines.get_linewidths(), widths)
    points, nodes = offsets(ax)
    np.testing.assert_array_equal(points, x)
    np.testing.assert_array_equal(nodes, prototypes)
    np.testing.assert_array_equal(ax.collections[-1].get_array(), [0, 0, 1, 1, 1])
    empty = plot_topology(prototypes, np.zeros((5, 5)))
    assert [len(c.get_segments()) for c in empty.collections if isinstance(c, LineCollection)] == [0]
    np.testing.assert_allclose(empty.collections[-1].get_facecolor()[0], to_rgba("black"))


def test_pictures_can_be_saved_and_leave_no_global_state(tmp_path) -> None:
    figure = plot_dynamics(HISTORY)
    figure.savefig(tmp_path / "a.png")
    plot_prototypes(random(3, 5), random(20, 5)).figure.savefig(tmp_path / "b.svg")
    assert (tmp_path / "a.png").stat().st_size > 1000 and (tmp_path / "b.svg").stat().st_size > 1000
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: plot_prototypes(random(3)), "prototypes"),
        (lambda: plot_prototypes(random(3, 2) * np.nan), "prototypes"),
        (lambda: plot_prototypes(random(3, 2), random(5, 3)), "data"),
        (lambda: plot_prototypes(random(3, 2), random(5, 2), labels=[1, 2]), "labels"),
        (lambda: plot_prototypes(random(3, 6), image_shape=(2, 2)), "image_shape"),
        (lambda: plot_prototypes(random(3, 6), image_shape=(6,)), "image_shape"),
        (lambda: plot_prototypes(random(3, 6), titles=["a"]), "titles"),
        (lambda: plot_dynamics({"accuracy": [1.0]}), "history"),
        (lambda: plot_dynamics([1.0]), "history"),
        (lambda: plot_topology(random(3, 2), random(2, 2)), "graph"),
        (lambda: plot_topology(random(3, 2), np.eye(3), components=[1]), "labels, components"),
    ],
)
def test_bad_arguments_are_named(call, named) -> None:
    with pytest.raises(ValueError, match=f"^{named}"):
        call()

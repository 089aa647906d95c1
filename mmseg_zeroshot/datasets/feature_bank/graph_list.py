"""Many region graphs, drawn from and put together into one."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np


class GraphBatch(NamedTuple):
    """Graphs side by side, as one graph with more components.

    Attributes:
        node_classes: (V, ) int64 class ids.
        edges: (E, 2) int64 pairs of nodes.
        rows: (V, ) int64 number of each node among all nodes of the list.
    """

    node_classes: np.ndarray
    edges: np.ndarray
    rows: np.ndarray


class GraphList:
    """Region graphs without their maps.

    Args:
        node_classes: (V, ) class ids of all nodes, graph by graph.
        edges: (E, 2) pairs of nodes, counted within their graph.
        ends: (G, 2) where each graph's nodes and edges end.

    Raises:
        ValueError: The arrays do not fit together.
    """

    def __init__(self, node_classes: np.ndarray, edges: np.ndarray,
                 ends: np.ndarray) -> None:
        self.node_classes = np.asarray(node_classes, np.int64)
        self.edges = np.asarray(edges, np.int64).reshape(-1, 2)
        self.ends = np.concatenate(
            [np.zeros((1, 2), np.int64),
             np.asarray(ends, np.int64).reshape(-1, 2)])
        sizes = np.diff(self.ends, axis=0)
        if (tuple(self.ends[-1]) != (len(self.node_classes), len(self.edges))
                or sizes.min(initial=0) < 0
                or (self.edges >= np.repeat(sizes[:, 0], sizes[:, 1])[:, None]
                    ).any() or self.edges.min(initial=0) < 0):
            raise ValueError('the nodes, edges and ends of these graphs do '
                             'not fit together')
        self._owner = np.repeat(np.arange(len(self)), sizes[:, 0])

    @classmethod
    def of(cls, graphs: Iterable[tuple[np.ndarray, np.ndarray]]) -> GraphList:
        """Collect (node classes, edges) of graphs."""
        parts = list(graphs)
        ends = np.cumsum([(len(n), len(e)) for n, e in parts], axis=0)
        return cls(
            np.concatenate([n for n, _ in parts] or [np.zeros(0, int)]),
            np.concatenate([e for _, e in parts] or [np.zeros((0, 2), int)]),
            ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def holding(self, class_ids: Sequence[int]) -> np.ndarray:
        """Return the numbers of the graphs with a node of these classes."""
        return np.unique(self._owner[np.isin(self.node_classes, class_ids)])

    def counts(self, num_classes: int) -> np.ndarray:
        """Return the number of nodes of each class, (num_classes, )."""
        return np.bincount(self.node_classes, minlength=num_classes)

    def sizes(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return the number of nodes of each of these graphs."""
        return (self.ends[np.add(numbers, 1)] - self.ends[numbers])[:, 0]

    def take(self, numbers: Sequence[int] | np.ndarray) -> GraphBatch:
        """Put graphs side by side; one may come several times.

        Args:
            numbers: Which graphs.

        Returns:
            Their nodes, edges and where the nodes are in the list.
        """
        starts, ends = self.ends[numbers], self.ends[np.add(numbers, 1)]
        sizes = ends - starts
        shifts = np.cumsum(sizes[:, 0]) - sizes[:, 0]
        rows = np.concatenate(
            [np.arange(a, b) for a, b in zip(starts[:, 0], ends[:, 0])])
        edges = np.concatenate([
            self.edges[a:b] + shift
            for a, b, shift in zip(starts[:, 1], ends[:, 1], shifts)])
        return GraphBatch(self.node_classes[rows], edges, rows)

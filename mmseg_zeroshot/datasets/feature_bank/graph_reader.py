"""Region graphs of a feature bank, read with the features of their nodes."""
from __future__ import annotations

import numpy as np

from .bank import FeatureBank, open_rows
from .graph_list import GraphBatch, GraphList
from .graphs import GRAPH_FILES
from .stamp import REBUILD

ADVICE = ('build it with graphs: add graphs=dict() to the config\'s '
          f'feature_bank and run {REBUILD}')


class BankGraphs(GraphList):
    """The graphs of a bank; their features stay on the disk.

    Args:
        bank: The bank, opened and checked.

    Raises:
        ValueError: It was built without graphs, has none, no two regions
            touch in any of them, or its files do not fit its stamp.
    """

    def __init__(self, bank: FeatureBank) -> None:
        stamp, path = bank.stamp, bank.path
        if not stamp.get('graphs'):
            raise ValueError(f'feature bank {path} holds no region graphs: '
                             f'{ADVICE}')
        files = dict(zip(GRAPH_FILES, open_rows(
            path, stamp, *GRAPH_FILES.values())))
        self._features = files['graph_features']
        nodes = np.array(files['graph_nodes'].whole())
        ends = np.array(files['graph_ends'].whole())
        shape = (stamp['graph_nodes'], 1 + stamp['graphs']['pixels'],
                 bank.feature_dim)
        try:
            super().__init__(nodes[:, 0], files['graph_edges'].whole(), ends)
            fits = (self._features.array.shape == shape
                    and len(self) == stamp['graph_count'])
        except (ValueError, IndexError):
            fits = False
        if not fits:
            raise ValueError(f'the graphs of feature bank {path} do not fit '
                             f'its stamp; build it again: {REBUILD}')
        if not len(self):
            raise ValueError(
                f'feature bank {path} has no graph with a node: every region '
                f'is smaller than min_pixels={stamp["graphs"]["min_pixels"]}')
        if not len(self.edges):
            raise ValueError(
                f'no two regions touch in any graph of feature bank {path}, '
                'so there is no context: regions of at least min_pixels='
                f'{stamp["graphs"]["min_pixels"]} must share a border without '
                'unlabelled pixels between them; lower min_pixels and '
                f'run {REBUILD}, or train without graph context')
        self.node_sizes = nodes[:, 1]
        self.pixels = int(stamp['graphs']['pixels'])
        self.min_pixels = int(stamp['graphs']['min_pixels'])
        self.side = int(stamp['graph_side'])

    def features(self, numbers: np.ndarray, batch: GraphBatch) -> np.ndarray:
        """Read the features of the nodes of some graphs.

        Args:
            numbers: Which graphs.
            batch: What :meth:`take` returned for them.

        Returns:
            (V, 1 + P, C) float16, a new array: means, then single pixels.
        """
        shape = self._features.array.shape[1:]
        out = np.empty((len(batch.rows), *shape), np.float16)
        place = 0
        for number in numbers:
            first, last = self.ends[number, 0], self.ends[number + 1, 0]
            size = int(last - first)
            self._features.read(int(first), out[place:place + size])
            place += size
        return out

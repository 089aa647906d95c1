"""The graph of a label map's regions and of which regions touch."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components


class RegionGraph(NamedTuple):
    """Regions of a label map, numbered row by row by their first pixel.

    Attributes:
        node_classes: (V, ) class id of each region, of the map's type.
        edges: (E, 2) int64 pairs of regions that touch, each pair once, the
            smaller number first, sorted.
        node_map: (H, W) int32 number of the region at each pixel, -1 where
            there is none.
    """

    node_classes: np.ndarray
    edges: np.ndarray
    node_map: np.ndarray

    @property
    def node_sizes(self) -> np.ndarray:
        """(V, ) number of pixels of each region."""
        inside = self.node_map[self.node_map >= 0]
        return np.bincount(inside, minlength=len(self.node_classes))


def region_graph(label_map: np.ndarray,
                 ignore_index: int = 255,
                 *,
                 min_pixels: int = 1) -> RegionGraph:
    """Return the adjacency graph of a label map's regions.

    ZS3Net, section 2.2, graph-context encoding. A node is an 8-connected
    component of one class; two nodes are joined where a pixel of one is
    among the eight neighbours of a pixel of the other.

    Pixels of ``ignore_index`` and of regions with fewer than ``min_pixels``
    pixels belong to no node. Nothing is joined across them: regions on
    both sides of an unlabelled border do not touch.

    Args:
        label_map: (H, W) class ids, whole numbers.
        ignore_index: Id of pixels without a label.
        min_pixels: Size of the smallest region that becomes a node.

    Returns:
        The graph: (V, ) classes, (E, 2) edges, (H, W) node map. A map of one
        region gives one node and no edge; one without a labelled pixel gives
        no node.

    Raises:
        ValueError: The map has another shape, no pixel, negative ids or ids
            that are not whole, or ``min_pixels`` is below 1.

    Example:
        >>> graph = region_graph(np.array([[0, 0, 1], [2, 2, 1]]))
        >>> graph.node_classes.tolist(), graph.edges.tolist()
        ([0, 1, 2], [[0, 1], [0, 2], [1, 2]])
    """
    label_map = _checked(label_map, min_pixels)
    starts, runs = _runs(label_map)
    classes = label_map.ravel()[starts]
    above, below = _touching_runs(starts, runs)
    same = classes[above] == classes[below]
    parts = _components(above[same], below[same], len(starts))
    lengths = np.diff(starts, append=label_map.size)
    nodes, first = _keep_and_sort(parts, lengths, classes != ignore_index,
                                  min_pixels)
    beside = np.flatnonzero(starts[1:] % label_map.shape[1])
    edges = _edges(
        nodes[np.concatenate([above[~same], beside])],
        nodes[np.concatenate([below[~same], beside + 1])], len(first))
    return RegionGraph(classes[first], edges, nodes[runs])


def _checked(label_map: np.ndarray, min_pixels: int) -> np.ndarray:
    label_map = np.asarray(label_map)
    if label_map.ndim != 2 or not label_map.size:
        raise ValueError('region_graph needs a label map (H, W) with pixels, '
                         f'got shape {label_map.shape}')
    if label_map.dtype.kind not in 'iub' or label_map.min() < 0:
        raise ValueError(
            'region_graph needs whole class ids >= 0, got '
            f'{label_map.dtype} from {label_map.min()}: convert the map to '
            'uint8, with ignore_index where there is no label')
    if not isinstance(min_pixels, int) or min_pixels < 1:
        raise ValueError('min_pixels must be a whole number >= 1, got '
                         f'{min_pixels!r}')
    return label_map


def _runs(label_map: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut rows into runs of one class.

    Runs are some hundred where pixels are thousands, and all that follows
    works on them.

    Returns:
        The flat index at which each of the R runs starts, and the number of
        the run at each pixel (H, W).
    """
    begins = np.ones(label_map.shape, bool)
    np.not_equal(label_map[:, 1:], label_map[:, :-1], out=begins[:, 1:])
    runs = np.cumsum(begins.ravel(), dtype=np.int32) - 1
    return np.flatnonzero(begins), runs.reshape(label_map.shape)


def _touching_runs(starts: np.ndarray,
                   runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of runs with neighbouring pixels in two rows.

    Args:
        starts: (R, ) flat index at which each run starts.
        runs: (H, W) number of the run at each pixel.

    Returns:
        (P, ) upper and (P, ) lower runs, sorted, each pair once.
    """
    height, width = runs.shape
    upper = np.searchsorted(starts, (height - 1) * width)
    # A run touches those below it from one pixel before to one behind it.
    begin, end = starts[:upper], starts[1:upper + 1] - 1
    flat = runs.ravel()
    first = flat[begin + width - (begin % width > 0)]
    last = flat[end + width + (end % width < width - 1)]
    counts = last - first + 1
    shifts = np.cumsum(counts) - counts - first
    above = np.repeat(np.arange(upper), counts)
    return above, np.arange(len(above)) - np.repeat(shifts, counts)


def _components(one: np.ndarray, other: np.ndarray,
                count: int) -> np.ndarray:
    """Number the connected components of ``count`` runs, joined by pairs.

    Args:
        one: (P, ) runs, ascending.
        other: (P, ) the runs that they are joined with.
        count: R.

    Returns:
        (R, ) numbers.
    """
    ends = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(one, minlength=count), out=ends[1:])
    joined = csr_matrix(
        (np.ones(len(one)), other.astype(np.int32), ends), (count, count))
    return connected_components(joined, directed=False)[1]


def _keep_and_sort(parts: np.ndarray, lengths: np.ndarray,
                   labelled: np.ndarray, min_pixels: int
                   ) -> tuple[np.ndarray, np.ndarray]:
    """Drop what is no node, number the others by their first pixel.

    Args:
        parts: (R, ) component of each run.
        lengths: (R, ) its pixels.
        labelled: (R, ) whether it has a label.
        min_pixels: Size of the smallest component that is kept.

    Returns:
        (R, ) int32 node of each run, -1 for none, and the first run of each
        node (V, ).
    """
    sizes = np.bincount(parts, lengths * labelled)
    first = np.empty(len(sizes), np.int64)
    # Of equal numbers the last assignment stays: the first run.
    first[parts[::-1]] = np.arange(len(parts))[::-1]
    first = np.sort(first[sizes >= min_pixels])
    numbers = np.full(len(sizes), -1, np.int32)
    numbers[parts[first]] = np.arange(len(first))
    return numbers[parts], first


def _edges(one: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """Return the (E, 2) sorted pairs of nodes, each once; -1 is none."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    keys = (low.astype(np.int64) * count + high)[low >= 0]
    return np.stack(np.divmod(np.unique(keys), max(count, 1)), axis=1)

"""The graph of a label map's regions and of which regions touch."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

_EIGHT = np.ones((3, 3), bool)


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
    pixels belong to no node. Nothing is joined across them: what lies on
    both sides of an unlabelled border does not touch.

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
    regions = _number_regions(label_map, ignore_index)
    nodes, first = _keep_and_sort(regions, min_pixels)
    return RegionGraph(label_map.ravel()[first], _touching(nodes, len(first)),
                       nodes)


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


def _number_regions(label_map: np.ndarray, ignore_index: int) -> np.ndarray:
    """Number the components of all classes: (H, W) from 1, 0 for none."""
    values, dense = np.unique(label_map, return_inverse=True)
    dense = dense.reshape(label_map.shape)
    regions = np.zeros(label_map.shape, np.int32)
    count = 0
    # Each class is labelled within its own bounding box.
    for place, box in enumerate(ndimage.find_objects(dense + 1)):
        if values[place] == ignore_index:
            continue
        mask = dense[box] == place
        parts, found = ndimage.label(mask, _EIGHT)
        np.add(parts, count, out=regions[box], where=mask)
        count += found
    return regions


def _keep_and_sort(regions: np.ndarray,
                   min_pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """Drop small regions, number the others by their first pixel.

    Args:
        regions: (H, W) numbers from 1, 0 for none.
        min_pixels: Size of the smallest that is kept.

    Returns:
        (H, W) int32 numbers from 0, -1 for none, and the flat index of each
        region's first pixel (V, ).
    """
    flat = regions.ravel()
    sizes = np.bincount(flat)
    first = np.empty(len(sizes), np.int64)
    # Of equal numbers the last assignment stays: the first pixel.
    first[flat[::-1]] = np.arange(flat.size)[::-1]
    kept = np.flatnonzero(sizes >= min_pixels)
    kept = kept[kept > 0]
    kept = kept[np.argsort(first[kept])]
    numbers = np.full(len(sizes), -1, np.int32)
    numbers[kept] = np.arange(len(kept))
    return numbers[regions], first[kept]


def _touching(nodes: np.ndarray, count: int) -> np.ndarray:
    """Return the (E, 2) sorted pairs of nodes with neighbouring pixels."""
    pairs = ((nodes[:, :-1], nodes[:, 1:]), (nodes[:-1], nodes[1:]),
             (nodes[:-1, :-1], nodes[1:, 1:]), (nodes[:-1, 1:],
                                                nodes[1:, :-1]))
    keys = []
    for one, other in pairs:
        differ = np.flatnonzero((one != other).ravel())
        low, high = one.ravel()[differ], other.ravel()[differ]
        low, high = np.minimum(low, high), np.maximum(low, high)
        keys.append((low.astype(np.int64) * count + high)[low >= 0])
    found = np.unique(np.concatenate(keys))
    return np.stack(np.divmod(found, max(count, 1)), axis=1)

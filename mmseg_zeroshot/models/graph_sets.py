"""Region graphs on the device, with what a step trains on."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.utils.typing_utils import Sample

from .data_preprocessor import ZeroShotDataPreProcessor


class GraphSets(NamedTuple):
    """Graphs of a step, as one graph with more components.

    Attributes:
        node_classes: (V, ) class of each node, int64.
        edges: (E, 2) pairs of joined nodes, int64, each pair once.
        node_features: (V, P, C) real pixel features of the nodes; None for
            layouts.
        features: (B, N, C) real pixel features of seen classes, None where
            the step needs none; as are
        class_ids: (B, ), and
        frequency: (B, ), see :class:`FeatureSets`.
    """

    node_classes: Tensor
    edges: Tensor
    node_features: Tensor | None = None
    features: Tensor | None = None
    class_ids: Tensor | None = None
    frequency: Tensor | None = None

    def to(self, device: torch.device | str) -> GraphSets:
        """Return the graphs on a device, all features in float32."""
        return type(self)._make(
            part if part is None else part.to(
                device,
                torch.float32 if part.is_floating_point() else part.dtype,
                non_blocking=True) for part in self)


@MODELS.register_module()
class GraphDataPreProcessor(ZeroShotDataPreProcessor):
    """``ZeroShotDataPreProcessor`` that also takes batches of graphs.

    A batch of :class:`GraphBankDataset` or :class:`GraphLayoutDataset` is
    told by its key ``node_classes`` and has one item, the graphs of a step.
    """

    def forward(self, data: dict, training: bool = False) -> Sample:
        """Return ``inputs`` and ``data_samples`` on the model's device.

        Args:
            data: A batch of graphs (``node_classes``, ``edges`` and more),
                of a bank or of images.
            training: Whether images are normalised for training.

        Returns:
            The batch; :class:`GraphSets` and None for graphs.

        Raises:
            ValueError: the loader put several steps together.
        """
        if 'node_classes' not in data:
            return super().forward(data, training)
        if len(data['node_classes']) != 1:
            raise ValueError(
                f'graphs were loaded with batch_size='
                f'{len(data["node_classes"])}: each item is a whole step; set '
                'batch_size=1')
        parts = {name: value[0] for name, value in data.items()}
        return dict(inputs=GraphSets(**parts).to(self.device),
                    data_samples=None)


def draw_by_class(node_classes: Tensor, class_ids: Sequence[int],
                  per_node: int, most: int) -> Tensor:
    """Draw equally many vectors of several classes.

    A class with fewer vectors than the largest (or than ``most``) repeats
    its own, all of them equally often up to one.

    Args:
        node_classes: (V, ) class of each node.
        class_ids: B classes; each has a node.
        per_node: Vectors of each node, P.
        most: Most vectors of a class.

    Returns:
        (B, N) rows among the V x P vectors, N at least 2.

    Raises:
        ValueError: A class has no node.
    """
    classes = node_classes.repeat_interleave(per_node)
    drawn = []
    for class_id in class_ids:
        rows = (classes == class_id).nonzero().squeeze(1)
        if not len(rows):
            raise ValueError(f'no node of class id {class_id} is in the '
                             'graphs of this step')
        drawn.append(rows[torch.randperm(len(rows), device=rows.device)])
    count = max(2, min(most, max(map(len, drawn))))
    turn = torch.arange(count, device=node_classes.device)
    return torch.stack([rows[turn % len(rows)] for rows in drawn])

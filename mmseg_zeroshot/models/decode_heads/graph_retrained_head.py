"""ZS3Net's classifier, retrained on features that graphs generate."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from mmseg.registry import MODELS
from torch import Tensor

from .generator_retrained_head import GeneratorRetrainedHead

GRAPH_PHASES = ('generator', 'classifier')


@MODELS.register_module()
class GraphRetrainedHead(GeneratorRetrainedHead):
    """:class:`GeneratorRetrainedHead` with graph context (ZS3Net + GC).

    ZS3Net, section 2.2: the generator is conditioned on the adjacency graph
    of an image's regions (:class:`GraphGMMNGenerator`).

    .. code:: text

        generator    step 1, on GraphBankDataset: MMD per class between real
                     and generated features of the nodes of a step
        classifier   step 2, on GraphLayoutDataset: cross-entropy on real
                     features of seen classes and on features generated at
                     the layouts' unseen nodes

    There is no recursive training here: a region counts once, which leaves
    too few confident vectors to feed back (Wang et al., 2021, section IV-C).

    Args:
        args: See :class:`GeneratorRetrainedHead`.
        vectors_per_node: Most generated vectors of an unseen node of a
            layout, each from noise of its own; fewer where every class has
            ``num_vectors`` without.
        kwargs: See :class:`GeneratorRetrainedHead`; ``num_vectors`` is the
            most that a class has in a step, of all its nodes together.

    Raises:
        ValueError: ``recursion`` is given, the phase is neither
            ``'generator'`` nor ``'classifier'``, the generator takes no
            graph, or ``vectors_per_node`` is below 1.
    """

    def __init__(self, *args: Any, vectors_per_node: int = 16,
                 **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = type(self).__name__
        if self.phase not in GRAPH_PHASES:
            raise ValueError(
                f'{name} trains its steps one by one: phase must be one of '
                f'{GRAPH_PHASES}, got {self.phase!r}')
        if not getattr(self.generator, 'takes_graphs', False):
            raise ValueError(
                f'{name} needs a generator of graphs, got '
                f'{type(self.generator).__name__}: set generator=dict('
                "type='GraphGMMNGenerator')")
        if vectors_per_node < 1:
            raise ValueError(f'vectors_per_node={vectors_per_node!r} must be '
                             'at least 1')
        self.vectors_per_node = vectors_per_node

    def loss(self, inputs: Sequence[Tensor], batch_data_samples: list,
             train_cfg: dict) -> dict[str, Tensor]:
        """Refuse images: graphs come from a feature bank.

        Raises:
            TypeError: always, with what to do instead.
        """
        raise TypeError(
            f'{type(self).__name__} trains on graphs, not on images: set '
            "train_dataloader.dataset to dict(type='GraphBankDataset', …) "
            "(step 1) or dict(type='GraphLayoutDataset', …) (step 2)")

    def loss_of_sets(self, sets: Any) -> dict[str, Tensor]:
        """Return the phase's losses on graphs.

        Args:
            sets: :class:`GraphSets`: graphs with node features (phase
                ``generator``), or layouts with sets of real features (phase
                ``classifier``).

        Returns:
            ``loss_mmd``, or ``loss_classifier`` and logged accuracies.

        Raises:
            TypeError: the data lack what the phase trains on.
        """
        wanted, data = (('node_features', 'GraphBankDataset')
                        if self.phase == 'generator' else
                        ('features', 'GraphLayoutDataset'))
        if any(getattr(sets, name, None) is None
               for name in ('node_classes', wanted)):
            raise TypeError(
                f'{type(self).__name__} in phase {self.phase!r} trains on '
                f'{data}: set train_dataloader.dataset.type to it')
        return super().loss_of_sets(sets)

    def _build_recursion(self, recursion: dict | None) -> None:
        """Refuse recursive training, in whatever phase."""
        if recursion is not None:
            raise ValueError(
                f'{type(self).__name__} has no recursive training, got '
                f'recursion={recursion!r}: a region counts once, which leaves '
                'too few confident vectors to feed back (Wang et al., 2021, '
                'section IV-C); leave recursion out, or take '
                'GeneratorRetrainedHead')

    def _generator_losses(self, sets: Any) -> dict[str, Tensor]:
        """MMD per class over the nodes of a step."""
        real = sets.node_features.detach()
        generated = self.generator(
            self.class_vectors[sets.node_classes], real.shape[1],
            edges=sets.edges)
        rows = draw_by_class(
            sets.node_classes, sets.node_classes.unique().tolist(),
            real.shape[1], self.num_vectors)
        loss = self.mmd(real.flatten(0, 1)[rows],
                        generated.flatten(0, 1)[rows])
        return {self.mmd.loss_name: loss}

    def _unseen_features(self, sets: Any) -> Tensor:
        """Return (U, N, C) features generated at the unseen nodes."""
        unseen = self.class_vectors.new_tensor(
            self.split.unseen_ids, dtype=torch.long)
        nodes = torch.isin(sets.node_classes, unseen).nonzero().squeeze(1)
        per_node = self._vectors_of(sets.node_classes[nodes])
        generated = self.generator(
            self.class_vectors[sets.node_classes], per_node,
            edges=sets.edges, nodes=nodes)
        rows = draw_by_class(sets.node_classes[nodes], self.split.unseen_ids,
                             per_node, self.num_vectors)
        return generated.flatten(0, 1)[rows]

    def _vectors_of(self, node_classes: Tensor) -> int:
        """Return how many vectors each unseen node must yield."""
        fewest = int(node_classes.unique(return_counts=True)[1].min())
        return min(self.vectors_per_node, -(-self.num_vectors // fewest))


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
        ValueError: a class has no node.
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

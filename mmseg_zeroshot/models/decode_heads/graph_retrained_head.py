"""ZS3Net's classifier, retrained on features that graphs generate."""
from __future__ import annotations

import inspect
from collections.abc import Sequence

import torch
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.models.graph_sets import GraphSets, draw_by_class
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit

from .retrained_head import RetrainedHead


@MODELS.register_module()
class GraphRetrainedHead(RetrainedHead):
    """A 1x1 classifier that learns unseen classes with graph context.

    ZS3Net + GC (section 2.2): the generator is conditioned on the adjacency
    graph of an image's regions (:class:`GraphGMMNGenerator`).

    .. code:: text

        generator    stage 1, on GraphBankDataset: the generator's losses on
                     real features of the nodes of a step
        classifier   stage 2, on GraphLayoutDataset: cross-entropy on real
                     features of seen classes and on features generated at
                     the layouts' unseen nodes

    There is no recursive training here: a region counts once, which leaves
    too few confident vectors to feed back (Wang et al., 2021, section IV-C).

    Args:
        host: Config of the decode head that gives pixel features.
        split: See :class:`BaseZeroShotHead`.
        embeddings: See :class:`BaseZeroShotHead`.
        generator: Config of a generator whose ``forward`` takes ``edges``
            and ``nodes`` and whose ``losses`` takes ``edges``, such as
            :class:`GraphGMMNGenerator`; the widths are filled in.
        stage: ``'generator'`` or ``'classifier'``.
        num_vectors: The most vectors that a class has in a step, of all its
            nodes together.
        vectors_per_node: Most generated vectors of an unseen node of a
            layout, each from noise of its own; fewer where every class has
            ``num_vectors`` without.
        unseen_prior: See :class:`GeneratorRetrainedHead`.
        frequency_power: See :class:`GeneratorRetrainedHead`.
        normalize: See :class:`BaseZeroShotHead`.
        gamma: See :class:`BaseZeroShotHead`.
        init_cfg: Initialisation of the classifier.

    Raises:
        ValueError: As :class:`RetrainedHead`, the generator takes no graph,
            or ``vectors_per_node`` is below 1.
    """

    stages = ('generator', 'classifier')

    def __init__(
        self,
        host: dict,
        *,
        split: str | dict | ClassSplit,
        embeddings: str | Sequence[str] | ClassEmbeddings,
        generator: dict,
        stage: str = 'generator',
        num_vectors: int = 128,
        vectors_per_node: int = 16,
        unseen_prior: float | None = None,
        frequency_power: float = 1.0,
        normalize: str = 'l2',
        gamma: float = 0.0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(
            host,
            split=split,
            embeddings=embeddings,
            generator=generator,
            stage=stage,
            num_vectors=num_vectors,
            unseen_prior=unseen_prior,
            frequency_power=frequency_power,
            normalize=normalize,
            gamma=gamma,
            init_cfg=init_cfg)
        name = type(self).__name__
        if 'edges' not in inspect.signature(self.generator.losses).parameters:
            raise ValueError(
                f'{name} needs a generator of graphs, got '
                f'{type(self.generator).__name__}: set generator=dict('
                "type='GraphGMMNGenerator')")
        if vectors_per_node < 1:
            raise ValueError(f'vectors_per_node={vectors_per_node!r} must be '
                             'at least 1')
        self.vectors_per_node = vectors_per_node

    @property
    def trains_on(self) -> tuple[type, ...]:
        """Graphs of a feature bank."""
        return (GraphSets, )

    def loss_of_sets(self, sets: GraphSets) -> dict[str, Tensor]:
        """Return the stage's losses on graphs.

        Args:
            sets: Graphs with node features (stage ``generator``), or layouts
                with sets of real features (stage ``classifier``).

        Returns:
            The generator's losses, or ``loss_classifier`` and logged
            accuracies.

        Raises:
            TypeError: The graphs lack what the stage trains on.
        """
        wanted, data = ((sets.node_features, 'GraphBankDataset')
                        if self.stage == 'generator' else
                        (sets.features, 'GraphLayoutDataset'))
        if wanted is None:
            raise TypeError(
                f'{type(self).__name__} in stage {self.stage!r} trains on '
                f'{data}: set train_dataloader.dataset.type to it')
        if self.stage == 'generator':
            return self.generator.losses(
                wanted.detach(), self.class_vectors[sets.node_classes],
                sets.node_classes, self.judge_vectors, num=self.num_vectors,
                edges=sets.edges)
        with torch.no_grad():
            unseen = self._unseen_features(sets)
        return self.classifier_losses(sets, unseen)

    def _unseen_features(self, sets: GraphSets) -> Tensor:
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

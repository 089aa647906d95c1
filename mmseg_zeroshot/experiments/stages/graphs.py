"""ZS3Net with graph context: whole layouts of a scene are generated."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

from .parts import Base, combine, results, stage
from .zs3net import classifier_training


@stage
def graph_generator(base: Base, *, context: float = 1.0) -> ConfigType:
    """Train the generator of region graphs, stage 1 with graph context.

    Bucher et al., NeurIPS 2019, section 2.3. The bank also keeps the region
    graph of every image, and serves plain ZS3Net as well.

    Args:
        base: Stage 1 without graphs (:func:`zs3net_generator`).
        context: Share of a node that comes through the graph; the paper's
            is 1.

    Raises:
        ValueError: The recipe's generator has no graph context.
    """
    head = base.recipe.head
    if (head.type, head.generator.type) != ('GeneratorRetrainedHead',
                                            'GMMNGenerator'):
        raise ValueError(
            f'{base.recipe.method} (supervision '
            f'{base.recipe.supervision!r}) trains {head.type} with '
            f'{head.generator.type}, which has no graph '
            'context: take the recipe strict or paper (ZS_RECIPE)')
    return dict(
        model=dict(
            data_preprocessor=dict(type='GraphDataPreProcessor'),
            decode_head=dict(
                type='GraphRetrainedHead',
                generator=dict(type='GraphGMMNGenerator', context=context))),
        feature_bank=dict(graphs=dict(min_pixels=4, pixels=8)),
        train_dataloader=dict(
            dataset=dict(
                _delete_=True,
                type='GraphBankDataset',
                bank=base.train_dataloader.dataset.bank,
                split=base.split,
                num_graphs=32,
                node_features='pixels')))


@stage
def graph_classifier(base: Base, *, load_from: str,
                     layouts: str | ConfigPart = 'strict',
                     iterations: int) -> ConfigType:
    """Train the classifier with generated layouts, stage 2 with graph context.

    Args:
        base: Stage 1 with graphs (:func:`graph_generator`).
        load_from: Stage 1's checkpoint, which must be of the same bank.
        layouts: ``'strict'``, graphs of seen images whose nodes are renamed
            by word vectors; ``'paper'``, the training images' true masks; or
            a folder of PNG label maps or a data set's config. All but
            ``'strict'`` give results of the supervision ``paper``.
        iterations: Length of the training.
    """
    # The label maps themselves, unseen classes shown.
    maps = base.feature_bank.dataset.dataset if layouts == 'paper' else layouts
    head = base.model.decode_head
    return combine(classifier_training(base, iterations), dict(
        load_from=load_from,
        train_dataloader=dict(
            dataset=dict(
                _delete_=True,
                type='GraphLayoutDataset',
                bank=base.train_dataloader.dataset.bank,
                split=base.split,
                num_vectors=head.num_vectors,
                layouts=maps,
                embeddings=base.embeddings,
                num_layouts=32)),
        default_hooks=results(
            method=f'{base.recipe.method} + GC',
            supervision=(base.recipe.supervision if layouts == 'strict'
                         else 'paper'),
            variant=dict(context=head.generator.context))))

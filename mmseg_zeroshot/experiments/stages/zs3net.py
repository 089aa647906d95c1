"""ZS3Net's stages 1 and 2 on a bank of features of the frozen stage 0."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigType

from .parts import (
    Base,
    combine,
    frozen_network,
    hooks_of_network,
    poly,
    results,
    stage,
    stage_start,
)
from .saving import longest_interval


@stage
def zs3net_generator(base: Base, *, load_from: str, bank: str,
                     max_vectors: int, batch_size: int, iterations: int,
                     num_vectors: int | None = None,
                     learning_rate: float | None = None) -> ConfigType:
    """Train ZS3Net's generator, stage 1 (Bucher et al., NeurIPS 2019).

    It learns to make pixel features of a class from its word vector (section
    2.2, eq. 1), on a bank of features that
    ``mmseg-zeroshot build-feature-bank`` makes with this config and stage 0's
    checkpoint.

    Args:
        base: A plain network (:func:`plain_network`, :func:`seen_only`) and
            a recipe.
        load_from: Stage 0's checkpoint.
        bank: Folder of the bank, whose features must be that checkpoint's.
        max_vectors: Vectors that the bank keeps of a class in an image.
        batch_size: Images that are extracted at once.
        iterations: Length of the training.
        num_vectors: Vectors of a class in a step; the recipe's by default.
        learning_rate: The generator's; the recipe's by default, and always
            where the recipe keeps to what is printed (``'paper'``).

    Raises:
        ValueError: The base is no plain network, or its data preprocessor
            cannot read a bank.
    """
    number = num_vectors or base.recipe.head.num_vectors
    optimizer = dict(base.recipe.generator_optimizer)
    if learning_rate is not None and base.recipe.supervision != 'paper':
        optimizer['lr'] = learning_rate
    model = frozen_network(base, 'generator')
    model['decode_head']['num_vectors'] = number
    model['data_preprocessor'] = dict(type=_bank_preprocessor(base))
    images = dict(base.train_dataloader.dataset)
    if images['dataset'].type == 'RepeatDataset':
        images['dataset'] = images['dataset'].dataset  # each image once
    return dict(
        load_from=load_from,
        model=model,
        feature_bank=dict(
            path=bank, dataset=dict(images, pipeline=bank_pipeline(base)),
            views=1, max_vectors=max_vectors, batch_size=batch_size),
        train_dataloader=dict(
            _delete_=True,
            batch_size=1,
            num_workers=1,
            persistent_workers=True,
            sampler=dict(type='InfiniteSampler', shuffle=False),
            collate_fn=dict(type='default_collate'),
            dataset=dict(type='FeatureBankDataset', bank=bank,
                         split=base.split, num_vectors=number)),
        optim_wrapper=dict(
            _delete_=True, type='OptimWrapper', optimizer=optimizer),
        param_scheduler=[
            dict(type='ConstantLR', factor=1.0, begin=0, end=iterations,
                 by_epoch=False)
        ],
        # The classifier is still stage 0's: there is nothing to validate.
        train_cfg=dict(
            _iteration_loop(base), max_iters=iterations,
            val_begin=iterations + 1),
        log_processor=dict(by_epoch=False),
        default_hooks=dict(
            _hooks_by_iteration(base, iterations),
            **results(method='step 1', supervision=base.recipe.supervision)),
        custom_hooks=hooks_of_network(base))


@stage
def zs3net_classifier(base: Base, *, load_from: str,
                      iterations: int) -> ConfigType:
    """Train ZS3Net's classifier, stage 2.

    It learns from real features of seen and generated features of unseen
    classes (section 2.2, "Segmentation of seen and unseen classes").

    Args:
        base: Stage 1 (:func:`zs3net_generator`).
        load_from: Stage 1's checkpoint, which must be of the same bank.
        iterations: Length of the training.
    """
    return combine(
        classifier_training(base, iterations),
        dict(load_from=load_from,
             default_hooks=results(method=base.recipe.method)))


def classifier_training(base: Base, iterations: int) -> ConfigType:
    """Return how stage 2 trains, with or without graph context.

    Args:
        base: Stage 1.
        iterations: Length of the training.
    """
    return dict(
        model=dict(decode_head=dict(stage='classifier')),
        optim_wrapper=dict(optimizer=dict(
            base.recipe.classifier_optimizer, _delete_=True)),
        param_scheduler=poly(iterations),
        train_cfg=dict(
            max_iters=iterations, val_begin=1, val_interval=iterations),
        default_hooks=stage_start(base.recipe.restart),
        custom_hooks=hooks_of_network(base))


def bank_pipeline(base: Base) -> list[ConfigType]:
    """Return the pipeline of the bank's images, which are all of one size.

    Crops of small images are padded as the network pads them.

    Args:
        base: A network that trains on images.
    """
    pipeline = base.train_dataloader.dataset.pipeline
    steps = [step.type for step in pipeline]
    if 'RandomCrop' not in steps or 'Pad' in steps:
        return pipeline
    processor = base.model.data_preprocessor
    colours = [round(value) for value in processor.get('mean') or (0, 0, 0)]
    if processor.get('bgr_to_rgb'):
        colours = colours[::-1]  # images are BGR
    padding = dict(
        type='Pad', size=processor.size,
        pad_val=dict(img=tuple(colours),
                     seg=processor.get('seg_pad_val', 255)))
    return [*pipeline[:-1], padding, pipeline[-1]]


def _iteration_loop(base: Base) -> ConfigType:
    """Return the loop's beginning where the base counts in epochs."""
    if base.train_cfg.get('type') == 'IterBasedTrainLoop':
        return {}
    return dict(_delete_=True, type='IterBasedTrainLoop')


def _hooks_by_iteration(base: Base, iterations: int) -> ConfigType:
    """Return what lets the base's hooks count in iterations, too."""
    if not _iteration_loop(base):
        return {}
    changes = dict(checkpoint=dict(by_epoch=False,
                                   interval=longest_interval(iterations)),
                   logger=dict(log_metric_by_epoch=False))
    return {name: change for name, change in changes.items()
            if base.default_hooks.get(name)}


def _bank_preprocessor(base: Base) -> str:
    """Return the preprocessor that reads banks and images alike."""
    given = base.model.data_preprocessor.type
    if given != 'SegDataPreProcessor':
        raise ValueError(
            f'model.data_preprocessor is a {given!r}; to read feature banks, '
            'ZS3Net needs a SegDataPreProcessor')
    return 'ZeroShotDataPreProcessor'

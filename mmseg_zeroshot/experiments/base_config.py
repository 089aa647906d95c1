"""The config that every step of an experiment starts from."""
from __future__ import annotations

import copy

from mmengine.config import Config

from mmseg_zeroshot.semantics import build_split
from mmseg_zeroshot.utils.typing_utils import ConfigType

from .adapted import adapted_config
from .config_data import config_data
from .config_files import base_file, config_path, is_config, read_config
from .derivation import derive
from .experiment import Experiment
from .folder_data import FolderData

SCHEDULE = 'finetune_1k'
"""Of a shipped network, unless the experiment names another."""
MODE = 'ignore'
"""How images of one's own hide unseen classes, unless it says otherwise."""


def base_config(experiment: Experiment) -> Config:
    """Return the config of the plain network on the seen classes.

    It has the variables that stages read: ``split``, ``embeddings``,
    ``crop_size``, ``train_pipeline`` and ``recipe``.

    Args:
        experiment: The experiment.

    Raises:
        FileNotFoundError: A config that the experiment names is not there.
        ValueError: The network, the data set or the split does not fit.
    """
    config = _network_and_data(experiment)
    head = config.model.decode_head
    if 'host' in head:
        raise ValueError(
            f'experiment {experiment.name!r}: its base config trains '
            f'{head.type} and not the plain network: give the config of '
            "stage 0, such as a 'seenonly' or 'zs3net-s0' one")
    return with_recipe(_name_everywhere(config, experiment),
                       experiment.recipe)


def with_recipe(base: Config, recipe: str = '') -> Config:
    """Return a config with another recipe of the generative methods.

    Args:
        base: What :func:`base_config` returns.
        recipe: A file of ``configs/_base_/recipes``; empty for the one that
            is there.

    Raises:
        ValueError: There is no such recipe.
    """
    if not recipe:
        return base
    values = read_config(base_file('recipes', recipe)).to_dict()
    return derive(base, dict(recipe=dict(_delete_=True, **values['recipe'])))


def _network_and_data(experiment: Experiment) -> Config:
    if experiment.base:
        return read_config(config_path(experiment.base))
    if is_config(experiment.network):
        return adapted_config(
            config_path(experiment.network), split=experiment.split,
            folder=experiment.folder, mode=experiment.mode or MODE,
            imports=False)
    return _composed(experiment)


def _composed(experiment: Experiment) -> Config:
    """Put shipped parts together, as a config with ``_base_`` does."""
    folder = experiment.folder
    schedule = experiment.schedule or SCHEDULE
    parts = [
        base_file('models', experiment.network),
        base_file('schedules', f'schedule_{schedule}'),
        config_path('_base_/default_runtime.py'),
    ]
    values = _named_data(experiment)
    for part in parts:
        values.update(read_config(part).to_dict())
    config = Config(values)
    if folder:
        config = derive(config, _folder_change(config, folder))
    if mode := _mode(experiment):
        config = derive(config, dict(
            train_dataloader=dict(dataset=dict(mode=mode))))
    classes = build_split(experiment.split).num_classes
    return derive(config, dict(
        model=dict(data_preprocessor=dict(size=config.crop_size),
                   decode_head=dict(num_classes=classes)),
        default_hooks=dict(results=dict(method='seen only'))))


def _named_data(experiment: Experiment) -> ConfigType:
    """Return the data set of an experiment; a folder changes images.py."""
    if not experiment.folder and is_config(experiment.data):
        return config_data(config_path(experiment.data),
                           split=experiment.split)
    name = 'images' if experiment.folder else experiment.data
    return read_config(base_file('datasets', name)).to_dict()


def _mode(experiment: Experiment) -> str:
    """Return how unseen classes are left out; empty for the data's own rule.

    ``images.py`` has that of ZS3Net, which is none for dense scenes.
    """
    return experiment.mode or (MODE if experiment.folder else '')


def _folder_change(base: Config, folder: FolderData) -> ConfigType:
    """Return what a folder of one's own changes in ``images.py``."""
    image_size = dict(scale=tuple(folder.size), keep_ratio=True)
    load, labels, _, crop, *rest = base.train_pipeline
    train_pipeline = [
        load, labels,
        dict(type='RandomResize', ratio_range=tuple(folder.ratio_range),
             **image_size),
        dict(crop, crop_size=tuple(folder.crop)), *rest]
    # The network sees small images; scores are at the masks' own size.
    test_pipeline = [base.test_pipeline[0], dict(type='Resize', **image_size),
                     *base.test_pipeline[1:]]
    scored = dict(num_workers=1, dataset=dict(
        pipeline=test_pipeline, dataset=folder.dataset(folder.val)))
    return dict(
        crop_size=tuple(folder.crop), train_pipeline=train_pipeline,
        test_pipeline=test_pipeline,
        train_dataloader=dict(
            batch_size=folder.batch_size, num_workers=folder.num_workers,
            persistent_workers=folder.num_workers > 0,
            dataset=dict(pipeline=train_pipeline,
                         dataset=folder.dataset(folder.train))),
        val_dataloader=scored, test_dataloader=scored)


def _name_everywhere(config: Config, experiment: Experiment) -> Config:
    """Put split, words and data set where a config has them, once for all.

    Args:
        config: The config, which is changed.
        experiment: Has them.
    """
    places = [config, *(config[f'{part}_dataloader'].dataset
                        for part in ('train', 'val', 'test'))]
    for place in places:
        # Not merged: of another split's groups nothing may stay.
        place['split'] = copy.deepcopy(experiment.split)
    config.embeddings = experiment.words
    results = config.default_hooks.results
    if experiment.dataset:
        results.dataset = experiment.dataset
    if experiment.variant:
        results.variant = dict(experiment.variant)
    return config

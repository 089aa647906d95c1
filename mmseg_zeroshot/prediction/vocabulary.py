"""A trained model's classes, changed to those that a user asks for."""
from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mmengine.config import Config
from mmengine.runner import set_random_seed

from mmseg_zeroshot.datasets import FeatureBankDataset
from mmseg_zeroshot.models import FeatureSets, retrain_classifier
from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.semantics.class_embeddings import open_table
from mmseg_zeroshot.semantics.name_lists import names_among
from mmseg_zeroshot.utils.typing_utils import Report

if TYPE_CHECKING:
    from mmseg.models import BaseSegmentor


@dataclass(frozen=True)
class Vocabulary:
    """Which classes a trained model shall predict instead of its own.

    Attributes:
        add: Names of classes that it predicts too.
        drop: Classes that it predicts no longer.
        rename: Other names by the old ones; vectors stay.
        embeddings: Where the vectors of added classes come from: shipped
            tables or ``.npz`` files. Default: those of the config.
        bank: Feature bank that a head with a learned classifier is retrained
            on. Default: that of the config.
        iterations: Steps of that training.
        seed: Of that training.
    """

    add: Sequence[str] = ()
    drop: Sequence[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    embeddings: Sequence[str] | None = None
    bank: str | None = None
    iterations: int = 500
    seed: int = 0

    def apply(self, model: BaseSegmentor, config: Config, *,
              report: Report = print) -> dict[str, str]:
        """Change a model's classes.

        Args:
            model: The segmentor, which is changed.
            config: Its config.
            report: Takes lines about what was done.

        Returns:
            The group of every class: seen, unseen, added or ignored.

        Raises:
            ValueError: A class is unknown, has no vector or is there
                already, the head has no words, or no bank fits.
        """
        trained: ClassSplit | None = getattr(model.decode_head, 'split', None)
        if trained is None:
            if self.add or self.drop or self.rename:
                raise ValueError(
                    f'{type(model.decode_head).__name__} is no zero-shot '
                    'head: its classes are fixed. Train one of configs/spnet '
                    'or configs/zs3net')
            return dict.fromkeys(model.dataset_meta['classes'], 'seen')
        dropped = (model.drop_classes(names_among(self.drop, trained.classes))
                   if self.drop else ())
        if self.rename:
            model.rename_classes(self.rename)
        added = self._add(model, config, trained, report)
        if dropped:
            report(f'dropped {", ".join(dropped)}')
        return _groups(model.decode_head.split, added)

    def _add(self, model: BaseSegmentor, config: Config, trained: ClassSplit,
             report: Report) -> tuple[str, ...]:
        if not self.add:
            return ()
        words = self.embeddings or config.model.decode_head.get('embeddings')
        tables = ([words] if isinstance(words, (str, os.PathLike))
                  else words or [])
        known = [name for table in tables
                 for name in open_table(table)[0].classes]
        start = time.perf_counter()
        set_random_seed(self.seed)
        added = tuple(model.add_class(name, embeddings=words)
                      for name in names_among(self.add, known))
        if model.decode_head.learns_classifier:
            self._retrain(model, config, trained, report)
        report(f'added {", ".join(added)} in '
               f'{time.perf_counter() - start:.1f} s')
        return added

    def _retrain(self, model: BaseSegmentor, config: Config,
                 trained: ClassSplit, report: Report) -> None:
        steps = bank_steps(config, self.bank, trained, model, self.seed)
        accuracy = retrain_classifier(model, steps,
                                      iterations=self.iterations)
        report(f'retrained the classifier for {self.iterations} steps: '
               f'{accuracy["seen"]:.1f} % of seen and '
               f'{accuracy["generated"]:.1f} % of generated features are '
               'right')


def _groups(split: ClassSplit, added: Sequence[str]) -> dict[str, str]:
    groups = dict.fromkeys(split.classes, 'seen')
    for group in ('unseen', 'ignored'):
        groups.update(dict.fromkeys(getattr(split, group), group))
    return {**groups, **dict.fromkeys(added, 'added')}


def bank_steps(config: Config, bank: str | None, split: ClassSplit,
               model: BaseSegmentor, seed: int) -> Iterator[FeatureSets]:
    """Yield steps of the feature bank that the model was trained on.

    Args:
        config: The model's config.
        bank: Folder, instead of the config's.
        split: The split that the bank was made with.
        model: The segmentor.
        seed: Of the drawings.

    Yields:
        A step's features of each class, on the model's device.

    Raises:
        ValueError: No bank is named, or it is another model's.
    """
    data = (config.get('train_dataloader') or {}).get('dataset') or {}
    data = data if data.get('type') == 'FeatureBankDataset' else {}
    path = bank or data.get('bank') or config.get('feature_bank', {}).get(
        'path')
    if not path:
        raise ValueError(
            'this model learns added classes from a feature bank, and the '
            'config names none: give --bank, made by '
            'mmseg-zeroshot build-feature-bank CONFIG STAGE_0.pth')
    dataset = FeatureBankDataset(
        path, split, num_vectors=model.decode_head.num_vectors, seed=seed,
        feature_dim=model.decode_head.feature_channels,
        missing=data.get('missing', 'error'))
    device = next(model.parameters()).device
    for index in range(len(dataset)):
        item = dataset[index]
        yield FeatureSets(*(item[name] for name in FeatureSets._fields)).to(
            device)

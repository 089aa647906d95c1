"""The text of zero-shot configs."""
from __future__ import annotations

from typing import Any

from mmseg_zeroshot.utils.config_text import Name, assignment, comment

from .base_config import BaseConfig
from .methods import METHODS, Method, host_of, without_outputs
from .zs3net_steps import step_1, step_2

SPLIT = Name('split')
_COMMENTS = dict(
    **{'step 0': 'the network and a plain classifier learn the seen classes'},
    words='Which classes have no label in training, and word vectors of all: '
    'a shipped table, or .npz files of tools/build_embeddings.py.',
    host='The base\'s decode head hands out pixel features: its last layer '
    'is replaced. The number of classes comes from the split.',
    gamma='gamma is subtracted from the probabilities of seen classes: '
    'tools/calibrate.py chooses it on validation classes.',
    plain='The base\'s network; the number of classes is the split\'s.',
    mode="Labels of unseen classes are gone before anything reads them. "
    "'ignore' hides these pixels, 'drop' leaves out images that hold any.",
    keep='Unseen classes keep their labels for the scores alone.',
    hooks='The last three stop a run that sees unseen labels or does not fit '
    'together, and write zero_shot_results.json.')


def write_configs(base: BaseConfig, method: str, *,
                  split: str | dict[str, Any], num_classes: int,
                  embeddings: str | list[str], stem: str,
                  mode: str | None = None) -> dict[str, str]:
    """Write the configs of a method on a base config's network and data.

    Args:
        base: The base config's parts.
        method: A name of :data:`METHODS`.
        split: Name or config of the split.
        num_classes: K of the split.
        embeddings: Class vectors, as a head takes them.
        stem: File name without suffix; ZS3Net's steps append their number.
        mode: ``'ignore'`` or ``'drop'``; the method's own where None.

    Returns:
        Text by file name, in the order of running.

    Raises:
        ValueError: A value of the base cannot be written into a config, or
            the network's data preprocessor cannot read feature banks.
    """
    what = METHODS[method]
    whole = _Whole(base, what, split, num_classes, embeddings,
                   mode or what.mode)
    if method != 'zs3net':
        return {f'{stem}.py': whole.text(steps=False)}
    return {
        f'{stem}-s0.py': whole.text(steps=True),
        f'{stem}-s1.py': step_1(base, stem),
        f'{stem}-s2.py': step_2(base, stem),
    }


class _Whole:
    """A config that inherits nothing."""

    def __init__(self, base: BaseConfig, method: Method,
                 split: str | dict[str, Any], num_classes: int,
                 embeddings: str | list[str], mode: str) -> None:
        self.base = base
        self.method = method
        self.split = split
        self.num_classes = num_classes
        self.embeddings = embeddings
        self.mode = mode

    def text(self, *, steps: bool) -> str:
        """Return the config; with ``steps`` it is step 0 of the method."""
        return '\n'.join([
            self._header(steps), self._words(), self._network(steps),
            self._data(), self._training(),
            self._runtime('seen only' if steps else self.method.title)])

    def _header(self, steps: bool) -> str:
        title = self.method.title + (', step 0' if steps else '')
        idea = _COMMENTS['step 0'] if steps else self.method.idea
        lines = comment(f'{title}, on {self.base.name}: {idea}.')
        lines += comment(
            'Whole, and yours to change: written by '
            'tools/make_zero_shot_config.py.')
        lines += ('#\n#   python tools/train.py THIS.py\n'
                  '#   python tools/test.py THIS.py CHECKPOINT\n')
        for note in self.base.notes:
            lines += '#\n' + comment(f'Of the base, {note}.')
        imports = dict(imports=self.base.imports, allow_failed_imports=False)
        return (lines + assignment('custom_imports', imports)
                + assignment('default_scope', 'mmseg'))

    def _words(self) -> str:
        return (comment(_COMMENTS['words']) + assignment('split', self.split)
                + assignment('embeddings', self.embeddings))

    def _network(self, steps: bool) -> str:
        model = dict(self.base.model)
        if 'auxiliary_head' in model:
            model['auxiliary_head'] = self._auxiliary(model['auxiliary_head'])
        if steps:
            model['decode_head'] = {**without_outputs(model['decode_head']),
                                    'num_classes': self.num_classes}
            return comment(_COMMENTS['plain']) + assignment('model', model)
        host = host_of(model['decode_head'], self.method.loss)
        model['type'] = 'ZeroShotSegmentor'
        model['decode_head'] = dict(
            type=self.method.head, split=SPLIT, embeddings=Name('embeddings'),
            gamma=0.0, host=Name('host'))
        return (comment(_COMMENTS['host']) + assignment('host', host)
                + comment(_COMMENTS['gamma']) + assignment('model', model))

    def _auxiliary(self, given: Any) -> Any:
        if isinstance(given, list):
            return [self._auxiliary(head) for head in given]
        return {**without_outputs(given), 'num_classes': self.num_classes}

    def _data(self) -> str:
        base = self.base
        text = assignment('train_pipeline', base.pipelines['train'])
        text += assignment('test_pipeline', base.pipelines['val'])
        text += assignment('train_data', base.data['train'])
        text += assignment('val_data', base.data['val'])
        text += comment(_COMMENTS['mode'])
        text += self._loader('train', mode=self.mode)
        text += comment(_COMMENTS['keep'])
        text += self._loader('val', mode='keep', test_mode=True)
        if all(part['test'] == part['val'] for part in
               (base.data, base.pipelines, base.loaders)):
            text += 'test_dataloader = val_dataloader\n'
        else:
            text += assignment('test_data', base.data['test'])
            text += self._loader('test', mode='keep', test_mode=True)
        return (text + assignment('val_evaluator',
                                  dict(type='ZeroShotIoUMetric'))
                + 'test_evaluator = val_evaluator\n')

    def _loader(self, loop: str, **settings: Any) -> str:
        pipeline: Any = Name('train_pipeline' if loop == 'train'
                             else 'test_pipeline')
        if loop == 'test' and (self.base.pipelines['test']
                               != self.base.pipelines['val']):
            pipeline = self.base.pipelines['test']
        dataset = dict(type='ZeroShotDataset', split=SPLIT, **settings,
                       dataset=Name(f'{loop}_data'), pipeline=pipeline)
        return assignment(f'{loop}_dataloader',
                          {**self.base.loaders[loop], 'dataset': dataset})

    def _training(self) -> str:
        return ''.join(assignment(key, value)
                       for key, value in self.base.schedule.items())

    def _runtime(self, title: str) -> str:
        hooks = dict(
            self.base.default_hooks,
            label_leak=dict(type='LabelLeakHook'),
            consistency=dict(type='ConsistencyHook'),
            results=dict(type='ZeroShotResultsHook', method=title,
                         label='strict'))
        text = comment(_COMMENTS['hooks']) + assignment('default_hooks', hooks)
        if self.base.custom_hooks:
            text += assignment('custom_hooks', self.base.custom_hooks)
        return text + ''.join(assignment(key, value)
                              for key, value in self.base.runtime.items())

"""Every stage of every method: what it changes in its base config.

A stage is a function ``stage(base, *, ...) -> dict``. Its base is what
MMEngine gives a config as ``_base_``, or a :class:`Config`; it returns only
the keys that the stage changes, in new dicts. A config file calls it after
its ``_base_``:

.. code-block:: python

    _base_ = './zs3net-s1_my-network.py'
    from mmseg_zeroshot.experiments import stages

    globals().update(stages.zs3net_classifier(
        _base_, load_from='work_dirs/s1/iter_20000.pth', iterations=10000))

``_base_`` has to be the first statement: MMEngine takes a file that imports
something before it for a config of its other kind, which cannot inherit.
:func:`~mmseg_zeroshot.experiments.derivation.derive` does without files what
MMEngine does with them.
"""
from .few_labels import few_label
from .graphs import graph_classifier, graph_generator
from .joint import zs3net_joint
from .networks import plain_network, seen_only
from .parts import combine, frozen_network, poly, shorter
from .projections import ale, devise, hvsl, projection_baseline, spnet
from .pseudo_labels import self_training
from .recursion import recursive
from .zs3net import zs3net_classifier, zs3net_generator

__all__ = [
    'ale',
    'combine',
    'devise',
    'few_label',
    'frozen_network',
    'graph_classifier',
    'graph_generator',
    'hvsl',
    'plain_network',
    'poly',
    'projection_baseline',
    'recursive',
    'seen_only',
    'self_training',
    'shorter',
    'spnet',
    'zs3net_classifier',
    'zs3net_generator',
    'zs3net_joint',
]

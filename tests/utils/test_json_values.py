import json
from pathlib import Path

import numpy as np

from mmseg_zeroshot.utils.checkpoint_values import checkpoint_values
from mmseg_zeroshot.utils.json_values import short, without_nan


def types_of(value):
    """All types inside a value."""
    if isinstance(value, dict):
        inside = [*value, *value.values()]
    elif isinstance(value, (list, tuple)):
        inside = value
    else:
        return {type(value)}
    return {type(value)}.union(*map(types_of, inside))


def test_checkpoint_values_are_plain_and_foreign_types_left_out():
    copied = checkpoint_values(dict(
        palette=np.array([[1, 2, 3]]), scale=np.float32(0.5),
        root=Path('a/b'), label_map={np.int64(1): 255}, classes=('a', 'b'),
        reduce=True, model=object(), deep=[dict(x={1, 2}), object()]))
    assert copied == dict(
        palette=[[1, 2, 3]], scale=0.5, root='a/b', label_map={1: 255},
        classes=('a', 'b'), reduce=True)
    assert types_of(copied) <= {dict, list, tuple, str, int, float, bool}


def test_nan_is_none_however_deep():
    values = dict(a=[1.5, float('nan')], b=dict(c=float('inf'), d='nan'))
    assert without_nan(values) == dict(a=[1.5, None], b=dict(c=None, d='nan'))
    json.dumps(without_nan(values), allow_nan=False)


def test_a_short_value_is_whole_and_a_long_one_is_cut():
    assert short([1, 2]) == '[1, 2]'
    cut = short('x' * 500, 60)
    assert len(cut) == 60
    assert cut.endswith('x...')

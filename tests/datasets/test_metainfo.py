from pathlib import Path

import numpy as np
import pytest

from mmseg_zeroshot.datasets.metainfo import check_classes, plain
from mmseg_zeroshot.semantics import ClassSplit


def types_of(value):
    """All types inside a value."""
    if isinstance(value, dict):
        inside = [*value, *value.values()]
    elif isinstance(value, (list, tuple)):
        inside = value
    else:
        return {type(value)}
    return {type(value)}.union(*map(types_of, inside))


def test_plain_keeps_values_and_drops_foreign_types():
    copied = plain(dict(
        palette=np.array([[1, 2, 3]]), scale=np.float32(0.5),
        root=Path('a/b'), label_map={np.int64(1): 255}, classes=('a', 'b'),
        reduce=True, model=object(), deep=[dict(x={1, 2}), object()]))
    assert copied == dict(
        palette=[[1, 2, 3]], scale=0.5, root='a/b', label_map={1: 255},
        classes=('a', 'b'), reduce=True)
    assert types_of(copied) <= {dict, list, tuple, str, int, float, bool}


SPLIT = ClassSplit(['cat', 'dog', 'tvmonitor'], unseen=['dog'])


def test_aliases_are_the_same_class():
    check_classes(dict(classes=['cat', 'dog', 'TV monitor']), SPLIT, 'X')


@pytest.mark.parametrize('classes, message', [
    (['dog', 'cat', 'tv'], "class id 0 is 'dog' in X and 'cat' in split"),
    (['cat', 'dog', 'cow'], "class id 2 is 'cow' in X and 'tvmonitor'"),
    (['cat', 'cow'], r"only in the data set \['cow'\], only in the split "
     r"\['dog', 'tvmonitor'\]"),
    (None, 'X has no class list'),
])
def test_other_classes_or_orders_are_errors(classes, message):
    with pytest.raises(ValueError, match=message):
        check_classes(dict(classes=classes), SPLIT, 'X')

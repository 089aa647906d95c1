import pytest

from mmseg_zeroshot.datasets.metainfo import check_classes
from mmseg_zeroshot.semantics import ClassSplit

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

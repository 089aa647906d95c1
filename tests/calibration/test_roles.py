"""On which classes gamma may be chosen."""
import pytest

from mmseg_zeroshot import ClassSplit
from mmseg_zeroshot.calibration import check_role, check_training


@pytest.mark.parametrize('meta, message', [
    ({}, 'does not say which classes'),
    (dict(split=dict(classes=['background', 'dog', 'cat', 'cow'],
                     unseen=['dog'], name='other')),
     "trained with labels of cat .split 'other'")])
def test_checkpoint_must_be_trained_without_the_classes(meta, message):
    split = ClassSplit(['background', 'dog', 'cat', 'cow'], unseen=['cat'])
    with pytest.raises(ValueError, match=message):
        check_training(
            dict(meta=dict(dataset_meta=meta)), split, 'x.pth')


def test_plain_heads_have_no_gamma():
    with pytest.raises(ValueError, match='has no split'):
        check_role(None, 'oracle')

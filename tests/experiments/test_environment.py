"""A variable that nothing reads is an error."""
import pytest

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.environment import check_environment


def test_other_variables_do_not_matter():
    check_environment(dict(
        ZS_SPLIT='voc12-zs3-k4', ZS_RECIPE='paper', HOME='/', ZS='1',
        MMSEG_ZEROSHOT_DATA='/data', MY_ZS_UNSEEN='cow'))


@pytest.mark.parametrize('name, meant', [
    ('ZS_SPLITS', '; did you mean ZS_SPLIT?'),
    ('ZS_RECIP', '; did you mean ZS_RECIPE?'),
    ('ZS_UNSEEN', '. Unset it'), ('ZS_', '. Unset it'),
    ('ZS_P_VALUES', '. Unset it')])
def test_an_unknown_variable_is_named(name, meant):
    with pytest.raises(ValueError) as error:
        check_environment({'ZS_SPLIT': 'voc12-zs3-k4', name: 'cow'})
    text = str(error.value)
    assert text.startswith(
        f'unknown variable {name}; known: ZS_SPLIT, ZS_RECIPE{meant}')
    assert '--cfg-options' in text


def test_every_stage_looks(monkeypatch):
    monkeypatch.setenv('ZS_UNSEN', 'cow')
    for name in stages.__all__:
        if name not in ('combine', 'frozen_network', 'poly'):
            with pytest.raises(ValueError, match='ZS_UNSEN'):
                getattr(stages, name)({})

"""Grids over a method."""
from pathlib import Path

import pytest

from mmseg_zeroshot.experiments.tuning import make_grid, make_tuning

from .files import own

TAU = 'model.decode_head.recursion.tau'
RATE = 'optim_wrapper.optimizer.lr'


def test_grid_is_all_combinations() -> None:
    points = make_grid({'a.x': [1, 2], 'b.x': ['u', 'v']})
    assert [p.values for p in points] == [
        {'a.x': 1, 'b.x': 'u'}, {'a.x': 1, 'b.x': 'v'},
        {'a.x': 2, 'b.x': 'u'}, {'a.x': 2, 'b.x': 'v'}]
    assert len({p.name for p in points}) == 4
    for values in ([], [1, 1]):
        with pytest.raises(ValueError, match='needs different values'):
            make_grid({'a': values})


def test_only_what_depends_on_the_keys_is_repeated(tmp_path: Path) -> None:
    tuning = make_tuning(own(tmp_path), 'zs-mmd', {TAU: [.5, .7]})
    assert list(tuning.steps) == [
        'seen', 'bank', 'generator', 'zs-mmd-tau_0_5', 'gamma-tau_0_5',
        'zs-mmd-tau_0_7', 'gamma-tau_0_7']
    assert tuning.split.unseen == ('car', ) and tuning.role == 'validation'
    step = tuning.steps['gamma-tau_0_5']
    assert step.load == 'zs-mmd-tau_0_5' and step.report
    config = step.config or {}
    assert config['model']['decode_head']['recursion']['tau'] == .5
    assert config['default_hooks']['results']['variant'] == {'tau': .5}
    assert config['val_dataloader']['dataset']['split']['hold_out']


def test_generated_classes_keep_the_final_prior(tmp_path: Path) -> None:
    tuning = make_tuning(own(tmp_path), 'zs3net', {RATE: [.1, .2]})
    config = tuning.steps['zs3net-lr_0_1'].config or {}
    assert config['model']['decode_head']['unseen_prior'] == 1 / 5


def test_keys_of_an_earlier_step(tmp_path: Path) -> None:
    tuning = make_tuning(
        own(tmp_path), 'zs5net', {'pseudo_labels.p': [10, 50]},
        steps=['pseudo-labels'])
    assert list(tuning.steps)[4:] == ['pseudo-labels-p_10', 'zs5net-p_10',
                                      'pseudo-labels-p_50', 'zs5net-p_50']
    assert tuning.scored == {'p_10': 'zs5net-p_10', 'p_50': 'zs5net-p_50'}


def test_oracle_says_so(tmp_path: Path) -> None:
    tuning = make_tuning(own(tmp_path), 'spnet', {RATE: [.1]}, oracle=True)
    assert tuning.role == 'oracle' and tuning.split.unseen == ('bus', )
    step = tuning.steps['gamma-lr_0_1']
    assert '--oracle' in step.arguments
    assert 'oracle' in (step.config or {})['default_hooks']['results'].values()


@pytest.mark.parametrize('keys, steps, message', [
    ({'model.decode_head.gmma': [1]}, [], 'no key .*gmma.*gamma'),
    ({RATE: [1]}, ['spnt'], "no step 'spnt'.*spnet"),
])
def test_mistakes(tmp_path: Path, keys: dict, steps: list,
                  message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_tuning(own(tmp_path), 'spnet', keys, steps=steps)


def test_no_validation_classes(tmp_path: Path) -> None:
    experiment = own(tmp_path, "split = dict(unseen=['bus'])")
    with pytest.raises(ValueError, match='names no validation classes'):
        make_tuning(experiment, 'spnet', {RATE: [1]})

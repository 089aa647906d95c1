"""Recipes' calibrated rows: no gamma of unknown origin under 'strict'."""
import re

import pytest

from mmseg_zeroshot.engine.recipes import load_recipe
from mmseg_zeroshot.engine.recipes.state import step_config
from mmseg_zeroshot.semantics import build_split

GAMMA = 'model.decode_head.gamma'
CHOSEN = {
    'spnet_voc12aug': ['spnet'],
    'spnet_voc12aug-deeplabv2': ['spnet'],
    'spnet_cocostuff': ['spnet'],
    'spnet_voclayout': ['spnet'],
    'zs3net_voclayout': [
        'spnet', 'strict-zs3net', 'paper-zs3net', 'released-zs3net'],
}
# Chosen on validation classes as well, and written down.
WRITTEN = {'spnet_compositions': [.22], 'zs3net_compositions': [.22, .25]}


def steps_of(name, root):
    return {step.name: step for step in load_recipe(name, root).steps}


def test_only_known_gammas_are_written_down(repo_root):
    found = {}
    for path in sorted(repo_root.glob('configs/recipes/*.py')):
        gammas = [step.options[GAMMA]
                  for step in load_recipe(path.stem, repo_root).steps
                  if step.tool == 'test' and GAMMA in step.options]
        if any(not isinstance(gamma, str) for gamma in gammas):
            found[path.stem] = gammas
    assert found == WRITTEN


@pytest.mark.parametrize('name', CHOSEN)
def test_gamma_is_chosen_without_unseen_labels(name, repo_root):
    steps = steps_of(name, repo_root)
    tested = [step for step in steps.values() if step.tool == 'test']
    assert [step.load for step in tested] == CHOSEN[name]
    for step in tested:
        gamma = steps[f'gamma-{step.load}']
        assert step.options[GAMMA] == f'{{{gamma.name}.value:{GAMMA}}}'
        assert step.config == steps[step.load].config
        assert gamma.tool == 'calibrate' and not gamma.reports
        final = build_split(step_config(
            steps[step.load], repo_root).train_dataloader.dataset.split)
        # All that gamma depends on is a training of its own.
        pending = [gamma.name]
        while pending:
            part = steps[pending.pop()]
            pending += part.needs
            assert part.name == gamma.name or part.name.startswith('held-out')
            assert not part.seeded and not part.reports
            data = step_config(part, repo_root)
            for loader in (data.train_dataloader, data.val_dataloader):
                split = build_split(loader.dataset.split)
                assert split.held_out
                assert set(split.unseen) == set(final.validation)
                assert set(final.unseen) <= set(split.ignored)


def test_a_gamma_of_ones_own_needs_no_training(repo_root, monkeypatch):
    monkeypatch.setenv('ZS_SPNET_GAMMA', '0.63')
    steps = steps_of('spnet_voclayout', repo_root)
    assert [*steps] == ['seen', 'spnet', 'spnet-calibrated']
    assert steps['spnet-calibrated'].options[GAMMA] == '0.63'
    steps = steps_of('zs3net_voclayout', repo_root)
    assert 'held-out-spnet' not in steps and 'gamma-strict-zs3net' in steps


@pytest.mark.parametrize('name', ['spnet_voclayout', 'zs3net_voclayout'])
@pytest.mark.parametrize('split', [
    dict(ZS_UNSEEN='cow'), dict(ZS_SPLIT='voc12-zs3-k2')])
def test_without_validation_classes_nothing_is_calibrated(
        name, split, repo_root, monkeypatch):
    for key, value in split.items():
        monkeypatch.setenv(key, value)
    assert not [step for step in steps_of(name, repo_root)
                if re.match('gamma|held-out|.*-calibrated', step)]


def test_held_out_runs_have_the_prior_of_the_final_ones(
        repo_root, monkeypatch):
    for key, value in dict(UNSEEN='cow,cat', VALIDATION='horse',
                           IGNORED='bird,boat').items():
        monkeypatch.setenv(f'ZS_{key}', value)
    steps = steps_of('zs3net_voclayout', repo_root)
    key = 'model.decode_head.unseen_prior'
    split = build_split(step_config(
        steps['strict-zs3net'], repo_root).train_dataloader.dataset.split)
    trained = len(split.seen) + len(split.unseen)
    for label in ('strict', 'paper'):
        assert steps[f'held-out-{label}-zs3net'].options[key] == 1 / trained
        assert key not in steps[f'{label}-zs3net'].options
    assert key not in steps['held-out-released-zs3net'].options
    monkeypatch.undo()
    default = steps_of('zs3net_voclayout', repo_root)
    assert default['held-out-strict-zs3net'].options[key] == 1 / 20


def test_both_halves_of_table_3_have_a_recipe(repo_root):
    coco, voc = (
        {name: step.config.split('_')[1:3] for name, step in steps_of(
            f'spnet_{data}', repo_root).items()}
        for data in ('cocostuff', 'voc12aug-deeplabv2'))
    assert [*voc] == ['spnet', 'hvsl', 'spnet-vgg16', 'held-out-spnet',
                      'gamma-spnet', 'spnet-calibrated']
    for name in voc:
        assert voc[name][0] == coco[name][0] == (
            'deeplabv2-vgg16-d8' if 'vgg' in name else 'deeplabv2-r101-d8')
        assert voc[name][1] == '1xb10-20k'

"""Cross-validation: tuned keys reach every step that builds the model."""
import json

import pytest

from mmseg_zeroshot.commands import sweep as tool
from mmseg_zeroshot.engine.recipes import load_recipe, make_tasks, plan

CONFIG = 'configs/spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'  # noqa: E501
DILATIONS = 'model.decode_head.host.dilations'
TUNED = f'{DILATIONS}=[[1,2],[1,3]] model.decode_head.embeddings=a.npz,b.npz'


@pytest.fixture
def tuned(monkeypatch):
    """Two keys that change the network."""
    monkeypatch.setenv('ZS_TUNE', TUNED)


def steps_of(root):
    return {step.name: step
            for step in load_recipe('cross_validation', root).steps}


def test_both_steps_of_a_trial_get_a_key_of_the_model(
        tuned, repo_root, tmp_path, monkeypatch, capsys):
    step = steps_of(repo_root)['tune']
    for name, value in step.env.items():
        monkeypatch.setenv(name, value)
    arguments = [text.replace('{folder}', str(tmp_path))
                 for text in step.arguments]
    assert tool.main(
        [str(repo_root / step.config), *arguments, '--dry-run']) == 0
    commands = [line for line in capsys.readouterr().out.splitlines()
                if line.startswith('    ')]
    assert len(commands) == 2 * 4  # training and calibration of four points
    for training, calibration in zip(commands[::2], commands[1::2]):
        assert 'tools/train.py' in training
        assert 'tools/calibrate.py' in calibration
        options = [
            {text for text in line.split()
             if text.strip("'").startswith('model.')}
            for line in (training, calibration)]
        assert options[0] == options[1] and len(options[0]) == 2


def test_gamma_is_chosen_with_the_best_values(tuned, repo_root, tmp_path):
    recipe = load_recipe('cross_validation', repo_root)
    tasks = make_tasks(recipe, [0], tmp_path)
    tune = tasks[0].folder
    tune.mkdir(parents=True)
    (tune / 'values.json').write_text(json.dumps({
        DILATIONS: [1, 3], 'model.decode_head.embeddings': 'a.npz'}))
    commands = {task.step.name: text for task, _, text in plan(tasks)}
    for name in ('held-out', 'gamma', 'final'):
        assert f'{DILATIONS}=[1,3]' in commands[name]
        assert 'model.decode_head.embeddings=a.npz' in commands[name]
    assert 'gamma=CHOSEN_BY_gamma' in commands['final']


def test_images_set_aside_are_for_tuning_only(
        tuned, repo_root, tmp_path, monkeypatch):
    monkeypatch.setenv('ZS_CV_VAL_LIST', 'lists/aside.txt')
    recipe = load_recipe('cross_validation', repo_root)
    commands = {task.step.name: text for task, _, text in plan(
        make_tasks(recipe, [0], tmp_path), ['model.x=1'])}
    option = 'val_dataloader.dataset.dataset.ann_file=lists/aside.txt'
    assert [name for name in commands if option in commands[name]] == [
        'tune', 'held-out', 'gamma']
    # One list of options, or argparse would forget the first.
    assert commands['tune'].count('--cfg-options') == 1

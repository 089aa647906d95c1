"""Steps as files."""
import subprocess
from pathlib import Path

import pytest
from mmengine.config import Config

from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import METHODS, make_plan
from mmseg_zeroshot.experiments.writer import config_text
from mmseg_zeroshot.experiments.written import step_files, write_files

from .files import own


def _read(text: str) -> dict:
    config = Config.fromstring(text, '.py').to_dict()
    for name in ('split', 'embeddings', 'train_pipeline', 'test_pipeline'):
        config.pop(name, None)
    return config


@pytest.mark.parametrize('method', METHODS)
def test_a_written_config_says_the_same(method: str) -> None:
    steps = make_plan(load_experiment('demo'), [method]).steps
    for step in steps.values():
        if step.config is not None:
            text = config_text(step.config, 'A step.')
            assert _read(text) == dict(step.config)
            assert max(map(len, text.splitlines())) < 100


def test_paths_take_the_place_of_references(tmp_path: Path) -> None:
    steps = make_plan(own(tmp_path), ['zs3net']).steps
    files = step_files(steps, Path('out'), Path('work'), 'farm')
    assert list(files)[-1] == 'run.sh'
    generator = _read(files['generator.py'])
    assert generator['load_from'] == 'work/seen/iter_1000.pth'
    assert generator['train_dataloader']['dataset']['bank'] == (
        'work/bank/bank')
    assert '{' not in files['run.sh']
    assert ('mmseg-zeroshot build-feature-bank out/bank.py '
            'work/seen/iter_1000.pth --out work/bank/bank') in files['run.sh']
    assert 'model.decode_head.gamma="$(python -c ' in files['run.sh']


def test_run_sh_is_a_shell_script(tmp_path: Path) -> None:
    steps = make_plan(own(tmp_path), ['spnet', 'few-label']).steps
    files = step_files(steps, tmp_path, tmp_path / 'my work', 'farm')
    *_, script = write_files(files, tmp_path / 'out')
    subprocess.run(['bash', '-n', str(script)], check=True)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_files({'a.py': 'x = 1\n'}, tmp_path)
    with pytest.raises(FileExistsError, match=r'a\.py is there already'):
        write_files({'b.py': 'x = 2\n', 'a.py': 'x = 2\n'}, tmp_path)
    assert not (tmp_path / 'b.py').exists()
    write_files({'a.py': 'x = 2\n'}, tmp_path, overwrite=True)
    assert (tmp_path / 'a.py').read_text() == 'x = 2\n'

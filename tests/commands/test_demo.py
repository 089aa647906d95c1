"""The demo is a run of the experiment of this name."""
import pytest

from mmseg_zeroshot.commands import demo
from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import make_plan


def test_its_steps_and_rows():
    plan = make_plan(load_experiment('demo'), demo.METHODS)
    assert [name for name, step in plan.steps.items() if step.report] == [
        'seen', 'spnet', 'spnet-calibrated', 'devise', 'zs3net',
        'zs3net-calibrated']


@pytest.mark.parametrize('code', [0, 1])
def test_it_ends_as_the_run_does(code, monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(demo.run, 'main',
                        lambda arguments: given.append(arguments) or code)
    assert demo.main(['--work-dir', str(tmp_path), '--seeds', '3', '4',
                      '--jobs', '2']) == code
    args = demo.run.parse_args(given[0])
    assert args.experiment == 'demo'
    assert args.methods == list(demo.METHODS)
    assert (args.work_dir, args.seeds, args.jobs) == (tmp_path, [3, 4], 2)

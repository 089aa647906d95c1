"""Few labels: both methods start alike and are shown the same images."""
from collections.abc import Mapping

import pytest

from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.experiments.step import Step

NAMES = ('cocostuff-spnet', 'compositions', 'voc12-spnet-deeplabv2')


@pytest.fixture(params=NAMES)
def steps(request: pytest.FixtureRequest) -> Mapping[str, Step]:
    """The steps of few-label learning on a shipped experiment."""
    return make_plan(load_experiment(request.param), ['few-label']).steps


def test_both_are_fine_tuned_on_the_same_draw(
        steps: Mapping[str, Step]) -> None:
    numbers = [name.split('-')[1] for name in steps
               if name.startswith('spnet-')]
    assert numbers == ['1', '2', '5', '10', '20']
    for n in numbers:
        ours, plain = (dict(steps[f'{method}-{n}'].config or {})
                       for method in ('spnet', 'finetuned'))
        few = ours['train_dataloader']['dataset']['few']
        # A draw depends on these two; each step notes its own.
        assert (few['num_images'], few['seed']) == (int(n), '{seed}')
        assert few['manifest'] == '{folder}/drawn.json'
        for config in (ours, plain):
            # Each method has a learning rate of its own, chosen for it.
            assert config['optim_wrapper']['optimizer'].pop('lr') > 0
        for key in ('train_dataloader', 'train_cfg', 'optim_wrapper',
                    'param_scheduler'):
            assert ours[key] == plain[key], key


def test_both_start_from_trainings_of_equal_length(
        steps: Mapping[str, Step]) -> None:
    for method, start in (('spnet', 'spnet'), ('finetuned', 'seen')):
        assert steps[f'{method}-1'].needs == (start, )
    ours, plain = (dict(steps[name].config or {})
                   for name in ('spnet', 'seen'))
    # Neither goes on from a trained network.
    assert ours.get('load_from') is None and plain.get('load_from') is None
    assert ours['model'].get('pretrained') == plain['model'].get('pretrained')
    assert ours['model']['backbone'] == plain['model']['backbone']
    for key in ('train_cfg', 'optim_wrapper', 'param_scheduler',
                'train_dataloader'):
        assert ours[key] == plain[key], key

"""Plans: which steps a method has, and what each needs."""
from dataclasses import replace
from pathlib import Path

import pytest
from mmengine.config import Config

from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.experiments.methods import make_plan
from mmseg_zeroshot.experiments.methods.generative import RECIPES
from mmseg_zeroshot.experiments.plan import Plan

from .files import own


def test_methods_share_steps(tmp_path: Path) -> None:
    plan = make_plan(own(tmp_path), ['seen', 'zs3net', 'zs-mmd'],
                     calibrate=False)
    assert list(plan.steps) == ['seen', 'bank', 'generator', 'zs3net',
                                'zs-mmd']
    assert set(plan.steps['generator'].needs) == {'seen', 'bank'}
    assert plan.steps['bank'].needs == ('seen', )


def test_calibrated_row_holds_validation_classes_out(tmp_path: Path) -> None:
    plan = make_plan(own(tmp_path), ['spnet'])
    assert list(plan.steps) == ['spnet', 'held-out-spnet', 'gamma-spnet',
                                'spnet-calibrated']
    held_out = plan.steps['held-out-spnet']
    assert not held_out.seeded and not held_out.report
    assert held_out.config is not None
    assert held_out.config['train_dataloader']['dataset']['split']['hold_out']
    assert plan.steps['spnet-calibrated'].needs == ('spnet', 'gamma-spnet')


def test_held_out_zs3net_has_the_final_prior(tmp_path: Path) -> None:
    plan = make_plan(own(tmp_path), ['zs3net'])
    head = (plan.steps['held-out-zs3net'].config or {})['model']['decode_head']
    assert head['unseen_prior'] == 1 / 5
    final = (plan.steps['zs3net'].config or {})['model']['decode_head']
    assert final['unseen_prior'] is None


def test_known_gamma_needs_no_held_out_training(tmp_path: Path) -> None:
    experiment = own(tmp_path, 'gamma = dict(spnet=0.4, zs3net=None)')
    plan = make_plan(experiment, ['spnet', 'zs3net'])
    assert [name for name in plan.steps if 'held-out' in name] == []
    config = plan.steps['spnet-calibrated'].config or {}
    assert config['model']['decode_head']['gamma'] == 0.4
    assert 'zs3net-calibrated' not in plan.steps


def test_no_validation_classes_no_calibrated_row(tmp_path: Path) -> None:
    experiment = own(tmp_path, "split = dict(unseen=['bus'])")
    assert list(make_plan(experiment, ['spnet']).steps) == ['spnet']


def test_start_from_the_plain_network(tmp_path: Path) -> None:
    plan = make_plan(own(tmp_path, "start = 'seen'"), ['spnet'],
                     calibrate=False)
    assert (plan.steps['spnet'].config or {})['load_from'] == (
        '{seen.checkpoint}')


def test_plain_network_holds_no_words(tmp_path: Path) -> None:
    first, second = (
        make_plan(replace(own(tmp_path), words=words), ['seen', 'spnet'])
        for words in ('glove-6b-50d', 'farm.npz'))
    assert first.steps['seen'] == second.steps['seen']
    assert first.steps['spnet'] != second.steps['spnet']


def test_recipes_share_the_bank(tmp_path: Path) -> None:
    plan = make_plan(own(tmp_path), ['zs3net', 'zs3net:paper', 'zs3net:gan'],
                     calibrate=False)
    assert list(plan.steps) == [
        'seen', 'bank', 'generator', 'zs3net', 'generator-paper',
        'zs3net-paper', 'generator-gan', 'zs3net-gan']


def test_iterations_and_options_by_step(tmp_path: Path) -> None:
    experiment = own(tmp_path, """
iterations = dict(spnet=200, generator=50)
options = dict(spnet={'optim_wrapper.optimizer.lr': 0.5})
""")
    steps = make_plan(experiment, ['spnet', 'zs3net'], calibrate=False).steps
    spnet = steps['spnet'].config or {}
    assert spnet['train_cfg']['max_iters'] == 200
    assert spnet['param_scheduler'][-1]['end'] == 200
    assert spnet['optim_wrapper']['optimizer']['lr'] == 0.5
    assert (steps['generator'].config or {})['train_cfg']['max_iters'] == 50
    assert (steps['seen'].config or {})['train_cfg']['max_iters'] == 1000


def test_an_option_of_all_steps_leaves_what_a_step_chooses(
        tmp_path: Path) -> None:
    experiment = own(tmp_path, "start = 'seen'").changed({
        'model.decode_head.gamma': 0.9, 'load_from': 'other.pth'})
    plan = make_plan(experiment, ['seen', 'spnet'])
    gammas = {name: (step.config or {})['model']['decode_head']['gamma']
              for name, step in plan.steps.items() if 'spnet' in name}
    assert gammas.pop('spnet-calibrated') == (
        '{gamma-spnet.value:model.decode_head.gamma}')
    assert {*gammas.values()} == {0.9}
    starts = {name: (step.config or {})['load_from']
              for name, step in plan.steps.items()}
    assert starts['seen'] == 'other.pth'
    assert starts['spnet'] == '{seen.checkpoint}'
    gamma, start = sorted(plan.notes(), reverse=True)
    assert 'gamma' in gamma and ' leaves spnet-calibrated as it is' in gamma
    assert "option 'load_from' leaves spnet, held-out-spnet" in start


def test_an_option_of_a_step_wins_over_what_another_chooses(
        tmp_path: Path) -> None:
    experiment = own(tmp_path, "options = {'spnet-calibrated': "
                     "{'model.decode_head.gamma': 0.9}}")
    plan = make_plan(experiment, ['spnet'])
    config = plan.steps['spnet-calibrated'].config or {}
    assert config['model']['decode_head']['gamma'] == 0.9
    assert plan.notes() == []


def test_rounds_of_self_training(tmp_path: Path) -> None:
    experiment = own(tmp_path, 'stages = dict(zs5net=dict(p=50., rounds=2))')
    plan = make_plan(experiment, ['zs5net'])
    assert list(plan.steps)[-4:] == ['pseudo-labels', 'zs5net',
                                     'pseudo-labels-2', 'zs5net-2']
    assert plan.steps['pseudo-labels-2'].load == 'zs5net'
    for wrong in ('rounds=0', 'p=0.', 'p=101.', 'round=2'):
        with pytest.raises(ValueError):
            make_plan(own(tmp_path, f'stages = dict(zs5net=dict({wrong}))'),
                      ['zs5net'])


def test_unknown_methods_and_variants(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown method 'spnt'.*spnet"):
        make_plan(own(tmp_path), ['spnt'])
    with pytest.raises(ValueError, match="no variant 'papr'.*paper"):
        make_plan(own(tmp_path), ['zs3net:papr'])
    with pytest.raises(ValueError, match='named twice'):
        make_plan(own(tmp_path), ['zs3net', 'zs3net:strict'])


def supervision_and_row(plan: Plan) -> tuple[str, str]:
    """Return what the last step of a plan says about itself."""
    results = (list(plan.steps.values())[-1].config or {})[
        'default_hooks']['results']
    return results.get('supervision', 'strict'), results['method']


@pytest.mark.parametrize('recipe, method, row', [
    ('gan', 'zs3net', ('strict', 'ZS3Net (GAN)')),
    ('gan', 'zs3net:gan', ('strict', 'ZS3Net (GAN)')),
    ('gan', 'zs3net:strict', ('strict', 'ZS3Net')),
    ('paper', 'zs3net:strict', ('strict', 'ZS3Net')),
    ('paper', 'zs3net', ('paper', 'ZS3Net')),
    ('released', 'zs3net', ('released', 'ZS3Net')),
    ('released', 'zs3net:strict', ('strict', 'ZS3Net')),
])
def test_a_named_recipe_wins_over_the_experiments(
        tmp_path: Path, recipe: str, method: str, row: tuple) -> None:
    experiment = own(tmp_path, f'recipe = {recipe!r}')
    assert supervision_and_row(
        make_plan(experiment, [method], calibrate=False)) == row


@pytest.mark.parametrize('recipe', ['strict', 'gan', 'paper', 'released'])
def test_recipes_of_the_experiment_and_of_a_name_are_one(
        tmp_path: Path, recipe: str) -> None:
    experiment = own(tmp_path, f'recipe = {recipe!r}')
    with pytest.raises(ValueError, match='named twice'):
        make_plan(experiment, ['zs3net', f'zs3net:{recipe}'])
    plain, named = (make_plan(experiment, [method]).steps
                    for method in ('zs3net', f'zs3net:{recipe}'))
    assert plain == named
    # Every recipe beside the experiment's has steps of its own.
    others = {name for name in RECIPES if name != recipe}
    steps = make_plan(experiment, ['zs3net', *(
        f'zs3net:{name}' for name in others)], calibrate=False).steps
    assert {f'zs3net-{name}' for name in others} <= {*steps}


def test_the_released_recipe_trains_jointly_on_images(tmp_path: Path) -> None:
    experiment = own(tmp_path, "recipe = 'released'")
    plan = make_plan(experiment, ['zs3net'], calibrate=False)
    assert list(plan.steps) == ['seen', 'zs3net']
    head = (plan.steps['zs3net'].config or {})['model']['decode_head']
    assert head['stage'] == 'joint'
    with pytest.raises(ValueError, match="recipe 'released' .*'strict'"):
        make_plan(experiment, ['zs5net'])


@pytest.mark.parametrize('recipe, name, method', [
    ('strict', 'zs3net:strict', 'zs3net'), ('gan', 'zs3net:gan', 'zs3net'),
    ('gan', 'zs3net', 'zs3net:gan'), ('gan', 'zs3net:strict', 'zs3net:strict')
])
def test_a_gamma_is_found_by_both_names_of_a_variant(
        tmp_path: Path, recipe: str, name: str, method: str) -> None:
    experiment = own(tmp_path, f'recipe = {recipe!r}\n'
                     f'gamma = {{{name!r}: 0.4}}')
    config = list(make_plan(experiment, [method]).steps.values())[-1].config
    assert (config or {})['model']['decode_head']['gamma'] == 0.4


def test_two_steps_of_one_name(tmp_path: Path) -> None:
    plan = Plan(own(tmp_path))
    plan.train('x', plan.base)
    plan.train('x', plan.base)
    with pytest.raises(ValueError, match="two different steps .* 'x'"):
        plan.train('x', plan.base, report=False)


@pytest.mark.parametrize('name, method, step, leaf', [
    ('voc12-zs3-k2', 'zs3net', 'seen',
     'zs3net/zs3net-s0_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312'),
    ('voc12-zs3-k2', 'zs3net', 'generator',
     'zs3net/zs3net-s1_deeplabv3plus-r101-d16_1xb1-20k_voc12aug-zs3'),
    ('voc12-zs3-k2', 'zs3net', 'zs3net',
     'zs3net/zs3net-s2_deeplabv3plus-r101-d16_1xb1-10k_voc12aug-zs3'),
    ('context-zs3-k2', 'zs3net-gc', 'zs3net-gc',
     'zs3net/zs3net-gc-s2_deeplabv3plus-r101-d16_1xb1-10k_context-zs3'),
    ('context-zs3-k2', 'zs-mmd', 'zs-mmd',
     'zs_mmd/zs-mmd-s2_deeplabv3plus-r101-d16_1xb1-10k_context-zs3'),
    ('voc12-zs3-k2', 'devise', 'devise',
     'devise/devise_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312'),
    ('voc12-zs3-k2', 'ale', 'ale',
     'devise/ale_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312'),
    ('voc12-zs3-k2', 'zs5net', 'zs5net',
     'zs5net/zs5net_deeplabv3plus-r101-d16_1xb8-20k_voc12aug-zs3-312x312'),
    ('voc12-spnet', 'spnet', 'spnet',
     'spnet/spnet_deeplabv3plus-r101-d16_1xb10-20k_voc12aug-spnet-321x321'),
    ('voc12-spnet-deeplabv2', 'spnet', 'spnet',
     'spnet/spnet_deeplabv2-r101-d8_1xb10-20k_voc12aug-spnet-321x321'),
    ('cocostuff-spnet-fasttext', 'spnet', 'spnet',
     'spnet/spnet-fasttext_deeplabv2-r101-d8_1xb10-100k_cocostuff164k-'
     'spnet-321x321'),
    ('compositions', 'spnet', 'spnet',
     'spnet/spnet_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96'),
])
def test_steps_equal_the_shipped_configs(repo_root: Path, name: str,
                                         method: str, step: str,
                                         leaf: str) -> None:
    """One stage, one implementation: all but paths and names agree."""
    steps = make_plan(load_experiment(name), [method], calibrate=False).steps
    config = dict(steps[step].config or {})
    expected = Config.fromfile(repo_root / 'configs' / f'{leaf}.py').to_dict()
    for one in (config, expected):
        one.pop('load_from')
        one.get('feature_bank', {}).pop('path', None)
        one.get('pseudo_labels', {}).pop('path', None)
        one['default_hooks']['results'].pop('method')  # of other words
        dataset = one['train_dataloader']['dataset']
        dataset.pop('bank', None)
        dataset.get('pseudo_labels', {}).pop('path', None)
    assert config == {key: expected[key] for key in config}

"""Few-label recipes: both methods start alike and see the same images."""
import pytest
from mmengine.config import Config

from mmseg_zeroshot.engine.recipes import Recipe, Step, load_recipe
from mmseg_zeroshot.engine.recipes.state import step_config

NAMES = ['cocostuff', 'compositions', 'voc12aug', 'voclayout']


@pytest.fixture(params=NAMES)
def recipe(request, repo_root) -> Recipe:
    return load_recipe(f'few_label_{request.param}', repo_root)


def config_of(step: Step, recipe: Recipe) -> Config:
    """The step's config with its environment and options."""
    return step_config(step, recipe.root)


def test_every_recipe_is_tested(repo_root):
    found = repo_root.glob('configs/recipes/few_label_*.py')
    assert sorted(path.stem for path in found) == [
        f'few_label_{name}' for name in NAMES]


def test_both_are_fine_tuned_on_the_same_draw(recipe):
    steps = {step.name: step for step in recipe.steps}
    numbers = [name.split('-')[1] for name in steps
               if name.startswith('spnet-')]
    assert numbers == ['1', '2', '5', '10', '20']
    for n in numbers:
        ours, plain = steps[f'spnet-{n}'], steps[f'finetuned-{n}']
        assert ours.env == plain.env
        assert ours.env['ZS_NUM_IMAGES'] == n
        # A draw depends on these two, so that the manifests are equal.
        assert ours.env['ZS_DRAW_SEED'] == '{seed}'
        assert ours.env['ZS_MANIFEST'] == '{folder}/drawn.json'
        configs = [config_of(step, recipe) for step in (ours, plain)]
        for config in configs:
            # Each method has a learning rate of its own, chosen for it.
            assert config.optim_wrapper.optimizer.pop('lr') > 0
        for key in ('train_dataloader', 'train_cfg', 'optim_wrapper',
                    'param_scheduler'):
            assert configs[0][key] == configs[1][key], key
        assert configs[0].train_dataloader.dataset.few.num_images == int(n)


def test_both_start_from_trainings_of_equal_length(recipe):
    steps = {step.name: step for step in recipe.steps}
    starts = [steps[steps[f'{method}-1'].load]
              for method in ('spnet', 'finetuned')]
    assert [step.name for step in starts] == ['spnet', 'seen']
    # Neither goes on from a trained network, and no option shortens one.
    assert [(step.load, step.options) for step in starts] == [('', {})] * 2
    ours, plain = [config_of(step, recipe) for step in starts]
    assert ours.get('load_from') is None and plain.get('load_from') is None
    assert ours.model.get('pretrained') == plain.model.get('pretrained')
    assert ours.model.backbone == plain.model.backbone
    for key in ('train_cfg', 'optim_wrapper', 'param_scheduler',
                'train_dataloader'):
        assert ours[key] == plain[key], key

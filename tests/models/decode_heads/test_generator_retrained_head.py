"""ZS3Net's head: stages, crossings of gradients, and what it can leak."""
import pytest
import torch
from mmengine.logging import MessageHub
from torch import nn

from mmseg_zeroshot import ClassSplit, mmd2
from mmseg_zeroshot.models import (
    FeatureSets,
    GeneratorRetrainedHead,
    ReleasedRetrainedHead,
)
from mmseg_zeroshot.models.losses import PRINTED_BANDWIDTHS
from mmseg_zeroshot.utils import MASKED_LOGIT

from .hosts import feature_shapes, host_config

GMMN = dict(type='GMMNGenerator', hidden_dim=16)
WGAN = dict(type='WGANGenerator', hidden_dim=16, critic_dim=16)


@pytest.fixture
def make(split, embeddings):
    def build(stage='joint', cls=GeneratorRetrainedHead, **kwargs):
        torch.manual_seed(0)
        head = cls(
            host_config('FCNHead'), split=split, embeddings=embeddings,
            generator=kwargs.pop('generator', GMMN), stage=stage,
            num_vectors=kwargs.pop('num_vectors', 16), **kwargs)
        head.init_weights()
        return head

    return build


@pytest.fixture
def sets():
    generator = torch.Generator().manual_seed(0)
    return FeatureSets(
        torch.randn(3, 20, 8, generator=generator), torch.tensor([0, 1, 2]),
        torch.tensor([.7, .2, .1]))


def touched(head) -> set[str]:
    """Names of the children that got a gradient."""
    return {
        name.split('.')[0]
        for name, parameter in head.named_parameters()
        if parameter.grad is not None and parameter.grad.abs().sum() > 0
    }


def total(losses):
    return sum(value for key, value in losses.items() if 'loss' in key)


@pytest.mark.parametrize('generator', [GMMN, WGAN])
@pytest.mark.parametrize('stage, children', [
    ('generator', {'generator'}),
    ('classifier', {'classifier'}),
    ('joint', {'generator', 'classifier'}),
])
def test_each_stage_trains_its_part(make, sets, stage, children, generator):
    head = make(stage, generator=generator)
    total(head.loss_of_sets(sets)).backward()
    assert touched(head) == children


def test_gradients_do_not_cross(make, sets):
    """In the joint stage MMD and entropy have disjoint gradients."""
    head = make('joint')
    losses = head.loss_of_sets(sets)
    losses['loss_mmd'].backward(retain_graph=True)
    assert touched(head) == {'generator'}
    head.zero_grad()
    losses['loss_classifier'].backward()
    assert touched(head) == {'classifier'}


def test_a_generator_that_asks_the_classifier_does_not_train_it(make, sets):
    head = make('joint', generator=WGAN)
    head.loss_of_sets(sets)['loss_classification'].backward()
    assert touched(head) == {'generator'}


RECURSION = dict(type='ZSMMDLoss', tau=.01, gamma=.5)


@pytest.fixture
def recursive(make):
    """A head that takes every generated vector for the unseen class."""
    def build(generator=GMMN, **recursion):
        head = make('joint', recursion=dict(RECURSION, **recursion),
                    generator=generator)
        head.classifier.bias.data[3] = 3.
        return head

    return build


@pytest.fixture
def at_iteration():
    """Set what a runner publishes, for this test only."""
    hub = MessageHub.get_current_instance()
    yield lambda i: hub.update_info('iter', i)
    hub.runtime_info.pop('iter', None)


@pytest.mark.parametrize('generator', [GMMN, WGAN])
def test_recursion_reaches_only_the_generator(recursive, sets, generator):
    head = recursive(generator)
    head.loss_of_sets(sets)
    losses = head.loss_of_sets(sets)
    losses['loss_zs_mmd'].backward()
    assert touched(head) == {'generator'}
    (entry, ) = head.selection.pop()
    assert entry[:4] == (3, 1, 16, 16) and .5 < entry.confidence < 1


def test_pseudo_labels_are_of_the_step_before(recursive, sets, monkeypatch):
    head = recursive(weighting='equal').eval()
    drawn = []

    def generate(ids, num):
        drawn.append(GeneratorRetrainedHead.generate(head, ids, num))
        return drawn[-1]

    monkeypatch.setattr(head, 'generate', generate)
    assert 'loss_zs_mmd' not in head.loss_of_sets(sets)
    for step in (1, 2):
        value = head.loss_of_sets(sets)['loss_zs_mmd']
        assert len(drawn) == step + 1  # nothing is generated for it alone
        torch.testing.assert_close(
            value, .5 * mmd2(*drawn[-2:], head.generator.bandwidths).mean())


def test_recursion_waits_for_its_start(recursive, sets, at_iteration):
    head = recursive(start=2)
    found = []
    for iteration in range(5):
        at_iteration(iteration)
        found.append('loss_zs_mmd' in head.loss_of_sets(sets))
    # At the start there is nothing yet that was judged.
    assert found == [False, False, False, True, True]
    assert head.selection.pop()[0].steps == 2


def test_recursion_does_not_change_the_classifier(recursive, make, sets):
    """Nor what is drawn: runs with and without it can be paired by seed."""
    plain, head = make('joint'), recursive()
    plain.load_state_dict(head.state_dict())
    losses = []
    for one in (plain, head):
        torch.manual_seed(1)
        one.loss_of_sets(sets)
        losses.append(one.loss_of_sets(sets))
    assert set(losses[1]) - set(losses[0]) == {'loss_zs_mmd'}
    for key in losses[0]:
        assert torch.equal(losses[0][key], losses[1][key])


def test_recursion_has_the_kernel_of_the_generator(make):
    own = dict(GMMN, loss=dict(type='MMDLoss', bandwidths=[.5, 3.]))
    head = make(generator=own, recursion=RECURSION)
    assert head.recursion.bandwidths == (.5, 3.)
    head = make(generator=own, recursion=dict(RECURSION, bandwidths=[7.]))
    assert head.recursion.bandwidths == (7., )
    # The printed ones where a generator has no kernel of its own.
    head = make(generator=WGAN, recursion=RECURSION)
    assert head.recursion.bandwidths == PRINTED_BANDWIDTHS


def test_nan_of_the_classifier_stops_the_recursion(recursive, sets):
    head = recursive()
    head.loss_of_sets(sets)
    head.classifier.weight.data[1] = torch.nan
    with pytest.raises(ValueError, match=r'class ids \[3\] is NaN'):
        head.loss_of_sets(sets)


def test_bfloat16_autocast_trains_with_recursion(recursive, sets):
    head = recursive()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        head.loss_of_sets(sets)
        losses = head.loss_of_sets(sets)
    assert losses['loss_zs_mmd'].dtype == torch.float32
    assert losses['loss_zs_mmd'] > 0
    total(losses).backward()
    assert all(p.grad.isfinite().all() for p in head.generator.parameters())


def test_priors_weigh_the_classifier_loss(make, sets, split):
    head = make('classifier', unseen_prior=.25)
    torch.manual_seed(1)
    loss = head.loss_of_sets(sets)['loss_classifier']
    torch.manual_seed(1)
    generated = head.generate([3], 16)
    vectors = torch.cat([sets.features.flatten(0, 1), generated[0]])
    labels = torch.tensor([0] * 20 + [1] * 20 + [2] * 20 + [3] * 16)
    logits = nn.functional.linear(vectors, head.classifier.weight.flatten(1),
                                  head.classifier.bias)[:, :4]
    entropy = nn.functional.cross_entropy(logits, labels, reduction='none')
    weights = torch.tensor([.75 * .7 / 20] * 20 + [.75 * .2 / 20] * 20
                           + [.75 * .1 / 20] * 20 + [.25 / 16] * 16)
    torch.testing.assert_close(loss, (weights * entropy).sum())


def test_power_0_counts_seen_classes_alike(make, sets):
    even = sets._replace(frequency=torch.full((3, ), 1 / 3))
    torch.manual_seed(1)
    uniform = make('classifier', frequency_power=0).loss_of_sets(sets)
    natural = make('classifier').loss_of_sets(even)
    torch.testing.assert_close(uniform['loss_classifier'],
                               natural['loss_classifier'])


def test_images_and_sets_train_alike(make, samples):
    head = make('joint')
    inputs = [torch.randn(2, w, s, s)
              for w, s in zip((4, 8, 16, 16), (16, 8, 4, 4))]
    losses = head.eval().loss(inputs, samples, {})
    assert set(losses) >= {'loss_mmd', 'loss_classifier'}
    total(losses).backward()
    assert all(p.grad is None for p in head.host.parameters())


def test_images_without_a_labelled_pixel_contribute_zero(make, samples):
    for sample in samples:
        sample.gt_sem_seg.data[:] = 255
    head = make('joint')
    inputs = [torch.randn(2, w, s, s)
              for w, s in zip((4, 8, 16, 16), (16, 8, 4, 4))]
    loss = total(head.loss(inputs, samples, {}))
    assert loss == 0
    loss.backward()


@pytest.mark.parametrize('stage', ['generator', 'classifier', 'joint'])
@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_broken_features_of_images_stop_the_training(
        make, samples, stage, value):
    head = make(stage).eval()
    inputs = [torch.full(shape, value) for shape in feature_shapes('FCNHead')]
    with pytest.raises(ValueError, match='NaN or infinite.*load_from'):
        head.loss(inputs, samples, {})


def test_a_head_in_another_stage_trains_as_one_built_for_it(make, sets):
    losses = []
    for head in (make('classifier'), make('joint', recursion=RECURSION)):
        head.set_stage('classifier')
        torch.manual_seed(1)
        losses.append(head.loss_of_sets(sets))
        total(losses[-1]).backward()
        assert touched(head) == {'classifier'}
    assert losses[0].keys() == losses[1].keys()
    assert torch.equal(losses[0]['loss_classifier'],
                       losses[1]['loss_classifier'])


def test_plain_classifier_is_the_start(make, split):
    head = make('classifier')
    plain = {f'host.{k}'[5:]: v for k, v in head.host.state_dict().items()}
    plain['conv_seg.weight'] = torch.randn(5, 8, 1, 1)
    plain['conv_seg.bias'] = torch.randn(5)
    head.load_state_dict(dict(plain), strict=False)
    assert torch.equal(head.classifier.weight, plain['conv_seg.weight'])
    assert torch.equal(head.classifier.bias, plain['conv_seg.bias'])


def test_plain_classifier_of_other_classes_is_left_out(make):
    """Seen classes alone, renumbered: which is which, nobody can tell."""
    head = make('generator')
    before = head.classifier.weight.clone()
    plain = {f'host.{k}'[5:]: v for k, v in head.host.state_dict().items()}
    plain['conv_seg.weight'] = torch.randn(3, 8, 1, 1)
    result = head.load_state_dict(plain, strict=False)
    assert torch.equal(head.classifier.weight, before)
    assert 'classifier.weight' in result.missing_keys


def test_self_training_learns_all_but_the_generator(make, samples):
    """ZS5Net: pseudo-labels of the unseen class (id 3) are targets."""
    head = make('self-training').eval()
    samples[0].gt_sem_seg.data[0, 5:9] = 3
    maps = [torch.randn(shape) for shape in feature_shapes('FCNHead')]
    loss = total(head.loss(maps, samples, {}))
    logits = torch.nn.functional.interpolate(
        head.classify(head.pixel_features(maps)), (32, 32),
        mode='bilinear')[:, :4]
    label = torch.stack([s.gt_sem_seg.data[0] for s in samples])
    expected = torch.nn.functional.cross_entropy(
        logits, label, ignore_index=255, reduction='sum') / label.numel()
    torch.testing.assert_close(loss, expected)
    loss.backward()
    assert touched(head) == {'host', 'classifier'}
    assert not any(p.requires_grad for p in head.generator.parameters())


@pytest.mark.parametrize('kwargs, message', [
    (dict(stage='both'), r"stage='both'\) is unknown: take one of .*'joint'"),
    (dict(mmd=dict(type='MMDLoss', reading='printed')),
     r"generator=dict\(type='GMMNGenerator', loss=.*'printed'"),
    (dict(unseen_prior=1.), 'leave something to the seen'),
    (dict(unseen_prior=0.), 'must be above 0'),
    (dict(frequency_power=1.5), r'frequency_power=1.5 must be in \[0, 1\]'),
    (dict(stage='classifier', recursion=RECURSION),
     "recursion needs stage='joint'"),
    (dict(recursion=dict(RECURSION, min_selected=17)),
     'min_selected=17 is above num_vectors=16'),
    (dict(num_vectors=1), 'num_vectors=1: a set of one vector'),
    (dict(generator=dict(feature_dim=9, **GMMN)),
     'features of width 9, .* pixel features 8 wide'),
    (dict(generator=dict(embedding_dim=9, **GMMN)),
     'class vectors of width 9'),
])
def test_bad_arguments_are_named(make, kwargs, message):
    with pytest.raises(ValueError, match=message):
        make(**kwargs)


@pytest.mark.parametrize('stage', ['generator', 'classifier', 'joint'])
def test_without_unseen_classes_there_is_nothing_to_generate(
        embeddings, split, stage):
    everything = ClassSplit.supervised(split.classes, ignored=split.ignored)
    arguments = dict(host=host_config('FCNHead'), split=everything,
                     embeddings=embeddings, generator=GMMN)
    with pytest.raises(ValueError, match=(
            f"stage='{stage}' needs unseen classes .*'supervised' has none")):
        GeneratorRetrainedHead(stage=stage, **arguments)
    GeneratorRetrainedHead(stage='seen', **arguments)


def test_ignored_classes_are_never_scored(make, sets):
    head = make('classifier')
    head.classifier.bias.data[4] = 100.
    logits = head.classify_vectors(sets.features)
    assert (logits[..., 4] == MASKED_LOGIT).all()


def poisoned(samples, number):
    """Give some pixels the label ``number``."""
    for sample in samples:
        sample.gt_sem_seg.data[:, 10:20, 10:20] = number
    return samples


def test_the_released_recipe_leaks_and_says_so(make, samples, split):
    """Its loss changes with the place of unseen labels: not zero-shot."""
    inputs = [torch.randn(2, w, s, s)
              for w, s in zip((4, 8, 16, 16), (16, 8, 4, 4))]

    def loss_with(region):
        head = make(cls=ReleasedRetrainedHead, generator=dict(
            GMMN, loss=dict(type='MMDLoss', reading='released')))
        samples[0].gt_sem_seg.data[:, region, :] = 3
        torch.manual_seed(2)
        losses = head.eval().loss(inputs, samples, {})
        total(losses).backward()
        assert touched(head) >= {'classifier'}
        return losses['loss_classifier'].item()

    assert loss_with(slice(8, 16)) != loss_with(slice(16, 32))


def test_the_released_recipe_needs_the_joint_stage(make):
    with pytest.raises(ValueError, match=r"take one of \('joint',\)"):
        make('classifier', cls=ReleasedRetrainedHead)


@pytest.mark.parametrize('generator', [GMMN, WGAN])
def test_bfloat16_autocast_trains(make, sets, generator):
    head = make('joint', generator=generator)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        loss = total(head.loss_of_sets(sets))
    loss.backward()
    assert loss.isfinite()
    for part in (head.generator, head.classifier):
        assert all(p.grad.isfinite().all() for p in part.parameters())

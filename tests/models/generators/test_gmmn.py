import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models.generators import GMMNGenerator, WGANGenerator
from mmseg_zeroshot.models.losses import MMDLoss

VECTORS = torch.tensor([[1., 0., 2.], [0., -1., .5]])


def build(module=GMMNGenerator, **overrides):
    torch.manual_seed(0)
    return module(**dict(
        dict(embedding_dim=3, feature_dim=5, hidden_dim=7), **overrides))


def test_equals_the_two_layers_on_class_vector_and_noise():
    generator = build(noise_dim=4).eval()
    noise = torch.randn(2, 6, 4)
    together = torch.cat((VECTORS[:, None].expand(-1, 6, -1), noise), 2)
    hidden = torch.nn.functional.leaky_relu(generator.hidden(together), .2)
    torch.testing.assert_close(
        generator(VECTORS, noise=noise), generator.output(hidden))


@pytest.mark.parametrize('module', [GMMNGenerator, WGANGenerator])
def test_samples_per_class(module):
    generator = build(module).eval()
    features = generator(VECTORS, 10)
    assert features.shape == (2, 10, 5)
    # Fresh noise for each feature, each class and each call.
    assert len(features.flatten(0, 1).unique(dim=0)) == 20
    assert not torch.equal(features, generator(VECTORS, 10))


def test_seed_decides():
    generator = build()
    torch.manual_seed(3)
    first = generator(VECTORS, 4)
    torch.manual_seed(3)
    assert torch.equal(first, generator(VECTORS, 4))


def test_kinds_of_noise():
    vectors = torch.zeros(1, 3)
    gaussian = build().sample_noise(vectors, 20000)
    uniform = build(noise='uniform').sample_noise(vectors, 20000)
    assert gaussian.shape == (1, 20000, 3)
    assert gaussian.mean().item() == pytest.approx(0, abs=.02)
    assert gaussian.std().item() == pytest.approx(1, abs=.02)
    assert uniform.min() >= 0 and uniform.max() < 1
    assert uniform.mean().item() == pytest.approx(.5, abs=.02)


def test_noise_has_the_width_of_the_class_vectors_by_default():
    assert build().noise_dim == 3 and build(noise_dim=8).noise_dim == 8


def test_dropout_in_training_mode_only():
    generator, noise = build(dropout=.5), torch.zeros(2, 50, 3)
    assert generator(VECTORS, noise=noise).std(1).max() > .1
    assert generator.eval()(VECTORS, noise=noise).std(1).max() < 1e-6


def test_initial_weights_are_the_released_ones():
    generator = build(embedding_dim=100, hidden_dim=200, feature_dim=100)
    generator.init_weights()
    bound = (6 / (200 + 200))**.5
    largest = generator.hidden.weight.abs().max().item()
    assert .95 * bound < largest <= bound
    assert generator.hidden.bias.unique().item() == pytest.approx(.01)


def test_autocast():
    with torch.autocast('cpu', dtype=torch.bfloat16):
        features = build()(VECTORS, 4)
    features.float().sum().backward()
    assert features.dtype == torch.bfloat16


def test_learns_a_conditional_distribution():
    torch.manual_seed(0)
    generator = build(hidden_dim=32, dropout=0.)
    optimizer = torch.optim.Adam(generator.parameters(), 1e-2)
    means = torch.tensor([[2.] * 5, [-2.] * 5])[:, None]
    loss = MMDLoss(bandwidths=(.5, 1., 2., 4.))
    for _ in range(150):
        optimizer.zero_grad()
        real = means + .5 * torch.randn(2, 64, 5)
        loss(real, generator(VECTORS, 64)).backward()
        optimizer.step()
    features = generator.eval()(VECTORS, 2000)
    torch.testing.assert_close(
        features.mean(1), means[:, 0], rtol=0, atol=.3)
    # Neither collapsed nor unlearnt around the truth of .5: other seeds end
    # between .2 and .75.
    spread = features.std(1)
    assert bool((spread > .1).all()) and bool((spread < 1.).all())


@pytest.mark.parametrize('module', [GMMNGenerator, WGANGenerator])
def test_other_widths_are_refused_by_name(module):
    with pytest.raises(
            ValueError, match=rf'{module.__name__}\(embedding_dim=3\).*2, 4'):
        build(module)(torch.zeros(2, 4), 5)
    with pytest.raises(ValueError, match='expected'):
        build(module)(torch.zeros(3), 5)


@pytest.mark.parametrize('num, noise', [
    (None, None), (0, None), (None, (2, 6, 4)), (None, (1, 6, 3)),
    (5, (2, 6, 3)), (None, (2, 3))
])
def test_bad_number_or_noise(num, noise):
    noise = None if noise is None else torch.zeros(noise)
    with pytest.raises(ValueError, match='num='):
        build()(VECTORS, num, noise=noise)


@pytest.mark.parametrize('config, message', [
    (dict(embedding_dim=0), 'embedding_dim=0'),
    (dict(feature_dim=0), 'feature_dim=0'),
    (dict(hidden_dim=-1), 'hidden_dim=-1'),
    (dict(noise_dim=0), 'noise_dim=0'),
    (dict(noise='cauchy'), "noise='cauchy'"),
    (dict(dropout=1.), 'dropout=1.0'),
])
def test_bad_configs(config, message):
    with pytest.raises(ValueError, match=message):
        build(**config)


def test_registered_under_its_name():
    built = MODELS.build(dict(type='GMMNGenerator', embedding_dim=50))
    assert isinstance(built, GMMNGenerator) and built.feature_dim == 256

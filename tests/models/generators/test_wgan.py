import pytest
import torch
from mmseg.registry import MODELS

from mmseg_zeroshot.models.generators import FeatureCritic, WGANGenerator

VECTORS = torch.tensor([[1., 0., 2.], [0., -1., .5]])


def build(**overrides):
    torch.manual_seed(0)
    return WGANGenerator(**dict(
        dict(embedding_dim=3, feature_dim=5, hidden_dim=7, critic_dim=6),
        **overrides))


def linear(weight, bias=None):
    """A classifier of constant weights."""
    return lambda features: torch.nn.functional.linear(features, weight, bias)


def touched(module):
    return {n for n, p in module.named_parameters() if p.grad is not None}


def test_generator_loss_by_hand_and_its_gradients():
    model = build(classification_weight=.5).eval()
    features = model(VECTORS, 4)
    weight, bias = torch.randn(3, 5), torch.randn(3)
    losses = model.generator_loss(features, VECTORS, torch.tensor([2, 0]),
                                  linear(weight, bias))
    log_p = (features @ weight.T + bias).log_softmax(2)
    entropy = -(log_p[0, :, 2].sum() + log_p[1, :, 0].sum()) / 8
    assert losses['loss_classification'].item() == pytest.approx(
        .5 * entropy.item(), rel=1e-5)
    scores = model.critic(features, VECTORS)
    assert losses['loss_adversarial'].item() == pytest.approx(
        -scores.mean().item(), rel=1e-5)
    sum(losses.values()).backward()
    assert touched(model) == {
        f'{layer}.{kind}'
        for layer in ('hidden', 'output') for kind in ('weight', 'bias')
    }


def test_critic_loss_by_hand_and_its_gradients():
    model = build(penalty_weight=0.)
    real, features = torch.randn(2, 6, 5), model(VECTORS, 4)
    losses = model.critic_loss(real, features, VECTORS)
    expected = (model.critic(features, VECTORS).mean()
                - model.critic(real, VECTORS).mean())
    torch.testing.assert_close(losses['loss_critic'], expected)
    losses['loss_critic'].backward()
    names = touched(model)
    assert names and all(name.startswith('critic.') for name in names)


def test_critic_scores_depend_on_feature_and_class():
    critic = build().critic
    assert isinstance(critic, FeatureCritic)
    scores = critic(torch.randn(1, 3, 5).expand(2, -1, -1), VECTORS)
    assert scores.shape == (2, 3) and len(scores.unique()) == 6


def test_gradient_penalty_of_a_linear_critic():
    model = build(negative_slope=1.)
    # The slope of a linear critic is the product of its layers everywhere.
    slope = (model.critic.output.weight
             @ model.critic.of_feature.weight).norm().item()
    penalty = model.gradient_penalty(
        torch.randn(2, 6, 5), torch.randn(2, 4, 5), VECTORS)
    assert penalty.item() == pytest.approx((slope - 1)**2, rel=1e-4)
    penalty.backward()
    assert model.critic.of_feature.weight.grad.abs().max() > 0


def test_gradient_penalty_is_finite_where_the_slope_is_zero():
    model = build()
    torch.nn.init.zeros_(model.critic.output.weight)
    loss = model.critic_loss(
        torch.zeros(2, 3, 5), torch.zeros(2, 3, 5), VECTORS)
    loss['loss_penalty'].backward()
    assert loss['loss_penalty'].item() == pytest.approx(10., rel=1e-4)
    assert all(p.grad is None or bool(p.grad.isfinite().all())
               for p in model.parameters())


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_autocast(dtype):
    model = build()
    with torch.autocast('cpu', dtype=dtype):
        features = model(VECTORS, 4)
        losses = model.critic_loss(torch.randn(2, 4, 5), features, VECTORS)
        losses.update(model.generator_loss(
            features, VECTORS, torch.tensor([0, 1]),
            linear(torch.randn(2, 5))))
    assert {loss.dtype for loss in losses.values()} == {torch.float32}
    sum(losses.values()).backward()
    assert all(bool(p.grad.isfinite().all()) for p in model.parameters())


def test_adversarial_training_moves_the_mean():
    torch.manual_seed(0)
    model = build(hidden_dim=32, critic_dim=32, dropout=0.)
    critic = torch.optim.Adam(model.critic.parameters(), 5e-3, (.5, .9))
    others = [p for n, p in model.named_parameters()
              if not n.startswith('critic.')]
    generator = torch.optim.Adam(others, 5e-3, (.5, .9))
    means = torch.tensor([[2.] * 5, [-2.] * 5])[:, None]
    for _ in range(150):
        real = means + .3 * torch.randn(2, 32, 5)
        for _ in range(3):
            critic.zero_grad()
            losses = model.critic_loss(real, model(VECTORS, 32), VECTORS)
            sum(losses.values()).backward()
            critic.step()
        generator.zero_grad()
        losses = model.generator_loss(
            model(VECTORS, 32), VECTORS, torch.tensor([0, 1]),
            linear(torch.zeros(2, 5)))
        sum(losses.values()).backward()
        generator.step()
    reached = model.eval()(VECTORS, 500).mean(1)
    # From around 0 on the way to 2 and -2; other seeds end beyond .9.
    assert bool((reached[0] > .5).all()) and bool((reached[1] < -.5).all())


def test_losses_are_those_of_both_on_one_draw():
    model, real = build(), torch.randn(2, 6, 5)
    ids, scores = torch.tensor([2, 0]), linear(torch.randn(3, 5))
    torch.manual_seed(1)
    losses = model.losses(real, VECTORS, ids, scores, num=4)
    torch.manual_seed(1)
    features = model(VECTORS, 4)
    expected = {**model.critic_loss(real, features, VECTORS),
                **model.generator_loss(features, VECTORS, ids, scores)}
    assert losses.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.equal(losses[name], value)


@pytest.mark.parametrize('name', ['penalty_weight', 'classification_weight'])
def test_negative_factors_are_refused(name):
    with pytest.raises(ValueError, match=f'{name}=-1'):
        build(**{name: -1.})


def test_registered_under_its_name():
    built = MODELS.build(dict(type='WGANGenerator', embedding_dim=50))
    assert isinstance(built, WGANGenerator)

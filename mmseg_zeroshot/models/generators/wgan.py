"""The adversarial variant of ZS3Net's generator."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor, nn

from .base import Classifier
from .mlp import MLPGenerator


class FeatureCritic(nn.Module):
    """Scores pixel features given their class vector.

    Args:
        embedding_dim: Width d_a of the class vectors.
        feature_dim: Width d_x of the pixel features.
        hidden_dim: Width of the hidden layer.
        negative_slope: Slope of the LeakyReLU below 0.
    """

    def __init__(self, *, embedding_dim: int, feature_dim: int,
                 hidden_dim: int, negative_slope: float) -> None:
        super().__init__()
        self.of_feature = nn.Linear(feature_dim, hidden_dim)
        self.of_class = nn.Linear(embedding_dim, hidden_dim, bias=False)
        self.activation = nn.LeakyReLU(negative_slope)
        self.output = nn.Linear(hidden_dim, 1)

    def forward(self, features: Tensor, vectors: Tensor) -> Tensor:
        """Score (B, P, d_x) features of (B, d_a) classes: (B, P)."""
        hidden = self.of_feature(features) + self.of_class(vectors)[:, None]
        return self.output(self.activation(hidden)).squeeze(2)


@MODELS.register_module()
class WGANGenerator(MLPGenerator):
    """The same generator, trained against a critic (ZS3Net, section 3.2).

    Conditional Wasserstein GAN with gradient penalty and a classification
    term: Xian et al., "Feature Generating Networks for Zero-Shot Learning"
    (f-CLSWGAN), which ZS3Net names as its GAN variant. There, five steps of
    the critic precede one of the generator. Here the losses of both are
    summed. Their gradients are disjoint, so that one optimizer takes one
    step of both.

    All losses are in float32 under autocast.

    Args:
        embedding_dim: Width d_a of the class vectors.
        critic_dim: Width of the critic's hidden layer.
        penalty_weight: Factor of the gradient penalty.
        classification_weight: Factor of the classification term.
        feature_dim: See :class:`MLPGenerator`, as for the rest.
        hidden_dim: Width of the generator's hidden layer.
        noise_dim: Width of the noise.
        noise: ``'gaussian'`` or ``'uniform'``.
        dropout: Probability of dropping a hidden unit.
        negative_slope: Slope of the LeakyReLUs below 0.
        init_cfg: Initial weights.
    """

    def __init__(self,
                 embedding_dim: int,
                 *,
                 critic_dim: int = 256,
                 penalty_weight: float = 10.,
                 classification_weight: float = .01,
                 feature_dim: int = 256,
                 hidden_dim: int = 256,
                 noise_dim: int | None = None,
                 noise: str = 'gaussian',
                 dropout: float = .5,
                 negative_slope: float = .2,
                 init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(
            embedding_dim,
            feature_dim=feature_dim,
            hidden_dim=hidden_dim,
            noise_dim=noise_dim,
            noise=noise,
            dropout=dropout,
            negative_slope=negative_slope,
            init_cfg=init_cfg)
        for name, value in (('penalty_weight', penalty_weight),
                            ('classification_weight', classification_weight)):
            if value < 0:
                raise ValueError(f'{name}={value!r} must be at least 0')
        self.penalty_weight = penalty_weight
        self.classification_weight = classification_weight
        self.critic = FeatureCritic(
            embedding_dim=embedding_dim,
            feature_dim=feature_dim,
            hidden_dim=critic_dim,
            negative_slope=negative_slope)

    def losses(self, real: Tensor, class_vectors: Tensor, class_ids: Tensor,
               classifier: Classifier, *, num: int) -> dict[str, Tensor]:
        """Return the losses of critic and generator on the same features.

        Args:
            real: (B, N, d_x) real features.
            class_vectors: (B, d_a) their class vectors.
            class_ids: (B,) their rows in the classifier.
            classifier: Scores the generated features.
            num: Generated features per class.

        Returns:
            What :meth:`critic_loss` and :meth:`generator_loss` do.
        """
        generated = self(class_vectors, num)
        return {
            **self.critic_loss(real, generated, class_vectors),
            **self.generator_loss(generated, class_vectors, class_ids,
                                  classifier),
        }

    def generator_loss(self, generated: Tensor, vectors: Tensor,
                       labels: Tensor,
                       classifier: Classifier) -> dict[str, Tensor]:
        """Losses of the generator; critic and classifier get no gradient.

        Args:
            generated: (B, P, d_x) generated features.
            vectors: (B, d_a) their class vectors.
            labels: (B,) their rows in the classifier.
            classifier: Scores features.

        Returns:
            ``loss_adversarial``: minus the mean critic score, and
            ``loss_classification``: the weighted cross-entropy.
        """
        critic = {k: v.detach() for k, v in self.critic.named_parameters()}
        scores = torch.func.functional_call(self.critic, critic,
                                            (generated, vectors))
        logits = classifier(generated).float()
        target = labels[:, None].expand(logits.shape[:2])
        entropy = F.cross_entropy(logits.flatten(0, 1), target.flatten())
        return dict(
            loss_adversarial=-scores.float().mean(),
            loss_classification=self.classification_weight * entropy)

    def critic_loss(self, real: Tensor, generated: Tensor,
                    vectors: Tensor) -> dict[str, Tensor]:
        """Losses of the critic; the generator gets no gradient.

        Args:
            real: (B, N, d_x) real features.
            generated: (B, M, d_x) generated features of the same classes.
            vectors: (B, d_a) class vectors.

        Returns:
            ``loss_critic``: mean score of generated minus that of real
            features, and ``loss_penalty``: the weighted gradient penalty.
        """
        real, generated = real.detach(), generated.detach()
        # Two large numbers that differ by little.
        difference = (self.critic(generated, vectors).float().mean()
                      - self.critic(real, vectors).float().mean())
        return dict(
            loss_critic=difference,
            loss_penalty=self.penalty_weight * self.gradient_penalty(
                real, generated, vectors))

    def gradient_penalty(self, real: Tensor, generated: Tensor,
                         vectors: Tensor) -> Tensor:
        """Mean of ``(|grad critic| - 1)^2`` between the two sets.

        At points on the lines from real to generated features, taken in
        pairs; where one set is larger, its surplus is left out.
        """
        pairs = min(real.shape[1], generated.shape[1])
        dtype = self.critic.output.weight.dtype
        with torch.autocast(real.device.type, enabled=False):
            real = real[:, :pairs].to(dtype)
            generated = generated[:, :pairs].to(dtype)
            points = real.lerp(generated, torch.rand_like(real[..., :1]))
            with torch.enable_grad():
                points.requires_grad_()
                scores = self.critic(points, vectors.detach().to(dtype))
                slopes, = torch.autograd.grad(
                    scores.sum(), points, create_graph=True)
            # The small number keeps the norm's own gradient finite at 0.
            norms = (slopes.square().sum(2) + 1e-12).sqrt()
            return (norms - 1).square().mean()

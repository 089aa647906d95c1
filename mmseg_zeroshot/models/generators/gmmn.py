"""The pixel-feature generator of ZS3Net."""
from __future__ import annotations

from mmseg.registry import MODELS
from torch import Tensor

from .base import Classifier
from .mlp import MLPGenerator


@MODELS.register_module()
class GMMNGenerator(MLPGenerator):
    """A generative moment matching network (ZS3Net, section 2.2).

    The maximum mean discrepancy between the real and the generated features
    of each class is its loss.

    Args:
        embedding_dim: Width d_a of the class vectors.
        loss: Config of :class:`MMDLoss`; its defaults where None.
        feature_dim: See :class:`MLPGenerator`, as for the rest.
        hidden_dim: Width of the hidden layer.
        noise_dim: Width of the noise.
        noise: ``'gaussian'`` or ``'uniform'``.
        dropout: Probability of dropping a hidden unit.
        negative_slope: Slope of the LeakyReLU below 0.
        init_cfg: Initial weights.
    """

    def __init__(self,
                 embedding_dim: int,
                 *,
                 loss: dict | None = None,
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
        self.loss = MODELS.build(loss or dict(type='MMDLoss'))

    @property
    def bandwidths(self) -> tuple[float, ...]:
        """Sigmas of the loss's kernel."""
        return self.loss.bandwidths

    def losses(self, real: Tensor, class_vectors: Tensor, class_ids: Tensor,
               classifier: Classifier, *, num: int) -> dict[str, Tensor]:
        """Return the discrepancy of real and generated sets.

        Args:
            real: (B, N, d_x) real features.
            class_vectors: (B, d_a) their class vectors.
            class_ids: (B,) their classes.
            classifier: Not used.
            num: Generated features per class.

        Returns:
            One loss, under the ``loss_name`` of :class:`MMDLoss`.
        """
        generated = self(class_vectors, num)
        return self.loss_of_classes(real, generated, class_ids)

    def loss_of_classes(self, real: Tensor, generated: Tensor,
                        class_ids: Tensor) -> dict[str, Tensor]:
        """Return the discrepancy, and keep what each class adds to it.

        Args:
            real: (B, N, d_x) real features.
            generated: (B, M, d_x) generated features.
            class_ids: (B,) their classes.

        Returns:
            One loss, under the ``loss_name`` of :class:`MMDLoss`.
        """
        name = self.loss.loss_name
        losses = {name: self.loss(real, generated)}
        self.class_losses = {name: [(class_ids, self.loss.values)]}
        return losses

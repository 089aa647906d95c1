"""The network that ZS3Net's generators share."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import BaseGenerator

NOISES = ('gaussian', 'uniform')


class MLPGenerator(BaseGenerator):
    """Generates pixel features of a class from its class vector and noise.

    ``G(a, z) = Linear(LeakyReLU(Linear([a, z])))`` with dropout before the
    second layer (ZS3Net, sections 2.2 and 3.1). A subclass says how it is
    trained.

    The first layer is linear in ``[a, z]``, so its share of the class vector
    is computed once per class and not once per pixel.

    Args:
        embedding_dim: Width d_a of the class vectors.
        feature_dim: Width d_x of the pixel features.
        hidden_dim: Width of the hidden layer.
        noise_dim: Width d_z of the noise; d_a where None.
        noise: ``'gaussian'`` (the paper) or ``'uniform'`` on [0, 1) (the
            released code).
        dropout: Probability of dropping a hidden unit in training mode.
        negative_slope: Slope of the LeakyReLU below 0.
        init_cfg: Initial weights; the released code's (Xavier uniform, bias
            0.01) where None.

    Raises:
        ValueError: A width that is not positive, an unknown noise, or a
            dropout outside [0, 1).
    """

    def __init__(self,
                 embedding_dim: int,
                 *,
                 feature_dim: int = 256,
                 hidden_dim: int = 256,
                 noise_dim: int | None = None,
                 noise: str = 'gaussian',
                 dropout: float = .5,
                 negative_slope: float = .2,
                 init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(
            embedding_dim, feature_dim, init_cfg or dict(
                type='Xavier', layer='Linear', distribution='uniform',
                bias=.01))
        noise_dim = embedding_dim if noise_dim is None else noise_dim
        self.check_positive(hidden_dim=hidden_dim, noise_dim=noise_dim)
        if noise not in NOISES:
            raise ValueError(f'noise={noise!r} is unknown: take one of '
                             f'{NOISES}')
        if not 0 <= dropout < 1:
            raise ValueError(f'dropout={dropout!r} must be in [0, 1)')
        self.noise_dim = noise_dim
        self.noise = noise
        self.hidden = nn.Linear(embedding_dim + noise_dim, hidden_dim)
        self.activation = nn.LeakyReLU(negative_slope)
        self.dropout = dropout
        self.output = nn.Linear(hidden_dim, feature_dim)

    def forward(self,
                vectors: Tensor,
                num: int | None = None,
                *,
                noise: Tensor | None = None) -> Tensor:
        """Generate pixel features.

        Args:
            vectors: (B, d_a) class vectors, each class once.
            num: Features per class; not needed with ``noise``.
            noise: (B, num, d_z) noise to use instead of fresh one.

        Returns:
            (B, num, d_x) features.

        Raises:
            ValueError: Class vectors or noise of another width, or a ``num``
                below 1.
        """
        self.check_vectors(vectors)
        noise = self.checked_noise(vectors, num, noise)
        of_class, of_noise = self.hidden.weight.split(
            (self.embedding_dim, self.noise_dim), 1)
        hidden = F.linear(vectors, of_class, self.hidden.bias)[:, None]
        hidden = hidden + F.linear(noise, of_noise)
        return self.output(self.drop(self.activation(hidden)))

    def drop(self, hidden: Tensor) -> Tensor:
        """Drop hidden units in training mode, as ``nn.Dropout`` does."""
        if not (self.training and self.dropout):
            return hidden
        if hidden.is_cuda:
            return F.dropout(hidden, self.dropout)
        # A fourth of the time that F.dropout's Bernoulli draws take on a CPU.
        kept = torch.rand_like(hidden).ge_(self.dropout)
        return hidden * kept.div_(1 - self.dropout)

    def checked_noise(self, vectors: Tensor, num: int | None,
                      noise: Tensor | None) -> Tensor:
        """Return (B, num, d_z) noise: the given one, checked, or fresh.

        Raises:
            ValueError: Noise of another shape, or a ``num`` below 1.
        """
        if noise is None:
            return self.sample_noise(vectors, num)
        if (noise.dim() != 3 or noise.shape[-1] != self.noise_dim
                or len(noise) != len(vectors)
                or num not in (None, noise.shape[1])):
            raise ValueError(
                f'noise has shape {tuple(noise.shape)}, but {len(vectors)} '
                f'class vectors, num={num} and noise_dim={self.noise_dim} '
                'need (B, num, noise_dim)')
        return noise

    def sample_noise(self, vectors: Tensor, num: int | None) -> Tensor:
        """Return (B, num, d_z) noise on the device of the class vectors."""
        if num is None or num < 1:
            raise ValueError(f'num={num!r}: give the number of features per '
                             'class, at least 1, or the noise itself')
        draw = torch.randn if self.noise == 'gaussian' else torch.rand
        return draw(
            len(vectors),
            num,
            self.noise_dim,
            dtype=vectors.dtype,
            device=vectors.device)

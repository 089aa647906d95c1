"""A conditional variational autoencoder that generates pixel features.

q(z | x, a) encodes a real feature x of a class with vector a, p(x | z, a)
decodes it, and z is kept close to N(0, I) (Sohn et al., NeurIPS 2015).
"""
import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor, nn

from mmseg_zeroshot.models.generators import BaseGenerator, Classifier


@MODELS.register_module()
class CVAEGenerator(BaseGenerator):
    """Decodes noise and a class vector to a pixel feature."""

    def __init__(self, embedding_dim: int, *, feature_dim: int = 256,
                 hidden_dim: int = 256, latent_dim: int = 64,
                 kl_weight: float = 0.05) -> None:
        super().__init__(embedding_dim, feature_dim)
        self.latent_dim, self.kl_weight = latent_dim, kl_weight
        self.encoder = nn.Sequential(
            nn.Linear(feature_dim + embedding_dim, hidden_dim),
            nn.LeakyReLU(0.2), nn.Linear(hidden_dim, 2 * latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim + embedding_dim, hidden_dim),
            nn.LeakyReLU(0.2), nn.Linear(hidden_dim, feature_dim))

    def forward(self, vectors: Tensor, num: int) -> Tensor:
        """Decode fresh noise: (B, d_a) vectors to (B, num, d_x)."""
        shape = (len(vectors), num, self.latent_dim)
        return self.decoder(join(vectors.new_empty(shape).normal_(), vectors))

    def losses(self, real: Tensor, class_vectors: Tensor, class_ids: Tensor,
               classifier: Classifier, *, num: int) -> dict[str, Tensor]:
        """Return both parts of the evidence lower bound, negated."""
        mean, log_var = self.encoder(join(real, class_vectors)).chunk(2, 2)
        latent = mean + (log_var / 2).exp() * torch.randn_like(mean)
        decoded = self.decoder(join(latent, class_vectors))
        divergence = (mean**2 + log_var.exp() - 1 - log_var).mean() / 2
        return dict(loss_reconstruction=F.mse_loss(decoded, real),
                    loss_kl=self.kl_weight * divergence)


def join(parts: Tensor, vectors: Tensor) -> Tensor:
    """Append its class's vector to each of (B, N, d) vectors."""
    return torch.cat([parts, vectors[:, None].expand(*parts.shape[:2], -1)], 2)

"""A method of one's own: cosines with class vectors over a temperature."""
from typing import Any

from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.experiments import stages
from mmseg_zeroshot.experiments.derivation import derive
from mmseg_zeroshot.experiments.methods import register_method
from mmseg_zeroshot.experiments.plan import Plan
from mmseg_zeroshot.models.decode_heads import DeViSEHead


@MODELS.register_module()
class CosineHead(DeViSEHead):
    """Classify pixels by their cosine with class vectors.

    Args:
        args: Of :class:`DeViSEHead`.
        temperature: Divides the cosines. Default: 0.07.
        kwargs: Of :class:`DeViSEHead`.
    """

    def __init__(self, *args: Any, temperature: float = 0.07,
                 **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.temperature = temperature

    def classify(self, features: Tensor) -> Tensor:
        """Score (N, C, h, w) pixel features: (N, K, h, w)."""
        return super().classify(features) / self.temperature


@register_method('cosine', 'Cosine', 'a pixel belongs to the class whose '
                 'word vector is nearest by cosine')
def cosine(plan: Plan, variant: str = '') -> str:
    """Add one training, with SPNet's data and schedule."""
    config = derive(plan.base, stages.spnet(
        plan.base, split=plan.base.split, embeddings=plan.base.embeddings))
    return plan.train('cosine', derive(config, dict(
        model=dict(decode_head=dict(type='CosineHead', temperature=0.07)),
        default_hooks=dict(results=dict(method='Cosine')))))

"""The contract between a generator of pixel features and the heads."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from mmengine.model import BaseModule
from torch import Tensor

from mmseg_zeroshot.models.feature_sets import ClassLosses
from mmseg_zeroshot.models.losses import PRINTED_BANDWIDTHS

Classifier = Callable[[Tensor], Tensor]
"""Maps (B, N, d_x) features to (B, N, K) scores. Its weights are constants:
gradients reach the features only."""


class BaseGenerator(BaseModule):
    """Generates pixel features of a class and knows how it is trained.

    A subclass defines two methods. :meth:`forward` generates, :meth:`losses`
    says what the generator learns from. The heads call nothing else, so a
    new generator needs no change of a head: register the class and name it
    in ``decode_head.generator.type``.

    Every parameter, also one that only the losses use (a critic, an
    encoder), belongs to the generator: it is optimized in the stages
    ``generator`` and ``joint`` and saved under ``decode_head.generator``.

    Attributes:
        class_losses: See :data:`ClassLosses`; empty where classes are not
            told apart.

    Args:
        embedding_dim: Width d_a of the class vectors. The head fills it in.
        feature_dim: Width d_x of the pixel features. The head fills it in.
        init_cfg: Initial weights, as of any ``BaseModule``.

    Raises:
        ValueError: A width is below 1.
    """

    def __init__(self,
                 embedding_dim: int,
                 feature_dim: int,
                 init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(init_cfg)
        self.check_positive(
            embedding_dim=embedding_dim, feature_dim=feature_dim)
        self.embedding_dim = embedding_dim
        self.feature_dim = feature_dim
        self.class_losses: ClassLosses = {}

    @property
    def bandwidths(self) -> tuple[float, ...]:
        """Sigmas of the kernel that compares sets of this one's features.

        Recursive training takes them where its config names none.
        """
        return PRINTED_BANDWIDTHS

    @abstractmethod
    def forward(self, vectors: Tensor, num: int) -> Tensor:
        """Generate pixel features.

        Args:
            vectors: (B, d_a) class vectors.
            num: Features per class.

        Returns:
            (B, num, d_x) features, different in every call.
        """

    @abstractmethod
    def losses(self, real: Tensor, class_vectors: Tensor, class_ids: Tensor,
               classifier: Classifier, *, num: int) -> dict[str, Tensor]:
        """Return the losses of a step; the head adds them up.

        Args:
            real: (B, N, d_x) real features, one set per seen class.
            class_vectors: (B, d_a) the classes' vectors.
            class_ids: (B,) the classes' rows in the classifier.
            classifier: Scores features, for losses that ask what class a
                feature is taken for. See :data:`Classifier`.
            num: How many features a class gets where some are generated.

        Returns:
            Losses by name. A name must contain ``loss``; other values are
            logged only.
        """

    def check_positive(self, **widths: int) -> None:
        """Raise a ValueError that names the width that is below 1.

        Args:
            widths: Widths by the name of their argument.
        """
        for name, width in widths.items():
            if width < 1:
                raise ValueError(f'{type(self).__name__}({name}={width}) '
                                 'must be at least 1')

    def check_vectors(self, vectors: Tensor) -> None:
        """Raise a ValueError unless class vectors are (B, d_a).

        Args:
            vectors: The class vectors.
        """
        if vectors.dim() != 2 or vectors.shape[1] != self.embedding_dim:
            raise ValueError(
                f'{type(self).__name__}(embedding_dim={self.embedding_dim}) '
                f'got class vectors of shape {tuple(vectors.shape)}, expected '
                f'(B, {self.embedding_dim}): set embedding_dim to the width '
                "of the config's class vectors")

"""What every zero-shot head shares: a host, its pixel features, a split."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from mmseg_zeroshot.semantics import (
    ClassEmbeddings,
    ClassSplit,
    build_split,
    load_embeddings,
)
from mmseg_zeroshot.utils import (
    calibrated_prediction,
    check_gamma,
    mask_classes,
)
from mmseg_zeroshot.utils.stored_names import NAMES_KEY

from .host import build_host
from .vocabulary import Vocabulary, check_vocabulary


class BaseZeroShotHead(Vocabulary):
    """A pixel classifier with word vectors on any MMSegmentation head.

    The *host* is an ordinary decode head, built from its own config. Its
    last layer ``conv_seg`` is replaced by the identity, so that its
    ``forward`` returns the features that the classifier ingests; a subclass
    says how these are classified. The host keeps its own losses, sampler
    and resizing.

    .. code:: text

        training:    loss() -> host.forward() -> classify()
                            -> mask unseen and ignored -> host.loss_by_feat()
        prediction:  predict() -> host.forward() -> classify()
                            -> mask ignored -> host.predict_by_feat()

    All stages have one output per class of the split, with the data set's
    own ids: a class that may not be trained or predicted is masked, never
    renumbered.

    Args:
        host: Config of an MMSegmentation decode head that ends in
            ``cls_seg``. ``num_classes`` is filled in from the split.
        split: Name of a shipped split, a config of one, or a
            :class:`ClassSplit`.
        embeddings: Class vectors: a shipped name, the path of an ``.npz``
            table or a list of these, which are concatenated; or a
            :class:`ClassEmbeddings`.
        normalize: ``'l2'``, ``'max'`` or ``'none'``, see
            :meth:`ClassEmbeddings.normalized`.
        gamma: Calibration factor in [0, 1] that is subtracted from the
            probabilities of the seen classes (SPNet, eq. 5).
        trains_unseen: Keep unseen classes in the softmax of the training
            loss. For data sets that show labels of them: few-label and
            pseudo-labels.
        init_cfg: Initialisation of the classifier.

    Raises:
        ValueError: the host cannot be one, a class has no vector, or
            ``gamma`` is outside [0, 1].
        TypeError: ``host`` is not a config.
    """

    def __init__(self,
                 host: dict,
                 *,
                 split: str | dict | ClassSplit,
                 embeddings: str | Sequence[str] | ClassEmbeddings,
                 normalize: str = 'l2',
                 gamma: float = 0.0,
                 trains_unseen: bool = False,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg)
        check_gamma(gamma)
        self.gamma = gamma
        self.trains_unseen = trains_unseen
        self.normalize = normalize
        self.split = build_split(split)
        self.host = build_host(host, self.split.num_classes)
        self.feature_channels = self.host.conv_seg.in_channels
        self.host.conv_seg = nn.Identity()
        # cls_seg applies the dropout before conv_seg: here it belongs to the
        # classifier, and the pixel features are those without it.
        self.dropout, self.host.dropout = self.host.dropout, nn.Identity()
        self.align_corners = self.host.align_corners
        self.ignore_index = self.host.ignore_index
        self.threshold = None
        self._set_vocabulary(
            _class_embeddings(embeddings, self.split, normalize))
        self._register_load_state_dict_pre_hook(self._before_loading)

    @property
    def out_channels(self) -> int:
        """Number of score maps, K."""
        return self.split.num_classes

    @property
    def trains_extractor(self) -> bool:
        """Whether backbone, neck and host are trained with this head."""
        return True

    @property
    def keeps_extractor_in_eval(self) -> bool:
        """Whether the extractor stays in eval mode while training."""
        return not self.trains_extractor

    @property
    def allowed_missing(self) -> tuple[str, ...]:
        """Patterns of the head's keys that a loaded checkpoint may lack."""
        return ()

    @property
    def trains_on(self) -> tuple[type, ...]:
        """What :meth:`ZeroShotSegmentor.loss` may be given to train on.

        ``Tensor`` (images, for :meth:`loss`), :class:`FeatureSets` or
        :class:`GraphSets` (of a feature bank, for ``loss_of_sets``).
        """
        return (Tensor, )

    def pixel_features(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return the features that the host's last layer would ingest.

        Args:
            inputs: Feature maps of the backbone or neck.

        Returns:
            (N, C, h, w) pixel features.
        """
        return self._run_host(inputs)[0]

    @abstractmethod
    def classify(self, features: Tensor) -> Tensor:
        """Score pixel features.

        Args:
            features: (N, C, h, w).

        Returns:
            (N, K, h, w), no class masked.
        """

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return (N, K, h, w) scores in which ignored classes cannot win."""
        logits = self._drop_and_classify(self.pixel_features(inputs))
        return mask_classes(logits, self.split.ignored_ids)

    def loss(self, inputs: Sequence[Tensor], batch_data_samples: list,
             train_cfg: dict) -> dict[str, Tensor]:
        """Return the host's losses of the seen classes' scores.

        Unseen and ignored classes are out of the softmax (SPNet, eq. 1);
        with ``trains_unseen`` the ignored ones only.

        Args:
            inputs: Feature maps of the backbone or neck.
            batch_data_samples: Samples with ``gt_sem_seg`` (1, H, W).
            train_cfg: Not used; part of MMSegmentation's head contract.

        Returns:
            Losses and logged values by name.
        """
        return self.loss_by_feat(
            self.training_outputs(inputs), batch_data_samples)

    def training_outputs(
            self, inputs: Sequence[Tensor]) -> Tensor | tuple[Tensor, ...]:
        """Return what the loss is computed of.

        Args:
            inputs: Feature maps of the backbone or neck.

        Returns:
            (N, K, h, w) scores, the classes masked that are not trained;
            with what else the host returns, if it does.
        """
        features, *extras = self._run_host(inputs)
        hidden = self.split.ignored_ids
        if not self.trains_unseen:
            hidden += self.split.unseen_ids
        logits = mask_classes(self._drop_and_classify(features), hidden)
        # Some hosts return more than scores (EncHead, DAHead) and know what
        # to do with it.
        return (logits, *extras) if extras else logits

    def loss_by_feat(self, outputs: Tensor | tuple[Tensor, ...],
                     batch_data_samples: list) -> dict[str, Tensor]:
        """Return the host's losses of what :meth:`training_outputs` gives."""
        return self.host.loss_by_feat(outputs, batch_data_samples)

    def predict(self, inputs: Sequence[Tensor], batch_img_metas: list[dict],
                test_cfg: dict) -> Tensor:
        """Return (N, K, H, W) scores at the size of the network's input."""
        return self.predict_by_feat(self.forward(inputs), batch_img_metas)

    def predict_by_feat(self, seg_logits: Tensor,
                        batch_img_metas: list[dict]) -> Tensor:
        """Resize (N, K, h, w) scores to the size of the network's input."""
        return self.host.predict_by_feat(seg_logits, batch_img_metas)

    def decide(self, seg_logits: Tensor,
               winner: Tensor | None = None) -> Tensor:
        """Return class ids (..., H, W) of scores (..., K, H, W), calibrated.

        Resize the scores to the label's size first: a calibrated decision
        does not commute with interpolation. ``winner`` is their argmax
        (..., H, W), if it is known.
        """
        return calibrated_prediction(seg_logits, self.split.seen_ids,
                                     self.gamma, winner=winner)

    def _run_host(self, inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
        outputs = self.host(inputs)
        if isinstance(outputs, Tensor):
            outputs = (outputs, )
        if outputs[0].shape[1] != self.feature_channels:
            raise ValueError(
                f'{type(self.host).__name__} returned {outputs[0].shape[1]} '
                f'channels where its conv_seg takes {self.feature_channels}: '
                'it does not end in cls_seg and cannot be a host')
        return outputs

    def _drop_and_classify(self, features: Tensor) -> Tensor:
        if self.dropout is not None:
            features = self.dropout(features)
        return self.classify(features)

    def _before_loading(self, state_dict: dict, prefix: str,
                        *args: Any) -> None:
        """Check a checkpoint's vocabulary, or take one of the plain host.

        Raises here, since MMEngine only logs what a non-strict loading
        reports.
        """
        keys = [key for key in state_dict if key.startswith(prefix)]
        if not keys:
            return
        if prefix + NAMES_KEY in state_dict:
            check_vocabulary(state_dict, prefix, self.class_embeddings)
        else:
            self._rename_host_keys(state_dict, prefix, keys)

    def _rename_host_keys(self, state_dict: dict, prefix: str,
                          keys: list[str]) -> None:
        """Move a plain checkpoint's head under ``host.``, in place."""
        for key in keys:
            name = key[len(prefix):]
            state_dict[f'{prefix}host.{name}'] = state_dict.pop(key)
        wanted = {f'{prefix}host.{key}' for key in self.host.state_dict()}
        missing = sorted(wanted - state_dict.keys())
        if missing:
            raise ValueError(
                f'the checkpoint is not one of {type(self.host).__name__}: '
                f'{missing[:5]} ({len(missing)} in all) are missing from it')
        weight = state_dict.pop(f'{prefix}host.conv_seg.weight', None)
        bias = state_dict.pop(f'{prefix}host.conv_seg.bias', None)
        # What the head learns stays missing, so that nobody takes it for
        # trained; the words come with the config.
        for name in ('class_vectors', NAMES_KEY):
            state_dict[prefix + name] = getattr(self, name)
        if weight is not None:
            state_dict.update({
                prefix + name: value
                for name, value in self.from_plain_classifier(weight,
                                                              bias).items()
            })

    def from_plain_classifier(self, weight: Tensor,
                              bias: Tensor | None) -> dict[str, Tensor]:
        """Say what of the host's own classifier this head can start from.

        Args:
            weight: (K, C, 1, 1) of the plain checkpoint's ``conv_seg``.
            bias: (K, ) of it.

        Returns:
            Entries for this head's state dict; none by default.
        """
        return {}


def _class_embeddings(embeddings: str | Sequence[str] | ClassEmbeddings,
                      split: ClassSplit, normalize: str) -> ClassEmbeddings:
    if isinstance(embeddings, ClassEmbeddings):
        return embeddings.select(split.classes).normalized(normalize)
    return load_embeddings(embeddings, split.classes, normalize=normalize)

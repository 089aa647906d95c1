"""Plain networks, trained on the seen classes: where later stages start."""
from __future__ import annotations

from mmseg_zeroshot.utils.label_values import USUAL, no_label
from mmseg_zeroshot.utils.typing_utils import ConfigType

from .parts import Base, Split, Words, one_split, results, stage


@stage
def plain_network(base: Base, *, split: Split, embeddings: Words,
                  num_classes: int | None = None) -> ConfigType:
    """Train a network with its plain classifier on the seen classes.

    ZS3Net's stage 0 (Bucher et al., NeurIPS 2019, section 2.1), and the row
    "without zero-shot", whose unseen mIoU is 0.

    Args:
        base: A network, a data set of three loaders with ``crop_size``, a
            schedule and the default runtime.
        split: Name or arguments of a split, for all data sets and stages.
        embeddings: Word vectors of the stages that go on from here; this one
            reads none.
        num_classes: Number of classes; the network's own by default.
    """
    model = dict(data_preprocessor=dict(size=base.crop_size))
    if num_classes is not None:
        model['decode_head'] = dict(num_classes=num_classes)
    return dict(
        one_split(split),
        split=split,
        embeddings=embeddings,
        model=model,
        default_hooks=results(method='seen only'))


@stage
def seen_only(base: Base, *, segmentor: str = 'EncoderDecoder',
              method: str = 'seen only') -> ConfigType:
    """Train the network of an SPNet config with its plain classifier.

    The row "without zero-shot", whose unseen mIoU is 0; stage 0 of the
    methods that retrain a classifier; on few labels, SPNet's baseline.

    Args:
        base: An SPNet config.
        segmentor: Type of the plain segmentor.
        method: Name of the row in results.
    """
    head = dict(base.model.decode_head.host, _delete_=True)
    model = dict(type=segmentor, decode_head=head)
    unlabelled = no_label(head['num_classes'])
    if unlabelled != USUAL:  # A plain network does not know better.
        head['ignore_index'] = unlabelled
        model['data_preprocessor'] = dict(seg_pad_val=unlabelled)
    return dict(model=model, default_hooks=results(method=method))

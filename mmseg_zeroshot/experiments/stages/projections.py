"""SPNet, and the baselines that project features to word vectors."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType

from .parts import Base, Split, Words, one_split, results, stage


@stage
def spnet(base: Base, *, split: Split, embeddings: Words,
          segmentor: str = 'ZeroShotSegmentor', gamma: float = 0.0,
          project: bool = True, num_classes: int | None = None,
          network: str = '') -> ConfigType:
    """Train SPNet on the network of the base (Xian et al., CVPR 2019).

    The network's decode head becomes the host of a semantic projection: its
    features are scored by their inner products with fixed word vectors
    (section 3.2, eq. 1 to 4).

    Args:
        base: A network, a data set of three loaders with ``crop_size``, a
            schedule and the default runtime.
        split: Name or arguments of a split, for head and data sets.
        embeddings: A shipped table, an .npz file, or a list of them, whose
            vectors are joined.
        segmentor: Type of the segmentor.
        gamma: What calibrated stacking takes from the scores of seen classes
            (section 4.1); 0 for none.
        project: Whether a layer brings features to the width of the word
            vectors; False where the host gives features of that width.
        num_classes: Number of classes of the host; its own by default.
        network: Tells the rows of other networks apart in results.
    """
    host = dict(base.model.decode_head)
    if num_classes is not None:
        host['num_classes'] = num_classes
    head: ConfigType = dict(
        _delete_=True,
        type='SemanticProjectionHead',
        split=split,
        embeddings=embeddings,
        gamma=gamma,
        host=host)
    if not project:
        head['project'] = False
    row: ConfigType = dict(method='SPNet')
    if network:
        row['variant'] = dict(network=network)
    return dict(
        one_split(split),
        split=split,
        embeddings=embeddings,
        model=dict(
            type=segmentor,
            data_preprocessor=dict(size=base.crop_size),
            decode_head=head),
        default_hooks=results(**row))


@stage
def projection_baseline(base: Base, *, head: str, loss: ConfigPart,
                        method: str) -> ConfigType:
    """Train a projection to word vectors with another loss.

    Args:
        base: A plain network with ``split`` and ``embeddings``, which gets
            the head, or an SPNet config, whose head is replaced.
        head: Type of the head.
        loss: The host's loss.
        method: Name of the row in results.
    """
    given = base.model.decode_head
    model: ConfigType
    if 'host' in given:
        model = dict(decode_head=dict(
            type=head, host=dict(loss_decode=dict(loss, _delete_=True))))
    else:
        model = dict(
            type='ZeroShotSegmentor',
            decode_head=dict(
                _delete_=True, type=head, split=base.split,
                embeddings=base.embeddings,
                host=dict(given, loss_decode=loss)))
    return dict(model=model, default_hooks=results(method=method))


@stage
def devise(base: Base) -> ConfigType:
    """Train DeViSE, ZS3Net's baseline (its section 3.1).

    Features regress the vector of their class; the nearest by cosine is the
    class (Frome et al., NeurIPS 2013).

    Args:
        base: A plain network or an SPNet config.
    """
    return projection_baseline(
        base, head='DeViSEHead', loss=dict(type='CosineLoss'),
        method='DeViSE')


@stage
def ale(base: Base) -> ConfigType:
    """Train ALE, the other baseline of ZS3Net (its section 3.2).

    A ranking loss on the bilinear compatibility of features and word vectors
    (Akata et al., TPAMI 2016).

    Args:
        base: A plain network or an SPNet config.
    """
    return projection_baseline(
        base, head='SemanticProjectionHead', loss=dict(type='ALELoss'),
        method='ALE')


@stage
def hvsl(base: Base, *, full_sum: bool | None = None) -> ConfigType:
    """Train SPNet's own baseline, the hinge loss (section 3.2, eq. 6).

    Args:
        base: An SPNet config, or a plain network.
        full_sum: Margin 1 against all wrong classes of a pixel, not against
            a random one; the loss's default if it is None.
    """
    loss: ConfigType = dict(type='HingeVisualSemanticLoss')
    if full_sum is not None:
        loss['full_sum'] = full_sum
    return projection_baseline(
        base, head='SemanticProjectionHead', loss=loss, method='HVSL')

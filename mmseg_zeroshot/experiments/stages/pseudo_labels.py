"""ZS5Net: ZS3Net goes on learning from labels that it gave itself."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigType

from .parts import Base, frozen_network, hooks_of_network, results, stage


@stage
def self_training(base: Base, *, load_from: str, pseudo_labels: str,
                  percent: float, unlabelled: str | None = None
                  ) -> ConfigType:
    """Train all of ZS3Net but the generator on seen and pseudo-labels.

    ZS5Net (Bucher et al., NeurIPS 2019, section 2.2, "ZS5Net").
    ``mmseg-zeroshot pseudo-label`` makes the pseudo-labels with this config.

    Args:
        base: A plain network and a recipe.
        load_from: The trained ZS3Net, or ZS5Net of the round before.
        pseudo_labels: Folder of the pseudo-labels that this model gave.
        percent: Percentage p of a class's pixels that keep theirs.
        unlabelled: List of images, one name a line, whose own labels are
            not read; None for the images that the data set's mode leaves
            out, or the pixels without a label.

    Raises:
        ValueError: The base is no plain network.
    """
    return dict(
        load_from=load_from,
        pseudo_labels=dict(path=pseudo_labels, p=percent),
        model=frozen_network(base, 'self-training'),
        train_dataloader=dict(
            dataset=dict(pseudo_labels=dict(
                path=pseudo_labels, unlabelled=unlabelled))),
        default_hooks=results(method='ZS5Net', supervision='self-training'),
        custom_hooks=hooks_of_network(base))

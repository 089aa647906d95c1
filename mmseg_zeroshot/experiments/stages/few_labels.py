"""Few-label learning: a zero-label model is fine-tuned on drawn images."""
from __future__ import annotations

from mmseg_zeroshot.utils.typing_utils import ConfigType

from .parts import Base, Split, results, stage


@stage
def few_label(base: Base, *, load_from: str, num_images: int = 5,
              draw_seed: int = 0,
              manifest: str | None = None) -> ConfigType:
    """Fine-tune on n labelled images of every class.

    SPNet's second stage (Xian et al., CVPR 2019, sections 3.1 and 4.2,
    figure 5). Vanilla scores are FLSS, generalised ones GFLSS.

    Args:
        base: A zero-label SPNet config.
        load_from: Its checkpoint.
        num_images: n; 1, 2, 5, 10 or 20 in the paper.
        draw_seed: Seed of the draw; methods are compared on one draw.
        manifest: File that names the drawn images; by default one below
            ``work_dirs/few_label`` that split, n and seed have alone.

    Raises:
        ValueError: ``num_images`` is less than 1.
    """
    if num_images < 1:
        raise ValueError(f'num_images must be at least 1, got {num_images}')
    drawn = manifest or (f'work_dirs/few_label/{_split_name(base.split)}-'
                         f'n{num_images}-seed{draw_seed}.json')
    return dict(
        load_from=load_from,
        model=dict(decode_head=dict(trains_unseen=True)),
        train_dataloader=dict(
            dataset=dict(
                mode='few',
                few=dict(num_images=num_images, seed=draw_seed,
                         manifest=drawn))),
        default_hooks=results(
            supervision='few-label', variant=dict(n=num_images)))


def _split_name(split: Split) -> str:
    return split if isinstance(split, str) else split['name']

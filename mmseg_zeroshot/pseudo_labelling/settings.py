"""What a config and a command line say about pseudo-labels."""
from __future__ import annotations

from dataclasses import asdict, dataclass, field

from mmengine.config import Config

from mmseg_zeroshot.datasets.self_training.selection import check_percent
from mmseg_zeroshot.semantics.names import hint
from mmseg_zeroshot.utils.typing_utils import ConfigPart, ConfigType


@dataclass(frozen=True)
class Settings:
    """How images are labelled; a config's key ``pseudo_labels``.

    Attributes:
        path: Folder that is written.
        p: Percentage kept of the pixels that are predicted unseen.
        flip: Keep only what the mirrored image confirms.
        scales: Keep only what these sizes confirm, none of them 1.
        previews: Images in the preview.

    Raises:
        ValueError: A value is out of range.
    """

    path: str | None = None
    p: float = 25.
    flip: bool = False
    scales: list[float] = field(default_factory=list)
    previews: int = 6

    def __post_init__(self) -> None:
        check_percent(self.p)
        wrong = [s for s in self.scales if not 0 < s <= 4 or s == 1]
        if wrong:
            raise ValueError(f'scales: {wrong[0]} is no other size of an '
                             'image; take numbers such as 0.75 and 1.25')
        if self.previews < 0:
            raise ValueError('previews must not be negative, got '
                             f'{self.previews}')

    @property
    def views(self) -> ConfigType:
        """The other views of an image that must agree."""
        return dict(flip=self.flip, scales=self.scales)


def read_settings(config: Config, given: ConfigPart) -> Settings:
    """Join a config's ``pseudo_labels`` with what is given beside it.

    Args:
        config: The config.
        given: Values by key; None leaves the config's.

    Returns:
        The settings; their ``path`` is there.

    Raises:
        ValueError: A key is unknown, a value out of range, or no folder is
            named.
    """
    found = dict(config.get('pseudo_labels') or {})
    known = asdict(Settings())
    for key in found:
        if key not in known:
            raise ValueError(f"unknown key {key!r} in 'pseudo_labels' of "
                             f'{config.filename}.{hint(key, known)}')
    found.update({k: v for k, v in given.items() if v is not None})
    settings = Settings(**found)
    if not settings.path:
        raise ValueError(f'{config.filename} has no pseudo_labels = '
                         "dict(path='…'): name the folder with --out")
    return settings

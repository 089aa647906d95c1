"""What the parts of this room ask of a data set."""
from __future__ import annotations

from typing import Protocol

from mmseg_zeroshot.semantics import ClassSplit
from mmseg_zeroshot.utils.typing_utils import DataInfo, Metainfo, Sample


class InnerDataset(Protocol):
    """A data set of MMSegmentation, or a wrapper of several."""

    @property
    def metainfo(self) -> Metainfo:
        """Classes and palette, and what a wrapper adds."""

    def __len__(self) -> int:
        ...

    def full_init(self) -> None:
        """Read the list of files."""

    def get_data_info(self, index: int) -> DataInfo:
        """Return the data info of an image.

        Args:
            index: Position of the image.
        """


class SampleDataset(Protocol):
    """A data set that says its split and gives samples.

    It is a :class:`ZeroShotDataset`, whose metainfo holds ``split`` and
    ``split_mode``.
    """

    @property
    def metainfo(self) -> Metainfo:
        """Classes, palette, split and mode."""

    def __len__(self) -> int:
        ...

    def __getitem__(self, index: int) -> Sample:
        """Return what the pipeline makes of an image."""

    def get_data_info(self, index: int) -> DataInfo:
        """Return the data info of an image.

        Args:
            index: Position of the image.
        """


class NamedDataset(SampleDataset, Protocol):
    """A :class:`ZeroShotDataset` whose images are to be labelled."""

    @property
    def mode(self) -> str:
        """'ignore' or 'drop'."""

    @property
    def split(self) -> ClassSplit:
        """The split."""

    @property
    def image_names(self) -> tuple[str, ...]:
        """Names of the images."""

    @property
    def unlabelled_list(self) -> str | None:
        """The file that names the unlabelled images, if there is one."""

"""What the paths of a command line hold."""
from __future__ import annotations

import os
from pathlib import Path

from .arrays import NO_PICKLE, PICKLES
from .coco_masks import FILE, CocoMasks
from .label_maps import Decode
from .sides import LabelFiles, Labels
from .sources import open_source


def open_labels(path: str | os.PathLike,
                colours: Decode | None = None) -> Labels:
    """Open the label maps of one side.

    Args:
        path: A folder or zip file of label maps, or detectron2's predictions:
            the JSON file, or a folder or zip file that holds it.
        colours: Turns colours into ids; None where files hold ids.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds nothing that can be read.
    """
    path = Path(path).expanduser()
    if path.is_file() and path.suffix == '.json':
        return CocoMasks(path.read_bytes(), str(path))
    if path.is_file() and path.suffix in PICKLES:
        raise ValueError(f'{path} {NO_PICKLE}')
    source = open_source(path)
    masks = [name for name in source.names
             if name.rpartition('/')[2] == FILE]
    if len(masks) == 1:
        return CocoMasks(source.read(masks[0]), f'{source.place}/{masks[0]}')
    return LabelFiles(source, colours)

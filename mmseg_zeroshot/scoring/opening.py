"""What the paths of a command line hold."""
from __future__ import annotations

import os
from pathlib import Path

from .arrays import ARRAYS, NO_PICKLE, PICKLES, read_array
from .coco_masks import FILE, CocoMasks
from .label_maps import Decode
from .score_files import ScoreFiles, are_scores
from .sides import LabelFiles, Labels
from .sources import open_source


def open_predictions(path: str | os.PathLike, num_classes: int,
                     colours: Decode | None = None) -> Labels | ScoreFiles:
    """Open predictions: label maps, or scores of classes.

    Args:
        path: As of :func:`open_labels`, or arrays of scores.
        num_classes: Classes of an array of scores.
        colours: Turns colours into ids; None where files hold ids.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds nothing that can be read.
    """
    labels = open_labels(path, colours)
    first = labels.names[0]
    if isinstance(labels, LabelFiles) and first.lower().endswith(ARRAYS):
        try:
            values = read_array(labels.source.read(first))
        except ValueError:
            return labels  # it says which file is wrong, and all others
        if are_scores(values):
            return ScoreFiles(labels.source, num_classes)
    return labels


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

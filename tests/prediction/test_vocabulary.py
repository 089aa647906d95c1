"""Both ways to a new class, in Python and by the command, check alike."""
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

from mmseg_zeroshot import ClassEmbeddings
from mmseg_zeroshot.prediction.vocabulary import Vocabulary
from tests.models.segmentors.test_zero_shot_segmentor import (
    CLASSES,
    MODEL,
    build,
)


def in_python(model, table: str) -> None:
    model.add_class('zebra', embeddings=table)


def by_the_command(model, table: str) -> None:
    Vocabulary(add=['zebra'], embeddings=[table]).apply(
        model, Config(dict(model=MODEL)), report=lambda text: None)


def table_of(folder: Path, seed: int) -> str:
    """Return a table of the model's words and width, and one word more."""
    path = folder / 'words.npz'
    ClassEmbeddings((*CLASSES, 'zebra'), np.random.default_rng(seed).normal(
        size=(6, build().decode_head.class_embeddings.dim))).save(path)
    return str(path)


@pytest.mark.parametrize('add', [in_python, by_the_command])
def test_a_vector_of_another_table_of_this_width_is_refused(tmp_path, add):
    model = build()
    with pytest.raises(ValueError, match=(
            r"not those that the model was trained with: 'background' has "
            r'width 50 and cosine -?0\.\d\d .*\(width 50\)')):
        add(model, table_of(tmp_path, seed=0))
    assert model.decode_head.split.classes == tuple(CLASSES)


@pytest.mark.parametrize('add', [in_python, by_the_command])
def test_the_models_own_table_gives_the_class(add):
    model = build()
    add(model, 'glove-6b-50d')
    assert model.decode_head.split.classes == (*CLASSES, 'zebra')

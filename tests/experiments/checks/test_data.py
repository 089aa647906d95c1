"""Files, masks, words and checkpoints that do not fit an experiment."""
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mmseg_zeroshot.experiments.experiment import load_experiment
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit

from ..tiny_folders import CLASSES, SIZE, write_mask
from .farm import check, farm, only_error

LISTS = 'data/ImageSets/Segmentation'
MASKS = 'data/SegmentationClass'


def masks(folder: Path, part: str = 'train') -> list[Path]:
    """The masks of a part."""
    names = (folder / LISTS / f'{part}.txt').read_text().split()
    return [folder / MASKS / f'{name}.png' for name in names]


def test_class_without_a_vector(tmp_path: Path) -> None:
    ClassEmbeddings(('sky', 'road', 'car', 'bux'), np.eye(4)).save(
        tmp_path / 'words.npz')
    experiment = farm(tmp_path, "words = 'words.npz'")
    error = only_error(check(experiment, 'spnet', 'zs3net'))
    assert error.place == 'words'
    assert "'tree', 'bus'" in error.what
    assert 'bux' in error.what  # the nearest


def test_other_mistakes_are_found_beside_a_missing_vector(
        tmp_path: Path) -> None:
    ClassEmbeddings(('sky', ), np.eye(1)).save(tmp_path / 'words.npz')
    experiment = farm(tmp_path, "words = ['glove-6b-50d', 'words.npz']",
                      spnet={'model.decode_head.gamma': 2.0})
    words, head = check(experiment, 'spnet').errors
    assert words.place == 'words' and 'gamma' in head.what


def test_a_plain_network_reads_no_words(tmp_path: Path) -> None:
    ClassEmbeddings(('sky', ), np.eye(1)).save(tmp_path / 'words.npz')
    report = check(farm(tmp_path, "words = 'words.npz'"), 'seen')
    assert report.errors == []
    assert any(f.severity == 'warning' for f in report.findings)


def test_several_tables_join(tmp_path: Path) -> None:
    ClassEmbeddings(CLASSES, np.eye(5)).save(tmp_path / 'words.npz')
    experiment = farm(tmp_path, "words = ['glove-6b-50d', 'words.npz']")
    report = check(experiment, 'spnet')
    assert report.errors == []
    assert '55 wide' in str(report)


def test_classes_with_one_vector(tmp_path: Path) -> None:
    vectors = np.eye(5)
    vectors[4] = vectors[3]
    ClassEmbeddings(CLASSES, vectors).save(tmp_path / 'words.npz')
    report = check(farm(tmp_path, "words = 'words.npz'"), 'spnet')
    assert report.findings[0].severity == 'warning'
    assert "'tree' and 'bus'" in report.findings[0].what


def test_missing_table(tmp_path: Path) -> None:
    error = only_error(check(farm(tmp_path, "words = 'glove-7b'"), 'spnet'))
    assert error.place == 'words' and 'glove-6b' in error.what


def test_missing_list(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    (tmp_path / LISTS / 'val.txt').rename(tmp_path / LISTS / 'old.txt')
    error = only_error(check(experiment))
    assert error.place == "data['val']" and 'val.txt' in error.what


def test_folder_without_images_of_this_ending(tmp_path: Path) -> None:
    experiment = farm(tmp_path, "data['image_suffix'] = '.jpeg'\n"
                      "data['train'] = data['val'] = ''")
    assert 'has no images' in only_error(check(experiment)).what


def test_missing_data_set_is_named_once(tmp_path: Path,
                                        monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    experiment = load_experiment('voc12-zs3-k4')
    error = only_error(check(experiment, 'seen'))
    assert error.what == 'no folder data/VOCdevkit/VOC2012'


def test_missing_root_is_named_once(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    (tmp_path / 'data').rename(tmp_path / 'old')
    report = check(experiment, 'spnet')
    error = only_error(report)
    assert error.place == "data['root']"
    assert error.what.startswith('no folder ')
    with pytest.raises(ValueError, match=r"^data\['root'\]: no folder"):
        report.raise_on_error()


def test_missing_masks_are_counted(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    first, second, *_ = masks(tmp_path)
    first.unlink()
    second.unlink()
    error = only_error(check(experiment))
    assert '2 masks are missing' in error.what
    assert first.name in error.what


def test_mask_with_an_id_outside(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    write_mask(masks(tmp_path)[2], (0, 1, 5))
    error = only_error(check(experiment))
    assert '5' in error.what and masks(tmp_path)[2].name in error.what


def test_class_without_a_training_pixel(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    for path in masks(tmp_path):
        write_mask(path, (0, 2, 4))
    error = only_error(check(experiment))
    assert 'road, tree' in error.what and error.place == "data['train']"


def test_class_that_is_left_in_dropped_images_only(tmp_path: Path) -> None:
    for name, expected in (('ignore', []), ('drop', ['tree'])):
        experiment = farm(tmp_path, f"mode = '{name}'")
        for path in masks(tmp_path):
            ids = np.unique(np.asarray(Image.open(path)))
            # Every tree stands beside a bus, which is unseen.
            write_mask(path, (0, 3, 4) if 3 in ids else tuple(ids))
        found = [f.what for f in check(experiment).errors]
        assert len(found) == len(expected)
        assert all(name in what for name, what in zip(expected, found))


def test_held_out_steps_lose_classes_too(tmp_path: Path) -> None:
    experiment = farm(tmp_path, "mode = 'drop'")
    for path in masks(tmp_path):
        ids = np.unique(np.asarray(Image.open(path)))
        write_mask(path, (0, 2, 3) if 3 in ids else tuple(ids))
    assert check(experiment, 'spnet').errors == []
    error = only_error(check(experiment, 'spnet', calibrate=True))
    assert 'tree' in error.what and 'held out' in error.place


def test_unseen_class_that_is_not_scored(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    for path in masks(tmp_path, 'val'):
        write_mask(path, (0, 1, 2, 3))
    report = check(experiment)
    assert report.errors == []
    assert 'unseen class bus' in report.findings[0].what


def test_masks_that_cannot_be_trained_on(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    colours, deep, small, *_ = masks(tmp_path)
    Image.new('RGB', SIZE).save(colours)
    write_mask(deep, (0, 1000), np.uint16)
    Image.new('L', (5, 5)).save(small)
    said = ' '.join(f.what for f in check(experiment).errors)
    assert all(path.name in said for path in (colours, deep, small))


def test_image_in_both_parts(tmp_path: Path) -> None:
    experiment = farm(tmp_path)
    first = (tmp_path / LISTS / 'train.txt').read_text().split()[0]
    with (tmp_path / LISTS / 'val.txt').open('a') as file:
        file.write(f'{first}\n')
    report = check(experiment)
    assert report.errors == []
    assert 'trained on and scored on' in report.findings[0].what


def test_more_drawn_images_than_hold_a_class(tmp_path: Path) -> None:
    text = "stages = {{'few-label': dict(numbers=[{}])}}"
    assert check(farm(tmp_path, text.format(2)), 'few-label').errors == []
    error = only_error(check(farm(tmp_path, text.format(3)), 'few-label'))
    assert 'car (2)' in error.what and error.value == '3'


def save_checkpoint(path: Path, classes: tuple[str, ...],
                    unseen: tuple[str, ...] = ('bus', )) -> None:
    """Write a checkpoint that says what it was trained on."""
    split = ClassSplit(classes=classes, unseen=unseen)
    meta = dict(dataset_meta=dict(classes=classes, split=split.to_dict(),
                                  split_mode='ignore'))
    torch.save(dict(meta=meta, state_dict={'backbone.x': torch.ones(1)}),
               path)


@pytest.mark.parametrize('classes, unseen, said', [
    (('sky', 'road', 'bus'), ('bus', ), 'another vocabulary'),
    (CLASSES, ('tree', ), 'trained with labels of bus'),
    (CLASSES, ('bus', ), 'lacks'),
])
def test_checkpoint_of_something_else(
        tmp_path: Path, classes: tuple[str, ...], unseen: tuple[str, ...],
        said: str) -> None:
    path = tmp_path / 'other.pth'
    save_checkpoint(path, classes, unseen)
    experiment = farm(tmp_path, seen=dict(load_from=str(path)))
    error = only_error(check(experiment))
    assert said in error.what and 'load_from' in error.place


def test_checkpoint_that_is_missing_or_none(tmp_path: Path) -> None:
    path = tmp_path / 'other.pth'
    experiment = farm(tmp_path, seen=dict(load_from=str(path)))
    assert 'no such file' in only_error(check(experiment)).what
    path.write_text('text')
    assert 'cannot be read' in only_error(check(experiment)).what


def test_missing_pretrained_weights(tmp_path: Path) -> None:
    experiment = farm(tmp_path, all={
        'model.backbone.pretrained': 'no/weights.pth'})
    error = only_error(check(experiment))
    assert error.value == "'no/weights.pth'"

"""Pairs, and what their masks hold."""
import numpy as np
import pytest
from mmseg.datasets.transforms import LoadAnnotations
from PIL import Image

from mmseg_zeroshot.experiments.folder_data import FolderData
from mmseg_zeroshot.experiments.inspection import (
    Pair,
    find_layout,
    pairs,
    pairs_of_infos,
    read_mask,
    scan_masks,
    shared_images,
)

from .tiny_folders import (
    CLASSES,
    SIZE,
    write_flat,
    write_mask,
    write_pair,
    write_parts,
    write_voc,
)


def folder(root, **changes) -> FolderData:
    """The description that the layout gives."""
    return FolderData(**{**find_layout(root).data(), 'classes': CLASSES,
                         **changes})


def texts(problems) -> str:
    return '\n'.join(map(str, problems))


def test_pairs_of_lists_and_folders(tmp_path):
    write_voc(tmp_path / 'voc')
    voc = folder(tmp_path / 'voc')
    found = pairs(voc, voc.train)
    assert len(found) == 4 and not found.problems
    assert found[0].mask == (
        tmp_path / 'voc/SegmentationClass/2007_000000.png')
    write_parts(tmp_path / 'parts')
    parts = folder(tmp_path / 'parts')
    assert [pair.image.name for pair in pairs(parts, parts.val)] == [
        'val_0.jpg', 'val_1.jpg', 'val_2.jpg']
    assert not shared_images(pairs(parts, 'train'), pairs(parts, 'val'))
    assert shared_images(found, found)[0].count == 4


def test_names_with_blanks(tmp_path):
    write_flat(tmp_path)
    (tmp_path / 'train.txt').write_text('farm 0\nfarm 1\n')
    (tmp_path / 'val.txt').write_text('farm 2\n')
    found = folder(tmp_path)
    assert pairs(found, 'train.txt')[1].image == (
        tmp_path / 'photos/farm 1.png')


def test_all_missing_files_are_collected(tmp_path):
    names = write_voc(tmp_path)
    (tmp_path / f'JPEGImages/{names[0]}.jpg').unlink()
    (tmp_path / f'SegmentationClass/{names[1]}.png').unlink()
    (tmp_path / f'SegmentationClass/{names[2]}.png').unlink()
    lists = tmp_path / 'ImageSets/Segmentation'
    (lists / 'train.txt').write_text('\n'.join([*names, names[3], '', '']))
    found = pairs(folder(tmp_path), 'ImageSets/Segmentation/train.txt')
    assert len(found) == 3
    said = texts(found.problems)
    for part in ('1 images are missing', '2 masks are missing', 'and 1 more',
                 '1 images more than once', names[3], '1 empty lines'):
        assert part in said


def test_endings_that_are_there_are_named(tmp_path):
    write_parts(tmp_path)
    parts = folder(tmp_path, image_suffix='.jpeg')
    assert "images must end in '.jpeg'; the files there end in .jpg (3); " \
        in texts(pairs(parts, 'train').problems)
    (tmp_path / 'train.txt').write_text('train/train_0\n')
    said = texts(pairs(parts, 'train.txt').problems)
    assert '1 images are missing' in said
    assert 'the folder holds train_0.jpg; add them' in said


def test_masks_without_images_of_a_folder(tmp_path):
    write_parts(tmp_path)
    (tmp_path / 'images/train/train_1.jpg').unlink()
    found = pairs(folder(tmp_path), 'train')
    assert len(found) == 2
    assert '1 masks have no image' in texts(found.problems)


def test_missing_parts_are_problems(tmp_path):
    write_voc(tmp_path)
    voc = folder(tmp_path)
    assert 'cannot be read' in texts(pairs(voc, 'no.txt').problems)
    assert 'has no images' in texts(pairs(voc, 'no').problems)


def test_pairs_of_a_data_set(tmp_path):
    write_pair(tmp_path, 'a.jpg', 'a.png')
    infos = [dict(img_path=str(tmp_path / f'{n}.jpg'),
                  seg_map_path=str(tmp_path / f'{n}.png')) for n in 'ab']
    found = pairs_of_infos(infos)
    assert list(found) == [Pair(tmp_path / 'a.jpg', tmp_path / 'a.png')]
    assert 'images are missing' in texts(found.problems)


def report(root, part='train', **options):
    found = pairs(folder(root), part)
    return scan_masks(found, num_ids=len(CLASSES), **options)


def test_counts(tmp_path):
    write_voc(tmp_path)
    got = report(tmp_path, 'ImageSets/Segmentation/train.txt')
    assert got.ids == (0, 1, 2, 3, 4)
    assert got.images[:5].tolist() == [4, 1, 1, 1, 1]
    third = SIZE[0] * SIZE[1] // 3
    assert got.pixels[:2].tolist() == [4 * third, third]
    assert got.unlabelled == pytest.approx(1 / 3)
    assert got.sizes == {SIZE: 4}
    assert not got.problems and not got.is_sample
    # Images that hold class 1 left out, three are left.
    assert got.images_without([1])[:3].tolist() == [3, 0, 1]


def test_a_sample_is_spread_and_the_same_each_time(tmp_path):
    write_voc(tmp_path, count=30)
    part = 'ImageSets/Segmentation/train.txt'
    got = report(tmp_path, part, sample=5)
    assert (got.read, got.total, got.is_sample) == (5, 20, True)
    assert got.scaled(2) == '~8'
    places = [int(pair.mask.stem.split('_')[1]) for pair in got.pairs]
    assert places[0] == 0 and places[-1] == 19
    assert max(np.diff(places)) <= 5
    assert report(tmp_path, part, sample=5).pairs == got.pairs


def test_ids_outside(tmp_path):
    write_parts(tmp_path)
    write_mask(tmp_path / 'masks/train/train_1.png', (0, 7, 9))
    got = report(tmp_path)
    assert {i: path.name for i, path in got.outside.items()} == {
        7: 'train_1.png', 9: 'train_1.png'}
    assert 'no class: 7, 9' in texts(got.problems)
    assert 'the ids are 0 to 4' in texts(got.problems)


def test_zero_may_stand_for_no_label(tmp_path):
    write_parts(tmp_path, count=1)
    write_mask(tmp_path / 'masks/train/train_0.png', (0, 1, 5))
    got = report(tmp_path, reduce_zero_label=True)
    assert got.ids == (0, 4) and not got.problems
    assert got.unlabelled == pytest.approx(1 / 3)


def test_defects(tmp_path):
    write_parts(tmp_path, count=6)
    masks = tmp_path / 'masks/train'
    Image.new('RGB', SIZE, 'red').save(masks / 'train_1.png')
    write_mask(masks / 'train_2.png', (0, 300), np.uint16)
    whole = (masks / 'train_3.png').read_bytes()
    (masks / 'train_3.png').write_bytes(whole[:len(whole) // 2])
    Image.new('L', (5, 5)).save(masks / 'train_4.png')
    Image.new('L', SIZE).save(masks / 'train_5.png', format='JPEG')
    (tmp_path / 'images/train/train_0.jpg').write_bytes(b'no picture')
    said = texts(report(tmp_path).problems)
    for part in ('1 masks are pictures in colour', 'train_1.png, 3 channels',
                 '1 masks hold values that are no class', 'value 300',
                 '1 masks cannot be read', 'train_3.png, ',
                 'train_4.png is 5x5, its image 24x16', '1 masks are JPEG',
                 '1 images cannot be read'):
        assert part in said


@pytest.mark.parametrize('kind', ['grey', 'palette', 'bits'])
def test_values_are_those_of_the_loader(tmp_path, kind):
    values = np.arange(SIZE[0] * SIZE[1]).reshape(SIZE[::-1])
    if kind == 'bits':
        picture = Image.fromarray(values % 2 == 0)
    else:
        picture = Image.fromarray((values % 20).astype(np.uint8))
    if kind == 'palette':
        picture.putpalette(list(range(60)))
    path = tmp_path / 'mask.png'
    picture.save(path)
    loaded = LoadAnnotations().transform(dict(
        seg_map_path=str(path), seg_fields=[], reduce_zero_label=False,
        label_map=None))['gt_seg_map']
    got = read_mask(path)
    assert got.pixels.tolist() == np.bincount(
        loaded.reshape(-1), minlength=256).tolist()
    assert not got.defects


def test_nothing_to_read():
    got = scan_masks([], num_ids=3)
    assert got.read == 0 and got.ids == () and not got.problems


def test_masks_of_more_than_255_classes(tmp_path):
    """300 is 44 modulo 256; 65535 is no label, and 900 is no class."""
    found = []
    for name, ids in (('a', (300, 255, 65535)), ('b', (44, 900, 0))):
        label = np.array([ids, ids], np.uint16)
        Image.fromarray(label).save(tmp_path / f'{name}.png')
        Image.fromarray(np.zeros((2, 3, 3), np.uint8)).save(
            tmp_path / f'{name}.jpg')
        found.append(Pair(tmp_path / f'{name}.jpg', tmp_path / f'{name}.png'))
    report = scan_masks(found, num_ids=847)
    assert report.ids == (0, 44, 255, 300)
    assert report.images[[44, 300, 255, 256]].tolist() == [1, 1, 1, 0]
    assert report.unlabelled == pytest.approx(2 / 12)
    assert dict(report.outside) == {900: tmp_path / 'b.png'}
    assert [problem.count for problem in report.problems] == [1]
    reduced = scan_masks(found, num_ids=847, reduce_zero_label=True)
    assert reduced.ids == (43, 254, 299)
    assert reduced.unlabelled == pytest.approx(4 / 12)

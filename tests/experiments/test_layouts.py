"""Layouts of folders of images and masks."""
import pytest

from mmseg_zeroshot.experiments.inspection import find_layout

from .tiny_folders import write_flat, write_pair, write_parts, write_voc


def test_voc(tmp_path):
    write_voc(tmp_path)
    layout = find_layout(tmp_path)
    assert layout.kind == 'VOC'
    assert layout.data() == dict(
        root=str(tmp_path), images='JPEGImages', masks='SegmentationClass',
        image_suffix='.jpg', mask_suffix='.png',
        train='ImageSets/Segmentation/train.txt',
        val='ImageSets/Segmentation/val.txt')
    assert layout.paired == 6


def test_lists_of_other_tasks_are_left_alone(tmp_path):
    names = write_voc(tmp_path)
    other = tmp_path / 'ImageSets/Main'
    other.mkdir()
    (other / 'train_all.txt').write_text('\n'.join(names))
    layout = find_layout(tmp_path)
    assert layout.train == 'ImageSets/Segmentation/train.txt'


def test_the_larger_of_two_mask_folders_is_taken_and_said(tmp_path):
    for name in write_voc(tmp_path):
        write_pair(tmp_path, f'JPEGImages/{name}.jpg',
                   f'SegmentationClassAug/{name}.png')
        write_pair(tmp_path, f'JPEGImages/{name}.jpg',
                   f'SegmentationObject/{name}.png')
    write_pair(tmp_path, 'JPEGImages/more.jpg',
               'SegmentationClassAug/more.png')
    layout = find_layout(tmp_path)
    assert layout.masks == 'SegmentationClassAug'
    note = next(n for n in layout.notes if n.startswith('masks are those'))
    assert 'SegmentationClass (6 pairs)' in note and '--masks' in note
    given = find_layout(tmp_path, masks='SegmentationClass')
    assert (given.masks, given.paired) == ('SegmentationClass', 6)


@pytest.mark.parametrize('names', [
    dict(images='images', masks='masks'),
    dict(images='img_dir', masks='ann_dir'),
    dict(images='images', masks='annotations'),
    dict(images='data/JPEG', masks='data/gt', image_suffix='.png'),
    dict(images='leftImg8bit', masks='gtFine',
         image_suffix='_leftImg8bit.png',
         mask_suffix='_gtFine_labelTrainIds.png'),
])
def test_folders_with_parts(tmp_path, names):
    write_parts(tmp_path, parts=('train', 'val', 'test'), **names)
    layout = find_layout(tmp_path)
    got = layout.data()
    for key, value in names.items():
        assert got[key] == value
    assert (layout.train, layout.val, layout.paired) == ('train', 'val', 9)
    assert any('test (3 pairs)' in note for note in layout.notes)


def test_of_several_endings_train_ids_are_taken(tmp_path):
    ends = ('_gtFine_labelIds.png', '_gtFine_labelTrainIds.png',
            '_gtFine_color.png', '_gtFine_instanceIds.png')
    for end in ends:
        write_parts(tmp_path, images='leftImg8bit', masks='gtFine',
                    image_suffix='_leftImg8bit.png', mask_suffix=end)
    layout = find_layout(tmp_path)
    assert layout.mask_suffix == '_gtFine_labelTrainIds.png'
    assert any('--mask-suffix' in n and 'labelIds' in n for n in layout.notes)
    given = find_layout(tmp_path, mask_suffix='_gtFine_labelIds.png')
    assert given.mask_suffix == '_gtFine_labelIds.png'


def test_parts_with_folders_inside(tmp_path):
    for part in ('train', 'val'):
        for city in ('aachen', 'bonn'):
            write_pair(tmp_path, f'images/{part}/{city}/{city}_1.jpg',
                       f'masks/{part}/{city}/{city}_1.png')
    layout = find_layout(tmp_path)
    assert (layout.images, layout.train, layout.paired) == (
        'images', 'train', 4)


def test_folders_beside_the_parts_do_not_hide_them(tmp_path):
    write_parts(tmp_path, parts=('train', 'val', 'train_extra'))
    layout = find_layout(tmp_path)
    assert dict(layout.parts) == dict(train='train', val='val')


def test_flat_folders_have_no_parts(tmp_path):
    write_flat(tmp_path)
    layout = find_layout(tmp_path)
    assert (layout.images, layout.masks) == ('photos', 'labels')
    assert not layout.parts and not layout.train and not layout.val


def test_flat_folders_with_lists(tmp_path):
    write_flat(tmp_path)
    (tmp_path / 'train.txt').write_text('farm 0\nfarm 1\n')
    (tmp_path / 'val.txt').write_text('farm 2\n')
    (tmp_path / 'classes.txt').write_text('sky\nroad\n')
    layout = find_layout(tmp_path)
    assert layout.parts == dict(train='train.txt', val='val.txt')
    assert (layout.train, layout.val) == ('train.txt', 'val.txt')


def test_masks_are_told_by_their_channels_where_no_name_says_so(tmp_path):
    for i in range(3):
        write_pair(tmp_path, f'a/{i}.png', f'b/{i}.png')
    layout = find_layout(tmp_path)
    assert (layout.images, layout.masks) == ('a', 'b')


def test_images_and_masks_in_one_folder(tmp_path):
    for i in range(12):
        write_pair(tmp_path, f'{i}.jpg', f'{i}_mask.png')
    layout = find_layout(tmp_path)
    assert (layout.images, layout.masks) == ('.', '.')
    assert (layout.image_suffix, layout.mask_suffix) == ('.jpg', '_mask.png')


def test_masks_beside_images_of_the_same_format(tmp_path):
    for i in range(3):
        write_pair(tmp_path, f'all/{i}.png', f'all/{i}_label.png')
    layout = find_layout(tmp_path)
    assert (layout.images, layout.masks) == ('all', 'all')
    assert (layout.image_suffix, layout.mask_suffix) == ('.png', '_label.png')


def test_numbered_names_do_not_pair_by_their_beginnings(tmp_path):
    for i in range(1, 30):
        write_pair(tmp_path, f'images/{i}.jpg', f'masks/{i}.png')
    layout = find_layout(tmp_path)
    assert (layout.image_suffix, layout.mask_suffix) == ('.jpg', '.png')
    assert layout.paired == 29


def test_given_parts_are_taken(tmp_path):
    write_parts(tmp_path, parts=('train', 'val', 'test'))
    layout = find_layout(tmp_path, train='val', val='test')
    assert (layout.train, layout.val) == ('val', 'test')
    with pytest.raises(FileNotFoundError, match='--val night'):
        find_layout(tmp_path, val='night')
    with pytest.raises(FileNotFoundError, match='--train lists/train.txt'):
        find_layout(tmp_path, train='lists/train.txt')


def test_an_unknown_folder_says_what_was_looked_for(tmp_path):
    write_pair(tmp_path, 'images/a.jpg', 'masks/b.png')
    with pytest.raises(ValueError, match=r'no pairs.*JPEGImages.*--images.*'
                       r'images \(1\), masks \(1\)'):
        find_layout(tmp_path)


def test_parts_that_are_outside_are_explained(tmp_path):
    for part in ('train', 'val'):
        write_pair(tmp_path, f'{part}/images/a.jpg', f'{part}/masks/b.png')
    with pytest.raises(ValueError, match='part must be the inner folder'):
        find_layout(tmp_path)


def test_missing_folders_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match='--data-root'):
        find_layout(tmp_path / 'no')
    write_parts(tmp_path)
    with pytest.raises(FileNotFoundError, match=r'--masks mask: .*masks'):
        find_layout(tmp_path, masks='mask')


@pytest.mark.real_data
def test_real_folders(real_data):
    voc = find_layout(real_data / 'voc_animals/VOCdevkit/VOC2012')
    assert (voc.masks, voc.paired) == ('SegmentationClassAug', 3576)
    assert voc.train == 'ImageSets/Segmentation/train_aug.txt'
    camvid = find_layout(real_data / 'camvid_small')
    assert dict(camvid.parts) == dict(train='train', val='val', test='test')

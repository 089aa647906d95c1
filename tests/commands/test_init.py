"""The subcommand init: looks at data, writes an experiment."""
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.commands import init
from mmseg_zeroshot.experiments.experiment import Experiment, read_experiment
from mmseg_zeroshot.experiments.inspection import pairs
from mmseg_zeroshot.semantics import ClassEmbeddings
from tests.experiments.tiny_folders import (
    SIZE,
    write_flat,
    write_mask,
    write_parts,
    write_voc,
)

NAMES = ['sky', 'road', 'car', 'tree', 'bus']
CLASSES = ['--classes', *NAMES]
UNSEEN = ['--unseen', 'bus']


def call(tmp_path: Path, *options: str, data: str = 'data') -> int:
    return init.main([str(tmp_path / 'out'), '--data-root',
                      str(tmp_path / data), *options])


def read(tmp_path: Path) -> Experiment:
    return read_experiment(tmp_path / 'out/experiment.py')


def rows(text: str) -> dict[str, list[str]]:
    """Lines of the table of classes, by class."""
    found = re.findall(r'^(\d+) +(\S+(?: \S+)*?)  +(.*)$', text, re.MULTILINE)
    return {name: rest.split() for _, name, rest in found}


def test_what_is_written_is_read_back(tmp_path, capsys):
    write_voc(tmp_path / 'data', count=60)
    assert call(tmp_path, *CLASSES, *UNSEEN) == 0
    experiment = read(tmp_path)
    folder = experiment.folder
    assert folder.root == str(tmp_path / 'data')
    assert list(folder.class_names) == NAMES
    assert folder.train == 'ImageSets/Segmentation/train.txt'
    assert (folder.images, folder.masks) == ('JPEGImages', 'SegmentationClass')
    assert (folder.size, folder.crop) == ((24, 24), (32, 32))
    assert experiment.classes.unseen == ('bus', )
    assert experiment.words == 'glove-6b-50d'
    assert experiment.network == init.NETWORK
    assert experiment.dataset == 'data'
    # 40 training images, of which the first class is in all, others in ten.
    assert experiment.classes.validation == ('sky', )
    said = capsys.readouterr().out
    assert rows(said)['car'] == ['seen', '10', '5']
    assert rows(said)['bus'] == ['unseen', '10', '5']
    assert 'VOC in' in said and '24x16' in said
    assert re.search(r'train .*train.txt +40 +40 +33.3%', said)
    assert f'mmseg-zeroshot run {tmp_path}/out/experiment.py spnet' in said


def test_the_file_is_short_and_its_comments_name_real_keys(tmp_path):
    write_voc(tmp_path / 'data')
    call(tmp_path, *CLASSES, *UNSEEN)
    text = (tmp_path / 'out/experiment.py').read_text()
    assert len(text.splitlines()) < 50
    # A line is as long as the path of the data.
    assert max(len(line) for line in text.splitlines()
               if 'root=' not in line) <= 79
    keys = set(re.findall(r'^(?:# )?(\w+) = ', text, re.MULTILINE))
    assert {'data', 'split', 'words', 'network', 'recipe'} <= keys
    assert keys <= {field.name for field in fields(Experiment)}


def test_folders_with_parts_and_names_with_blanks(tmp_path, capsys):
    write_parts(tmp_path / 'data', images='img_dir', masks='ann_dir')
    assert call(tmp_path, '--classes', 'sky, wooden horse, car', '--unseen',
                'car', '--validation', '"wooden horse"', '--ignored',
                'sky') == 1
    assert 'no seen class' in capsys.readouterr().err
    assert call(tmp_path, '--classes', 'sky, wooden horse, car, bus',
                '--unseen', 'car', '--validation', '"wooden horse"') == 0
    experiment = read(tmp_path)
    assert experiment.folder.images == 'img_dir'
    assert experiment.classes.validation == ('wooden horse', )
    said = capsys.readouterr().out
    assert 'wooden + horse' in said and 'proposed' not in said


def test_a_name_with_a_blank_is_one_argument(tmp_path):
    write_parts(tmp_path / 'data')
    assert call(tmp_path, '--classes', 'sky, road, traffic light, tree, bus',
                '--unseen', 'traffic light', '--validation', 'sky',
                '--ignored', 'bus') == 0
    assert read(tmp_path).classes.unseen == ('traffic light', )


def test_flat_folders_get_lists(tmp_path, capsys):
    write_flat(tmp_path / 'data', count=20)
    assert call(tmp_path, *CLASSES, *UNSEEN) == 0
    folder = read(tmp_path).folder
    train, val = (pairs(folder, part) for part in (folder.train, folder.val))
    assert (len(train), len(val)) == (16, 4)
    assert not train.problems and not val.problems
    assert 'have no parts' in capsys.readouterr().out
    # The lists are a person's to change.
    (tmp_path / 'out/experiment.py').unlink()
    assert call(tmp_path, *CLASSES, *UNSEEN) == 1
    assert 'train.txt is there already' in capsys.readouterr().err


def test_nothing_is_overwritten(tmp_path, capsys):
    write_parts(tmp_path / 'data')
    path = tmp_path / 'out/experiment.py'
    path.parent.mkdir()
    path.write_text('mine')
    assert call(tmp_path, *CLASSES, *UNSEEN) == 1
    assert '--overwrite' in capsys.readouterr().err
    assert path.read_text() == 'mine'
    assert call(tmp_path, *CLASSES, *UNSEEN, '--overwrite') == 0
    assert read(tmp_path).classes.unseen == ('bus', )


def test_broken_data_are_said_and_do_not_stop(tmp_path, capsys):
    write_parts(tmp_path / 'data', count=4)
    masks = tmp_path / 'data/masks/train'
    Image.new('RGB', SIZE).save(masks / 'train_0.png')
    write_mask(masks / 'train_1.png', (0, 9))
    write_mask(masks / 'train_2.png', (0, 300), np.uint16)
    (masks / 'train_3.png').unlink()
    assert call(tmp_path, *CLASSES, '--unseen', 'bus') == 0
    said = capsys.readouterr().out
    for part in ('pictures in colour', 'ids that are no class: 9',
                 'value 300', 'masks are missing'):
        assert part in said
    assert said.count('To mend: ') >= 4
    assert 'Validation classes: none' in said
    assert read(tmp_path).classes.validation == ()


def test_classes_in_no_mask_are_said(tmp_path, capsys):
    write_parts(tmp_path / 'data')
    assert call(tmp_path, *CLASSES, *UNSEEN) == 0
    said = capsys.readouterr().out
    assert ('Warning: bus is unseen and in no val mask, so nothing can be '
            'scored.') in said
    assert 'Warning: car, tree: in no mask that was read; are' in said
    assert ('Validation classes: none, because at least 20 train and 5 val '
            'images must hold a class, and no seen one with a vector has so '
            'many; sky comes nearest with 3 train and 3 val;') in said


def test_a_class_without_a_vector_is_said(tmp_path, capsys):
    write_parts(tmp_path / 'data')
    assert call(tmp_path, '--classes', 'sky', 'zebrathing', 'bus',
                *UNSEEN) == 0
    said = capsys.readouterr().out
    assert 'NO VECTOR' in said and 'zebra' in said


def test_classes_must_be_named(tmp_path, capsys):
    write_flat(tmp_path / 'data', count=20)
    (tmp_path / 'data/classes.txt').write_text('\n'.join(NAMES))
    assert call(tmp_path, *UNSEEN) == 1
    said = capsys.readouterr().err
    assert 'hold 5 ids, 0-4' in said and '5 names' in said
    assert f'--classes {tmp_path}/data/classes.txt' in said
    assert call(tmp_path, *UNSEEN, '--classes',
                f'{tmp_path}/data/classes.txt') == 0
    assert list(read(tmp_path).folder.class_names) == NAMES


def test_shipped_lists_of_as_many_classes_are_named(tmp_path, capsys):
    write_flat(tmp_path / 'data')
    for path in (tmp_path / 'data/labels').iterdir():
        write_mask(path, (0, 1, 20))
    assert call(tmp_path, *UNSEEN) == 1
    said = capsys.readouterr().err
    assert '0-1, 20' in said and 'voc21 (background, aeroplane' in said
    assert call(tmp_path, '--unseen', 'cow', '--classes', 'voc21') == 0
    assert read(tmp_path).data['classes'] == 'voc21'


@pytest.mark.parametrize(('options', 'message'), [
    (['--unseen', 'buss'], 'nearest known names are: bus'),
    ([*UNSEEN, '--network', 'deeplab'], 'configs/_base_/models'),
    ([*UNSEEN, '--network', 'mmseg::no.py'], 'no config'),
    ([*UNSEEN, '--words', 'glove'], 'glove-6b-50d'),
    ([*UNSEEN, '--masks', 'mask'], 'nearest known names are: masks'),
])
def test_misspelt_options_are_errors(tmp_path, capsys, options, message):
    write_parts(tmp_path / 'data')
    assert call(tmp_path, *CLASSES, *options) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()


def test_words_of_a_file_are_found_from_elsewhere(tmp_path, monkeypatch):
    write_parts(tmp_path / 'data')
    ClassEmbeddings(NAMES, np.eye(5)).save(tmp_path / 'words.npz')
    monkeypatch.chdir(tmp_path)
    assert call(tmp_path, *CLASSES, *UNSEEN, '--words', 'words.npz') == 0
    assert read(tmp_path).words == str(tmp_path / 'words.npz')


DATASET = """
inner = dict(type='BaseSegDataset', data_root={root!r},
             metainfo=dict(classes={classes!r}), img_suffix='.jpg',
             seg_map_suffix='.png')
train_dataloader = dict(dataset=dict(inner, pipeline=[], data_prefix=dict(
    img_path='images/train', seg_map_path='masks/train')))
val_dataloader = dict(dataset=dict(inner, pipeline=[], data_prefix=dict(
    img_path='images/val', seg_map_path='masks/val')))
"""


def test_a_config_names_the_data(tmp_path, capsys):
    write_parts(tmp_path / 'data')
    config = tmp_path / 'own.py'
    config.write_text(DATASET.format(root=str(tmp_path / 'data'),
                                     classes=NAMES))
    arguments = [str(tmp_path / 'out'), '--data', str(config), *UNSEEN]
    assert init.main(arguments) == 0
    experiment = read(tmp_path)
    assert experiment.data == str(config)
    assert list(experiment.classes.classes) == NAMES
    assert rows(capsys.readouterr().out)['road'] == ['seen', '3', '3']


def test_a_config_of_mmseg_whose_files_are_not_there(tmp_path, capsys):
    arguments = [str(tmp_path / 'out'), '--data',
                 'mmseg::_base_/datasets/ade20k.py', '--unseen', 'sofa']
    assert init.main(arguments) == 0
    experiment = read(tmp_path)
    assert experiment.data == 'mmseg::_base_/datasets/ade20k.py'
    assert experiment.split['classes'] == 'ade150'
    assert experiment.classes.validation
    assert 'the data set is not there' in capsys.readouterr().out


def test_folder_options_do_not_go_with_a_named_data_set(tmp_path, capsys):
    with pytest.raises(SystemExit):
        init.main([str(tmp_path), '--data', 'voc12_aug', *UNSEEN, '--masks',
                   'x'])
    assert '--masks describes a folder' in capsys.readouterr().err


def test_a_whole_network_takes_no_other_data_set(tmp_path, capsys):
    network = 'mmseg::fcn/fcn_r50-d8_4xb2-40k_cityscapes-512x1024.py'
    assert init.main([str(tmp_path), '--data', 'voc12_aug', '--unseen', 'cow',
                      '--network', network]) == 1
    assert 'brings its own data set' in capsys.readouterr().err


def test_a_missing_file_of_names_is_an_error_of_usage(tmp_path, capsys):
    with pytest.raises(SystemExit):
        call(tmp_path, *CLASSES, '--unseen', './unseen.txt')
    assert 'argument --unseen: no such file of names: ./unseen.txt' in (
        capsys.readouterr().err)


@pytest.mark.real_data
def test_real_folders(tmp_path, capsys, real_data):
    root = real_data / 'voc_animals/VOCdevkit/VOC2012'
    keep = {'background', 'cat', 'dog', 'horse', 'person', 'sheep', 'cow',
            'chair', 'sofa'}
    from mmseg_zeroshot.semantics import get_classes
    ignored = ','.join(set(get_classes('voc21')) - keep)
    assert init.main([
        str(tmp_path / 'out'), '--data-root', str(root), '--classes', 'voc21',
        '--unseen', 'cow,cat', '--ignored', ignored, '--all-masks']) == 0
    experiment = read(tmp_path)
    assert experiment.classes.validation == ('dog', )
    assert experiment.folder.masks == 'SegmentationClassAug'
    said = capsys.readouterr().out
    assert rows(said)['cat'] == ['unseen', '1,000', '119']
    assert rows(said)['dog'] == ['validation', '1,177', '128']
    assert 'To mend' not in said

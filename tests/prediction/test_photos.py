"""Photos that are looked at before any work is done."""
import pytest
from mmengine.config import Config
from PIL import Image

from mmseg_zeroshot.prediction import photo_config, usable_photos


def test_the_others_are_named(tmp_path):
    Image.new('RGB', (8, 6)).save(tmp_path / 'small.png')
    Image.new('RGB', (80, 60)).save(tmp_path / 'large.png')
    paths = [tmp_path / 'large.png', tmp_path / 'small.png']
    photos, problems = usable_photos(paths, 100)
    assert [(photo.path.name, photo.size) for photo in photos] == [
        ('small.png', (8, 6))]
    assert len(problems) == 1 and 'large.png is oversized' in problems[0]
    with pytest.raises(ValueError, match='no image can be segmented'):
        usable_photos(paths, 10)


def test_a_size_replaces_that_of_the_test_pipeline(tmp_path):
    steps = [dict(type='LoadImageFromFile'),
             dict(type='Resize', scale=(64, 48)), dict(type='PackSegInputs')]
    path = str(tmp_path / 'net.py')
    Config(dict(test_dataloader=dict(dataset=dict(pipeline=steps)))).dump(
        path)
    found = photo_config(path, None, (32, 16)).test_dataloader.dataset
    assert [step['type'] for step in found.pipeline] == [
        step['type'] for step in steps]
    assert found.pipeline[1]['scale'] == (32, 16)
    with pytest.raises(ValueError, match='how an image is read'):
        photo_config(path, {'test_dataloader': None})

"""Writing pseudo-labels: resumed, up to date, and never over other files."""

import json

import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.datasets.self_training.builder import summary
from mmseg_zeroshot.datasets.self_training.files import read_map, read_note

from ..folders import blocks, config, write
from .runs import guess, make


@pytest.fixture
def root(tmp_path):
    return write(tmp_path, [blocks(i) for i in range(6)])


def counting(seen, stop=None):
    """`guess` that notes which images it labels, and may stop."""
    def label(dataset, places):
        for item in guess(dataset, places):
            if len(seen) == stop:
                raise KeyboardInterrupt
            seen.append(item.name)
            yield item
    return label


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob('*') if path.is_file()}


def test_maps_and_manifest(root):
    manifest = make(root / 'pseudo', config(root))
    assert json.loads((root / 'pseudo/manifest.json').read_text()) == manifest
    assert (manifest['p'], manifest['gamma'], manifest['supervision'],
            manifest['checkpoint_name'], manifest['mode']) == (
                25., .5, 'strict', 'model.pth', 'ignore')
    assert len(manifest['checkpoint']) == 64
    entry, path = manifest['images']['a3'], root / 'pseudo/maps/a3.png'
    labels = read_map(path, 6)
    assert entry['kept'] == {
        str(i): int((labels == i).sum()) for i in (3, 4)}
    assert entry['predicted'] >= sum(entry['kept'].values()) > 0
    assert entry['bytes'] == path.stat().st_size
    assert manifest['images']['a5']['kept'] == {}
    assert not list((root / 'pseudo').glob('**/.*'))
    assert not (root / 'pseudo/running.json').exists()


def test_maps_are_shown_in_colours_by_any_viewer(root):
    palette = [[10 * i, 0, 5] for i in range(6)]
    meta = dict(classes=config(root)['metainfo']['classes'], palette=palette)
    make(root / 'pseudo', config(root, metainfo=meta))
    with Image.open(root / 'pseudo/maps/a3.png') as image:
        colours = np.asarray(image.convert('RGB'))
        labels = np.asarray(image)
    assert (colours[labels == 4] == (40, 0, 5)).all()


def test_a_killed_run_goes_on(root):
    first, second, lines = [], [], []
    with pytest.raises(KeyboardInterrupt):
        make(root / 'pseudo', config(root), label=counting(first, stop=4))
    assert not (root / 'pseudo/manifest.json').exists()
    make(root / 'pseudo', config(root), label=counting(second),
         report=lines.append)
    assert first + second == [f'a{i}' for i in range(6)]
    assert lines == ['going on: 4 of 6 images are done']
    make(root / 'whole', config(root))
    assert files(root / 'pseudo') == files(root / 'whole')


def test_finished_pseudo_labels_are_left_alone(root):
    make(root / 'pseudo', config(root))
    before, again, lines = files(root / 'pseudo'), [], []
    make(root / 'pseudo', config(root), label=counting(again),
         report=lines.append)
    assert again == [] and files(root / 'pseudo') == before
    assert lines == [f'{root / "pseudo"} is up to date']


def test_missing_and_half_written_maps_are_made_again(root):
    make(root / 'pseudo', config(root))
    before, again = files(root / 'pseudo'), []
    (root / 'pseudo/maps/a1.png').unlink()
    half = root / 'pseudo/maps/a4.png'
    half.write_bytes(half.read_bytes()[:60])
    assert read_note(half) is None
    Image.fromarray(np.zeros((24, 32), np.uint8)).save(
        root / 'pseudo/maps/a2.png')
    make(root / 'pseudo', config(root), label=counting(again))
    assert again == ['a1', 'a2', 'a4']
    assert files(root / 'pseudo') == before


@pytest.mark.parametrize('changes, message', [
    (dict(p=50), r'p is 25\.0 instead of 50\.0'),
    (dict(weights=b'two'), 'checkpoint is .* instead of'),
    (dict(gamma=.1), r'gamma is 0\.5 instead of 0\.1'),
    (dict(config=dict(depth=4)), 'config is'),
    (dict(views=dict(flip=True)), 'views is'),
    (dict(mode='drop'), "mode is 'ignore' instead of 'drop'"),
])
def test_other_pseudo_labels_are_replaced_only_if_asked(root, changes,
                                                        message):
    make(root / 'pseudo', config(root))
    before = files(root / 'pseudo')
    with pytest.raises(ValueError, match=f'{message}.*--overwrite'):
        make(root / 'pseudo', config(root), **changes)
    assert files(root / 'pseudo') == before
    make(root / 'pseudo', config(root), overwrite=True, **changes)
    assert files(root / 'pseudo')['manifest.json'] != before['manifest.json']


def test_other_images_of_the_same_names_do_not_go_on(root):
    done = []
    with pytest.raises(KeyboardInterrupt):
        make(root / 'pseudo', config(root), label=counting(done, stop=4))
    path = root / 'img/a3.png'
    Image.fromarray(255 - np.array(Image.open(path))).save(path)
    with pytest.raises(ValueError, match=(
            r"image 'a3' is another one \(1 of 6 are\)\. .*--overwrite")):
        make(root / 'pseudo', config(root))
    make(root / 'pseudo', config(root), overwrite=True)


def test_more_images_are_other_ones(root):
    make(root / 'pseudo', config(root))
    write(root, [blocks(9)], prefix='b')
    with pytest.raises(ValueError, match=(
            "6 images instead of 7, the first that differs is 'b0'")):
        make(root / 'pseudo', config(root))


def test_pseudo_labels_of_an_older_version_are_replaced(root):
    make(root / 'pseudo', config(root))
    path = root / 'pseudo/manifest.json'
    path.write_text(json.dumps(dict(
        json.loads(path.read_text()), version=1, data='0123456789abcdef')))
    with pytest.raises(ValueError, match=(
            'version is 1 instead of 2; it does not say .*--overwrite')):
        make(root / 'pseudo', config(root))
    assert make(root / 'pseudo', config(root), overwrite=True)['version'] == 2


def test_a_renamed_model_is_the_same(root):
    make(root / 'pseudo', config(root))
    (root / 'renamed.pth').write_bytes(b'one')
    again = []
    make(root / 'pseudo', config(root), label=counting(again),
         checkpoint=root / 'renamed.pth')
    assert again == []


def test_a_users_folder_is_never_replaced(root):
    with pytest.raises(ValueError, match='holds no pseudo-labels'):
        make(root / 'ann', config(root), overwrite=True)
    assert len(list((root / 'ann').iterdir())) == 6


def test_a_failed_write_ends_the_run(root, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(
        'mmseg_zeroshot.datasets.self_training.builder.write_map', full)
    with pytest.raises(OSError, match='No space left'):
        make(root / 'pseudo', config(root))
    assert not (root / 'pseudo/manifest.json').exists()


def test_the_summary_counts_images_and_pixels(root):
    manifest = make(root / 'pseudo', config(root))
    head, cow, horse, total = summary(manifest)
    assert head == ['class', 'images', 'pixels']
    maps = [read_map(path, 6) for path in (root / 'pseudo/maps').iterdir()]
    for row, name, i in ((cow, 'cow', 3), (horse, 'horse', 4)):
        assert row == [name, str(sum((m == i).any() for m in maps)),
                       str(sum((m == i).sum() for m in maps))]
    assert total[1:] == ['5', str(sum((m < 255).sum() for m in maps))]
    predicted = sum(e['predicted'] for e in manifest['images'].values())
    assert total[0] == f'all, of {predicted} pixels predicted unseen'

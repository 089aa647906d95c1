"""The same masks in every format have the same scores."""
import json
import pickle

import numpy as np
import pytest
from PIL import Image

from mmseg_zeroshot.scoring.arrays import read_array
from mmseg_zeroshot.scoring.class_files import read_classes
from mmseg_zeroshot.scoring.coco_masks import CocoMasks, decode_mask
from mmseg_zeroshot.scoring.colours import read_palette
from mmseg_zeroshot.scoring.reading import Reading

from .files import CONFUSION, GUESS, TRUTH, both, write
from .test_folder import score

# Of pycocotools 2.0.11: a mask's rows -> its code.
CODES = {
    '0110 1100 0001': '11110O30',
    '1111 1111': '08',
    '0000': '4',
}


def encoded(mask):
    """The runs of a mask down its columns, as a list."""
    flat = np.concatenate([[False], mask.T.ravel()])
    ends = np.flatnonzero(np.diff(flat, append=not flat[-1])) + 1
    return dict(size=list(mask.shape),
                counts=np.diff(ends, prepend=1).tolist())


def detectron2(maps, number=lambda i: i):
    return [dict(file_name=f'images/{name}.jpg', category_id=number(int(i)),
                 segmentation=encoded(ids == i))
            for name, ids in maps.items() for i in np.unique(ids)]


def array_files(root, maps, end, kind):
    for name, ids in maps.items():
        path = root / f'{name}{end}'
        path.parent.mkdir(parents=True, exist_ok=True)
        (np.save if end == '.npy' else np.savez_compressed)(
            path, ids.astype(kind))
    return root


@pytest.mark.parametrize('end', ['.npy', '.npz'])
@pytest.mark.parametrize('kind', [np.uint8, np.int64, '>u2', np.float32])
def test_arrays(tmp_path, end, kind):
    guess = array_files(tmp_path / 'arrays', GUESS, end, kind)
    assert score(guess, both(tmp_path)[1]).confusion.tolist() == CONFUSION


def test_an_array_in_a_batch_of_one_and_others(tmp_path):
    truth = both(tmp_path)[1]
    one = array_files(tmp_path / 'one', {
        name: ids[None] for name, ids in GUESS.items()}, '.npy', np.uint8)
    assert score(one, truth).confusion.tolist() == CONFUSION
    many = array_files(tmp_path / 'many', {
        name: np.stack([ids] * 2) for name, ids in GUESS.items()}, '.npy',
        np.uint8)
    with pytest.raises(ValueError, match=r'a.npy holds an array of the shape '
                       r'\(2, 2, 3\); a label map is \(height, width\)'):
        score(many, truth)


class Maker:
    """Unpickling one would make a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        import os
        return os.mkdir, (self.path, )


@pytest.mark.parametrize('name', ['a.npy', 'a.pkl', 'a.pth'])
def test_a_pickle_is_refused_and_not_run(tmp_path, name):
    truth = both(tmp_path)[1]
    place = tmp_path / 'made'
    folder = tmp_path / 'pickles'
    folder.mkdir()
    if name.endswith('.npy'):
        np.save(folder / name, np.array([Maker(place)], object),
                allow_pickle=True)
    else:
        (folder / name).write_bytes(pickle.dumps(Maker(place)))
    for path in (folder, folder / name):
        with pytest.raises(ValueError, match='a pickle|neither a folder'):
            score(path, truth, partial=True)
    assert not place.exists()


def test_broken_arrays(tmp_path):
    np.savez(tmp_path / 'two.npz', a=np.eye(2), b=np.eye(3))
    np.save(tmp_path / 'x.npy', np.eye(9))
    whole = (tmp_path / 'x.npy').read_bytes()
    for data, message in ((b'', 'is empty'), (whole[:-9], 'cannot be read'),
                          (b'what', 'pickle'),
                          ((tmp_path / 'two.npz').read_bytes(),
                           'holds 2 arrays, a, b: save one a file')):
        with pytest.raises(ValueError, match=message):
            read_array(data)


@pytest.mark.parametrize('rows', CODES)
def test_run_lengths_are_pycocotools(rows):
    mask = np.array([[int(c) for c in row] for row in rows.split()], bool)
    size = list(mask.shape)
    assert np.array_equal(
        decode_mask(dict(size=size, counts=CODES[rows])), mask)
    assert np.array_equal(decode_mask(encoded(mask)), mask)


def test_detectron2(tmp_path):
    truth = both(tmp_path)[1]
    path = tmp_path / 'sem_seg_predictions.json'
    path.write_text(json.dumps(detectron2(GUESS)))
    scored = score(path, truth)
    assert scored.confusion.tolist() == CONFUSION
    inside = tmp_path / 'output' / 'inference'
    inside.mkdir(parents=True)
    path.rename(inside / path.name)
    assert score(tmp_path / 'output', truth).record == scored.record


def test_category_ids_of_a_data_set(tmp_path):
    ids = {0: 7, 1: 300, 2: 12, 3: 90}
    path = tmp_path / 'p.json'
    path.write_text(json.dumps(detectron2(GUESS, ids.__getitem__)))
    classes = {ids[i]: name for i, name in enumerate(
        ['background', 'cat', 'dog', 'cow'])}
    scored = score(path, both(tmp_path)[1],
                   read_predictions=Reading(classes))
    assert scored.confusion.tolist() == CONFUSION
    assert '300  cat' in scored.notes[-1]
    del classes[300]
    with pytest.raises(ValueError, match=r'class list \(1\): 300 in a'):
        score(path, both(tmp_path)[1], read_predictions=Reading(classes))


def changed(change):
    content = detectron2(GUESS)
    change(content)
    return json.dumps(content).encode()


@pytest.mark.parametrize('data, message', [
    (b'{', 'x.json is not valid JSON'),
    (b'{}', 'is not what detectron2 writes'),
    (changed(lambda c: c[1].pop('category_id')), 'look at entry 2'),
    (changed(lambda c: c[0].update(category_id='cat')),
     "entry 1: category_id is 'cat' instead of an id"),
    (changed(lambda c: c[0].update(category_id=70000)), 'category_id is 7'),
    (changed(lambda c: c.pop(0)), 'has 1 pixels in no mask'),
    (changed(lambda c: c.append(dict(c[0], category_id=3))),
     'masks that overlap in 1 pixels, of 3 and 0'),
    (changed(lambda c: c[0]['segmentation'].update(size=[1, 6])),
     'masks of unlike sizes'),
    (changed(lambda c: c[0]['segmentation'].update(counts=[1, 2])),
     'mask of 3 pixels for 3x2'),
    (changed(lambda c: c[0].update(segmentation=[])), 'no run-length mask'),
    (changed(lambda c: c[0]['segmentation'].update(counts='1o')),
     'the text is cut off')], ids=range(11))
def test_what_detectron2_does_not_write(data, message):
    with pytest.raises(ValueError, match=message):
        masks = CocoMasks(data, 'x.json')
        for name in masks.names:
            masks.load(name)


COLOURS = dict(background=(0, 0, 0), cat=(128, 0, 0), dog=(0, 128, 0),
               cow=(5, 6, 250), void=(255, 255, 255))


def coloured(root, maps, mode='RGB'):
    table = np.zeros((256, 3), np.uint8)
    for i, colour in enumerate(COLOURS.values()):
        table[i] = colour
    table[255] = COLOURS['void']
    for name, ids in maps.items():
        path = root / f'{name}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        if mode == 'P':
            image = Image.fromarray(ids.astype(np.uint8))
            image.putpalette(table.ravel().tolist())
        else:
            image = Image.fromarray(table[ids]).convert(mode)
        image.save(path)
    return root


@pytest.mark.parametrize('line', [
    '{0} {1} {2} {name}', '{name},{0},{1},{2}', '{0}, {1}, {2}, {name}'])
@pytest.mark.parametrize('mode', ['RGB', 'RGBA', 'P'])
def test_colours(tmp_path, line, mode):
    path = tmp_path / 'colours.txt'
    order = ['cow', 'void', 'dog', 'background', 'cat']
    path.write_text('name, red, green, blue\n' + '\n'.join(
        line.format(*COLOURS[name], name=name) for name in order))
    scored = score(coloured(tmp_path / 'g', GUESS, mode),
                   coloured(tmp_path / 't', TRUTH, mode),
                   read_predictions=Reading(palette=_without_void(path)),
                   read_truth=Reading(palette=read_palette(path)))
    assert scored.confusion.tolist() == CONFUSION


def _without_void(path):
    lines = path.read_text().splitlines()
    other = path.with_name('predicted.txt')
    other.write_text('\n'.join(x for x in lines if 'void' not in x))
    return read_palette(other)


def test_a_colour_that_is_none(tmp_path):
    path = tmp_path / 'colours.txt'
    path.write_text('0 0 0\n128 0 0\n0 128 0\n')
    palette = read_palette(path)
    assert palette.names == ()
    with pytest.raises(ValueError, match='b.png has the colour 5 6 250'):
        score(coloured(tmp_path / 'g', GUESS), both(tmp_path)[1],
              read_predictions=Reading(palette=palette))


@pytest.mark.parametrize('text, message', [
    ('0 0 0\n1 2 3\n0 0 0', 'colours of id 0 and id 2 are equal, 0 0 0'),
    ('0 0 0 cat\n1 2 3', 'names 1 of 2 colours'),
    ('# nothing\n', 'holds no colour'), ('1 2', 'line 1 holds no colour'),
    ('0 0 300 cat', 'line 1: a colour is 0 to 255')])
def test_palettes_that_are_none(tmp_path, text, message):
    (tmp_path / 'c.txt').write_text(text)
    with pytest.raises(ValueError, match=message):
        read_palette(tmp_path / 'c.txt')


@pytest.mark.parametrize('content, found', [
    (['cat', 'dog'], ['cat', 'dog']), ({'0': 'cat', '7': 'dog'},
                                       {0: 'cat', 7: 'dog'}),
    (dict(id2label={'1': 'cat'}, hidden=3), {1: 'cat'}),
    ([dict(id=3, name='cat', color=[1, 2, 3])], {3: 'cat'})])
def test_class_lists_of_other_tools(tmp_path, content, found):
    path = tmp_path / 'classes.json'
    path.write_text(json.dumps(content))
    assert read_classes(path) == found


@pytest.mark.parametrize('text', [
    '{', '3', '{}', '{"cat": "dog"}', '[{"id": 1}]', '{"70000": "cat"}',
    '[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]'])
def test_class_lists_that_are_none(tmp_path, text):
    (tmp_path / 'c.json').write_text(text)
    with pytest.raises(ValueError, match='c.json is no'):
        read_classes(tmp_path / 'c.json')


def test_a_truncated_image_is_named(tmp_path):
    guess, truth = both(tmp_path)
    path = write(guess / 'b.png', GUESS['b'])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=f'{path} is cut off'):
        score(guess, truth)

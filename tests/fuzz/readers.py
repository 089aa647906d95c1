"""Every reader of a file, with a right file for it."""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import save_facebook_model
from mmengine.logging import HistoryBuffer
from PIL import Image

from mmseg_zeroshot.classification.features import load_attribute_features
from mmseg_zeroshot.datasets.compositions.files import STAMP, check_stamp
from mmseg_zeroshot.datasets.feature_bank.bank import FeatureBank
from mmseg_zeroshot.datasets.feature_bank.builder import build_feature_bank
from mmseg_zeroshot.datasets.feature_bank.graph_reader import BankGraphs
from mmseg_zeroshot.datasets.feature_bank.shard_reader import read_shard
from mmseg_zeroshot.datasets.few_label import FewLabel
from mmseg_zeroshot.datasets.self_training.files import (
    FORMAT,
    MANIFEST,
    STAMP_KEYS,
    VERSION,
    read_manifest,
    read_map,
    read_note,
    write_map,
)
from mmseg_zeroshot.datasets.self_training.images import find_listed
from mmseg_zeroshot.experiments.running.folders import read_object
from mmseg_zeroshot.results import collect_records, write_records
from mmseg_zeroshot.results.leaderboard import make_boards
from mmseg_zeroshot.results.leaderboard_text import terminal_text
from mmseg_zeroshot.semantics import ClassEmbeddings, ClassSplit
from mmseg_zeroshot.semantics.name_lists import read_names
from mmseg_zeroshot.semantics.word_files import build_class_vectors
from mmseg_zeroshot.utils.checkpoints import read_checkpoint
from mmseg_zeroshot.utils.images import look_at
from mmseg_zeroshot.utils.stored_names import encode_names, stored_names
from mmseg_zeroshot.visualization import read_confusion_csv
from mmseg_zeroshot.visualization.record_curves import gamma_curves

from ..classification import mat_files
from ..datasets.feature_bank import fakes
from ..results.runs import record


class Reader(NamedTuple):
    """A reader and a right file for it."""

    make: Callable[[Path], Path]
    """Writes the file into an empty folder."""
    read: Callable[[Path], Any]
    """Reads it; may raise ValueError or OSError with its name."""


def class_vectors(folder: Path) -> Path:
    """Write a table."""
    path = folder / 'x.npz'
    ClassEmbeddings(('cat', 'cow'), np.eye(2, 8) + 1).save(path)
    return path


def checkpoint(folder: Path) -> Path:
    """Write what MMEngine writes."""
    path = folder / 'x.pth'
    torch.save(dict(
        state_dict={'w': torch.ones(2), 'class_names_utf8': encode_names(
            ['cat'])}, meta=dict(seed=1), message_hub=dict(
                loss=HistoryBuffer([1.], [1]), state=np.arange(3))), path)
    return path


def legacy_checkpoint(folder: Path) -> Path:
    """Write what torch wrote before 1.6."""
    path = folder / 'x.pth'
    torch.save(dict(w=torch.ones(2)), path,
               _use_new_zipfile_serialization=False)
    return path


def read_weights(path: Path) -> None:
    """Read a checkpoint and the names in it."""
    content = read_checkpoint(path)
    state = content.get('state_dict', content)
    if isinstance(state, dict):
        try:
            stored_names(state, '')
        except ValueError as error:
            raise ValueError(f'{path}: {error}') from error


def words(form: str) -> Callable[[Path], Path]:
    """Return what writes a word file."""
    def make(folder: Path) -> Path:
        path = folder / 'x.words'
        if form == 'fasttext':
            save_facebook_model(FastText(
                [['cat', 'cow', 'plant']] * 20, vector_size=4, min_count=1,
                bucket=20, epochs=1, seed=1), str(path))
            return path
        vectors = KeyedVectors(4)
        vectors.add_vectors(['cat', 'cow', 'plant'], np.ones((3, 4), 'f4'))
        vectors.save_word2vec_format(str(path), binary=form == 'binary')
        if form == 'glove':
            path.write_bytes(path.read_bytes().split(b'\n', 1)[1])
        return path
    return make


def read_words(path: Path) -> None:
    """Read vectors of a word that is there and of one that is not."""
    for name in ('cat', 'kitten'):
        build_class_vectors([name], str(path))


def names(folder: Path) -> Path:
    """Write a list of names."""
    path = folder / 'x.txt'
    path.write_text('0 cat\n1 potted plant # green\n2 cow\n', 'utf-8')
    return path


def bank(name: str) -> Callable[[Path], Path]:
    """Return what builds a bank, of which a file is damaged."""
    def make(folder: Path) -> Path:
        (folder / 'net.pth').write_bytes(b'weights')
        build_feature_bank(
            folder / 'bank', checkpoint=folder / 'net.pth', max_vectors=3,
            make_dataset=lambda: fakes.FakeDataset(count=3),
            make_extract=fakes.make_extract, graphs=dict(pixels=1),
            report=lambda line: None)
        return folder / 'bank' / name
    return make


def read_bank(path: Path) -> None:
    """Open a bank and draw from it."""
    found = FeatureBank.open(path.parent)
    found.sample(np.flatnonzero(found.vectors).tolist(), 8,
                 np.random.default_rng(0))
    found.images.sum()
    graphs = BankGraphs(found)
    numbers = np.arange(len(graphs))
    graphs.features(numbers, graphs.take(numbers))


def shard(folder: Path) -> Path:
    """Write a shard."""
    path = folder / 'x.npz'
    np.savez(path, features=np.ones((3, 4), 'f2'), stamp=np.array('{}'))
    return path


def results(name: str) -> Callable[[Path], Path]:
    """Return what writes a results file."""
    row = {'class': 'cow', 'group': 'unseen', 'IoU': 1.5, 'accuracy': None,
           'pixels': 7}

    def make(folder: Path) -> Path:
        write_records(folder / name, [
            record(seed=seed, variant=dict(n=5), per_class=[row])
            for seed in (0, 1)])
        return folder / name
    return make


def read_results(path: Path) -> None:
    """Make a leaderboard; what is skipped must be named."""
    found = collect_records([path])
    assert all(str(path) in text for text in found.skipped)
    try:
        terminal_text(make_boards(found.records))
    except ValueError as error:  # a repeated seed; the command names files
        raise ValueError(f'{path}: {error}') from error


def gamma_curve(folder: Path) -> Path:
    """Write the curve that calibrate writes."""
    path = folder / 'x.json'
    path.write_text(json.dumps(dict(split='pets', role='validation', table=[
        dict(gamma=0, seen=dict(mIoU=1.), unseen=dict(mIoU=2.), hIoU=3.)])))
    return path


def confusion(folder: Path) -> Path:
    """Write a confusion table."""
    path = folder / 'x.csv'
    path.write_text('truth,group,cat,cow\ncat,seen,3,1\ncow,unseen,2,5\n')
    return path


def features(which: int) -> Callable[[Path], Path]:
    """Return what writes the two .mat files, of which one is damaged."""
    def make(folder: Path) -> Path:
        return Path(mat_files.write(folder, *mat_files.contents())[which])
    return make


def read_features(path: Path) -> None:
    """Read the two files of a folder."""
    load_attribute_features(path.parent / 'res101.mat',
                            path.parent / 'att_splits.mat')


def pseudo_label(folder: Path) -> Path:
    """Write a map with its note."""
    path = folder / 'x.png'
    write_map(path, np.zeros((8, 8), np.uint8), [0] * 768, dict(image='x'))
    return path


def read_pseudo_label(path: Path) -> None:
    """Read the note and the map."""
    read_note(path)
    read_map(path, 6)


def manifest(folder: Path) -> Path:
    """Write the manifest of pseudo-labels."""
    path = folder / MANIFEST
    path.write_text(json.dumps({
        **dict.fromkeys(STAMP_KEYS, 1), 'format': FORMAT, 'version': VERSION,
        'images': {'a': {'sha256': 'x'}}}))
    return path


def compositions(folder: Path) -> Path:
    """Write the stamp of embedded images."""
    path = folder / STAMP
    path.write_text(json.dumps(dict(seed=0, num_train=0, num_val=0)))
    for name in ('img_dir/train', 'img_dir/val', 'ann_dir/train',
                 'ann_dir/val'):
        (folder / name).mkdir(parents=True)
    return path


def few(folder: Path) -> Path:
    """Write a manifest of drawn images."""
    path = folder / 'x.json'
    path.write_text(json.dumps(dict(
        FewLabel(1, str(path)).settings, unseen=['cow'],
        images=dict(cat=['a.jpg'], cow=['b.jpg']))))
    return path


def read_few(path: Path) -> None:
    """Find the images of a manifest."""
    split = ClassSplit(['cat', 'cow'], unseen=['cow'])
    FewLabel(1, str(path))._read(['a.jpg', 'b.jpg'], ['cat', 'cow'], split)


def step(folder: Path) -> Path:
    """Write what a run says of a step."""
    path = folder / 'step.json'
    path.write_text(json.dumps(dict(step='a', fingerprint='b')))
    return path


def photo(kind: str) -> Callable[[Path], Path]:
    """Return what writes a photo."""
    def make(folder: Path) -> Path:
        path = folder / f'x.{kind}'
        Image.new('RGB', (16, 16), (9, 99, 199)).save(path)
        return path
    return make


READERS: dict[str, Reader] = {
    'class vectors': Reader(class_vectors, ClassEmbeddings.load),
    'checkpoint': Reader(checkpoint, read_weights),
    'legacy checkpoint': Reader(legacy_checkpoint, read_weights),
    **{f'words, {form}': Reader(words(form), read_words)
       for form in ('binary', 'text', 'glove', 'fasttext')},
    'names': Reader(names, read_names),
    'listed images': Reader(
        names, lambda path: find_listed(path, ['0 cat', '2 cow'])),
    **{f'bank, {name}': Reader(bank(name), read_bank)
       for name in ('stamp.json', 'features.npy', 'images.npy',
                    'checksums.npz', 'graph_features.npy', 'graph_nodes.npy',
                    'graph_edges.npy', 'graph_ends.npy')},
    'shard': Reader(shard, lambda path: read_shard(path, 'features',
                                                   'stamp')),
    'results': Reader(results('x.json'), read_results),
    'results, lines': Reader(results('x.jsonl'), read_results),
    'gamma curve': Reader(gamma_curve, lambda path: gamma_curves([path])),
    'confusion': Reader(confusion, read_confusion_csv),
    'features': Reader(features(0), read_features),
    'splits of features': Reader(features(1), read_features),
    'pseudo-label': Reader(pseudo_label, read_pseudo_label),
    'pseudo-labels': Reader(manifest,
                            lambda path: read_manifest(path.parent)),
    'compositions': Reader(compositions, lambda path: check_stamp(
        path.parent, dict(seed=0, num_train=0, num_val=0))),
    'few-label': Reader(few, read_few),
    'step': Reader(step, read_object),
    **{f'photo, {kind}': Reader(photo(kind),
                                lambda path: look_at(path, 10**7))
       for kind in ('png', 'jpg', 'bmp', 'tif', 'webp')},
}

"""Every writer on a disk that is really full."""
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.runner import save_checkpoint
from PIL import Image

from mmseg_zeroshot.commands import leaderboard
from mmseg_zeroshot.datasets.compositions.files import write_compositions
from mmseg_zeroshot.datasets.self_training.files import (
    flat_palette,
    write_json,
    write_map,
)
from mmseg_zeroshot.experiments.running import StepsFailed
from mmseg_zeroshot.results.leaderboard import make_boards
from mmseg_zeroshot.results.records import write_records
from mmseg_zeroshot.semantics import ClassEmbeddings
from mmseg_zeroshot.semantics.class_lists import CLASS_LISTS
from mmseg_zeroshot.utils.command_line import exit_code
from mmseg_zeroshot.visualization import save_curves
from mmseg_zeroshot.visualization.predictions import PredictionWriter

from .experiments.running import conftest as fakes
from .experiments.running.toys import run_toy, toy_steps
from .results.runs import record

NOISE = np.random.default_rng(0).integers(0, 256, (400, 400), np.uint8)
CLASSES = [str(i) for i in range(256)]


@pytest.fixture
def disk(tmp_path):
    """A disk of 256 kB; making one needs the rights of root."""
    folder = tmp_path / 'disk'
    folder.mkdir()
    made = subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', str(folder)],
        capture_output=True, check=False) if Path('/bin/mount').exists() else (
            SimpleNamespace(returncode=1))
    if made.returncode:
        pytest.skip('needs the rights of root, and mount')
    yield folder
    subprocess.run(['umount', str(folder)], check=True)


def photo(folder: Path) -> Path:
    path = folder.with_name('photo.png')
    Image.fromarray(np.dstack([NOISE] * 3)).save(path)
    return path


def predict(folder: Path, **kinds: str) -> None:
    writer = PredictionWriter(
        folder, classes=CLASSES, groups=dict.fromkeys(CLASSES, 'seen'),
        **{'img_out_dir': '', 'pred_out_dir': '', **kinds})
    writer.write(photo(folder), NOISE)


def many_records(folder: Path) -> list:
    return [record(method=f'{folder} {i}') for i in range(100)]


WRITERS = {
    'vis/photo.jpg': lambda disk: predict(disk, img_out_dir='vis'),
    'pred/photo.png': lambda disk: predict(disk, pred_out_dir='pred'),
    'a.png': lambda disk: write_map(
        disk / 'a.png', NOISE, flat_palette(()), {}),
    'manifest.json': lambda disk: write_json(
        disk / 'manifest.json', NOISE.tolist()),
    'results.json': lambda disk: write_records(
        disk / 'results.json', many_records(disk)),
    'leaderboard.html': lambda disk: leaderboard.write(
        make_boards(many_records(disk)), '', disk),
    'curves.png': lambda disk: save_curves(
        disk / 'curves.png', {str(i): {x: [i * x % 7] for x in range(99)}
                               for i in range(30)},
        xlabel='n', ylabel='%'),
    'words.npz': lambda disk: ClassEmbeddings(
        CLASSES, np.random.default_rng(0).random((256, 99))).save(
            disk / 'words.npz'),
    'iter_10.pth': lambda disk: save_checkpoint(
        dict(state_dict=torch.rand(80_000)), str(disk / 'iter_10.pth')),
    'scenes': lambda disk: write_compositions(
        disk / 'scenes', seed=0,
        classes=CLASS_LISTS['compositions'],
        num_images=dict(train=40, val=1), image_size=96),
}


@pytest.mark.parametrize('name', WRITERS)
def test_the_file_the_bytes_and_what_to_do_are_named(disk, name):
    kept = disk / 'iter_5.pth'
    kept.write_bytes(b'x' * 220_000)
    with pytest.raises(OSError) as caught:
        WRITERS[name](disk)
    text = str(caught.value)
    assert f'the disk is full while writing {disk / name} (' in text
    assert 'kB are free' in text and ': ' in text and 'free space and' in text
    assert ' 0.0 ' not in text
    # Nothing is lost, and nothing half is left.
    assert kept.stat().st_size == 220_000
    assert [path for path in disk.rglob('*') if path.is_file()] == [kept]


def test_a_checkpoint_says_how_much_it_needs(disk):
    with pytest.raises(OSError, match=r'32\d kB are needed, .* go on with '
                       '--resume'):
        WRITERS['iter_10.pth'](disk)


def test_a_command_prints_it_without_a_traceback(disk, capsys):
    def run() -> None:
        with (disk / 'log').open('wb') as file:
            file.write(bytes(300_000))

    assert exit_code(run) == 1
    assert capsys.readouterr().err.startswith(
        'error: [Errno 28] the disk is full while writing a file (')


def test_a_run_says_so_and_goes_on_where_it_was(disk, tmp_path, monkeypatch):
    fakes.noted_calls.__wrapped__(tmp_path, monkeypatch)
    (disk / 'ballast').write_bytes(bytes(250_000))
    with pytest.raises(StepsFailed, match=(
            r'the disk is full while writing .*: free space')):
        run_toy(disk / 'work', toy_steps())
    (disk / 'ballast').unlink()
    run_toy(disk / 'work', toy_steps())
    assert run_toy(disk / 'work', toy_steps()) == []

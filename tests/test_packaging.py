"""The wheel, built from the sdist and installed alone."""

import json
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

BUILD = ('from setuptools import build_meta as b; import sys; '
         'print(getattr(b, sys.argv[1])(sys.argv[2]))')
LEFT_OUT = shutil.ignore_patterns(
    '.*', 'work_dirs', 'build', 'dist', '*.egg-info', '__pycache__', 'data')


def build(kind: str, source: Path, target: Path) -> Path:
    """Build with this environment's setuptools: nothing is fetched."""
    target.mkdir()
    done = subprocess.run(
        [sys.executable, '-c', BUILD, f'build_{kind}', str(target)],
        cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return target / done.stdout.strip().splitlines()[-1]


@pytest.fixture(scope='module')
def sdist(repo_root, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('packaging')
    source = shutil.copytree(repo_root, folder / 'source', ignore=LEFT_OUT)
    return build('sdist', source, folder / 'sdist')


@pytest.fixture(scope='module')
def wheel(sdist) -> Path:
    """Built from the sdist, so that a file left out of it is noticed."""
    folder = sdist.parent.parent
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / 'unpacked')
    source, = (folder / 'unpacked').iterdir()
    return build('wheel', source, folder / 'wheel')


@pytest.fixture(scope='module')
def python(wheel) -> Path:
    """An interpreter with nothing installed but the wheel.

    The stack and torch are borrowed from this environment: its
    site-packages follows on the path by a .pth file, in which no other .pth
    file counts, so an editable installation of ours does not shine through.
    """
    folder = wheel.parent.parent / 'empty'
    venv.create(folder, with_pip=False, symlinks=True)
    exe = folder / 'bin' / 'python'
    subprocess.run(
        [sys.executable, '-m', 'pip', '--python', str(exe), 'install',
         '--quiet', '--no-deps', '--no-index', str(wheel)], check=True)
    purelib, = folder.glob('lib/python*/site-packages')
    borrowed = sysconfig.get_paths()['purelib']
    (purelib / 'borrowed.pth').write_text(borrowed + '\n')
    return exe


# What is asked of the installed wheel, in one start of its interpreter.
QUESTIONS = """
import json
from importlib.metadata import version
from pathlib import Path

import mmseg_zeroshot as z
from mmengine.config import Config
from mmseg.registry import MODELS
from mmseg_zeroshot.utils.project import project_root

folder = Path(z.__file__).parent / '.mim' / 'configs'
leaves = [path for path in folder.rglob('*.py')
          if not {'_base_', 'experiments'} & {*path.parts}]
print(json.dumps(dict(
    file=z.__file__, root=str(project_root()),
    versions=[version('mmseg-zeroshot'), z.__version__],
    module=MODELS.get('EfficientNetLite').__module__,
    vectors=z.load_embeddings('glove-6b-50d', ['cat', 'dog']).vectors.shape,
    models=[Config.fromfile(path).model.type for path in leaves])))
"""


@pytest.fixture(scope='module')
def answers(python) -> dict:
    """Asked away from the checkout, without PYTHON* variables."""
    done = subprocess.run([str(python), '-I', '-c', QUESTIONS],
                          cwd=python.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def repo_files(root: Path, *folders: str) -> set[str]:
    return {path.relative_to(root).as_posix() for folder in folders
            for path in (root / folder).rglob('*.py')}


def test_sdist_holds_what_a_build_and_a_test_need(sdist, repo_root):
    with tarfile.open(sdist) as archive:
        names = {name.split('/', 1)[1] for name in archive.getnames()
                 if '/' in name}
    assert repo_files(repo_root, 'mmseg_zeroshot', 'configs', 'tools',
                      'tests') <= names
    assert {'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'CITATION.cff',
            'pyproject.toml', 'Makefile', 'docs/conf.py',
            'docs/notebooks/own_words.ipynb',
            'requirements/constraints-cpu.txt'} <= names


def test_wheel_holds_package_assets_configs_and_tools(wheel, repo_root):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = repo_files(repo_root, 'mmseg_zeroshot')
    wanted |= {f'mmseg_zeroshot/.mim/{name}'
               for name in repo_files(repo_root, 'configs', 'tools')}
    wanted |= {'mmseg_zeroshot/py.typed',
               'mmseg_zeroshot/semantics/assets/glove-6b-50d.npz'}
    assert wanted <= names
    assert not [n for n in names if n.startswith(('tests', 'configs'))]
    assert not [n for n in names if n.endswith('.pyc')]


def test_wheel_says_what_it_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith('/METADATA'))
        lines = archive.read(name).decode().splitlines()
    needs = [line.removeprefix('Requires-Dist: ') for line in lines
             if line.startswith('Requires-Dist: ')]
    hard = {need.split('>')[0] for need in needs if 'extra ==' not in need}
    assert 'Name: mmseg-zeroshot' in lines
    assert hard == {'numpy', 'filelock', 'gensim', 'jinja2', 'matplotlib',
                    'pillow', 'scipy'}
    extras = {line.split(': ')[1] for line in lines
              if line.startswith('Provides-Extra')}
    assert extras == {'onedl', 'openmmlab', 'demo', 'tests', 'docs',
                      'cluster', 'efficientnet'}
    for extra in ('onedl', 'openmmlab'):
        stack = {need for need in needs if f'extra == "{extra}"' in need}
        assert any('mmsegmentation' in need for need in stack)
        assert any(need.startswith('torch>') for need in stack)


def test_wheel_imports_and_registers_alone(answers, python):
    assert Path(answers['file']).is_relative_to(python.parents[1])
    assert len(set(answers['versions'])) == 1
    assert answers['module'].startswith('mmseg_zeroshot.')


def test_assets_of_the_wheel_are_read(answers):
    assert answers['vectors'] == [2, 50]


def test_configs_of_the_wheel_parse(answers):
    assert {'EncoderDecoder', 'ZeroShotSegmentor'} <= set(answers['models'])


def test_the_wheel_s_command_runs(python):
    for start in ([str(python.parent / 'mmseg-zeroshot')],
                  [str(python), '-I', '-m', 'mmseg_zeroshot']):
        done = subprocess.run([*start, '--help'], capture_output=True,
                              text=True, cwd=python.parent)
        assert done.returncode == 0, done.stderr[-2000:]
        assert 'build-embeddings' in done.stdout


def test_configs_and_tools_of_the_wheel_are_found(answers):
    root = Path(answers['root'])
    assert root.name == '.mim'
    assert (root / 'configs').is_dir() and (root / 'tools').is_dir()


def test_tools_of_the_wheel_run(python):
    purelib, = python.parents[1].glob('lib/python*/site-packages')
    tool = purelib / 'mmseg_zeroshot' / '.mim' / 'tools' / 'train.py'
    done = subprocess.run([str(python), '-I', str(tool), '--help'],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert 'Train a segmentor' in done.stdout

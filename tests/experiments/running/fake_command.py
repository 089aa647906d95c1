"""Stands for ``python -m mmseg_zeroshot``: leaves what a command would.

It notes every call in the file CALLS. The step that BREAK names fails, the
one that HANG names leaves a checkpoint, its process number and that of a child
of its own, and neither ever ends,
and the config's ``meet`` waits until as many steps run at once. The hIoU that
it reports is highest at a learning rate of 2; with EMPTY there is none.
"""
import json
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path

SCORES = dict(PA=1., MA=2., mIoU=3.)


def main() -> int:
    command, *arguments = sys.argv[1:]
    flag = '--work-dir' if '--work-dir' in arguments else '--out'
    folder = Path(arguments[arguments.index(flag) + 1])
    config = {}
    if arguments[0].endswith('.py'):
        config = runpy.run_path(arguments[0])
        folder = Path(arguments[0]).parent
    name = folder.name.rpartition('-')[0]
    note(command, arguments, name, config)
    if config.get('meet'):
        meet(name, config['meet'])
    if command == 'train':
        (folder / 'iter_3.pth').write_text('weights')
        (folder / 'last_checkpoint').write_text('/elsewhere/iter_3.pth')
        # As MMEngine does.
        (folder / 'config.py').write_text('dumped = True\n')
    if os.environ.get('HANG') == name:
        child = subprocess.Popen(['sleep', '600'])
        Path(os.environ['CALLS'] + '-pid').write_text(
            f'{os.getpid()} {child.pid}\n')
        time.sleep(600)
    if os.environ.get('BREAK') == name:
        print('the disc is full')
        return 3
    if command in ('train', 'test') and 'silent' not in config:
        report(folder, name, config)
    if (command in ('build-feature-bank', 'pseudo-label')
            and '--lose' not in arguments):
        out = Path(arguments[arguments.index('--out') + 1])
        out.mkdir(exist_ok=True)
        (out / 'features.npy').write_text('features')
    if command == 'calibrate' and '--lose' not in arguments:
        (folder / 'values.json').write_text(json.dumps(
            {'model.gamma': 0.25, 'model.sizes': [6, [1., True]]}))
        if config:
            report(folder, name, config)
    return 0


def note(command: str, arguments: list, name: str, config: dict) -> None:
    plain = {key: value for key, value in config.items()
             if not key.startswith('__')}
    with open(os.environ['CALLS'], 'a') as file:
        file.write(json.dumps(dict(
            command=command, arguments=arguments, name=name, config=plain,
            threads=os.environ.get('OMP_NUM_THREADS'),
            gpu=os.environ.get('CUDA_VISIBLE_DEVICES'),
            path=os.environ.get('PYTHONPATH'), rows=rows(command, arguments),
            noted=checkpoint(arguments))) + '\n')


def rows(command: str, arguments: list) -> 'list | None':
    """Return the methods in the results that a plot reads."""
    path = Path(arguments[0])
    if command != 'plot' or not path.exists():
        return None
    return [record['method'] for record in json.loads(path.read_text())]


def checkpoint(arguments: list) -> 'str | None':
    """Return the checkpoint that MMEngine would resume."""
    path = Path(arguments[0]).with_name('last_checkpoint')
    return path.read_text() if '--resume' in arguments else None


def meet(name: str, number: int) -> None:
    """Wait until as many steps are here; they cannot be unless side by side.
    """
    place = Path(os.environ['CALLS'] + '-met')
    place.mkdir(exist_ok=True)
    (place / f'{name}-{os.getpid()}').touch()
    for _ in range(200):
        if len(list(place.iterdir())) >= number:
            return
        time.sleep(0.05)
    sys.exit('nobody came')


def report(folder: Path, name: str, config: dict) -> None:
    seed = config['randomness']['seed']
    scores = dict(seen=SCORES, unseen=SCORES, overall=SCORES,
                  hIoU=score(config, seed))
    said = config.get('default_hooks', {}).get('results', {})
    (folder / 'zero_shot_results.json').write_text(json.dumps(dict(
        method=name, dataset='tiny', split='two',
        supervision=said.get('supervision', 'strict'),
        variant=said.get('variant', {}),
        seed=seed, gamma=0., generalised=scores, vanilla=scores)))


def score(config: dict, seed: int) -> 'float | None':
    optimizer = config.get('optim_wrapper', {}).get('optimizer', {})
    if os.environ.get('EMPTY'):
        return None
    return 40. - (optimizer.get('lr', 0.) - 2)**2 + seed


if __name__ == '__main__':
    sys.exit(main())

"""Two gloo processes: training, evaluation and checkpoints."""
import json
import os
import socket

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.config import Config
from mmengine.runner import Runner

from .tiny_voc import (
    build_bank,
    retrained,
    seen_only,
    spnet,
    stage,
    write_folder,
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def run_rank(rank: int, world: int, port: int, path: str) -> None:
    """Train and evaluate as one rank; mmengine's launcher wants CUDA."""
    import mmseg_zeroshot  # noqa: F401

    torch.set_num_threads(1)
    os.environ.update(
        MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port), RANK=str(rank),
        LOCAL_RANK=str(rank), WORLD_SIZE=str(world))
    dist.init_process_group('gloo', rank=rank, world_size=world)
    cfg = Config.fromfile(path, format_python_code=False)
    cfg.launcher = 'pytorch'
    cfg.model_wrapper_cfg = dict(
        type='MMDistributedDataParallel', device_ids=None)
    runner = Runner.from_cfg(cfg)
    runner.train()
    weights = torch.cat([
        p.detach().flatten() for p in runner.model.parameters()
        if p.requires_grad])
    gathered = [torch.empty_like(weights) for _ in range(world)]
    dist.all_gather(gathered, weights)
    assert all(torch.equal(weights, other) for other in gathered)
    dist.destroy_process_group()


@pytest.mark.slow
@pytest.mark.parametrize('method', ['spnet', 'zs3net'])
def test_two_processes_train_and_score_every_image_once(
        method, tmp_path, repo_root):
    write_folder(tmp_path / 'data')
    # 7 images on 2 ranks: the sampler repeats one, which must not count.
    names = tmp_path / 'data/ImageSets/Segmentation/train.txt'
    names.write_text('\n'.join(names.read_text().split('\n')[:7]))
    cfg = spnet(tmp_path / 'data', repo_root, tmp_path / 'work', 'ignore')
    cfg.train_cfg.max_iters = cfg.train_cfg.val_interval = 2
    if method == 'zs3net':
        cfg = retrained(cfg, 'joint')
    cfg.dump(str(tmp_path / 'config.py'))
    mp.spawn(run_rank, (2, free_port(), str(tmp_path / 'config.py')), 2)
    record = json.loads(
        (tmp_path / 'work/zero_shot_results.json').read_text())
    pixels = sum(row['pixels'] for row in record['per_class'])
    assert pixels == 7 * 96 * 96
    assert (tmp_path / 'work/iter_2.pth').exists()


@pytest.mark.slow
def test_two_processes_train_the_stages_from_one_bank(tmp_path, repo_root):
    write_folder(tmp_path / 'data')
    data = tmp_path / 'data'
    seen = seen_only(data, repo_root, tmp_path / 'seen', 'ignore')
    Runner.from_cfg(seen).train()
    for name, part in (('s1', 'generator'), ('s2', 'classifier')):
        cfg = stage(name, data, repo_root, tmp_path, 'ignore')
        if name == 's1':
            build_bank(cfg, tmp_path / 'seen/iter_3.pth')
        cfg.dump(str(tmp_path / f'{name}.py'))
        mp.spawn(run_rank, (2, free_port(), str(tmp_path / f'{name}.py')), 2)
        before = torch.load(cfg.load_from, weights_only=False)['state_dict']
        checkpoint = torch.load(tmp_path / name / 'iter_3.pth',
                                weights_only=False)
        after = checkpoint['state_dict']
        # Stage 0's is a plain network: its head has other names.
        before, after = ({key.replace('.host.', '.'): value
                          for key, value in weights.items()}
                         for weights in (before, after))
        common = [key for key in before if key in after]
        changed = {key.split('.')[1] for key in common
                   if not torch.equal(before[key], after[key])}
        assert changed == ({part} if name == 's2' else set())
        assert {key.split('.')[0] for key in common} >= {
            'backbone', 'decode_head'}
        steps = {int(state['step']) for state in
                 checkpoint['optimizer']['state'].values()}
        assert steps == {3}, f'{part} was not trained'

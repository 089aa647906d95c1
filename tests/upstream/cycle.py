"""Train, save, resume and predict under the stack of this interpreter.

`test_upstream.py` runs it, also with mmengine 0.10.7, mmcv-lite 2.1.0 and
mmsegmentation 1.2.2. mmcv-lite has no `mmcv.ops`, which mmseg imports
unguarded: a stub stands in. Nothing here calls an operator.
"""

import sys
import types
from pathlib import Path

import torch


def stub_mmcv_ops() -> None:
    """Put a module in front whose every name is a placeholder."""

    class Ops(types.ModuleType):

        def __getattr__(self, name):
            if name.startswith('__'):
                raise AttributeError(name)
            return type(name, (torch.nn.Module, ), {})

    sys.modules.setdefault('mmcv.ops', Ops('mmcv.ops'))


def config(work_dir: str):
    """A tiny run: random images in memory, SPNet's head on a small UNet."""
    from mmengine.config import Config
    split = dict(classes=['sky', 'road', 'car', 'tree'], unseen=['tree'])
    norm = dict(type='BN')
    host = dict(
        type='FCNHead', in_channels=4, in_index=-1, channels=4, num_convs=1,
        concat_input=False, num_classes=4, norm_cfg=norm)
    return Config(dict(
        default_scope='mmseg',
        custom_imports=dict(imports=['mmseg_zeroshot']),
        work_dir=work_dir,
        model=dict(
            type='ZeroShotSegmentor',
            data_preprocessor=dict(
                type='SegDataPreProcessor', size=(32, 32), seg_pad_val=255),
            backbone=dict(
                type='UNet', base_channels=4, num_stages=2, strides=(1, 1),
                enc_num_convs=(1, 1), dec_num_convs=(1, ),
                downsamples=(True, ), enc_dilations=(1, 1),
                dec_dilations=(1, ), norm_cfg=norm),
            decode_head=dict(
                type='SemanticProjectionHead', split=split,
                embeddings='glove-6b-50d', host=host),
            test_cfg=dict(mode='whole')),
        train_cfg=dict(type='IterBasedTrainLoop', max_iters=4),
        optim_wrapper=dict(
            type='OptimWrapper', optimizer=dict(type='SGD', lr=.01)),
        custom_hooks=[dict(type='StepSeedHook'), dict(type='RunStateHook')],
        default_hooks=dict(
            logger=dict(type='LoggerHook', interval=1),
            checkpoint=dict(
                type='CheckpointHook', by_epoch=False, interval=2)),
        log_processor=dict(by_epoch=False),
        log_level='ERROR'))


def samples(count: int = 8) -> list[dict]:
    """Seeded random images with labels of seen classes."""
    from mmengine.structures import PixelData
    from mmseg.structures import SegDataSample
    generator = torch.Generator().manual_seed(0)
    result = []
    for i in range(count):
        label = torch.randint(0, 3, (1, 32, 32), generator=generator)
        sample = SegDataSample(
            gt_sem_seg=PixelData(data=label),
            metainfo=dict(img_shape=(32, 32), ori_shape=(32, 32),
                          img_path=f'{i}.png'))
        image = torch.randint(0, 256, (3, 32, 32), generator=generator)
        result.append(dict(inputs=image.to(torch.uint8),
                           data_samples=sample))
    return result


class Samples(torch.utils.data.Dataset):
    """The samples, with other noise whenever one is drawn."""

    def __init__(self) -> None:
        self.samples = samples()

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> dict:
        image = self.samples[index]['inputs'] // 2
        noise = torch.randint(0, 128, image.shape, dtype=torch.uint8)
        return dict(self.samples[index], inputs=image + noise)


def same_weights(one: str, other: str) -> bool:
    """Whether two checkpoints have the same bits."""
    first, second = (torch.load(path, weights_only=False)['state_dict']
                     for path in (one, other))
    return first.keys() == second.keys() and all(
        torch.equal(first[key], second[key]) for key in first)


def main(work_dir: str) -> None:
    """Run the cycle; any failure ends the process."""
    stub_mmcv_ops()
    import mmengine
    import mmseg
    from mmengine.runner import Runner
    from mmseg.registry import DATASETS

    import mmseg_zeroshot
    DATASETS.register_module(module=Samples)
    print('stack', mmengine.__version__, mmseg.__version__)
    loader = dict(
        batch_size=2, num_workers=0, dataset=dict(type='Samples'),
        sampler=dict(type='KeyedInfiniteSampler'))
    cfg = config(work_dir)
    cfg.train_dataloader = loader
    cfg.randomness = dict(seed=0)
    Runner.from_cfg(cfg).train()

    # Resuming reads the whole checkpoint: message hub, optimizer, loops.
    cfg.resume, cfg.experiment_name = True, 'resumed'
    cfg.train_cfg.max_iters = 6
    runner = Runner.from_cfg(cfg)
    runner.train()
    assert runner.iter == 6, runner.iter
    assert Path(work_dir, 'iter_6.pth').exists()

    # In one go, it is the same run.
    cfg.resume, cfg.experiment_name = False, 'whole'
    cfg.work_dir = f'{work_dir}-whole'
    cfg.train_dataloader.update(num_workers=1)
    Runner.from_cfg(cfg).train()
    assert same_weights(f'{work_dir}/iter_6.pth',
                        f'{work_dir}-whole/iter_6.pth')

    model = runner.model.eval()
    sample, = samples(1)
    with torch.no_grad():
        out = model.test_step({key: [sample[key]] for key in sample})
    assert out[0].seg_logits.data.shape == (4, 32, 32)
    assert out[0].pred_sem_seg.data.shape == (1, 32, 32)
    print('cycle done', mmseg_zeroshot.__version__)


if __name__ == '__main__':
    main(sys.argv[1])

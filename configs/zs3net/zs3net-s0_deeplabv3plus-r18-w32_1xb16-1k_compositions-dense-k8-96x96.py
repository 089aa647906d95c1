# ZS3Net, stage 0, on the dense embedded data set, from scratch on a CPU in a
# few minutes: DeepLabv3+ with its plain classifier, trained on seen classes.
_base_ = [
    '../_base_/models/deeplabv3plus_r18-w32.py',
    '../_base_/datasets/compositions_dense.py',
    '../_base_/schedules/schedule_adamw_1k.py', '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.plain_network(
    _base_,
    split='compositions-dense-k8',
    embeddings='glove-6b-50d',
    num_classes=40))

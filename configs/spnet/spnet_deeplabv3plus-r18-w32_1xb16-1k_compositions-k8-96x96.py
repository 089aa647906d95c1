# SPNet on the embedded data set, from scratch on a CPU in a few minutes.
# Expected: generalised hIoU above 70 without calibration.
_base_ = [
    '../_base_/models/deeplabv3plus_r18-w32.py',
    '../_base_/datasets/compositions.py',
    '../_base_/schedules/schedule_adamw_1k.py', '../_base_/default_runtime.py'
]
from mmseg_zeroshot.experiments import stages

globals().update(stages.spnet(
    _base_, split='compositions-k8', embeddings='glove-6b-50d'))

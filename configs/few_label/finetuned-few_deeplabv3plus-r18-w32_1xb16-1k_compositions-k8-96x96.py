# The paper's few-label baseline: the plain network, trained on the seen
# classes (configs/spnet/seenonly_*.py), fine-tuned on SPNet's drawn images.
_base_ = './spnet-few_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96.py'
from mmseg_zeroshot.experiments import stages

load_from = 'work_dirs/seenonly_deeplabv3plus-r18-w32_1xb16-1k_compositions-k8-96x96/iter_1000.pth'  # noqa: E501
globals().update(stages.seen_only(_base_, method='fine-tuned'))

# The dense embedded data set: objects on grounds, every pixel with a class;
# drawn on first use, so nothing is downloaded.
_base_ = './compositions.py'
inner = dict(
    type='DenseCompositionsDataset', data_root='data/compositions_dense')
train_dataloader = dict(dataset=dict(dataset=inner))
val_dataloader = dict(dataset=dict(dataset=inner))
test_dataloader = dict(dataset=dict(dataset=inner))

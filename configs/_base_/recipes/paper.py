# ZS3Net as the paper prints it (sections 2.2 and 3.1): kernel bandwidths 2, 5,
# 10, 20, 40, 60, Gaussian noise, Adam 2e-4 for the generator, SGD for the
# classifier, one step after the other. How often generated vectors are shown
# is not printed: here every class counts alike, and the classifier goes on
# from stage 0's.
_base_ = './strict.py'
recipe = dict(
    supervision='paper',
    head=dict(
        generator=dict(loss=dict(reading='printed')), frequency_power=0.0),
    restart=[],
    classifier_optimizer=dict(
        _delete_=True,
        type='SGD',
        lr=0.007,
        momentum=0.9,
        weight_decay=0.0005))

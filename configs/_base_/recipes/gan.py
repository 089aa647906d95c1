# The paper's GAN variant (section 3.2: "on a par" with the default), strict:
# a WGAN with gradient penalty and a classification term in place of the MMD.
_base_ = './strict.py'
recipe = dict(
    method='ZS3Net (GAN)',
    head=dict(
        generator=dict(
            _delete_=True, type='WGANGenerator', noise='gaussian')))

# ZS3Net beside ZS3Net + graph context (strict and paper layouts) on the dense
# embedded data set, on a CPU.
net = 'deeplabv3plus-r18-w32'
data = 'compositions-dense-k8'
seen = f'configs/zs3net/zs3net-s0_{net}_1xb16-1k_{data}-96x96.py'
schedules = ('1k', '1k')
first_training = dict()
exec(open('{{ fileDirname }}/../_base_/includes/zs3net_gc_recipe.py').read())

"""Classes ordered by object size, and their plot."""
import pytest
from PIL import Image

from mmseg_zeroshot.visualization import save_object_sizes, sized_classes
from mmseg_zeroshot.visualization.object_sizes import has_scores

from ..results.runs import record


def row(name, pixels=600, regions=3, vanilla=40., iou=10., group='unseen'):
    return {'class': name, 'group': group, 'pixels': pixels,
            'regions': regions, 'IoU': iou, 'accuracy': iou,
            'vanilla_IoU': vanilla}


def run(*rows, **more):
    return record(per_class=list(rows), **more)


RECORDS = [
    run(row('cow', 900, 3, 61., 5.), row('frisbee', 40, 4, 11., 1.),
        row('sky', group='seen'), seed=0),
    run(row('cow', 900, 3, 65., 7.), row('frisbee', 40, 4, 13., 2.), seed=1),
    run(row('cow', 900, 3, 30., 3.), row('frisbee', 40, 4, 9., 0.),
        row('tree', 0, 0), method='HVSL'),
]


def test_classes_are_ordered_by_the_mean_size_of_a_region():
    small, large = sized_classes(RECORDS)
    assert (small.name, small.size, small.regions) == ('frisbee', 10., 4)
    assert (large.name, large.size, large.regions) == ('cow', 300., 3)
    assert large.scores == {'SPNet': [61., 65.], 'HVSL': [30.]}
    assert sized_classes(RECORDS, 'generalised')[0].scores == {
        'SPNet': [1., 2.], 'HVSL': [0.]}


def test_vanilla_scores_do_not_depend_on_gamma():
    again = [run(row('cow', iou=20.), gamma=.5),
             run(row('cow', iou=30.), gamma=.7, supervision='oracle')]
    records = [run(row('cow')), *again]
    assert sized_classes(records)[0].scores == {'SPNet': [40.]}
    assert sized_classes(records, 'generalised')[0].scores == {
        'SPNet': [10.], 'SPNet (calibrated)': [20.],
        'SPNet (calibrated, oracle)': [30.]}


def test_variants_and_labels_stay_apart():
    records = [run(row('cow'), supervision='few-label', variant=dict(n=n))
               for n in (1, 5)]
    assert list(sized_classes(records)[0].scores) == [
        'SPNet (n 1, few-label)', 'SPNet (n 5, few-label)']


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match='belong to one split.*pets, birds'):
        sized_classes([run(row('cow')), run(row('cow'), split='birds')])
    with pytest.raises(ValueError, match="'cow' has 3 regions.*and 4"):
        sized_classes([run(row('cow')), run(row('cow', regions=4), seed=1)])
    with pytest.raises(ValueError, match='seed 0 and unlike IoU'):
        sized_classes([run(row('cow')), run(row('cow', vanilla=1.))])
    with pytest.raises(ValueError, match="'both'"):
        sized_classes(RECORDS, 'both')


def test_a_record_that_lacks_a_score_is_named():
    old = row('cow')
    del old['vanilla_IoU']
    assert not has_scores(run(old)) and has_scores(run(old), 'generalised')
    with pytest.raises(ValueError, match=(
            "'SPNet' has no 'vanilla_IoU' for 'cow'.*mmseg-zeroshot test")):
        sized_classes([run(old)])


def test_regions_are_those_of_the_data_set_and_split():
    old = row('cow', vanilla=20.)
    del old['regions']
    new = run(row('cow'), method='HVSL')
    small, = sized_classes([run(old), new])
    assert (small.size, small.regions) == (200., 3)
    assert small.scores == {'SPNet': [20.], 'HVSL': [40.]}
    # Of a method that is not plotted, too.
    assert sized_classes([run(old)], others=[new])[0].scores == {
        'SPNet': [20.]}
    for other in (run(row('cow'), split='birds'),
                  dict(run(row('cow')), dataset='other'),
                  run(row('cow', pixels=601)), run(old)):
        with pytest.raises(ValueError, match=(
                "no record has 'regions' for 'cow' .* split 'pets'.*"
                r'mmseg-zeroshot test')):
            sized_classes([run(old)], others=[other])


@pytest.mark.parametrize('name', ['sizes.png', 'sizes.svg'])
def test_plot_names_classes_and_methods(tmp_path, name):
    save_object_sizes(tmp_path / name, sized_classes(RECORDS), title='Pets')
    if name.endswith('png'):
        image = Image.open(tmp_path / name).convert('RGB')
        assert image.size == (1000, 640)
        colors = {color for _, color in image.getcolors(10**6)}
        assert (0, 0x72, 0xB2) in colors and (0xD5, 0x5E, 0) in colors
    else:
        text = (tmp_path / name).read_text()
        for word in ('frisbee', '300', 'HVSL', 'Pets'):
            assert f'<!-- {word} -->' in text


def test_nothing_to_plot_is_an_error(tmp_path):
    with pytest.raises(ValueError, match='sizes.png: no unseen class'):
        save_object_sizes(tmp_path / 'sizes.png', sized_classes(
            [run(row('sky', group='seen'))]))

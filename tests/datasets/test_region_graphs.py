"""Region graphs: the released code's figures, a slow reference, bad maps."""
import base64
import zlib
from collections import deque

import numpy as np
import pytest

from mmseg_zeroshot import region_graph

# What ZS3Net's released graph builder gives on random 78x78 maps.
RELEASED = [
    dict(
        label_map=(
        'c-rmOI}QLK2*6N3-'
        '2cqZbRjN=#CBC4jz;8m(M0())YR0}+GvbArx#LFQ&a1zRl5e_{kxZ|si~>G(>Q&rtE'
        's7}b=CO$8%4aIcdMzX{iYpqyfcX'),
        node_classes=(
        'c-muOW@Kh!Vqj!pVFCaEssI}'),
        edges=(
        'c-jTQfdK#@2m&xc1nvKW+X}^+G6-Q{ERIdlt&XgWXC1H4FPC@k0}^}y_5')),
    dict(
        label_map=(
        'c-rllF%HBa3<SxM|GzmpXhs^jwu{{=0%vH}OPsa-'
        '`W@|~_vnFM=+@l&yUUdo+A!LJZjGOPmI<Nt(#WA7=mA!Gm;BHs(73xHcRhQYIY5VmH'
        'i5>@b&dPIN_CzXS}%>2?0q_c3C|oL)8~fPMRV6X4Vd=MgevDl>!Q&ol?QyA(;JoRLh'
        'Gefne3a_GZb?pv<Wmn`z)^b``LGTXuY)RPX%+^&Z(y3(B{zC%U<y`v<rncf#%7#nuh'
        '#V<*U$oX&*2JGzk'),
        node_classes=(
        'c-j?<0SW*B3;{X*|K?eWI*8N_4pAf*!-ylSj{RUPFWEGqLSJ}6=Kbpd7fAq;'),
        edges=(
        'c-'
        'jTQiGqPZ007Wh4N;*cM0Bd?zL>!zN41Xq|L@uND4P1AdK5!()RYn_iCRz!{X<Xb1+C'
        'B<TBG%!UXST<3}85hX9Um(1Hgh2;DG?fU;-'
        'eJ!3@m760Cp<*1!Z7uz?45AnFhLY=1mp*&#b&XRJCL4JV_?XwLDR$VnXJ1zzGIFAHM'
        '<3i4Q<%%|d15hW3diUcJE%20tiG@uDBc`2`EtGPN~FE$HJ(G*=VmaC<uu2oyzuI=@9'
        'qiu9e*BouH`C6bGx~V(*UibA_PYly=4A-'
        '<w$8^oWaxKpatkBA=+}_%ry|W|7b$lmq12=Uu7rQ5K=Y?M6<zC^HyKwLC<9*@>e&VM'
        '=5~M*Epa6$in1@AFL}he{llT~;7{`|+O^yjlk10xVmS;FSWmR6}Wlr)czvlP+QIy4@'
        'I2WY27LW2=UJvIZI%0&;1rb!ECu&fOI()(eSGdME+~V#;PSvF*6}gc+d6160$%lN&U'
        'v;bQRad>M&-H$N)X%!9f1l0s_xWntrfXi!yY1Rn`|jSK@AvN?u3|>N')),
]


def unpack(text: str, *shape: int) -> np.ndarray:
    raw = zlib.decompress(base64.b85decode(text))
    return np.frombuffer(raw, np.uint8).reshape(shape)


def slow_graph(labels, ignore=255, min_pixels=1):
    """The same by a search over pixels: classes, edge set, node map."""
    height, width = labels.shape
    nodes = np.full(labels.shape, -1)
    classes = []
    seen = np.zeros(labels.shape, bool)

    def around(y, x):
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if 0 <= y + dy < height and 0 <= x + dx < width:
                    yield y + dy, x + dx

    for start in np.ndindex(labels.shape):
        if seen[start] or labels[start] == ignore:
            continue
        seen[start] = True
        region, queue = [], deque([start])
        while queue:
            pixel = queue.popleft()
            region.append(pixel)
            for other in around(*pixel):
                if not seen[other] and labels[other] == labels[start]:
                    seen[other] = True
                    queue.append(other)
        if len(region) >= min_pixels:
            for pixel in region:
                nodes[pixel] = len(classes)
            classes.append(labels[start])
    edges = {
        tuple(sorted((nodes[p], nodes[q])))
        for p in np.ndindex(labels.shape) for q in around(*p)
        if nodes[p] != nodes[q] and min(nodes[p], nodes[q]) >= 0
    }
    return classes, sorted(edges), nodes


@pytest.mark.parametrize('case', RELEASED)
def test_equals_the_released_code(case):
    labels = unpack(case['label_map'], 78, 78)
    graph = region_graph(labels)
    np.testing.assert_array_equal(graph.node_classes,
                                  unpack(case['node_classes'], -1))
    np.testing.assert_array_equal(graph.edges, unpack(case['edges'], -1, 2))


@pytest.mark.parametrize('seed', range(8))
@pytest.mark.parametrize('min_pixels', [1, 4])
def test_equals_a_search_over_pixels(seed, min_pixels):
    rng = np.random.default_rng(seed)
    block = 1 + seed % 3
    labels = rng.integers(0, 5, rng.integers(2, 9, 2)).astype(np.uint8)
    labels[labels == 4] = 255
    labels = labels.repeat(block, 0).repeat(block, 1)
    classes, edges, nodes = slow_graph(labels, min_pixels=min_pixels)
    graph = region_graph(labels, min_pixels=min_pixels)
    assert graph.node_classes.tolist() == classes
    assert list(map(tuple, graph.edges)) == edges
    np.testing.assert_array_equal(graph.node_map, nodes)
    assert graph.node_sizes.tolist() == [
        (nodes == v).sum() for v in range(len(classes))]


def test_crossing_diagonals_join_both_pairs():
    graph = region_graph(np.array([[3, 5], [5, 3]]))
    assert graph.node_classes.tolist() == [3, 5]
    assert graph.edges.tolist() == [[0, 1]]
    assert graph.node_map.tolist() == [[0, 1], [1, 0]]


def test_nothing_is_joined_across_ignored_pixels():
    labels = np.array([[1, 255, 2], [1, 255, 2]], np.uint8)
    graph = region_graph(labels)
    assert graph.edges.shape == (0, 2)
    assert graph.node_map.tolist() == [[0, -1, 1], [0, -1, 1]]
    # Any id may be the one to leave out, also one that is no class.
    assert region_graph(labels, 2).node_classes.tolist() == [1, 255]
    assert region_graph(labels, -1).edges.tolist() == [[0, 1], [1, 2]]


def test_tiny_regions_are_left_out_like_ignored_pixels():
    labels = np.zeros((4, 7), np.uint8)
    labels[:, 3] = 1
    labels[:, 4:] = 2
    graph = region_graph(labels, min_pixels=5)
    assert graph.node_classes.tolist() == [0, 2]
    assert graph.edges.tolist() == []
    assert (graph.node_map[:, 3] == -1).all()
    assert region_graph(labels, min_pixels=4).edges.tolist() == [[0, 1],
                                                                 [1, 2]]


def test_a_map_of_one_region_is_one_node():
    graph = region_graph(np.full((5, 6), 7, np.uint8))
    assert graph.node_classes.tolist() == [7]
    assert graph.edges.shape == (0, 2)
    assert (graph.node_map == 0).all()


def test_a_map_without_labels_has_no_node():
    graph = region_graph(np.full((5, 6), 255, np.uint8))
    assert graph.node_classes.shape == (0, )
    assert graph.edges.shape == (0, 2)
    assert graph.node_sizes.shape == (0, )
    assert (graph.node_map == -1).all()


@pytest.mark.parametrize('labels, what', [
    (np.zeros((0, 4), np.uint8), r'with pixels, got shape \(0, 4\)'),
    (np.zeros((2, 3, 3), np.uint8), r'got shape \(2, 3, 3\)'),
    (np.zeros((3, 3)), 'whole class ids >= 0, got float64'),
    (np.full((3, 3), -1), 'got int64 from -1'),
])
def test_maps_that_are_none(labels, what):
    with pytest.raises(ValueError, match=what):
        region_graph(labels)


@pytest.mark.parametrize('value', [0, 1.5])
def test_a_threshold_below_one(value):
    with pytest.raises(ValueError, match=f'min_pixels .*got {value}'):
        region_graph(np.zeros((3, 3), np.uint8), min_pixels=value)


@pytest.mark.real_data
def test_equals_all_of_the_released_figures(real_data):
    path = real_data / 'reference/zs3_released_region_graph.npz'
    with np.load(path, allow_pickle=False) as cases:
        for i in range(4):
            graph = region_graph(cases[f'label_map_{i}'])
            np.testing.assert_array_equal(graph.node_map,
                                          cases[f'node_map_{i}'])
            np.testing.assert_array_equal(graph.edges, cases[f'edges_{i}'])

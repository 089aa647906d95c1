"""The pixel-feature generator of ZS3Net with graph context."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from mmseg.registry import MODELS
from torch import Tensor

from mmseg_zeroshot.models.graph_sets import draw_by_class

from .base import Classifier
from .gmmn import GMMNGenerator


@MODELS.register_module()
class GraphGMMNGenerator(GMMNGenerator):
    """Generates pixel features of regions from what is around them.

    :class:`GMMNGenerator` with its two linear layers replaced by graph
    convolutions (ZS3Net, section 2.2, graph-context encoding; Kipf and
    Welling, ICLR 2017), with ``S = D^-1/2 (A + I) D^-1/2``:

    .. code:: text

        H = LeakyReLU(S [a, z] W1 + b1)      features = S dropout(H) W2 + b2

    A node is a region of a label map; its input is the vector of its class
    and noise. The graphs of a batch are one graph with more components, so
    S is block-diagonal and sparse. A node without neighbours is generated
    exactly as :class:`GMMNGenerator` does with the same weights.

    With ``context`` below 1, S is ``(1 - context) I + context S``. A small
    region between large ones has few neighbours, and S leaves it half of its
    own vector or less, twice over; a word that is washed out by its
    surroundings makes features that could be another class's.

    Args:
        embedding_dim: Width d_a of the class vectors.
        context: Share of a node that comes through the graph, in [0, 1]; 1
            is the paper's, at 0 the graph does nothing.
        loss: See :class:`GMMNGenerator`, as for the rest.
        feature_dim: Width d_x of the pixel features.
        hidden_dim: Width of the hidden layer.
        noise_dim: Width of the noise.
        noise: ``'gaussian'`` or ``'uniform'``.
        dropout: Probability of dropping a hidden unit.
        negative_slope: Slope of the LeakyReLU below 0.
        init_cfg: Initial weights.

    Raises:
        ValueError: ``context`` is outside [0, 1], or as
            :class:`GMMNGenerator`.
    """

    def __init__(self,
                 embedding_dim: int,
                 *,
                 context: float = 1.,
                 loss: dict | None = None,
                 feature_dim: int = 256,
                 hidden_dim: int = 256,
                 noise_dim: int | None = None,
                 noise: str = 'gaussian',
                 dropout: float = .5,
                 negative_slope: float = .2,
                 init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(
            embedding_dim,
            loss=loss,
            feature_dim=feature_dim,
            hidden_dim=hidden_dim,
            noise_dim=noise_dim,
            noise=noise,
            dropout=dropout,
            negative_slope=negative_slope,
            init_cfg=init_cfg)
        if not 0 <= context <= 1:
            raise ValueError(f'{type(self).__name__}(context={context!r}) '
                             'must be in [0, 1]: 1 is a whole graph '
                             'convolution, 0 none')
        self.context = context

    def forward(self,
                vectors: Tensor,
                num: int | None = None,
                *,
                edges: Tensor | None = None,
                nodes: Tensor | None = None,
                noise: Tensor | None = None) -> Tensor:
        """Generate pixel features of nodes.

        Args:
            vectors: (V, d_a) class vectors, one per node.
            num: Features per node, each from noise of its own at all nodes;
                not needed with ``noise``.
            edges: (E, 2) pairs of joined nodes, each pair once; no edge
                where None.
            nodes: (T, ) the nodes whose features are wanted; all where None.
                What they do not depend on is not computed.
            noise: (V, num, d_z) noise to use instead of fresh one.

        Returns:
            (T, num, d_x) features.

        Raises:
            ValueError: Class vectors, noise or edges of another shape, or a
                ``num`` below 1.
        """
        self.check_vectors(vectors)
        noise = self.checked_noise(vectors, num, noise)
        outer = inner = normalized_adjacency(edges, vectors, self.context)
        if nodes is not None:
            outer = outer.index_select(0, nodes)
            used = outer.coalesce().indices()[1].unique()
            outer = outer.index_select(1, used)
            inner = inner.index_select(0, used)
        of_class, of_noise = self.hidden.weight.split(
            (self.embedding_dim, self.noise_dim), 1)
        # The noise is mixed first: it has no gradient to mix back.
        hidden = _mix(inner, F.linear(vectors, of_class)[:, None])
        hidden = hidden + F.linear(_mix(inner, noise), of_noise)
        hidden = self.drop(self.activation(hidden + self.hidden.bias))
        return self.output(_mix(outer, hidden))

    def losses(self,
               real: Tensor,
               class_vectors: Tensor,
               class_ids: Tensor,
               classifier: Classifier,
               *,
               num: int,
               edges: Tensor | None = None) -> dict[str, Tensor]:
        """Return the discrepancy per class over the nodes of a step.

        Args:
            real: (V, P, d_x) real features of nodes.
            class_vectors: (V, d_a) class vectors of the nodes.
            class_ids: (V,) classes of the nodes.
            classifier: Not used.
            num: The most features that a class has in the step, of all its
                nodes together.
            edges: (E, 2) pairs of joined nodes, each pair once.

        Returns:
            One loss, under the ``loss_name`` of :class:`MMDLoss`.
        """
        per_node = real.shape[1]
        generated = self(class_vectors, per_node, edges=edges)
        present = class_ids.unique()
        rows = draw_by_class(class_ids, present.tolist(), per_node, num)
        return self.loss_of_classes(real.flatten(0, 1)[rows],
                                    generated.flatten(0, 1)[rows], present)


def normalized_adjacency(edges: Tensor | None, nodes: Tensor,
                         context: float = 1.) -> Tensor:
    """Return ``S = D^-1/2 (A + I) D^-1/2`` (Kipf and Welling, eq. 2).

    Args:
        edges: (E, 2) pairs of joined nodes, each pair once and no node with
            itself; or None.
        nodes: (V, ...) anything of the nodes, for their number and device.
        context: Share of S, the rest of which is the identity.

    Returns:
        (V, V) sparse, float32 or wider.

    Raises:
        ValueError: The edges are of another shape or type.
    """
    count, device = len(nodes), nodes.device
    if edges is None:
        edges = torch.empty(0, 2, dtype=torch.long, device=device)
    if edges.dim() != 2 or edges.shape[1] != 2 or edges.dtype != torch.long:
        raise ValueError(f'edges must be pairs of nodes (E, 2) of int64, got '
                         f'{tuple(edges.shape)} {edges.dtype}')
    itself = torch.arange(count, device=device)
    rows = torch.cat([edges[:, 0], edges[:, 1], itself])
    columns = torch.cat([edges[:, 1], edges[:, 0], itself])
    dtype = torch.promote_types(nodes.dtype, torch.float32)
    scale = torch.bincount(rows, minlength=count).to(dtype).rsqrt()
    weights = context * scale[rows] * scale[columns]
    weights[len(rows) - count:] += 1 - context
    return torch.sparse_coo_tensor(
        torch.stack([rows, columns]), weights, (count, count),
        check_invariants=True).coalesce()


def _mix(spread: Tensor, features: Tensor) -> Tensor:
    """Return the product of (T, V) and (V, P, H) over the nodes."""
    # Sparse products in half precision are not there on every device.
    with torch.autocast(features.device.type, enabled=False):
        mixed = torch.sparse.mm(spread, features.flatten(1).to(spread.dtype))
    return mixed.view(-1, *features.shape[1:])

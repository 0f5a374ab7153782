"""Gradient boosting of symmetric trees for the absolute error, in numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float32]
type Codes = NDArray[np.uint8]

# Values are told apart in so many steps; step 0 means unknown.
BINS = 48


@dataclass(frozen=True, slots=True)
class BoostingOptions:
    """How many trees, how deep, how careful."""

    rounds: int = 250
    depth: int = 5
    rate: float = 0.06
    row_share: float = 0.6
    most_rows: int = 12_000
    column_share: float = 0.5
    prior: float = 20.0


@dataclass(frozen=True, slots=True)
class Trees:
    """Symmetric trees: one question for each depth, whose answers together number a leaf."""

    columns: NDArray[np.int32]
    thresholds: Floats
    leaves: Floats
    start: float

    def predict(self, values: Floats) -> Floats:
        """Return the sum of the trees' leaves for rows of features."""
        result = np.full(len(values), self.start, np.float32)
        powers = 1 << np.arange(self.columns.shape[1])
        for columns, thresholds, leaves in zip(
            self.columns, self.thresholds, self.leaves, strict=True
        ):
            # An unknown value is above no threshold.
            result += leaves[(values[:, columns] > thresholds) @ powers]
        return result


def fit_trees(
    values: Floats,
    truth: Floats,
    weights: Floats,
    options: BoostingOptions,
    generator: np.random.Generator,
) -> Trees:
    """Return trees that predict the median of `truth`; a row is drawn as often as it weighs."""
    edges = [_get_edges(column) for column in values.T]
    usable = np.array([number for number, edge in enumerate(edges) if len(edge)], np.int64)
    count = len(truth)
    drawn = weights.cumsum(dtype=np.float64)
    start = float(np.median(truth[_draw(drawn, count, generator)])) if count else 0.0
    found = _Found(options.depth)
    current = np.full(count, start, np.float32)
    codes = np.empty((len(edges), count), np.uint8)
    for number, (column, edge) in enumerate(zip(values.T, edges, strict=True)):
        codes[number] = np.where(np.isnan(column), 0, np.searchsorted(edge, column) + 1)
    columns_used = max(1, round(len(usable) * options.column_share))
    rows_used = min(options.most_rows, round(count * options.row_share))
    rounds = options.rounds if len(usable) and rows_used > 2 * options.prior else 0
    for _ in range(rounds):
        rows = _draw(drawn, rows_used, generator)
        tried = generator.permutation(usable)[:columns_used]
        residuals = truth[rows] - current[rows]
        columns, cuts, nodes = _grow(codes[tried[:, None], rows], residuals > 0.0, options)
        names = tried[columns]
        leaves = options.rate * _get_medians(nodes, residuals, 1 << options.depth, options.prior)
        leaf = np.zeros(count, np.int64)
        for level, (name, cut) in enumerate(zip(names, cuts, strict=True)):
            leaf += (codes[name] > cut).astype(np.int64) << level
        current += leaves[leaf]
        # A code above the cut is a value above the edge before it; above 0 is any known one.
        found.add(
            names,
            [
                edges[name][cut - 1] if cut else -np.inf
                for name, cut in zip(names, cuts, strict=True)
            ],
            leaves,
        )
    return found.create(start)


class _Found:
    """The trees found so far."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._columns: list[NDArray[np.int64]] = []
        self._thresholds: list[list[float]] = []
        self._leaves: list[Floats] = []

    def add(self, columns: NDArray[np.int64], thresholds: list[float], leaves: Floats) -> None:
        """Add a tree."""
        self._columns.append(columns)
        self._thresholds.append(thresholds)
        self._leaves.append(leaves)

    def create(self, start: float) -> Trees:
        """Return all trees."""
        return Trees(
            np.array(self._columns, np.int32).reshape(-1, self._depth),
            np.array(self._thresholds, np.float32).reshape(-1, self._depth),
            np.array(self._leaves, np.float32).reshape(-1, 1 << self._depth),
            start,
        )


def _draw(
    drawn: NDArray[np.float64], count: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    places: NDArray[np.int64] = np.searchsorted(drawn, generator.random(count) * drawn[-1])
    return places.clip(max=len(drawn) - 1)


def _get_edges(column: Floats) -> Floats:
    known = column[np.isfinite(column)]
    if not len(known):
        return np.zeros(0, np.float32)
    quantiles: Floats = np.quantile(known, np.linspace(0, 1, BINS)[1:-1]).astype(np.float32)
    edges: Floats = np.unique(quantiles[quantiles < known.max()])
    return edges


def _grow(
    codes: Codes, rising: NDArray[np.bool_], options: BoostingOptions
) -> tuple[list[int], list[int], NDArray[np.int64]]:
    """Return the column and the cut of each depth, and in which leaf each row ends."""
    columns_count, count = codes.shape
    nodes = np.zeros(count, np.int64)
    # Rows are counted by column, leaf so far, value and direction, all in one pass.
    cells = codes.astype(np.int64) * 2 + rising
    columns: list[int] = []
    cuts: list[int] = []
    for level in range(options.depth):
        size = 1 << level
        width = size * BINS * 2
        places = cells + nodes * (BINS * 2) + np.arange(columns_count)[:, None] * width
        counts = np.bincount(places.ravel(), minlength=columns_count * width)
        counts = counts.reshape(columns_count, size, BINS, 2).cumsum(axis=2)
        weights = counts.sum(axis=3)
        sums = counts[..., 1] - counts[..., 0]
        gains = sums[..., :-1] ** 2 / (weights[..., :-1] + options.prior)
        gains += (sums[..., -1:] - sums[..., :-1]) ** 2 / (
            weights[..., -1:] - weights[..., :-1] + options.prior
        )
        column, cut = divmod(int(gains.sum(axis=1).argmax()), BINS - 1)
        columns.append(column)
        cuts.append(cut)
        nodes += (codes[column] > cut).astype(np.int64) << level
    return columns, cuts, nodes


def _get_medians(nodes: NDArray[np.int64], values: Floats, count: int, prior: float) -> Floats:
    """Return the median of each leaf, drawn to zero where there are few rows."""
    order = np.lexsort((values, nodes))
    bounds = np.searchsorted(nodes[order], np.arange(count + 1))
    totals = np.diff(bounds)
    places = np.minimum(bounds[:-1] + totals // 2, len(values) - 1)
    medians = values[order[places]]
    return np.where(totals > 0, medians * totals / (totals + prior), 0.0).astype(np.float32)

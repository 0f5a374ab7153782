"""A linear model for the absolute error, in numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float32]

# Errors below this share of the typical one are treated as squares, so that the steps converge.
SMOOTH_SHARE = 0.05
STEPS = 15
RIDGE = 0.01
# Features count at most so many standard deviations: a sensor gone mad moves no forecast far.
MOST_DEVIATIONS = 6.0
# So many rows are multiplied at a time.
CHUNK = 128


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of features that are first put on one scale; an unknown feature counts as usual."""

    means: Floats
    scales: Floats
    weights: NDArray[np.float64]

    def predict(self, values: Floats) -> Floats:
        """Return the sums for rows of features."""
        return _weigh(self._scale(values), self.weights).astype(np.float32)

    def _scale(self, values: Floats) -> NDArray[np.float64]:
        scaled = (values - self.means) / self.scales
        scaled = np.nan_to_num(np.clip(scaled, -MOST_DEVIATIONS, MOST_DEVIATIONS))
        return np.column_stack((scaled, np.ones(len(values)))).astype(np.float64, copy=False)

    @classmethod
    def fit(cls, values: Floats, truth: Floats, weights: Floats) -> LinearModel:
        """Return the model whose weighted absolute error is least."""
        known = np.isfinite(values)
        counts = np.maximum(known.sum(axis=0), 1)
        filled = np.where(known, values, 0.0)
        means = (filled.sum(axis=0) / counts).astype(np.float32)
        spread = np.where(known, values - means, 0.0)
        scales = np.sqrt((spread**2).sum(axis=0) / counts + 1e-12).astype(np.float32)
        model = cls(means, scales, np.zeros(values.shape[1] + 1))
        scaled = model._scale(values)
        smooth = SMOOTH_SHARE * float(np.abs(truth).mean()) + 1e-6
        found = model.weights
        for _ in range(STEPS):
            errors = truth - _weigh(scaled, found)
            importance = weights / np.sqrt(errors**2 + smooth**2)
            weighted = scaled * importance[:, None]
            square = _multiply(scaled, weighted)
            square[np.diag_indices_from(square)] += RIDGE * importance.sum()
            found = np.linalg.solve(square, np.einsum("ij,i->j", weighted, truth))
        return cls(means, scales, found)


# Large products are spread over all processors, which then wait for each other: that costs three
# times as much as it takes, and all else at home waits, too. So products are kept small.


def _weigh(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weighted sum of each row."""
    result: NDArray[np.float64] = np.einsum("ij,j->i", rows, weights)
    return result


def _multiply(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the product of a table's columns with those of another."""
    count, width = first.shape
    whole = count - count % CHUNK
    chunks = first[:whole].reshape(-1, CHUNK, width).transpose(0, 2, 1) @ second[:whole].reshape(
        -1, CHUNK, width
    )
    result: NDArray[np.float64] = chunks.sum(axis=0) + first[whole:].T @ second[whole:]
    return result

/** Text of `src/data/fitted.py`, for packages whose serving path needs values of the training table. */
export function renderFittedValues(): string {
  return `"""Values that the data stage computes from all rows of the training table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pandas as pd
import structlog
from pandas.api.types import CategoricalDtype, is_string_dtype

logger = structlog.get_logger(__name__)

T = TypeVar("T")


class FittedValues:
    """Values computed at the first call of a name and reused at every later one.

    Training starts with an empty object, so that every value is computed as in the notebook.
    New rows are prepared with the filled object by the same functions.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[str, object] = {}

    def value(self, name: str, compute: Callable[[], T]) -> T:
        """Give the value of a name.

        Args:
            name: Name of the value.
            compute: Computes it from the rows at hand, for the first call.

        Returns:
            The computed or the kept value.
        """
        if name not in self._values:
            self._values[name] = compute()
        return self._values[name]  # pyright: ignore[reportReturnType]

    def categories(self, name: str, df: pd.DataFrame) -> pd.DataFrame:
        """Keep the categories of the text columns, or give new rows the kept ones.

        Without them, \`\`get_dummies\`\` on few rows yields fewer columns and drops another first one.

        Args:
            name: Name of the value.
            df: Table that is about to be encoded, shape (n, k).

        Returns:
            \`\`df\`\` itself at the first call; later its text columns become categorical.
        """
        first = name not in self._values
        kept = self.value(
            name, lambda: {c: sorted(df[c].dropna().unique()) for c in df if is_string_dtype(df[c])}
        )
        if first:
            return df
        for column, known in kept.items():
            unknown = sorted(set(df[column].dropna()) - set(known))
            if unknown:
                logger.warning("unknown_categories", column=column, values=unknown)
        return df.astype({column: CategoricalDtype(known) for column, known in kept.items()})
`;
}

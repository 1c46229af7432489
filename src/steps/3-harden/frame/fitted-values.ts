/** Text of `src/data/fitted.py`, for packages whose serving path needs values of the training table. */
export function renderFittedValues(): string {
  return `"""Values that the data stage computes from all rows of the training table."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pandas as pd
import structlog
from pandas.api.types import CategoricalDtype, is_string_dtype

logger = structlog.get_logger(__name__)

T = TypeVar("T")
Table = TypeVar("Table", pd.DataFrame, pd.Series)


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

    def kept(self, name: str) -> Any:  # noqa: ANN401 - whatever training kept
        """Give a value that training kept.

        Args:
            name: Name of the value.

        Returns:
            The kept value.
        """
        return self._values[name]

    def categories(self, name: str, data: Table) -> Table:
        """Keep the categories of text, or give new rows the kept ones.

        Without them, \`\`get_dummies\`\` on few rows yields fewer columns and drops another first one.

        Args:
            name: Name of the value.
            data: Table or column that is about to be encoded, n rows.

        Returns:
            \`\`data\`\` itself at the first call; later its text becomes categorical.
        """
        first = name not in self._values
        df = data.to_frame() if isinstance(data, pd.Series) else data
        kept = self.value(
            name, lambda: {c: sorted(df[c].dropna().unique()) for c in df if is_string_dtype(df[c])}
        )
        if first:
            return data
        for column, known in kept.items():
            unknown = sorted(set(df[column].dropna()) - set(known))
            if unknown:
                logger.warning("unknown_categories", column=column, values=unknown)
        typed = df.astype({column: CategoricalDtype(known) for column, known in kept.items()})
        return typed.iloc[:, 0] if isinstance(data, pd.Series) else typed  # pyright: ignore[reportReturnType]

    def fit_transform(self, name: str, transformer: Any, data: Any) -> Any:  # noqa: ANN401 - any transformer, any data
        """Fit a transformer at the first call and keep it; later calls only transform.

        Args:
            name: Name of the value.
            transformer: Object with \`\`fit_transform\`\` and \`\`transform\`\`.
            data: Rows to transform.

        Returns:
            Transformed rows.
        """
        if name not in self._values:
            transformed = transformer.fit_transform(data)
            # A copy: the notebook may fit the same object again.
            self._values[name] = copy.deepcopy(transformer)
            return transformed
        kept: Any = self._values[name]
        return kept.transform(data)

    def complete(self, rows: pd.DataFrame, training_only: Sequence[str]) -> pd.DataFrame:
        """Give new rows the columns that only training needs, such as the target.

        They hold the values of a training row; nothing that is predicted depends on them.

        Args:
            rows: Raw rows; at the first call those of training.
            training_only: Columns that new rows need not have.

        Returns:
            Rows with all raw columns in the order of training.
        """
        columns = self.value("raw columns", lambda: list(rows.columns))
        example = self.value("training row", lambda: rows[list(training_only)].head(1))
        absent = {column: example[column].iloc[0] for column in training_only if column not in rows}
        return rows.assign(**absent)[columns]
`;
}

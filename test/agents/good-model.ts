/** A good model for the package of the demo's notebook. */
import type { Script } from './scripted-model.ts';
import { calls } from './scripts.ts';

/** The file of the demo's package that it edits. */
export const LOADER = 'src/data/loader.py';
const edit = (old: string, text: string) => ({
  name: 'edit_file',
  arguments: { path: LOADER, old_text: old, new_text: text },
});
const finish = (summary: string) => ({ name: 'finish', arguments: { summary } });

/** The test file that it adds to it. */
export const MORE_TESTS = `"""Tests of what the raw table must hold."""

from __future__ import annotations

import pandas as pd
import pytest

from src.data.loader import RAW_SCHEMA, check_columns
from src.errors import SchemaError
from src.training.train import TrainingResult


def test_a_table_without_the_columns_names_them() -> None:
    """The error says which columns are missing."""
    with pytest.raises(SchemaError, match="temperature"):
        check_columns(pd.DataFrame({"rentals": [1]}), RAW_SCHEMA)


def test_no_row_is_in_both_parts(result: TrainingResult) -> None:
    """Training and test rows do not overlap."""
    assert set(result.data.X_train.index).isdisjoint(result.data.X_test.index)
`;

/** What a good model does: better words, a local with a name that says more, a check, two tests. */
export const good: Script = (request) => {
  if (request.body.messages[0]?.content?.includes('You may write only under tests/.') === true)
    return calls(
      { name: 'write_file', arguments: { path: 'tests/test_raw_table.py', text: MORE_TESTS } },
      finish('Two tests of the raw table and of the split.'),
    );
  return calls(
    edit('"""Clean the data', '"""Fill gaps in humidity and wind, then add the features'),
    edit(
      '    input_path = resolve_input(path, root)\n    if not input_path.exists():\n',
      '    data_file = resolve_input(path, root)\n    if not data_file.exists():\n',
    ),
    edit('f"data file not found: {input_path} (set', 'f"there is no data file {data_file} (set'),
    edit('    return input_path\n', '    return data_file\n'),
    edit(
      '    if df.empty:\n',
      '    if len(df.columns) != len(set(df.columns)):\n        raise SchemaError(f"columns are there twice: {list(df.columns)}")\n    if df.empty:\n',
    ),
    finish('Docstring of clean_data, the message of require_file, a check for doubled columns.'),
  );
};

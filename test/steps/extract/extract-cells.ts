import { loadPython } from '../../../src/python/load-parser.ts';
import { removeMagics } from '../../../src/notebook/magics.ts';
import type { Notebook } from '../../../src/notebook/notebook.ts';
import type { Observation, StatementRecord } from '../../../src/notebook/observation.ts';
import { analyse, type ExtractOptions } from '../../../src/steps/1-extract/extract.ts';
import type { Extraction } from '../../../src/steps/1-extract/extraction.ts';

await loadPython();

/** A notebook of code cells; a cell that starts with `# md` is markdown. */
export function notebookOf(cells: readonly string[]): Notebook {
  return {
    path: 'work/notebook.ipynb',
    sha256: '0'.repeat(64),
    format: 4,
    language: 'python',
    cells: cells.map((source, index) => {
      if (source.startsWith('# md')) {
        return { index, kind: 'markdown', source, code: '', magics: [], executionCount: null, tags: [] };
      }
      const { code, magics } = removeMagics(source);
      return { index, kind: 'code', source, code, magics, executionCount: index + 1, tags: [] };
    }),
  };
}

/** Not run. */
export const STATIC: Observation = { state: 'none', versions: {}, statements: [], seconds: 0 };

interface Settings extends ExtractOptions {
  sources?: string[];
  /** What the run showed of some statements; the others ran and showed nothing. */
  records?: Record<number, Partial<StatementRecord>>;
}

/** Extracts a notebook given as cells. */
export function extract(
  cells: readonly string[],
  { sources = [], records, ...options }: Settings = {},
): Extraction {
  const notebook = notebookOf(cells);
  const files = sources.map((path) => ({ path }));
  const plain = analyse(notebook, files, STATIC, options);
  if (records === undefined) return plain;
  const statements = plain.statements.map(({ id }) => ({ ...record(id), ...records[id] }));
  return analyse(notebook, files, { state: 'complete', versions: {}, statements, seconds: 1 }, options);
}

/** A statement that ran and showed nothing. */
export function record(id: number): StatementRecord {
  return {
    id,
    outcome: 'ran',
    seconds: 0,
    values: {},
    mutated: [],
    random: [],
    expressions: {},
    reads: [],
    writes: [],
    stdout: '',
  };
}

/** First lines of the kept statements, imports left out. */
export function kept({ statements }: Extraction): string[] {
  return statements
    .filter((each) => each.kept && each.kind !== 'import')
    .map(({ text }) => text.split('\n')[0] ?? '');
}

/** First lines of the dropped statements, imports left out. */
export function dropped({ statements }: Extraction): string[] {
  return statements
    .filter((each) => !each.kept && each.kind !== 'import')
    .map(({ text }) => text.split('\n')[0] ?? '');
}

/** Codes of the findings, sorted. */
export function codes({ findings }: Extraction): string[] {
  return findings.map(({ code }) => code).sort();
}

/** Imports, a table, a split, a model: what most notebooks have. */
export const START = `import pandas as pd
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split, cross_val_score, GridSearchCV
from sklearn.metrics import accuracy_score
import joblib
df = pd.read_csv('data.csv')`;
export const SPLIT = `X = df.drop(columns=['y'])
y = df['y']
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7)`;
export const MODEL = `clf = LogisticRegression(C=0.5)
clf.fit(X_train, y_train)
print('acc', accuracy_score(y_test, clf.predict(X_test)))`;

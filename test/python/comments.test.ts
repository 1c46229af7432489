import { beforeAll, expect, test } from '@jest/globals';
import { commentsWithoutCode } from '../../src/python/comments.ts';
import { loadPython } from '../../src/python/load-parser.ts';

beforeAll(loadPython);

test.each([
  "print('Train Accuracy score:',knn_train_accuracy)",
  'df = df.dropna()',
  'import seaborn as sns',
  "del df['id']",
  'df["a"] = 1',
  'plt.show()',
  '# df.head()',
])('switched off code is left out: %s', (line) => expect(commentsWithoutCode([line])).toEqual([]));

test.each([
  'Converting to pandas dataframe',
  'scaler',
  'Step 1: load the data',
  'see https://example.org/page',
  'accuracy',
  'the model (a forest) wins',
  '0.83 on Kaggle',
  'TODO: tune',
])('words stay: %s', (line) => expect(commentsWithoutCode([line])).toEqual([`# ${line}`]));

import { expect, test } from '@jest/globals';
import { parameterList } from '../../../src/steps/3-harden/frame/index.ts';
import { formatPython, lintPython } from '../../../src/python/format.ts';
import { loadPython } from '../../../src/python/load-parser.ts';

test.each(['nn.Module', 'Any'])(
  'a served model of the type %s leaves nothing for ruff',
  async (annotation) => {
    await loadPython();
    const parameters = parameterList([
      { name: 'rows', annotation: 'pd.DataFrame' },
      { name: 'model', annotation },
      { name: 'config', annotation: 'Config' },
    ]);
    const code = `def predict_rows(${parameters}) -> pd.DataFrame:\n    """Predict."""\n    return model(rows, config)\n`;
    const codes = lintPython(formatPython(code), 'src/models/serving.py').map(({ code: found }) => found);
    expect(codes).not.toContain('ANN401');
  },
);

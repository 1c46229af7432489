import { expect, test } from '@jest/globals';
import { rightsOf } from '../../src/agents/rights.ts';
import { writeProblem } from '../../src/agents/workspace-path.ts';
import { whyNotWritten } from '../../src/gate/rights.ts';

const paths = [
  ...[
    'src/config.py',
    'src/data/loader.py',
    'tests/test_data.py',
    'tests/conftest.py',
    'tests/test_parity.py',
  ],
  ...['tests/reference.json', 'tests/reference.py', 'Makefile', 'configs/default.yaml', 'EXTRACTION_PLAN.md'],
];
const agents = (['build', 'test', 'review'] as const).flatMap((role) =>
  ['harden', 'test', 'docs'].map((step) => ({ role, step })),
);

test.each(agents)(
  'a $role agent in the step $step is refused at once what the gate would drop',
  ({ role, step }) => {
    const refused = paths.filter(
      (path) => writeProblem(path, rightsOf(role, step), 'train.ipynb') !== undefined,
    );
    expect(refused).toEqual(paths.filter((path) => whyNotWritten(path, { role, step }, true) !== undefined));
  },
);

import { each, type CallTable } from './schema.ts';

const ARRAY = 'numpy.ndarray';

export const numpy: CallTable = {
  ...each(
    'numpy.',
    'array zeros ones full empty arange linspace logspace concatenate vstack hstack stack column_stack where log log1p log10 log2 exp expm1 sqrt abs round clip unique sort argsort dot matmul outer diff cumsum repeat tile delete insert append pad zeros_like ones_like full_like eye identity meshgrid copy isnan isfinite isinf power square sign maximum minimum nan_to_num digitize c_ r_ percentile quantile bincount histogram polyfit einsum rint floor ceil sin cos tan interp convolve',
    { type: ARRAY },
  ),
  ...each(
    'numpy.',
    'ravel reshape transpose squeeze expand_dims asarray ascontiguousarray atleast_2d atleast_1d swapaxes broadcast_to moveaxis flip split array_split',
    {
      returns: 'view',
      type: ARRAY,
    },
  ),
  ...each(
    'numpy.',
    'mean median std var sum min max prod any all count_nonzero average nanmean nanmedian nanstd',
    {},
  ),
  ...each('numpy.', 'put place copyto fill_diagonal', { mutates: [0] }),
  ...each('numpy.', 'set_printoptions seterr', { role: 'settings' }),
  ...each('numpy.', 'load loadtxt genfromtxt fromfile', {
    role: 'read',
    type: ARRAY,
    path: { index: 0, keyword: 'file' },
  }),
  ...each('numpy.', 'save savez savez_compressed savetxt', {
    role: 'write',
    path: { index: 0, keyword: 'file' },
    object: 1,
  }),
  'numpy.random.seed': { role: 'seed', draws: { generator: 'numpy' } },
  'numpy.random.shuffle': { mutates: [0], draws: { generator: 'numpy' } },
  ...each(
    'numpy.random.',
    'rand randn randint random choice permutation normal uniform random_sample binomial poisson exponential beta gamma multivariate_normal standard_normal laplace lognormal ranf sample multinomial dirichlet random_integers',
    { draws: { generator: 'numpy' }, type: ARRAY },
  ),
  ...each('numpy.random.', 'default_rng RandomState', { type: 'numpy.random.Generator' }),
  ...each(
    'numpy.random.Generator.',
    'random normal integers choice uniform permutation standard_normal rand randn randint',
    { mutates: ['receiver'], type: ARRAY },
  ),
  ...each('numpy.random.Generator.', 'shuffle', { mutates: ['receiver', 0] }),
  ...each(`${ARRAY}.`, 'sort fill resize put itemset partition setflags', { mutates: ['receiver'] }),
  ...each(`${ARRAY}.`, 'reshape ravel transpose squeeze view swapaxes diagonal', {
    returns: 'view',
    type: ARRAY,
  }),
  ...each(
    `${ARRAY}.`,
    'astype copy flatten argsort cumsum clip round repeat dot nonzero conj take compress choose trace tolist',
    { type: ARRAY },
  ),
  ...each(`${ARRAY}.`, 'mean std var sum min max prod any all argmax argmin item ptp', {}),
};

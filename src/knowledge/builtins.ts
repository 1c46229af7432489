import { each, type CallTable } from './schema.ts';

/** Builtins and small standard modules. */
export const builtins: CallTable = {
  ...each(
    '',
    'abs all any bin bool bytes callable chr complex divmod float format frozenset getattr hasattr hash hex id int isinstance issubclass len max min oct ord pow range repr round slice str sum type vars dir globals locals super object property staticmethod classmethod input memoryview bytearray help',
    {},
  ),
  ...each('', 'print display', { role: 'display' }),
  // The items are those of the argument.
  ...each('', 'dict list set tuple sorted zip enumerate iter filter map reversed', { returns: 'view' }),
  next: { mutates: ['name:0'], returns: 'view' },
  setattr: { mutates: [0] },
  delattr: { mutates: [0] },
  open: { path: { index: 0, keyword: 'file' } },
  'IPython.display.display': { role: 'display' },
  'IPython.core.display.display': { role: 'display' },
  ...each('IPython.display.', 'Image HTML Markdown SVG clear_output', { role: 'display' }),
  'pprint.pprint': { role: 'display' },
  ...each('warnings.', 'filterwarnings simplefilter', { role: 'settings' }),
  ...each('logging.', 'basicConfig disable getLogger', { role: 'settings' }),
  'random.seed': { role: 'seed', draws: { generator: 'random' } },
  'random.shuffle': { mutates: [0], draws: { generator: 'random' } },
  ...each(
    'random.',
    'random randint choice choices sample uniform gauss randrange normalvariate betavariate',
    {
      draws: { generator: 'random' },
    },
  ),
  'copy.copy': {},
  'copy.deepcopy': {},
  'gc.collect': { role: 'settings' },
  ...each('tqdm.', 'tqdm trange notebook.tqdm auto.tqdm tqdm_notebook', { returns: 'first' }),
  ...each('builtins.list.', 'append extend insert remove pop clear sort reverse', { mutates: ['receiver'] }),
  ...each('builtins.dict.', 'update setdefault pop popitem clear', { mutates: ['receiver'] }),
  ...each('builtins.set.', 'add update discard remove pop clear', { mutates: ['receiver'] }),
};

import { each, type CallTable } from './schema.ts';

const file = { index: 1, keyword: 'filename' };

/** joblib, pickle, json and what the operating system's modules do with files. */
export const persistence: CallTable = {
  'joblib.dump': { role: 'save', path: file, object: 0 },
  'sklearn.externals.joblib.dump': { role: 'save', path: file, object: 0 },
  ...each('', 'joblib.load sklearn.externals.joblib.load', {
    role: 'load',
    path: { index: 0, keyword: 'filename' },
  }),
  ...each('', 'pickle.dump cPickle.dump dill.dump cloudpickle.dump', { role: 'save', object: 0, path: file }),
  ...each('', 'pickle.load cPickle.load dill.load cloudpickle.load', {
    role: 'load',
    path: { index: 0, keyword: 'file' },
  }),
  ...each('', 'json.dump yaml.dump yaml.safe_dump', {
    role: 'write',
    object: 0,
    path: { index: 1, keyword: 'fp' },
  }),
  ...each('', 'json.load yaml.safe_load yaml.load', { role: 'read', path: { index: 0, keyword: 'fp' } }),
  ...each('os.', 'makedirs mkdir', { role: 'folder', path: { index: 0, keyword: 'name' } }),
  'pathlib.Path': { type: 'pathlib.Path' },
  'pathlib.Path.mkdir': { role: 'folder' },
  ...each('os.', 'remove rename chdir system', {}),
  ...each('shutil.', 'rmtree move copy', {}),
  'torch.save': { role: 'save', object: 0, path: { index: 1, keyword: 'f' } },
  'torch.load': { role: 'load', path: { index: 0, keyword: 'f' } },
  'mlflow.sklearn.log_model': { role: 'save', object: 0 },
};

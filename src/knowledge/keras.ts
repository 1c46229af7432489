import { each, type CallTable } from './schema.ts';

const MODEL = 'keras.Model';
const keras: CallTable = {
  ...each('', 'Sequential Model models.Sequential models.Model', {
    type: MODEL,
    holds: true,
    stage: 'model',
  }),
  ...each('models.', 'load_model', { role: 'load', type: MODEL, path: { index: 0, keyword: 'filepath' } }),
  ...each('optimizers.', 'Adam SGD RMSprop Adagrad Adadelta Nadam Adamax', {
    role: 'optimizer',
    hyperparameters: true,
    positional: ['learning_rate'],
    stage: 'training',
  }),
  ...each('callbacks.', 'EarlyStopping ReduceLROnPlateau', {
    hyperparameters: true,
    stage: 'training',
  }),
  ...each('utils.', 'set_random_seed', { role: 'seed' }),
  ...each('utils.', 'to_categorical', {}),
};

const prefixed = (prefix: string): CallTable =>
  Object.fromEntries(Object.entries(keras).map(([name, facts]) => [`${prefix}.${name}`, facts]));

/** Keras under all the paths that it is imported from. */
export const kerasTable: CallTable = {
  ...prefixed('keras'),
  ...prefixed('tensorflow.keras'),
  ...prefixed('tensorflow.python.keras'),
  'tensorflow.random.set_seed': { role: 'seed' },
  'tensorflow.set_random_seed': { role: 'seed' },
  [`${MODEL}.add`]: { mutates: ['receiver'] },
  [`${MODEL}.compile`]: { mutates: ['receiver'], hyperparameters: ['optimizer', 'loss'], stage: 'training' },
  [`${MODEL}.fit`]: {
    role: 'train',
    mutates: ['receiver'],
    type: 'keras.callbacks.History',
    hyperparameters: ['epochs', 'batch_size', 'validation_split', 'shuffle'],
    stage: 'training',
  },
  [`${MODEL}.fit_generator`]: {
    role: 'train',
    mutates: ['receiver'],
    hyperparameters: ['epochs'],
    stage: 'training',
  },
  [`${MODEL}.evaluate`]: { role: 'score' },
  ...each(`${MODEL}.`, 'predict predict_classes', { role: 'predict' }),
  [`${MODEL}.summary`]: { role: 'display' },
  ...each(`${MODEL}.`, 'save save_weights', { role: 'save', path: { index: 0, keyword: 'filepath' } }),
  [`${MODEL}.load_weights`]: { mutates: ['receiver'], role: 'load', path: { index: 0, keyword: 'filepath' } },
  [`${MODEL}.get_layer`]: { returns: 'view' },
};

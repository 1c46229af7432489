import { each, type CallTable } from './schema.ts';

const TENSOR = 'torch.Tensor';

export const torch: CallTable = {
  'torch.manual_seed': { role: 'seed', draws: { generator: 'torch' } },
  ...each('torch.', 'cuda.manual_seed cuda.manual_seed_all', { role: 'seed' }),
  ...each(
    'torch.',
    'tensor zeros ones stack cat arange linspace full zeros_like ones_like argmax max sum mean softmax sigmoid',
    {
      type: TENSOR,
    },
  ),
  ...each('torch.', 'from_numpy as_tensor', { returns: 'first', type: TENSOR }),
  ...each('torch.', 'rand randn randint randperm bernoulli multinomial normal rand_like randn_like', {
    draws: { generator: 'torch', unless: ['generator'] },
    type: TENSOR,
  }),
  ...each('torch.', 'set_printoptions', { role: 'settings' }),
  ...each('torch.', 'device no_grad inference_mode autocast', {}),
  'torch.compile': { returns: 'first' },
  'torch.utils.data.DataLoader': {
    role: 'loader',
    hyperparameters: true,
    holds: true,
    stage: 'data',
    type: 'torch.utils.data.DataLoader',
  },
  ...each('torch.utils.data.', 'TensorDataset Subset ConcatDataset', { holds: true, stage: 'data' }),
  'torch.utils.data.random_split': {
    role: 'split',
    holds: true,
    stage: 'data',
    draws: { generator: 'torch', unless: ['generator'] },
  },
  ...each(
    'torch.optim.',
    'SGD Adam AdamW RMSprop Adagrad Adadelta Adamax NAdam RAdam LBFGS Rprop ASGD SparseAdam',
    {
      role: 'optimizer',
      hyperparameters: true,
      positional: [null, 'lr'],
      holds: true,
      stage: 'training',
      type: 'torch.optim.Optimizer',
    },
  ),
  ...each(
    'torch.optim.lr_scheduler.',
    'StepLR MultiStepLR ExponentialLR CosineAnnealingLR ReduceLROnPlateau OneCycleLR CyclicLR LambdaLR CosineAnnealingWarmRestarts LinearLR',
    {
      role: 'scheduler',
      hyperparameters: true,
      holds: true,
      stage: 'training',
      type: 'torch.optim.lr_scheduler.LRScheduler',
    },
  ),
  ...each(
    'torch.nn.',
    'CrossEntropyLoss MSELoss BCELoss BCEWithLogitsLoss NLLLoss L1Loss SmoothL1Loss HuberLoss KLDivLoss CTCLoss PoissonNLLLoss TripletMarginLoss HingeEmbeddingLoss',
    { role: 'loss', hyperparameters: true, stage: 'model', type: 'torch.nn.Loss' },
  ),
  ...each('torch.nn.utils.', 'clip_grad_norm_ clip_grad_value_', { mutates: [0, 'contents:0'] }),
  ...each(
    'torch.nn.init.',
    'xavier_uniform_ xavier_normal_ kaiming_normal_ kaiming_uniform_ normal_ uniform_ zeros_ ones_ constant_ orthogonal_',
    {
      mutates: [0, 'contents:0'],
      draws: { generator: 'torch' },
    },
  ),
  ...each('torch.optim.Optimizer.', 'step zero_grad load_state_dict add_param_group', {
    mutates: ['receiver', 'contents'],
  }),
  ...each('torch.optim.lr_scheduler.LRScheduler.', 'step', { mutates: ['receiver', 'contents'] }),
  ...each(
    'torch.nn.Module.',
    'train eval requires_grad_ half float double load_state_dict apply zero_grad register_buffer add_module',
    {
      mutates: ['receiver'],
      returns: 'receiver',
    },
  ),
  ...each('torch.nn.Module.', 'to cuda cpu', { mutates: ['receiver'], returns: 'receiver' }),
  ...each('torch.nn.Module.', 'parameters named_parameters modules children state_dict', {
    returns: 'receiver',
  }),
  ...each(`${TENSOR}.`, 'view reshape squeeze unsqueeze t permute transpose flatten detach numpy', {
    returns: 'view',
  }),
  ...each(`${TENSOR}.`, 'to cuda cpu clone item sum mean argmax max min tolist float long int dim size', {}),
  ...each(`${TENSOR}.`, 'backward', { mutates: ['receiver', 'contents'] }),
};

/** Layers draw their first weights. */
export const LAYERS_DRAW = 'torch.nn.';

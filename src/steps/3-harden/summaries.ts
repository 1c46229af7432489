import type { SegmentSignature } from './segment-code.ts';

/** First lines of docstrings by the name of the function (R8 of the design's rules). */
const SUMMARIES: [RegExp, string][] = [
  [/^load_/, 'Read the raw data'],
  [/^split_/, 'Split into training and test data'],
  [/^scale_/, 'Scale the features'],
  [/^encode_/, 'Encode the features'],
  [/^reduce_/, 'Reduce or select the features'],
  [/^vectorize_/, 'Turn text into features'],
  [/^resample_/, 'Resample the rows'],
  [/^join_/, 'Join tables'],
  [/^clean_/, 'Clean the data'],
  [/^make_loaders/, 'Make the data sets and loaders'],
  [/^get_device/, 'Choose the device'],
  [/^build_criterion/, 'Construct the loss'],
  [/^build_optimizer/, 'Construct the optimizer'],
  [/^build_search/, 'Construct the search or its folds'],
  [/^build_preprocessor/, 'Construct the preprocessing'],
  [/^build_model/, 'Construct the untrained model'],
  [/^train_/, 'Train the model'],
  [/^refit_/, 'Fit the scored model again'],
  [/^evaluate_/, 'Compute metrics'],
  [/^predict_/, 'Predict the held-out data'],
];

/** First line of the docstring of a segment's function, without the cells. */
export function summaryOf({ segment, returns }: SegmentSignature): string {
  const known = SUMMARIES.find(([pattern]) => pattern.test(segment.name))?.[1];
  if (known !== undefined) return known;
  const names = returns.map((value) => `\`\`${value.name}\`\``);
  if (names.length === 0) return "Run the notebook's statements";
  return `Compute ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`}`;
}

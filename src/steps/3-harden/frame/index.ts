export { renderConfig } from './config-file.ts';
export { renderDefaultYaml } from './default-yaml.ts';
export { renderEvaluateFrame } from './evaluate-frame.ts';
export { dictionaryExpression, sectionClass, valueExpression } from './expressions.ts';
export { renderFittedValues } from './fitted-values.ts';
export { definitions, type Fragment } from './fragment.ts';
export {
  docstring,
  imports as mergeImports,
  pythonFile,
  dictEntry,
  pythonString,
  wrap,
} from './python-text.ts';
export { renderErrors, renderInits, renderRuntime } from './runtime.ts';
export { renderTracking } from './tracking.ts';
export { keepsFittedValues, renderSaveAndLoad } from './save-and-load.ts';
export {
  decisionArguments,
  parameterList,
  predictInput,
  renderServing,
  servedType,
  type ServingParts,
} from './serving.ts';
export { renderTrainFrame, type TrainParts } from './train-frame.ts';
export { typeName, type TypeName } from './types.ts';

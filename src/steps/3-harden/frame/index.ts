export { renderConfig } from './config-file.ts';
export { renderDefaultYaml } from './default-yaml.ts';
export { dictionaryExpression, sectionClass, valueExpression } from './expressions.ts';
export { renderErrors, renderInits, renderRuntime, renderTracking } from './runtime.ts';

/** Section of the configuration that the values of a stage belong to. */
export function sectionOf(stage: string): string {
  return /^(data|model|training|evaluation)$/.test(stage)
    ? stage
    : stage === 'persistence'
      ? 'model'
      : stage === 'visualization'
        ? 'evaluation'
        : 'data';
}

/** Fields that every `TrainingResult` has. */
const OWN_FIELDS = new Set(['data', 'metrics']);

/** The field of `TrainingResult` for a value of the notebook: its name, unless a field of every package has that. */
export function resultField(name: string): string {
  return OWN_FIELDS.has(name) ? `notebook_${name}` : name;
}

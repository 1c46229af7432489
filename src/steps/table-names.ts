/**
 * Names for the tables that a notebook reads, by the variables that receive them: one that is read into twice is `df` and `df_2`.
 *
 * @param variables - In the order in which they are read.
 */
export function tableNames(variables: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return variables.map((variable) => {
    const name = variable.toLowerCase();
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

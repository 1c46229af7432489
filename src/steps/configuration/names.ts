/** Names of configuration keys: what a notebook calls a value becomes a Python identifier, the same one everywhere. */

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is lambda nonlocal not or pass raise return try while with yield ' +
    // Fields that would hide the types of the fields after them.
    'int float bool str list dict tuple Any'
  ).split(' '),
);

/** `min child weight` → `min_child_weight`, `lambda` → `lambda_`, `2d` → `key_2d`, `__x` → `x`. */
export function safeName(name: string): string {
  const plain = name
    .normalize('NFKC')
    .replace(/[^\p{ID_Continue}]+/gu, '_')
    // Python mangles names that start with two underscores, and OmegaConf keeps some for itself.
    .replace(/^_+/, '');
  if (plain === '') return 'key';
  const started = /^\p{ID_Start}/u.test(plain) ? plain : `key_${plain}`;
  return KEYWORDS.has(started) ? `${started}_` : started;
}

/** `name`, or `name_2`, `name_3` … if taken; takes it. */
export function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number += 1) candidate = `${name}_${number}`;
  taken.add(candidate);
  return candidate;
}

/** `param_grid` → `ParamGrid`. */
export function pascalCase(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Names: which Python has already, and how to make new ones. */

const BUILTINS = new Set(
  (
    'ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError ' +
    'BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ' +
    'ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception ' +
    'ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ' +
    'ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError ' +
    'KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented ' +
    'NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError ' +
    'PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning ' +
    'StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True ' +
    'TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError ' +
    'UnicodeWarning UserWarning ValueError Warning ZeroDivisionError __build_class__ __builtins__ __debug__ __doc__ ' +
    '__file__ __import__ __loader__ __name__ __package__ __spec__ abs aiter all anext any ascii bin bool breakpoint ' +
    'bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate ' +
    'eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance ' +
    'issubclass iter len license list locals map max memoryview min next object oct open ord pow print property ' +
    'quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip'
  ).split(' '),
);

/** What IPython adds to every notebook. */
const NOTEBOOK_BUILTINS = new Set(['display', 'get_ipython', 'In', 'Out', '_', '__', '___', 'exit', 'quit']);

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** True for names that Python defines, also module attributes such as `__name__`. */
export function isBuiltin(name: string): boolean {
  return BUILTINS.has(name);
}

/** True for names that exist in a notebook without being defined in it: builtins and IPython's `display` and friends. */
export function isNotebookBuiltin(name: string): boolean {
  return BUILTINS.has(name) || NOTEBOOK_BUILTINS.has(name) || /^_(i|ii|iii|i?\d+|oh|ih|dh)$/.test(name);
}

/** True for reserved words; soft keywords (`match`, `type`) may be names. */
export function isKeyword(name: string): boolean {
  return KEYWORDS.has(name);
}

/** True if the text can stand as a name. */
export function isIdentifier(text: string): boolean {
  return /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(text) && !KEYWORDS.has(text);
}

/** `RandomForestClassifier` → `random_forest_classifier`, `X train (2)` → `x_train_2`; always a valid, unreserved name. */
export function toSnakeCase(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (words === '') return 'value';
  if (/^\d/.test(words)) return `n_${words}`;
  return KEYWORDS.has(words) ? `${words}_` : words;
}

/** The wanted name, or with the first number from 2 that nobody has taken. */
export function uniqueName(wanted: string, taken: { has(name: string): boolean }): string {
  if (!taken.has(wanted)) return wanted;
  for (let i = 2; ; i += 1) {
    const candidate = `${wanted}_${i}`;
    if (!taken.has(candidate)) return candidate;
  }
}

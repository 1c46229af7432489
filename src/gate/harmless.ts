/**
 * What code of a model may name. All else is refused: a list of what is dangerous would never be complete. Whatever stands here
 * computes from its arguments, and leaves files, network, processes and other code alone.
 */

/** Modules of Python, with the members that may be named. */
const STANDARD: Readonly<Record<string, RegExp>> = {
  __future__: /^annotations$/,
  abc: /^(ABC|abstractmethod)$/,
  collections: /^(abc(\.[A-Z]\w*)?|Counter|defaultdict|deque|OrderedDict|ChainMap)$/,
  contextlib: /^(suppress|nullcontext)$/,
  copy: /^(copy|deepcopy)$/,
  dataclasses: /^(dataclass|field|fields|asdict|astuple|replace|is_dataclass)$/,
  datetime: /^(date|datetime|timedelta|timezone|UTC)(\.(utc|fromisoformat|strptime|min|max))?$/,
  decimal: /^Decimal$/,
  enum: /^(Enum|IntEnum|StrEnum|auto|unique)$/,
  fractions: /^Fraction$/,
  functools: /^(partial|reduce|cache|lru_cache|cached_property|wraps)$/,
  itertools:
    /^(chain(\.from_iterable)?|combinations|count|cycle|islice|pairwise|permutations|product|repeat)$/,
  json: /^(dumps|loads|JSONDecodeError)$/,
  math: /^\w+$/,
  numbers: /^(Number|Real|Integral|Rational|Complex)$/,
  re: /^(compile|match|fullmatch|search|findall|finditer|sub|split|escape|IGNORECASE|MULTILINE|Pattern|Match)$/,
  statistics: /^(mean|fmean|median|mode|stdev|pstdev|variance|pvariance|quantiles)$/,
  string: /^(ascii_\w+|digits|punctuation|whitespace)$/,
  textwrap: /^(dedent|indent|fill|wrap|shorten)$/,
  typing: /^([A-Z]\w*|cast|final|overload)$/,
};

/** Libraries, where the compiler's package has them; `not` says what of the rest reads, writes or sets something for all. */
const LIBRARIES: Readonly<Record<string, { only: RegExp; not: RegExp }>> = {
  numpy: {
    only: /^(\w+|(testing|typing|linalg|ma)\.\w+|random\.(default_rng|Generator))$/,
    not: /^(load|save|from(file|buffer|regex|pyfunc)|genfromtxt|memmap|lib$|core$|f2py|ctypeslib|set|testing$|testing\.(?!assert_)|typing$|random$)/,
  },
  pandas: {
    only: /^([A-Z]\w*(\.from_(dict|records|product|tuples|arrays))?|\w+|testing\.assert_\w+|api\.types\.\w+|errors\.\w+)$/,
    not: /^(read_|to_(?!datetime|numeric|timedelta)|eval$|[A-Z]\w*(File|Store|Writer)$|set_option|reset_option|options|io$|core$|plotting$|util$|testing$|api$|compat$|tseries$)/,
  },
  pytest: {
    only: /^(raises|warns|approx|fixture|param|fail|mark|mark\.parametrize)$/,
    not: /^$/,
  },
  scipy: {
    only: /^(stats|special|linalg|optimize|sparse|spatial\.distance)\.\w+$/,
    not: /\.(load|save)_/,
  },
  sklearn: { only: /^[a-z]\w*(\.\w+)+$|^clone$/, not: /^(datasets|externals|utils\.(fixes|parallel))\b/ },
  torch: {
    only: /^(\w+|(nn|optim|linalg|testing)(\.functional|\.init|\.lr_scheduler)?\.\w+|utils\.data\.\w+)$/,
    not: /^(load|save|hub|jit|package|compile|classes|ops|library|set_|use_|serialization|multiprocessing|distributed|utils$)/,
  },
};

/** What is there without an import. */
const BUILTINS = new Set(
  [
    'abs all any bool bytes callable chr classmethod complex dict divmod enumerate filter float format frozenset hash',
    'int isinstance issubclass iter len list map max min next object ord pow property range repr reversed round set',
    'slice sorted staticmethod str sum super tuple type zip True False None NotImplemented Ellipsis __name__',
    'ArithmeticError AssertionError AttributeError Exception FileNotFoundError FloatingPointError ImportError',
    'IndexError KeyError LookupError NotImplementedError OSError OverflowError PermissionError RuntimeError',
    'StopIteration TimeoutError TypeError UnicodeDecodeError UserWarning ValueError Warning ZeroDivisionError',
  ].flatMap((line) => line.split(' ')),
);

/** Members that write files, reach the network or other programs, or change the program itself, on whatever object. */
const ACTING = new Set(
  [
    'open write writelines write_text write_bytes mkdir makedirs rmdir unlink touch chmod symlink_to hardlink_to dump save',
    'savefig savez savez_compressed savetxt tofile to_csv to_pickle to_parquet to_sql to_excel to_json to_hdf to_feather',
    'to_html to_clipboard to_stata to_orc to_gbq to_xml to_latex to_markdown system popen Popen spawn fork kill connect',
    'urlopen urlretrieve send sendall sendto request urllib requests socket http ftplib smtplib subprocess shutil os',
    'setattr delattr setitem delitem setenv delenv chdir syspath_prepend set_start_method',
  ].flatMap((line) => line.split(' ')),
);
/** Members that read files, or lead to what has no name here. Modules are among them: many a library holds `sys` as its own member. */
const LEADING = new Set(
  [
    'read_text read_bytes readlines iterdir glob rglob home cwd expanduser load fromfile environ sys io builtins modules',
    'importlib ctypes codecs inspect types pathlib pickle joblib tempfile threading multiprocessing warnings gc',
    'import_module exec_module load_module eval query exec getfixturevalue attrgetter methodcaller get_type_hints',
    'f_globals f_back f_locals tb_frame gi_frame cr_frame mro format_map get_field main',
  ].flatMap((line) => line.split(' ')),
);

/** Whether a builtin may be used. */
export function isHarmlessBuiltin(name: string): boolean {
  return BUILTINS.has(name);
}

/** Whether a member may be named on an object of which nothing is known. */
export function isHarmlessMember(name: string): boolean {
  return !ACTING.has(name) && !LEADING.has(name) && !name.startsWith('_');
}

/** Whether a member of a module may be named: `numpy.isnan`. */
export function isHarmlessPath(path: string): boolean {
  const [root = '', ...members] = path.split('.');
  const rest = members.join('.');
  if (!members.every(isHarmlessMember)) return false;
  if (Object.hasOwn(STANDARD, root)) return STANDARD[root]?.test(rest) === true;
  const library = Object.hasOwn(LIBRARIES, root) ? LIBRARIES[root] : undefined;
  return library !== undefined && library.only.test(rest) && !library.not.test(rest);
}

/** Whether a module comes with Python, and is listed here. */
export function isStandardModule(root: string): boolean {
  return Object.hasOwn(STANDARD, root);
}

/** Whether a module is listed here. */
export function isKnownModule(root: string): boolean {
  return isStandardModule(root) || Object.hasOwn(LIBRARIES, root);
}

/** Modules of which the compiler's own code may use everything without acting on more than its values. */
const COMPUTING = new Set([
  ...Object.keys(STANDARD),
  ...'numpy pandas sklearn scipy statsmodels torch torchvision xgboost lightgbm catboost imblearn keras tensorflow'.split(
    ' ',
  ),
  ...'matplotlib seaborn structlog omegaconf yaml pathlib argparse logging random sys hashlib platform difflib'.split(
    ' ',
  ),
  ...'operator pickle joblib cloudpickle inspect pkgutil unittest types time pytest category_encoders'.split(
    ' ',
  ),
]);

/** Whether naming a path makes the compiler's code act: write files, track, or reach what nobody here knows. */
export function isActing(path: string): boolean {
  const [root = '', ...members] = path.split('.');
  return !COMPUTING.has(root) || members.some(isActingMember);
}

/** The same of a member of whatever object. */
export function isActingMember(name: string): boolean {
  return ACTING.has(name);
}

/** Modules that reach the network, other programs or code that is text: named in a reason, not needed for the decision. */
const KINDS: [string, RegExp][] = [
  [
    'the network',
    /^(socket|ssl|http|urllib|urllib3|requests|httpx|aiohttp|ftplib|smtplib|imaplib|telnetlib|xmlrpc|websockets?|paramiko|boto3|webbrowser|asyncio)\b/,
  ],
  ['other programs', /^(subprocess|os|pty|multiprocessing|signal|shutil|sh|pexpect)\b/],
  [
    'code that is text',
    /^(importlib|ctypes|cffi|code|codeop|runpy|pickle|marshal|dill|cloudpickle|builtins|eval|exec|compile|__import__)\b/,
  ],
  ['files', /^(open|io|pathlib|tempfile|glob|joblib)\b/],
];

/** What a module or builtin reaches that a model's code may not; undefined where it is just not known as harmless. */
export function reachOf(path: string): string | undefined {
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0];
}

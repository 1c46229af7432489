/** Import name of a module to the name under which it is installed, where they differ. */
export const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  sklearn: 'scikit-learn',
  skimage: 'scikit-image',
  skopt: 'scikit-optimize',
  cv2: 'opencv-python',
  PIL: 'pillow',
  yaml: 'pyyaml',
  bs4: 'beautifulsoup4',
  imblearn: 'imbalanced-learn',
  umap: 'umap-learn',
  dateutil: 'python-dateutil',
  box: 'python-box',
  dotenv: 'python-dotenv',
  Bio: 'biopython',
  attr: 'attrs',
  mpl_toolkits: 'matplotlib',
  pylab: 'matplotlib',
  pytorch_lightning: 'pytorch-lightning',
  sentence_transformers: 'sentence-transformers',
  category_encoders: 'category-encoders',
  tensorflow_datasets: 'tensorflow-datasets',
  tensorflow_hub: 'tensorflow-hub',
  scikitplot: 'scikit-plot',
  feature_engine: 'feature-engine',
  prophet: 'prophet',
  fbprophet: 'prophet',
  xlrd: 'xlrd',
  MySQLdb: 'mysqlclient',
  psycopg2: 'psycopg2-binary',
  Crypto: 'pycryptodome',
  git: 'gitpython',
  serial: 'pyserial',
  usb: 'pyusb',
  OpenSSL: 'pyopenssl',
  jwt: 'pyjwt',
  google: 'google-cloud',
  lime: 'lime',
  IPython: 'ipython',
  ipywidgets: 'ipywidgets',
  tables: 'tables',
  docx: 'python-docx',
  pptx: 'python-pptx',
  fitz: 'pymupdf',
  zmq: 'pyzmq',
  win32com: 'pywin32',
  speech_recognition: 'SpeechRecognition',
  faiss: 'faiss-cpu',
  torch_geometric: 'torch-geometric',
  patsy: 'patsy',
  statsmodels: 'statsmodels',
  pmdarima: 'pmdarima',
};

/** Modules that come with Python (3.8 to 3.14; names that went away count too). */
export const STANDARD_MODULES: ReadonlySet<string> = new Set(
  '__future__ abc aifc argparse array ast asyncio atexit audioop base64 bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msvcrt multiprocessing netrc nntplib numbers opcode operator optparse os pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix pprint profile pstats pty pwd py_compile pyclbr pydoc queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtplib sndhdr socket socketserver spwd sqlite3 ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo'.split(
    ' ',
  ),
);

/** Distribution that has the module; null if it comes with Python. */
export function distributionOf(module: string): string | null {
  const root = module.split('.')[0] ?? module;
  if (STANDARD_MODULES.has(root)) return null;
  return Object.hasOwn(DISTRIBUTIONS, root) ? DISTRIBUTIONS[root]! : root.replaceAll('_', '-').toLowerCase();
}

/** One top-level statement of a notebook with what it binds, reads and calls. Plain JSON. */

/** Half-open range of UTF-16 offsets in the text of the statement. */
export interface Span {
  start: number;
  end: number;
}

/** A Python literal: numbers, strings, booleans, None and lists, tuples, dicts of them. */
export type Literal =
  | { kind: 'none' }
  | { kind: 'bool'; value: boolean }
  | { kind: 'int'; value: number }
  | { kind: 'float'; value: number; text: string }
  | { kind: 'string'; value: string }
  | { kind: 'list' | 'tuple' | 'set'; items: Literal[] }
  | { kind: 'dict'; entries: { key: Literal; value: Literal }[] };

/** An argument of a call. */
export interface Argument {
  /** Keyword, or null for a positional one; `*` and `**` for unpacking. */
  keyword: string | null;
  /** Range of the value. */
  span: Span;
  text: string;
  /** Names of the notebook or of the enclosing function that the value reads. */
  names: string[];
  /** The value, where it is a literal (a leading minus included). */
  literal?: Literal;
  /** Set if the value is just a name. */
  name?: string;
}

/** A call anywhere in a statement, nested calls and bodies of functions included, in order of their start. */
export interface Call {
  span: Span;
  /** Text of what is called, white space removed: `pd.read_csv`, `model.fit`, `make()().x`. */
  callee: string;
  /**
   * Import path of what is called where the name is imported: `pandas.read_csv`; for a method of a value the
   * name stands for: `<df>.dropna`; for a method of a call's result: `<call>.fit`; for a notebook or builtin function its name.
   */
  qualified: string;
  /** First name of the callee, if it starts with a name. */
  root: string | null;
  /** Last attribute of the callee, or the name itself. */
  method: string;
  arguments: Argument[];
  /** Name of the notebook function or class whose body holds the call; null at the top. */
  within: string | null;
  /** Inside a `for` or `while` of this statement. */
  loop: boolean;
  /** Span of the enclosing call this one is an argument or receiver of, if any. */
  parent: Span | null;
  /** Set if `root` is a local name of a function or comprehension, not one of the notebook. */
  local?: true;
}

/** A store into a part of a value: `a.b = 1`, `d[k] = v`, `del d[k]`, `x += 1` on a part. */
export interface Store {
  root: string;
  kind: 'attribute' | 'subscript';
  /** The constant key of a one-step subscript store, `df['a'] = …`. */
  key?: string;
  span: Span;
  within: string | null;
  /** Set if `root` is a local name (a parameter, `self`), not one of the notebook. */
  local?: true;
}

/** Two names that may share one object or its memory. */
export interface Alias {
  name: string;
  of: string;
  /** Set if one is a container and the other an element of it: `both = [train, test]`, `for frame in both`. */
  element?: true;
}

/** A name bound by an import. */
export interface ImportedName {
  name: string;
  /** `sklearn.metrics` of `from sklearn.metrics import f1_score`, `numpy` of `import numpy as np`; leading dots kept. */
  module: string;
  /** `f1_score`; null for `import …`; `*` for a star import. */
  member: string | null;
}

/** Occurrence of a name that resolves to the notebook's namespace (not a local of a function or comprehension). */
export interface Occurrence {
  name: string;
  span: Span;
  context: 'load' | 'store' | 'delete';
  /** Name of the top-level function or class of this statement whose body holds it; null where it runs with the statement. */
  within: string | null;
}

/** Kind of a statement. */
export type StatementKind =
  | 'import'
  | 'assignment'
  | 'augmented'
  | 'expression'
  | 'function'
  | 'class'
  | 'for'
  | 'while'
  | 'with'
  | 'if'
  | 'try'
  | 'delete'
  | 'other';

/** One top-level statement. */
export interface Statement {
  /** Position in the notebook from 0. */
  id: number;
  cell: number;
  /** First and last line in the cell, from 1. */
  line: number;
  endLine: number;
  kind: StatementKind;
  /** Source without surrounding blank lines and without the comments before it. */
  text: string;
  /** Comment lines directly above it, without `#`. */
  comments: string[];
  /** Comment behind a simple statement on its last line, without `#`; it is not in `text`. */
  trailing?: string;
  /** Names that it binds in the notebook's namespace, in order (also imports, `for` targets, `with … as`, walrus, `def`). */
  defines: string[];
  /** Those of `defines` that some path through the statement may leave unbound or unchanged. */
  conditional: string[];
  /**
   * Names of the notebook's namespace and builtins that it reads when it runs; bodies of functions not included.
   * Of a name that the statement itself has certainly bound before (`for i in r: print(i)`), only reads before that count.
   */
  uses: string[];
  /** For a `def`, `class` or `f = lambda`: names that its body reads from the notebook's namespace (builtins included). */
  deferred: string[];
  /** For a `def`: notebook names that it rebinds by `global`. */
  globals: string[];
  stores: Store[];
  calls: Call[];
  imports: ImportedName[];
  /** Imports inside functions and classes: they bind no name of the notebook, but need their package. */
  innerImports?: ImportedName[];
  occurrences: Occurrence[];
  /** `y = x`, `y = x.T`, `y = x[…]`, `a = b = x`: pairs of names that may share one object or its memory. */
  aliases: Alias[];
  /** The value of an assignment to plain names, or the expression itself. */
  value?: { span: Span; literal?: Literal };
  /** The last statement of its cell and a bare expression: Jupyter shows its value. */
  displayed: boolean;
}

/** The one place where wasm is loaded. After `loadPython()` everything in this folder is synchronous. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as RuffModule from '@astral-sh/ruff-wasm-nodejs';
import { Language, Parser } from 'web-tree-sitter';
import { InvariantError } from './invariant-error.ts';

const packages = createRequire(import.meta.url);
let parser: Parser | null = null;
let loading: Promise<void> | null = null;

/**
 * Loads the parser, once; calling it again is free. Ruff is loaded by its first use: it takes several times as long,
 * and not every process needs it.
 */
export function loadPython(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  await Parser.init();
  const grammar = readFileSync(packages.resolve('tree-sitter-python/tree-sitter-python.wasm'));
  const language = await Language.load(new Uint8Array(grammar));
  parser = new Parser();
  parser.setLanguage(language);
}

/** The lenient parser. */
export function treeSitter(): Parser {
  if (!parser) throw new InvariantError('loadPython() was not awaited before Python was parsed');
  return parser;
}

/** Ruff: strict parser, linter and formatter. Its package reads its wasm synchronously when it is first required. */
export function ruff(): typeof RuffModule {
  return packages('@astral-sh/ruff-wasm-nodejs') as typeof RuffModule;
}

/** Makes the next `ruff()` load it afresh: its memory is lost after an overflow. */
export function forgetRuff(): void {
  Reflect.deleteProperty(packages.cache, packages.resolve('@astral-sh/ruff-wasm-nodejs'));
}

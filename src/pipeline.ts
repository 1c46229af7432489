import { BlockedError, violationDiagnostic } from './guardrails/blocked-error.ts';
import { type GuardContext, treeCheck } from './guardrails/check-tree.ts';
import type { Violation } from './guardrails/violation.ts';
import type { Diagnostic } from './lib/diagnostic.ts';
import type { FileTree } from './lib/file-tree.ts';
import type { Source } from './lib/source.ts';
import { packageName, sha256 } from './lib/text.ts';
import { readNotebook } from './notebook/read-notebook.ts';
import { loadPython } from './python/load-parser.ts';
import type { ReportFacts } from './report/facts.ts';
import { renderUnverified } from './report/unverified.ts';
import { obstacle } from './report/verdict-text.ts';
import { writeReport } from './report/write-report.ts';
import { improve } from './refine/improve.ts';
import type { ModelRequest, RefinePorts } from './refine/request.ts';
import type { Step } from './runs/step.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { analyse, relocateInputs, renderExtractionPlan, watchPlan } from './steps/1-extract/extract.ts';
import type { StructureOptions } from './steps/2-structure/layout.ts';
import { structure } from './steps/2-structure/structure.ts';
import { harden, type Hardened } from './steps/3-harden/harden.ts';
import { type CodeOrigin, findOrigins } from './steps/3-harden/origins.ts';
import { silenceTypes } from './steps/3-harden/silence.ts';
import { SERVING_TEST } from './steps/4-test/test-serving.ts';
import { writeTests } from './steps/4-test/write-tests.ts';
import { writePipelineConfig } from './steps/5-pipeline-config/index.ts';
import { distributionsOf } from './verify/distributions.ts';
import { observe, type ObservedRun } from './verify/observe.ts';
import { findReleases, type Look } from './verify/older-releases.ts';
import { REFERENCE_PATH } from './verify/reference-file.ts';
import { unprovedTests } from './verify/unproved-tests.ts';
import type { Verdict } from './verify/verdict.ts';
import { nothingRan, verify, type VerifyRequest, type Verified } from './verify/verify.ts';

/** The Python that a package asks for when no run says which one the notebook had. */
const DEFAULT_PYTHON = '3.11';

/** Files that are written after the proof: its reference, the report, the list of what we wrote. */
const LATER: FileTree = { [REFERENCE_PATH]: '', 'REPORT.md': '', '.architect.json': '' };

/** What a run is asked for. */
export interface RunRequest {
  /** The model that the package is about; null: the notebook decides. */
  target: string | null;
  limits: { seconds: number; memory: number };
  /** Where the package goes, and what every tree of the run is held to. */
  guard: GuardContext;
  /** What the repository's configuration asks for and the run does not do. */
  diagnostics: Diagnostic[];
  /** What a model is asked for; absent: nothing. */
  model?: ModelRequest;
}

/** The world as a run sees it. */
export interface Ports {
  repo: {
    checkout(): Promise<Source>;
    /** `paths.root` of the package: from it to the working tree. */
    root: string;
    /** The package's folder in the working tree, as the report says it. */
    folder: string;
    /** Brings the package, with its report, to where it goes; gives that place. */
    publish(tree: FileTree, verdict: Verdict): Promise<string>;
  };
  /** Null: no code is run. */
  sandbox: Sandbox | null;
  /** Who is asked, and who keeps what was said; absent: no model. */
  model?: Pick<RefinePorts, 'agent' | 'keepTranscript'>;
  signal?: AbortSignal;
  /** Told what the current step does at the moment. */
  say: (text: string) => void;
}

/** A package with its verdict, or the reason why there is none. */
export type Outcome =
  | { kind: 'refused'; diagnostics: Diagnostic[] }
  | {
      kind: 'made';
      /** What the report says comes from here. */
      facts: ReportFacts;
      diagnostics: Diagnostic[];
      files: string[];
      /** Where the package went. */
      place: string;
    };

/** A run; what a guardrail blocks ends it. */
export async function productionize(request: RunRequest, ports: Ports, step: Step): Promise<Outcome> {
  try {
    return await run(request, ports, step);
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    return {
      kind: 'refused',
      diagnostics: [...request.diagnostics, ...error.diagnostics],
    };
  }
}

/** The whole run: every thing that it does is a line here, in order. */
async function run(request: RunRequest, ports: Ports, step: Step): Promise<Outcome> {
  const { repo, sandbox, signal, say } = ports;
  const { limits, target } = request;
  const hold = openGuard(request.guard);
  await loadPython();
  const source = await step('fetch', () => repo.checkout());
  const reading = readNotebook(source.text, source.path, sha256(source.text));
  if ('refused' in reading) return { kind: 'refused', diagnostics: [reading.refused] };
  const { notebook, relocations } = relocateInputs(reading.notebook, source.files);
  const watched = {
    source,
    limits,
    statements: watchPlan(notebook),
    distributions: distributionsOf(notebook, source),
  };
  const options = { relocations, ...(target === null ? {} : { target }) };
  const look: Look = async (round, older) => {
    const observed = await step(
      `observe${round}`,
      () => observe({ ...watched, older }, sandbox, signal, say),
      ({ notRun }) => (notRun === undefined ? undefined : renderUnverified(notRun).what),
    );
    const extraction = await step(`extract${round}`, () =>
      analyse(notebook, source.files, observed.observation, { ...options, older }),
    );
    return { observed, extraction };
  };
  const { observed, extraction } = await findReleases(
    look,
    (looked) => !isRefused(looked.extraction.diagnostics),
    limits.seconds,
  );
  const diagnostics = [...request.diagnostics, ...reading.diagnostics, ...extraction.diagnostics];
  if (isRefused(diagnostics)) return { kind: 'refused', diagnostics };
  const place = { name: packageName(source.path, source.root.split('/').at(-1) ?? ''), root: repo.root };
  const make = async (round: string, shape: StructureOptions, without: string[] = []): Promise<Made> => {
    const layout = await step(`structure${round}`, () => structure(extraction, shape));
    const hardened = await step(`harden${round}`, () => harden(extraction, layout, place));
    const { plan, origins } = hardened;
    hold(hardened.tree, origins);
    const tests = await step(`test${round}`, () => writeTests(plan, { without }));
    hold({ ...hardened.tree, ...tests }, origins);
    const configured = await step(`pipeline-config${round}`, () =>
      writePipelineConfig(plan, ...versionsFor(observed)),
    );
    const plans = { 'EXTRACTION_PLAN.md': renderExtractionPlan(extraction, destinations(origins)) };
    const tree = sorted({ ...hardened.tree, ...tests, ...configured, ...plans });
    // What comes after the proof has its names already: who protects one of them need not wait for the proof.
    hold({ ...tree, ...LATER }, origins);
    const proof = { source, extraction, plan, tree, observed, limits };
    const refused = isRefused(hardened.diagnostics);
    const verified = await step(
      `verify${round}`,
      () => verify(proof, refused ? null : sandbox, silenceTypes, signal, say),
      ({ verdict }) => (nothingRan(verdict) ? (obstacle(verdict) ?? undefined) : undefined),
    );
    return { hardened, verified, proof };
  };
  let made = await make('', {});
  const served = made.verified.failedTests.find((name) => name.startsWith(SERVING_TEST));
  // Raw rows that are not predicted as in training are not served: the model then takes its own input.
  const shape: StructureOptions =
    served === undefined
      ? {}
      : { modelInput: `raw rows were not predicted as in training (${served.slice(0, 120)})` };
  if (served !== undefined) made = await make('#2', shape);
  // Where the values are proved, a test of what was observed that fails all the same was wrong, not the package.
  const wrong = unprovedTests(made.verified);
  if (wrong.length > 0) made = await make('#3', shape, wrong);
  const { hardened } = made;
  const { plan } = hardened;
  diagnostics.push(...hardened.diagnostics);
  if (isRefused(diagnostics)) return { kind: 'refused', diagnostics };
  const compiled = hold(made.verified.tree, hardened.origins);
  const { verified, changes } = await improve(made, { request, ports, notebook, diagnostics }, step);
  const isCompilers = verified === made.verified;
  const origins = isCompilers ? hardened.origins : findOrigins(verified.tree, plan.functions);
  const held = isCompilers ? compiled : hold(verified.tree, origins);
  diagnostics.push(...held.diagnostics);
  const remarks = [
    ...request.diagnostics.map(({ message, help }) => `${message} ${help}`),
    ...wrong.map((name) => `\`${name}\` is not among the tests: it fails although every value is proved.`),
  ];
  const facts = {
    ...{ extraction, plan, origins, verdict: verified.verdict, folder: repo.folder },
    ...{ warnings: held.warnings, remarks },
    ...(changes === undefined ? {} : { model: changes }),
  };
  const report = await step('report', () => writeReport(facts));
  const whole = { ...verified.tree, 'REPORT.md': report };
  hold(whole, origins);
  const out = await step('publish', () => repo.publish(whole, verified.verdict));
  return { kind: 'made', facts, diagnostics, files: Object.keys(verified.tree), place: out };
}

/** A package and its proof. */
interface Made {
  hardened: Hardened;
  verified: Verified;
  proof: VerifyRequest;
}

/** Holds the trees of a run to the guardrails: gives their warnings, and ends the run where one blocks. */
function openGuard(context: GuardContext): (tree: FileTree, origins: readonly CodeOrigin[]) => Held {
  const check = treeCheck(context);
  const placed = (file: string): string => (context.folder === '.' ? file : `${context.folder}/${file}`);
  return (tree, origins) => {
    const warnings = check(tree);
    const diagnostics = warnings.map((violation) => {
      const { path, line } = violation;
      const origin = origins.find(
        ({ file, firstLine, lastLine }) =>
          placed(file) === path && line !== null && firstLine <= line && line <= lastLine,
      );
      return violationDiagnostic(violation, origin?.cell);
    });
    const blocks = diagnostics.filter(({ severity }) => severity === 'refused');
    if (blocks.length > 0) throw new BlockedError(blocks);
    return { warnings, diagnostics };
  };
}

/** What the guardrails let pass. */
interface Held {
  warnings: Violation[];
  diagnostics: Diagnostic[];
}

function isRefused(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'refused');
}

/** Where each cell went, as phrases for the plan. */
function destinations(origins: readonly CodeOrigin[]): Map<number, string[]> {
  const places = new Map<number, string[]>();
  for (const { cell, name, file } of origins)
    places.set(cell, [...(places.get(cell) ?? []), `\`${name}\`, ${file}`]);
  return places;
}

/** What the package pins: what the notebook ran with; nothing where nothing ran. */
function versionsFor({ observation, environment }: ObservedRun): [Record<string, string>, string, string[]] {
  return [
    observation.versions,
    observation.python ?? environment?.python ?? DEFAULT_PYTHON,
    environment?.lock ?? [],
  ];
}

function sorted(tree: FileTree): FileTree {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

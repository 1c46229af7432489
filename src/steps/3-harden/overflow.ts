import { freeNames } from '../../python/edit.ts';
import type { CodeStage } from '../2-structure/layout.ts';
import { MODULES, OVERFLOW } from '../package-modules.ts';
import type { FunctionCode } from './segment-code.ts';

/** Lines of notebook code in a module above which it is divided: the frame needs the rest of the 300. */
const ROOM: Record<CodeStage, number> = { data: 190, model: 210, evaluation: 140, training: 120 };

/** A function or class of a stage. */
export interface StagePieces {
  stage: CodeStage;
  name: string;
  /** Reads input files: stays beside `require_file`. */
  reads: boolean;
  order: number;
  code: FunctionCode;
}

/**
 * Divides the functions of each stage over its modules, so that none grows over 300 lines.
 *
 * @param apart - Stage whose functions a lower module needs: they stand apart from its frame, which needs that module.
 * @returns The pieces by module, and the module of every piece that was moved.
 */
export function divideModules(
  all: StagePieces[],
  apart: CodeStage | null = null,
): {
  pieces: Map<string, StagePieces[]>;
  moved: Map<string, string>;
} {
  const pieces = new Map<string, StagePieces[]>();
  const moved = new Map<string, string>();
  for (const stage of ['data', 'model', 'evaluation', 'training'] as const) {
    const own = all.filter((piece) => piece.stage === stage);
    const length = own.reduce((sum, piece) => sum + linesOf(piece), 0);
    const long = length > ROOM[stage] || stage === apart;
    const stays = (piece: StagePieces): boolean => !long || (stage === 'data' && piece.reads);
    pieces.set(MODULES[stage], own.filter(stays));
    const rest = own.filter((piece) => !stays(piece));
    for (const [module, part] of overflowing(rest, OVERFLOW[stage])) {
      pieces.set(module, part);
      for (const piece of part) moved.set(piece.name, module);
    }
  }
  return { pieces, moved };
}

/** Lines of notebook code of a module that holds nothing else. */
const FULL = 250;

/** Cuts what has left its first module into modules in the order of the notebook: `…`, `…_2`, `…_3`. */
function overflowing(rest: StagePieces[], module: string): [string, StagePieces[]][] {
  const parts: StagePieces[][] = [[]];
  let length = 0;
  for (const piece of rest) {
    const own = linesOf(piece);
    if (length > 0 && length + own > FULL) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(piece);
    length += own;
  }
  if (callsForward(parts)) return [[module, rest]];
  return parts.map((part, index) => [
    index === 0 ? module : module.replace(/\.py$/, `_${index + 1}.py`),
    part,
  ]);
}

/** Whether a module would need one that stands behind it, so that both could import each other. */
function callsForward(parts: StagePieces[][]): boolean {
  return parts.some((part, index) => {
    const later = parts.slice(index + 1).flatMap((other) => other.map(({ name }) => name));
    const used = new Set(part.flatMap(({ code }) => freeNames(code.text)));
    return later.some((name) => used.has(name));
  });
}

function linesOf({ code }: StagePieces): number {
  return code.text.split('\n').length + 2;
}

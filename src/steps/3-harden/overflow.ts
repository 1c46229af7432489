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
 * @returns The pieces by module, and the module of every piece that was moved.
 */
export function divideModules(all: StagePieces[]): {
  pieces: Map<string, StagePieces[]>;
  moved: Map<string, string>;
} {
  const pieces = new Map<string, StagePieces[]>();
  const moved = new Map<string, string>();
  for (const stage of ['data', 'model', 'evaluation', 'training'] as const) {
    const own = all.filter((piece) => piece.stage === stage);
    const length = own.reduce((sum, piece) => sum + piece.code.text.split('\n').length + 2, 0);
    const long = length > ROOM[stage];
    const stays = (piece: StagePieces): boolean => !long || (stage === 'data' && piece.reads);
    pieces.set(MODULES[stage], own.filter(stays));
    const rest = own.filter((piece) => !stays(piece));
    pieces.set(OVERFLOW[stage], rest);
    for (const piece of rest) moved.set(piece.name, OVERFLOW[stage]);
  }
  return { pieces, moved };
}

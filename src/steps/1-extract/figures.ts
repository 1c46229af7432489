/** What a statement does to matplotlib's current figure. */

import type { Flow } from './flow.ts';
import type { Memory } from './things.ts';

/** What a statement does to figures. */
export interface FigureRoles {
  figure: boolean;
  plot: boolean;
  savefig: boolean;
  show: boolean;
  /** Figures that it starts. */
  things: Set<number>;
  /** Figures and axes that it draws on. */
  drawnOn: Set<number>;
}

/** Reads the roles off the calls, those of called functions of the notebook too. */
export function figureRoles(flow: Flow, memory: Memory): FigureRoles {
  const roles: FigureRoles = {
    figure: false,
    plot: false,
    savefig: false,
    show: false,
    things: new Set(),
    drawnOn: new Set(),
  };
  const isFigure = (id: number): boolean => memory.thing(id).figure === true;
  for (const { facts, receiver, summary, call } of flow.calls) {
    const on = [...receiver].filter(isFigure);
    for (const { names } of call.arguments) {
      for (const name of names)
        for (const id of memory.names.get(name)?.things ?? []) if (isFigure(id)) on.push(id);
    }
    const role = facts?.role;
    if (role === 'figure') roles.figure = true;
    if (role === 'plot' || (on.length > 0 && role === undefined)) {
      roles.plot = true;
      for (const id of on) roles.drawnOn.add(id);
    }
    if (role === 'savefig') roles.savefig = true;
    if (role === 'show') roles.show = true;
    for (const inner of summary?.roles ?? []) {
      if (inner === 'plot') roles.plot = true;
      if (inner === 'show') roles.show = true;
      if (inner === 'savefig') roles.savefig = true;
    }
  }
  for (const name of flow.statement.defines) {
    for (const id of flow.things.get(name) ?? []) if (isFigure(id)) roles.things.add(id);
  }
  return roles;
}

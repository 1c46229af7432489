import type { Finding } from '../extraction.ts';
export function findFindings(_: unknown): Finding[] {
  return [];
}

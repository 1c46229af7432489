import type { Convention } from './conventions.ts';

/**
 * What holds in every package that the compiler makes, by the words that teams ask for it with. Each line of this table is
 * something that generation always does and that the checks of a run look at.
 */
const REQUIRED: RegExp[] = [
  /\b(type (hints?|annotations?)|typed|typing|anotaciones de tipo|tipado|type hints?)\b/,
  /\b(docstrings?)\b/,
  /\b(structlog|structured logging|logging estructurado)\b/,
  /\b(seeds?|reproducib\w+|semillas?|manual_seed|random_state)\b/,
  /\bmlflow\b/,
  /\b(pytest|unit tests?|pruebas)\b/,
  /\b(external(ized|ised)? config\w*|config\w* extern\w*|hyper ?param\w*|hiperpar[aá]metros)\b/,
  /\b(pinned|pin (all )?(versions|dependencies)|versiones fij\w+)\b/,
  /\b(ruff|linted|formatted|pep ?8)\b/,
];

const PROHIBITED: RegExp[] = [
  /\b(wildcard|star) imports?|import \*|importaciones? (con )?(comod[ií]n|asterisco)/,
  /\babsolute paths?\b|\brutas? absolutas?\b/,
  /\b(credentials?|secrets?|passwords?|api keys?|tokens?|credenciales|contrase[nñ]as|secretos)\b/,
  /\b(without|unpinned|sin) (pinned )?(versions?|versi[oó]n(es)?)|unpinned|sin versi[oó]n(es)? fij/,
  /\b(no )?print(s|\(|\b)/,
  /\b(hard-?coded|magic) (hyper ?param\w*|values?|numbers?)|hiperpar[aá]metros en (el )?c[oó]digo/,
];

/** Who asks for one of these asks for more than the compiler does, whatever else the line says. */
const MORE =
  /\b(coverage|cobertura|numpy(doc)?[- ]style|estilo numpy|sphinx|restructuredtext|mypy|pyright strict|black|isort|hydra|wandb|hypothesis|pre-?commit)\b|^no\b/;

/** Whether the compiler honours a line in every package, without being told. */
export function isHonoured({ section, text }: Convention): boolean {
  const lower = text.replace(/[*`]/g, '').toLowerCase();
  if (section === 'required') return !MORE.test(lower) && REQUIRED.some((pattern) => pattern.test(lower));
  return section === 'prohibited' && PROHIBITED.some((pattern) => pattern.test(lower));
}

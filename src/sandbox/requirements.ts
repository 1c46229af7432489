const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';
const VERSIONS = String.raw`(?:\s*(?:[<>=!~]=?|===|~=)\s*[A-Za-z0-9.*+!_-]+\s*(?:,|$|(?=;)))*`;
const REQUIREMENT = new RegExp(
  String.raw`^${NAME}\s*(?:\[\s*${NAME}(?:\s*,\s*${NAME})*\s*\])?${VERSIONS}\s*(?:;[A-Za-z0-9_.<>=!~'"()\s*+-]*)?$`,
);

/**
 * Lines that are no plain requirement. A requirement comes from a notebook, so it is not trusted: an option
 * (`--index-url …`), an address, a path or a version control link would decide where code comes from. A marker holds no `$` and no backslash: requirement files expand variables.
 */
export function unusable(requirements: string[]): string[] {
  return requirements.filter((line) => !REQUIREMENT.test(line.trim()));
}

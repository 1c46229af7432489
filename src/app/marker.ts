/** What we have to know of our own pull request, kept in its text where nobody sees it. */
export interface PullMarker {
  notebook: string;
  /** The commit that we pushed last. */
  head: string;
}

const PATTERN = /<!-- architect:pull ([A-Za-z0-9+/=]+) -->/;

/** As a comment of HTML; in base64, so that no path can end it. */
export function writeMarker(marker: PullMarker): string {
  return `<!-- architect:pull ${Buffer.from(JSON.stringify(marker)).toString('base64')} -->`;
}

/** Undefined where there is none. */
export function readMarker(body: string): PullMarker | undefined {
  const text = PATTERN.exec(body)?.[1];
  if (text === undefined) return undefined;
  try {
    const found: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    if (typeof found !== 'object' || found === null || !('notebook' in found) || !('head' in found))
      return undefined;
    const { notebook, head } = found;
    return typeof notebook === 'string' && typeof head === 'string' ? { notebook, head } : undefined;
  } catch {
    return undefined;
  }
}

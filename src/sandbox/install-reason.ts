/**
 * Says in a sentence or two why uv did not install: which distribution is not there, or which two requirements clash.
 * @param log - what uv printed
 */
export function explain(log: string): string {
  const cause = causeOf(log);
  if (/error sending request|Failed to fetch|dns error|timed out/i.test(cause)) return network(log);
  return missing(cause) ?? clash(cause) ?? (cause === '' ? 'The installer said nothing.' : cause);
}

/** The distributions whose names stand in the resolver's explanation; used to tell whose constraint was in the way. */
export function mentions(log: string, name: string): boolean {
  const words = causeOf(log).match(/[A-Za-z0-9][A-Za-z0-9._-]*/g) ?? [];
  return words.some((word) => word.toLowerCase().replace(/[-_.]+/g, '-') === name);
}

/** uv's explanation as one line, without its hints. */
function causeOf(log: string): string {
  const [, cause] = /(?:^|\n)\s*(?:cause:|╰─▶|├─▶)\s*([\s\S]*)/.exec(log) ?? [];
  const text = cause ?? /(?:^|\n)error: ([\s\S]*)/.exec(log)?.[1] ?? log;
  return (text.split(/\n\s*\n|\n\s*hint:/)[0] ?? '').replace(/\s+/g, ' ').trim();
}

function network(log: string): string {
  const host = /https?:\/\/(?:[^/\s@]*@)?([^/\s)`:]+)/.exec(log)?.[1] ?? 'the index';
  if (/certificate/i.test(log)) {
    return `The certificate of the package index at ${host} is not trusted. Name the file of your authority as \`cert\` in pip's configuration.`;
  }
  return `The package index at ${host} could not be reached. Check the network, or \`index-url\` in pip's configuration.`;
}

function missing(cause: string): string | undefined {
  const [, unknown] = /([A-Za-z0-9][\w.-]*) was not found in (?:the package registry|the provided|the cache)/.exec(cause) ?? [];
  if (unknown !== undefined) return `The package index has no distribution \`${unknown}\`.`;
  const [, version] = /there (?:is|are) no versions? of ([^\s,]+)/.exec(cause) ?? [];
  if (version !== undefined) return `The package index has no \`${version}\`.`;
  const [, wheel, why] =
    /(?:^|\W)([A-Za-z0-9]\S*?) has no (usable wheels|wheels with a matching [\w ]+)/.exec(cause) ?? [];
  if (wheel === undefined || why === undefined) return undefined;
  const rest = 'the sandbox installs wheels only and builds nothing from source.';
  return why === 'usable wheels'
    ? `There is no wheel of \`${wheel}\`, and ${rest}`
    : `There is no wheel of \`${wheel}\` for this Python, and ${rest}`;
}

function clash(cause: string): string | undefined {
  const [, left, right] = /you require ([^\s,]+) and ([^\s,]+), we can conclude/.exec(cause) ?? [];
  if (left !== undefined && nameOf(left) === nameOf(right ?? '')) {
    return `\`${left}\` and \`${right}\` are both asked for.`;
  }
  // `because you require`, not `we can conclude that you require`: the latter is what the other side asks for.
  const required = [...cause.matchAll(/\b(?:because|and) you require ([A-Za-z0-9]\S*?)(?=[,.]? |[,.]?$)/gi)].map(
    (match) => match[1] ?? '',
  );
  for (const [, asker = '', asked = ''] of cause.matchAll(
    /(\S+) depends on ([A-Za-z0-9]\S*?)(?=[,.]? |[,.]?$)/g,
  )) {
    const against = required.find((one) => nameOf(one) === nameOf(asked) && one !== asked);
    if (against === undefined) continue;
    const sentence = `\`${asker}\` needs \`${asked}\`, but \`${against}\` is asked for.`;
    // Who asks for the asker stands in the whole explanation, when nobody here does.
    return required.some((one) => nameOf(one) === nameOf(asker)) ? sentence : `${sentence} (${cause})`;
  }
  return undefined;
}

function nameOf(requirement: string): string {
  return (/^[A-Za-z0-9][\w.-]*/.exec(requirement)?.[0] ?? '').toLowerCase().replace(/[-_.]+/g, '-');
}

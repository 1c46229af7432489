/** What stands in the place of a secret. */
const HIDDEN = '[hidden]';

/** Shorter values would hide half of every text. */
const SHORTEST = 8;

/** Short-lived tokens come and go: so many values are remembered, the oldest are forgotten first. */
const MOST = 500;

/** What looks like a secret of GitHub, AWS, OpenAI, Anthropic, a JSON web token or a private key. */
const PATTERNS = [
  /gh[psour]_[A-Za-z0-9_]{16,}/g,
  /github_pat_[A-Za-z0-9_]{20,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*(-----END [A-Z ]*PRIVATE KEY-----)?/g,
];

/** The values that must never leave the process, in every form in which they could. */
export interface Secrets {
  /** From now on the value is hidden: as it is, in JSON, in a URL, in base64 at any offset. */
  add(value: string): void;
  /** The text without the values that were added. */
  hideValues(text: string): string;
  /** The text without the values that were added, and without what looks like a secret. */
  hide(text: string): string;
}

/** Opens an empty list of secrets. */
export function createSecrets(): Secrets {
  const forms = new Map<string, string[]>();
  const hideValues = (text: string): string => {
    let clean = text;
    for (const list of forms.values()) for (const form of list) clean = clean.replaceAll(form, HIDDEN);
    return clean;
  };
  return {
    add: (value) => {
      if (value.length < SHORTEST || forms.has(value)) return;
      forms.set(value, formsOf(value));
      const [oldest] = forms.keys();
      if (forms.size > MOST && oldest !== undefined) forms.delete(oldest);
    },
    hideValues,
    hide: (text) => PATTERNS.reduce((clean, pattern) => clean.replace(pattern, HIDDEN), hideValues(text)),
  };
}

/** The longest forms first, so that no half of one stays. */
function formsOf(value: string): string[] {
  // A key has lines, and a log may show one of them alone; its first and last line are no secret.
  const lines = value.split('\n').filter((line) => line.length >= 32 && !line.startsWith('-----'));
  const texts = [value, ...(value.includes('\n') ? lines : [])];
  const forms = texts.flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    ...base64Forms(text),
  ]);
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** Base64 of a text that contains the value: where the value starts within a group of three bytes decides what it looks like. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((bytes.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((form) => bytes.toString(form).slice(first, last));
  });
}

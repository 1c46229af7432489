/** A kind of secret: what it looks like, and what only looks like it. */
export interface SecretRule {
  id: string;
  /** RE2; the secret is the first group that matched, or `group`, or the whole match. */
  pattern: string;
  /** Lower case; a text with none of them is not searched. */
  keywords: string[];
  /** Bits for each character that a secret has more of; less random text is none. */
  entropy?: number;
  group?: number;
  allow: SecretAllowance[];
}

/** What is no secret after all. */
export interface SecretAllowance {
  target: string;
  patterns: string[];
  words: string[];
}

/** Values that stand where a secret would: words for one, references to one, names of variables that hold one. */
const PLACEHOLDERS: SecretAllowance = {
  target: 'secret',
  patterns: [
    '(?i)^(x+|\\*+|\\.+|-+|your.*|my.*|the.*|some.*|example.*|dummy.*|sample.*|changeme|change_me|none|null|todo|user|username)$',
    '(?i)^_*(pass(word|wd|phrase)?|pwd|pw|secrets?|token|(api|access|secret|private)?[-_ .]?key|credentials?)_*$',
    '[<>{}$%]|\\*\\*\\*|\\.\\.\\.',
    '^[A-Z]+(_[A-Z0-9]+)+$',
    // A member or a call of a program, where values are not quoted.
    '^[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)+$',
  ],
  words: [],
};

/**
 * What the rules of gitleaks leave out: keys of the same family whose inner marks changed, passwords in addresses, and
 * passwords that are not random.
 */
export const OWN_SECRET_RULES: readonly SecretRule[] = [
  {
    id: 'private-key-header',
    pattern: '-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----',
    keywords: ['private key'],
    allow: [],
  },
  {
    id: 'model-provider-key',
    pattern: '\\b(sk-(?:[a-z0-9]{2,12}-)*[A-Za-z0-9_-]{32,})',
    keywords: ['sk-'],
    entropy: 3.5,
    allow: [],
  },
  {
    id: 'password-in-address',
    pattern: '(?i)\\b[a-z][a-z0-9+.-]{1,30}://[^\\s:/@\'"]{0,80}:([^\\s:/@\'"]{3,80})@',
    keywords: ['://'],
    allow: [PLACEHOLDERS],
  },
  {
    id: 'password',
    pattern:
      '(?i)(?:password|passwd|pwd|passphrase|secret|secret_?key|api_?key|access_?key|auth_?token|api_?token|private_?key)["\']?[\\])]?[ \\t]*(?::[ \\t]*(?:str|Final|Final\\[str\\]))?[ \\t]*[=:][ \\t]*(?:[rbuf]{0,2}["\']([^"\'\\s]{6,200})["\']|([A-Za-z0-9][^"\'\\s,()\\[\\]]{5,200})[ \\t]*$)',
    keywords: ['pass', 'pwd', 'secret', 'key', 'token'],
    allow: [PLACEHOLDERS],
  },
];

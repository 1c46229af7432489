const bothAccounts =
  'the description asks for an account that is a user and an enterprise at once; GitHub sends one';
const noDescription = 'the description forgets that a label may have no description; GitHub sends null';

/**
 * Where an answer is known to differ from GitHub's own description of its API, and why. A test goes through everything that
 * Architect uses and holds that nothing else differs and that every line still does: the list may only shrink.
 * What the description does not say (behaviour, the words of a refusal) is in MISMATCHES.md.
 */
export const knownMismatches: Record<string, string> = {
  "GET /app/installations 200: /*/account must have required property 'name'": bothAccounts,
  "GET /app/installations 200: /*/account must have required property 'slug'": bothAccounts,
  "GET /app/installations 200: /*/account must have required property 'created_at'": bothAccounts,
  "GET /app/installations 200: /*/account must have required property 'updated_at'": bothAccounts,
  'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers 201: /labels/*/description must be string':
    noDescription,
  'GET /repos/{owner}/{repo}/pulls 200: /*/labels/*/description must be string': noDescription,
};

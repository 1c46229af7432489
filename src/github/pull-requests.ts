import { messageOf } from '../lib/errors.ts';
import { type GithubClient, statusOf } from './client.ts';
import { type PullRequest, pullOf, type RepositoryName } from './repository.ts';
import { writeAgain, writeOnce } from './write-once.ts';

/** The text of a pull request. */
export interface PullText {
  title: string;
  body: string;
  draft: boolean;
  labels: string[];
}

/** Pull requests from a branch of the repository, newest first. */
export async function listPulls(
  client: GithubClient,
  { owner, repo }: RepositoryName,
  branch: string,
): Promise<PullRequest[]> {
  const { data } = await client.rest.pulls.list({
    owner,
    repo,
    head: `${owner}:${branch}`,
    state: 'all',
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  });
  return data
    .filter(({ head }) => head.ref === branch && head.repo?.full_name === `${owner}/${repo}`)
    .map(pullOf)
    .sort((a, b) => b.number - a.number);
}

/** Opens the pull request of a branch, or brings the open one up to date. */
export async function ensurePull(
  client: GithubClient,
  name: RepositoryName,
  branch: string,
  base: string,
  text: PullText,
): Promise<PullRequest> {
  const { title, body, draft, labels } = text;
  let created = false;
  const pull = await writeOnce(
    async () => (await listPulls(client, name, branch)).find(({ state }) => state === 'open'),
    async () => {
      created = true;
      const made = { ...name, title, body, head: branch, base };
      const open = async (asDraft: boolean): Promise<PullRequest> =>
        pullOf((await client.rest.pulls.create({ ...made, draft: asDraft })).data);
      return open(draft).catch((error: unknown) => {
        // Private repositories of some plans have no drafts.
        if (draft && statusOf(error) === 422 && /draft/i.test(messageOf(error))) return open(false);
        throw error;
      });
    },
  );
  if (!created && (pull.body !== body || pull.title !== title))
    await writeAgain(() => client.rest.pulls.update({ ...name, pull_number: pull.number, title, body }));
  if (labels.length > 0)
    await writeAgain(() => client.rest.issues.addLabels({ ...name, issue_number: pull.number, labels }));
  if (!created && pull.draft !== draft) await setDraft(client, pull.node, draft);
  return { ...pull, title, body, draft: created ? pull.draft : draft };
}

/** The one thing that REST cannot do. Done again, it has the same effect. */
async function setDraft(client: GithubClient, node: string, draft: boolean): Promise<void> {
  const mutation = draft ? 'convertPullRequestToDraft' : 'markPullRequestReadyForReview';
  await writeAgain(() =>
    client.graphql(
      `mutation ($id: ID!) { ${mutation}(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`,
      { id: node },
    ),
  );
}

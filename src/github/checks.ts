import type { GithubClient } from './client.ts';
import { shortened } from './comments.ts';
import type { RepositoryName } from './repository.ts';
import { writeAgain, writeOnce } from './write-once.ts';

/** GitHub takes so many annotations with one request; each request adds to those before it. */
const MOST_ANNOTATIONS = 50;

/** A remark at a line of a file. */
export interface Annotation {
  path: string;
  /** From 1. */
  line: number;
  level: 'notice' | 'warning' | 'failure';
  title: string;
  message: string;
}

/** What a check says. */
export interface CheckText {
  title: string;
  /** Markdown. */
  summary: string;
}

/** How a check ended. */
export type Conclusion = 'success' | 'neutral' | 'failure' | 'cancelled' | 'action_required';

/** A check of ours, by the commit that it is about. */
export interface CheckName extends RepositoryName {
  sha: string;
  /** What the list of checks shows. */
  name: string;
  /** Ours alone: by it we find the check again. */
  externalId: string;
}

/** A check that there is. */
export interface Check {
  id: number;
  sha: string;
  externalId: string;
  completedAt: string | null;
}

/** Our checks of a commit: of those with one name, the latest. */
export async function readLatestChecks(
  client: GithubClient,
  { owner, repo }: RepositoryName,
  sha: string,
  appId: number,
): Promise<Check[]> {
  const runs = await client.paginate(client.rest.checks.listForRef, {
    owner,
    repo,
    ref: sha,
    app_id: appId,
    filter: 'latest',
    per_page: 100,
  });
  return runs.map(({ id, external_id: externalId, completed_at: completedAt }) => ({
    id,
    sha,
    externalId: externalId ?? '',
    completedAt,
  }));
}

/** Opens the check, or finds the one that an earlier try opened. */
export async function openCheck(client: GithubClient, check: CheckName, text: CheckText): Promise<number> {
  const { owner, repo, sha, name, externalId } = check;
  const find = async (): Promise<number | undefined> => {
    const runs = await client.paginate(client.rest.checks.listForRef, {
      owner,
      repo,
      ref: sha,
      check_name: name,
      filter: 'all',
      per_page: 100,
    });
    return runs.find((run) => run.external_id === externalId)?.id;
  };
  return writeOnce(find, async () => {
    const { data } = await client.rest.checks.create({
      owner,
      repo,
      name,
      head_sha: sha,
      external_id: externalId,
      status: 'queued',
      output: outputOf(text),
    });
    return data.id;
  });
}

/** Says that work goes on. */
export async function showCheck(
  client: GithubClient,
  { owner, repo }: RepositoryName,
  id: number,
  text: CheckText,
): Promise<void> {
  await writeAgain(() =>
    client.rest.checks.update({
      owner,
      repo,
      check_run_id: id,
      status: 'in_progress',
      output: outputOf(text),
    }),
  );
}

/** Ends the check. Annotations that an earlier try sent are not sent again. */
export async function endCheck(
  client: GithubClient,
  { owner, repo }: RepositoryName,
  id: number,
  end: { conclusion: Conclusion; text: CheckText; annotations: Annotation[] },
): Promise<void> {
  const where = { owner, repo, check_run_id: id };
  const output = outputOf(end.text);
  const sent = async (): Promise<number> =>
    (await client.rest.checks.get(where)).data.output.annotations_count;
  for (let from = end.annotations.length === 0 ? 0 : await sent(); from < end.annotations.length;) {
    const batch = end.annotations.slice(from, from + MOST_ANNOTATIONS).map(annotationOf);
    const before = from;
    await writeOnce(
      async () => {
        const count = await sent();
        return count > before ? count : undefined;
      },
      async () => {
        await client.rest.checks.update({ ...where, output: { ...output, annotations: batch } });
        return before + batch.length;
      },
    );
    from += batch.length;
  }
  await writeAgain(() =>
    client.rest.checks.update({ ...where, status: 'completed', conclusion: end.conclusion, output }),
  );
}

function annotationOf({ path, line, level, title, message }: Annotation) {
  return {
    path,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title: title.slice(0, 255),
    message: message.slice(0, 4_000),
  };
}

function outputOf({ title, summary }: CheckText): CheckText {
  return { title: title.slice(0, 255), summary: shortened(summary) };
}

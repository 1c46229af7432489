import type { LocalGitHub } from '../local-github/index.ts';
import { get } from './follow-run.ts';
import { REPOSITORY } from './story.ts';

/** What the page of a pull request shows. */
export interface PullRequest {
  url: string;
  title: string;
  body: string;
  draft: boolean;
  branch: string;
  base: string;
  labels: string[];
  commits: { sha: string; message: string }[];
  files: { path: string; status: string; additions: number; bytes: number }[];
}

/** What stands on the pull request that asked for it. */
export interface Answer {
  checks: { name: string; conclusion: string; title: string; annotations: number }[];
  /** Bodies, oldest first. */
  comments: string[];
}

/** Reads it as a person with a browser would. */
export async function readPullRequest(github: LocalGitHub, number: number): Promise<PullRequest> {
  const pull = await get<{
    title: string;
    body: string | null;
    draft: boolean;
    head: { ref: string; sha: string };
    base: { ref: string };
    labels: { name: string }[];
  }>(github, `pulls/${number}`);
  const commits = await get<{ sha: string; commit: { message: string } }[]>(
    github,
    `pulls/${number}/commits?per_page=100`,
  );
  const files = await get<{ filename: string; status: string; additions: number }[]>(
    github,
    `pulls/${number}/files?per_page=100`,
  );
  return {
    url: `${github.url}/${REPOSITORY}/pull/${number}`,
    title: pull.title,
    body: pull.body ?? '',
    draft: pull.draft,
    branch: pull.head.ref,
    base: pull.base.ref,
    labels: pull.labels.map(({ name }) => name),
    commits: commits.map(({ sha, commit }) => ({ sha, message: commit.message.split('\n')[0] ?? '' })),
    files: await Promise.all(
      files.map(async ({ filename, status, additions }) => ({
        path: filename,
        status,
        additions,
        bytes: Buffer.byteLength((await github.readFile(REPOSITORY, pull.head.sha, filename)) ?? ''),
      })),
    ),
  };
}

/** Reads the check and the comments of the pull request with the notebook. */
export async function readAnswer(github: LocalGitHub, number: number): Promise<Answer> {
  const { head } = await get<{ head: { sha: string } }>(github, `pulls/${number}`);
  const { check_runs: checks } = await get<{
    check_runs: {
      name: string;
      conclusion: string | null;
      status: string;
      output: { title: string | null; annotations_count: number };
    }[];
  }>(github, `commits/${head.sha}/check-runs`);
  const comments = await get<{ body: string }[]>(github, `issues/${number}/comments?per_page=100`);
  return {
    checks: checks.map(({ name, conclusion, status, output }) => ({
      name,
      conclusion: conclusion ?? status,
      title: output.title ?? '',
      annotations: output.annotations_count,
    })),
    comments: comments.map(({ body }) => body),
  };
}

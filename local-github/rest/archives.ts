import { notFound } from '../answer.ts';
import { runGit } from '../git/run-git.ts';
import type { Handler, Routes } from './exchange.ts';

/** `git archive`, behind a redirect as GitHub's is behind one to another host. */
function archive(format: 'tar.gz' | 'zip'): Handler {
  return async (service, exchange) => {
    const { repository, url } = exchange;
    const commit = await repository.git.commit(exchange.param('ref'));
    if (commit === undefined) throw notFound();
    if (!url.searchParams.has('direct'))
      return { status: 302, headers: { location: `${service.url}${url.pathname}?direct=1` } };
    const name = `${repository.fullName.replace('/', '-')}-${commit.sha.slice(0, 7)}`;
    const args = ['archive', `--format=${format}`, `--prefix=${name}/`, commit.sha];
    const { stdout } = await runGit(repository.git.folder, args);
    return {
      status: 200,
      raw: stdout,
      headers: {
        'content-type': format === 'zip' ? 'application/zip' : 'application/x-gzip',
        'content-disposition': `attachment; filename=${name}.${format}`,
      },
    };
  };
}

export const archiveRoutes: Routes = {
  'GET /repos/{owner}/{repo}/tarball': archiveOfDefault('tar.gz'),
  'GET /repos/{owner}/{repo}/zipball': archiveOfDefault('zip'),
  'GET /repos/{owner}/{repo}/tarball/{ref+}': archive('tar.gz'),
  'GET /repos/{owner}/{repo}/zipball/{ref+}': archive('zip'),
};

function archiveOfDefault(format: 'tar.gz' | 'zip'): Handler {
  return (service, exchange) => {
    exchange.params = { ref: exchange.repository.git.defaultBranch };
    return archive(format)(service, exchange);
  };
}

import { appRoutes } from './apps.ts';
import { archiveRoutes } from './archives.ts';
import { checkRoutes } from './checks.ts';
import { collaboratorRoutes } from './collaborators.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { compileRoutes } from './exchange.ts';
import { gitDataRoutes } from './git-data.ts';
import { graphqlRoutes } from './graphql.ts';
import { issueRoutes } from './issues.ts';
import { pullIssueRoutes } from './pull-issues.ts';
import { pullRoutes } from './pulls.ts';
import { statusRoutes } from './statuses.ts';

/** What is answered here and not by emulate. The first that answers wins: what ends in a word comes before `{ref+}`. */
export const routes = [
  ...compileRoutes(pullIssueRoutes),
  ...compileRoutes({
    ...appRoutes,
    ...archiveRoutes,
    ...checkRoutes,
    ...collaboratorRoutes,
    ...statusRoutes,
    ...commitRoutes,
    ...contentRoutes,
    ...gitDataRoutes,
    ...graphqlRoutes,
    ...issueRoutes,
    ...pullRoutes,
  }),
];

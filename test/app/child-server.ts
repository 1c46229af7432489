/** A server in a process of its own, to be killed: its pipeline never comes to an end. Settings come as JSON on standard input. */
import { text } from 'node:stream/consumers';
import { type ServerSettings, startServer } from '../../src/index.ts';
import { stubPipeline } from './stub-pipeline.ts';

const settings = JSON.parse(await text(process.stdin)) as ServerSettings;
const forever = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2 ** 30));
const server = await startServer(settings, {
  sandbox: null,
  version: 'test',
  pipeline: stubPipeline({ middle: forever }),
});
process.stdout.write(`${JSON.stringify({ msg: 'ready', url: server.url })}\n`);

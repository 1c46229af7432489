import { cleanJson, cleanJsonText } from './clean-json.ts';
import type { Fence, Json } from './fence.ts';
import type { Screen } from './screen.ts';
import type { ToolCall } from './server/read-answer.ts';
import type { Transcript } from './transcript.ts';
import { finish } from './tools/finish.ts';
import type { Tool, ToolContext } from './tools/tool.ts';
import { ToolError } from './tools/tool-error.ts';

/** What the calls of a conversation share. */
export interface CallContext extends ToolContext {
  tools: ReadonlyMap<string, Tool>;
  fence: Fence;
  screen: Screen;
  transcript: Transcript;
}

/** What came of one tool call. */
export interface CallResult {
  /** For the model, between fences. */
  content: string;
  outcome: 'done' | 'failed' | 'malformed';
  /** What was wrong with a call that failed or could not be read. */
  problem: string | null;
  /** Where the call was `finish`. */
  summary: string | null;
}

/** Does what the model asks for, or says why not. Errors of ours are thrown. */
export async function answerCall(call: ToolCall, context: CallContext): Promise<CallResult> {
  const { tools, screen, transcript, fence } = context;
  const tool = tools.get(call.name);
  const read = tool?.read(call.arguments) ?? {
    problem: `There is no tool of this name. There are: ${[...tools.keys()].join(', ')}.`,
  };
  const { value, outcome, problem } =
    tool === undefined || 'problem' in read
      ? failed('problem' in read ? read.problem : '', 'malformed')
      : await runTool(tool, read.arguments, context);
  const shown = cleanJson(value, screen, placeOf(call.name, value, screen));
  const content = fence.wrap(shown);
  const text = JSON.stringify(shown);
  const place = 'words of the model';
  transcript.add({
    kind: 'tool',
    name: screen.clean(call.name, place).slice(0, 60),
    arguments: cleanJsonText(call.arguments, screen, place).text,
    ok: outcome === 'done',
    text,
    characters: text.length,
  });
  const isEnd = tool === finish && outcome === 'done' && 'arguments' in read;
  return { content, outcome, problem, summary: isEnd ? finish.summaryOf(read.arguments) : null };
}

/** Where the text of a result comes from. */
function placeOf(tool: string, value: Json, screen: Screen): string {
  const isFile = tool === 'read_file' && typeof value === 'object' && value !== null && 'path' in value;
  return isFile ? screen.clean(String(value['path']), 'names of files') : 'results of tools';
}

interface Run {
  value: Json;
  outcome: CallResult['outcome'];
  problem: string | null;
}

async function runTool(tool: Tool, args: unknown, context: CallContext): Promise<Run> {
  try {
    return { value: await tool.run(args, context), outcome: 'done', problem: null };
  } catch (error) {
    if (error instanceof ToolError) return failed(error.message, 'failed');
    throw error;
  }
}

function failed(problem: string, outcome: CallResult['outcome']): Run {
  return { value: { error: problem }, outcome, problem };
}

import { z } from 'zod';
import { patternProblem } from '../guardrails/code-rules.ts';
import { protectionProblem } from '../guardrails/protected-files.ts';

const TEXT = z.string().trim().min(1);
const FOLDER = TEXT.max(200).regex(
  /^(?!\.git)(\.\/)?[\w-][\w.-]*(\/[\w-][\w.-]*)*\/?$/,
  'a folder inside of the repository: plain names with `/` between them',
);

const limits = z.strictObject({
  seconds: z
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(600)
    .describe('wall clock of one run of the notebook, seconds'),
  memory: z.number().int().min(256).max(1_048_576).default(4096).describe('memory of one run, MiB'),
});

const output = z.strictObject({
  folder: FOLDER.optional().describe('folder for packages, relative to this file'),
});

const llm = z
  .strictObject({
    model: TEXT.max(200).describe('`provider/model`; the operator decides which are allowed'),
    api_key_env: TEXT.regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, never the key itself')
      .optional()
      .describe(
        'name of the environment variable with the key; the operator decides which names are allowed',
      ),
    base_url: z
      .url({ protocol: /^https?$/, error: 'an address that starts with https://' })
      .optional()
      .describe('an OpenAI-compatible address; the operator decides which are allowed'),
    budget: z
      .strictObject({
        requests: z.number().int().min(1).optional().describe('requests to the model'),
        tokens: z.number().int().min(1).optional().describe('tokens, in and out'),
        cost: z.number().positive().optional().describe("money, in the currency of the operator's prices"),
        seconds: z.number().int().min(1).optional().describe('time that the model takes'),
      })
      .optional()
      .describe("caps of one run; the operator's own hold besides"),
  })
  .describe('the model that refines what the compiler made');

const protectedPattern = TEXT.superRefine((pattern, check) => {
  const problem = protectionProblem(pattern);
  if (problem !== undefined) check.addIssue({ code: 'custom', message: problem });
});

const rulePattern = z
  .string()
  .min(1)
  .superRefine((pattern, check) => {
    const problem = patternProblem(pattern);
    if (problem !== undefined) check.addIssue({ code: 'custom', message: problem });
  });

const codeRule = z.strictObject({
  pattern: rulePattern.describe(
    'a regular expression in RE2 syntax, searched in every line of generated code',
  ),
  message: TEXT.max(500).describe('what the report says where it is found'),
  severity: z.enum(['block', 'warn']).default('block').describe('block ends the run; warn is reported'),
});

const guardrails = z.strictObject({
  protected_files: z
    .array(protectedPattern)
    .max(200)
    .default([])
    .describe('paths that no run may write; a pattern without / matches at any depth'),
  code_rules: z.array(codeRule).max(100).default([]).describe('rules of the team about generated code'),
});

const trigger = z.enum(['label', 'comment', 'push']);
const on = z
  .union([
    trigger,
    z.array(trigger).max(3),
    z.strictObject({
      label: z
        .boolean()
        .optional()
        .describe('the label "productionize" on a pull request or an issue; on unless false'),
      comment: z.boolean().optional().describe('a comment that starts with /architect; on unless false'),
      push: z.boolean().optional().describe('a push that changes a notebook; off unless true'),
    }),
  ])
  .describe('what starts a run: a name or a list of names is on besides label and comment');

const notebooks = z
  .union([protectedPattern, z.array(protectedPattern).min(1).max(200)])
  .describe(
    'which notebooks may be productionized; a pattern without / matches at any depth; all where it is missing',
  );

/** `.architect.yaml`, as it is written. */
export const configSchema = z
  .strictObject({
    target: TEXT.optional().describe('name of the model that the package is about'),
    limits: limits.optional().describe('limits of every run of the notebook'),
    output: output.optional(),
    llm: llm.optional(),
    guardrails: guardrails.optional(),
    on: on.optional(),
    notebooks: notebooks.optional(),
  })
  .describe('Settings of Architect for a repository: .architect.yaml');

/** `ml-productionize.yaml`, as it is written. */
export const pipelineSchema = z
  .strictObject({
    name: TEXT.max(100).describe('name of the pipeline'),
    steps: z
      .array(
        z.strictObject({
          name: z
            .string()
            .max(60)
            .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words with `-` between them')
            .describe('extract, structure, harden, test and pipeline-config are made by the compiler'),
          agent: z
            .enum(['build', 'test', 'review', 'compiler'])
            .describe(
              'build writes code, test writes tests alone, review writes nothing, compiler asks no model',
            ),
          task: TEXT.max(20_000).describe('what the model is asked to do'),
        }),
      )
      .min(1)
      .max(30)
      .describe('the steps in their order'),
  })
  .describe('The pipeline of a team: ml-productionize.yaml');

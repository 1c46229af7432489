import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Delivery } from '../hooks/delivery.ts';
import type { TraceEntry } from '../trace.ts';
import { knownMismatches } from './mismatches.ts';

type Json = Record<string, unknown>;
interface Operation {
  method: string;
  template: string;
  pattern: RegExp;
  requestBody: Json | undefined;
  responses: Record<string, Json>;
}

/** GitHub's own description of its API: what an answer, a request and a payload must look like. */
export class OpenApi {
  private readonly ajv: Ajv;
  private readonly operations: Operation[];
  private readonly responses: Record<string, Json>;
  private readonly webhooks: Record<string, Json>;
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor() {
    const path = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
    const document = JSON.parse(readFileSync(path, 'utf8')) as Json;
    const components = document['components'] as { schemas: Json; responses: Record<string, Json> };
    this.ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats.default(this.ajv);
    this.ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/); // a bot's address has brackets, on GitHub too
    this.ajv.addSchema({ $id: 'github', components: { schemas: toJsonSchema(components.schemas) } });
    this.responses = components.responses;
    this.webhooks = document['x-webhooks'] as Record<string, Json>;
    this.operations = operationsOf(document['paths'] as Record<string, Record<string, Json>>);
  }

  /** What is wrong with an answer, each problem as `METHOD template STATUS: /place what`. */
  problemsOfAnswer(entry: TraceEntry): string[] {
    if (entry.kind !== 'rest' || entry.injected) return []; // the description is of REST alone
    const operation = this.find(entry);
    if (operation === undefined) return [`${entry.method} ${entry.path}: not in GitHub's description`];
    const name = `${operation.method} ${operation.template} ${entry.status}`;
    const found = operation.responses[String(entry.status)];
    // what is wrong with the request or the caller may be answered anywhere; its shape is the same
    if (found === undefined && entry.status >= 400)
      return this.check(`${name} (any)`, anyRefusal, entry.responseBody);
    if (found === undefined) return [`${name}: not a documented status`];
    const response = typeof found['$ref'] === 'string' ? this.responses[lastPart(found['$ref'])] : found;
    const schema = schemaOf(response);
    if (schema === undefined || entry.responseBody === undefined) return [];
    return this.check(name, schema, entry.responseBody);
  }

  /** What is wrong with a request that was carried out. */
  problemsOfRequest(entry: TraceEntry): string[] {
    if (entry.kind !== 'rest') return [];
    const operation = this.find(entry);
    const schema = operation && schemaOf(operation.requestBody);
    if (schema === undefined || entry.requestBody === undefined || entry.status >= 400) return [];
    return this.check(`${operation?.method} ${operation?.template} request`, schema, entry.requestBody);
  }

  /** What is wrong with a payload. */
  problemsOfDelivery({ event, action, payload }: Delivery): string[] {
    const name = [event, action].filter(Boolean).join('-').replaceAll('_', '-');
    const request = (this.webhooks[name]?.['post'] as Json | undefined)?.['requestBody'] as Json | undefined;
    const schema = schemaOf(request);
    if (schema === undefined) return [`webhook ${name}: not in GitHub's description`];
    return this.check(`webhook ${name}`, schema, payload);
  }

  private find({ method, path }: TraceEntry): Operation | undefined {
    return this.operations.find((operation) => operation.method === method && operation.pattern.test(path));
  }

  private check(name: string, schema: Json, value: unknown): string[] {
    const validate = this.compiled.get(name) ?? this.ajv.compile(toJsonSchema(schema) as Json);
    this.compiled.set(name, validate);
    if (validate(value)) return [];
    const errors = (validate.errors ?? []).filter(isTelling);
    return [
      ...new Set(
        (errors.length > 0 ? errors : (validate.errors ?? [])).map((error) => `${name}: ${wordsOf(error)}`),
      ),
    ];
  }
}

let loaded: OpenApi | undefined;

/** Everything that was asked, answered and delivered so far, against the description; without what is known to differ. */
export function newProblems(github: { trace(): TraceEntry[]; deliveries(): Delivery[] }): string[] {
  return [...allProblems(github)].filter((problem) => !(problem in knownMismatches));
}

/** As `newProblems`, with what is known to differ. */
export function allProblems(github: { trace(): TraceEntry[]; deliveries(): Delivery[] }): Set<string> {
  const openApi = (loaded ??= new OpenApi());
  return new Set([
    ...github
      .trace()
      .flatMap((entry) => [...openApi.problemsOfAnswer(entry), ...openApi.problemsOfRequest(entry)]),
    ...github.deliveries().flatMap((delivery) => openApi.problemsOfDelivery(delivery)),
  ]);
}

const anyRefusal = { type: 'object', required: ['message', 'documentation_url'] };

/** The other errors say what these sum up. */
function isTelling({ keyword, params }: ErrorObject): boolean {
  return keyword !== 'anyOf' && keyword !== 'oneOf' && !(keyword === 'type' && params['type'] === 'null');
}

function wordsOf({ instancePath, message, params }: ErrorObject): string {
  const place = instancePath.replace(/\/\d+(?=\/|$)/g, '/*') || '/';
  const allowed = 'allowedValues' in params ? ` ${JSON.stringify(params['allowedValues']).slice(0, 80)}` : '';
  return `${place} ${message ?? ''}${allowed}`;
}

function operationsOf(paths: Record<string, Record<string, Json>>): Operation[] {
  const operations = Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods)
      .filter(([method]) => /^(get|post|put|patch|delete)$/.test(method))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        template,
        pattern: patternOf(template),
        requestBody: operation['requestBody'] as Json | undefined,
        responses: operation['responses'] as Record<string, Json>,
      })),
  );
  const holes = (template: string): number => template.split('{').length;
  return operations.sort(
    (a, b) => holes(a.template) - holes(b.template) || b.template.length - a.template.length,
  );
}

function patternOf(template: string): RegExp {
  const source = template
    .replace(/[.+*]/g, '\\$&')
    .replace(/\{(path|ref|basehead|branch)\}/g, '.+')
    .replace(/\{[^}]+\}/g, '[^/]+');
  return new RegExp(`^${source}$`);
}

function schemaOf(part: Json | undefined): Json | undefined {
  const content = part?.['content'] as Record<string, { schema?: Json }> | undefined;
  return content?.['application/json']?.schema;
}

const lastPart = (reference: string): string => reference.split('/').at(-1) ?? '';

/** OpenAPI 3.0 says `nullable`, and points into its own document. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const result: Json = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'example' || key === 'examples' || key === 'nullable') continue;
    if (key === '$ref') result[key] = `github${String(value)}`;
    else if (key === 'properties')
      result[key] = Object.fromEntries(
        Object.entries(value as Json).map(([name, of]) => [name, toJsonSchema(of)]),
      );
    else
      result[key] = key === 'enum' || key === 'default' || key === 'required' ? value : toJsonSchema(value);
  }
  return 'nullable' in schema && schema.nullable === true ? { anyOf: [result, { type: 'null' }] } : result;
}

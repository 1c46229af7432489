import type { ColumnFacts } from '../../notebook/observation.ts';
import type { InputFile } from '../1-extract/extraction.ts';
import { factsAt, type CodeContext } from './code-context.ts';
import { annotationOf, describeShape } from './annotations.ts';
import { renderDocstring } from './docstrings.ts';
import { callSegment, configHolder, localNames } from './orchestrate.ts';
import { servingFields, type Field } from './serving-data.ts';
import { schemaName, validatedInputs, validatorName } from './read-code.ts';
import { indentCode, type FunctionCode, type SegmentSignature } from './segment-code.ts';

/** `require_file`: where input files are looked for, and the error when they are not there. */
export function requireFileCode(): string {
  return `def require_file(path: str, root: str) -> Path:
    """Find an input file.

    Args:
        path: File, relative to the repository or absolute.
        root: Folder of the repository, relative to the package.

    Returns:
        The file.

    Raises:
        SchemaError: If it does not exist.
    """
    input_path = resolve_input(path, root)
    if not input_path.exists():
        raise SchemaError(f"data file not found: {input_path} (set data.path or paths.root)")
    return input_path
`;
}

/** The observed columns of every checked table and the functions that check them. */
export function schemaCode(context: CodeContext): FunctionCode | null {
  const inputs = validatedInputs(context);
  if (inputs.length === 0) return null;
  const tables = inputs.map((input) => tableCode(input, context)).join('\n\n');
  const text = `class Column(NamedTuple):
    """What the notebook's run observed in a raw column.

    Attributes:
        kind: \`\`numeric\`\`, \`\`bool\`\`, \`\`string\`\`, \`\`datetime\`\`, \`\`category\`\` or \`\`other\`\`.
        missing: Whether values were missing.
    """

    kind: str
    missing: bool = False


${tables}

def check_columns(df: pd.DataFrame, schema: Mapping[str, Column]) -> None:
    """Compare a raw table with the columns observed at the notebook's run.

    Args:
        df: Raw table.
        schema: Observed columns.

    Raises:
        SchemaError: If there is no row, or a column is missing or of another kind.
    """
    missing = [column for column in schema if column not in df.columns]
    if missing:
        raise SchemaError(f"missing columns {missing}; found {list(df.columns)}")
    if df.empty:
        raise SchemaError("the data has columns but no rows")
    unexpected = [column for column in df.columns if column not in schema]
    if unexpected:
        logger.warning("unexpected_columns", columns=unexpected)
    for column, expected in schema.items():
        values = df[column]
        if expected.kind == "numeric" and not pd.api.types.is_numeric_dtype(values):
            raise SchemaError(f"column {column!r} must be numeric, found dtype {values.dtype}")
        if expected.kind == "string" and pd.api.types.is_numeric_dtype(values):
            raise SchemaError(f"column {column!r} must be text, found dtype {values.dtype}")
        if not expected.missing and values.isnull().any():
            logger.warning("missing_values", column=column, count=int(values.isnull().sum()))
`;
  const imports = [
    { module: 'typing', member: 'NamedTuple', name: 'NamedTuple' },
    { module: 'typing', member: 'Final', name: 'Final' },
    { module: 'types', member: 'MappingProxyType', name: 'MappingProxyType' },
    { module: 'collections.abc', member: 'Mapping', name: 'Mapping' },
    { module: 'pandas', member: null, name: 'pd' },
    { module: 'src.errors', member: 'SchemaError', name: 'SchemaError' },
  ];
  return { text: `${text}\n\n${inputs.map((input) => validatorCode(input, context)).join('\n\n')}`, imports };
}

function tableCode(input: InputFile, context: CodeContext): string {
  const columns = factsAt(context, input.variable ?? '', input.statement)?.columns ?? [];
  const converted = convertedColumns(context);
  const rows = columns.map(
    (column) => `        ${JSON.stringify(column.name)}: ${columnCode(column, converted.has(column.name))},`,
  );
  return `${schemaName(input, context)}: Final[Mapping[str, Column]] = MappingProxyType(\n    {\n${rows.join('\n')}\n    }\n)\n`;
}

/** Columns that the notebook converts itself: their kind depends on which values the file happens to hold. */
function convertedColumns(context: CodeContext): Set<string> {
  const calls = context.extraction.statements
    .filter((statement) => statement.kept)
    .flatMap((statement) => statement.calls.map((call) => ({ call, statement })));
  const names = calls
    .filter(({ call }) => /(^|\.)(to_numeric|to_datetime|to_timedelta|astype|replace)$/.test(call.callee))
    .flatMap(({ call, statement }) =>
      [...statement.text.slice(call.span.start, call.span.end).matchAll(/\[\s*(['"])(.*?)\1\s*\]/g)].map(
        (match) => match[2] ?? '',
      ),
    );
  return new Set(names);
}

function columnCode(column: ColumnFacts, converted: boolean): string {
  const kind = converted ? 'any' : column.kind;
  return `Column(${JSON.stringify(kind)}${column.missing > 0 ? ', missing=True' : ''})`;
}

function validatorCode(input: InputFile, context: CodeContext): string {
  const docstring = renderDocstring(
    {
      summary: `Compare ${input.variable ?? 'the table'} with the columns observed at the notebook's run`,
      args: [{ name: 'df', text: 'Raw table' }],
      raises: [
        { name: 'SchemaError', text: 'If there is no row, or a column is missing or of another kind' },
      ],
    },
    4,
  );
  return `def ${validatorName(input, context)}(df: pd.DataFrame) -> None:\n${docstring}\n    check_columns(df, ${schemaName(input, context)})\n`;
}

/** `PreparedData` and `prepare_data`. */
export function preparedDataCode(signatures: SegmentSignature[], context: CodeContext): FunctionCode {
  const { layout } = context;
  const own: Field[] = layout.data.map((name) => {
    const facts = factsAt(context, name, lastStatement(signatures, name));
    const shape = describeShape(facts);
    return {
      name,
      value: name,
      annotation: annotationOf(facts, context.classes),
      text: `As at the end of the data stage${shape ? `: ${shape}` : ''}`,
    };
  });
  const serving = servingFields(signatures, context);
  const fields = [...own, ...serving.fields];
  const config = configHolder(context);
  const names = localNames('data', []);
  const calls = signatures.flatMap((signature, index) => [
    ...callSegment(signature, names.lookup, config),
    ...(serving.after.get(index) ?? []),
  ]);
  const dataclass = [
    '@dataclass(frozen=True)',
    'class PreparedData:',
    renderDocstring(
      { summary: "Output of the data stage; shapes are those of the notebook's run", attributes: fields },
      4,
    ),
    '',
    ...fields.map(({ name, annotation }) => `    ${name}: ${annotation.text}`),
  ].join('\n');
  const docstring = renderDocstring(
    {
      summary: "Run the data stage in the notebook's order",
      args: [{ name: config, text: 'Whole configuration' }],
      returns: 'What the later stages read',
      ...(context.extraction.inputs.some((input) => input.path !== null)
        ? {
            raises: [
              {
                name: 'SchemaError',
                text: "If the raw data is missing, unreadable or not like the notebook's",
              },
            ],
          }
        : {}),
    },
    4,
  );
  const passed = fields.map(({ name, value }) => `${name}=${value}`).join(', ');
  const body = [...serving.before, ...calls, `return PreparedData(${passed})`];
  const prepare = `def prepare_data(${config}: Config) -> PreparedData:\n${docstring}\n${body.map(indentCode).join('\n')}\n`;
  return {
    text: `${serving.constants}${dataclass}\n\n\n${prepare}`,
    imports: [
      ...fields.flatMap(({ annotation }) => annotation.imports),
      { module: 'dataclasses', member: 'dataclass', name: 'dataclass' },
      { module: 'typing', member: 'Final', name: 'Final' },
      { module: 'src.config', member: 'Config', name: 'Config' },
    ],
  };
}

function lastStatement(signatures: SegmentSignature[], name: string): number {
  const writers = signatures.filter(({ segment }) => segment.outputs.includes(name));
  return writers.at(-1)?.segment.statements.at(-1) ?? Number.MAX_SAFE_INTEGER;
}

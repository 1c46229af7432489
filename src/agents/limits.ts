/** What one proposal may take, whatever the budget of the run. */
export interface AgentLimits {
  /** Answers of the model. */
  rounds: number;
  /** Tool calls that cannot be read. */
  malformed: number;
  /** Answers in a row that ask for the very same. */
  repeats: number;
  /** Tool calls in one answer. */
  calls: number;
  /** Runs of pytest. */
  testRuns: number;
  /** Characters of one tool's result. */
  resultCharacters: number;
  /** Characters of the notebook, and of each other part of the first message. */
  materialCharacters: number;
  /** Characters of one answer of the model. */
  answerCharacters: number;
  /** What a package may hold: as the guardrails, which look again. */
  files: number;
  fileBytes: number;
  treeBytes: number;
}

export const DEFAULT_LIMITS: Readonly<AgentLimits> = {
  rounds: 40,
  malformed: 5,
  repeats: 4,
  calls: 20,
  testRuns: 5,
  resultCharacters: 16_000,
  materialCharacters: 150_000,
  answerCharacters: 300_000,
  files: 60,
  fileBytes: 256_000,
  treeBytes: 2_000_000,
};

/** How long a server is waited for and how much is taken from it; times in milliseconds. */
export interface ServerLimits {
  /** Until the answer starts: connecting, and a model that thinks. The platform ends a connection attempt after 10 seconds. */
  start: number;
  /** Between two pieces of an answer. */
  idle: number;
  /** For an answer from the first byte of the request to the last of the answer. */
  whole: number;
  /** Tries of one request, the first included. */
  tries: number;
  /** Before the second try; doubled for each one after it. */
  firstWait: number;
  /** A server that asks for more is not asked again. */
  longestWait: number;
  /** Bytes of one answer as it comes over the wire, where each word has an envelope of some hundred bytes. */
  bytes: number;
}

export const DEFAULT_SERVER_LIMITS: Readonly<ServerLimits> = {
  start: 180_000,
  idle: 60_000,
  whole: 900_000,
  tries: 4,
  firstWait: 1_000,
  longestWait: 60_000,
  bytes: 32_000_000,
};

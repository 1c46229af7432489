import { SCRATCH } from './image.ts';

/** Threads that numeric libraries may use. Fixed, because the number of threads changes the order of additions. */
const THREADS = '2';

/**
 * The environment of every run: the same each time, so that two runs compare, and nothing of the host in it.
 * @param environment - folder of the installed environment inside the container
 */
export function baseVariables(environment?: string): Record<string, string> {
  const path = '/usr/local/bin:/usr/bin:/bin';
  return {
    PATH: environment === undefined ? path : `${environment}/bin:${path}`,
    ...(environment === undefined ? {} : { VIRTUAL_ENV: environment }),
    HOME: SCRATCH,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PYTHONHASHSEED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONNOUSERSITE: '1',
    PYTHONUNBUFFERED: '1',
    OMP_NUM_THREADS: THREADS,
    OPENBLAS_NUM_THREADS: THREADS,
    MKL_NUM_THREADS: THREADS,
    NUMEXPR_NUM_THREADS: THREADS,
    LOKY_MAX_CPU_COUNT: THREADS,
    TOKENIZERS_PARALLELISM: 'false',
    MPLBACKEND: 'Agg',
    // mlflow asks git for the commit and complains on stderr that there is no git.
    GIT_PYTHON_REFRESH: 'quiet',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    DO_NOT_TRACK: '1',
  };
}

/** `NAME=value` lines as the engine wants them. */
export function variableLines(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

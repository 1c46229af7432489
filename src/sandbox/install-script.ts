import { environmentPath, STORE } from './image.ts';

/** Exit codes of the script below. */
export const NO_INSTALLER = 90;
export const NOT_INSTALLED = 91;

/**
 * The release of uv that installs: a range, because an operator's index may not carry the very one that we tested.
 * uv comes as a wheel from the same index as everything else, so nothing but that index needs to be reachable.
 */
const UV = 'uv>=0.8,<1';

/**
 * What the install container runs. Requirements and constraints come in variables, never in the text of a script.
 * Only wheels are installed: to build a source distribution would be to run code of strangers with network.
 */
export function installScript(key: string, uvFlags: string[]): string[] {
  const script = `
set -eu
uv=${STORE}/bin/uv
env=${environmentPath(key)}
rm -rf "$env"
if [ ! -x "$uv" ]; then
  python3 -m venv "$env" && "$env/bin/python" -m pip install --quiet --only-binary :all: '${UV}' >&2 || exit ${NO_INSTALLER}
  cp "$env/bin/uv" "$uv.$$" && mv "$uv.$$" "$uv"
  rm -rf "$env"
fi
printf '%s\\n' "$ARCHITECT_REQUIREMENTS" >/tmp/requirements.txt
if [ -n "$ARCHITECT_CONSTRAINTS" ]; then
  printf '%s\\n' "$ARCHITECT_CONSTRAINTS" >/tmp/constraints.txt
  set -- --constraint /tmp/constraints.txt "$@"
fi
"$uv" venv --quiet --no-project --python "$(command -v python3)" "$env"
"$uv" pip install --python "$env/bin/python" --only-binary :all: --compile-bytecode --no-progress \\
  --requirement /tmp/requirements.txt "$@" >&2 || exit ${NOT_INSTALLED}
"$uv" pip freeze --quiet --python "$env/bin/python"
`;
  return ['sh', '-c', script, 'install', ...uvFlags];
}

/** How uv is to behave, whatever the machine. */
export const UV_VARIABLES: Record<string, string> = {
  UV_CACHE_DIR: `${STORE}/uv`,
  UV_NO_CONFIG: '1',
  UV_PYTHON_DOWNLOADS: 'never',
  UV_HTTP_TIMEOUT: '180',
  // Compiling is slow where processors are shared; the default gives up after a minute.
  UV_COMPILE_BYTECODE_TIMEOUT: '600',
  NO_COLOR: '1',
};

/** What the base image is called and what a container of it looks like from the inside. */

/** Name of the base image; `scripts/sandbox-up` makes it. */
export const DEFAULT_IMAGE = 'architect-sandbox:local';
/** Label that carries the recipe of the image. */
export const RECIPE_LABEL = 'dev.architect.recipe';
/** Recipe that this code expects; `scripts/sandbox-up` has the same number. */
export const RECIPE = '1';

/** The user of every run: not root, and not a user of the host. */
export const SANDBOX_UID = 10001;

/** The writable workspace. */
export const WORKSPACE = '/work';
/** Home and scratch folder of a run: a tmpfs, empty at every start. */
export const SCRATCH = '/tmp';
/** Where installed environments appear, in the container that makes one and in those that use it. */
export const STORE = '/opt/architect';
/** Where the operator's certificates appear, while there is network. */
export const CERTIFICATES = '/opt/architect-ca.pem';

/** The folder of an environment inside a container. An environment knows its own path, so it never changes. */
export function environmentPath(key: string): string {
  return `${STORE}/env/${key}`;
}

import { randomBytes } from 'node:crypto';

/** Plain JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Puts foreign text where the model can tell it from orders. */
export interface Fence {
  /** Its name, which nobody who wrote the foreign text can know. */
  name: string;
  wrap(value: Json): string;
}

/** Opens the fence of one proposal: JSON on one line between two lines with a random name. */
export function openFence(): Fence {
  const secret = randomBytes(16).toString('hex');
  const name = `data-${secret}`;
  // The model itself could be talked into writing the name into a file that it reads later.
  const wrap = (value: Json): string =>
    `<${name}>\n${JSON.stringify(value).replaceAll(secret, '[removed]')}\n</${name}>`;
  return { name, wrap };
}

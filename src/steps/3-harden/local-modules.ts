import type { Extraction } from '../1-extract/extraction.ts';
import type { LocalModule } from '../2-structure/plan.ts';

/** The repository's modules that kept code imports, by the file or package that Python finds first. */
export function localModules({ localModules: found }: Extraction): LocalModule[] {
  const modules = new Map<string, LocalModule>();
  for (const { module, path } of found) {
    const file = module.replace(/^\.+/, '').replaceAll('.', '/');
    const suffix = [`${file}.py`, `${file}/__init__.py`].find((end) => path.endsWith(end)) ?? path;
    const folder = path.slice(0, path.length - suffix.length).replace(/\/$/, '');
    const [name = file] = file.split('/');
    const own = suffix === `${name}.py` ? suffix : name;
    const place = folder === '' ? own : `${folder}/${own}`;
    modules.set(place, { name, folder, path: place });
  }
  return [...modules.values()];
}

/** Marks the address of a file that the user imports: the hooks take it off again. */
export const MARK = '?residual-import';

/**
 * Module hooks, which run in a thread of their own, as text: a build has no second file for them. A module that a user's
 * file imports, however indirectly, gets the command's own packages for `@residual/*` and TensorFlow.js: registries, and
 * tensors, are one for each copy of a package. Of anything else it gets its own copy where it has one, else the command's.
 */
export const HOOKS = `
const users = new Set();
let command;
export function initialize(url) { command = url; }
export async function resolve(specifier, context, next) {
  if (specifier.endsWith('${MARK}')) {
    const found = await next(specifier.slice(0, -${MARK.length}), context);
    users.add(found.url);
    return /\\.js$/.test(found.url) && found.format == null ? { ...found, format: 'module' } : found;
  }
  if (!users.has(context.parentURL)) return next(specifier, context);
  if (/^(@residual|@tensorflow)\\//.test(specifier)) {
    const own = await next(specifier, { ...context, parentURL: command }).catch(() => undefined);
    if (own) return own;
  }
  try {
    const found = await next(specifier, context);
    users.add(found.url);
    return found;
  } catch (error) {
    if (/^[./]|^\\w+:/.test(specifier)) throw error;
    return next(specifier, { ...context, parentURL: command }).catch(() => { throw error; });
  }
}
`;

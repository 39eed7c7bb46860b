import type { InitializerRule } from './initializerRules.js';
import { Leaf } from './leaf.js';
import { Module } from './module.js';

/** A parameter or buffer, where it is, and the rule of the nearest module around it that has one. */
export interface FoundLeaf {
  path: string;
  leaf: Leaf;
  rule: InitializerRule | undefined;
}

interface FoundModule {
  path: string;
  module: Module;
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The modules and leaves right inside a module; an array in a field counts as part of the module. */
function* inside(path: string, children: [string, unknown][]): Generator<[string, Module | Leaf]> {
  for (const [name, child] of children) {
    const childPath = join(path, name);
    if (child instanceof Module || child instanceof Leaf) yield [childPath, child];
    else if (Array.isArray(child)) yield* inside(childPath, Object.entries<unknown>(child));
  }
}

/** All parameters and buffers, in the order of the fields. One that is shared has the first of its paths. */
export function leavesOf(model: Module): FoundLeaf[] {
  const seen = new Set<Module | Leaf>();
  const found: FoundLeaf[] = [];
  const visit = (module: Module, path: string, outerRule: InitializerRule | undefined): void => {
    const rule = module.initializerRule ?? outerRule;
    for (const [childPath, child] of inside(path, module.children())) {
      if (seen.has(child)) continue;
      seen.add(child);
      if (child instanceof Leaf) found.push({ path: childPath, leaf: child, rule });
      else visit(child, childPath, rule);
    }
  };
  visit(model, '', undefined);
  return found;
}

/** The modules right inside a model: one for each layer or stage. */
export function topModulesOf(model: Module): FoundModule[] {
  return [...inside('', model.children())].flatMap(([path, child]) =>
    child instanceof Module ? [{ path, module: child }] : [],
  );
}

/** All modules inside a model, at any depth, each once; a module comes before those inside it. */
export function modulesOf(model: Module): FoundModule[] {
  const seen = new Set<Module>([model]);
  const found: FoundModule[] = [];
  const visit = (module: Module, path: string): void => {
    for (const [childPath, child] of inside(path, module.children())) {
      if (!(child instanceof Module) || seen.has(child)) continue;
      seen.add(child);
      found.push({ path: childPath, module: child });
      visit(child, childPath);
    }
  };
  visit(model, '');
  return found;
}

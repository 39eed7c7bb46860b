import { RandomModule } from './layers/dropout.js';
import { Leaf } from './leaf.js';
import { Module } from './module.js';
import { modulesOf } from './walk.js';

/**
 * What a model computes follows from these: its modules, what their fields hold, and what is told of each leaf. Where they are equal to those of
 * another time, it computes the same; a module that goes by anything else must not be recorded.
 *
 * @param ofLeaf such as the identity of its data
 */
export function modelFacts(model: Module, ofLeaf: (leaf: Leaf) => unknown): unknown[] {
  const facts: unknown[] = [];
  const seen = new Set<Module>();
  // Part of each prediction and each step, so not by walk.ts: lists of entries take twice the time, and paths three times.
  const visit = (child: unknown): void => {
    if (child instanceof Leaf) facts.push(child.trainable, ofLeaf(child));
    else if (Array.isArray(child)) for (const each of child) visit(each);
    else if (!(child instanceof Module)) facts.push(child);
    else if (!seen.has(child)) {
      seen.add(child);
      facts.push(child, child.forward); // a `forward` of its own is somebody's who watches (observe.ts)
      for (const name in child) visit(child[name as keyof typeof child]);
      if (child.children !== Module.prototype.children)
        for (const [, inside] of child.children()) visit(inside);
    }
  };
  visit(model);
  return facts;
}

/** Whether facts are those of another time. */
export function isSameFacts(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((fact, i) => fact === b[i]);
}

/** Why kernels' calls alone can't do again what the model's `forward` does in training; undefined where they may. */
export function unrepeatable(model: Module): string | undefined {
  for (const { path, module } of [{ path: 'the model', module: model }, ...modulesOf(model)]) {
    if (module instanceof RandomModule && module.probability > 0) return `${path} draws random numbers`;
    if (Object.hasOwn(module, 'forward'))
      return `${path} has a forward of its own, maybe of somebody who watches it`;
  }
  return undefined;
}

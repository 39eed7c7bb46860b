/** A name that a pickle refers to; it is never looked up. */
export class Global {
  constructor(readonly name: string) {}
}

/** Python's tuple; a list is an array. */
export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** What a pickle does besides building dictionaries, lists, tuples, numbers and strings. */
export interface PickleHost {
  /** Whether a name such as `torch._utils._rebuild_tensor_v2` may occur: throws if not. */
  requireGlobal(name: string): void;
  /** The value of `global(*items)`. */
  reduce(global: Global, items: readonly unknown[]): unknown;
  /** The value of something that lies outside of the pickle. */
  persistent(id: unknown): unknown;
}

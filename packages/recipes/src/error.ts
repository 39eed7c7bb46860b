/** Stable names for what went wrong; messages may change, these do not. */
export type RecipesErrorCode =
  /** An option has a value that makes no sense. */
  | 'OPTION'
  /** There is nothing to resume, or something that no recipe wrote. */
  | 'RESUME'
  /** A model file is another kind of file, damaged, or another network's. */
  | 'MODEL';

export interface RecipesProblem {
  /** The option or file concerned, such as `epochs`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it, in full sentences. */
  fix: string;
}

/** What every function of this package throws; the message is one line. */
export class RecipesError extends Error {
  override readonly name = 'RecipesError';

  constructor(
    readonly code: RecipesErrorCode,
    { where, expected, received, fix }: RecipesProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
  }
}

export interface PictureProblemFacts {
  expected: string;
  received: string;
  fix: string;
}

/** Why there is no picture, in words for whoever gave it. */
export class PictureProblem extends Error {
  constructor({ expected, received, fix }: PictureProblemFacts) {
    super(`Expected ${expected}, received ${received}. ${fix}`);
    this.name = 'PictureProblem';
  }
}

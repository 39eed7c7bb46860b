import { signal } from '@preact/signals';
import type { RawPicture } from '@residual/data';
import { decodePicture } from '@residual/pictures/browser';
import { Latest } from '../asking/latest.js';
import { rgbaOf } from '../pixels/rgba.js';
import { messageOf } from '../session/errors.js';
import type { ClassifiedPicture, NetworkFacts, Session } from '../session/session.js';

/** A larger picture is scaled down to this side: more would only cost time, as networks see smaller ones. */
const LARGEST_SIDE = 512;

/** What the panel asks of the session. */
export type Asked = Pick<Session, 'classify' | 'model' | 'somePicture'>;

/** A picture that somebody gives, and what the network says of it. */
export class Guess {
  readonly picture = signal<RawPicture>();
  readonly answer = signal<ClassifiedPicture>();
  /** What is asked; undefined: the network that comes with the page. */
  readonly network = signal<NetworkFacts>();
  readonly asking = signal(false);
  readonly problem = signal<string>();

  readonly #ask = new Latest<RawPicture>((picture) => this.#report(() => this.#classify(picture)));

  readonly #meet = new Latest<void>(async () => {
    this.network.value = await this.session.model().catch(() => undefined); // the panel above says what is wrong
  });

  constructor(private readonly session: Asked) {}

  /** Asks what it is. Of several in a row the last counts. */
  give(picture: RawPicture): void {
    this.picture.value = picture;
    this.problem.value = undefined;
    this.#ask.ask(picture);
  }

  /** Gives the picture in a file, or shows why there is none. */
  giveFile(source: () => Blob | Promise<Blob>): Promise<void> {
    return this.giveFrom(async () => decodePicture(await source(), { maxSide: LARGEST_SIDE }));
  }

  /** Gives what comes out of `source`, or shows why nothing does. */
  giveFrom(source: () => Promise<RawPicture>): Promise<void> {
    return this.attempt(async () => this.give(await source()));
  }

  /** Begins something new, and shows what goes wrong with it. */
  attempt(work: () => Promise<void>): Promise<void> {
    this.problem.value = undefined;
    return this.#report(work);
  }

  /** The model has moved on, or is another. */
  again(): void {
    const picture = this.picture.peek();
    if (picture !== undefined) this.#ask.ask(picture);
    this.#meet.ask();
  }

  forget(): void {
    this.picture.value = undefined;
    this.answer.value = undefined;
  }

  /** Any of the test pictures, as RGBA. */
  async testPicture(): Promise<RawPicture> {
    const { pixels, width, height } = await this.session.somePicture();
    return { data: rgbaOf(pixels, width * height), width, height };
  }

  async #classify(picture: RawPicture): Promise<void> {
    this.asking.value = true;
    try {
      const answer = await this.session.classify(picture);
      // Forgotten, or another picture was given meanwhile, whose answer is on its way.
      if (picture === this.picture.value) this.answer.value = answer;
    } finally {
      this.asking.value = false;
    }
  }

  async #report(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.problem.value = messageOf(error);
    }
  }
}

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

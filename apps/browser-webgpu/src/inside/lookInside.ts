import { computed, signal } from '@preact/signals';
import { Latest } from '../asking/latest.js';
import { Pace } from '../asking/pace.js';
import { messageOf } from '../session/errors.js';
import type {
  Explanation,
  LabelledPicture,
  Maps,
  NetworkFacts,
  Pair,
  Report,
  Session,
} from '../session/session.js';

/** What the panel asks of the session. */
export type Asked = Pick<Session, 'model' | 'evaluate' | 'pictures' | 'explain' | 'filters'>;

/** Which pictures are shown. */
export type Order = 'worst' | 'data' | Pair;

/** How many pictures a row of questions asks for. */
export const PAGE = 24;

/** At first, so many test pictures are judged: a slow device has something to show before it has judged them all. */
const FIRST = 100;

/** While the model learns: a look every few seconds that takes no more than a fifth of the time. */
const PACE = { leastPause: 4000, share: 0.2 };

/** What is known about the model in hand, and how it is kept up to date. */
export class LookInside {
  readonly facts = signal<NetworkFacts>();
  readonly report = signal<Report>();
  readonly filters = signal<Maps>();
  /** How many test pictures are judged; null: all. */
  readonly judged = signal<number | null>(500);
  readonly order = signal<Order>('worst');
  /** How many pictures are wanted. */
  readonly count = signal(PAGE);
  readonly pictures = signal<LabelledPicture[]>([]);
  readonly chosen = signal<LabelledPicture>();
  /** The module that is looked at; undefined: the last one. */
  readonly path = signal<string>();
  readonly explanation = signal<Explanation>();
  readonly looking = signal(false);
  readonly failure = signal<string>();
  readonly classNames = computed(() => this.facts.value?.classNames ?? []);

  readonly #pace = new Pace(() => this.#look(), PACE);
  readonly #explain = new Latest<void>(() => this.#attempt(() => this.#why()));
  readonly #list = new Latest<void>(() => this.#attempt(() => this.#pictures()));

  constructor(private readonly session: Asked) {}

  /** The model has moved on, or is about to be seen: look again, soon. */
  wish(): void {
    this.#pace.wish();
  }

  /** Look again, at once. */
  refresh(): void {
    this.#pace.now();
  }

  /** Nobody watches. */
  rest(): void {
    this.#pace.rest();
  }

  judge(count: number | null): void {
    this.judged.value = count;
    this.refresh();
  }

  show(order: Order): void {
    this.order.value = order;
    this.count.value = PAGE;
    this.#list.ask();
  }

  showMore(): void {
    this.count.value += PAGE;
    this.#list.ask();
  }

  choose(picture: LabelledPicture): void {
    this.chosen.value = picture;
    this.#explain.ask();
  }

  lookAt(path: string): void {
    this.path.value = path;
    this.#explain.ask();
  }

  async #look(): Promise<void> {
    this.looking.value = true;
    await this.#attempt(async () => {
      this.facts.value = await this.session.model();
      this.filters.value = await this.session.filters();
      // The first list chooses a picture, which explains it.
      if (this.chosen.value !== undefined) this.#explain.ask();
      if (this.report.value === undefined && (this.judged.value ?? Infinity) > FIRST)
        await this.#judge(FIRST);
      await this.#judge(this.judged.value ?? undefined);
      this.failure.value = undefined;
    });
    this.looking.value = false;
  }

  async #judge(count: number | undefined): Promise<void> {
    this.report.value = await this.session.evaluate(count);
    this.#list.ask();
  }

  async #pictures(): Promise<void> {
    const order = this.order.value;
    const count = this.count.value;
    const worst = this.report.value?.worst.slice(0, count) ?? [];
    const pair = typeof order === 'object' ? order : undefined;
    const pictures = order === 'worst' ? worst : await this.session.pictures(0, count, pair);
    // Another order may have been asked for meanwhile: then its pictures are on their way.
    if (order !== this.order.value) return;
    this.pictures.value = pictures;
    if (this.chosen.value === undefined && pictures[0] !== undefined) this.choose(pictures[0]);
  }

  async #why(): Promise<void> {
    const picture = this.chosen.value;
    if (picture === undefined) return;
    const path = this.#knownPath();
    const { pixels: data, width, height } = picture;
    const explanation = await this.session.explain({ data, width, height }, path);
    if (picture.index === this.chosen.value?.index) this.explanation.value = explanation;
  }

  /** Another model may lack the module that was looked at. */
  #knownPath(): string | undefined {
    const path = this.path.value;
    return path !== undefined && this.facts.value?.paths.includes(path) ? path : undefined;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failure.value = messageOf(error);
    }
  }
}

/**
 * Answers one question at a time. Of those that are asked meanwhile only the newest is answered, next: a slow worker
 * is never asked twice at once, and nothing piles up.
 */
export class Latest<Question> {
  #next: { question: Question } | undefined;
  #running = false;

  /** @param answer Handles its own failures: what it throws is an unhandled rejection. */
  constructor(private readonly answer: (question: Question) => Promise<void>) {}

  ask(question: Question): void {
    this.#next = { question };
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let next = this.#take(); next !== undefined; next = this.#take()) await this.answer(next.question);
    } finally {
      this.#running = false;
    }
  }

  #take() {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }
}

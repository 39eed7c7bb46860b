import { quote, WeightsError, type WeightsErrorCode } from './error.js';

const SPACE = /[ \t\n\r]*/y;
/** Whatever could be a number, and no more of it than a message can hold. */
const NUMBER = /[-+.\deE]{1,40}/y;
const WHOLE = /^(0|[1-9]\d*)$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const BACKSLASH = '\\';

/**
 * Reads JSON from left to right, value by value, so that its caller sees every key. `JSON.parse` would keep the
 * last of two equal keys without a word, and would build whatever a hostile header asks for before it is checked.
 */
export class JsonCursor {
  #at = 0;

  constructor(
    readonly text: string,
    /** The file's name, for errors. */
    readonly file: string,
  ) {}

  /** An error at the current position; `field` says whose value is wrong. */
  error(field: string, expected: string, received = this.#ahead(), code: WeightsErrorCode = 'FORMAT') {
    return new WeightsError(code, {
      where: `${this.file}: ${field}, character ${this.#at} of the header`,
      expected,
      received,
      fix: 'Download or save the file again.',
    });
  }

  /** Passes `token` and the space before it, if that is what comes next. */
  skip(token: string): boolean {
    this.#skipSpace();
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  expect(token: string, field: string): void {
    if (!this.skip(token)) throw this.error(field, quote(token));
  }

  expectEnd(field: string): void {
    this.#skipSpace();
    if (this.#at < this.text.length) throw this.error(field, 'nothing but spaces after the last }');
  }

  /** Passes an object, calling `member` with each key when its value comes next. */
  object(field: string, member: (key: string) => void): void {
    this.expect('{', field);
    if (this.skip('}')) return;
    do {
      const key = this.string(field);
      this.expect(':', field);
      member(key);
    } while (this.skip(','));
    this.expect('}', field);
  }

  string(field: string): string {
    this.expect('"', field);
    const start = this.#at - 1;
    let end = this.text.indexOf('"', this.#at);
    while (end >= 0 && this.#isEscaped(end)) end = this.text.indexOf('"', end + 1);
    if (end < 0) throw this.error(field, 'a closing quotation mark', 'none');
    const value = this.#parseString(this.text.slice(start, end + 1));
    if (value === undefined) throw this.error(field, 'a valid JSON string');
    this.#at = end + 1;
    return value;
  }

  /** A list of at most `limit` whole numbers of at least 0, each exact in a double. */
  wholeNumbers(field: string, limit: number): number[] {
    const numbers: number[] = [];
    this.expect('[', field);
    if (this.skip(']')) return numbers;
    do {
      if (numbers.length === limit) throw this.error(field, `at most ${limit} numbers`, 'more', 'LIMIT');
      numbers.push(this.#wholeNumber(field));
    } while (this.skip(','));
    this.expect(']', field);
    return numbers;
  }

  #wholeNumber(field: string): number {
    this.#skipSpace();
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.text)?.[0] ?? '';
    const value = Number(digits);
    if (!WHOLE.test(digits) || !Number.isSafeInteger(value)) {
      throw this.error(field, 'a whole number from 0 to 2^53 - 1');
    }
    this.#at += digits.length;
    return value;
  }

  /** Whether an odd number of backslashes stands before `end`. */
  #isEscaped(end: number): boolean {
    let first = end;
    while (this.text[first - 1] === BACKSLASH) first--;
    return (end - first) % 2 === 1;
  }

  /** The value, or undefined for control characters, unknown escapes and halves of surrogate pairs. */
  #parseString(source: string): string | undefined {
    try {
      const value: unknown = JSON.parse(source);
      return typeof value === 'string' && !LONE_SURROGATE.test(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.text);
    this.#at = SPACE.lastIndex;
  }

  #ahead(): string {
    this.#skipSpace();
    const rest = this.text.slice(this.#at, this.#at + 30);
    return rest === '' ? 'the end of the header' : quote(rest);
  }
}

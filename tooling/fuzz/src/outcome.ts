import type { Target } from './parser.ts';

/** What every error of the project says of itself. */
const FIELDS = ['message', 'code', 'where', 'expected', 'received', 'fix'] as const;
/** A message is one line that somebody reads. */
const MOST_MESSAGE = 2000;

/** Something that may not happen. */
export interface Problem {
  /** Tells it from others. */
  readonly what: string;
  /** For people. */
  readonly detail: string;
}

/** What comes of bytes: nothing to say where they are read, or refused by an error of the project's form. */
export async function outcomeOf({ parse }: Target, bytes: Uint8Array): Promise<Problem | undefined> {
  try {
    await parse(bytes);
    return undefined;
  } catch (error) {
    return problemOf(error);
  }
}

/** What is wrong with a refusal; undefined where it says all that it should. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return { what: 'throws what is no error', detail: String(error) };
  const fields = error as Error & Partial<Record<(typeof FIELDS)[number], unknown>>;
  const missing = FIELDS.find((field) => typeof fields[field] !== 'string' || fields[field] === '');
  if (missing !== undefined) {
    const place = /\n\s+at (?:.*[/\\])?([^/\\]+:\d+)/.exec(error.stack ?? '')?.[1] ?? '';
    return {
      what: `an error without ${missing}: ${error.name} (${place})`,
      detail: error.stack ?? error.message,
    };
  }
  if (error.message.includes('\n')) return { what: `${error.name}: several lines`, detail: error.message };
  if (error.message.length <= MOST_MESSAGE) return undefined;
  return {
    what: `${error.name}: a message of over ${MOST_MESSAGE} characters`,
    detail: error.message.slice(0, 300),
  };
}

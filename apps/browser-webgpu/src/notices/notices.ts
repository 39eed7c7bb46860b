import { signal } from '@preact/signals';

/** Something that the user should know, until it is dismissed or no longer true. */
export interface Notice {
  /** A second one of the same name takes the first one's place. */
  name: string;
  tone: 'error' | 'warning' | 'note';
  title: string;
  /** What happened, and what to do about it. */
  text: string;
  action?: { label: string; run(): void };
}

export const notices = signal<readonly Notice[]>([]);

export function notify(notice: Notice): void {
  notices.value = [...notices.peek().filter(({ name }) => name !== notice.name), notice];
}

export function dismiss(name: string): void {
  notices.value = notices.peek().filter((notice) => notice.name !== name);
}

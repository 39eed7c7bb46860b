import { createHash } from 'node:crypto';
import type { Emoji } from './set.ts';

/** Pictures of each class in the sample: eleven to one, as skewed as photographs are, and 200 in all. */
const COUNTS: Readonly<Record<string, number>> = {
  'People & Body': 66,
  Flags: 28,
  Objects: 24,
  Symbols: 20,
  'Travel & Places': 18,
  'Smileys & Emotion': 16,
  'Animals & Nature': 12,
  'Food & Drink': 10,
  Activities: 6,
};

/**
 * A sample for tests, always the same: 200 pictures, whole groups (an emoji with its five skin tones) where a class has any. Groups
 * are taken in the order of their codes' SHA-256, each that still fits.
 */
export function sampleOf(emoji: readonly Emoji[]): Emoji[] {
  const groups = [...Map.groupBy(emoji, ({ base }) => base).entries()]
    .map(([base, pictures]) => ({ pictures, rank: createHash('sha256').update(base).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const left = new Map(Object.entries(COUNTS));
  const chosen = new Set<Emoji>();
  for (const { pictures } of groups) {
    const { category } = pictures[0]!;
    const room = left.get(category) ?? 0;
    if (pictures.length > Math.min(room, 6)) continue;
    left.set(category, room - pictures.length);
    for (const picture of pictures) chosen.add(picture);
  }
  return emoji.filter((picture) => chosen.has(picture));
}

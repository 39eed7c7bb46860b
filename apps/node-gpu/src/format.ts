const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 11178378 -> `11,178,378` */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** 0.9034 -> `90.34 %` */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** The ends of an interval: [0.9202, 0.9504] -> `92.02 to 95.04 %` */
export function formatInterval([low, high]: readonly [number, number]): string {
  return `${(100 * low).toFixed(2)} to ${formatShare(high)}`;
}

/** Four digits after the point; tiny ones in powers of ten, since 0.0000 would hide them. */
export function formatLoss(loss: number): string {
  return loss > 0 && loss < 0.001 ? loss.toExponential(1) : loss.toFixed(4);
}

/** 75 -> `1m 15s`: the two largest units, in whole seconds. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${twoDigits(minutes)}m`;
  if (minutes > 0) return `${minutes}m ${twoDigits(whole % 60)}s`;
  return `${whole}s`;
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The first `most` words, and how many there are beside them: `a, b, and 3 more` */
export function listed(
  words: readonly string[],
  most: number,
  { separator = ', ', others = 'more' }: { separator?: string; others?: string } = {},
): string {
  const more = words.length - most;
  const named = words.slice(0, most).join(separator);
  return more > 0 ? `${named}${separator}and ${more} ${others}` : named;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

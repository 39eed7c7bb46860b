/** Scrolls as little as it takes, for what was asked for in one place and is shown in another. */
export function bringIntoSight(id: string): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById(id)?.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'instant' : 'smooth' });
}

/** The value below which the share `q` of the sorted numbers lies (nearest rank). */
export function quantile(numbers: number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]!;
}

export const median = (numbers: number[]): number => quantile(numbers, 0.5);

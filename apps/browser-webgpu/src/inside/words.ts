const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const counts = new Intl.NumberFormat('en');

/** 0.934 as "93.4%". */
export const percent = (share: number): string => percents.format(share);

/** 272474 as "272,474". */
export const grouped = (count: number): string => counts.format(count);

/** The name of a class, or its number where the model has no name for it. */
export const nameOf = (classNames: readonly string[], label: number): string =>
  classNames[label] ?? `class ${label}`;

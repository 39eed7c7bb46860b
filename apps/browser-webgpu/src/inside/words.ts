import { modelLabels } from '../settings/catalogue.js';

const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** 0.934 as "93.4%". */
export const percent = (share: number): string => percents.format(share);

/** What a network is called on the page. */
export function modelTitle(name: string): string {
  return (modelLabels as Record<string, string>)[name] ?? name;
}

/** The name of a class, or its number where the model has no name for it. */
export const nameOf = (classNames: readonly string[], label: number): string =>
  classNames[label] ?? `class ${label}`;

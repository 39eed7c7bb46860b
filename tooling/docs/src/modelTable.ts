import { layerCosts } from '@residual/blocks';
import type { ModelRow } from '@residual/models';

/** One network as a line of docs/models.md, between the marks that stand there. */
export function modelLine({ name, summary, create, inputShape, numClasses }: ModelRow): string {
  const { parameters, multiplications, activationBytes } = layerCosts(create(), [1, ...inputShape]);
  const cells = [
    `\`${name}\``,
    summary,
    `${inputShape.join('x')}, ${numClasses}`,
    parameters.toLocaleString('en-US'),
    `${(multiplications / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} M`,
    `${(activationBytes / 1e6).toFixed(1)} MB`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The lines of the table in a document, by the name of their network. */
export function linesOf(document: string): Map<string, string> {
  const lines = document.split('\n').filter((line) => /^\| `[a-z0-9-]+` \| .*\d MB \|$/.test(line));
  return new Map(lines.map((line) => [/`([^`]+)`/.exec(line)![1]!, line]));
}

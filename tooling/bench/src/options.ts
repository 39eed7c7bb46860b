import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { PeerRow } from './peerRow.ts';
import type { Settings } from './settings.ts';
import type { Work } from './work.ts';

/** What is wrong with the command's options, for its user. */
export class OptionError extends Error {}

/** What the options choose from. */
export interface Choices {
  works: Work[];
  peers: PeerRow[];
  /** Rows that are measured only on request. */
  engines: Record<string, PeerRow[]>;
}

export interface Options {
  settings: Settings;
  works: Work[];
  peers: PeerRow[];
  output: 'text' | 'json' | 'markdown';
  /** The documents of earlier runs of one machine: to be printed as one, in place of measuring. */
  from?: [string, ...string[]];
  /** A file that is to take all this to a machine without network, in place of measuring. */
  bundle?: string;
  help: boolean;
}

/** @throws OptionError with what was expected and what came. */
export function parseOptions(args: string[], choices: Choices): Options {
  const { values, positionals } = parse(args);
  if (positionals.length > 0 && values.from === undefined)
    throw new OptionError(`Unexpected argument '${positionals[0]}': files follow --from.`);
  if (values.json && values.markdown)
    throw new OptionError('--json, --markdown: expected one of them, received both.');
  return {
    settings: {
      threads: count('threads', values.threads) ?? availableParallelism(),
      rounds: count('rounds', values.rounds),
      steps: count('steps', values.steps),
      layers: values.layers || values.json,
      batchSize: count('batch-size', values['batch-size']),
      python: values.python,
      tfjsNode: values['tfjs-node'] && resolve(values['tfjs-node']),
    },
    works: chooseWorks(choices.works, values.model, values.work),
    peers: choosePeers(choices, values.only, values.engines),
    output: values.json ? 'json' : values.markdown ? 'markdown' : 'text',
    from: values.from === undefined ? undefined : [values.from, ...positionals],
    bundle: values.bundle,
    help: values.help,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        model: { type: 'string' },
        work: { type: 'string', default: '' },
        only: { type: 'string', default: '' },
        engines: { type: 'string', default: '' },
        threads: { type: 'string' },
        rounds: { type: 'string' },
        steps: { type: 'string' },
        'batch-size': { type: 'string' },
        python: { type: 'string' },
        'tfjs-node': { type: 'string' },
        layers: { type: 'boolean', default: false },
        from: { type: 'string' },
        bundle: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new OptionError((error as Error).message);
  }
}

function count(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new OptionError(`--${option}: expected a positive integer, received ${value}.`);
}

function chooseWorks(works: Work[], model: string | undefined, part: string): Work[] {
  const models = [...new Set(works.map((work) => work.model as string))];
  if (model !== undefined && !models.includes(model)) {
    throw new OptionError(`--model: expected one of ${models.join(', ')}, received ${model}.`);
  }
  const ofModel = works.filter((work) => model === undefined || work.model === model);
  return containing(ofModel, part, '--work');
}

function choosePeers({ peers, engines }: Choices, part: string, list: string): PeerRow[] {
  const more = list.split(',').flatMap((word) => {
    if (word === '') return [];
    const rows = Object.hasOwn(engines, word) ? engines[word] : undefined;
    if (rows !== undefined) return rows;
    throw new OptionError(
      `--engines: expected names from ${Object.keys(engines).join(', ')}, separated by commas, received ${word}.`,
    );
  });
  return containing([...peers, ...more], part, '--only');
}

/** The rows whose name contains one of the parts, in any case. */
function containing<Row extends { name: string }>(rows: Row[], part: string, option: string): Row[] {
  const parts = part.split(',').map((word) => word.trim().toLowerCase());
  const chosen = rows.filter(({ name }) => parts.some((word) => name.toLowerCase().includes(word)));
  if (chosen.length > 0) return chosen;
  const names = rows.map(({ name }) => name).join(', ');
  throw new OptionError(`${option}: expected part of one of these names: ${names}; received ${part}.`);
}

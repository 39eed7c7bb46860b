import { photos, recipes } from '@residual/recipes';
import { type Command, Option } from 'commander';
import { backendOptions, flagOf, parseValue } from './backends.js';
import { oneOf } from './format.js';

export const RECIPES = oneOf([...Object.keys(recipes), photos.name]);
export const DATA =
  'pictures: a folder with a folder for each class, a CSV, a zip, IDX, CIFAR or npz files; or a source by its name';
export const PACK = "keep the decoded pictures in this file; default: one in the user's cache";

export function addDeviceOptions(command: Command): Command {
  return addBackendOptions(
    command.option('--backend <name>', 'auto or one that `residual backends` lists; default: auto'),
  );
}

/** What the backends say of themselves. */
export function addBackendOptions(command: Command): Command {
  for (const option of backendOptions) {
    const what =
      option.values.kind === 'wholeNumber' ? 'n' : option.values.kind === 'text' ? 'name' : 'value';
    command.option(`${flagOf(option.name)} <${what}>`, option.help, (text: string) =>
      parseValue(option, text),
    );
  }
  return command;
}

/** Test-time augmentation: by which views of a picture a model answers. */
const TTA_KINDS = ['mirror', 'crops'] as const;
export type Tta = (typeof TTA_KINDS)[number];

export function addTta(command: Command, help: string): Command {
  return command.addOption(new Option('--tta <how>', `test-time augmentation: ${help}`).choices(TTA_KINDS));
}

export function addImport(command: Command): Command {
  return command.option(
    '--import <file>',
    'a module that defines pieces of your own; may be repeated',
    (file: string, files: string[] = []) => [...files, file],
  );
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON instead of text, one value a line')
    .option('--verbose', "print where an error comes from, and TensorFlow.js's own messages");
}

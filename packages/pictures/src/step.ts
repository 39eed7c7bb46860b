import {
  type Augmentation,
  type PieceDefinition,
  Pieces,
  type RawPicture,
  type RowMaker,
  type Step,
} from '@residual/data';
import { PicturesError } from './error.js';

export type PictureSize = readonly [height: number, width: number];

interface Described<Parameters, Given> extends PieceDefinition<Parameters, Given> {
  /** What it does to a picture, for people: `the middle 64x64`. Default: its name. */
  words?(parameters: Parameters): string;
}

/** A step from any picture to the one that a network sees: the same result each time. */
export interface PictureStep<Parameters, Given = Parameters> extends Described<Parameters, Given> {
  /** Whether it only cuts pixels off the edges or adds some: a step of training that crops takes its place. */
  readonly crops?: boolean;
  /** Leaves the picture it gets as it is and gives another. */
  apply(picture: RawPicture, parameters: Parameters): RawPicture;
  /**
   * Of every picture that it gives, where all have one size; `before` is that of the pictures that it takes, likewise. Left out
   * where the size depends on the picture.
   */
  size?(parameters: Parameters, before: PictureSize | undefined): PictureSize | undefined;
}

/** A step of training: it changes a picture anew in each epoch. */
export interface TrainingStep<Parameters, Given = Parameters> extends Described<Parameters, Given> {
  /** Whether it makes the batch's height and width of a picture of any size, in place of the task's steps that crop. */
  readonly crops?: boolean;
  /** Whether it makes mirror images. */
  readonly mirrors?: boolean;
  augment(parameters: Parameters): Augmentation;
}

export type StepDefinition<Parameters, Given = Parameters> =
  | PictureStep<Parameters, Given>
  | TrainingStep<Parameters, Given>;

const steps = new Pieces<StepDefinition<unknown>>(
  'step',
  (code, problem) => new PicturesError(code, problem),
);

/**
 * Registers a step, so that a task or a configuration can name it.
 *
 * @returns a function that makes a row: `{ name, version, ...parameters }`.
 * @throws PicturesError `ARGUMENT` when the name and version are taken; the row's function, for wrong parameters.
 *
 * @example
 * const invert = defineStep({
 *   name: 'invert',
 *   version: 1,
 *   apply: (picture) => ({ ...picture, data: picture.data.map((level) => 255 - level) }),
 * });
 * applySteps(picture, [invert()]);
 */
export function defineStep<
  Parameters extends object = Record<never, never>,
  Given extends object = Parameters,
>(definition: StepDefinition<Parameters, Given>): RowMaker<Given> {
  steps.add(definition);
  return ((parameters?: Given) => steps.row(definition, parameters)) as RowMaker<Given>;
}

/**
 * The steps as one function, looked up and checked once: for many pictures.
 *
 * @throws PicturesError `NOT_REGISTERED` for a step that nothing imported defines, `ARGUMENT` for wrong parameters or a
 *   step of training.
 */
export function stepsOf(rows: readonly Step[]): (picture: RawPicture) => RawPicture {
  const applied = rows.map((row, i) => {
    const where = `steps.${i} (${row.name})`;
    const step = steps.find(row, where);
    if (!('apply' in step)) throw wrongPlace(where, 'a step from a picture to another', 'a step of training');
    const parameters = steps.parametersOf(step, row, where);
    return (picture: RawPicture) => step.apply(picture, parameters);
  });
  return (picture) => applied.reduce((current, apply) => apply(current), picture);
}

/**
 * A picture after the steps, one after the other.
 *
 * @throws PicturesError as `stepsOf`, and `MISMATCH` for a picture that a step can't take.
 *
 * @example
 * applySteps({ data, width, height }, [grey(), lightOnDark(), fitSubject({ height: 28, width: 28 })]);
 */
export function applySteps(picture: RawPicture, rows: readonly Step[]): RawPicture {
  return stepsOf(rows)(picture);
}

/**
 * The size that all pictures have after the steps; undefined where it depends on the picture.
 *
 * @throws PicturesError as `stepsOf`.
 */
export function sizeAfter(rows: readonly Step[]): PictureSize | undefined {
  return rows.reduce<PictureSize | undefined>((before, row, i) => {
    const where = `steps.${i} (${row.name})`;
    const step = steps.find(row, where);
    return 'size' in step ? step.size?.(steps.parametersOf(step, row, where), before) : undefined;
  }, undefined);
}

/**
 * The augmentations that steps of training describe, for a loader.
 *
 * @throws PicturesError `NOT_REGISTERED` for a step that nothing imported defines, `ARGUMENT` for wrong parameters or a
 *   step that doesn't belong to training.
 */
export function augmentationsOf(rows: readonly Step[]): Augmentation[] {
  return rows.map((row, i) => {
    const where = `augment.${i} (${row.name})`;
    const step = steps.find(row, where);
    if (!('augment' in step)) throw wrongPlace(where, 'a step of training', 'a step of the task');
    return step.augment(steps.parametersOf(step, row, where));
  });
}

/**
 * What training does to pictures as they are read: the task's steps, then those of training. Where one of these crops, such as
 * `randomResizedCrop`, the task's steps at the end that crop are left out: it is given what they would get.
 *
 * @throws PicturesError as `stepsOf` and `augmentationsOf`.
 *
 * @example
 * const augment = trainingOf(task.steps, [randomResizedCrop(), horizontalFlip()]);
 * const loader = new SourceLoader(source, { batchSize: 64, shuffle: { seed: 0 }, picture: [224, 224, 3], augment });
 */
export function trainingOf(rows: readonly Step[], augment: readonly Step[]): Augmentation[] {
  return [stepsOf(isCropped(augment) ? uncroppedRows(rows) : rows), ...augmentationsOf(augment)];
}

/**
 * A task's steps without those at the end that crop.
 *
 * @throws PicturesError as `stepsOf`.
 */
export function uncroppedRows(rows: readonly Step[]): readonly Step[] {
  return rows.slice(0, rows.findLastIndex((row) => !isCrop(row)) + 1);
}

/** Whether a step, of a task or of training, crops. */
function isCrop(row: Step): boolean {
  return steps.find(row, 'steps').crops === true;
}

/** Whether one of these steps of training crops in the task's place. */
export function isCropped(augment: readonly Step[]): boolean {
  return augment.some((row, i) => steps.find(row, `augment.${i} (${row.name})`).crops);
}

/**
 * Whether a step of training makes mirror images, which some pictures must not be: letters, arrows, hands.
 *
 * @throws PicturesError `NOT_REGISTERED`.
 */
export function mirrors(row: Step): boolean {
  const step = steps.find(row, row.name);
  return 'augment' in step && step.mirrors === true;
}

/**
 * What the steps do to a picture, one after the other, for people.
 *
 * @throws PicturesError as `stepsOf`.
 *
 * @example
 * describeSteps([color(), stretch({ height: 64, width: 64 })]); // ['in colour', 'stretched to 64x64']
 */
export function describeSteps(rows: readonly Step[]): string[] {
  return rows.map((row, i) => {
    const where = `steps.${i} (${row.name})`;
    const step = steps.find(row, where);
    return step.words?.(steps.parametersOf(step, row, where)) ?? step.name;
  });
}

/** Every step that is defined, in the order of their registration. */
export function definedSteps(): StepDefinition<unknown>[] {
  return steps.all();
}

function wrongPlace(where: string, expected: string, received: string): PicturesError {
  return new PicturesError('ARGUMENT', {
    where,
    expected,
    received,
    fix: "A task's steps make the picture, a training's augment changes it anew each epoch.",
  });
}

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

/** A step from any picture to the one that a network sees: the same result each time. */
export interface PictureStep<Parameters, Given = Parameters> extends PieceDefinition<Parameters, Given> {
  /** Leaves the picture it gets as it is and gives another. */
  apply(picture: RawPicture, parameters: Parameters): RawPicture;
  /**
   * Of every picture that it gives, where all have one size; `before` is that of the pictures that it takes, likewise. Left out
   * where the size depends on the picture.
   */
  size?(parameters: Parameters, before: PictureSize | undefined): PictureSize | undefined;
}

/** A step of training: it changes a picture anew in each epoch. */
export interface TrainingStep<Parameters, Given = Parameters> extends PieceDefinition<Parameters, Given> {
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

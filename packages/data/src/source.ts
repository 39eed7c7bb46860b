import type { Labels } from './arrays.js';
import type { PictureDataset } from './dataset.js';
import { DataError } from './error.js';
import type { RawPicture } from './picture.js';
import { type Piece, type PieceDefinition, Pieces, type RowMaker } from './piece.js';
import type { Split } from './split.js';
import type { Step, Task } from './task.js';

/** The file that a picture comes from. */
export interface PictureOrigin {
  /** Its path in the source. */
  readonly path: string;
  /** Of its bytes: 64 hexadecimal digits. */
  readonly sha256: string;
  /** In pixels, as one sees it; what is read of it may be smaller. */
  readonly width: number;
  readonly height: number;
  /** Where the bytes of the picture lie that is read, where a file has them one after another. */
  readonly stored?: StoredPicture;
}

/** A picture's bytes in a file. */
export interface StoredPicture {
  /** Its path. */
  readonly file: string;
  /** Where in it the first of height * width * channels bytes is. */
  readonly begin: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Of these bytes. */
  readonly crc32: number;
}

/** Labelled pictures that are read when they are needed, of any size each. */
export interface PictureSource {
  /** For messages, such as `flowers/train`. */
  readonly name: string;
  /** N */
  readonly length: number;
  /** N class numbers, indices into `classNames`. */
  readonly labels: Labels;
  readonly classNames: readonly string[];
  /**
   * Of the task whose network pictures are read for: they may be as small as these steps leave them, so that another task may not get what
   * it asks for. Left out: pictures come as they were decoded.
   */
  readonly steps?: readonly Step[];
  /** The decoded pictures of these indices, in their order: 8 bits a channel, 1 to 4 channels. */
  read(indices: Uint32Array): Promise<readonly RawPicture[]>;
  /** Which file the picture of an index is, where each is one. */
  origin?(index: number): PictureOrigin;
}

/** Pictures in memory, or read when they are needed. */
export type Pictures = PictureDataset | PictureSource;

/** The parts of some pictures. */
export interface DataParts<P = Pictures> {
  readonly train: P;
  /** To choose settings by, and judged each epoch. */
  readonly validation?: P;
  /** Judged once, at the end. */
  readonly test?: P;
}

/** A file that a source left out, and why. */
export interface PassedOver {
  /** Its path in the source, or the place that names it. */
  readonly file: string;
  readonly reason: string;
}

/** Pictures that are read, and what was done to them. */
export interface Noted {
  /** Such as "animated (first frame taken)". */
  readonly note: string;
  /** Their paths in the source. */
  readonly files: readonly string[];
}

/** What a source has to say about its pictures. */
export interface SourceReport {
  /** Each counts once, also where it is a whole folder. */
  readonly passedOver: readonly PassedOver[];
  /** What may surprise of pictures that are read. Left out: nothing. */
  readonly noted?: readonly Noted[];
}

/** What a source of picture files knows before it decodes one. */
export interface Survey {
  /** Of the pictures whose headers can be read. */
  readonly count: number;
  readonly classCount: number;
  /** The median of the pictures' shorter sides, in pixels. */
  readonly medianShortSide: number;
  /** 1 where all pictures are grey. */
  readonly channels: 1 | 3;
}

/** How far loading has come: `looking` at the pictures' headers, then `packing` what is decoded. */
export interface LoadProgress {
  readonly what: 'looking' | 'packing';
  /** Pictures. */
  readonly done: number;
  readonly total: number;
}

/** How to load, beside what a row says. A source leaves alone what it has no use for. */
export interface LoadOptions {
  /** How pictures become what the network sees, where the source decodes them. Default: the source's own choice. */
  readonly fit?: (survey: Survey) => Pick<Task, 'picture' | 'steps'>;
  /** Of the run that goes on or is judged: its pictures keep their parts, and others are left out. Default: what lies beside the pack. */
  readonly split?: Split;
  /** The file that keeps the decoded pictures. Default: one in the user's cache. */
  readonly pack?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told, a sentence each, what did not go as planned and was worked around, also while pictures are read later. Default: warnings of the process. */
  readonly onRemark?: (sentence: string) => void;
  /** Stops loading; nothing half is left. */
  readonly signal?: AbortSignal;
}

/** What a source gives: pictures to train on and to judge by, and what they teach. */
export interface LoadedData extends DataParts {
  readonly task: Task;
  /** Which picture is in which part, where the source doesn't say it itself. */
  readonly split?: Split;
  readonly report?: SourceReport;
}

/** Whether pictures are read when they are needed, and not held in memory. */
export function isSource(pictures: Pictures): pictures is PictureSource {
  return 'read' in pictures;
}

export interface SourceDefinition<Parameters, Given = Parameters> extends PieceDefinition<Parameters, Given> {
  /** Reads or opens the pictures. */
  load(parameters: Parameters, options: LoadOptions): Promise<LoadedData>;
}

const sources = new Pieces<SourceDefinition<unknown>>(
  'source',
  (code, problem) => new DataError(code, problem),
);

/**
 * Registers a source of pictures, so that a configuration can name it.
 *
 * @returns a function that makes a row: `{ name, version, ...parameters }`.
 * @throws DataError `ARGUMENT` when the name and version are taken; the row's function, for wrong parameters.
 *
 * @example
 * const mine = defineSource({ name: 'mine', version: 1, load: async () => ({ train, test, task }) });
 * const { train } = await loadSource(mine());
 */
export function defineSource<
  Parameters extends object = Record<never, never>,
  Given extends object = Parameters,
>(definition: SourceDefinition<Parameters, Given>): RowMaker<Given> {
  sources.add(definition);
  return ((parameters?: Given) => sources.row(definition, parameters)) as RowMaker<Given>;
}

/**
 * The source of a name and version.
 *
 * @throws DataError `NOT_REGISTERED` when nothing imported defines it.
 */
export function findSource(name: string, version?: number): SourceDefinition<unknown> {
  return sources.find({ name, version }, 'source');
}

/** Every source that is defined, in the order of their registration. */
export function definedSources(): SourceDefinition<unknown>[] {
  return sources.all();
}

/**
 * Loads what a row describes.
 *
 * @throws DataError `NOT_REGISTERED` when nothing imported defines it, `ARGUMENT` for wrong parameters; the signal's reason when it
 *   is aborted; else what the source throws.
 */
export async function loadSource(row: Piece, options: LoadOptions = {}): Promise<LoadedData> {
  const source = findSource(row.name, row.version);
  return source.load(sources.parametersOf(source, row, `source ${row.name}`), options);
}

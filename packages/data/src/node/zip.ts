import {
  configure,
  ERR_AMBIGUOUS_ARCHIVE,
  ERR_BAD_FORMAT,
  ERR_ENCRYPTED_CENTRAL_DIRECTORY,
  ERR_EOCDR_NOT_FOUND,
  ERR_INVALID_UNCOMPRESSED_SIZE,
  ERR_OVERLAPPING_ENTRY,
  ERR_UNSAFE_FILENAME,
  ERR_UNSUPPORTED_COMPRESSION,
  type FileEntry,
  Reader,
  Uint8ArrayWriter,
  ZipReader,
} from '@zip.js/zip.js';
import { DataError } from '../error.js';
import type { PassedOver } from '../source.js';
import { ByteFile } from './byteFile.js';

configure({ useWebWorkers: false });

/** Of deflate, 1,032 times is the most; pictures that anyone keeps stay far below this. */
const MAX_RATIO = 500;
/** Below this, no ratio matters. */
const SMALL = 2 ** 20;
/** Of names that are held in memory. */
const MOST_ENTRIES = 2_000_000;
const FIX = 'Make the archive again, or unpack it and give the folder.';

export interface ZipOptions {
  /** The most bytes of one entry when it is unpacked. */
  maxBytes: number;
  /** How many times its packed size an entry of over a megabyte may take when it is unpacked. Default 500. */
  maxRatio?: number;
}

/**
 * The files of a zip archive, read by position: nothing is unpacked to disk, and no more than one entry at a time is held. What is no
 * file or can't be read safely is passed over: links, encrypted entries, those that unpack to more than `maxBytes` or to over
 * 500 times their size. A name that leaves the archive, or occurs twice, refuses all of it: someone made it so.
 */
export class ZipArchive {
  readonly path: string;
  /** In the archive's order. */
  readonly names: readonly string[];
  readonly passedOver: readonly PassedOver[];
  readonly #file: ByteFile;
  readonly #entries: ReadonlyMap<string, FileEntry>;
  readonly #maxBytes: number;

  private constructor(
    file: ByteFile,
    entries: ReadonlyMap<string, FileEntry>,
    passedOver: readonly PassedOver[],
    maxBytes: number,
  ) {
    this.path = file.path;
    this.names = [...entries.keys()];
    this.passedOver = passedOver;
    this.#file = file;
    this.#entries = entries;
    this.#maxBytes = maxBytes;
  }

  /**
   * @throws DataError `NOT_FOUND` or `PERMISSION` when the file can't be read; `FORMAT` when it is no zip archive, is cut off or says
   *   two things of itself; `UNSAFE` for a name that leads out of it, or occurs twice.
   */
  static async open(path: string, options: ZipOptions): Promise<ZipArchive> {
    const file = await ByteFile.at(path, 'a zip archive');
    const entries = new Map<string, FileEntry>();
    const passedOver: PassedOver[] = [];
    await file.use(async () => {
      try {
        for await (const entry of new ZipReader(new Positions(file)).getEntriesGenerator({
          normalizeFilename: (name) => name.replaceAll('\\', '/').replace(/^(\.\/)+/, ''),
        })) {
          if (entry.directory) continue;
          if (entries.has(entry.filename)) throw unsafe(path, `${entry.filename} twice`);
          if (entries.size === MOST_ENTRIES) throw tooMany(path);
          const reason = problemOf(entry, options);
          if (reason === undefined) entries.set(entry.filename, entry);
          else passedOver.push({ file: entry.filename, reason });
        }
      } catch (error) {
        throw archiveError(path, error as Error & { filename?: string });
      }
    });
    return new ZipArchive(file, entries, passedOver, options.maxBytes);
  }

  /**
   * The content of an entry, its checksum and its local header verified.
   *
   * @throws DataError naming the entry: `NOT_FOUND`; `FORMAT` when it is damaged, or its local header says something else than
   *   the directory; `LIMIT` when it unpacks to more than it says; `MISMATCH` when the archive has changed.
   */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const where = `${this.path}: ${name}`;
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      const expected = 'an entry of the archive';
      throw new DataError('NOT_FOUND', { where, expected, received: 'none', fix: 'Check the name.' });
    }
    const checks = { checkCrc32: true, checkLocalFilename: true, checkOverlappingEntry: true };
    return this.#file.use(async () => {
      try {
        return await entry.getData(new Uint8ArrayWriter(), checks);
      } catch (error) {
        throw entryError(where, error as Error, this.#maxBytes);
      }
    });
  }
}

/** What zip.js reads from. */
class Positions extends Reader<ByteFile> {
  readonly #file: ByteFile;

  constructor(file: ByteFile) {
    super(file);
    this.#file = file;
    this.size = file.size;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.#file.read(index, length);
  }
}

/** Where Unix wrote the archive: bits of a file's mode, and those of a usual file; none elsewhere. */
const FILE_TYPE = 0o170000;
const FILE_TYPES = [0o100000, 0];

/** Why an entry is passed over before it is read; undefined when it isn't. */
function problemOf(entry: FileEntry, { maxBytes, maxRatio = MAX_RATIO }: ZipOptions): string | undefined {
  const { uncompressedSize, compressedSize } = entry;
  if (entry.symlink) return 'a link';
  if (!FILE_TYPES.includes((entry.externalFileAttributes >>> 16) & FILE_TYPE))
    return 'neither a file nor a folder';
  if (entry.encrypted) return 'encrypted; unpack the archive with its password and give the folder';
  if (uncompressedSize > maxBytes) return `${uncompressedSize} bytes when unpacked, more than ${maxBytes}`;
  if (uncompressedSize > SMALL && uncompressedSize > maxRatio * compressedSize) {
    return `${compressedSize} bytes that unpack to ${uncompressedSize}`;
  }
  return undefined;
}

function archiveError(path: string, error: Error & { filename?: string }): DataError {
  if (error instanceof DataError) return error;
  const reason = error.message;
  if (reason === ERR_UNSAFE_FILENAME) {
    return unsafe(path, `${JSON.stringify(error.filename)}, which leads out of it`, error);
  }
  const received =
    {
      [ERR_EOCDR_NOT_FOUND]: 'another kind of file, or one that is cut off',
      [ERR_BAD_FORMAT]: 'another kind of file, or one that is cut off',
      [ERR_AMBIGUOUS_ARCHIVE]: 'one that can be read in two ways',
      [ERR_ENCRYPTED_CENTRAL_DIRECTORY]: 'one whose list of files is encrypted',
    }[reason] ?? `a damaged one (${reason})`;
  return new DataError(
    'FORMAT',
    { where: path, expected: 'a zip archive', received, fix: FIX },
    { cause: error },
  );
}

function unsafe(path: string, received: string, cause?: Error): DataError {
  const expected = 'an archive in which each name occurs once and stays inside it';
  return new DataError(
    'UNSAFE',
    {
      where: path,
      expected,
      received,
      fix: 'Do not trust the archive; if you know who made it, unpack it and give the folder.',
    },
    { cause },
  );
}

function tooMany(path: string): DataError {
  const expected = `at most ${MOST_ENTRIES} files`;
  return new DataError('LIMIT', {
    where: path,
    expected,
    received: 'more',
    fix: 'Unpack it and give the folder.',
  });
}

function entryError(where: string, error: Error, maxBytes: number): DataError {
  if (error instanceof DataError) return error;
  if (error.message === ERR_INVALID_UNCOMPRESSED_SIZE) {
    const expected = `as many bytes as the archive says, at most ${maxBytes}`;
    return new DataError('LIMIT', { where, expected, received: 'more', fix: FIX }, { cause: error });
  }
  const received =
    {
      [ERR_AMBIGUOUS_ARCHIVE]: "a header that says something else than the archive's directory",
      [ERR_OVERLAPPING_ENTRY]: 'one that lies over another',
      [ERR_UNSUPPORTED_COMPRESSION]: 'one that is packed in another way than deflate',
    }[error.message] ?? `a damaged one (${error.message})`;
  return new DataError(
    'FORMAT',
    { where, expected: 'a whole entry of a zip archive', received, fix: FIX },
    { cause: error },
  );
}

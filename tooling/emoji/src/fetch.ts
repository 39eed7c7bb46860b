import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-fs';
import { EmojiError } from './error.ts';

const NAME = 'emoji-datasource-twitter';
const VERSION = '16.0.0';
const FILE = `${NAME}-${VERSION}.tgz`;
/** As the registry tells it, of the package's file. */
const SHA512 = '7F+uCuHH+7Qnrc15P5tnbvKkg9E6tlzi4MnT2uW1RlN4pLYTza6cP/dstIfSDMtpjFLWuZewWg8jBbuL2eyELQ==';

/** What of the package is needed; the rest is sheets of all pictures. */
const NEEDED = /(^|[/\\])package([/\\]emoji\.json|[/\\]img([/\\]twitter([/\\]64([/\\][^/\\]+)?)?)?)?$/;

/**
 * Gets the package, or takes the file that lies here already, and unpacks its list and its pictures of 64x64 pixels into
 * a folder that is gone afterwards.
 *
 * @param use Called with the folder: `emoji.json` and `img/twitter/64` lie in it.
 * @throws EmojiError when npm can't get it, or when its hash is another than the one that is written here.
 */
export async function withPackage<T>(
  tarball: string | undefined,
  use: (unpacked: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'residual-emoji-'));
  try {
    const file = tarball ?? (await download(folder));
    await requireHash(file);
    await unpack(file, folder);
    return await use(join(folder, 'package'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `npm pack` asks the registry that npm is configured for, through its proxy and with its credentials. */
async function download(folder: string): Promise<string> {
  const words = [
    'pack',
    `${NAME}@${VERSION}`,
    '--loglevel=error',
    '--fetch-retries=1',
    '--pack-destination',
    '.',
  ];
  // On Windows npm is a script, which only a shell starts; no word is anybody's input.
  const options = { cwd: folder, shell: process.platform === 'win32' };
  await promisify(execFile)('npm', words, options).catch(
    (error: Error & { code?: string; stderr?: string }) => {
      const said = error.stderr
        ?.split('\n')
        .find((line) => /ERR!|error/i.test(line))
        ?.replace(/^npm (ERR!|error) (code )?/, '');
      throw new EmojiError(
        `${NAME} ${VERSION}`,
        'npm to get the package',
        error.code === 'ENOENT' ? 'no npm' : (said ?? `exit code ${error.code}`),
        `Check the network and npm's registry, or get ${FILE} where there is one and name it with --tarball FILE.`,
      );
    },
  );
  return join(folder, FILE);
}

/** @throws EmojiError when a file's bytes are not the package's. */
export async function requireHash(file: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash).catch((error: NodeJS.ErrnoException) => {
    throw new EmojiError(file, `the file ${FILE}`, error.code ?? error.message, 'Check the path.');
  });
  const received = hash.digest('base64');
  if (received === SHA512) return;
  throw new EmojiError(
    file,
    `${FILE} with SHA-512 ${SHA512}`,
    received,
    'It is damaged, or something else: get it anew.',
  );
}

/** Unpacks what is needed of a package's file; nothing lands outside `folder`. */
export async function unpack(file: string, folder: string): Promise<void> {
  const ignore = (path: string) => path.startsWith(folder) && !NEEDED.test(path.slice(folder.length));
  await pipeline(createReadStream(file), createGunzip(), extract(folder, { ignore }));
}

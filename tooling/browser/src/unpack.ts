import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar-fs';

/** The compressed Chromium of the npm package, for Linux x64 with glibc. Not `import.meta.resolve`, which vitest's set-up lacks. */
const archive = new URL('..', pathToFileURL(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
const cache = join(import.meta.dirname, '..', '..', '..', '.cache');

const FONTS = '<fontconfig><dir prefix="relative">fonts</dir></fontconfig>\n';

/**
 * Unpacks the npm package's Chromium once into the repository's `.cache` and returns the folder: `chromium`, its
 * software Vulkan (`vulkan/libvulkan.so.1`, `vk_swiftshader_icd.json`), and the libraries (`lib`) and fonts (`fonts`) that a
 * slim image lacks. Takes seconds and 250 MB the first time.
 *
 * The folder appears by a rename when it is complete, so that processes may unpack at the same time.
 */
export async function unpackChromium(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('package.json', archive), 'utf8')) as {
    version: string;
  };
  const folder = join(cache, `chromium-${version}-vulkan`);
  if (existsSync(folder)) return folder;

  const incomplete = `${folder}.${process.pid}.tmp`;
  await mkdir(incomplete, { recursive: true });
  await Promise.all([
    decompress('chromium.br', createWriteStream(join(incomplete, 'chromium'), { mode: 0o755 })),
    decompress('swiftshader.tar.br', extract(incomplete)),
    decompress('al2023.tar.br', extract(incomplete)),
    decompress('fonts.tar.br', extract(incomplete)),
  ]);
  // A folder of its own, for programs that must not find Chromium's other libraries.
  await mkdir(join(incomplete, 'vulkan'));
  await symlink(join('..', 'libvulkan.so.1'), join(incomplete, 'vulkan', 'libvulkan.so.1'));
  // The one inside names folders of the service that the package is made for.
  await writeFile(join(incomplete, 'fonts.conf'), FONTS);
  try {
    await rename(incomplete, folder);
  } catch (error) {
    // Another process was faster.
    await rm(incomplete, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function decompress(name: string, target: NodeJS.WritableStream): Promise<void> {
  const file = fileURLToPath(new URL(`bin/${name}`, archive));
  return pipeline(createReadStream(file), createBrotliDecompress(), target);
}

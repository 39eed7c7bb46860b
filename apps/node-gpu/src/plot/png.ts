import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CheckpointStorage } from '@residual/trainer';
import { CommandError } from '../error.js';
import { oneLine } from '../output.js';

const require = createRequire(import.meta.url);
/** Bundled, because slim machines have no fonts at all: text would vanish from the picture. */
const FONT_FILES = [
  require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
];

/**
 * Draws an SVG as a PNG of `scale` times its size. Uses only the bundled font, so the bytes are the same everywhere.
 *
 * @throws CommandError `DEPENDENCY` where what draws doesn't load
 */
export async function svgToPng(svg: string, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await loadDrawing('@resvg/resvg-js', () => import('@resvg/resvg-js'));
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontFiles: FONT_FILES, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
  });
  return drawing.render().asPng();
}

/** The same; undefined, and a warning, where what draws doesn't load. */
export async function pngWhereAble(
  svg: string,
  warn: (message: string) => void,
): Promise<Uint8Array | undefined> {
  return svgToPng(svg).catch((error) => {
    if (!(error instanceof CommandError && error.code === 'DEPENDENCY')) throw error;
    warn(error.message);
    return undefined;
  });
}

/**
 * Keeps a drawing as `name.svg` and `name.png`. Without what draws the second there is the first alone: that is a warning, and an older PNG,
 * of something else, goes.
 */
export async function keepDrawing(
  files: Pick<CheckpointStorage, 'write' | 'list' | 'remove'>,
  name: string,
  svg: string,
  warn: (message: string) => void,
): Promise<void> {
  await files.write(`${name}.svg`, new TextEncoder().encode(svg));
  const png = await pngWhereAble(svg, (message) =>
    warn(`${name}.png is not drawn, ${name}.svg is: ${message}`),
  );
  if (png !== undefined) await files.write(`${name}.png`, png);
  else if ((await files.list()).includes(`${name}.png`)) await files.remove(`${name}.png`);
}

/** Where the better of the two is, for people. */
export function drawingIn(folder: { file(name: string): string }, name: string): string {
  const [png, svg] = [folder.file(`${name}.png`), folder.file(`${name}.svg`)];
  return existsSync(png) ? png : svg;
}

/**
 * Loads a native module, for which a system may lack a build or a library: only who draws needs it.
 *
 * @throws CommandError `DEPENDENCY`
 */
export async function loadDrawing<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new CommandError(
      'DEPENDENCY',
      {
        where: name,
        expected: 'the package that draws PNGs to load',
        received: `the error "${oneLine((cause as Error).message)}"`,
        fix: 'Install what it lacks, and this command again; all but PNGs works without it.',
      },
      { cause },
    );
  }
}

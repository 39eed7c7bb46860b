import { WebgpuError } from './error.js';

interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

/** By adapter. Devices crash the process once their instance is collected, so each is kept. */
const instances = new Map<string | undefined, GPU>();

export interface InstallOptions {
  /** A part of the name of the adapter to use, such as `RTX`. Default: what Dawn prefers. */
  gpu?: string;
}

/**
 * Gives Node what a browser has: `navigator.gpu` and WebGPU's globals, by Dawn (the npm package `webgpu`). Call it before anything
 * looks for WebGPU. May be called again, also with another adapter: devices that exist go on working.
 *
 * @throws WebgpuError `UNAVAILABLE` where the package `webgpu` is missing or doesn't run here, or no adapter has that name.
 */
export async function installWebgpu({ gpu }: InstallOptions = {}): Promise<void> {
  requireVulkan();
  const { create, globals } = await loadDawn();
  const name = gpu === undefined ? undefined : await fullName(create, gpu);
  Object.assign(globalThis, globals);
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true });
  }
  let instance = instances.get(name);
  if (instance === undefined) {
    instance = create(name === undefined ? [] : [`adapter=${name}`]);
    instances.set(name, instance);
  }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: instance, configurable: true });
}

/** Takes `navigator.gpu` away again. Devices that exist go on working. */
export function uninstallWebgpu(): void {
  if (globalThis.navigator !== undefined) Reflect.deleteProperty(globalThis.navigator, 'gpu');
}

/** Without the Vulkan loader Dawn writes warnings to stderr, past the program, and finds nothing. */
function requireVulkan(): void {
  if (process.platform !== 'linux') return;
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1');
  } catch (error) {
    // A library that is found is no Node add-on, which is an error too.
    if (!firstLine(error).includes('cannot open shared object file')) return;
    throw new WebgpuError('UNAVAILABLE', {
      where: 'webgpu',
      expected: 'the Vulkan loader (libvulkan.so.1), by which Dawn reaches the graphics card',
      received: 'none',
      fix: "Install it (Debian's and Ubuntu's package is libvulkan1) and the card's driver.",
    });
  }
}

async function loadDawn(): Promise<Dawn> {
  try {
    return (await import('webgpu')) as unknown as Dawn;
  } catch (error) {
    throw new WebgpuError(
      'UNAVAILABLE',
      {
        where: 'webgpu',
        expected: 'the npm package webgpu (Dawn) to load',
        received: `a failure (${firstLine(error)})`,
        fix: 'Install it with npm install webgpu; it has builds for Linux, macOS and Windows.',
      },
      { cause: error },
    );
  }
}

/** Dawn lists its adapters only in the error for a name that none has. */
async function fullName(create: Dawn['create'], part: string): Promise<string> {
  const names = await adapterNames(create);
  const found = names.find((name) => name.toLowerCase().includes(part.toLowerCase()));
  if (found !== undefined) return found;
  throw new WebgpuError('UNAVAILABLE', {
    where: 'webgpu: gpu',
    expected: "a part of an adapter's name",
    received: part,
    fix: names.length === 0 ? 'There is no adapter at all.' : `Choose one of: ${names.join('; ')}.`,
  });
}

async function adapterNames(create: Dawn['create']): Promise<string[]> {
  try {
    await create(['adapter=no adapter has this name']).requestAdapter();
    return [];
  } catch (error) {
    return [...String((error as Error).message).matchAll(/name: '([^']*)'/g)].map(([, name]) => name!);
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}

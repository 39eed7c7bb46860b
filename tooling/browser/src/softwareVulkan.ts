import { delimiter, join } from 'node:path';
import { runsNpmChromium } from './find.ts';
import { unpackChromium } from './unpack.ts';

/**
 * The environment in which a process finds SwiftShader, a Vulkan that computes on the processor: WebGPU in Node (Dawn) needs
 * no graphics card and no driver then. The dynamic linker reads it when a process starts. Undefined where the npm
 * package with it doesn't run; what the user has chosen (`VK_ICD_FILENAMES`) stays.
 */
export async function softwareVulkan(): Promise<Record<string, string> | undefined> {
  if (process.env.VK_ICD_FILENAMES !== undefined) return {};
  if (!runsNpmChromium()) return undefined;
  const folder = await unpackChromium();
  const libraries = [join(folder, 'vulkan'), process.env.LD_LIBRARY_PATH].filter(
    (path) => path !== undefined,
  );
  return {
    LD_LIBRARY_PATH: libraries.join(delimiter),
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
  };
}

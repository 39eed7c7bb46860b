import { readFile } from 'node:fs/promises';
import { library } from '@residual/tsup-preset';
import type { Options } from 'tsup';

/** Shaders as text, without comments, indentation and the spaces around signs, which every page would load. */
const shaders: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'shaders',
  setup(build) {
    build.onLoad({ filter: /\.wgsl$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const bare = text.replace(/\/\*.*?\*\/|\/\/.*?$/gms, '').replace(/^\s+/gm, '');
      return { loader: 'text', contents: bare.replace(/ ?([=,;:(){}]) ?/g, '$1') };
    });
  },
};

export default library({
  entry: {
    ...{ index: 'src/index.ts', node: 'src/node.ts' },
    ...{ variants: 'src/variants.ts', recording: 'src/recording/recording.ts' },
  },
  external: ['webgpu'],
  esbuildPlugins: [shaders],
});

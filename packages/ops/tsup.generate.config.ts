import { defineConfig } from 'tsup';

/**
 * tfjs-core registers no gradients in plain Node: its ESM entry points there are CommonJS without them, and the
 * files that register them have extensionless imports. So they are bundled once, around the one tfjs-core that
 * the user has. Bundlers take `register_all_gradients.js` itself (package.json, "imports").
 */
export default defineConfig({
  entry: { 'gradients.node': 'src/gradients.node.ts' },
  outDir: 'generated',
  format: ['esm'],
  target: 'es2022',
  platform: 'node',
  dts: false,
  clean: true,
  external: [/^@tensorflow\/tfjs-core$/],
  noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
});

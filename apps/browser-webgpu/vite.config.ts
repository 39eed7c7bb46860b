import { isolation } from '@residual/browser/isolation';
import { interpolateViridis } from 'd3-scale-chromatic';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { licenses } from './build/licenses.ts';

/** One colour scheme of many: d3's module would bring them all. It gives `#440154` and the like. */
const viridis = Array.from({ length: 256 }, (_, level) => interpolateViridis(level / 255).slice(1)).join('');

const { ofPage, ofWorkers } = licenses();

/**
 * The page trains all of a network at once, averages no last epochs, and has the chapter's networks alone: what is loaded only for
 * other things is left out, such as the kernels of gates (backends' `variants`) and `simd`'s recordings. Of
 * TensorFlow.js too: how it works in Node, and hashes of texts.
 */
const withoutUnused = {
  name: 'without-unused',
  enforce: 'pre' as const,
  resolveId: (id: string, importer?: string) =>
    /^(\.\/((run\/|step\/)?(stages|stochasticWeightAverage)|platforms\/platform_node)\b|#variants$)/.test(
      id,
    ) ||
    (id === '#recording' && importer?.includes('backend-simd'))
      ? '\0unused'
      : id === './hash_util'
        ? '\0hashes'
        : undefined,
  load: (id: string) =>
    ({
      '\0unused': 'export {};',
      '\0hashes': 'export const fingerPrint64 = undefined, hexToLong = undefined;',
    })[id],
};

/** TensorFlow.js's, and what manages them. */
const STORES = ['BrowserIndexedDB', 'BrowserLocalStorage'].flatMap((name) => [name, `${name}Manager`]);

/**
 * TensorFlow.js keeps models of its own form in a browser's storage, and says so when it begins: of that, the page has the names alone.
 * What it does with them is in a `try`, whatever they are.
 */
const withoutModelStores = {
  name: 'without-model-stores',
  enforce: 'pre' as const,
  resolveId: (id: string, importer?: string) =>
    importer?.includes('/platforms/platform_browser') && /^\.\.\/io\/(indexed_db|local_storage)$/.test(id)
      ? '\0modelStores'
      : undefined,
  load: (id: string) =>
    id === '\0modelStores'
      ? `const none = Object; export { ${STORES.map((name) => `none as ${name}`).join()} };`
      : undefined,
};

/** While the page is worked on, Vite puts its styles in by elements of their own, which the built page forbids. */
const withStylesOfVite = {
  name: 'with-styles-of-vite',
  apply: 'serve' as const,
  transformIndexHtml: (html: string) => html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
};

export default defineConfig({
  // A page is never Node: what packages would do there is left out.
  define: { VIRIDIS: JSON.stringify(viridis), 'globalThis.process': 'undefined' },
  // So that the built folder works under any path of a static host.
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0 },
  worker: {
    format: 'es',
    rolldownOptions: {
      treeshake: {
        // Importing TensorFlow.js registers its own model formats and optimizers, which nothing in here asks for by name.
        moduleSideEffects: [{ test: /tfjs-core.dist.io./, sideEffects: false }],
        manualPureFunctions: ['registerOptimizers'],
      },
      // It has its licence above each of its files: licenses.txt is enough.
      output: { comments: false },
    },
    plugins: () => [withoutUnused, withoutModelStores, ofWorkers],
  },
  server: { headers: isolation },
  plugins: [
    ofPage,
    withStylesOfVite,
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'serviceWorker.ts',
      injectRegister: false,
      injectManifest: {
        // All but the pictures, which are large: those are kept when they are used.
        globPatterns: ['**/*.{html,js,css,svg,png,webmanifest,safetensors}'],
        maximumFileSizeToCacheInBytes: 4 * 2 ** 20,
      },
      manifest: {
        name: 'Residual: watch a ResNet learn',
        short_name: 'Residual',
        description: 'Trains a residual network in the browser, on the GPU or the processor.',
        display: 'standalone',
        start_url: './',
        scope: './',
        background_color: '#f6f7f9',
        theme_color: '#2f55d4',
        icons: [
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any maskable' },
        ],
      },
    }),
  ],
});

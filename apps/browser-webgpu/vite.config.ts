import { defineConfig } from 'vite';

/** What threads on shared memory need of a server. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // So that the built folder works under any path of a static host.
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0 },
  worker: { format: 'es' },
  server: { headers: isolation },
  preview: { headers: isolation },
});

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const api = process.env.INLAY_API ?? 'http://127.0.0.1:8000';

export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // One file for everything that the first page imports, in place of a small one for each shared module.
        codeSplitting: { groups: [{ name: 'studio', tags: ['$initial'] }] },
      },
    },
  },
  server: {
    proxy: { '/api': { target: api, ws: true, changeOrigin: true } },
    fs: { allow: ['.', '../examples'] },
  },
  test: { restoreMocks: true, testTimeout: 60_000 }, // milliseconds: other checks share the processor
});

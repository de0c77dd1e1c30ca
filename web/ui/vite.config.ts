import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// In development the API is the server named by WEND_SERVER; in production the binary serves both.
const server = process.env.WEND_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    manifest: true,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': server, '/v1': server } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
})

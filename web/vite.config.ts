/** The dashboard: one page of lazy parts, and the service worker beside it under a name that never changes. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: file("."),
  plugins: [react()],
  build: {
    outDir: file("dist"),
    emptyOutDir: true,
    target: "es2022",
    // Which file imports which: the test of what a first visit loads reads it.
    manifest: true,
    // Nothing inline: the page's content security policy allows files of this origin alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: file("index.html"), "service-worker": file("worker/service-worker.ts") },
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } },
  },
});

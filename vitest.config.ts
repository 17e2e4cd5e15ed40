import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    coverage: { provider: "v8", reporter: ["text-summary", "html"], include: ["src/**"] },
  },
});

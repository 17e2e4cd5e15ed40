import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What Node has compiled, for the scripts that the tests start; the program keeps its own. */
const COMPILED = fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url));

/** Files of these take tens of seconds, mostly of waiting for programs of their own, or mostly of computing; the longest first. */
const WAITING = ["/test/processes/", "/test/kill/", "/test/web/", "/test/e2e/"];
const COMPUTING = [
  "/test/simulation/",
  "/test/replay/",
  "/test/exploration/",
  "/test/fuzz/",
  "/test/properties/",
];

/**
 * Long files first, so that all workers end together; and one that waits beside one that computes, so that no processor is idle
 * while another is wanted twice.
 */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const of = (folders: readonly string[]) =>
      folders.flatMap((folder) => usual.filter(({ moduleId }) => moduleId.includes(folder)));
    const [waiting, computing] = [of(WAITING), of(COMPUTING)];
    const long = waiting.flatMap((file, at) => [file, ...computing.slice(at, at + 1)]);
    return [...new Set([...long, ...computing, ...usual])];
  }
}

const OWN_PROCESS = [...WAITING, ...COMPUTING].map((folder) => `${folder.slice(1)}**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "whole", include: OWN_PROCESS } },
      // Hundreds of short files share two processes: half of their time was loading the same modules again.
      {
        extends: true,
        test: {
          name: "parts",
          isolate: false,
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: OWN_PROCESS,
        },
      },
    ],
    pool: "forks",
    // By itself vitest leaves one processor out, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: LongFirst },
    env: { NODE_COMPILE_CACHE: COMPILED },
    setupFiles: ["test/property-seed.ts"],
    // A slow machine is no fault: what hangs is ended all the same.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    coverage: {
      provider: "v8",
      reporter: ["text-summary", "html"],
      include: ["src/**"],
      reportOnFailure: true,
    },
  },
});

/** A Python process with numpy that computes when asked, to measure beside; none where there is no numpy. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./figures_numpy.py", import.meta.url));
/** One thread, as ours has one. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };

export interface NumpyAnswer {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly sums: Readonly<Record<string, number>>;
}

export class NumpyProcess {
  readonly version: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(version: string, child: ChildProcessWithoutNullStreams) {
    this.version = version;
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Reads the returns of `path` (little-endian float64, row after row); null without python3 and numpy. */
  static async start(path: string, traders: number, days: number): Promise<NumpyProcess | null> {
    const found = spawnSync("python3", ["-c", "import numpy; print(numpy.__version__)"], {
      encoding: "utf8",
    });
    if (found.status !== 0) return null;
    const child = spawn("python3", [SCRIPT, path, String(traders), String(days)], {
      env: { ...process.env, ...ONE_THREAD },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stderr.pipe(process.stderr);
    const made = new NumpyProcess(found.stdout.trim(), child);
    await made.#line();
    return made;
  }

  async ask(what: "figures" | "correlation"): Promise<NumpyAnswer> {
    this.#child.stdin.write(`${what}\n`);
    return JSON.parse(await this.#line()) as NumpyAnswer;
  }

  stop(): void {
    this.#child.stdin.end();
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the numpy process ended");
    return value;
  }
}

/** A configured copier on folders of its own: account files, YAML, and `copytrader` commands run against them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectControl } from "../../src/control/client.ts";
import { runCommand } from "./in-process.ts";
import { type Exit, type Json, Program, type ProgramOptions } from "./program.ts";
import { keyOf, secretOf, type Venue } from "./venue.ts";

export interface StatusRow {
  readonly symbol: string;
  readonly positionIdx?: 1 | 2;
  readonly leader: string;
  readonly target: string;
  readonly held: string;
  readonly inFlight: string;
  readonly steps: number;
  readonly reason: string;
}

export interface Status {
  readonly engine: { readonly running: boolean; readonly starting?: boolean; readonly asOf: number };
  readonly followers: readonly {
    readonly nickname: string;
    readonly state: string;
    readonly reason: string;
    readonly foreignOrders?: number;
    readonly worked?: { readonly changes: number; readonly atTouch: string; readonly saved: string };
    readonly instruments: readonly StatusRow[];
  }[];
}

/** Short times, so that what heals by itself does so within a test. */
const QUICK_ENGINE = `engine:
  snapshot_interval_seconds: 1
  order_window_ms: 1500
`;

export class Copier {
  readonly config: string;
  readonly data: string;
  readonly folder: string;
  readonly options: ProgramOptions;
  readonly #venue: Venue;
  readonly #accountFiles = new Map<string, string>();

  constructor(venue: Venue, yaml = "copy_trading:\n  mode: live\n", env: Record<string, string> = {}) {
    this.#venue = venue;
    this.folder = mkdtempSync(join(tmpdir(), "copytrader-e2e-"));
    this.config = join(this.folder, "config");
    this.data = join(this.folder, "data");
    this.options = { cwd: this.folder, env };
    mkdirSync(this.config);
    mkdirSync(join(this.data, "accounts"), { recursive: true });
    this.yaml("copy_trading_config.yaml", yaml);
    if (!/^engine:/m.test(yaml)) this.yaml("engine_config.yaml", QUICK_ENGINE);
  }

  yaml(file: string, text: string): void {
    writeFileSync(join(this.config, file), text);
  }

  /** Writes the account's file; `undefined` leaves a key out. */
  accountFile(nickname: string, role: "leader" | "follower", more: Json = {}): void {
    const content = {
      nickname,
      api_key: keyOf(nickname),
      api_secret: secretOf(nickname),
      url: this.#venue.rest,
      account_type: "simulated",
      role,
      ...more,
    };
    this.rawAccountFile(nickname, JSON.stringify(content, null, 2));
  }

  rawAccountFile(nickname: string, text: string): void {
    this.#accountFiles.set(nickname, text);
    writeFileSync(join(this.data, "accounts", `${nickname}.json`), text, { mode: 0o600 });
  }

  /** Where the data folder is another disk now. */
  writeAccountFilesAgain(): void {
    mkdirSync(join(this.data, "accounts"), { recursive: true });
    for (const [nickname, text] of this.#accountFiles) this.rawAccountFile(nickname, text);
  }

  start(args: readonly string[] = []): Program {
    return new Program(["start", ...this.#folders(), "--json", ...args], this.options);
  }

  async started(args: readonly string[] = []): Promise<Program> {
    const program = this.start(args);
    await program.ready();
    return program;
  }

  /** Any other command on these folders. */
  run(command: readonly string[]): Promise<Exit> {
    return runCommand([...command, ...this.#folders()], this.options);
  }

  /** What a command answers, and with which exit code. */
  async answered(...command: readonly string[]) {
    const { stdout, stderr, code } = await this.run([...command, "--json"]);
    if (stdout === "") throw new Error(`${command.join(" ")}: ${code} ${stderr}`);
    return { code, answer: JSON.parse(stdout) };
  }

  /** The answer alone. */
  async json(...command: readonly string[]) {
    return (await this.answered(...command)).answer;
  }

  /** As the command has it; a running engine is asked directly, as tests look many times where they wait. */
  async status(): Promise<Status> {
    const control = await connectControl(this.data);
    if (control !== null) {
      try {
        return await control.ask({ kind: "status" });
      } finally {
        await control.close();
      }
    }
    const { stdout, code, stderr } = await this.run(["status", "--json"]);
    if (code !== 0) throw new Error(`status: ${code} ${stdout} ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Files below its folder in which a key or a secret of these accounts stands as it is; to be asked while nothing runs there. */
  filesWithSecretsOf(names: readonly string[]): readonly string[] {
    const secrets = names.flatMap((name) => [keyOf(name), secretOf(name)]);
    return readdirSync(this.folder, { recursive: true, encoding: "utf8" }).filter((name) => {
      const path = join(this.folder, name);
      if (!statSync(path).isFile()) return false;
      const content = readFileSync(path, "latin1");
      return secrets.some((secret) => content.includes(secret));
    });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #folders(): readonly string[] {
    return ["--config", this.config, "--data", this.data];
  }
}

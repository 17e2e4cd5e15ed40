/** Starts taking in markets and records beside the engine, and hears when that is done (study-process.ts). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RecordFile } from "./record-files.ts";

/** The one message to the process. */
export interface StudyOrder {
  /** REST address of the exchange. */
  readonly rest: string;
  readonly dataDir: string;
  readonly records: readonly RecordFile[];
  /** Whether there is a dashboard, which shows what was asked of them. */
  readonly asks: boolean;
}

export interface Study {
  /** Rejects with what failed. */
  readonly done: Promise<void>;
  /** Resolves when its process is gone. */
  end(): Promise<void>;
}

export function startStudy(order: StudyOrder): Study {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const program = fileURLToPath(new URL(`./study-process${extension}`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let cause = "it ended early";
  child.on("message", (message: { readonly failed: string }) => {
    cause = message.failed;
  });
  const gone = once(child, "exit");
  child.send(order);
  const done = gone.then(([code]) => {
    if (code !== 0) throw new Error(`markets and records could not be taken in: ${cause}`);
  });
  return {
    done,
    end: async () => {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

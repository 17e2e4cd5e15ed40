/** `copytrader doctor`: looks at everything that commonly goes wrong, and says what to do. Changes nothing. */
import type { Command } from "commander";
import type { Finding } from "../../control/diagnosis.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { describeFindings } from "../findings.ts";
import { EXIT } from "../output.ts";

interface DoctorOptions extends Folders, CommonOptions {
  readonly offline?: boolean;
}

export function doctorCommand(finish: Finish): Command {
  const summary =
    "look at Node, configuration, keys, data folder, lock, journal, disk, and the venues' clocks";
  return withFolders(command("doctor", summary, ["doctor", "doctor --offline --json"]))
    .option("--offline", "ask no venue")
    .action((options: DoctorOptions) =>
      runAction(options, finish, async (output) => {
        const { diagnose } = await import("../../control/diagnosis.ts");
        const here = await diagnose({ configDir: options.config, dataDir: options.data });
        const venues = options.offline === true ? [] : await venueFindings(options, here);
        const findings = [...here, ...(await secretFindings(options)), ...venues];
        const healthy = findings.every(({ result }) => result !== "fail");
        output.result({ healthy, findings }, () => describeFindings(findings));
        return healthy ? EXIT.ok : EXIT.failure;
      }),
    );
}

async function secretFindings({ config, data }: Folders): Promise<readonly Finding[]> {
  const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
  const { vaultFindings } = await import("../../run/vault-findings.ts");
  return vaultFindings(config, data, encryptionKeysFor(config));
}

/** Needs a configuration that loads. */
async function venueFindings(folders: Folders, here: readonly Finding[]): Promise<readonly Finding[]> {
  if (here.some(({ check, result }) => check === "configuration" && result === "fail")) return [];
  const { loadForInspection } = await import("../load.ts");
  const { accounts } = await loadForInspection(folders);
  const { probeClocks } = await import("../../run/clock-probe.ts");
  return (await probeClocks(accounts)).map(({ venue, offsetMs }): Finding => {
    if (typeof offsetMs === "string") {
      return {
        check: "venue",
        result: "fail",
        message: `${venue}: ${offsetMs}; check the network and the url`,
      };
    }
    const message = `${venue} answers; this machine's clock is ${Math.abs(offsetMs)} ms ${offsetMs >= 0 ? "behind" : "ahead"}`;
    const isFar = Math.abs(offsetMs) > 1_000;
    const advice = isFar ? " (corrected for); switch on time synchronisation" : "";
    return { check: "venue", result: isFar ? "warn" : "ok", message: `${message}${advice}` };
  });
}

/** Asks a strategy about the followers that it manages, with what the owner has of his own. */
import type { Configuration } from "../config.ts";
import type { Control } from "../control/control.ts";
import type { StrategyNow } from "../control/strategy-now.ts";
import type { Folders } from "./command.ts";
import { traderExtensions } from "./commands/traders-options.ts";
import { usage } from "./output.ts";

/** Throws a CliError where there is no such strategy. */
export async function strategyNow(
  folders: Folders,
  control: Control,
  configuration: Configuration,
  name: string,
): Promise<StrategyNow> {
  const { strategyNow: now } = await import("../control/strategy-now.ts");
  const own = await traderExtensions(folders.config);
  const asked = { dataDir: folders.data, control, configuration, own, nowMs: Date.now() };
  try {
    return await now(asked, name);
  } catch (error) {
    const { ControlError } = await import("../control/control.ts");
    if (error instanceof ControlError && error.failure === "bad-request") throw usage(error.message);
    throw error;
  }
}

/** Opens the control facade on a data folder, lets it be asked, and closes it again. */
import type { Control } from "../control/control.ts";
import type { Folders } from "./command.ts";

export async function withControl<Value>(
  { config, data }: Folders,
  use: (control: Control) => Promise<Value>,
): Promise<Value> {
  const { openControl } = await import("../control/open-control.ts");
  const control = await openControl({ configDir: config, dataDir: data });
  try {
    return await use(control);
  } finally {
    await control.close();
  }
}

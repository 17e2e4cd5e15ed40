/** What holds for all followers: how many traders are copied, how large, how alike they may be, and what the portfolio goes by. */
import { changePortfolioSettings } from "../../api/commands.ts";
import { useMay } from "../../session/session.tsx";
import { usePortfolioSettings, useRenewPortfolio } from "./queries.ts";
import { SettingsForAll } from "./settings-for-all.tsx";
import { words } from "./strings.ts";

/** Asked for most; the rest is beneath. */
const USUAL: ReadonlySet<string> = new Set(["max_traders", "position_scaling", "correlation_limit"]);

const isUsual = (keyPath: string) => USUAL.has(keyPath.split(".").at(-1) ?? keyPath);

export function Copying() {
  return (
    <SettingsForAll
      words={words.copying}
      found={usePortfolioSettings()}
      isUsual={isUsual}
      mayChange={useMay("manage_copying")}
      change={changePortfolioSettings}
      onChanged={useRenewPortfolio()}
    />
  );
}

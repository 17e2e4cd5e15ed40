/**
 * Before anything is sent: the leaders that one follower follows in their margin mode must have the same, because its account has one
 * for all. What changes later is waited for (core/margin-mode.ts).
 */
import type { Configuration, ConfigurationProblem } from "../config.ts";
import { marginFollowed } from "../core/margin-mode.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { AccountConnection, AccountInspection } from "../exchange/exchange.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import type { Log } from "../log.ts";
import { untilAnswered } from "./venues.ts";

export interface MarginModeParts {
  readonly configuration: Pick<Configuration, "settings" | "allocations">;
  readonly connections: ReadonlyMap<AccountId, Pick<AccountConnection, "inspect">>;
  readonly stop: AbortSignal;
  readonly log: Log;
}

/** Asks only leaders that share such a follower, for as long as they do not answer; who is refused by the venue is left out. */
export async function differingMarginModes(parts: MarginModeParts): Promise<readonly ConfigurationProblem[]> {
  const { allocations, settings } = parts.configuration;
  const shared = settings.accounts
    .map(({ account }) => ({ account, leaders: marginFollowed(settings, account) }))
    .filter(({ leaders }) => leaders.length > 1);
  const asked = [...new Set(shared.flatMap(({ leaders }) => leaders))];
  const modes = new Map(
    await Promise.all(asked.map(async (leader) => [leader, await modeOf(leader, parts)] as const)),
  );
  return shared.flatMap(({ account, leaders }) => {
    const told = leaders.flatMap((leader) => {
      const mode = modes.get(leader) ?? "";
      return mode === "" ? [] : [{ leader, mode }];
    });
    if (new Set(told.map(({ mode }) => mode)).size < 2) return [];
    const own = allocations.find(
      ({ follower, leader }) => follower === account && leader === told[0]?.leader,
    );
    const names = told.map(({ leader, mode }) => `"${leader}" has ${mode}`).join(" and ");
    const message = `is follow, but ${names}, and the account of "${account}" has one margin mode for all; give its leaders the same mode at the exchange, or follow that of one only`;
    const file = own?.values.margin_mode.source ?? "";
    return [{ file, keyPath: "margin_mode", nickname: account, message }];
  });
}

async function modeOf(
  leader: AccountId,
  { connections, stop, log }: MarginModeParts,
): Promise<string | undefined> {
  const connection = connections.get(leader);
  if (connection === undefined) return undefined;
  const retry = (cause: string) =>
    log.channel("sync").warn("a margin mode cannot be read yet", { account: leader, cause });
  try {
    const ask = (done: (result: AccountInspection | ExchangeError) => void) => connection.inspect(done);
    return (await untilAnswered(ask, stop, retry)).marginMode;
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    log.channel("sync").warn("a margin mode cannot be read", { account: leader, cause: error.message });
    return undefined;
  }
}

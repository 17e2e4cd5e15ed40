/**
 * The owner's commands on an engine in this process: each becomes one journaled event. Whoever gives one learns of it after
 * it was written.
 */
import { AccountId } from "../core/model/identifiers.ts";
import type { Engine } from "../engine/engine.ts";
import { type CloseRequest, type CommandReport, ControlError } from "./control.ts";
import { closePreviewOf, findFollower } from "./queries.ts";

/** The parts of an engine that commands need. */
export type Commanded = Pick<Engine, "state" | "running" | "command">;

export function pauseOrResume(
  engine: Commanded,
  command: "pause" | "resume",
  name: string | undefined,
): Omit<CommandReport, "running" | "atMs"> {
  assertRunning(engine);
  if (name === undefined) {
    engine.command({ kind: command });
    return { command, followers: [...engine.state.followers.keys()] };
  }
  const { account } = findFollower(engine.state, name);
  engine.command({ kind: command, account });
  return { command, followers: [account] };
}

/** Closes what is ours; the leader's present size is not bought again. Throws when there is nothing to close. */
export function closeOwned(
  engine: Commanded,
  { follower, symbol }: CloseRequest,
): Omit<CommandReport, "running" | "atMs"> {
  assertRunning(engine);
  const preview = closePreviewOf(engine.state, { follower, ...(symbol === undefined ? {} : { symbol }) });
  if (preview.positions.length === 0) {
    const where = symbol === undefined ? "" : ` in ${symbol}`;
    throw new ControlError("nothing-to-close", `"${follower}" holds nothing of ours${where}`);
  }
  const scope = symbol === undefined ? {} : { symbol };
  engine.command({ kind: "close", account: AccountId(follower), ...scope });
  return { command: "close", followers: [follower], ...scope };
}

function assertRunning(engine: Commanded): void {
  if (!engine.running)
    throw new ControlError("not-running", "the engine has stopped: nothing is decided any more");
}

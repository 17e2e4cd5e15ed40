/** `copytrader close`: shows what of a follower's positions is ours, asks, and closes it; it is not bought again. */
import type { Command } from "commander";
import type { ClosePreview, Control } from "../../control/control.ts";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  symbolName,
  withFolders,
} from "../command.ts";
import { confirm } from "../confirm.ts";
import { EXIT, type Output } from "../output.ts";
import { showPreview } from "../previewed.ts";
import { table } from "../table.ts";
import { withControl } from "../with-control.ts";

/** How long is waited for the positions to be gone. */
const CLOSED_MAX_MS = 10_000;
const LOOK_AGAIN_MS = 200;

interface CloseOptions extends Folders, CommonOptions {
  readonly symbol?: string;
  readonly yes?: boolean;
}

export function closeCommand(finish: Finish): Command {
  const examples = ["close slave1", "close slave1 --symbol BTCUSDT --yes"];
  return withFolders(
    command("close", "close what is ours on a follower; the owner's positions stay", examples),
  )
    .argument("<follower>", "nickname")
    .option("--symbol <symbol>", "only this instrument", symbolName)
    .option("--yes", "do it without asking")
    .action((follower: string, options: CloseOptions) =>
      runAction(options, finish, (output) =>
        withControl(options, (control) => close(control, follower, options, output)),
      ),
    );
}

async function close(
  control: Control,
  follower: string,
  { symbol, yes }: CloseOptions,
  output: Output,
): Promise<number> {
  const scope = { follower, ...(symbol === undefined ? {} : { symbol }) };
  const preview = await control.ask({ kind: "preview-close", ...scope });
  if (preview.positions.length > 0) {
    await showPreview(control, { kind: "close", ...scope }, output);
    await confirm(output, {
      isSure: yes === true,
      question: "Close these at the market? They are not bought again, except by copytrader release.",
      declined: "nothing was closed",
      problems: preview.positions.map((row) => ({
        message: `would close ${row.held} ${row.symbol}`,
        ...row,
      })),
    });
  }
  const report = await control.ask({ kind: "close", ...scope });
  const left = await untilClosed(control, scope);
  output.result({ ...report, closing: preview.positions, left: left.positions }, () =>
    left.positions.length === 0
      ? `closed: ${preview.positions.map(({ held, symbol: name }) => `${held} ${name}`).join(", ")}`
      : `ordered, but not closed yet:\n${describePreview(left)}\nSee copytrader status.`,
  );
  return left.positions.length === 0 ? EXIT.ok : EXIT.failure;
}

async function untilClosed(
  control: Control,
  scope: { readonly follower: string; readonly symbol?: string },
): Promise<ClosePreview> {
  const endMs = Date.now() + CLOSED_MAX_MS;
  for (;;) {
    const left = await control.ask({ kind: "preview-close", ...scope });
    if (left.positions.length === 0 || Date.now() >= endMs) return left;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function describePreview({ follower, positions }: ClosePreview): string {
  const columns = [
    { title: follower },
    { title: "LEG" },
    { title: "HELD", align: "right" },
    { title: "VALUE", align: "right" },
    { title: "" },
  ] as const;
  const rows = positions.map(({ symbol, positionIdx, held, value }) => [
    symbol,
    positionIdx === undefined ? "" : positionIdx === 1 ? "long" : "short",
    held,
    value,
    "",
  ]);
  return table(columns, rows).join("\n");
}

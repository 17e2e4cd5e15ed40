/** `copytrader extension`: the owner's own limits, execution styles, filters and importers: check a file against the contract, list what a start would load. */
import { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { describeFindings } from "../findings.ts";
import { EXIT, type ExitCode, type Output } from "../output.ts";
import { table } from "../table.ts";

export function extensionCommand(finish: Finish): Command {
  const summary =
    "limits, execution styles, filters and importers of your own: check a file, list what is loaded";
  return new Command("extension")
    .summary(summary)
    .description(`${summary}.`)
    .addCommand(checkCommand(finish))
    .addCommand(listCommand(finish));
}

function checkCommand(finish: Finish): Command {
  const examples = [
    "extension check config/extensions/no-weekends.ts",
    "extension check examples/extensions/*.ts --json",
  ];
  return command(
    "check",
    "load extensions, ask them sample questions, and say what breaks the contract",
    examples,
  )
    .argument("<file...>", "files that end in .ts, .mts, .js or .mjs")
    .action((files: readonly string[], options: CommonOptions) =>
      runAction(options, finish, (output) => check(files, output)),
    );
}

async function check(files: readonly string[], output: Output): Promise<ExitCode> {
  const { checkExtension } = await import("../../extension/conformance.ts");
  const reports: { file: string; ok: boolean; checks: Awaited<ReturnType<typeof checkExtension>> }[] = [];
  // One after the other: what one leaves running is its own.
  for (const file of files) {
    const checks = await checkExtension(file);
    reports.push({ file, ok: checks.every(({ result }) => result === "ok"), checks });
  }
  const isFine = reports.every(({ ok }) => ok);
  output.result({ ok: isFine, files: reports }, () =>
    reports.map(({ file, checks }) => `${file}\n${describeFindings(checks)}`).join("\n\n"),
  );
  return isFine ? EXIT.ok : EXIT.failure;
}

function listCommand(finish: Finish): Command {
  return withFolders(
    command("list", "what a start would load from the configuration folder", ["extension list"]),
  ).action((options: Folders & CommonOptions) =>
    runAction(options, finish, (output) => list(options, output)),
  );
}

async function list({ config }: Folders, output: Output): Promise<ExitCode> {
  const { extensionFolder, loadExtensions } = await import("../../extension/load.ts");
  const { describeProblem } = await import("../../config.ts");
  const { extensions, problems } = await loadExtensions(config);
  const rows = extensions.map(({ file, extension: { name, kind, description } }) => ({
    name,
    kind,
    description,
    file,
  }));
  output.result({ extensions: rows, problems }, () =>
    [
      ...(rows.length === 0
        ? [`no extension in ${extensionFolder(config)}`]
        : table(
            [{ title: "NAME" }, { title: "KIND" }, { title: "WHAT" }, { title: "FILE" }],
            rows.map(({ name, kind, description, file }) => [name, kind, description, file]),
            { overflow: "wrap" },
          )),
      ...problems.map((problem) => `problem: ${describeProblem(problem)}`),
    ].join("\n"),
  );
  return problems.length === 0 ? EXIT.ok : EXIT.usage;
}

/** `copytrader keys seal`: encrypts a secret of the environment, such as a mail server's password, to be written in its place. */
import type { Command } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  withFolders,
} from "../command.ts";
import { CliError } from "../output.ts";
import { readSecretLine } from "../secret-input.ts";

export function sealCommand(finish: Finish): Command {
  const examples = [
    "keys seal                     asks for it, and prints the token",
    "keys seal < password-file",
  ];
  return withFolders(
    command(
      "seal",
      "encrypt a secret of .env, such as COPYTRADER_SMTP_PASSWORD, to be written there",
      examples,
    ),
  ).action((options: Folders & CommonOptions) =>
    runAction(options, finish, async (output) => {
      const { encryptionKeysFor } = await import("../../config/encryption-keys.ts");
      const { readyVault } = await import("../../config/vault-work.ts");
      const read = () => encryptionKeysFor(options.config);
      const secret = await readSecretLine("secret");
      const ready = readyVault(options.data, read(), read);
      if (typeof ready === "string") throw new CliError("no-key", ready);
      const token = ready.vault.encrypt(secret);
      output.result({ token, madeKeyFile: ready.made }, () => token);
      return undefined;
    }),
  );
}

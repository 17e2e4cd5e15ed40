/** `/admin backup`: an encrypted backup, made beside copying, read back, and sent here where Telegram takes its size; owners only. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ApiProblem } from "../../api/contract/problems.ts";
import { BackupError } from "../../backup/backup-error.ts";
import { type BackedUp, backUp } from "../../control/backups.ts";
import type { Call } from "../call.ts";
import { code, html, lines } from "../html.ts";
import { assertSecondFactor } from "../propose.ts";
import { SpeakError } from "../speaker.ts";
import { UNEXPECTED } from "../texts.ts";

/** Telegram takes 50 MB. */
const SENT_BYTES_MAX = 45_000_000;
const MEGABYTE = 1_000_000;

/** One at a time. */
let isAtWork = false;

export async function backUpHere(call: Call): Promise<void> {
  if (call.principal.role !== "owner") throw new ApiProblem("forbidden", "only an owner may make backups");
  assertSecondFactor(call);
  if (isAtWork) {
    await call.say(html`A backup is being made already.`);
    return;
  }
  isAtWork = true;
  // It takes its time, and other commands of this chat do not wait for it; nor does it depend on whether this can be told.
  void make(call).finally(() => {
    isAtWork = false;
  });
  await call.say(html`Making a backup. You hear of it when it has been read back.`);
}

async function make(call: Call): Promise<void> {
  const { configDir, dataDir, env, version, stop, log } = call.parts;
  try {
    const made = await backUp({
      configDir,
      dataDir,
      version,
      stop,
      retention: true,
      ...(env === undefined ? {} : { env }),
    });
    await call.parts.identity.audit(call.principal, { action: "backup-made", subject: basename(made.file) });
    await tell(call, made);
  } catch (error) {
    log.error("a backup could not be made or told of", { error });
    const text = error instanceof BackupError ? html`There is no backup: ${error.message}` : UNEXPECTED;
    await call.say(text).catch(() => 0);
  }
}

async function tell(call: Call, { file, bytes, files, encryptedWith }: BackedUp): Promise<void> {
  const isSent = bytes <= SENT_BYTES_MAX;
  const with_ = encryptedWith === "passphrase" ? "your passphrase" : "the encryption key";
  const text = lines([
    html`<b>Backup made and read back</b>: ${files} files, ${(bytes / MEGABYTE).toFixed(1)} MB, encrypted with ${with_}.`,
    html`${code(basename(file))} lies in the folder of backups.`,
    ...(isSent ? [] : [html`It is too large for Telegram.`]),
  ]);
  if (!isSent) return void (await call.say(text));
  try {
    await call.parts.speaker.document(call.chat, basename(file), readFileSync(file), text);
  } catch (error) {
    // It is there all the same.
    if (!(error instanceof SpeakError)) throw error;
    await call.say(lines([text, html`It could not be sent here: ${error.message}`]));
  }
}

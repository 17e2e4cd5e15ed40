/** Writes a JSON file of the data folder that copytrader keeps itself: durable, whole or not at all. */
import { existsSync, readFileSync } from "node:fs";
import { placeFile, realDisk, swapFile } from "./disk.ts";

/** Durable on return; throws an Error that names the file when it cannot be written. One that holds the same is left alone. */
export function writeJson(file: string, content: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
  const isSound = (readBack: Buffer) => readBack.equals(bytes);
  const before = existsSync(file) ? readFileSync(file) : null;
  if (before?.equals(bytes)) return;
  const trouble =
    before === null
      ? placeFile(realDisk, { file, bytes, isSound })
      : swapFile(realDisk, { file, from: before, to: bytes, isSound });
  if (trouble !== null) throw new Error(`${file} ${trouble}`);
}

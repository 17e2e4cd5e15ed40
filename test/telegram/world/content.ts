/** What a message may hold: text or caption with its format and length, buttons, pictures and documents that were uploaded. */
import { type Formatted, readHtml } from "./html.ts";
import type { UploadedFile } from "./multipart.ts";
import { jsonOf, type Parameters, textOf } from "./parameters.ts";
import { badRequest, Refusal } from "./refusal.ts";
import type { Button, Entity, FileOf, Keyboard, Message } from "./shapes.ts";

type Fields = Parameters["fields"];

export const TEXT_MAX = 4096;
export const CAPTION_MAX = 1024;
const PHOTO_BYTES_MAX = 10 * 1024 * 1024;
const DOCUMENT_BYTES_MAX = 50 * 1024 * 1024;
const BUTTONS_MAX = 100;
const DATA_BYTES_MAX = 64;

/** Text of a field as its format has it, without blanks around it; "" when it is left out. */
export function formattedOf(fields: Fields, key: "text" | "caption"): Formatted {
  const source = textOf(fields, key) ?? "";
  const mode = (textOf(fields, "parse_mode") ?? "").toLowerCase();
  if (mode === "html") return withDetected(trimmed(readHtml(source)));
  if (mode !== "") throw new Refusal(501, `this server of the tests reads HTML only, not ${mode}`);
  const entities = jsonOf(fields, key === "text" ? "entities" : "caption_entities") ?? [];
  return withDetected(trimmed({ text: source, entities: entities as readonly Entity[] }));
}

/** What clients make a link of by themselves, also in a bot's own text: whoever touches such a command sends it. */
const DETECTED: readonly (readonly [string, RegExp])[] = [
  ["bot_command", /(?<![\w/@])\/[a-zA-Z0-9_]{1,64}(?:@\w+)?/g],
  ["mention", /(?<!\w)@[a-zA-Z]\w{3,31}/g],
  ["url", /(?<![\w@/.-])(?:https?:\/\/[a-z0-9]\S*|(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|ru)\b(?:\/\S*)?)/gi],
];
/** Nothing is looked for inside these. */
const PLAIN_INSIDE = ["code", "pre", "text_link", "bot_command", "mention", "url"];

function withDetected({ text, entities }: Formatted): Formatted {
  const all = [...entities];
  for (const [type, pattern] of DETECTED)
    for (const { 0: found, index: offset } of text.matchAll(pattern)) {
      const isTaken = all.some(
        (one) =>
          PLAIN_INSIDE.includes(one.type) &&
          offset < one.offset + one.length &&
          one.offset < offset + found.length,
      );
      if (!isTaken) all.push({ type, offset, length: found.length });
    }
  return { text, entities: all.sort((one, other) => one.offset - other.offset) };
}

function trimmed({ text, entities }: Formatted): Formatted {
  const start = text.length - text.trimStart().length;
  const kept = text.trim();
  const moved = entities.map((entity) => ({ ...entity, offset: Math.max(0, entity.offset - start) }));
  return { text: kept, entities: moved.filter(({ offset }) => offset < kept.length) };
}

export function messageText(fields: Fields): {
  readonly text: string;
  readonly entities?: readonly Entity[];
} {
  const { text, entities } = formattedOf(fields, "text");
  if (text === "") throw badRequest("message text is empty");
  if (text.length > TEXT_MAX) throw badRequest("message is too long");
  return entities.length === 0 ? { text } : { text, entities };
}

export function captionOf(fields: Fields): Pick<Message, "caption" | "caption_entities"> {
  const { text, entities } = formattedOf(fields, "caption");
  if (text.length > CAPTION_MAX) throw badRequest("message caption is too long");
  if (text === "") return {};
  return entities.length === 0 ? { caption: text } : { caption: text, caption_entities: entities };
}

/** Undefined where there is none, or one without buttons. */
export function keyboardOf(fields: Fields): Keyboard | undefined {
  const markup = jsonOf(fields, "reply_markup");
  if (markup === undefined) return undefined;
  if (typeof markup !== "object" || markup === null) throw badRequest("object expected as reply markup");
  // Other keyboards and requests for an answer show nothing under the message.
  if (!("inline_keyboard" in markup)) return undefined;
  const { inline_keyboard: rows } = markup as Keyboard;
  if (!Array.isArray(rows) || !rows.every(Array.isArray))
    throw badRequest('field "inline_keyboard" must be of type Array of Arrays');
  const buttons = rows.flat();
  if (buttons.length > BUTTONS_MAX) throw badRequest("reply markup is too long");
  for (const button of buttons) checkButton(button);
  return buttons.length === 0 ? undefined : { inline_keyboard: rows };
}

function checkButton(button: Button): void {
  if (typeof button.text !== "string" || button.text.trim() === "")
    throw badRequest("inline keyboard button text is empty");
  if (!button.text.isWellFormed()) throw badRequest("strings must be encoded in UTF-8");
  const { callback_data: data } = button;
  if (data === undefined && button.url === undefined)
    throw badRequest("text buttons are unallowed in the inline keyboard");
  if (data === undefined) return;
  const bytes = Buffer.byteLength(data);
  if (bytes < 1 || bytes > DATA_BYTES_MAX) throw badRequest("BUTTON_DATA_INVALID");
}

/** A file of the call: a part of the upload, or one that was sent before. */
export class FileStore {
  readonly #files = new Map<string, UploadedFile>();

  bytesOf(fileId: string): Buffer {
    const file = this.#files.get(fileId);
    if (file === undefined) throw new Error(`the world has no file ${fileId}`);
    return file.bytes;
  }

  photo(wanted: string | undefined, { files }: Parameters): NonNullable<Message["photo"]> {
    const { id, file } = this.#take(wanted, files, "photo", PHOTO_BYTES_MAX);
    return [{ ...fileOf(id, file), ...sizeOf(file.bytes) }];
  }

  document(wanted: string | undefined, { files }: Parameters): NonNullable<Message["document"]> {
    const { id, file } = this.#take(wanted, files, "document", DOCUMENT_BYTES_MAX);
    return { ...fileOf(id, file), file_name: file.name, mime_type: "application/octet-stream" };
  }

  #take(
    wanted: string | undefined,
    files: Parameters["files"],
    kind: string,
    mostBytes: number,
  ): { readonly id: string; readonly file: UploadedFile } {
    // A part may carry the field's own name, or the field says which part it is.
    const part = wanted?.startsWith("attach://") ? wanted.slice("attach://".length) : kind;
    const uploaded = files.get(part);
    if (uploaded === undefined) {
      const known = this.#files.get(wanted ?? "");
      if (known !== undefined && wanted !== undefined) return { id: wanted, file: known };
      throw badRequest(
        wanted === undefined
          ? `there is no ${kind} in the request`
          : "wrong file identifier/HTTP URL specified",
      );
    }
    if (uploaded.bytes.length === 0) throw badRequest("file must be non-empty");
    if (uploaded.bytes.length > mostBytes) throw new Refusal(413, "Request Entity Too Large");
    const id = `file-${this.#files.size + 1}`;
    this.#files.set(id, uploaded);
    return { id, file: uploaded };
  }
}

function fileOf(id: string, { bytes }: UploadedFile): FileOf {
  return { file_id: id, file_unique_id: `unique-${id}`, file_size: bytes.length };
}

/** Of a PNG by its header; a JPEG is taken as it is. Sides together at most 10,000, one at most 20 times the other. */
function sizeOf(bytes: Buffer): { readonly width: number; readonly height: number } {
  if (bytes.subarray(0, 3).toString("hex") === "ffd8ff") return { width: 1, height: 1 };
  if (bytes.subarray(0, 8).toString("hex") !== "89504e470d0a1a0a" || bytes.length < 24)
    throw badRequest("IMAGE_PROCESS_FAILED");
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height));
  if (width + height > 10_000 || ratio > 20) throw badRequest("PHOTO_INVALID_DIMENSIONS");
  return { width, height };
}

/**
 * Reads `multipart/form-data` tolerantly: header names in any case, with or without blanks, file names quoted or not. The bytes of
 * a file are kept as they came.
 */

export interface UploadedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Multipart {
  readonly fields: Readonly<Record<string, string>>;
  /** By the part's name. */
  readonly files: ReadonlyMap<string, UploadedFile>;
}

const HEADERS_END = Buffer.from("\r\n\r\n");

/** Null where the body is not what its header says. */
export function readMultipart(contentType: string, body: Buffer): Multipart | null {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return null;
  const fields: Record<string, string> = {};
  const files = new Map<string, UploadedFile>();
  const parts = partsOf(body, `--${mark}`);
  if (parts === null) return null;
  for (const part of parts) {
    const end = part.indexOf(HEADERS_END);
    if (end < 0) return null;
    const headers = part.subarray(0, end).toString("utf8");
    const name = /content-disposition:.*?[;\s]name=(?:"([^"]*)"|([^;\r\n]*))/i.exec(headers);
    const field = name?.[1] ?? name?.[2];
    if (field === undefined) return null;
    const content = part.subarray(end + HEADERS_END.length);
    const file = /filename=(?:"([^"]*)"|([^;\r\n]*))/i.exec(headers);
    if (file === null) fields[field] = content.toString("utf8");
    else files.set(field, { name: file[1] ?? file[2] ?? "", bytes: Buffer.from(content) });
  }
  return { fields, files };
}

/** What lies between the boundaries; null when the last one is missing: the upload was cut. */
function partsOf(body: Buffer, mark: string): readonly Buffer[] | null {
  const parts: Buffer[] = [];
  const separator = Buffer.from(`\r\n${mark}`);
  const first = Buffer.from(mark);
  if (!body.subarray(0, first.length).equals(first)) return null;
  let at = first.length;
  for (;;) {
    if (body.subarray(at, at + 2).toString() === "--") return parts;
    const next = body.indexOf(separator, at);
    if (next < 0) return null;
    parts.push(body.subarray(at + 2, next));
    at = next + separator.length;
  }
}

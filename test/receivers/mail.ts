/** A received e-mail, read as a mail program reads it: headers, text, HTML and attachments (RFC 5322, 2045 to 2047). */

export interface Mail {
  /** By name in small letters; encoded words are decoded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string | null;
  readonly html: string | null;
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly bytes: Buffer }[];
}

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** What must not be repeated in a header: some servers refuse the message, others take the one or the other. */
const ONCE = ["from", "to", "subject", "date", "message-id", "reply-to", "sender"];

/** Throws where the message is none. */
export function readMail(source: Buffer): Mail {
  const leaves = leavesOf(partOf(source));
  const isFile = ({ headers }: Part) => /^attachment/i.test(headers.get("content-disposition") ?? "");
  const inline = (type: RegExp) => leaves.find((part) => type.test(typeOf(part)) && !isFile(part));
  const textOf = (part: Part | undefined) =>
    part && contentOf(part).toString("utf8").replaceAll("\r\n", "\n");
  return {
    headers: partOf(source).headers,
    text: textOf(inline(/^text\/plain/i)) ?? null,
    html: textOf(inline(/^text\/html/i)) ?? null,
    attachments: leaves.filter(isFile).map((part) => ({
      name: parameterOf(part.headers.get("content-disposition") ?? "", "filename"),
      type: typeOf(part).split(";")[0] ?? "",
      bytes: contentOf(part),
    })),
  };
}

function partOf(source: Buffer): Part {
  const end = source.indexOf("\r\n\r\n");
  const head = source.subarray(0, end < 0 ? source.length : end).toString("utf8");
  const headers = new Map<string, string>();
  for (const line of head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no header: ${JSON.stringify(line)}`);
    const key = name.toLowerCase();
    if (headers.has(key) && ONCE.includes(key)) throw new Error(`header ${name} is there twice`);
    headers.set(key, decodedWords(value));
  }
  return { headers, body: end < 0 ? Buffer.alloc(0) : source.subarray(end + 4) };
}

function leavesOf(part: Part): readonly Part[] {
  if (!/^multipart\//i.test(typeOf(part))) return [part];
  const mark = `--${parameterOf(typeOf(part), "boundary")}`;
  const pieces = `\r\n${part.body.toString("latin1")}`.split(`\r\n${mark}`);
  // What follows a boundary on its line is blank, or the two dashes of the last one.
  const inner = pieces.slice(1, -1).map((piece) => Buffer.from(piece.replace(/^[ \t]*\r\n/, ""), "latin1"));
  return inner.flatMap((piece) => leavesOf(partOf(piece)));
}

function typeOf({ headers }: Part): string {
  return headers.get("content-type") ?? "text/plain";
}

function parameterOf(header: string, name: string): string {
  const found = new RegExp(`${name}=(?:"([^"]*)"|([^;\\s]+))`, "i").exec(header);
  return found?.[1] ?? found?.[2] ?? "";
}

function contentOf({ headers, body }: Part): Buffer {
  const encoding = (headers.get("content-transfer-encoding") ?? "7bit").toLowerCase();
  if (encoding === "base64") return Buffer.from(body.toString("ascii"), "base64");
  if (encoding === "quoted-printable")
    return quotedPrintable(body.toString("latin1").replaceAll(/=\r\n/g, ""));
  return body;
}

function quotedPrintable(text: string): Buffer {
  const bytes = text.replaceAll(/=([\dA-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}

/** `=?UTF-8?B?...?=` and `=?UTF-8?Q?...?=`; blanks between two of them do not count. */
function decodedWords(value: string): string {
  return value
    .replaceAll(/(\?=)\s+(?==\?)/g, "$1")
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, text) =>
      (kind.toLowerCase() === "b"
        ? Buffer.from(text, "base64")
        : quotedPrintable(text.replaceAll("_", " "))
      ).toString("utf8"),
    );
}

/** The audit log: who changed what, with before and after. Entries are added inside the step that makes the change, and never removed. */
import type { IdentityRows, IdentityStore } from "../store/identity-store.ts";
import { authorityOf, type Ground } from "./ground.ts";
import type { Actor, AuditEntry, Audited, AuditNote, AuditPage, AuditQuery, Origin } from "./identity.ts";
import { IdentityError } from "./identity-error.ts";

const SUBJECT_MAX = 200;
const VALUE_MAX = 16 * 1_024;
/** Characters that stay of a part of a longer value. */
const PART_MAX = 1_024;
const DEPTH_MAX = 12;
const LIMIT_MAX = 500;
const LIMIT_USUAL = 50;
const SECRET_NAME = /pass(word|wort|phrase)|secret|token|api_?key|private|credential|^code$|cookie|otp/i;

/** Who did it: somebody, or nobody who was let in (a failed log-in). */
export type Doer = {
  readonly kind: AuditEntry["actorKind"];
  readonly name: string;
  readonly address?: string;
};

export function note(
  { clock, audited }: Pick<Ground, "clock" | "audited">,
  rows: IdentityRows,
  doer: Doer,
  { action, subject, before, after }: AuditNote,
  origin?: Pick<Origin, "address">,
): void {
  const address = origin?.address ?? doer.address;
  const entry: Audited = {
    actor: oneLine(doer.name, 100),
    actorKind: doer.kind,
    action: oneLine(action, 100),
    subject: oneLine(subject, SUBJECT_MAX),
    address: address === undefined ? null : oneLine(address, 100),
  };
  rows.audit.append({
    ...entry,
    atMs: clock.nowMs(),
    before: valueText(before),
    after: valueText(after),
  });
  audited(entry);
}

/** `tell` hears of each entry once the step that added it is done, and of none of a step that failed. */
export function tellingStore(
  store: IdentityStore,
  tell: (entry: Audited) => void,
): Pick<Ground, "store" | "audited"> {
  let added: Audited[] = [];
  return {
    audited: (entry) => void added.push(entry),
    store: {
      read: (work) => store.read(work),
      revision: () => store.revision(),
      close: () => store.close(),
      write(work) {
        const value = store.write((rows) => {
          added = [];
          return work(rows);
        });
        for (const entry of added.splice(0)) tell(entry);
        return value;
      },
    },
  };
}

/** A text that somebody else chose, so that it moves no terminal's cursor. */
export function oneLine(text: string, lengthMax: number): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").slice(0, lengthMax);
}

function valueText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const shown = withoutSecrets(value, 0);
  const text = JSON.stringify(shown);
  if (text === undefined) return null;
  return text.length <= VALUE_MAX ? text : shortenedText(shown, text);
}

/** The longest parts give way first: whom it is about, by name and ids, stays to be found. */
function shortenedText(shown: unknown, text: string): string {
  const whole = JSON.stringify({ shortened: text.slice(0, VALUE_MAX / 2) });
  if (typeof shown !== "object" || shown === null || Array.isArray(shown)) return whole;
  const kept = new Map(Object.entries(shown).map(([name, one]) => [name, JSON.stringify(one) ?? "null"]));
  let length = text.length;
  for (const [name, part] of [...kept].toSorted(([, one], [, other]) => other.length - one.length)) {
    if (length <= VALUE_MAX || part.length <= 2 * PART_MAX) break;
    const brief = JSON.stringify({ shortened: part.slice(0, PART_MAX) });
    kept.set(name, brief);
    length += brief.length - part.length;
  }
  if (length > VALUE_MAX) return whole;
  return `{${[...kept].map(([name, part]) => `${JSON.stringify(name)}:${part}`).join()}}`;
}

function withoutSecrets(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX) return "...";
  if (value instanceof Set) return withoutSecrets([...value], depth);
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1));
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    SECRET_NAME.test(name) && one !== null && typeof one !== "boolean"
      ? "[secret]"
      : withoutSecrets(one, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

/** Only for whoever sees everything: an entry may tell of any account. */
export function auditPage(ground: Ground, actor: Actor, query: AuditQuery): AuditPage {
  const limit = query.limit ?? LIMIT_USUAL;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new IdentityError("bad-request", `must be a whole number from 1 to ${LIMIT_MAX}`, {
      field: "limit",
    });
  if (query.before !== undefined && !Number.isSafeInteger(query.before))
    throw new IdentityError("bad-request", "must be the id of an entry", { field: "before" });
  const found = ground.store.read((rows) => {
    const { permissions, accounts } = authorityOf(ground, rows, actor);
    if (!permissions.has("admin") || accounts !== "all")
      throw new IdentityError("not-allowed", "the audit log is for owners");
    const { before = null, action = null, actor: name = null } = query;
    return rows.audit.page({ limit: limit + 1, before, action, actor: name });
  });
  const entries = found.slice(0, limit).map((record): AuditEntry => {
    const { before, after, ...rest } = record;
    // Only `note` writes this column, from a Doer.
    const actorKind = record.actorKind as AuditEntry["actorKind"];
    return { ...rest, actorKind, before: valueIn(before), after: valueIn(after) };
  });
  return { entries, nextBefore: found.length > limit ? (entries.at(-1)?.id ?? null) : null };
}

function valueIn(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** The fields of a user, new or changed. */
import { useStatus } from "../../api/queries.ts";
import type { NewUser, Permission, Role, UserRow } from "../../api/types.ts";
import { Checks } from "../../components/checks.tsx";
import { Choice } from "../../components/choice.tsx";
import { TextField } from "../../components/text-field.tsx";
import { words } from "./strings.ts";

export interface UserDraft {
  readonly name: string;
  readonly role: Role;
  readonly listed: readonly string[];
  readonly given: readonly string[];
  readonly telegramId: string;
}

export const NEW_USER: UserDraft = { name: "", role: "viewer", listed: [], given: [], telegramId: "" };

export function draftOf({ name, role, listed, given, telegram_id }: UserRow): UserDraft {
  return { name, role, listed, given, telegramId: telegram_id ?? "" };
}

export function writtenUser({ name, role, listed, given, telegramId }: UserDraft): NewUser {
  return {
    name: name.trim(),
    role,
    listed: permissionsAmong(listed),
    given: [...given],
    telegram_id: telegramId.trim() === "" ? null : telegramId.trim(),
  };
}

const ROLES = ["viewer", "operator", "owner"] as const;
export const PERMISSIONS: readonly Permission[] = [
  "view_balance",
  "view_positions",
  "view_sync",
  "view_reports",
  "manage_stop_loss",
  "trade",
  "manage_copying",
  "admin",
];
/** What somebody may do without anything being listed. */
const OF_ROLE: Readonly<Record<Role, ReadonlySet<string>>> = {
  owner: new Set<string>(PERMISSIONS),
  operator: new Set<string>(PERMISSIONS.filter((one) => one !== "admin")),
  viewer: new Set<string>(PERMISSIONS.filter((one) => one.startsWith("view_"))),
};

export function permissionsAmong(names: readonly string[]): Permission[] {
  return PERMISSIONS.filter((one) => names.includes(one));
}

export function UserFields({
  draft,
  setDraft,
}: {
  readonly draft: UserDraft;
  readonly setDraft: (draft: UserDraft) => void;
}) {
  const { data: status } = useStatus();
  const leaders = new Set(status?.leaders.map(({ nickname }) => nickname));
  const followers = status?.followers.map(({ nickname }) => nickname) ?? [];
  const nicknames = new Set([...followers, ...leaders, ...draft.given]);
  return (
    <>
      <TextField
        label={words.name}
        value={draft.name}
        autoComplete="off"
        onValue={(name) => setDraft({ ...draft, name })}
      />
      <Choice
        label={words.role}
        value={draft.role}
        options={ROLES.map((value) => ({ value, text: words.roles[value] }))}
        onValue={(role) => setDraft({ ...draft, role })}
      />
      {draft.role !== "owner" && (
        <>
          <Checks
            label={words.users.listed}
            options={PERMISSIONS.filter((one) => !OF_ROLE[draft.role].has(one)).map((value) => ({
              value,
              text: words.permissions[value],
            }))}
            chosen={draft.listed}
            onChosen={(listed) => setDraft({ ...draft, listed })}
          />
          <Checks
            label={words.users.given}
            options={[...nicknames].map((value) => ({
              value,
              text: leaders.has(value) ? words.users.leader(value) : value,
            }))}
            chosen={draft.given}
            onChosen={(given) => setDraft({ ...draft, given })}
          />
        </>
      )}
      <TextField
        label={words.users.telegram}
        hint={words.users.telegramHint}
        value={draft.telegramId}
        inputMode="numeric"
        autoComplete="off"
        onValue={(telegramId) => setDraft({ ...draft, telegramId })}
      />
    </>
  );
}

/** The fields of a new account: as many as its kind needs. */
import type { AccountRow, NewAccount } from "../../api/types.ts";
import { Checks } from "../../components/checks.tsx";
import { Choice } from "../../components/choice.tsx";
import { TextField } from "../../components/text-field.tsx";
import { words } from "./strings.ts";

const ROLES = ["leader", "follower"] as const;
const KINDS = ["live", "demo", "testnet", "address", "shared", "other"] as const;
type Kind = (typeof KINDS)[number];

export interface AccountDraft {
  readonly nickname: string;
  readonly role: (typeof ROLES)[number];
  /** Where the account is. */
  readonly kind: Kind;
  readonly url: string;
  readonly address: string;
  readonly leaders: readonly string[];
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** A leader where there is none yet; where the others are, if there are any. */
export function draftFor(accounts: readonly AccountRow[]): AccountDraft {
  const hasLeader = accounts.some(({ role }) => role === "leader");
  return {
    nickname: "",
    role: hasLeader ? "follower" : "leader",
    kind: accounts.length === 0 ? "live" : "shared",
    url: "",
    address: "",
    leaders: [],
    apiKey: "",
    apiSecret: "",
  };
}

export function isComplete({ nickname, kind, url, address, apiKey, apiSecret }: AccountDraft): boolean {
  if (nickname.trim() === "") return false;
  if (kind === "address") return address.trim() !== "";
  if (kind === "other" && url.trim() === "") return false;
  return (apiKey.trim() === "") === (apiSecret.trim() === "");
}

export function writtenAccount(draft: AccountDraft): NewAccount {
  const { nickname, role, kind, url, address, leaders, apiKey, apiSecret } = draft;
  if (kind === "address")
    return { nickname: nickname.trim(), role: "leader", venue: "hyperliquid", address: address.trim() };
  return {
    nickname: nickname.trim(),
    role,
    ...(kind === "shared" || kind === "other" ? {} : { account_type: kind }),
    ...(kind === "other" ? { url: url.trim() } : {}),
    ...(role === "follower" && leaders.length > 0 ? { leader: [...leaders] } : {}),
    ...(apiKey.trim() === "" ? {} : { api_key: apiKey.trim(), api_secret: apiSecret.trim() }),
  };
}

export interface AccountFieldsProps {
  readonly draft: AccountDraft;
  readonly setDraft: (draft: AccountDraft) => void;
  readonly accounts: readonly AccountRow[];
}

export function AccountFields({ draft, setDraft, accounts }: AccountFieldsProps) {
  const leaders = accounts.filter(({ role }) => role === "leader").map(({ nickname }) => nickname);
  const kinds = KINDS.filter((kind) => kind !== "shared" || accounts.length > 0);
  const set = (change: Partial<AccountDraft>) => setDraft({ ...draft, ...change });
  return (
    <>
      <TextField
        label={words.name}
        hint={words.accounts.nameHint}
        value={draft.nickname}
        autoComplete="off"
        spellCheck={false}
        onValue={(nickname) => set({ nickname })}
      />
      <Choice
        label={words.accounts.where}
        value={draft.kind}
        options={kinds.map((value) => ({ value, text: words.accounts.kinds[value] }))}
        onValue={(kind) => set({ kind })}
      />
      {draft.kind === "address" ? (
        <TextField
          label={words.accounts.address}
          hint={words.accounts.addressHint}
          value={draft.address}
          autoComplete="off"
          spellCheck={false}
          onValue={(address) => set({ address })}
        />
      ) : (
        <KeyFields draft={draft} set={set} leaders={leaders} />
      )}
    </>
  );
}

interface KeyFieldsProps {
  readonly draft: AccountDraft;
  readonly set: (change: Partial<AccountDraft>) => void;
  readonly leaders: readonly string[];
}

function KeyFields({ draft, set, leaders }: KeyFieldsProps) {
  return (
    <>
      <Choice
        label={words.accounts.side}
        value={draft.role}
        options={ROLES.map((value) => ({ value, text: words.accounts.roles[value] }))}
        onValue={(role) => set({ role })}
      />
      {draft.kind === "other" && (
        <TextField
          label={words.accounts.url}
          value={draft.url}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          onValue={(url) => set({ url })}
        />
      )}
      {draft.role === "follower" && leaders.length > 1 && (
        <Checks
          label={words.accounts.copies}
          options={leaders.map((value) => ({ value, text: value }))}
          chosen={draft.leaders}
          onChosen={(chosen) => set({ leaders: chosen })}
        />
      )}
      <TextField
        label={words.accounts.apiKey}
        hint={words.accounts.keyHint[draft.role]}
        value={draft.apiKey}
        autoComplete="off"
        spellCheck={false}
        onValue={(apiKey) => set({ apiKey })}
      />
      <TextField
        label={words.accounts.apiSecret}
        type="password"
        value={draft.apiSecret}
        autoComplete="new-password"
        spellCheck={false}
        onValue={(apiSecret) => set({ apiSecret })}
      />
    </>
  );
}

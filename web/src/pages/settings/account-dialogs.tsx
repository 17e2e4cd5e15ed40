/** Adding an account in two steps: its key is looked at, then it is written; and removing one. What is typed here is kept nowhere. */
import { useState } from "react";
import type { AccountOutcome, AccountRow, NewAccount } from "../../api/types.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Loading, Notice, ProblemNotice } from "../../components/notice.tsx";
import { report } from "../../components/reports.tsx";
import { State, type Tone } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { AccountFields, draftFor, isComplete, writtenAccount } from "./account-fields.tsx";
import { addAccount, removeAccount, useAccountRemoval, useRenew } from "./queries.ts";
import { words } from "./strings.ts";

export interface AddAccountProps {
  readonly accounts: readonly AccountRow[];
  readonly onClose: () => void;
}

export function AddAccount({ accounts, onClose }: AddAccountProps) {
  const renew = useRenew();
  const [draft, setDraft] = useState(() => draftFor(accounts));
  const [looked, setLooked] = useState<AccountOutcome | null>(null);
  const account = writtenAccount(draft);
  if (looked === null)
    return (
      <ActionDialog
        title={words.accounts.add}
        confirm={words.accounts.check}
        isIncomplete={!isComplete(draft)}
        act={() => addAccount(account, { isDry: true })}
        onDone={setLooked}
        onClose={onClose}
      >
        <p className="small muted">{words.accounts.addAbout}</p>
        <AccountFields draft={draft} setDraft={setDraft} accounts={accounts} />
      </ActionDialog>
    );
  return (
    <ActionDialog
      key="looked"
      title={words.accounts.addTitle(draft.nickname)}
      confirm={words.accounts.addConfirm}
      act={() => addAccount(account, { isDry: false })}
      onDone={({ nickname, made_key_file }) => {
        report({
          title: words.accounts.added(nickname),
          body: [words.accounts.nextStart, ...(made_key_file ? [words.accounts.keyFile] : [])].join(" "),
        });
        renew();
        onClose();
      }}
      onClose={onClose}
    >
      <Looked account={account} looked={looked} />
      <p>
        <button type="button" className="button button-plain" onClick={() => setLooked(null)}>
          {words.accounts.change}
        </button>
      </p>
    </ActionDialog>
  );
}

const TONES: Readonly<Record<"ok" | "warn" | "fail", Tone>> = { ok: "good", warn: "warn", fail: "bad" };

function Looked({ account, looked }: { readonly account: NewAccount; readonly looked: AccountOutcome }) {
  const { role, checks, steps } = looked;
  return (
    <>
      {checks === null ? (
        <Notice tone="warn">
          <p>{words.accounts.noKey}</p>
        </Notice>
      ) : (
        <Table
          label={words.accounts.looked}
          rows={checks}
          keyOf={({ check }) => check}
          columns={[
            {
              id: "check",
              title: words.accounts.looked,
              cell: ({ check, result }) => <State tone={TONES[result]}>{check}</State>,
            },
            {
              id: "told",
              title: words.accounts.told,
              cell: ({ message }) => <span className="sentence">{message}</span>,
            },
          ]}
        />
      )}
      <p>{words.accounts.will(account.nickname, words.accounts[role])}</p>
      <details>
        <summary>{words.accounts.exactly}</summary>
        <ul>
          {steps.map((step) => (
            <li key={step} className="sentence">
              {step}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

export interface RemoveAccountProps {
  readonly nickname: string;
  readonly onClose: () => void;
}

export function RemoveAccount({ nickname, onClose }: RemoveAccountProps) {
  const renew = useRenew();
  const { data, error, refetch } = useAccountRemoval(nickname);
  return (
    <ActionDialog
      title={words.accounts.removeTitle(nickname)}
      confirm={words.accounts.remove}
      isDangerous
      isIncomplete={data === undefined}
      act={() => removeAccount(nickname)}
      onDone={() => {
        report({ title: words.accounts.removed(nickname), body: words.accounts.keyAtVenue });
        renew();
        onClose();
      }}
      onClose={onClose}
    >
      <p>{words.accounts.removeAbout}</p>
      {data === undefined && error === null && <Loading what={words.accounts.what} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
    </ActionDialog>
  );
}

/** The accounts that there are: what the engine works on and what its next start would; an owner adds and removes them here. */
import { useState } from "react";
import { useStatus, useTrueAt } from "../../api/queries.ts";
import type { AccountRow } from "../../api/types.ts";
import { ReadAge } from "../../components/age.tsx";
import { Amount } from "../../components/amount.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { useSeesAll, useSession } from "../../session/session.tsx";
import { inUsdt, strings } from "../../strings.ts";
import { AddAccount, RemoveAccount } from "./account-dialogs.tsx";
import { useAccounts } from "./queries.ts";
import { words } from "./strings.ts";

type Action = { readonly kind: "add" } | { readonly kind: "remove"; readonly nickname: string };

export function Accounts() {
  const { data: status } = useStatus();
  const accounts = useAccounts();
  const atMs = useTrueAt(accounts.dataUpdatedAt);
  const { role } = useSession();
  const seesAll = useSeesAll();
  const [action, setAction] = useState<Action | null>(null);
  if (accounts.data === undefined)
    return accounts.error === null ? (
      <Loading what={words.accounts.what} />
    ) : (
      <ProblemNotice error={accounts.error} again={() => void accounts.refetch()} />
    );
  const isOwner = role === "owner";
  const close = () => setAction(null);
  return (
    <Panel
      title={words.accounts.title}
      actions={
        isOwner ? (
          <button type="button" className="button button-main" onClick={() => setAction({ kind: "add" })}>
            {words.accounts.add}
          </button>
        ) : undefined
      }
    >
      {accounts.data.length === 0 ? (
        <Empty>{seesAll ? words.accounts.none : strings.seesNoFollower}</Empty>
      ) : (
        <AccountTable
          rows={accounts.data}
          atMs={atMs}
          isRunning={status?.engine.running === true}
          {...(isOwner ? { remove: (nickname: string) => setAction({ kind: "remove", nickname }) } : {})}
        />
      )}
      {action?.kind === "add" && <AddAccount accounts={accounts.data} onClose={close} />}
      {action?.kind === "remove" && <RemoveAccount nickname={action.nickname} onClose={close} />}
    </Panel>
  );
}

interface AccountTableProps {
  readonly rows: readonly AccountRow[];
  /** When they were so. */
  readonly atMs: number;
  readonly isRunning: boolean;
  readonly remove?: (nickname: string) => void;
}

function AccountTable({ rows, atMs, isRunning, remove }: AccountTableProps) {
  return (
    <Table
      label={words.accounts.title}
      rows={rows}
      keyOf={({ role, nickname }) => `${role} ${nickname}`}
      columns={[
        { id: "name", title: words.name, cell: ({ nickname }) => nickname },
        { id: "side", title: words.accounts.side, cell: ({ role }) => words.accounts[role] },
        {
          id: "stream",
          title: words.accounts.stream,
          cell: (row) => <StreamState row={row} isRunning={isRunning} />,
        },
        {
          id: "key",
          title: words.accounts.key,
          isExtra: true,
          cell: ({ configured }) => keyText(configured),
        },
        {
          id: "equity",
          title: inUsdt(words.accounts.equity),
          isNumber: true,
          cell: ({ equity }) => <Amount value={equity} places={2} />,
        },
        {
          id: "read",
          title: words.accounts.read,
          isNumber: true,
          cell: ({ snapshotAgeMs }) => (
            <ReadAge ageMs={snapshotAgeMs} atMs={atMs} never={words.accounts.never} />
          ),
        },
        ...(remove === undefined
          ? []
          : [
              {
                id: "actions",
                title: <span className="for-readers">{words.actions}</span>,
                isNumber: true,
                cell: ({ nickname, configured }: AccountRow) =>
                  configured === null ? null : (
                    <button
                      type="button"
                      className="button button-row button-danger"
                      onClick={() => remove(nickname)}
                    >
                      {words.accounts.remove}
                      <span className="for-readers"> {nickname}</span>
                    </button>
                  ),
              },
            ]),
      ]}
    />
  );
}

function StreamState({ row, isRunning }: { readonly row: AccountRow; readonly isRunning: boolean }) {
  if (!row.in_force) return <State tone="busy">{words.accounts.fromNextStart}</State>;
  if (row.configured === null) return <State tone="warn">{words.accounts.untilNextStart}</State>;
  if (!isRunning) return <State tone="off">{words.accounts.down}</State>;
  return (
    <State tone={row.connected ? "good" : "bad"}>
      {row.connected ? words.accounts.up : words.accounts.down}
    </State>
  );
}

function keyText(configured: AccountRow["configured"]): string {
  if (configured === null) return strings.none;
  const where = [configured.venue, configured.account_type].filter((one) => one !== null).join(" ");
  return `${where}; ${words.accounts.keys[configured.key]}`;
}

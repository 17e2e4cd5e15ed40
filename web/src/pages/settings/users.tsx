/** Who may sign in, with what rights and which accounts. */
import { useState } from "react";
import type { UserRow } from "../../api/types.ts";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { strings } from "../../strings.ts";
import { useUsers } from "./queries.ts";
import { words } from "./strings.ts";
import { type UserAction, UserDialog } from "./user-dialogs.tsx";

export function Users() {
  const users = useUsers();
  const [action, setAction] = useState<UserAction | null>(null);
  if (users.data === undefined)
    return users.error === null ? (
      <Loading what={words.users.what} />
    ) : (
      <ProblemNotice error={users.error} again={() => void users.refetch()} />
    );
  return (
    <Panel
      title={words.users.title}
      actions={
        <button type="button" className="button button-main" onClick={() => setAction({ kind: "add" })}>
          {words.users.add}
        </button>
      }
    >
      <Table
        label={words.users.title}
        rows={users.data}
        keyOf={({ id }) => String(id)}
        columns={[
          { id: "name", title: words.name, cell: ({ name }) => name },
          { id: "role", title: words.role, cell: ({ role }) => strings.roles[role] },
          {
            id: "listed",
            title: words.users.mayAlso,
            cell: ({ listed }) => (
              <span className="sentence">
                {listed.map((one) => words.permissions[one]).join("; ") || <None />}
              </span>
            ),
          },
          { id: "accounts", title: words.users.accounts, cell: accountsText },
          {
            id: "password",
            title: words.users.hasPassword,
            cell: ({ has_password }) =>
              has_password ? words.users.chosen : <State tone="warn">{words.users.notYet}</State>,
          },
          {
            id: "factor",
            title: words.users.factor,
            cell: ({ second_factor_on }) => (
              <State tone={second_factor_on ? "good" : "off"}>
                {second_factor_on ? words.factor.on : words.factor.off}
              </State>
            ),
          },
          {
            id: "telegram",
            title: words.users.telegram,
            isExtra: true,
            cell: ({ telegram_id }) => telegram_id ?? <None />,
          },
          {
            id: "actions",
            title: <span className="for-readers">{words.actions}</span>,
            isNumber: true,
            cell: (user) => <Buttons user={user} setAction={setAction} />,
          },
        ]}
      />
      {action !== null && <UserDialog action={action} setAction={setAction} />}
    </Panel>
  );
}

function None() {
  return <span className="muted">{strings.none}</span>;
}

function accountsText({ accounts }: UserRow) {
  if (accounts === "all") return strings.all;
  return accounts.length === 0 ? <None /> : accounts.join(", ");
}

interface ButtonsProps {
  readonly user: UserRow;
  readonly setAction: (action: UserAction) => void;
}

function Buttons({ user, setAction }: ButtonsProps) {
  const button = (kind: "change" | "invite" | "sign-out", text: string) => (
    <button type="button" className="button button-row" onClick={() => setAction({ kind, user })}>
      {text}
    </button>
  );
  return (
    <span className="row-buttons">
      {button("change", words.users.change)}
      {button("invite", words.users.invite)}
      {button("sign-out", words.users.endSessions)}
      <button
        type="button"
        className="button button-row button-danger apart"
        onClick={() => setAction({ kind: "remove", user })}
      >
        {words.users.remove}
      </button>
    </span>
  );
}

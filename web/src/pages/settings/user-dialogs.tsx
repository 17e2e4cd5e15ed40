/** What may be done with a user. */
import { useState } from "react";
import type { OneTimeLink, UserRow } from "../../api/types.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Moment } from "../../components/age.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { report } from "../../components/reports.tsx";
import { Secret } from "../../components/secret.tsx";
import { strings } from "../../strings.ts";
import { addUser, changeUser, endSessionsOf, inviteUser, removeUser, useRenew } from "./queries.ts";
import { words } from "./strings.ts";
import { draftOf, NEW_USER, UserFields, writtenUser } from "./user-fields.tsx";

export type UserAction =
  | { readonly kind: "add" }
  | { readonly kind: "change" | "invite" | "sign-out" | "remove"; readonly user: UserRow };

export interface UserDialogProps {
  readonly action: UserAction;
  readonly setAction: (action: UserAction | null) => void;
}

export function UserDialog({ action, setAction }: UserDialogProps) {
  const renew = useRenew();
  const close = () => setAction(null);
  const done = (title: string) => {
    report({ title });
    renew();
    close();
  };
  switch (action.kind) {
    case "add":
      return (
        <AddUser
          onClose={close}
          onAdded={(user) => {
            report({ title: words.users.added(user.name) });
            renew();
            setAction({ kind: "invite", user });
          }}
        />
      );
    case "change":
      return (
        <ChangeUser
          user={action.user}
          onClose={close}
          onChanged={() => done(words.users.changed(action.user.name))}
        />
      );
    case "invite":
      return (
        <Invite
          user={action.user}
          onClose={() => {
            renew();
            close();
          }}
        />
      );
    case "sign-out":
      return (
        <ActionDialog
          title={words.users.endSessionsTitle(action.user.name)}
          confirm={words.users.endSessions}
          act={() => endSessionsOf(action.user.id)}
          onDone={() => done(words.users.signedOut(action.user.name))}
          onClose={close}
        >
          <p>{words.users.endSessionsAbout(action.user.name)}</p>
        </ActionDialog>
      );
    case "remove":
      return (
        <ActionDialog
          title={words.users.removeTitle(action.user.name)}
          confirm={words.users.remove}
          isDangerous
          act={() => removeUser(action.user.id)}
          onDone={() => done(words.users.removed(action.user.name))}
          onClose={close}
        >
          <p>{words.users.removeAbout(action.user.name)}</p>
        </ActionDialog>
      );
  }
}

interface AddUserProps {
  readonly onClose: () => void;
  readonly onAdded: (user: UserRow) => void;
}

function AddUser({ onClose, onAdded }: AddUserProps) {
  const [draft, setDraft] = useState(NEW_USER);
  return (
    <ActionDialog
      title={words.users.add}
      confirm={words.users.add}
      isIncomplete={draft.name.trim() === ""}
      act={() => addUser(writtenUser(draft))}
      onDone={onAdded}
      onClose={onClose}
    >
      <p className="small muted">{words.users.addAbout}</p>
      <UserFields draft={draft} setDraft={setDraft} />
    </ActionDialog>
  );
}

interface ChangeUserProps {
  readonly user: UserRow;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

function ChangeUser({ user, onClose, onChanged }: ChangeUserProps) {
  const [draft, setDraft] = useState(() => draftOf(user));
  return (
    <ActionDialog
      title={words.users.changeTitle(user.name)}
      confirm={words.users.save}
      isIncomplete={draft.name.trim() === ""}
      act={() => changeUser(user.id, writtenUser(draft))}
      onDone={onChanged}
      onClose={onClose}
    >
      <UserFields draft={draft} setDraft={setDraft} />
    </ActionDialog>
  );
}

function Invite({ user, onClose }: { readonly user: UserRow; readonly onClose: () => void }) {
  const [link, setLink] = useState<OneTimeLink | null>(null);
  const title = words.users.inviteTitle(user.name);
  if (link === null)
    return (
      <ActionDialog
        title={title}
        confirm={words.users.inviteConfirm}
        act={() => inviteUser(user.id)}
        onDone={setLink}
        onClose={onClose}
      >
        <p>{words.users.inviteAbout(user.name)}</p>
      </ActionDialog>
    );
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <button type="button" className="button button-main" onClick={onClose}>
          {strings.done}
        </button>
      }
    >
      <p>{words.users.linkAbout}</p>
      <Secret label={words.users.link} value={`${location.origin}/#setup=${link.secret}`} />
      <p className="small muted">
        {words.users.linkUntil} <Moment atMs={link.expires_ms} />
      </p>
    </Dialog>
  );
}

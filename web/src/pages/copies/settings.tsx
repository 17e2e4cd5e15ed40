/**
 * How one follower copies one leader: every value in force with where it comes from, and new ones. Nothing is changed here: what was
 * written goes to the preview, which asks.
 */
import { type FormEvent, useState } from "react";
import { copyLeader, type Relation } from "../../api/commands.ts";
import { useAllocations } from "../../api/queries.ts";
import type { WrittenValue } from "../../api/types.ts";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Loading } from "../../components/notice.tsx";
import { type Drafts, draftedValues, SettingFields } from "../../components/setting-fields.tsx";
import { strings } from "../../strings.ts";
import { words } from "./strings.ts";

/** What is changed most; the rest is beneath. */
const USUAL: ReadonlySet<string> = new Set([
  "sizing",
  "copy_multiplier",
  "position_scaling",
  "copy_side",
  "symbols_to_copy",
  "symbols_to_skip",
  "max_slippage_bps",
  "max_positions",
  "stop_mode",
]);

interface Change {
  readonly values: Readonly<Record<string, WrittenValue>>;
  /** Of the settings as they stood beside what was written. */
  readonly revision: string | undefined;
}

export interface SettingsProps {
  readonly relation: Relation;
  readonly onClose: () => void;
}

export function Settings({ relation, onClose }: SettingsProps) {
  const { leader, follower } = relation;
  const { data } = useAllocations();
  const [drafts, setDrafts] = useState<Drafts>({});
  const [change, setChange] = useState<Change | null>(null);
  const allocation = data?.allocations.find((one) => one.leader === leader && one.follower === follower);
  const title = words.settingsTitle(leader, follower);
  if (change !== null)
    return (
      <CommandDialog
        title={title}
        about={words.settingsAbout}
        confirm={strings.settings.confirm}
        {...copyLeader(relation, change.values, change.revision)}
        onBack={() => setChange(null)}
        onClose={onClose}
      />
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChange({ values: draftedValues(drafts), revision: allocation?.revision });
  };
  const isChanged = Object.keys(drafts).length > 0;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <span className="small muted">{strings.settings.changed(Object.keys(drafts).length)}</span>
          <button type="submit" form="settings" className="button button-main" disabled={!isChanged}>
            {strings.settings.toPreview}
          </button>
        </>
      }
    >
      <p className="small muted">{strings.settings.how}</p>
      {allocation === undefined && <Loading what={words.settings} />}
      <form id="settings" className="stack" onSubmit={submit}>
        <SettingFields
          settings={allocation?.settings.filter(({ keyPath }) => USUAL.has(keyPath)) ?? []}
          drafts={drafts}
          setDrafts={setDrafts}
        />
        <details>
          <summary>{words.otherSettings}</summary>
          <SettingFields
            settings={allocation?.settings.filter(({ keyPath }) => !USUAL.has(keyPath)) ?? []}
            drafts={drafts}
            setDrafts={setDrafts}
          />
        </details>
      </form>
    </Dialog>
  );
}

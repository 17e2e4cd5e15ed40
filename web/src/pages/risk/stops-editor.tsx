/**
 * Stops and limits of one account, edited: loss tiers as a list, everything else as fields. Nothing is changed here: what was written
 * goes to the preview, which says what would stop at once and asks. What somebody else changed meanwhile is not undone.
 */
import { type FormEvent, useId, useState } from "react";
import { changeSettings } from "../../api/commands.ts";
import { useFollowerSettings } from "../../api/queries.ts";
import type { SettingsInForce, WrittenValue } from "../../api/types.ts";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { type Drafts, draftedValues, SettingFields } from "../../components/setting-fields.tsx";
import { strings } from "../../strings.ts";
import { words } from "./strings.ts";
import { TierFields } from "./tier-fields.tsx";
import { type Tiers, tiersOf, writtenTiers } from "./tiers.ts";

const TIERS_KEY = "sl_loss_tiers_usd";
/** What says more about the tiers stands with them. */
const WITH_TIERS: ReadonlySet<string> = new Set(["sl_reference", "cool_off_minutes"]);

export interface StopsEditorProps {
  readonly follower: string;
  readonly onClose: () => void;
}

export function StopsEditor({ follower, onClose }: StopsEditorProps) {
  const { data, error, refetch } = useFollowerSettings(follower);
  const [change, setChange] = useState<Change | null>(null);
  const [draft, setDraft] = useState<Draft>({ drafts: {}, tiers: null });
  const title = words.editTitle(follower);
  if (change !== null)
    return (
      <CommandDialog
        title={title}
        about={words.editAbout}
        confirm={strings.settings.confirm}
        {...changeSettings(follower, change.revision, change.values)}
        // The editor begins with what is in force then.
        onBack={() => void refetch().then(() => setChange(null))}
        onClose={onClose}
      />
    );
  if (data !== undefined)
    return (
      <Editor
        title={title}
        settings={data}
        draft={draft}
        setDraft={setDraft}
        onChange={setChange}
        onClose={onClose}
      />
    );
  return (
    <Dialog title={title} onClose={onClose}>
      {error === null ? (
        <Loading what={words.settings} />
      ) : (
        <ProblemNotice error={error} again={() => void refetch()} />
      )}
    </Dialog>
  );
}

interface Change {
  /** Of the settings as they were seen. */
  readonly revision: string;
  readonly values: Readonly<Record<string, WrittenValue>>;
}

/** What was written so far; `tiers` null where they are as they were. */
interface Draft {
  readonly drafts: Drafts;
  readonly tiers: Tiers | null;
}

interface EditorProps {
  readonly draft: Draft;
  readonly setDraft: (draft: Draft) => void;
  readonly title: string;
  readonly settings: SettingsInForce;
  readonly onChange: (change: Change) => void;
  readonly onClose: () => void;
}

function Editor({ title, settings: asked, draft, setDraft, onChange, onClose }: EditorProps) {
  // What came later is not what was looked at.
  const [{ revision, settings }] = useState(asked);
  const form = useId();
  const { drafts, tiers } = draft;
  const setDrafts = (next: Drafts) => setDraft({ drafts: next, tiers });
  const inForce = tiersOf(settings.find(({ keyPath }) => keyPath === TIERS_KEY)?.value);
  const count = Object.keys(drafts).length + (tiers === null ? 0 : 1);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const values = {
      ...draftedValues(drafts),
      ...(tiers === null ? {} : { [TIERS_KEY]: writtenTiers(tiers) }),
    };
    onChange({ revision, values });
  };
  const others = settings.filter(
    ({ keyPath }) => !WITH_TIERS.has(keyPath) && (keyPath !== TIERS_KEY || inForce === null),
  );
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <>
          <span className="small muted">{strings.settings.changed(count)}</span>
          <button type="submit" form={form} className="button button-main" disabled={count === 0}>
            {strings.settings.toPreview}
          </button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit}>
        {inForce === null ? (
          <p>{words.asText}</p>
        ) : (
          <TierFields tiers={tiers ?? inForce} onChange={(next) => setDraft({ drafts, tiers: next })} />
        )}
        <SettingFields
          settings={settings.filter(({ keyPath }) => WITH_TIERS.has(keyPath))}
          drafts={drafts}
          setDrafts={setDrafts}
        />
        <details>
          <summary>{words.others}</summary>
          <p className="small muted">{strings.settings.how}</p>
          <SettingFields settings={others} drafts={drafts} setDrafts={setDrafts} />
        </details>
      </form>
    </Dialog>
  );
}

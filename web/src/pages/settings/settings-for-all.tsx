/** Settings that hold for all, as a form: those asked for most, the rest beneath, and a preview before anything changes. */
import { type FormEvent, useState } from "react";
import type { Command } from "../../api/commands.ts";
import type { WrittenValue } from "../../api/types.ts";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { type Drafts, draftedValues, type Setting, SettingFields } from "../../components/setting-fields.tsx";
import { strings } from "../../strings.ts";

type Values = Readonly<Record<string, WrittenValue>>;

export interface SettingsForAllProps {
  readonly words: {
    readonly title: string;
    readonly note: string;
    readonly about: string;
    readonly others: string;
    /** What is loaded. */
    readonly what: string;
  };
  readonly found: {
    readonly data: { readonly revision: string; readonly settings: readonly Setting[] } | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly isUsual: (keyPath: string) => boolean;
  readonly mayChange: boolean;
  readonly change: (revision: string, values: Values) => Command;
  readonly onChanged: () => void;
}

export function SettingsForAll(props: SettingsForAllProps) {
  const { words, isUsual, mayChange, change, onChanged } = props;
  const { data, error, refetch } = props.found;
  const [drafts, setDrafts] = useState<Drafts>({});
  const [values, setValues] = useState<Values | null>(null);
  if (data === undefined)
    return error === null ? (
      <Loading what={words.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  const usual = data.settings.filter(({ keyPath }) => isUsual(keyPath));
  const others = data.settings.filter(({ keyPath }) => !isUsual(keyPath));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setValues(draftedValues(drafts));
  };
  return (
    <Panel title={words.title} note={words.note}>
      <form className="panel-body stack" onSubmit={submit}>
        <p className="small muted">{strings.settings.how}</p>
        <SettingFields settings={usual} drafts={drafts} setDrafts={setDrafts} />
        <details>
          <summary>{words.others}</summary>
          <SettingFields settings={others} drafts={drafts} setDrafts={setDrafts} />
        </details>
        {mayChange && (
          <div className="row">
            <span className="small muted">{strings.settings.changed(Object.keys(drafts).length)}</span>
            <button type="submit" className="button button-main" disabled={Object.keys(drafts).length === 0}>
              {strings.settings.toPreview}
            </button>
          </div>
        )}
      </form>
      {values !== null && (
        <CommandDialog
          title={words.title}
          about={words.about}
          confirm={strings.settings.confirm}
          {...change(data.revision, values)}
          onBack={() => {
            setValues(null);
            void refetch();
          }}
          onClose={() => {
            setValues(null);
            setDrafts({});
            onChanged();
          }}
        />
      )}
    </Panel>
  );
}

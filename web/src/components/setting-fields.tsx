/** Settings in force as fields to write new values into; what was not changed is not sent. */
import type { WrittenValue } from "../api/types.ts";
import { writtenText, writtenValueOf } from "../format/written-value.ts";
import { strings } from "../strings.ts";
import { TextField } from "./text-field.tsx";

export interface Setting {
  readonly keyPath: string;
  readonly value: WrittenValue;
  readonly source: string;
}

/** What was written, by key, as it stands in the fields. */
export type Drafts = Readonly<Record<string, string>>;

export function draftedValues(drafts: Drafts): Readonly<Record<string, WrittenValue>> {
  return Object.fromEntries(Object.entries(drafts).map(([key, text]) => [key, writtenValueOf(text)]));
}

export interface SettingFieldsProps {
  readonly settings: readonly Setting[];
  readonly drafts: Drafts;
  readonly setDrafts: (drafts: Drafts) => void;
}

export function SettingFields({ settings, drafts, setDrafts }: SettingFieldsProps) {
  return (
    <div className="settings-fields">
      {settings.map(({ keyPath, value, source }) => {
        const inForce = writtenText(value);
        return (
          <TextField
            key={keyPath}
            label={keyPath}
            value={drafts[keyPath] ?? inForce}
            hint={strings.settings.source(source, drafts[keyPath] === undefined ? null : inForce)}
            spellCheck={false}
            autoComplete="off"
            onValue={(text) => setDrafts(drafted(drafts, keyPath, text, inForce))}
          />
        );
      })}
    </div>
  );
}

/** What is as it was is no change. */
function drafted(drafts: Drafts, keyPath: string, text: string, inForce: string): Drafts {
  if (text !== inForce) return { ...drafts, [keyPath]: text };
  return Object.fromEntries(Object.entries(drafts).filter(([key]) => key !== keyPath));
}

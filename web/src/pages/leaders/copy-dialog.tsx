/** Copying a trader: who copies it, how large, and at most how much; then the preview, which asks. */
import { type FormEvent, useState } from "react";
import { copyTrader } from "../../api/commands.ts";
import { useAllocations, useStatus } from "../../api/queries.ts";
import type { CopyForm, TraderPerformance } from "../../api/types.ts";
import { Choice } from "../../components/choice.tsx";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Loading } from "../../components/notice.tsx";
import { RequestFields } from "../../components/request-fields.tsx";
import { type RequestField, requestErrors, requestValues, type Texts } from "../../format/request-values.ts";
import { words } from "./strings.ts";

/** No more of either than the contract takes. */
const MOST = 100;

const FIELDS: readonly RequestField[] = [
  {
    key: "position_scaling",
    label: words.scaling,
    hint: words.scalingHint,
    kind: "number",
    most: MOST,
  },
  { key: "max_exposure", label: words.exposure, hint: words.exposureHint, kind: "share", most: MOST },
];

export interface CopyDialogProps {
  readonly trader: TraderPerformance;
  readonly leader: string;
  readonly onClose: () => void;
}

export function CopyDialog({ trader, leader, onClose }: CopyDialogProps) {
  const { data: status } = useStatus();
  const { data: relations } = useAllocations();
  const followers = status?.followers.map(({ nickname }) => nickname) ?? [];
  const [chosen, setChosen] = useState("");
  const [texts, setTexts] = useState<Texts>({ position_scaling: "1" });
  const [isTried, setTried] = useState(false);
  const [form, setForm] = useState<CopyForm | null>(null);
  // As it is when the preview is asked for: what the preview shows is what is done, or nothing.
  const [revision, setRevision] = useState<string>();
  const follower = chosen === "" ? (followers[0] ?? "") : chosen;
  const title = words.copyTitle(leader);
  if (form !== null)
    return (
      <CommandDialog
        title={title}
        about={words.copyAbout(leader, follower)}
        confirm={words.copyConfirm}
        {...copyTrader(trader, form, revision)}
        onClose={onClose}
        onBack={() => setForm(null)}
      />
    );
  const errors = requestErrors(FIELDS, texts);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length > 0) return;
    const known = relations?.allocations.find((one) => one.leader === leader && one.follower === follower);
    setRevision(relations === undefined ? undefined : (known?.revision ?? "none"));
    setForm({ follower, ...requestValues(FIELDS, texts) });
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        <button type="submit" form="copy" className="button button-main" disabled={follower === ""}>
          {words.toPreview}
        </button>
      }
    >
      {status === undefined && <Loading what={words.follower} />}
      <form id="copy" className="stack" onSubmit={submit}>
        <Choice
          label={words.follower}
          value={follower}
          options={followers.map((value) => ({ value, text: value }))}
          onValue={setChosen}
        />
        <RequestFields
          fields={FIELDS}
          texts={texts}
          errors={isTried ? errors : {}}
          onText={(key, text) => setTexts({ ...texts, [key]: text })}
        />
      </form>
    </Dialog>
  );
}

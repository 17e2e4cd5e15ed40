/** Copying a trader: who copies it, how large, and at most how much; then the preview, which asks. */
import { type FormEvent, useState } from "react";
import { copyTrader } from "../../api/commands.ts";
import { useAllocations, useStatus } from "../../api/queries.ts";
import type { CopyForm, TraderPerformance } from "../../api/types.ts";
import { Choice } from "../../components/choice.tsx";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Loading } from "../../components/notice.tsx";
import { TextField } from "../../components/text-field.tsx";
import { words } from "./strings.ts";

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
  const [scaling, setScaling] = useState("1");
  const [exposure, setExposure] = useState("");
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
      />
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const known = relations?.allocations.find((one) => one.leader === leader && one.follower === follower);
    setRevision(relations === undefined ? undefined : (known?.revision ?? "none"));
    setForm({
      follower,
      ...(scaling.trim() === "" ? {} : { position_scaling: Number(scaling) }),
      ...(exposure.trim() === "" ? {} : { max_exposure: Number(exposure) }),
    });
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
        <TextField
          label={words.scaling}
          hint={words.scalingHint}
          inputMode="decimal"
          value={scaling}
          onValue={setScaling}
        />
        <TextField
          label={words.exposure}
          hint={words.exposureHint}
          inputMode="decimal"
          value={exposure}
          onValue={setExposure}
        />
      </form>
    </Dialog>
  );
}

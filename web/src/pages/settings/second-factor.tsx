/** Switching the second factor on: password, app, first code, recovery codes; and off again. */
import { lazy, Suspense, useState } from "react";
import type { Enrolment } from "../../api/types.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Loading } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { report } from "../../components/reports.tsx";
import { Secret } from "../../components/secret.tsx";
import { State } from "../../components/state.tsx";
import { TextField } from "../../components/text-field.tsx";
import { beginSecondFactor, finishSecondFactor, switchSecondFactorOff, useRenew } from "./queries.ts";
import { words } from "./strings.ts";

const QrCode = lazy(() => import("./qr-code.tsx"));

export interface SecondFactorProps {
  readonly userId: number;
  readonly isOn: boolean;
}

export function SecondFactor({ userId, isOn }: SecondFactorProps) {
  const [isOpen, setOpen] = useState(false);
  const renew = useRenew();
  const close = () => {
    setOpen(false);
    renew();
  };
  return (
    <Panel
      title={words.factor.title}
      note={<State tone={isOn ? "good" : "warn"}>{isOn ? words.factor.on : words.factor.off}</State>}
      actions={
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {isOn ? words.factor.switchOff : words.factor.switchOn}
        </button>
      }
      isPadded
    >
      <p className="small muted">{words.factor.about}</p>
      {isOpen && (isOn ? <SwitchOff userId={userId} onClose={close} /> : <SwitchOn onClose={close} />)}
    </Panel>
  );
}

function SwitchOff({ userId, onClose }: { readonly userId: number; readonly onClose: () => void }) {
  return (
    <ActionDialog
      title={words.factor.switchOff}
      confirm={words.factor.switchOff}
      isDangerous
      act={() => switchSecondFactorOff(userId)}
      onDone={() => {
        report({ title: words.factor.switchedOff });
        onClose();
      }}
      onClose={onClose}
    >
      <p>{words.factor.switchOffAbout}</p>
    </ActionDialog>
  );
}

function SwitchOn({ onClose }: { readonly onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [recovery, setRecovery] = useState<readonly string[] | null>(null);
  if (recovery !== null) return <Recovery codes={recovery} onClose={onClose} />;
  if (enrolment === null)
    return (
      <ActionDialog
        title={words.factor.begin}
        confirm={words.factor.next}
        isIncomplete={password === ""}
        act={() => beginSecondFactor(password)}
        onDone={setEnrolment}
        onClose={onClose}
      >
        <TextField
          label={words.factor.password}
          type="password"
          autoComplete="current-password"
          value={password}
          onValue={setPassword}
        />
      </ActionDialog>
    );
  return (
    <ActionDialog
      key="finish"
      title={words.factor.begin}
      confirm={words.factor.finish}
      isIncomplete={code === ""}
      act={() => finishSecondFactor(code)}
      onDone={({ recovery_codes }) => setRecovery(recovery_codes)}
      onClose={onClose}
    >
      <p>{words.factor.scan}</p>
      <Suspense fallback={<Loading what={words.factor.qr} />}>
        <QrCode text={enrolment.uri} label={words.factor.qr} />
      </Suspense>
      <Secret label={words.factor.key} value={enrolment.secret} />
      <TextField
        label={words.factor.code}
        inputMode="numeric"
        autoComplete="one-time-code"
        value={code}
        onValue={setCode}
      />
    </ActionDialog>
  );
}

function Recovery({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  return (
    <Dialog
      title={words.factor.recovery}
      onClose={onClose}
      foot={
        <button type="button" className="button button-main" onClick={onClose}>
          {words.factor.written}
        </button>
      }
    >
      <p>{words.factor.recoveryAbout}</p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

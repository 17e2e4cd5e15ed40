/**
 * The one-time link of the first start, or of `copytrader users setup-link` and `invite`: the secret stands after the `#`, which no browser sends to any
 * server and which is taken out of the address at once.
 */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { setUp } from "../api/session-calls.ts";
import { Notice, ProblemNotice } from "../components/notice.tsx";
import { TextField } from "../components/text-field.tsx";
import { strings } from "../strings.ts";
import { LonePage } from "./lone-page.tsx";
import { SESSION_KEY, takeSession } from "./session.tsx";

const words = strings.setUp;
const FRAGMENT = /^#setup=([\w.~-]+)$/;

/** Of the link that the page was opened with, or that was followed since; null without one, and once it is used. */
export function useSetUpSecret() {
  const [secret, setSecret] = useState(opened);
  useEffect(() => {
    // The same address with another fragment loads nothing: the page that is there is told.
    const take = () => setSecret((known) => takeSetUpSecret() ?? known);
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return { secret, forget: () => setSecret(null) };
}

/** Read once when the page opens. */
const opened = takeSetUpSecret();

function takeSetUpSecret(): string | null {
  const secret = FRAGMENT.exec(location.hash)?.[1] ?? null;
  if (secret !== null) history.replaceState(null, "", location.pathname + location.search);
  return secret;
}

export function SetUp({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const client = useQueryClient();
  const settingUp = useMutation({
    mutationFn: () => setUp({ secret, password, ...(name === "" ? {} : { name }) }),
    onSuccess: (session) => {
      client.setQueryData(SESSION_KEY, takeSession(session));
      onDone();
    },
  });
  const differ = again !== "" && again !== password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password === again) settingUp.mutate();
  };
  return (
    <LonePage title={words.title}>
      <Notice>
        <p>{words.about}</p>
      </Notice>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={words.name}
          value={name}
          onValue={setName}
          name="username"
          autoComplete="username"
          hint={words.nameHint}
        />
        <TextField
          label={words.password}
          value={password}
          onValue={setPassword}
          type="password"
          name="password"
          autoComplete="new-password"
          hint={words.hint}
          required
        />
        <TextField
          label={words.again}
          value={again}
          onValue={setAgain}
          type="password"
          name="password-again"
          autoComplete="new-password"
          error={differ ? words.differ : undefined}
          required
        />
        {settingUp.error !== null && <ProblemNotice error={settingUp.error} />}
        <button type="submit" className="button button-main" disabled={settingUp.isPending || differ}>
          {words.submit}
        </button>
      </form>
    </LonePage>
  );
}

/** Sign in with name and password, and with a code of the second factor where one is switched on. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { signIn } from "../api/session-calls.ts";
import { ProblemNotice } from "../components/notice.tsx";
import { TextField } from "../components/text-field.tsx";
import { strings } from "../strings.ts";
import { LonePage } from "./lone-page.tsx";
import { SESSION_KEY, takeSession } from "./session.tsx";

const words = strings.signIn;

export function SignIn() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const client = useQueryClient();
  const signingIn = useMutation({
    mutationFn: () => signIn({ name, password, ...(code === "" ? {} : { code }) }),
    onSuccess: (session) => client.setQueryData(SESSION_KEY, takeSession(session)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signingIn.mutate();
  };
  return (
    <LonePage title={words.title}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={words.name}
          value={name}
          onValue={setName}
          name="username"
          autoComplete="username"
          required
        />
        <TextField
          label={words.password}
          value={password}
          onValue={setPassword}
          type="password"
          name="password"
          autoComplete="current-password"
          required
        />
        <TextField
          label={words.code}
          value={code}
          onValue={setCode}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
        />
        {signingIn.error !== null && <ProblemNotice error={signingIn.error} />}
        <button type="submit" className="button button-main" disabled={signingIn.isPending}>
          {words.submit}
        </button>
        <p className="muted small">{words.lost}</p>
      </form>
    </LonePage>
  );
}

/** Who is signed in, the appearance, and the way out. */
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { settled } from "../api/client.ts";
import { signOut } from "../api/session-calls.ts";
import { Dialog } from "../components/dialog.tsx";
import { Icon } from "../components/icon.tsx";
import { report } from "../components/reports.tsx";
import { SESSION_KEY, useSession } from "../session/session.tsx";
import { strings } from "../strings.ts";
import { THEMES, type Theme, useTheme } from "./theme.ts";

const words = strings.navigation;
const PAGES_GO_MS = 50;
const ANSWERS_MAX_MS = 1_000;

export function AccountMenu() {
  const [isOpen, setOpen] = useState(false);
  const { name, role } = useSession();
  const client = useQueryClient();
  const leave = async () => {
    // The pages go first, so that none of them asks anything more, and what they asked is answered to who was still signed in; nothing of
    // what was seen is left for who signs in next.
    await client.cancelQueries();
    client.setQueryData(SESSION_KEY, null);
    await new Promise((resolve) => setTimeout(resolve, PAGES_GO_MS));
    await settled(ANSWERS_MAX_MS);
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
    try {
      await signOut();
    } catch (error) {
      report({ title: strings.failed, body: error instanceof Error ? error.message : "", isBad: true });
      await client.invalidateQueries({ queryKey: SESSION_KEY });
    }
  };
  return (
    <>
      <button
        type="button"
        className="button button-plain button-icon"
        aria-label={words.account}
        onClick={() => setOpen(true)}
      >
        <Icon name="account" />
      </button>
      {isOpen && (
        <Dialog title={words.account} onClose={() => setOpen(false)}>
          <p>{words.signedInAs(name, strings.roles[role])}</p>
          <ThemeField />
          <a href="/docs">{words.documentation}</a>
          <div className="row">
            <button type="button" className="button" onClick={() => void leave()}>
              {words.signOut}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function ThemeField() {
  const [theme, setTheme] = useTheme();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{words.theme.label}</label>
      <select
        id={id}
        className="input"
        value={theme}
        onChange={(event) => setTheme(themeOf(event.target.value))}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {words.theme[one]}
          </option>
        ))}
      </select>
    </div>
  );
}

function themeOf(value: string): Theme {
  return THEMES.find((theme) => theme === value) ?? "device";
}

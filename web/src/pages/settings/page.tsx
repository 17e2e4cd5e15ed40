/** Who may do what, which accounts there are, what is configured, and who changed what. */
import "./settings.css";
import type { ComponentType } from "react";
import { Route, Switch } from "wouter";
import { NoSuchPage } from "../../components/notice.tsx";
import { Sections } from "../../components/sections.tsx";
import { useMay, useSession } from "../../session/session.tsx";
import { Accounts } from "./accounts.tsx";
import { Audit } from "./audit.tsx";
import { Configuration } from "./configuration.tsx";
import { Copying } from "./copying.tsx";
import { Notifications } from "./notifications/page.tsx";
import { Own } from "./own.tsx";
import { words } from "./strings.ts";
import { Tokens } from "./tokens.tsx";
import { Users } from "./users.tsx";

interface SettingsSection {
  readonly path: string;
  readonly title: string;
  /** Without it the section is not shown. */
  readonly permission?: "admin" | "view_sync" | "view_reports" | "audit";
  readonly Part: ComponentType;
}

const SECTIONS: readonly SettingsSection[] = [
  { path: "/settings", title: words.sections.own, Part: Own },
  { path: "/settings/accounts", title: words.sections.accounts, permission: "view_sync", Part: Accounts },
  { path: "/settings/copying", title: words.sections.copying, permission: "view_reports", Part: Copying },
  {
    path: "/settings/notifications",
    title: words.sections.notifications,
    permission: "view_sync",
    Part: Notifications,
  },
  {
    path: "/settings/configuration",
    title: words.sections.configuration,
    permission: "view_sync",
    Part: Configuration,
  },
  { path: "/settings/users", title: words.sections.users, permission: "admin", Part: Users },
  { path: "/settings/tokens", title: words.sections.tokens, Part: Tokens },
  { path: "/settings/audit", title: words.sections.audit, permission: "audit", Part: Audit },
];

export default function Settings() {
  const { accounts } = useSession();
  const may = {
    admin: useMay("admin"),
    view_sync: useMay("view_sync"),
    // What holds for all is for who sees all.
    view_reports: useMay("view_reports") && accounts === "all",
    // An entry may tell of any account.
    audit: useMay("admin") && accounts === "all",
  };
  const shown = SECTIONS.filter(({ permission }) => permission === undefined || may[permission]);
  return (
    <>
      <Sections label={words.label} sections={shown} />
      <Switch>
        {shown.map(({ path, Part }) => (
          <Route key={path} path={path} component={Part} />
        ))}
        <Route component={NoSuchPage} />
      </Switch>
    </>
  );
}

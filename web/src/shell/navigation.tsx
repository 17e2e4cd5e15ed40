/** The pages: at the side of a wide screen, at the bottom of a phone, where the rest is under More. */
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { Dialog } from "../components/dialog.tsx";
import { Icon } from "../components/icon.tsx";
import { ROUTES, type Route } from "../routes.ts";
import { strings } from "../strings.ts";

const words = strings.navigation;
const TABS = ROUTES.filter(({ isTab }) => isTab);
const REST = ROUTES.filter(({ isTab }) => !isTab);

export function isAt(route: Route, location: string): boolean {
  const base = route.path.replace(/\/\*\??$/, "");
  return location === base || (base !== "/" && location.startsWith(`${base}/`));
}

export function SideNavigation() {
  return (
    <nav className="side" aria-label={words.label}>
      {ROUTES.map((route) => (
        <PageLink key={route.path} route={route} />
      ))}
    </nav>
  );
}

export function TabNavigation() {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <nav className="tabs" aria-label={words.label}>
      {TABS.map((route) => (
        <PageLink key={route.path} route={route} />
      ))}
      {REST.length > 0 && (
        <button type="button" onClick={() => setOpen(true)}>
          <Icon name="more" />
          {words.more}
        </button>
      )}
      {isOpen && (
        <Dialog title={words.more} onClose={close}>
          <div className="side-list">
            {REST.map((route) => (
              <PageLink key={route.path} route={route} onOpen={close} />
            ))}
          </div>
        </Dialog>
      )}
    </nav>
  );
}

function PageLink({ route, onOpen }: { readonly route: Route; readonly onOpen?: () => void }) {
  const [location] = useLocation();
  return (
    <Link
      href={route.path.replace(/\/\*\??$/, "")}
      aria-current={isAt(route, location) ? "page" : undefined}
      onClick={onOpen}
    >
      <Icon name={route.icon} />
      {route.title}
    </Link>
  );
}

/** What is around every page: the band, the bar with the kill switch, the navigation, the reports; and the page itself. */
import { Suspense, useEffect, useRef } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useStatus } from "../api/queries.ts";
import { Loading, NoSuchPage, Notice } from "../components/notice.tsx";
import { Reports } from "../components/reports.tsx";
import { useNow } from "../format/now.ts";
import { momentText, spanText } from "../format/time.ts";
import { silenceOf, useConnection } from "../live/connection.ts";
import { useLive } from "../live/live.tsx";
import { ROUTES } from "../routes.ts";
import { strings } from "../strings.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Band } from "./band.tsx";
import { FaultBoundary } from "./fault-boundary.tsx";
import { KillSwitch } from "./kill-switch.tsx";
import { isAt, SideNavigation, TabNavigation } from "./navigation.tsx";

const words = strings.navigation;

export function Shell() {
  useLive();
  const [location] = useLocation();
  const title = ROUTES.find((route) => isAt(route, location))?.title ?? words.notFoundTitle;
  useTitle(title);
  return (
    <>
      <a className="skip" href="#content">
        {strings.skipToContent}
      </a>
      <Band />
      <header className="bar">
        <Link href="/" className="brand" aria-label={strings.product}>
          <img src="/icon.svg" alt="" />
          <span>{strings.product}</span>
        </Link>
        <h1>{title}</h1>
        <KillSwitch />
        <AccountMenu />
      </header>
      <div className="layout">
        <SideNavigation />
        <main className="page stack" id="content" tabIndex={-1}>
          <ConnectionNotice />
          <FaultBoundary place={location}>
            <Suspense fallback={<Loading what={title} />}>
              <Pages />
            </Suspense>
          </FaultBoundary>
        </main>
      </div>
      <TabNavigation />
      <Reports />
    </>
  );
}

function Pages() {
  return (
    <Switch>
      {ROUTES.map(({ path, Page }) => (
        <Route key={path} path={path}>
          <Page />
        </Route>
      ))}
      <Route component={NoSuchPage} />
    </Switch>
  );
}

/** The tab's title; and where a page was opened by a link, reading and tabbing go on at its beginning. */
function useTitle(title: string): void {
  const before = useRef(title);
  useEffect(() => {
    document.title = `${title} · ${strings.product}`;
    if (before.current === title) return;
    before.current = title;
    scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [title]);
}

/** Large and plain, when what is on the screen cannot be renewed. */
function ConnectionNotice() {
  const known = useConnection();
  const { data: status } = useStatus();
  const now = useNow();
  const { connection } = strings;
  const silentMs = silenceOf(known, now);
  const isStopped = status !== undefined && !status.engine.running && status.engine.starting !== true;
  if (silentMs !== null)
    return (
      <Notice tone="bad" title={connection.goneTitle}>
        <p>
          {isStopped ? connection.goneStopped(spanText(silentMs)) : connection.goneBody(spanText(silentMs))}
        </p>
      </Notice>
    );
  if (known.isEngineGone)
    return (
      <Notice tone="bad" title={connection.engineGoneTitle}>
        <p>{connection.engineGoneBody}</p>
      </Notice>
    );
  if (!isStopped) return null;
  return (
    <Notice tone="warn" title={connection.stoppedTitle}>
      <p>{connection.stoppedBody(momentText(status.engine.asOf, now))}</p>
    </Notice>
  );
}

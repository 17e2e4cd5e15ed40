/** THE TABLE OF PAGES: one line makes a page. Each is a chunk of its own, loaded when it is opened. */
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { IconName } from "./components/icon.tsx";
import { strings } from "./strings.ts";

const titles = strings.pages;

export interface Route {
  /** In the navigation, and the heading of the page. */
  readonly title: string;
  /** As wouter reads it; `*?` lets the page have addresses of its own below. */
  readonly path: string;
  readonly icon: IconName;
  /** Beside the navigation of a phone; the others are under More. */
  readonly isTab?: true;
  readonly Page: LazyExoticComponent<ComponentType>;
}

export const ROUTES: readonly Route[] = [
  {
    title: titles.overview,
    path: "/",
    icon: "overview",
    isTab: true,
    Page: lazy(() => import("./pages/overview/page.tsx")),
  },
  {
    title: titles.copies,
    path: "/copies",
    icon: "copies",
    isTab: true,
    Page: lazy(() => import("./pages/copies/page.tsx")),
  },
  {
    title: titles.leaders,
    path: "/leaders/*?",
    icon: "leaders",
    Page: lazy(() => import("./pages/leaders/page.tsx")),
  },
  {
    title: titles.quality,
    path: "/quality",
    icon: "quality",
    Page: lazy(() => import("./pages/quality/page.tsx")),
  },
  {
    title: titles.portfolio,
    path: "/portfolio",
    icon: "portfolio",
    Page: lazy(() => import("./pages/portfolio/page.tsx")),
  },
  {
    title: titles.backtests,
    path: "/backtests/*?",
    icon: "backtests",
    Page: lazy(() => import("./pages/backtests/page.tsx")),
  },
  {
    title: titles.risk,
    path: "/risk",
    icon: "risk",
    isTab: true,
    Page: lazy(() => import("./pages/risk/page.tsx")),
  },
  {
    title: titles.journal,
    path: "/journal",
    icon: "journal",
    isTab: true,
    Page: lazy(() => import("./pages/journal/page.tsx")),
  },
  {
    title: titles.settings,
    path: "/settings/*?",
    icon: "settings",
    Page: lazy(() => import("./pages/settings/page.tsx")),
  },
];

/** The parts of a page that has several, each with an address of its own. */
import { Link, useLocation } from "wouter";

export interface Section {
  readonly path: string;
  readonly title: string;
}

export function Sections({
  label,
  sections,
}: {
  readonly label: string;
  readonly sections: readonly Section[];
}) {
  const [location] = useLocation();
  return (
    <nav className="sections" aria-label={label}>
      {sections.map(({ path, title }) => (
        <Link key={path} href={path} aria-current={location === path ? "page" : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}

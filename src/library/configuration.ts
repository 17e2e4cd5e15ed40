/** The configuration of the folders as it is, whether or not it could be started. */
import { type Configuration, describeProblem, loadConfiguration } from "../config.ts";
import { LibraryError, type ResolvedFolders } from "./folders.ts";

/** Throws a LibraryError that names every problem. */
export function configurationOf(folders: ResolvedFolders): Configuration {
  const loaded = loadConfiguration({ ...folders, live: false, purpose: "inspect" });
  if (loaded.ok) return loaded.configuration;
  throw new LibraryError(
    "configuration",
    "the configuration has problems",
    loaded.problems.map(describeProblem),
  );
}

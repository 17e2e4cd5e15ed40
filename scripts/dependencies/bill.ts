/**
 * The software bill of materials of what is shipped, made of the one that npm makes of everything: `npm sbom --omit dev` leaves
 * out shipped packages that a tool needs, too (npm 11; yaml and zod here), and calls the project by its folder's name.
 */
import { LICENCE_FILES } from "./lock-file.ts";

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly unknown[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

/** A CycloneDX document, as far as it is touched here. */
export interface Bill {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

const DEVELOPMENT = "cdx:npm:package:development";

/** The same document without the tools of development; `name` is the project's. */
export function shippedBill(whole: Bill, name: string): Bill {
  const components = whole.components.filter((one) => !isTool(one)).map(withLicence);
  const { component } = whole.metadata;
  const kept = new Set([component["bom-ref"], ...components.map((one) => one["bom-ref"])]);
  const dependencies = whole.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map((one) => ({ ...one, dependsOn: (one.dependsOn ?? []).filter((ref) => kept.has(ref)) }));
  const project = { ...component, type: "application", name };
  return { ...whole, metadata: { ...whole.metadata, component: project }, components, dependencies };
}

const isTool = ({ properties = [] }: Component): boolean =>
  properties.some((property) => property.name === DEVELOPMENT && property.value === "true");

/** What states its licence only in a file of its own. */
function withLicence(component: Component): Component {
  const id = LICENCE_FILES[component.name];
  return component.licenses !== undefined || id === undefined
    ? component
    : { ...component, licenses: [{ license: { id } }] };
}
